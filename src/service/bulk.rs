//! Changes of many records by one rule: find and replace, the same values for all, clear, fill. One change each,
//! whatever the number of records, in commits of ten thousand.

use serde_json::{Map, Value, json};

use super::announce::object;
use super::new_job::NewJob;
use super::records::{Audience, clean, is_cleaned, tell, writable_field};
use super::{Result, Service, ServiceError, sheets};
use crate::domain::access::Actor;
use crate::domain::blueprint::{Field, SheetAccess};
use crate::domain::built_in_actions::ABOVE;
use crate::domain::cell_edit::{CellEdit, Find, Spelling};
use crate::domain::event::Topic;
use crate::domain::ids::{ChangeId, CommitId, Id, SheetId};
use crate::domain::job::{Job, JobTrigger, JobType};
use crate::domain::limits::Limits;
use crate::domain::query::RecordQuery;
use crate::domain::record::{Counts, FieldNumber};
use crate::domain::shown::stored;
use crate::domain::value;
use crate::domain::workbook::Sheet;
use crate::sheets::{Bulk, FieldEdit, NewRecord, Writer};
use crate::store::{Tx, new_id, records};

/// What becomes of the records that a query finds.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkChange {
    /// What is sought is replaced, in one field or in every one that the actor may write.
    Replace {
        /// The key of the field.
        field: Option<String>,
        /// See [`Find::parse`]; with a spelling [`Find::spelled`].
        find: Value,
        /// How a person wants it to be sought.
        spelling: Option<Spelling>,
        /// What stands there since; `null` or an empty text takes it away.
        with: Value,
    },
    /// These fields get these values; `null` clears.
    Update(Vec<(String, Value)>),
    /// The empty cells of the field get the value.
    Fill(String, Value),
    /// The empty cells of the field get what stands above them, in the order of the query.
    FillFromAbove(String),
    /// Every record gets in this field what the first one has, in the order of the query.
    FillDown(String),
}

/// What a change of many records did.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The sheet before it.
    pub sheet: Sheet,
    /// What a person undoes.
    pub change_id: ChangeId,
    /// The last of its commits, or that of the sheet when nothing changed.
    pub commit_id: Option<CommitId>,
    /// How many records it changed.
    pub records: u64,
    /// How many cells stayed as they were because they would have been longer than a cell may be.
    pub too_long: u64,
    /// The version of the sheet after it.
    pub version: i64,
    /// The counts of the sheet after it.
    pub counts: Counts,
}

/// A change that is done in parts, each of them durable. Others cannot write to the sheet on this server meanwhile.
pub struct BulkRun {
    writer: Writer,
    bulk: Bulk,
    done: Changed,
    silent: bool,
}

impl BulkRun {
    /// How many records were looked at, and how many are meant.
    pub fn progress(&self) -> (u64, u64) {
        self.bulk.progress()
    }
}

impl Service {
    /// Changes all records that a query finds, as a whole. `silent` keeps listeners from being told of the commits.
    pub async fn change_in_bulk(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        change: &BulkChange,
        silent: bool,
    ) -> Result<Changed> {
        let run = self.begin_bulk(actor, id, query, change, (new_id(), silent), usize::MAX).await?;
        Ok(self.end_bulk(run))
    }

    /// Begins a change of all records that a query finds, with so many commits; [`Self::go_on`] makes the others.
    pub async fn begin_bulk(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        change: &BulkChange,
        (change_id, silent): (ChangeId, bool),
        commits: usize,
    ) -> Result<BulkRun> {
        if let BulkChange::FillFromAbove(key) = change {
            return self.begin_fill_from_above(actor, id, (query, key), change_id, commits).await;
        }
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let edits = self.edits(&mut tx, actor, &sheet, query, change).await?;
        let bulk = writer.bulk(&mut tx, query, edits).await?;
        let mut run = BulkRun::new(&mut tx, writer, sheet, bulk, (change_id, silent)).await?;
        run.commits(&mut tx, actor, commits).await?;
        tx.commit().await?;
        run.show();
        Ok(run)
    }

    /// Makes the next commits of a change, as many at most; false when nothing was left.
    pub async fn go_on(&self, actor: &Actor, run: &mut BulkRun, commits: usize) -> Result<bool> {
        let mut tx = self.db.write().await?;
        self.still_writable(&mut tx, actor, &run.done.sheet).await?;
        let went_on = run.commits(&mut tx, actor, commits).await?;
        tx.commit().await?;
        run.show();
        Ok(went_on)
    }

    /// Ends a change; others may write to the sheet again.
    pub fn end_bulk(&self, run: BulkRun) -> Changed {
        run.writer.publish();
        run.done
    }

    /// Makes the job that replaces what is sought in the records that a query finds.
    pub async fn start_bulk(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        change: &BulkChange,
    ) -> Result<Job> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        let mut tx = self.db.read().await?;
        // What the person may not do is told at once, and not by a job that fails.
        self.edits(&mut tx, actor, &sheet, query, change).await?;
        drop(tx);
        let (operation, label, members) = match change {
            BulkChange::Replace { field, find, spelling, with } => (
                "find-replace",
                "Find and replace",
                json!({ "fieldKey": field, "find": find, "spelling": spelling, "replace": with }),
            ),
            BulkChange::Update(updates) => {
                let value = |(key, value): &(String, Value)| (key.clone(), json!({ "value": value }));
                let updates: Map<String, Value> = updates.iter().map(value).collect();
                ("bulk-update", "Change records", json!({ "fieldUpdates": updates }))
            }
            BulkChange::Fill(field, value) => {
                ("fill", "Fill empty cells", json!({ "fieldKey": field, "value": value }))
            }
            BulkChange::FillDown(field) => ("fill", "Fill down", json!({ "fieldKey": field })),
            BulkChange::FillFromAbove(field) => {
                ("fill-column", "Fill empty cells", json!({ "fieldKey": field, "with": ABOVE }))
            }
        };
        let mut job = NewJob::new(JobType::Sheet, operation, id.as_str());
        job.trigger = JobTrigger::Immediate;
        job.label = Some(label.to_string());
        let mut config = object(json!(query));
        config.extend(object(members));
        job.config = Some(config.into());
        self.create_job(actor, job).await
    }

    /// The rules of a change, field by field.
    async fn edits(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        sheet: &Sheet,
        query: &RecordQuery,
        change: &BulkChange,
    ) -> Result<Vec<FieldEdit>> {
        let limits = &self.settings.limits;
        match change {
            BulkChange::Replace { field: Some(key), find, spelling, with } => {
                let (number, field) = writable(actor, sheet, key)?;
                Ok(vec![rule(number, replacement(limits, field, (find, *spelling), with)?, with)])
            }
            BulkChange::Replace { field: None, find, spelling, with } => {
                everywhere(limits, actor, sheet, (find, *spelling), with)
            }
            BulkChange::Update(updates) => {
                let edit = |(key, given): &(String, Value)| {
                    let (number, field) = writable(actor, sheet, key)?;
                    Ok(rule(number, CellEdit::Set(text(limits, field, given)?), given))
                };
                updates.iter().map(edit).collect()
            }
            BulkChange::Fill(key, given) => {
                let (number, field) = writable(actor, sheet, key)?;
                let with = text(limits, field, given)?.unwrap_or_default();
                Ok(vec![rule(number, CellEdit::Fill(with), given)])
            }
            // What it writes is found out when it begins.
            BulkChange::FillFromAbove(key) => writable(actor, sheet, key).map(|_| Vec::new()),
            BulkChange::FillDown(key) => {
                let (number, _) = writable(actor, sheet, key)?;
                let sheet = sheets::find(tx, actor, &sheet.id).await?;
                let view = self.sheets.view(tx, &sheet).await?;
                let fields = [key.clone()];
                let first = view.page(tx, query, 0, 1, Some(&fields)).await?.into_iter().next();
                let text =
                    first.and_then(|record| record.cells.into_iter().next()).and_then(|cell| cell.text);
                Ok(vec![FieldEdit { field: number, edit: CellEdit::Set(text), character_removed: false }])
            }
        }
    }
}

impl BulkRun {
    /// Begins with a change that is made out already.
    pub(super) async fn new(
        tx: &mut Tx,
        mut writer: Writer,
        sheet: Sheet,
        bulk: Bulk,
        (change_id, silent): (ChangeId, bool),
    ) -> Result<Self> {
        let view = writer.view(tx).await?;
        let (version, counts) = (view.version(), view.counts());
        let last = records::commit_of_version(tx, sheet.number, version).await?;
        let commit_id = last.map(|commit| commit.id);
        let done = Changed { sheet, change_id, commit_id, records: 0, too_long: 0, version, counts };
        Ok(Self { writer, bulk, done, silent })
    }

    /// Shows what was committed.
    pub(super) fn show(&self) {
        self.writer.show();
    }

    /// Adds records at the end, as a part of the change.
    pub(super) async fn add(&mut self, tx: &mut Tx, actor: &Actor, added: Vec<NewRecord>) -> Result<()> {
        let change = self.done.change_id.clone();
        let done = self.writer.insert(tx, &actor.id, Some(&change), added).await?;
        tell(tx, actor, &self.done.sheet, &done, Topic::RecordsCreated, &Audience::Everybody).await?;
        self.done.records += done.numbers.len() as u64;
        (self.done.version, self.done.counts) = (done.version, done.counts);
        self.done.commit_id = done.commit;
        Ok(())
    }

    /// Makes the next commits, as many at most; false when nothing was left.
    pub(super) async fn commits(&mut self, tx: &mut Tx, actor: &Actor, most: usize) -> Result<bool> {
        for _ in 0..most {
            let change = self.done.change_id.clone();
            let step = self.writer.bulk_step(tx, &actor.id, &change, &mut self.bulk).await?;
            self.done.too_long = self.bulk.too_long();
            let Some(mut step) = step else { return Ok(false) };
            step.any_value_changed &= !self.silent;
            tell(tx, actor, &self.done.sheet, &step, Topic::RecordsUpdated, &Audience::Everybody).await?;
            self.done.records += step.numbers.len() as u64;
            (self.done.version, self.done.counts) = (step.version, step.counts);
            self.done.commit_id = step.commit;
        }
        Ok(true)
    }
}

/// The field of that key, when the actor may write it.
pub(super) fn writable<'a>(actor: &Actor, sheet: &'a Sheet, key: &str) -> Result<(FieldNumber, &'a Field)> {
    let (Some(number), Some(field)) = (sheet.field_number(key), sheet.config.field(key)) else {
        let name = &sheet.config.name;
        return Err(ServiceError::bad_request(format!("`{key}` is not the key of a field of {name}")));
    };
    writable_field(actor, field)?;
    Ok((number, field))
}

/// What becomes of the cells of a field, by a value as it was given.
fn rule(field: FieldNumber, edit: CellEdit, given: &Value) -> FieldEdit {
    FieldEdit { field, edit, character_removed: is_cleaned(given) }
}

/// The value as the text that a cell of the field holds.
fn text(limits: &Limits, field: &Field, given: &Value) -> Result<Option<String>> {
    let named = |message: String| ServiceError::bad_request(format!("{}: {message}", field.key));
    let text = value::text_of(&field.field_type, given).map_err(named)?.map(clean);
    limits.check_cell(text.as_deref().unwrap_or_default()).map_err(|error| named(error.to_string()))?;
    Ok(text)
}

fn replacement(
    limits: &Limits,
    field: &Field,
    (find, spelling): (&Value, Option<Spelling>),
    with: &Value,
) -> Result<CellEdit> {
    let named = |message: String| ServiceError::bad_request(format!("find: {message}"));
    let with = text(limits, field, with)?.unwrap_or_default();
    let (find, with) = match (spelling, find) {
        (Some(spelling), Value::String(text)) => {
            (Find::spelled(text, spelling).replaced(&field.field_type), stored(&field.field_type, with))
        }
        _ => (Find::parse(&field.field_type, find).map_err(named)?, with),
    };
    Ok(CellEdit::Replace { find, with, most: limits.cell_bytes })
}

/// The replacement in every field that the actor may write and that can hold both values.
fn everywhere(
    limits: &Limits,
    actor: &Actor,
    sheet: &Sheet,
    find: (&Value, Option<Spelling>),
    with: &Value,
) -> Result<Vec<FieldEdit>> {
    let edits: Vec<_> = sheet
        .columns()
        .filter(|(_, field)| writable_field(actor, field).is_ok())
        .filter_map(|(number, field)| Some(rule(number, replacement(limits, field, find, with).ok()?, with)))
        .collect();
    if edits.is_empty() {
        let message = format!("no field of {} can be changed like this", sheet.config.name);
        return Err(ServiceError::bad_request(message));
    }
    Ok(edits)
}
