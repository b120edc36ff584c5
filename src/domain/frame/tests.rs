use proptest::prelude::*;

use super::*;

fn level() -> impl Strategy<Value = Level> {
    proptest::sample::select(LEVELS.to_vec())
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let rows = proptest::collection::vec(
        ("[0-9A-Za-z]{22}", any::<u64>(), proptest::collection::vec(level(), 0..3)),
        0..6,
    );
    rows.prop_flat_map(|rows| {
        let count = rows.len();
        let cells = proptest::collection::vec(proptest::option::of("\\PC{0,8}"), count);
        let columns = proptest::collection::vec(("\\PC{1,6}", cells), 0..4);
        let messages = proptest::collection::vec(
            (any::<u32>(), any::<u32>(), level(), any::<bool>(), "\\PC{0,12}"),
            0..4,
        );
        (Just(rows), columns, messages, any::<i64>(), any::<u64>(), any::<u64>())
    })
    .prop_map(|(rows, columns, messages, version, total, offset)| Frame {
        version,
        total,
        offset,
        rows: rows
            .into_iter()
            .map(|(id, position, levels)| FrameRow { id, position, flags: levels.into_iter().collect() })
            .collect(),
        columns: columns
            .into_iter()
            .map(|(field, cells)| {
                let mut column = FrameColumn::new(field);
                cells.iter().for_each(|cell| column.push(cell.as_deref()));
                column
            })
            .collect(),
        messages: messages
            .into_iter()
            .map(|(row, column, level, hosts, text)| FrameMessage { row, column, level, hosts, text })
            .collect(),
    })
}

proptest! {
    #[test]
    fn a_page_is_read_as_it_was_written(frame in any_frame()) {
        prop_assert_eq!(decode(&encode(&frame)), Ok(frame));
    }

    #[test]
    fn a_page_that_breaks_off_is_an_error(frame in any_frame(), cut in any::<proptest::sample::Index>()) {
        let bytes = encode(&frame);
        prop_assert!(decode(&bytes[..cut.index(bytes.len())]).is_err());
    }

    #[test]
    fn damaged_pages_do_no_harm(frame in any_frame(), at in any::<proptest::sample::Index>(), byte in any::<u8>(),
                                noise in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut bytes = encode(&frame);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = decode(&bytes);
        let mut strange = vec![MAGIC[0], MAGIC[1], FRAME_VERSION];
        strange.extend(noise);
        let _ = decode(&strange);
    }
}

#[test]
fn cells_keep_nothing_and_empty_apart() {
    let mut column = FrameColumn::new("a");
    for text in [Some("é"), None, Some(""), Some("x")] {
        column.push(text);
    }
    let cells: Vec<_> = (0..5).map(|row| column.get(row)).collect();
    assert_eq!(cells, [Some("é"), None, Some(""), Some("x"), None]);
}

#[test]
fn other_bytes_are_called_what_they_are() {
    assert_eq!(decode(b"<!doctype html>"), Err(FrameError::Foreign));
    assert_eq!(decode(&[MAGIC[0], MAGIC[1], 9]), Err(FrameError::Version(9)));
    // A count of rows beyond all bytes: refused before any memory is taken.
    let huge = [&MAGIC[..], &[FRAME_VERSION, 0, 0, 0], &[0xFF; 8], &[0x7F]].concat();
    assert!(matches!(decode(&huge), Err(FrameError::Damaged(_))));
}

#[test]
fn flags_name_their_levels() {
    let flags = RowFlags::default().with(Level::Error).with(Level::Info);
    assert_eq!(LEVELS.map(|level| flags.has(level)), [true, false, true]);
}
