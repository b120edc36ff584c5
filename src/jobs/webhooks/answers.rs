//! What an endpoint answers to the event of a job is done with that job, in the attempt that was sent to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::client::Received;
use crate::domain::access::Actor;
use crate::domain::blueprint::Level;
use crate::domain::event::{Event, Topic};
use crate::domain::ids::{Id, JobId, SheetId};
use crate::domain::job::{Job, JobSubject};
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::{Message, MessageSource};
use crate::domain::webhook::Endpoint;
use crate::domain::webhook::answer::{self, JobAnswer, Rejections};
use crate::domain::wording::counted;
use crate::domain::workbook::Sheet;
use crate::service::jobs::{Ending, Progress};
use crate::service::read_records::RecordRead;
use crate::service::records::{Audience, RecordInput, ValueInput};
use crate::service::{ErrorKind, Page, Result, Service, ServiceError};

/// Most things that a note names.
const NAMED: usize = 5;
/// Records that are read at a time.
const AT_ONCE: u64 = 10_000;

/// The attempt of the job that an event is of.
pub fn attempt(event: &Event) -> Option<u32> {
    event.payload.get("attempt").and_then(Value::as_u64).and_then(|attempt| u32::try_from(attempt).ok())
}

/// Does what an answer says, and tells what there is to say of it.
///
/// # Errors
/// When it should be tried again; what can never be done is a note.
pub async fn apply(
    service: &Service,
    endpoint: &Endpoint,
    event: &Event,
    received: &Received,
) -> Result<Option<String>> {
    let id = event.context.get("jobId").and_then(Value::as_str).and_then(|id| JobId::parse(id).ok());
    let Some(id) = id.filter(|_| event.domain == "job") else { return Ok(None) };
    let left = "the job was left as it is";
    if received.is_cut {
        return Ok(Some(format!("the answer is too long to be read; {left}")));
    }
    let answer = match answer::read(received.status, &received.body) {
        Ok(JobAnswer::Heard) => return Ok(None),
        Ok(answer) => answer,
        Err(error) => return Ok(Some(format!("the answer is not understood: {error}; {left}"))),
    };
    let actor = service.actor_of_webhook(endpoint);
    match act(service, &actor, event, &id, answer).await {
        Ok(note) => Ok(note),
        Err(error) if matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Internal) => Err(error),
        Err(error) if error.kind == ErrorKind::Conflict => Ok(Some(format!("409: {error}"))),
        Err(error) => Ok(Some(format!("{error}; {left}"))),
    }
}

async fn act(
    service: &Service,
    actor: &Actor,
    event: &Event,
    id: &JobId,
    answer: JobAnswer,
) -> Result<Option<String>> {
    let job = service.job(actor, id).await?;
    let attempt = attempt(event);
    if job.managed {
        return Ok(Some("Inlet itself does this job; the answer changes nothing".to_string()));
    }
    if attempt.is_some_and(|attempt| attempt != job.attempt) {
        let message =
            format!("this job is in its attempt {} by now; the answer changes nothing", job.attempt);
        return Err(ServiceError::conflict(message));
    }
    if job.status.is_terminal() {
        return Ok(Some(format!("the job had ended before: it is {}", job.status)));
    }
    match answer {
        JobAnswer::Heard => Ok(None),
        // Each sign of life is an event of its own: who answers those, too, would never come to an end.
        JobAnswer::Working { .. } if event.topic != Topic::JobReady.as_str() => Ok(None),
        JobAnswer::Working { info, progress } => {
            let progress = Progress { info, progress, estimated_completion_at: None };
            service.acknowledge_job(actor, id, progress, attempt).await?;
            Ok(Some("the job was acknowledged".to_string()))
        }
        JobAnswer::Complete { info, outcome } => {
            service.complete_job(actor, id, Ending { info, outcome, ..Ending::default() }, attempt).await?;
            Ok(Some("the job was completed".to_string()))
        }
        JobAnswer::Failed { info, outcome } => {
            service.fail_job(actor, id, Ending { info, outcome, ..Ending::default() }, attempt).await?;
            Ok(Some("the job was failed".to_string()))
        }
        JobAnswer::Rejected { rejections, outcome } => {
            let mut done = Done::default();
            for rejections in &rejections {
                reject(service, actor, &job, rejections, &mut done).await?;
            }
            let mut outcome = outcome.unwrap_or_default();
            outcome.message = outcome.message.or_else(|| Some(done.message(&rejections)));
            outcome.acknowledge = outcome.acknowledge.or_else(|| (done.rejected > 0).then_some(true));
            let ending =
                Ending { info: outcome.message.clone(), outcome: Some(outcome), ..Ending::default() };
            service.complete_job(actor, id, ending, attempt).await?;
            Ok(Some(done.note()))
        }
    }
}

/// What came of rejections.
#[derive(Default)]
struct Done {
    rejected: u64,
    deleted: u64,
    /// What could not be placed, in words.
    unplaced: Vec<String>,
}

impl Done {
    /// What the person is told.
    fn message(&self, rejections: &[Rejections]) -> String {
        let given = rejections.iter().filter_map(|one| one.message.as_deref());
        let mut parts: Vec<String> = given.map(str::to_string).collect();
        let were = |count: u64| if count == 1 { "was" } else { "were" };
        let their = if self.rejected == 1 { "its" } else { "their" };
        parts.push(match self.rejected {
            0 => "No record was rejected.".to_string(),
            count => {
                format!("{} {} rejected; {their} cells say why.", counted(count, "record"), were(count))
            }
        });
        if self.deleted > 0 {
            let records = counted(self.deleted, "record");
            parts.push(format!("{records} that had arrived {} deleted here.", were(self.deleted)));
        }
        if !self.unplaced.is_empty() {
            let count = counted(self.unplaced.len() as u64, "rejection");
            parts.push(format!("{count} named records or fields that are not here."));
        }
        parts.join(" ")
    }

    /// What the log of deliveries says.
    fn note(&self) -> String {
        let mut note = format!("the job was completed, {} rejected", counted(self.rejected, "record"));
        if !self.unplaced.is_empty() {
            let named: Vec<&str> = self.unplaced.iter().take(NAMED).map(String::as_str).collect();
            let more = self.unplaced.len() - named.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            note = format!("{note}; not placed: {}{more}", named.join(", "));
        }
        note
    }
}

/// Writes what is wrong to the cells, and deletes what was taken when that is asked for.
async fn reject(
    service: &Service,
    actor: &Actor,
    job: &Job,
    rejections: &Rejections,
    done: &mut Done,
) -> Result<()> {
    let sheets = sheets(service, actor, job, rejections.sheet_id.as_ref()).await?;
    if let (Some(id), true) = (&rejections.sheet_id, sheets.is_empty()) {
        done.unplaced.push(format!("sheet `{id}`"));
        return Ok(());
    }
    let mut missing: BTreeSet<&str> = rejections.records.iter().map(|record| record.id.as_str()).collect();
    let unplaced_before = done.unplaced.len();
    let mut rejected: Vec<Vec<String>> = Vec::new();
    for sheet in &sheets {
        let here: Vec<&str> = missing.iter().copied().filter(|id| belongs(sheet, id)).collect();
        let here = existing(service, actor, sheet, &here).await?;
        missing.retain(|id| !here.contains(*id));
        let inputs = remarks(sheet, rejections, &here, &mut done.unplaced);
        done.rejected += inputs.len() as u64;
        if !inputs.is_empty() {
            let written = service.update_records(actor, &sheet.id, inputs, Audience::Everybody).await;
            written.map_err(|error| match error.kind {
                // An import runs into the sheet, or its blueprint has just changed: later it can be written.
                ErrorKind::Conflict => ServiceError { kind: ErrorKind::Unavailable, ..error },
                _ => error,
            })?;
        }
        rejected.push(here.into_iter().collect());
    }
    done.unplaced.extend(missing.into_iter().map(|id| format!("record `{id}`")));
    // Where something could not be placed it is not known which records were taken.
    if rejections.delete_submitted && done.unplaced.len() == unplaced_before {
        for (sheet, rejected) in sheets.iter().zip(rejected) {
            done.deleted += delete_taken(service, actor, job, sheet, rejected).await?;
        }
    }
    Ok(())
}

/// The sheets that rejections may be in.
async fn sheets(service: &Service, actor: &Actor, job: &Job, named: Option<&SheetId>) -> Result<Vec<Sheet>> {
    let one = match (named, &job.sheet_id) {
        (Some(id), _) | (None, Some(id)) => service.sheet(actor, id).await,
        (None, None) => match &job.workbook_id {
            Some(workbook) => return service.sheets(actor, workbook).await,
            None => return Ok(Vec::new()),
        },
    };
    match one {
        Ok(sheet) if job.workbook_id.as_ref().is_none_or(|id| *id == sheet.workbook_id) => Ok(vec![sheet]),
        Ok(_) => Ok(Vec::new()),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn belongs(sheet: &Sheet, id: &str) -> bool {
    matches!(sheet.record_key.number(id), Ok(Some(_)))
}

/// Those of the records that are in the sheet.
async fn existing(service: &Service, actor: &Actor, sheet: &Sheet, ids: &[&str]) -> Result<BTreeSet<String>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let query = RecordQuery { ids: ids.iter().map(ToString::to_string).collect(), ..RecordQuery::default() };
    let read = RecordRead { query, fields: Some(Vec::new()), ..RecordRead::default() };
    let found = service.records(actor, &sheet.id, read).await?;
    Ok(found.records.iter().map(|record| sheet.record_key.id(record.number)).collect())
}

/// The remarks on the cells of these records.
fn remarks(
    sheet: &Sheet,
    rejections: &Rejections,
    here: &BTreeSet<String>,
    unplaced: &mut Vec<String>,
) -> Vec<(String, RecordInput)> {
    let mut cells: BTreeMap<&str, BTreeMap<&str, Vec<Message>>> = BTreeMap::new();
    for record in rejections.records.iter().filter(|record| here.contains(&record.id)) {
        for value in &record.values {
            if !sheet.columns().any(|(_, field)| field.key.as_str() == value.field) {
                unplaced.push(format!("field `{}` of {}", value.field, sheet.config.name));
                continue;
            }
            let messages = cells.entry(&record.id).or_default().entry(&value.field).or_default();
            messages.push(Message {
                level: Level::Error,
                source: MessageSource::CustomLogic,
                derived: false,
                text: value.message.clone(),
                path: None,
            });
        }
    }
    let input = |(key, messages): (&str, Vec<Message>)| {
        (key.to_string(), ValueInput { value: None, messages: Some(messages) })
    };
    let record = |(id, values): (&str, BTreeMap<&str, Vec<Message>>)| {
        let values = values.into_iter().map(input).collect();
        (id.to_string(), RecordInput { values, ..RecordInput::default() })
    };
    cells.into_iter().map(record).collect()
}

/// Deletes the valid records of the job that were not rejected; how many.
async fn delete_taken(
    service: &Service,
    actor: &Actor,
    job: &Job,
    sheet: &Sheet,
    rejected: Vec<String>,
) -> Result<u64> {
    let mut query = match &job.subject {
        Some(JobSubject::Collection { query: Some(query), .. }) => query.clone(),
        _ => RecordQuery::default(),
    };
    query.except.extend(rejected);
    if query.chooses() {
        // With a filter the named records would be exceptions: those that are valid are named instead.
        let page = Some(Page::first(AT_ONCE));
        let read = RecordRead { query: query.clone(), page, ..RecordRead::default() };
        let found = service.records(actor, &sheet.id, read).await?.records;
        let valid = found.iter().filter(|record| record.is_valid());
        query.ids = valid.map(|record| sheet.record_key.id(record.number)).collect();
        if query.ids.is_empty() {
            return Ok(0);
        }
    } else if query.filter.is_none_or(|filter| filter == Filter::All) {
        query.filter = Some(Filter::Valid);
    }
    let deleted = service.delete_records(actor, &sheet.id, &[query], &Audience::Everybody).await?;
    Ok(deleted.numbers.len() as u64)
}
