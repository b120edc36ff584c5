//! Bytes become a page, or an error: whatever the bytes are, no more memory is taken than they could fill.

use super::{FRAME_VERSION, Frame, FrameColumn, FrameMessage, FrameRow, LEVELS, MAGIC, RowFlags};
use crate::domain::blueprint::Level;

/// Why bytes are not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Something else was answered.
    #[error("this is not a page of records: reload the page")]
    Foreign,
    /// The server is of another build than this page.
    #[error("the server speaks version {0} of pages, this page speaks another: reload the page")]
    Version(u8),
    /// It breaks off or contradicts itself.
    #[error("the page of records is damaged at byte {0}: load it again")]
    Damaged(usize),
}

/// The page that the bytes hold.
pub fn decode(bytes: &[u8]) -> Result<Frame, FrameError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(FrameError::Foreign)?;
    let (version, rest) = rest.split_first().ok_or(FrameError::Foreign)?;
    if *version != FRAME_VERSION {
        return Err(FrameError::Version(*version));
    }
    let mut reader = Reader { all: bytes.len(), rest };
    let mut frame = Frame {
        version: reader.signed()?,
        total: reader.number()?,
        offset: reader.number()?,
        ..Frame::default()
    };
    let mut before = 0u64;
    frame.rows = reader.several(3, |reader| {
        let row = reader.row(before)?;
        before = row.position;
        Ok(row)
    })?;
    let rows = frame.rows.len();
    frame.columns = reader.several(1 + rows, |reader| reader.column(rows))?;
    frame.messages = reader.several(4, Reader::message)?;
    if reader.rest.is_empty() { Ok(frame) } else { Err(reader.damaged()) }
}

struct Reader<'a> {
    all: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn damaged(&self) -> FrameError {
        FrameError::Damaged(self.all - self.rest.len())
    }

    /// A count and that many things, each of which takes `least` bytes or more.
    fn several<T>(
        &mut self,
        least: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, FrameError>,
    ) -> Result<Vec<T>, FrameError> {
        let count = self.length()?;
        if count.checked_mul(least).is_none_or(|bytes| bytes > self.rest.len()) {
            return Err(self.damaged());
        }
        let mut things = Vec::with_capacity(count);
        for _ in 0..count {
            things.push(read(self)?);
        }
        Ok(things)
    }

    fn row(&mut self, before: u64) -> Result<FrameRow, FrameError> {
        let id = self.text()?.to_string();
        let position = before.wrapping_add(self.signed()?.cast_unsigned());
        let flags = RowFlags(self.byte()?);
        Ok(FrameRow { id, position, flags })
    }

    fn column(&mut self, rows: usize) -> Result<FrameColumn, FrameError> {
        let field = self.text()?.to_string();
        let mut cells = Vec::with_capacity(rows);
        let mut end = 0u32;
        for _ in 0..rows {
            let length = self.number()?;
            let more = u32::try_from(length.saturating_sub(1)).ok();
            end = more.and_then(|more| end.checked_add(more)).ok_or_else(|| self.damaged())?;
            cells.push((length > 0, end));
        }
        let text = self.text_of(end as usize)?;
        if cells.iter().any(|(_, end)| !text.is_char_boundary(*end as usize)) {
            return Err(self.damaged());
        }
        Ok(FrameColumn { field, text: text.to_string(), cells })
    }

    fn message(&mut self) -> Result<FrameMessage, FrameError> {
        let mut place = || self.number().and_then(|place| u32::try_from(place).map_err(|_| self.damaged()));
        let (row, column) = (place()?, place()?);
        let (level, hosts) = self.level()?;
        Ok(FrameMessage { row, column, level, hosts, text: self.text()?.to_string() })
    }

    /// A level, and whether a listener says what is of it.
    fn level(&mut self) -> Result<(Level, bool), FrameError> {
        let number = usize::from(self.byte()?);
        let level = LEVELS.get(number % LEVELS.len()).filter(|_| number < 2 * LEVELS.len());
        level.map(|level| (*level, number >= LEVELS.len())).ok_or_else(|| self.damaged())
    }

    fn text(&mut self) -> Result<&'a str, FrameError> {
        let length = self.length()?;
        self.text_of(length)
    }

    fn text_of(&mut self, length: usize) -> Result<&'a str, FrameError> {
        let (text, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.damaged())?;
        let text = str::from_utf8(text).map_err(|_| self.damaged())?;
        self.rest = rest;
        Ok(text)
    }

    fn byte(&mut self) -> Result<u8, FrameError> {
        let (byte, rest) = self.rest.split_first().ok_or_else(|| self.damaged())?;
        self.rest = rest;
        Ok(*byte)
    }

    fn length(&mut self) -> Result<usize, FrameError> {
        let number = self.number()?;
        usize::try_from(number).map_err(|_| self.damaged())
    }

    fn signed(&mut self) -> Result<i64, FrameError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn number(&mut self) -> Result<u64, FrameError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if shift == 63 && bits > 1 {
                return Err(self.damaged());
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damaged())
    }
}
