//! The demo's listener. It hears the same events as any listener outside and calls the same service,
//! but runs inside the server, and only for spaces of the namespace `demo`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::domain::access::Actor;
use crate::domain::event::{Event, Topic};
use crate::domain::export::ExportFormat;
use crate::domain::file::FileMode;
use crate::domain::ids::{Id, JobId, SheetId};
use crate::domain::job::{Job, JobStatus};
use crate::domain::outcome::{Next, Outcome, OutcomeFile};
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::tenant::Environment;
use crate::domain::wording::{counted, grouped};
use crate::service::authentication::Subscription;
use crate::service::bootstrap::{DEMO_NAMESPACE, system_actor};
use crate::service::files::NewFile;
use crate::service::jobs::{Ending, Progress};
use crate::service::read_records::RecordRead;
use crate::service::{Page, Result, Service, ServiceError};
use crate::store::jobs::JobFilter;

/// Records "sent" at a time, and how long the pretended CRM takes for them.
const BATCH: u64 = 500;
const CRM_TIME: Duration = Duration::from_millis(120);
/// Events read at a time.
const EVENTS: u64 = 500;
/// How long events gather before they are read.
const PAUSE: Duration = Duration::from_millis(50);

/// Listens until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let listening = async {
        while let Err(error) = listen(&service).await {
            tracing::warn!(%error, "the demo's listener starts over");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = listening => {}
        () = stopping.cancelled() => {}
    }
}

async fn listen(service: &Arc<Service>) -> Result<()> {
    let environment = service.ensure_account().await?;
    let actor = system_actor(&environment)?;
    let subscription = Subscription::Environment(environment.id.clone());
    let mut signals = service.db.signals().events.subscribe();
    let mut after = service.event_position(&subscription).await?;
    resume(service, &actor, &environment).await?;
    loop {
        let events = service.events_after(&subscription, after, EVENTS).await?;
        for event in &events {
            after = event.environment_sequence;
            if let Some(job) = submitted(event) {
                submit(service, &actor, &job).await?;
            }
        }
        if !events.is_empty() {
            continue;
        }
        match signals.recv().await {
            // Edits that come in great numbers are looked at together.
            Ok(_) | Err(RecvError::Lagged(_)) => tokio::time::sleep(PAUSE).await,
            Err(RecvError::Closed) => return Ok(()),
        }
        while signals.try_recv().is_ok() {}
    }
}

/// The job of an event that this listener answers.
fn submitted(event: &Event) -> Option<JobId> {
    let ours = event.namespaces.iter().any(|name| name == &format!("space:{DEMO_NAMESPACE}"));
    let wanted =
        event.topic == Topic::JobReady.as_str() && event.payload.get("job")? == "workbook:submitAction";
    JobId::parse(event.context.get("jobId")?.as_str()?).ok().filter(|_| ours && wanted)
}

/// Goes on with what was under way when the server stopped: the work leaves nothing half done.
async fn resume(service: &Arc<Service>, actor: &Actor, environment: &Environment) -> Result<()> {
    let filter =
        JobFilter { environment_id: Some(environment.id.clone()), unfinished: true, ..JobFilter::default() };
    for job in service.jobs(actor, &filter, Page::first(1000)).await?.items {
        let Some(space) = &job.space_id else { continue };
        let ours = service.space(actor, space).await?.namespace.as_deref() == Some(DEMO_NAMESPACE);
        let begun = matches!(job.status, JobStatus::Ready | JobStatus::Executing);
        if ours && begun && job.name() == "workbook:submitAction" {
            submit(service, actor, &job.id).await?;
        }
    }
    Ok(())
}

/// Works on one job, and fails it in words when something goes wrong.
async fn submit(service: &Arc<Service>, actor: &Actor, id: &JobId) -> Result<()> {
    let job = service.job(actor, id).await?;
    if job.status.is_terminal() {
        return Ok(());
    }
    if let Err(error) = send(service, actor, &job).await {
        let next = Some(Next::Retry { label: None });
        let outcome = Outcome { next, ..Outcome::saying(format!("Nothing was submitted: {error}")) };
        let ending = Ending { info: Some(error.message), outcome: Some(outcome), ..Ending::default() };
        service.fail_job(actor, id, ending, None).await?;
    }
    Ok(())
}

async fn send(service: &Arc<Service>, actor: &Actor, job: &Job) -> Result<()> {
    tell(service, actor, job, 10, "Reading the records".to_string()).await?;
    let workbook =
        job.workbook_id.as_ref().ok_or_else(|| ServiceError::bad_request("the job names no workbook"))?;
    let sheets = service.sheets(actor, workbook).await?;
    let total: u64 = sheets.iter().map(|sheet| sheet.counts.valid).sum();
    let (mut sent, mut rejected) = (0, Vec::new());
    for sheet in &sheets {
        for page in 1.. {
            let records = read(service, actor, &sheet.id, Filter::Valid, page, BATCH).await?;
            sent += records.len() as u64;
            if service.job(actor, &job.id).await?.status.is_terminal() {
                return Ok(());
            }
            tokio::time::sleep(CRM_TIME).await;
            let percent = 10 + (sent * 85).checked_div(total).unwrap_or(0).min(85) as u8;
            tell(
                service,
                actor,
                job,
                percent,
                format!("{} of {} contacts sent", grouped(sent), grouped(total)),
            )
            .await?;
            if (records.len() as u64) < BATCH {
                break;
            }
        }
        rejected.extend(reject(service, actor, &sheet.id, job).await?);
    }
    let refused: u64 = sheets.iter().map(|sheet| sheet.counts.error).sum();
    let outcome = Outcome {
        heading: Some("Contacts submitted".to_string()),
        acknowledge: Some(true),
        next: (!rejected.is_empty())
            .then_some(Next::Files { files: rejected, label: Some("Rejected contacts".to_string()) }),
        ..Outcome::saying(summary(sent, refused))
    };
    let ending = Ending { info: outcome.message.clone(), outcome: Some(outcome), ..Ending::default() };
    service.complete_job(actor, &job.id, ending, None).await?;
    Ok(())
}

fn summary(sent: u64, refused: u64) -> String {
    let sent = format!("{} sent to the pretended CRM.", counted(sent, "contact"));
    if refused == 0 {
        sent
    } else {
        format!("{sent} {} with errors came back as a file.", counted(refused, "contact"))
    }
}

/// Puts the records with errors into a file of the space; nothing when there are none.
async fn reject(
    service: &Arc<Service>,
    actor: &Actor,
    id: &SheetId,
    job: &Job,
) -> Result<Option<OutcomeFile>> {
    let sheet = service.sheet(actor, id).await?;
    if sheet.counts.error == 0 {
        return Ok(None);
    }
    let query = RecordQuery { filter: Some(Filter::Error), ..RecordQuery::default() };
    let mut export = service.export(actor, id, query, ExportFormat::Csv).await?;
    let mut upload = service.start_upload(actor).await?;
    while let Some(bytes) = export.next(service).await? {
        upload.write(&bytes).await?;
    }
    let name = format!("Rejected {}.csv", sheet.config.name);
    let new = NewFile {
        space_id: sheet.space_id,
        name: name.clone(),
        mimetype: "text/csv".to_string(),
        mode: FileMode::Export,
        actions: Vec::new(),
        extra: Map::from_iter([("jobId".to_string(), Value::from(job.id.to_string()))]),
    };
    let file = service.finish_upload(actor, upload, new).await?;
    Ok(Some(OutcomeFile { file_id: file.id.to_string(), label: Some(name) }))
}

async fn read(
    service: &Service,
    actor: &Actor,
    sheet: &SheetId,
    filter: Filter,
    page: u64,
    size: u64,
) -> Result<Vec<crate::domain::record::Record>> {
    let query = RecordQuery { filter: Some(filter), ..RecordQuery::default() };
    let read = RecordRead { query, page: Some(Page { number: page, size }), ..RecordRead::default() };
    Ok(service.records(actor, sheet, read).await?.records)
}

async fn tell(service: &Service, actor: &Actor, job: &Job, percent: u8, info: String) -> Result<()> {
    let progress = Progress { info: Some(info), progress: Some(percent), estimated_completion_at: None };
    service.acknowledge_job(actor, &job.id, progress, None).await?;
    Ok(())
}
