//! Records: inserted, changed, deleted. Each write is one commit with its events.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::announce::{MOST_LISTED, of_commit, of_sheet};
use super::edit_queue::{Change, Edit};
use super::locks::refuse_locked;
use super::open_commits::{self, Answered};
use super::{ErrorKind, Result, Service, ServiceError, allow, allow_in, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::{Constraint, Field, SheetAccess};
use crate::domain::event::{NewEvent, Topic};
use crate::domain::ids::{ChangeId, CommitId, SheetId};
use crate::domain::limits::Limits;
use crate::domain::query::RecordQuery;
use crate::domain::record::{Counts, FieldNumber, Message, RecordNumber};
use crate::domain::value;
use crate::domain::workbook::{Columns, Sheet};
use crate::sheets::Writer;
use crate::sheets::{CellInput, Committed, NewRecord};
use crate::store::{Tx, new_id};

/// Records that a listener reads of one commit.
const MOST_IN_COMMIT: usize = 10_000;
/// Records of each commit where there are more: as many as fill two segments.
const SOME_IN_COMMIT: usize = 8_192;

/// One value of a write.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueInput {
    /// As the client sent it; absent when only remarks are sent, and the value stays.
    pub value: Option<Value>,
    /// Remarks that replace those of listeners.
    pub messages: Option<Vec<Message>>,
}

/// One record of a write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordInput {
    /// Values by the keys of their fields.
    pub values: Vec<(String, ValueInput)>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// `{readonly, fields, markedForDeletion}`.
    pub config: Option<Value>,
}

/// Who is told of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody; hooks are called.
    Everybody,
    /// Everybody; hooks are called even if no value changed.
    Forced,
    /// It is the answer of a listener: hooks are not called again, and where changes are tracked the commit that was
    /// answered is complete.
    Answered(Answered),
    /// Nobody but the pages that show the sheet: they hear that its counts changed.
    Silent,
}

/// What a write did.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The sheet before it.
    pub sheet: Sheet,
    /// The commit, of several the last; nothing when nothing changed.
    pub commit_id: Option<CommitId>,
    /// What a person undoes.
    pub change_id: ChangeId,
    /// The version of the sheet after it.
    pub version: i64,
    /// The records it made, changed or deleted.
    pub numbers: Vec<RecordNumber>,
    /// The counts of the sheet after it.
    pub counts: Counts,
    /// Whether a record was to be changed that is not there.
    pub is_missing: bool,
    /// What a cell holds that was to be changed by somebody who never saw that: nothing was written.
    pub unseen: Option<Option<String>>,
}

impl Service {
    /// Inserts records at the end, in their order and as one change. More than listeners read of a commit are several
    /// commits.
    pub async fn insert_records(
        &self,
        actor: &Actor,
        id: &SheetId,
        records: Vec<RecordInput>,
        audience: &Audience,
    ) -> Result<Written> {
        let sheet = self.writable(actor, id, SheetAccess::Add).await?;
        let sheet = self.with_additional_fields(actor, sheet, &records).await?;
        let mut fresh = Vec::with_capacity(records.len());
        let columns = sheet.columns_by_key();
        for (position, record) in records.into_iter().enumerate() {
            let cells = cells(&self.settings.limits, actor, (&sheet, &columns), &record.values)
                .map_err(|error| within(error, position))?;
            fresh.push(NewRecord { cells, metadata: record.metadata, config: record.config });
        }
        let change = new_id();
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let together = if fresh.len() > MOST_IN_COMMIT { SOME_IN_COMMIT } else { MOST_IN_COMMIT };
        let (mut fresh, mut all) = (fresh.into_iter(), None);
        while fresh.len() > 0 || all.is_none() {
            let some = fresh.by_ref().take(together).collect();
            let done = writer.insert(&mut tx, &actor.id, Some(&change), some).await?;
            tell(&mut tx, actor, &sheet, &done, Topic::RecordsCreated, audience).await?;
            all = Some(after(all, done));
        }
        tx.commit().await?;
        writer.publish();
        Ok(written(sheet, change, all.ok_or_else(|| ServiceError::internal("nothing was inserted"))?))
    }

    /// Changes records; cells that are not named stay.
    pub async fn update_records(
        &self,
        actor: &Actor,
        id: &SheetId,
        records: Vec<(String, RecordInput)>,
        audience: Audience,
    ) -> Result<Written> {
        allow(actor, Operation::WriteRecords)?;
        let what = Change::Records { records, audience };
        self.edits.submit(id, Edit { actor: actor.clone(), what }).await
    }

    /// Deletes the records that the queries find, as one change.
    pub async fn delete_records(
        &self,
        actor: &Actor,
        id: &SheetId,
        queries: &[RecordQuery],
        audience: &Audience,
    ) -> Result<Written> {
        self.delete_as(new_id(), actor, id, queries, audience).await
    }

    /// The same as a change of that name.
    pub async fn delete_as(
        &self,
        change: ChangeId,
        actor: &Actor,
        id: &SheetId,
        queries: &[RecordQuery],
        audience: &Audience,
    ) -> Result<Written> {
        let sheet = self.writable(actor, id, SheetAccess::Delete).await?;
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let mut all: Option<Committed> = None;
        for query in queries {
            let found = sheets::find(&mut tx, actor, id).await?;
            let view = self.sheets.view(&mut tx, &found).await?;
            let numbers = view.numbers(&mut tx, query).await?;
            let done = writer.delete(&mut tx, &actor.id, Some(&change), numbers).await?;
            tell(&mut tx, actor, &sheet, &done, Topic::RecordsDeleted, audience).await?;
            all = Some(after(all, done));
        }
        let all = all.ok_or_else(|| ServiceError::bad_request("say which records to delete"))?;
        tx.commit().await?;
        writer.publish();
        Ok(written(sheet, change, all))
    }

    /// The sheet, when the actor may do `what` with its records now.
    pub(super) async fn writable(&self, actor: &Actor, id: &SheetId, what: SheetAccess) -> Result<Sheet> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        permitted(actor, &sheet, what)?;
        Ok(sheet)
    }

    /// The turn to write to a sheet; what is read-only stays when a person does.
    pub(super) async fn writer_for(&self, actor: &Actor, sheet: &Sheet) -> Result<Writer> {
        let mut writer = self.sheets.writer(sheet).await?;
        writer.spare_read_only(actor.is_person());
        Ok(writer)
    }

    /// The turn to write to a sheet, and the transaction to write in, in which the actor still may.
    pub(super) async fn begin_write(&self, actor: &Actor, sheet: &Sheet) -> Result<(Writer, Tx)> {
        let writer = self.writer_for(actor, sheet).await?;
        let mut tx = self.db.write().await?;
        self.still_writable(&mut tx, actor, sheet).await?;
        Ok((writer, tx))
    }

    /// Asks once more inside of the transaction that writes, where no import can begin any more.
    pub(super) async fn still_writable(&self, tx: &mut Tx, actor: &Actor, sheet: &Sheet) -> Result<()> {
        crate::store::records::lock_head(tx, sheet.number).await?;
        let now = sheets::find(tx, actor, &sheet.id).await?;
        if now.updated_at != sheet.updated_at && now.config != sheet.config {
            let message = format!("the blueprint of {} has just changed; try again", sheet.config.name);
            return Err(ServiceError::conflict(message));
        }
        allow_in(actor, Operation::WriteRecords, &now.workbook_id)?;
        refuse_locked(actor, &now)?;
        not_importing(&now)
    }
}

/// Refuses what the blueprint, a lock or a running import does not let the actor do now.
pub(super) fn permitted(actor: &Actor, sheet: &Sheet, what: SheetAccess) -> Result<()> {
    allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
    refuse_locked(actor, sheet)?;
    if actor.is_person() && !sheet.config.permits(what) {
        let message = format!("the blueprint of {} does not let people do this", sheet.config.name);
        return Err(ServiceError::new(ErrorKind::Forbidden, message));
    }
    not_importing(sheet)
}

/// Refuses to write into a sheet that a file is being imported into.
pub(super) fn not_importing(sheet: &Sheet) -> Result<()> {
    if sheet.importing.is_none() {
        return Ok(());
    }
    let message =
        format!("records are being imported into {}; wait until it is done, or cancel it", sheet.config.name);
    Err(ServiceError::conflict(message))
}

/// The cells of a write, their values as the texts that are stored.
pub(super) fn cells(
    limits: &Limits,
    actor: &Actor,
    (sheet, columns): (&Sheet, &Columns<'_>),
    values: &[(String, ValueInput)],
) -> Result<Vec<(FieldNumber, CellInput)>> {
    let mut cells = Vec::with_capacity(values.len());
    for (key, input) in values {
        let Some((number, field)) = columns.get(key.as_str()) else {
            let message = format!("`{key}` is not the key of a field of {}", sheet.config.name);
            return Err(ServiceError::bad_request(message));
        };
        cells.push((*number, cell(limits, actor, field, input)?));
    }
    limits.check_row(cells.iter().filter_map(|(_, cell)| cell.text.as_deref()).map(str::len).sum())?;
    Ok(cells)
}

/// The cell of a write, its value as the text that is stored.
fn cell(limits: &Limits, actor: &Actor, field: &Field, input: &ValueInput) -> Result<CellInput> {
    if input.value.is_some() {
        writable_field(actor, field)?;
    }
    let key = field.key.as_str();
    let given = input.value.as_ref().unwrap_or(&Value::Null);
    let text = value::text_of(&field.field_type, given);
    let text = text.map_err(|message| ServiceError::bad_request(format!("{key}: {message}")))?.map(clean);
    let fits = limits.check_cell(text.as_deref().unwrap_or_default());
    fits.map_err(|error| ServiceError::bad_request(format!("{key}: {error}")))?;
    let mut messages = input.messages.clone();
    if is_cleaned(given) {
        messages.get_or_insert_default().push(Message::character_removed());
    }
    Ok(CellInput { text, messages })
}

/// Refuses people what the blueprint keeps from them; programs may write every field.
pub(super) fn writable_field(actor: &Actor, field: &Field) -> Result<()> {
    let why = match (field.readonly, field.constraints.contains(&Constraint::Computed)) {
        _ if !actor.is_person() => return Ok(()),
        (true, _) => "read-only",
        (_, true) => "computed",
        _ => return Ok(()),
    };
    Err(ServiceError::new(ErrorKind::Forbidden, format!("{} is {why}", field.label)))
}

/// The cell of a text that a person typed.
pub(super) fn typed(limits: &Limits, text: Option<String>) -> Result<CellInput> {
    let removed = text.as_deref().is_some_and(holds_nul);
    let text = text.map(clean);
    limits.check_cell(text.as_deref().unwrap_or_default())?;
    Ok(CellInput { text, messages: removed.then(|| vec![Message::character_removed()]) })
}

/// PostgreSQL holds no NUL characters: they are removed on the way in, and the cell says so.
pub(super) fn clean(text: String) -> String {
    if holds_nul(&text) { text.replace('\0', "") } else { text }
}

/// Whether a character is removed from a value on the way in.
pub(super) fn is_cleaned(given: &Value) -> bool {
    match given {
        Value::String(text) => holds_nul(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).any(holds_nul),
        _ => false,
    }
}

fn holds_nul(text: &str) -> bool {
    text.contains('\0')
}

pub(super) fn within(error: ServiceError, position: usize) -> ServiceError {
    ServiceError { message: format!("[{position}]: {}", error.message), ..error }
}

pub(super) fn written(sheet: Sheet, change_id: ChangeId, done: Committed) -> Written {
    Written {
        sheet,
        commit_id: done.commit,
        change_id,
        version: done.version,
        numbers: done.numbers,
        counts: done.counts,
        is_missing: !done.missing.is_empty(),
        unseen: done.unseen,
    }
}

/// What several commits of one change did.
fn after(before: Option<Committed>, done: Committed) -> Committed {
    let Some(Committed { mut numbers, .. }) = before else { return done };
    numbers.extend(done.numbers);
    Committed { numbers, ..done }
}

/// Puts the events of a write into the log. A write that changed nothing has none, but an answer completes its commit
/// all the same.
pub(super) async fn tell(
    tx: &mut Tx,
    actor: &Actor,
    sheet: &Sheet,
    done: &Committed,
    topic: Topic,
    audience: &Audience,
) -> Result<()> {
    if done.commit.is_none() && !matches!(audience, Audience::Answered(_)) {
        return Ok(());
    }
    tell_as(tx, actor, sheet, done, topic, audience).await?;
    if done.commit.is_some() {
        crate::store::spaces::touch(tx, &sheet.space_id, crate::store::now());
    }
    Ok(())
}

/// The same for a caller who tells of the space that something happened in it.
pub(super) async fn tell_as(
    tx: &mut Tx,
    actor: &Actor,
    sheet: &Sheet,
    done: &Committed,
    topic: Topic,
    audience: &Audience,
) -> Result<()> {
    if let Some(commit) = &done.commit {
        if !matches!(audience, Audience::Silent) {
            tx.emit(of_commit(topic, &actor.id, sheet, commit, about_records(sheet, done, topic)));
        }
        match audience {
            Audience::Answered(Answered { commit: answered }) => {
                let answered = answered.as_ref().unwrap_or(commit);
                tx.emit(open_commits::layer(&actor.id, sheet, answered, commit));
            }
            // Of what is gone there is nothing to check: whoever asks for the records of the commit gets none.
            Audience::Everybody | Audience::Forced if topic == Topic::RecordsDeleted => {}
            Audience::Everybody | Audience::Forced
                if done.any_value_changed || *audience == Audience::Forced =>
            {
                open_commits::ask(tx, &actor.id, sheet, commit);
            }
            Audience::Silent | Audience::Everybody | Audience::Forced => {}
        }
    }
    if let Audience::Answered(Answered { commit: Some(answered) }) = audience {
        open_commits::complete(tx, actor, sheet, answered).await?;
    }
    if done.commit.is_some() {
        tx.emit(counts_event(&actor.id, sheet, done.version, done.counts));
    }
    Ok(())
}

/// What is told of the records of a write.
fn about_records(sheet: &Sheet, done: &Committed, topic: Topic) -> Value {
    let listed = |number: &RecordNumber| sheet.record_key.id(*number);
    let mut payload = json!({ "sheetId": sheet.id, "recordCount": done.numbers.len() });
    if topic == Topic::RecordsUpdated {
        let fields: BTreeMap<FieldNumber, &Field> = sheet.columns().collect();
        let told = done.changed_values.iter().take(MOST_LISTED);
        let changes = told.filter_map(|cell| {
            let field = fields.get(&cell.field)?;
            let value = |text: &Option<String>| value::wire_value(&field.field_type, text.as_deref());
            Some(json!({ "recordId": listed(&cell.number), "fieldKey": field.key,
                "previousValue": value(&cell.before), "newValue": value(&cell.after) }))
        });
        payload["changes"] = changes.collect();
    } else {
        payload["recordIds"] = done.numbers.iter().take(MOST_LISTED).map(listed).collect();
    }
    payload
}

/// A write that listeners may answer.
pub(super) fn commit_event(actor_id: &str, sheet: &Sheet, commit: &CommitId) -> NewEvent {
    let about = json!({
        "sheetId": sheet.id, "workbookId": sheet.workbook_id, "versionId": commit, "commitId": commit,
        "sheetSlug": sheet.slug, "trackChanges": sheet.tracks_changes,
    });
    of_commit(Topic::CommitCreated, actor_id, sheet, commit, about)
}

/// The numbers of a sheet changed.
pub(super) fn counts_event(actor_id: &str, sheet: &Sheet, version: i64, counts: Counts) -> NewEvent {
    let payload = json!({ "version": version, "counts": counts });
    of_sheet(Topic::SheetCountsUpdated, actor_id, sheet, payload)
}
