//! Taking back what happened between two versions when the sheet has changed since: record by record, and only
//! where nothing has changed it again.

use std::collections::BTreeSet;

use super::chunk::Part;
use super::commit::Author;
use super::diff::{Comparison, Difference};
use super::error::SheetError;
use super::fetch::Wanted;
use super::insert::NewRecord;
use super::rows::{Place, Rows};
use super::update::RecordUpdate;
use super::view::View;
use super::writer::{CellInput, Committed, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// No more cells that were left as they are are told than this.
const TOLD_SKIPPED: usize = 1_000;

/// Which differences are taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classes {
    /// Records that came go.
    pub created: bool,
    /// Cells get the texts that they had.
    pub updated: bool,
    /// Records that went come back, as new records where they were.
    pub deleted: bool,
}

impl Classes {
    /// All of them.
    pub const ALL: Self = Self { created: true, updated: true, deleted: true };
}

/// What a commit of a restoration was of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoredAs {
    /// Records that came back.
    Inserted,
    /// Cells that have their old texts.
    Updated,
    /// Records that are gone again.
    Deleted,
}

/// What was taken back, and what was not.
#[derive(Debug, Default)]
pub struct Restored {
    /// The commits, in order.
    pub commits: Vec<(RestoredAs, Committed)>,
    /// Cells that were changed again since and stay as they are, 1,000 at most. Without a field, a record that is
    /// gone since.
    pub skipped: Vec<(RecordNumber, Option<FieldNumber>)>,
    /// How many they are.
    pub skipped_total: u64,
}

/// What is to be done for some differences.
#[derive(Default)]
struct Wishes {
    updates: Vec<RecordUpdate>,
    deletes: Vec<RecordNumber>,
    /// With the numbers that they had.
    inserts: Vec<(RecordNumber, NewRecord)>,
}

impl Writer {
    /// Takes back what happened from `then` to `left`, as far as the sheet still is as `left` was. With `only`,
    /// nothing but these records is touched.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::Conflict`] and [`SheetError::Damaged`].
    pub async fn restore(
        &mut self,
        tx: &mut Tx,
        (by, change): (&str, &ChangeId),
        (then, left): (&View, &View),
        classes: Classes,
        only: Option<&BTreeSet<RecordNumber>>,
    ) -> Result<Restored, SheetError> {
        let mut restored = Restored::default();
        let mut comparison = Comparison::new(then, left);
        while let Some(mut found) = comparison.next(tx).await? {
            found.retain(|(number, difference)| {
                classes.include(difference) && only.is_none_or(|only| only.contains(number))
            });
            for found in found.chunks(self.limits.commit_records) {
                let wishes = self.wishes(tx, (then, left), found, &mut restored).await?;
                self.fulfil(tx, (by, change), wishes, &mut restored).await?;
            }
        }
        Ok(restored)
    }

    async fn wishes(
        &mut self,
        tx: &mut Tx,
        (then, left): (&View, &View),
        found: &[(RecordNumber, Difference)],
        restored: &mut Restored,
    ) -> Result<Wishes, SheetError> {
        let head = self.view(tx).await?;
        let columns: Vec<FieldNumber> = self.rules.columns.iter().map(|(_, field)| *field).collect();
        let numbers = || found.iter().map(|(number, _)| *number);
        let wanted = cells_of(found);
        let then = self.rows(tx, &then.state, numbers(), &wanted).await?;
        let left = self.rows(tx, &left.state, numbers(), &wanted).await?;
        let head = self.rows(tx, &head.state, numbers(), &wanted).await?;
        let mut wishes = Wishes::default();
        for (number, difference) in found {
            match difference {
                Difference::Created => match head.place_of(*number) {
                    None => {}
                    Some(place) if is_as_left(&left, (&head, place), *number, &columns) => {
                        wishes.deletes.push(*number);
                    }
                    Some(_) => restored.skip(*number, None),
                },
                Difference::Deleted => {
                    wishes.inserts.extend(copy(&then, *number, &columns).map(|copy| (*number, copy)))
                }
                Difference::Updated(fields) => {
                    wishes.updates.extend(back(&then, &left, &head, (*number, fields), restored));
                }
            }
        }
        Ok(wishes)
    }

    async fn fulfil(
        &mut self,
        tx: &mut Tx,
        (by, change): (&str, &ChangeId),
        wishes: Wishes,
        restored: &mut Restored,
    ) -> Result<(), SheetError> {
        let change = Some(change);
        let mut keep = |kind, committed: Committed| {
            restored.commits.extend(committed.commit.is_some().then_some((kind, committed)));
        };
        if !wishes.updates.is_empty() {
            keep(RestoredAs::Updated, self.update(tx, by, change, wishes.updates).await?);
        }
        if !wishes.deletes.is_empty() {
            keep(RestoredAs::Deleted, self.delete(tx, by, change, wishes.deletes).await?);
        }
        if !wishes.inserts.is_empty() {
            let (numbers, records): (Vec<_>, Vec<_>) = wishes.inserts.into_iter().unzip();
            let places = self.view(tx).await?.state.places.clone();
            let mut spots = places.of_gone(&numbers);
            if places.given() + spots.len() > self.limits.places {
                // They come back in any case, if only at the end.
                spots.clear();
            }
            let author = Author { by, change };
            keep(RestoredAs::Inserted, self.insert_each(tx, author, records, spots).await?);
        }
        Ok(())
    }
}

impl Classes {
    /// Whether it is of one of them.
    pub fn include(self, difference: &Difference) -> bool {
        match difference {
            Difference::Created => self.created,
            Difference::Updated(_) => self.updated,
            Difference::Deleted => self.deleted,
        }
    }
}

impl Restored {
    fn skip(&mut self, number: RecordNumber, field: Option<FieldNumber>) {
        self.skipped_total += 1;
        if self.skipped.len() < TOLD_SKIPPED {
            self.skipped.push((number, field));
        }
    }
}

/// The cells that some differences are about.
fn cells_of(found: &[(RecordNumber, Difference)]) -> Wanted {
    let mut fields = BTreeSet::new();
    for (_, difference) in found {
        match difference {
            Difference::Updated(changed) => fields.extend(changed.iter().copied()),
            Difference::Created | Difference::Deleted => return Wanted::All,
        }
    }
    Wanted::Parts(fields.into_iter().map(Part::field).collect())
}

/// The old texts of a record's cells, where the head still has what was left.
fn back(
    then: &Rows,
    left: &Rows,
    head: &Rows,
    (number, fields): (RecordNumber, &[FieldNumber]),
    restored: &mut Restored,
) -> Option<RecordUpdate> {
    let Some(place) = head.place_of(number) else {
        restored.skip(number, None);
        return None;
    };
    let (old, since) = (then.place_of(number)?, left.place_of(number)?);
    let mut cells = Vec::new();
    for field in fields {
        let (old, now) = (then.text(old, *field), head.text(place, *field));
        if now == left.text(since, *field) {
            cells.push((*field, CellInput { text: old.map(str::to_string), messages: None }));
        } else if now != old {
            restored.skip(number, Some(*field));
        }
    }
    (!cells.is_empty()).then_some(RecordUpdate { number, cells, metadata: None, config: None })
}

/// Whether nothing has changed a record since.
fn is_as_left(
    left: &Rows,
    (head, place): (&Rows, Place),
    number: RecordNumber,
    columns: &[FieldNumber],
) -> bool {
    left.place_of(number)
        .is_some_and(|since| columns.iter().all(|field| left.text(since, *field) == head.text(place, *field)))
}

/// A new record that is what an old one was.
fn copy(then: &Rows, number: RecordNumber, columns: &[FieldNumber]) -> Option<NewRecord> {
    let place = then.place_of(number)?;
    let cell = |field: &FieldNumber| {
        let text = Some(then.text(place, *field)?.to_string());
        Some((*field, CellInput { text, messages: None }))
    };
    let extra = then.extra(place);
    let cells = columns.iter().filter_map(cell).collect();
    Some(NewRecord { cells, metadata: extra.metadata, config: extra.config })
}
