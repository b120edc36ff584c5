//! Deleting records. Their numbers are never used again.

use super::chunk::Part;
use super::commit::{Author, Edit};
use super::error::SheetError;
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::patch::RecordPatch;
use super::rows::Rows;
use super::rules::Rules;
use super::writer::{Committed, Working, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::RecordNumber;
use crate::store::Tx;

/// A deleted record with what it was compared by under each unique rule.
type Gone = (RecordNumber, Vec<Option<u64>>);

impl Writer {
    /// Deletes records; those that are not there are told as missing. [`Self::view`] finds the numbers
    /// that a query means.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::ReadOnly`], [`SheetError::Conflict`] and [`SheetError::Damaged`].
    pub async fn delete(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        mut numbers: Vec<RecordNumber>,
    ) -> Result<Committed, SheetError> {
        let mut working = self.begin(tx).await?;
        numbers.sort_unstable();
        numbers.dedup();
        let mut edit = Edit::new("delete");
        let gone = self.find(tx, &working, &numbers, &mut edit).await?;
        edit.numbers = gone.iter().map(|(number, _)| *number).collect();
        edit.deleted = edit.numbers.len() as u64;
        edit.live = -(edit.numbers.len() as i64);
        edit.any_value_changed = !gone.is_empty();
        if gone.is_empty() {
            return Ok(self.nothing(working, edit));
        }
        if !self.rules.unique.is_empty() {
            let state = working.state.clone();
            let index = self.unique(tx, &mut working).await?;
            for (number, keys) in &gone {
                for (rule, key) in keys.iter().enumerate().filter_map(|(rule, key)| Some((rule, (*key)?))) {
                    index.remove(rule, key, *number);
                }
            }
            let partners = index.settle(|number| edit.numbers.binary_search(&number).is_ok());
            for (number, before, since) in self.partners(tx, &state, &partners).await? {
                edit.remark(number, &before, since);
            }
        }
        if gone.len() > self.limits.patched_records {
            edit.removed.clone_from(&edit.numbers);
        } else {
            let patch = RecordPatch { deleted: true, ..RecordPatch::default() };
            edit.patches.extend(gone.into_iter().map(|(number, _)| (number, patch.clone())));
        }
        self.commit(tx, Author { by, change }, working, edit).await
    }

    /// Which of the records are there, in order.
    async fn find(
        &self,
        tx: &mut Tx,
        working: &Working,
        numbers: &[RecordNumber],
        edit: &mut Edit,
    ) -> Result<Vec<Gone>, SheetError> {
        let mut parts: Vec<Part> = self.rules.unique_fields().map(Part::field).collect();
        parts.push(Part::MESSAGES);
        parts.extend(self.spares.then_some(Part::EXTRAS));
        let wanted = Wanted::Parts(parts);
        let mut kept = 0;
        let state = &working.state;
        let mut gone = Vec::new();
        let mut rest = numbers;
        while !rest.is_empty() {
            let (segments, count) = next_segments(state, rest);
            let rows = fetch::rows(&self.cache, tx, state, segments, &wanted).await?;
            for number in &rest[..count] {
                let is_kept = |place| self.spares && rows.extra(place).is_read_only();
                kept += u64::from(rows.place_of(*number).is_some_and(is_kept));
                gone.extend(look(&self.rules, &rows, *number, edit));
            }
            rest = &rest[count..];
        }
        if kept > 0 {
            return Err(SheetError::ReadOnly(kept));
        }
        Ok(gone)
    }
}

/// The segments of the first records, as many as are read together, and how many records that covers.
fn next_segments(state: &super::state::State, numbers: &[RecordNumber]) -> (Vec<usize>, usize) {
    let mut segments = Vec::new();
    for (count, number) in numbers.iter().enumerate() {
        let Some(segment) = state.manifest.holding(*number) else { continue };
        if segments.last() != Some(&segment) {
            if segments.len() == SCANNED_TOGETHER {
                return (segments, count);
            }
            segments.push(segment);
        }
    }
    (segments, numbers.len())
}

fn look(rules: &Rules, rows: &Rows, number: RecordNumber, edit: &mut Edit) -> Option<Gone> {
    let Some(place) = rows.place_of(number) else {
        edit.missing.push(number);
        return None;
    };
    edit.recount(&rows.messages(place), &[]);
    Some((number, rules.keys(|field| rows.text(place, field))))
}
