//! A page becomes bytes.

use super::{FRAME_VERSION, Frame, FrameColumn, FrameMessage, FrameRow, LEVELS, MAGIC};

/// The bytes of a page.
///
/// Numbers are varints (seven bits a byte, the lowest first), signed ones zigzag; texts have their
/// length before them. After magic and version: sheet version, total, offset, rows, columns,
/// messages. A row is its id, the step from the position before, its flags. A column is its key, for
/// each cell the length plus one or 0 for no value, then the bytes of all cells.
pub fn encode(frame: &Frame) -> Vec<u8> {
    let texts: usize = frame.columns.iter().map(|column| column.text.len() + 2 * column.cells.len()).sum();
    let mut out = Vec::with_capacity(64 + 28 * frame.rows.len() + texts + 64 * frame.messages.len());
    out.extend(MAGIC);
    out.push(FRAME_VERSION);
    put_signed(&mut out, frame.version);
    for number in [frame.total, frame.offset, frame.rows.len() as u64] {
        put(&mut out, number);
    }
    let mut before = 0;
    for row in &frame.rows {
        put_row(&mut out, row, before);
        before = row.position;
    }
    put(&mut out, frame.columns.len() as u64);
    for column in &frame.columns {
        put_column(&mut out, column, frame.rows.len());
    }
    put(&mut out, frame.messages.len() as u64);
    for message in &frame.messages {
        put_message(&mut out, message);
    }
    out
}

fn put_row(out: &mut Vec<u8>, row: &FrameRow, before: u64) {
    put_text(out, &row.id);
    put_signed(out, row.position.wrapping_sub(before).cast_signed());
    out.push(row.flags.0);
}

/// Writes exactly `rows` cells, so that a column of another length cannot shift what follows.
fn put_column(out: &mut Vec<u8>, column: &FrameColumn, rows: usize) {
    put_text(out, &column.field);
    let cells = || (0..rows).map(|row| column.get(row));
    for cell in cells() {
        put(out, cell.map_or(0, |text| text.len() as u64 + 1));
    }
    for text in cells().flatten() {
        out.extend(text.as_bytes());
    }
}

fn put_message(out: &mut Vec<u8>, message: &FrameMessage) {
    put(out, message.row.into());
    put(out, message.column.into());
    out.push(message.level as u8 + if message.hosts { LEVELS.len() as u8 } else { 0 });
    put_text(out, &message.text);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend(text.as_bytes());
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, (number << 1 ^ number >> 63).cast_unsigned());
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
