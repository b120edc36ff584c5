//! Edits of records, committed together: while one commit of a sheet goes to the disk, the edits that arrive
//! wait and then share the next one. Each keeps a version, a commit and events of its own, and one that is
//! refused is refused alone.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::cell_edits::TypedCell;
use super::records::{
    Audience, RecordInput, Written, cells, permitted, tell_as, typed, within, writable_field, written,
};
use super::{ErrorKind, Result, ServiceError};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::event::Topic;
use crate::domain::ids::SheetId;
use crate::domain::limits::Limits;
use crate::domain::record::RecordNumber;
use crate::domain::workbook::Sheet;
use crate::sheets::{RecordUpdate, SeenCell, Sheets, Writer};
use crate::store::sheets::LockedSheet;
use crate::store::{self, Db, Tx, new_log_id};

/// Edits that share one transaction.
const MOST_TOGETHER: usize = 32;
/// How long nobody writes to a sheet before its patch log is folded.
const LEFT_ALONE: Duration = Duration::from_secs(1);
/// Sheets whose numbers are remembered.
const REMEMBERED: usize = 4_096;

/// An edit that somebody who may write records asks for.
pub(super) struct Edit {
    pub(super) actor: Actor,
    pub(super) what: Change,
}

/// What an edit changes.
pub(super) enum Change {
    /// One cell, to the text that a person typed, when it still holds what they saw.
    Cell(TypedCell),
    /// Records by their ids.
    Records { records: Vec<(String, RecordInput)>, audience: Audience },
}

/// The edits that wait, and those who commit them.
pub(super) struct EditQueue {
    db: Db,
    sheets: Sheets,
    limits: Limits,
    /// An entry is there as long as somebody commits the edits of the sheet.
    waiting: Mutex<HashMap<SheetId, VecDeque<Waiting>>>,
    /// The sheets whose patch logs somebody looks after.
    tidying: Mutex<HashSet<SheetId>>,
    /// A sheet's number never changes.
    numbers: Mutex<HashMap<SheetId, i64>>,
}

struct Waiting {
    edit: Edit,
    answer: oneshot::Sender<Result<Written>>,
}

impl EditQueue {
    pub(super) fn new(db: Db, sheets: Sheets, limits: Limits) -> Self {
        Self {
            db,
            sheets,
            limits,
            waiting: Mutex::default(),
            tidying: Mutex::default(),
            numbers: Mutex::default(),
        }
    }

    /// Makes an edit, together with others that come meanwhile; returns when it is on the disk. It is made even
    /// when the caller goes away.
    pub(super) async fn submit(self: &Arc<Self>, sheet: &SheetId, edit: Edit) -> Result<Written> {
        let (answer, answered) = oneshot::channel();
        let begins = {
            let mut waiting = self.waiting();
            let begins = !waiting.contains_key(sheet);
            waiting.entry(sheet.clone()).or_default().push_back(Waiting { edit, answer });
            begins
        };
        if begins {
            tokio::spawn(Shift { queue: self.clone(), sheet: sheet.clone() }.work());
        }
        answered.await.unwrap_or_else(|_| Err(ServiceError::internal("an edit was broken off")))
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<SheetId, VecDeque<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits some edits; their answers in the same order. An error is of all of them.
    async fn commit(&self, id: &SheetId, edits: &[Edit]) -> Result<Vec<Result<Written>>> {
        let nowhere = || Ok(edits.iter().map(|_| Err(ServiceError::not_found("sheet", id))).collect());
        let Some(number) = self.number(id).await? else { return nowhere() };
        let turn = self.sheets.turn(number).await;
        let mut tx = self.db.write().await?;
        let Some(locked) = store::sheets::lock(&mut tx, id).await? else { return nowhere() };
        let mut writer = turn.writer(&locked.sheet, Some(locked.head));
        let mut answers = Vec::with_capacity(edits.len());
        for edit in edits {
            let is_hidden = edit.actor.scope.granted_to.is_some()
                && store::sheets::find(&mut tx, &edit.actor.scope, id).await?.is_none();
            if is_hidden {
                answers.push(Err(ServiceError::not_found("sheet", id)));
                continue;
            }
            answers.push(match updates(&self.limits, &locked.sheet, edit) {
                Ok(updates) => make(&mut tx, &mut writer, &locked, edit, updates).await?,
                Err(refused) => Err(refused),
            });
        }
        let changes = |answer: &Result<Written>| answer.as_ref().is_ok_and(|done| done.commit_id.is_some());
        if answers.iter().any(changes) {
            store::spaces::touch(&mut tx, &locked.sheet.space_id, store::now());
        }
        tx.commit().await?;
        writer.publish();
        Ok(answers)
    }

    async fn number(&self, id: &SheetId) -> Result<Option<i64>> {
        let known = || self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known().get(id) {
            return Ok(Some(*number));
        }
        let mut tx = self.db.read().await?;
        let found = store::sheets::number(&mut tx, id).await?;
        if let Some(number) = found {
            let mut known = known();
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(id.clone(), number);
        }
        Ok(found)
    }

    /// Waits until a sheet with a long patch log is left alone, and folds the log then.
    async fn tidy(&self, id: &SheetId) -> Result<()> {
        let Some(number) = self.number(id).await? else { return Ok(()) };
        while let Some(version) = self.sheets.wants_folding(number) {
            tokio::time::sleep(LEFT_ALONE).await;
            if self.sheets.wants_folding(number) == Some(version) {
                return self.fold(id, number).await;
            }
        }
        Ok(())
    }

    async fn fold(&self, id: &SheetId, number: i64) -> Result<()> {
        let turn = self.sheets.turn(number).await;
        let mut tx = self.db.write().await?;
        let Some(locked) = store::sheets::lock(&mut tx, id).await? else { return Ok(()) };
        let mut writer = turn.writer(&locked.sheet, Some(locked.head));
        writer.fold(&mut tx).await?;
        tx.commit().await?;
        writer.publish();
        Ok(())
    }
}

/// Somebody who commits the edits of one sheet until there are none.
struct Shift {
    queue: Arc<EditQueue>,
    sheet: SheetId,
}

impl Shift {
    async fn work(self) {
        while let Some(batch) = self.next() {
            let (edits, answers): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|Waiting { edit, answer }| (edit, answer)).unzip();
            let done = match self.queue.commit(&self.sheet, &edits).await {
                Ok(done) => done,
                Err(error) => answers.iter().map(|_| Err(error.clone())).collect(),
            };
            for (answer, done) in answers.into_iter().zip(done) {
                // Whoever went away needs no answer.
                let _ = answer.send(done);
            }
        }
        let tidying = || self.queue.tidying.lock().unwrap_or_else(PoisonError::into_inner);
        if tidying().insert(self.sheet.clone()) {
            if let Err(error) = self.queue.tidy(&self.sheet).await {
                tracing::warn!(%error, sheet = %self.sheet, "the patch log could not be folded");
            }
            tidying().remove(&self.sheet);
        }
    }

    /// The next edits; none, and the shift is over.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut waiting = self.queue.waiting();
        let there = waiting.get_mut(&self.sheet).filter(|there| !there.is_empty());
        let Some(there) = there else {
            waiting.remove(&self.sheet);
            return None;
        };
        let count = together(there.len());
        Some(there.drain(..count.min(there.len())).collect())
    }
}

/// How many of so many edits come together: 1, 2, 3, 4, 6, 8, 12, …. Then the statements that carry them have few
/// different texts, which the database keeps prepared.
fn together(waiting: usize) -> usize {
    let most = waiting.clamp(1, MOST_TOGETHER);
    let power = 1 << most.ilog2();
    if power + power / 2 <= most { power + power / 2 } else { power }
}

impl Drop for Shift {
    /// A shift that was broken off leaves nobody waiting for ever.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.queue.waiting().remove(&self.sheet);
            self.queue.tidying.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.sheet);
        }
    }
}

/// What an edit means for the records, or why it is refused.
fn updates(limits: &Limits, sheet: &Sheet, Edit { actor, what }: &Edit) -> Result<Vec<RecordUpdate>> {
    if !actor.scope.covers(&sheet.account_id, &sheet.environment_id, &sheet.space_id) {
        return Err(ServiceError::not_found("sheet", &sheet.id));
    }
    permitted(actor, sheet, SheetAccess::Edit)?;
    match what {
        Change::Cell(TypedCell { record, field, text, .. }) => {
            let number = record_number(sheet, record)?;
            let blueprint =
                sheet.config.field(field).ok_or_else(|| ServiceError::not_found("field", field))?;
            writable_field(actor, blueprint)?;
            let column = sheet.field_number(field).ok_or_else(|| ServiceError::not_found("field", field))?;
            let cell = typed(limits, text.clone())?;
            Ok(vec![RecordUpdate { number, cells: vec![(column, cell)], metadata: None, config: None }])
        }
        Change::Records { records, .. } => {
            let columns = sheet.columns_by_key();
            let update = |(position, (record, input)): (usize, &(String, RecordInput))| {
                let number = record_number(sheet, record)?;
                let cells = cells(limits, actor, (sheet, &columns), &input.values)
                    .map_err(|error| within(error, position))?;
                let (metadata, config) = (input.metadata.clone(), input.config.clone());
                Ok(RecordUpdate { number, cells, metadata, config })
            };
            records.iter().enumerate().map(update).collect()
        }
    }
}

fn record_number(sheet: &Sheet, record: &str) -> Result<RecordNumber> {
    sheet.record_key.number(record)?.ok_or_else(|| ServiceError::not_found("record", record))
}

/// Makes one edit, or says why it is refused.
async fn make(
    tx: &mut Tx,
    writer: &mut Writer,
    locked: &LockedSheet,
    Edit { actor, what }: &Edit,
    mut updates: Vec<RecordUpdate>,
) -> Result<Result<Written>> {
    let sheet = &locked.sheet;
    writer.spare_read_only(actor.is_person());
    let mut audience = &Audience::Everybody;
    if let Change::Records { records, audience: told } = what {
        audience = told;
        for ((_, input), update) in records.iter().zip(&mut updates) {
            keep_values(tx, writer, input, update).await?;
        }
    }
    let change = new_log_id();
    let seen = seen_cell(what, &updates);
    let done = writer.update_as_seen(tx, &actor.id, Some(&change), updates, seen.as_ref()).await?;
    if let Some((_, field)) = done.kept {
        let label = sheet.columns().find(|(number, _)| Some(*number) == field).map(|(_, field)| &field.label);
        let what = label.map_or("this record".to_string(), |label| format!("{label} of this record"));
        let message = format!("{what} is read-only");
        return Ok(Err(ServiceError::new(ErrorKind::Forbidden, message)));
    }
    tell_as(tx, actor, sheet, &done, Topic::RecordsUpdated, audience).await?;
    Ok(Ok(written(sheet.clone(), change, done)))
}

/// The cell that a person typed into, as they saw it.
fn seen_cell(what: &Change, updates: &[RecordUpdate]) -> Option<SeenCell> {
    let (Change::Cell(cell), [update]) = (what, updates) else { return None };
    let (field, _) = update.cells.first()?;
    Some(SeenCell { number: update.number, field: *field, text: cell.seen.clone() })
}

/// Gives the cells that came without a value the text that they have.
async fn keep_values(
    tx: &mut Tx,
    writer: &mut Writer,
    input: &RecordInput,
    update: &mut RecordUpdate,
) -> Result<()> {
    if input.values.iter().all(|(_, given)| given.value.is_some()) {
        return Ok(());
    }
    let records = writer.view(tx).await?.records(tx, &[update.number]).await?;
    let fields = writer.fields();
    let Some(record) = records.into_iter().next() else { return Ok(()) };
    for ((_, given), (field, cell)) in input.values.iter().zip(&mut update.cells) {
        let known = fields.iter().position(|other| other == field).and_then(|place| record.cells.get(place));
        if let Some(known) = known.filter(|_| given.value.is_none()) {
            cell.text.clone_from(&known.text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_of_edits_come_together() {
        let counts: std::collections::BTreeSet<usize> = (1..100).map(together).collect();
        assert!(counts.into_iter().eq([1, 2, 3, 4, 6, 8, 12, 16, 24, 32]));
        assert!((1..100).all(|waiting| together(waiting) <= waiting));
    }
}
