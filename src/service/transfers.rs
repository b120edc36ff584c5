//! Records go from one sheet to another: an import whose file is a sheet. Until it has ended the other sheet says that
//! something is imported, and cut off it becomes what it was.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::announce::object;
use super::import_run::still_ours;
use super::read_records::RecordRead;
use super::record_batches::RecordBatches;
use super::records::{Audience, counts_event, tell, writable_field};
use super::{Page, Result, Service, ServiceError, sheets as find_sheets};
use crate::domain::access::Actor;
use crate::domain::blueprint::{Level, SheetAccess};
use crate::domain::event::Topic;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::job::Job;
use crate::domain::job::plan::{Edge, ExecutionPlan};
use crate::domain::job::undo::UndoStep;
use crate::domain::mapping::match_fields;
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::wording::counted;
use crate::domain::workbook::Sheet;
use crate::sheets::{Batch, Comparison, Difference, ImportBuilder, SegmentDraft, View};
use crate::store::{Tx, failpoint, jobs, records, sheets};

/// Segments that are written in one transaction.
const TOGETHER: usize = 16;

/// What is to become of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferKind {
    /// They stay where they are, too.
    Copy,
    /// They are deleted where they were.
    Move,
    /// They are brought in as a file would be.
    Map,
}

/// Which records go where.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is to become of them.
    pub kind: TransferKind,
    /// The sheet where they stand.
    pub source: SheetId,
    /// The sheet where they go.
    pub destination: SheetId,
    /// Which of them.
    pub query: RecordQuery,
    /// Only those without errors.
    pub only_valid: bool,
    /// Which field goes where, and what becomes of its values; by the names of the fields when absent.
    pub plan: Option<ExecutionPlan>,
}

/// A transfer that is under way.
pub struct Transfer {
    target: Sheet,
    change: ChangeId,
    batches: RecordBatches,
    reader: Option<Reader>,
    drafts: Vec<SegmentDraft>,
    added: u64,
    /// Names of the columns that have no place in the other sheet.
    left_out: Vec<String>,
    kind: TransferKind,
}

/// What becomes of the records on their way; it works on a thread of its own.
struct Reader {
    builder: ImportBuilder,
    /// For each column what becomes of its values, where a plan says so.
    translations: Vec<HashMap<String, String>>,
    only_valid: bool,
    /// The records that go, as far as they are needed.
    gone: Option<Vec<RecordNumber>>,
}

impl Service {
    /// Begins to bring records over. What an earlier attempt of the job wrote is taken back first.
    pub async fn begin_transfer(&self, actor: &Actor, job: &Job, wanted: Wanted) -> Result<Transfer> {
        let Wanted { kind, source, destination, query, only_valid, plan } = wanted;
        if source == destination {
            return Err(ServiceError::bad_request("destination: this is the sheet where the records stand"));
        }
        self.undo_cut_off(actor, job, &destination).await?;
        if kind == TransferKind::Move {
            self.writable(actor, &source, SheetAccess::Delete).await?;
        }
        let need = if kind == TransferKind::Map { SheetAccess::Import } else { SheetAccess::Add };
        let target = self.writable(actor, &destination, need).await?;
        let read = RecordRead { query, page: Some(Page::first(u64::MAX)), ..RecordRead::default() };
        let batches = self.record_batches(actor, &source, read).await?;
        if batches.sheet.space_id != target.space_id {
            return Err(ServiceError::bad_request("destination: the two sheets are in different spaces"));
        }
        let keys = match &plan {
            Some(plan) => planned(&batches.sheet, plan),
            None => by_name(&batches.sheet, &target),
        };
        let (mapping, left_out) = mapping(actor, &batches.sheet, &target, &keys)?;
        let (target, change) = self.begin_import(actor, job, &target.id).await?;
        let mut tx = self.db.read().await?;
        let reader = Reader {
            builder: self.sheets.import_builder(&mut tx, &target, &mapping).await?,
            translations: plan.map(|plan| translations(&batches.sheet, &plan)).unwrap_or_default(),
            only_valid,
            gone: (kind == TransferKind::Move).then(Vec::new),
        };
        let (reader, drafts) = (Some(reader), Vec::new());
        Ok(Transfer { target, change, batches, reader, drafts, added: 0, left_out, kind })
    }

    /// Brings the next records over; false when all are there.
    pub async fn transfer_on(&self, actor: &Actor, job: &Job, transfer: &mut Transfer) -> Result<bool> {
        let Some(mut reader) = transfer.reader.take() else { return Ok(false) };
        let went_on = match transfer.batches.next(self).await? {
            Some(batch) => {
                let read = tokio::task::spawn_blocking(move || {
                    let drafts = reader.read(&batch);
                    (reader, drafts)
                });
                let (reader, drafts) = read.await.map_err(ServiceError::internal)?;
                transfer.drafts.extend(drafts);
                transfer.reader = Some(reader);
                true
            }
            None => {
                let rest = std::mem::replace(&mut reader.builder, ImportBuilder::new(&transfer.target, &[]));
                transfer.drafts.extend(rest.finish());
                transfer.reader = Some(reader);
                false
            }
        };
        if transfer.drafts.len() >= TOGETHER || (!went_on && !transfer.drafts.is_empty()) {
            let drafts = std::mem::take(&mut transfer.drafts);
            let (target, change) = (&transfer.target, &transfer.change);
            let expected = transfer.batches.total;
            transfer.added += self.append_segments(actor, job, target, change, drafts, expected).await?;
        }
        Ok(went_on)
    }

    /// The records are there; those that moved go where they were, in the same commit. The answer is what the person
    /// is told; the job keeps it, so that an attempt after this one need only repeat it.
    pub async fn end_transfer(&self, actor: &Actor, job: &Job, transfer: Transfer) -> Result<String> {
        let Transfer { target, change, batches, reader, added, left_out, kind, .. } = transfer;
        let moves = kind == TransferKind::Move;
        let source = batches.sheet.clone();
        let gone = reader.and_then(|reader| reader.gone).unwrap_or_default();
        let mut writer = if moves { Some(self.writer_for(actor, &source).await?) } else { None };
        let mut tx = self.db.write().await?;
        // Always in this order, so that two transfers do not wait for one another.
        let mut heads = [source.number, target.number];
        heads.sort_unstable();
        for head in heads {
            records::lock_head(&mut tx, head).await?;
        }
        let mut job = still_ours(&mut tx, actor, job).await?;
        sheets::set_importing(&mut tx, &target.id, None).await?;
        let mut undo = Vec::new();
        let mut changed = 0;
        if let Some(writer) = &mut writer {
            self.still_writable(&mut tx, actor, &source).await?;
            let now = writer.view(&mut tx).await?;
            let since = changed_since(&mut tx, batches.view(), &now).await?;
            let (stays, goes): (Vec<_>, Vec<_>) = gone.into_iter().partition(|number| since.contains(number));
            changed = stays.len() as u64;
            let done = writer.delete(&mut tx, &actor.id, Some(&change), goes).await?;
            tell(&mut tx, actor, &source, &done, Topic::RecordsDeleted, &Audience::Everybody).await?;
            undo.push(UndoStep::Change { sheet_id: source.id.clone(), change_id: change.clone() });
        }
        undo.push(UndoStep::Change { sheet_id: target.id.clone(), change_id: change });
        let words = words(&target, (added, changed), &left_out, kind);
        job.note(object(json!({ "undo": undo })));
        job.info = Some(words.clone());
        jobs::update(&mut tx, &job).await?;
        let after = find_sheets::find(&mut tx, actor, &target.id).await?;
        tx.emit(counts_event(&actor.id, &after, after.version, after.counts));
        failpoint("transfer-end");
        tx.commit().await?;
        failpoint("transfer-ended");
        if let Some(writer) = writer {
            writer.publish();
        }
        Ok(words)
    }
}

impl Transfer {
    /// How many records were looked at, and how many are meant.
    pub fn progress(&self) -> (u64, u64) {
        let total = self.batches.total;
        (total.saturating_sub(self.batches.left() as u64), total)
    }
}

impl Reader {
    fn read(&mut self, batch: &Batch) -> Vec<SegmentDraft> {
        let mut drafts = Vec::new();
        let mut cells = Vec::new();
        for record in batch.open().records() {
            if self.only_valid && record.messages().any(|(_, message)| message.level == Level::Error) {
                continue;
            }
            cells.clear();
            cells.extend(record.cells());
            let Self { builder, translations, .. } = &mut *self;
            let text = |column: usize| {
                let text = cells.get(column).copied().flatten()?;
                let since = translations.get(column).and_then(|values| values.get(text));
                Some(since.map_or(text, String::as_str))
            };
            drafts.extend(builder.push_row(text));
            if let Some(gone) = &mut self.gone {
                gone.push(record.number());
            }
        }
        drafts
    }
}

/// For each column of a sheet the field of the other where it goes, and the names of those that go nowhere.
fn mapping(
    actor: &Actor,
    source: &Sheet,
    target: &Sheet,
    keys: &[Option<String>],
) -> Result<(Vec<Option<FieldNumber>>, Vec<String>)> {
    let place = |key: &String| {
        target.config.field(key).filter(|field| writable_field(actor, field).is_ok())?;
        target.field_number(key)
    };
    let mapping: Vec<Option<FieldNumber>> = keys.iter().map(|key| key.as_ref().and_then(place)).collect();
    if mapping.iter().all(Option::is_none) {
        let message = format!("no column of {} goes into one of {}", source.config.name, target.config.name);
        return Err(ServiceError::bad_request(message));
    }
    let columns = source.columns().zip(&mapping);
    let left_out = columns.filter(|(_, place)| place.is_none()).map(|((_, field), _)| field.label.clone());
    let left_out = left_out.collect();
    Ok((mapping, left_out))
}

/// For each column the key of the field where it goes, as a plan says.
fn planned(source: &Sheet, plan: &ExecutionPlan) -> Vec<Option<String>> {
    let goes = |key: &str| plan.edge_of(key).and_then(Edge::destination_key).map(str::to_string);
    source.columns().map(|(_, field)| goes(field.key.as_str())).collect()
}

/// For each column what becomes of its values, as a plan says.
fn translations(source: &Sheet, plan: &ExecutionPlan) -> Vec<HashMap<String, String>> {
    let of = |key: &str| plan.edge_of(key).map(Edge::values).unwrap_or_default();
    source.columns().map(|(_, field)| of(field.key.as_str())).collect()
}

/// The keys of the fields where columns go: those of the same key, and then those that are called alike.
fn by_name(source: &Sheet, target: &Sheet) -> Vec<Option<String>> {
    let fields: Vec<_> = source.columns().map(|(_, field)| field).collect();
    let places = match_fields(&fields, &target.config.fields).into_iter();
    places.map(|place| Some(target.config.fields.get(place?)?.key.to_string())).collect()
}

/// The records that somebody changed since a version.
async fn changed_since(tx: &mut Tx, then: &View, now: &View) -> Result<HashSet<RecordNumber>> {
    let mut changed = HashSet::new();
    if then.version() == now.version() {
        return Ok(changed);
    }
    let mut comparison = Comparison::new(then, now);
    while let Some(found) = comparison.next(tx).await? {
        let updated = found.into_iter().filter(|(_, what)| matches!(what, Difference::Updated(_)));
        changed.extend(updated.map(|(number, _)| number));
    }
    Ok(changed)
}

fn words(target: &Sheet, (added, changed): (u64, u64), left_out: &[String], kind: TransferKind) -> String {
    let verb = match kind {
        TransferKind::Copy => "copied to",
        TransferKind::Move => "moved to",
        TransferKind::Map => "mapped into",
    };
    let mut words = format!("{} {verb} {}", counted(added, "record"), target.config.name);
    if !left_out.is_empty() {
        words.push_str(&format!(". Without a column there: {}", left_out.join(", ")));
    }
    if changed > 0 {
        let stay = counted(changed, "record");
        words.push_str(&format!(". {stay} changed meanwhile and stayed here, too"));
    }
    words
}
