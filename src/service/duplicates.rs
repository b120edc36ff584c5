//! Records that have the same texts in some fields: one of each stays, the others are deleted as one change.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use super::read_records::RecordRead;
use super::record_batches::RecordBatches;
use super::records::{Audience, Written, tell, written};
use super::{Page, Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::event::Topic;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::RecordNumber;
use crate::sheets::{Batch, SheetError, Writer};

/// Which records are the same, and which of them stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sameness {
    /// Keys of the fields that are compared. Records that are empty in all of them are not the same.
    pub fields: Vec<String>,
    /// The last one stays, and not the first.
    pub keep_last: bool,
    /// The case of letters, and spaces around a text, do not matter.
    pub loosely: bool,
}

/// A search for records that are the same. Others cannot write to the sheet on this server meanwhile.
pub struct DuplicateSearch {
    writer: Writer,
    batches: RecordBatches,
    rule: Sameness,
    /// The record of each value that stays. Values are kept as 128 bits of hash, which do not meet by chance.
    seen: HashMap<u128, RecordNumber>,
    found: Vec<RecordNumber>,
}

impl Service {
    /// Begins to look among the records that a query finds, in its order.
    pub async fn search_duplicates(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: RecordQuery,
        rule: Sameness,
    ) -> Result<DuplicateSearch> {
        if rule.fields.is_empty() {
            return Err(ServiceError::bad_request("fields: name at least one field to compare by"));
        }
        let sheet = self.writable(actor, id, SheetAccess::Delete).await?;
        let writer = self.writer_for(actor, &sheet).await?;
        let (page, fields) = (Some(Page::first(u64::MAX)), Some(rule.fields.clone()));
        let read = RecordRead { query, page, fields, ..RecordRead::default() };
        let batches = self.record_batches(actor, id, read).await?;
        Ok(DuplicateSearch { writer, batches, rule, seen: HashMap::new(), found: Vec::new() })
    }

    /// Looks at some thousand records; false when all were looked at.
    pub async fn search_on(&self, search: &mut DuplicateSearch) -> Result<bool> {
        let Some(batch) = search.batches.next(self).await? else { return Ok(false) };
        search.look(&batch);
        Ok(true)
    }

    /// Deletes what was found.
    pub async fn delete_duplicates(
        &self,
        actor: &Actor,
        search: DuplicateSearch,
        change: ChangeId,
    ) -> Result<Written> {
        let DuplicateSearch { mut writer, batches, found, .. } = search;
        let mut tx = self.db.write().await?;
        self.still_writable(&mut tx, actor, &batches.sheet).await?;
        if writer.view(&mut tx).await?.version() != batches.version() {
            return Err(SheetError::Conflict.into());
        }
        let sheet = batches.sheet;
        let done = writer.delete(&mut tx, &actor.id, Some(&change), found).await?;
        tell(&mut tx, actor, &sheet, &done, Topic::RecordsDeleted, &Audience::Everybody).await?;
        tx.commit().await?;
        writer.publish();
        Ok(written(sheet, change, done))
    }
}

impl DuplicateSearch {
    /// How many records were looked at, and how many are meant.
    pub fn progress(&self) -> (u64, u64) {
        let total = self.batches.total;
        (total.saturating_sub(self.batches.left() as u64), total)
    }

    fn look(&mut self, batch: &Batch) {
        for record in batch.open().records() {
            let Some(value) = self.rule.value(record.cells()) else { continue };
            let number = record.number();
            match self.seen.insert(value, number) {
                Some(earlier) if self.rule.keep_last => self.found.push(earlier),
                Some(earlier) => {
                    self.seen.insert(value, earlier);
                    self.found.push(number);
                }
                None => {}
            }
        }
    }
}

impl Sameness {
    /// What records are compared by; nothing of one without texts.
    fn value<'a>(&self, cells: impl Iterator<Item = Option<&'a str>>) -> Option<u128> {
        let mut halves = [DefaultHasher::new(), DefaultHasher::new()];
        // So that both do not say the same.
        halves[1].write_u8(1);
        let mut is_empty = true;
        for cell in cells {
            let text = self.read(cell.unwrap_or_default());
            is_empty &= text.is_empty();
            for half in &mut halves {
                half.write_usize(text.len());
                half.write(text.as_bytes());
            }
        }
        let [one, other] = halves.map(|half| u128::from(half.finish()));
        (!is_empty).then_some(one << 64 | other)
    }

    fn read<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        if self.loosely { text.trim().to_lowercase().into() } else { text.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_the_same_by_all_their_texts() {
        let exact = Sameness { fields: Vec::new(), keep_last: false, loosely: false };
        let loose = Sameness { loosely: true, ..exact.clone() };
        let value = |rule: &Sameness, cells: [Option<&'static str>; 2]| rule.value(cells.into_iter());
        assert_eq!(value(&exact, [Some("a"), Some("b")]), value(&exact, [Some("a"), Some("b")]));
        assert_ne!(value(&exact, [Some("ab"), None]), value(&exact, [Some("a"), Some("b")]));
        assert_ne!(value(&exact, [Some("A"), None]), value(&exact, [Some("a"), None]));
        assert_eq!(value(&loose, [Some(" A "), None]), value(&loose, [Some("a"), Some("")]));
        assert_eq!(value(&exact, [None, Some("")]), None);
        assert_eq!(value(&loose, [Some("  "), None]), None);
    }
}
