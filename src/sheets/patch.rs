//! What one commit changed in single records, as one small block of the patch log.
//!
//! A patch says how a record is from then on, not how to get there: its changed cells and, when a
//! message changed, its whole list of messages. So patches can be laid over one another in order.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bytes::{Source, put_number, put_text, seal, unseal};
use super::error::Damage;
use super::extras::{put_json, read_json};
use super::messages::{CellMessage, put_message, read_message};
use crate::domain::record::{FieldNumber, RecordNumber};

/// The change of one record.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RecordPatch {
    /// The record is not in a segment yet.
    pub(super) inserted: bool,
    pub(super) deleted: bool,
    /// The changed cells.
    pub(super) cells: BTreeMap<FieldNumber, Option<Box<str>>>,
    /// All messages from now on; nothing when they stay.
    pub(super) messages: Option<Vec<CellMessage>>,
    /// Nothing when it stays.
    pub(super) metadata: Option<Option<Value>>,
    /// Nothing when it stays.
    pub(super) config: Option<Option<Value>>,
}

const INSERTED: u8 = 1;
const DELETED: u8 = 2;
const MESSAGES: u8 = 4;
const METADATA: u8 = 8;
const CONFIG: u8 = 16;

impl RecordPatch {
    /// This patch with a later one over it.
    pub(super) fn then(&self, later: &Self) -> Self {
        let mut both = self.clone();
        both.inserted |= later.inserted;
        both.deleted |= later.deleted;
        both.cells.extend(later.cells.iter().map(|(field, text)| (*field, text.clone())));
        if later.messages.is_some() {
            both.messages.clone_from(&later.messages);
        }
        if later.metadata.is_some() {
            both.metadata.clone_from(&later.metadata);
        }
        if later.config.is_some() {
            both.config.clone_from(&later.config);
        }
        both
    }

    /// Whether it changes nothing.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn put(&self, out: &mut Vec<u8>) {
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        out.push(
            flag(self.inserted, INSERTED)
                | flag(self.deleted, DELETED)
                | flag(self.messages.is_some(), MESSAGES)
                | flag(self.metadata.is_some(), METADATA)
                | flag(self.config.is_some(), CONFIG),
        );
        put_number(out, self.cells.len() as u64);
        for (field, text) in &self.cells {
            put_number(out, field.0.into());
            out.push(text.is_some().into());
            if let Some(text) = text {
                put_text(out, text);
            }
        }
        if let Some(messages) = &self.messages {
            put_number(out, messages.len() as u64);
            for (field, message) in messages {
                put_number(out, field.0.into());
                put_message(out, message);
            }
        }
        for extra in [&self.metadata, &self.config].into_iter().flatten() {
            put_json(out, extra.as_ref());
        }
    }

    fn read(source: &mut Source<'_>) -> Result<Self, Damage> {
        let flags = source.byte()?;
        let mut cells = BTreeMap::new();
        for _ in 0..source.length()? {
            let field = FieldNumber(source.small()?);
            let text = if source.byte()? == 1 { Some(source.text()?.into()) } else { None };
            cells.insert(field, text);
        }
        let mut messages = None;
        if flags & MESSAGES > 0 {
            let count = source.length()?;
            let read = |_| Ok((FieldNumber(source.small()?), read_message(source)?));
            messages = Some((0..count).map(read).collect::<Result<Vec<_>, Damage>>()?);
        }
        let metadata = if flags & METADATA > 0 { Some(read_json(source)?) } else { None };
        let config = if flags & CONFIG > 0 { Some(read_json(source)?) } else { None };
        let (inserted, deleted) = (flags & INSERTED > 0, flags & DELETED > 0);
        Ok(Self { inserted, deleted, cells, messages, metadata, config })
    }
}

/// The bytes of one commit's patches, which come in the order of the record numbers.
pub(super) fn encode<'a>(patches: impl ExactSizeIterator<Item = (RecordNumber, &'a RecordPatch)>) -> Vec<u8> {
    let mut out = Vec::new();
    put_number(&mut out, patches.len() as u64);
    let mut last = 0;
    for (number, patch) in patches {
        put_number(&mut out, number.0.wrapping_sub(last));
        patch.put(&mut out);
        last = number.0;
    }
    seal(&out)
}

/// Reads what [`encode`] wrote.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<(RecordNumber, RecordPatch)>, Damage> {
    let block = unseal(bytes)?;
    let mut source = Source::new(&block);
    let mut patches = Vec::new();
    let mut last = 0u64;
    for _ in 0..source.length()? {
        last = last.checked_add(source.number()?).ok_or(Damage("a record number is too large"))?;
        patches.push((RecordNumber(last), RecordPatch::read(&mut source)?));
    }
    source.end()?;
    Ok(patches)
}
