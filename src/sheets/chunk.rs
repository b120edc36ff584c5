//! A chunk: one field of one segment, or one of the segment's own lists. Immutable.
//!
//! Stored as a sealed block whose first byte says the kind; the kinds share nothing else.

use super::bits::Bits;
use super::bytes::{Source, put_number, seal, unseal};
use super::column::{Column, Texts};
use super::error::Damage;
use super::extras::Extras;
use super::messages::Messages;
use crate::domain::record::{FieldNumber, RecordNumber};

/// More records than any segment has; a stored count above it is damage.
const MOST_ROWS: u32 = 1 << 20;

const VALUES: u8 = 1;
const NUMBERS: u8 = 2;
const MESSAGES: u8 = 3;
const EXTRAS: u8 = 4;
const DELETED: u8 = 5;

const HAS_ABSENT: u8 = 1;
const HAS_CODES: u8 = 2;
const WIDE_CODES: u8 = 4;
const WIDE_LENGTHS: u8 = 8;
const NARROW_LENGTHS: u8 = 16;

/// What a chunk is of: a field, or one of the lists that every segment may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Part(pub i64);

impl Part {
    /// The numbers of the records; absent when they follow one another.
    pub(super) const NUMBERS: Self = Self(-1);
    /// Messages on cells.
    pub(super) const MESSAGES: Self = Self(-2);
    /// Metadata and config of records.
    pub(super) const EXTRAS: Self = Self(-3);
    /// Which records are deleted.
    pub(super) const DELETED: Self = Self(-4);

    /// The values of a field.
    pub(super) fn field(field: FieldNumber) -> Self {
        Self(field.0.into())
    }

    /// The field whose values these are.
    pub(super) fn as_field(self) -> Option<FieldNumber> {
        u32::try_from(self.0).ok().map(FieldNumber)
    }
}

/// A chunk as it is held in memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Chunk {
    Values(Column),
    Numbers(Vec<RecordNumber>),
    Messages(Messages),
    Extras(Extras),
    Deleted(Bits),
}

impl Chunk {
    /// The bytes to store.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.memory() + 64);
        match self {
            Self::Values(column) => {
                out.push(VALUES);
                put_column(&mut out, column);
            }
            Self::Numbers(numbers) => {
                out.push(NUMBERS);
                put_number(&mut out, numbers.len() as u64);
                let mut last = 0;
                for number in numbers {
                    put_number(&mut out, number.0.wrapping_sub(last));
                    last = number.0;
                }
            }
            Self::Messages(messages) => {
                out.push(MESSAGES);
                messages.put(&mut out);
            }
            Self::Extras(extras) => {
                out.push(EXTRAS);
                extras.put(&mut out);
            }
            Self::Deleted(bits) => {
                out.push(DELETED);
                bits.put(&mut out);
            }
        }
        seal(&out)
    }

    /// Reads stored bytes, which must be of the part that is asked for.
    pub(super) fn decode(part: Part, bytes: &[u8]) -> Result<Self, Damage> {
        let block = unseal(bytes)?;
        let mut source = Source::new(&block);
        let chunk = match source.byte()? {
            VALUES => Self::Values(read_column(&mut source)?),
            NUMBERS => Self::Numbers(read_numbers(&mut source)?),
            MESSAGES => Self::Messages(Messages::read(&mut source)?),
            EXTRAS => Self::Extras(Extras::read(&mut source)?),
            DELETED => Self::Deleted(Bits::read(&mut source)?),
            _ => return Err(Damage("a chunk is of an unknown kind")),
        };
        source.end()?;
        if chunk.is_of(part) { Ok(chunk) } else { Err(Damage("a chunk is not of the kind its segment says")) }
    }

    fn is_of(&self, part: Part) -> bool {
        match self {
            Self::Values(_) => part.as_field().is_some(),
            Self::Numbers(_) => part == Part::NUMBERS,
            Self::Messages(_) => part == Part::MESSAGES,
            Self::Extras(_) => part == Part::EXTRAS,
            Self::Deleted(_) => part == Part::DELETED,
        }
    }

    /// Whether it can be of a segment of so many records.
    pub(super) fn fits(&self, records: u32) -> bool {
        let records = records as usize;
        match self {
            Self::Values(column) => column.count == records,
            Self::Numbers(numbers) => numbers.len() == records,
            Self::Deleted(bits) => bits.len() == records,
            Self::Messages(_) | Self::Extras(_) => true,
        }
    }

    /// Whether it says nothing, so that its absence means the same.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Values(column) => column.is_blank(),
            Self::Numbers(_) => false,
            Self::Messages(messages) => messages.is_empty(),
            Self::Extras(extras) => extras.is_empty(),
            Self::Deleted(bits) => bits.ones() == 0,
        }
    }

    /// Roughly the bytes that it takes in memory.
    pub(super) fn memory(&self) -> usize {
        let inner = match self {
            Self::Values(column) => column.memory(),
            Self::Numbers(numbers) => numbers.len() * 8,
            Self::Messages(messages) => messages.memory(),
            Self::Extras(extras) => extras.memory(),
            Self::Deleted(bits) => bits.memory(),
        };
        inner + 128
    }
}

fn put_column(out: &mut Vec<u8>, column: &Column) {
    let lengths = || {
        let mut begin = 0;
        column.texts.ends.iter().map(move |end| {
            let length = end - begin;
            begin = *end;
            length
        })
    };
    let longest = lengths().max().unwrap_or(0);
    let wide_lengths = longest > u32::from(u16::MAX);
    let narrow_lengths = longest <= u32::from(u8::MAX);
    let wide_codes = column.texts.len() > 256;
    let flag = |on: bool, bit: u8| if on { bit } else { 0 };
    out.push(
        flag(column.present.is_some(), HAS_ABSENT)
            | flag(column.codes.is_some(), HAS_CODES)
            | flag(wide_codes, WIDE_CODES)
            | flag(wide_lengths, WIDE_LENGTHS)
            | flag(narrow_lengths, NARROW_LENGTHS),
    );
    put_number(out, column.count as u64);
    if let Some(present) = &column.present {
        present.put(out);
    }
    put_number(out, column.texts.len() as u64);
    if narrow_lengths {
        out.extend(lengths().map(|length| length as u8));
    } else if wide_lengths {
        out.extend(lengths().flat_map(u32::to_le_bytes));
    } else {
        out.extend(lengths().flat_map(|length| (length as u16).to_le_bytes()));
    }
    out.extend_from_slice(column.texts.text.as_bytes());
    match &column.codes {
        Some(codes) if wide_codes => out.extend(codes.iter().flat_map(|code| code.to_le_bytes())),
        Some(codes) => out.extend(codes.iter().map(|code| *code as u8)),
        None => {}
    }
}

fn read_column(source: &mut Source<'_>) -> Result<Column, Damage> {
    let flags = source.byte()?;
    let count = row_count(source)?;
    let present = if flags & HAS_ABSENT > 0 { Some(Bits::read(source)?) } else { None };
    if present.as_ref().is_some_and(|present| present.len() != count) {
        return Err(Damage("a column's values and gaps differ in number"));
    }
    let texts = read_texts(source, flags)?;
    let codes = match (flags & HAS_CODES > 0, flags & WIDE_CODES > 0) {
        (false, _) => None,
        (true, false) => Some(source.take(count)?.iter().map(|code| u16::from(*code)).collect()),
        (true, true) => Some(pairs(source.take(count * 2)?).collect::<Vec<u16>>()),
    };
    let fits = match &codes {
        None => texts.len() == count,
        // An absent value has the code 0, also when there is no text at all.
        Some(codes) => codes.iter().all(|code| usize::from(*code) < texts.len().max(1)),
    };
    if fits {
        Ok(Column { count, present, texts, codes })
    } else {
        Err(Damage("a column's texts are incomplete"))
    }
}

fn read_texts(source: &mut Source<'_>, flags: u8) -> Result<Texts, Damage> {
    let count = row_count(source)?;
    let ends = if flags & NARROW_LENGTHS > 0 {
        ends(source.take(count)?.iter().map(|length| u32::from(*length)))?
    } else if flags & WIDE_LENGTHS > 0 {
        let bytes = source.take(count * 4)?.chunks_exact(4);
        ends(bytes.map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])))?
    } else {
        ends(pairs(source.take(count * 2)?).map(u32::from))?
    };
    let end = ends.last().copied().unwrap_or(0);
    let bytes = source.take(end as usize)?;
    let text = std::str::from_utf8(bytes).map_err(|_| Damage("a text is not UTF-8"))?;
    if ends.iter().any(|end| !text.is_char_boundary(*end as usize)) {
        return Err(Damage("a text ends within a character"));
    }
    Ok(Texts { text: text.to_string(), ends })
}

/// Where texts of these lengths end when they stand one after another.
fn ends(lengths: impl ExactSizeIterator<Item = u32>) -> Result<Vec<u32>, Damage> {
    let mut ends = Vec::with_capacity(lengths.len());
    let mut end = 0u32;
    for length in lengths {
        end = end.checked_add(length).ok_or(Damage("a column is too long"))?;
        ends.push(end);
    }
    Ok(ends)
}

fn read_numbers(source: &mut Source<'_>) -> Result<Vec<RecordNumber>, Damage> {
    let count = row_count(source)?;
    let mut last = 0u64;
    let mut numbers = Vec::new();
    for _ in 0..count {
        last = last.checked_add(source.number()?).ok_or(Damage("a record number is too large"))?;
        numbers.push(RecordNumber(last));
    }
    if numbers.is_sorted() {
        Ok(numbers)
    } else {
        Err(Damage("the record numbers of a segment are not in order"))
    }
}

fn row_count(source: &mut Source<'_>) -> Result<usize, Damage> {
    let count = source.small()?;
    if count > MOST_ROWS { Err(Damage("a segment has too many records")) } else { Ok(count as usize) }
}

fn pairs(bytes: &[u8]) -> impl ExactSizeIterator<Item = u16> {
    bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]))
}
