//! The messages of one segment: only cells that have some take room, and equal messages are kept once.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::bytes::{Source, put_number, put_text};
use super::error::Damage;
use crate::domain::blueprint::Level;
use crate::domain::record::{FieldNumber, Message, MessageSource};

/// A message and the cell of its record that it is about.
pub type CellMessage = (FieldNumber, Message);

/// The messages of one segment in the order of its records.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Messages {
    distinct: Vec<Message>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Entry {
    row: u32,
    field: FieldNumber,
    message: u32,
}

impl Messages {
    /// Those of one record.
    pub(super) fn of(&self, row: u32) -> impl Iterator<Item = (FieldNumber, &Message)> {
        let begin = self.entries.partition_point(|entry| entry.row < row);
        let entries = self.entries[begin..].iter().take_while(move |entry| entry.row == row);
        entries.filter_map(|entry| Some((entry.field, self.distinct.get(entry.message as usize)?)))
    }

    /// Every message of a kind with its record and cell, in order; a kind is looked up once for equal messages.
    pub(super) fn marks(&self, fits: impl Fn(&Message) -> bool) -> impl Iterator<Item = (u32, FieldNumber)> {
        let fitting: Vec<bool> = self.distinct.iter().map(fits).collect();
        let is_fitting = move |entry: &&Entry| fitting.get(entry.message as usize).copied().unwrap_or(false);
        self.entries.iter().filter(is_fitting).map(|entry| (entry.row, entry.field))
    }

    /// Those that are given by their places among different ones, in any order.
    pub(super) fn of_entries(distinct: &[Message], entries: &[(u32, FieldNumber, u32)]) -> Self {
        let mut places: Vec<Option<u32>> = vec![None; distinct.len()];
        let mut made = Self::default();
        for (row, field, message) in entries {
            let (Some(place), Some(text)) =
                (places.get_mut(*message as usize), distinct.get(*message as usize))
            else {
                continue;
            };
            let message = *place.get_or_insert_with(|| {
                made.distinct.push(text.clone());
                made.distinct.len() as u32 - 1
            });
            made.entries.push(Entry { row: *row, field: *field, message });
        }
        made.arranged()
    }

    /// All of them, by their records.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, FieldNumber, &Message)> {
        let of = |entry: &Entry| Some((entry.row, entry.field, self.distinct.get(entry.message as usize)?));
        self.entries.iter().filter_map(of)
    }

    /// The different messages.
    pub(super) fn distinct(&self) -> &[Message] {
        &self.distinct
    }

    /// All of them in order, by their places among the different ones.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, FieldNumber, u32)> {
        self.entries.iter().map(|entry| (entry.row, entry.field, entry.message))
    }

    /// By record, then by field, then by [`rank`].
    fn arranged(mut self) -> Self {
        let distinct = &self.distinct;
        self.entries.sort_by_key(|entry| (entry.row, entry.field, rank(&distinct[entry.message as usize])));
        self
    }

    /// Every error with its record, in order; a record comes once for each of its errors.
    pub(super) fn errors(&self) -> impl Iterator<Item = (u32, FieldNumber)> {
        self.marks(|message| message.level == Level::Error)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn memory(&self) -> usize {
        let texts: usize = self.distinct.iter().map(|message| message.text.len() + 96).sum();
        texts + self.entries.len() * size_of::<Entry>()
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.distinct.len() as u64);
        for message in &self.distinct {
            put_message(out, message);
        }
        put_number(out, self.entries.len() as u64);
        let mut last = 0;
        for entry in &self.entries {
            put_number(out, u64::from(entry.row - last));
            put_number(out, entry.field.0.into());
            put_number(out, entry.message.into());
            last = entry.row;
        }
    }

    pub(super) fn read(source: &mut Source<'_>) -> Result<Self, Damage> {
        let distinct = (0..source.length()?).map(|_| read_message(source)).collect::<Result<Vec<_>, _>>()?;
        let mut entries = Vec::new();
        let mut row = 0u32;
        for _ in 0..source.length()? {
            row = row.checked_add(source.small()?).ok_or(Damage("a message is of no record"))?;
            let (field, message) = (FieldNumber(source.small()?), source.small()?);
            if message as usize >= distinct.len() {
                return Err(Damage("a message has no text"));
            }
            entries.push(Entry { row, field, message });
        }
        Ok(Self { distinct, entries })
    }
}

/// Collects messages, record by record.
#[derive(Debug, Default)]
pub(super) struct MessagesBuilder {
    places: HashMap<Message, u32>,
    messages: Messages,
}

impl MessagesBuilder {
    /// Adds a message; records may come in any order, `finish` puts them right.
    pub(super) fn push(&mut self, row: u32, field: FieldNumber, message: &Message) {
        let place = match self.places.get(message) {
            Some(place) => *place,
            None => {
                let place = self.messages.distinct.len() as u32;
                self.messages.distinct.push(message.clone());
                self.places.insert(message.clone(), place);
                place
            }
        };
        self.messages.entries.push(Entry { row, field, message: place });
    }

    /// The messages: by record, then by field, then by [`rank`].
    pub(super) fn finish(self) -> Messages {
        self.messages.arranged()
    }
}

/// Errors come first, and of one level what listeners say, who know more of the matter, before what the server says.
fn rank(message: &Message) -> (Reverse<Level>, bool) {
    (Reverse(message.level), message.derived)
}

/// Brings the messages of one record into their order: by field, then by [`rank`].
pub(super) fn arrange(messages: &mut [CellMessage]) {
    messages.sort_by_key(|(field, message)| (*field, rank(message)));
}

/// Whether a record with these messages is invalid.
pub(super) fn is_invalid(messages: &[CellMessage]) -> bool {
    messages.iter().any(|(_, message)| message.level == Level::Error)
}

const LEVELS: [Level; 3] = [Level::Info, Level::Warn, Level::Error];
const SOURCES: [MessageSource; 6] = [
    MessageSource::RequiredConstraint,
    MessageSource::UniqueConstraint,
    MessageSource::CustomLogic,
    MessageSource::Unlinked,
    MessageSource::InvalidOption,
    MessageSource::IsArtifact,
];

const DERIVED: u8 = 1;
const PLACED: u8 = 2;

/// Appends one message: a byte for each of its marks, then the text, and of what it is when it says so.
pub(super) fn put_message(out: &mut Vec<u8>, message: &Message) {
    let place = |found: Option<usize>| found.unwrap_or(0) as u8;
    out.push(place(LEVELS.iter().position(|level| *level == message.level)));
    out.push(place(SOURCES.iter().position(|source| *source == message.source)));
    let flag = |on: bool, bit: u8| if on { bit } else { 0 };
    out.push(flag(message.derived, DERIVED) | flag(message.path.is_some(), PLACED));
    put_text(out, &message.text);
    if let Some(path) = &message.path {
        put_text(out, path);
    }
}

/// Reads what [`put_message`] wrote.
pub(super) fn read_message(source: &mut Source<'_>) -> Result<Message, Damage> {
    let unknown = Damage("a message is of an unknown kind");
    let level = *LEVELS.get(usize::from(source.byte()?)).ok_or(unknown)?;
    let from = *SOURCES.get(usize::from(source.byte()?)).ok_or(unknown)?;
    let flags = source.byte()?;
    let text = source.text()?.to_string();
    let path = if flags & PLACED > 0 { Some(source.text()?.to_string()) } else { None };
    Ok(Message { level, source: from, derived: flags & DERIVED > 0, text, path })
}
