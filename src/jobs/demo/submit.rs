//! Submit: the valid contacts go to a pretended CRM, those with errors come back as a file.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Hand;
use crate::domain::export::ExportFormat;
use crate::domain::file::FileMode;
use crate::domain::ids::SheetId;
use crate::domain::outcome::{Next, Outcome, OutcomeFile};
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::wording::{counted, grouped};
use crate::service::files::NewFile;
use crate::service::read_records::RecordRead;
use crate::service::{Page, Result, ServiceError};

/// Records "sent" at a time, and how long the pretended CRM takes for them.
const BATCH: u64 = 500;
const CRM_TIME: Duration = Duration::from_millis(120);

/// Sends the contacts of a workbook.
pub(super) async fn submit(hand: Hand) -> Result<()> {
    hand.tell(10, "Reading the records".to_string()).await?;
    let workbook = hand.job.workbook_id.as_ref();
    let workbook = workbook.ok_or_else(|| ServiceError::bad_request("the job names no workbook"))?;
    let sheets = hand.service.sheets(&hand.actor, workbook).await?;
    let total: u64 = sheets.iter().map(|sheet| sheet.counts.valid).sum();
    let (mut sent, mut rejected) = (0, Vec::new());
    for sheet in &sheets {
        for page in 1.. {
            let records = valid(&hand, &sheet.id, page).await?;
            sent += records;
            if hand.is_over().await? {
                return Ok(());
            }
            tokio::time::sleep(CRM_TIME).await;
            let percent = 10 + (sent * 85).checked_div(total).unwrap_or(0).min(85) as u8;
            hand.tell(percent, format!("{} of {} contacts sent", grouped(sent), grouped(total))).await?;
            if records < BATCH {
                break;
            }
        }
        rejected.extend(reject(&hand, &sheet.id).await?);
    }
    let refused: u64 = sheets.iter().map(|sheet| sheet.counts.error).sum();
    let label = Some("Rejected contacts".to_string());
    hand.complete(Outcome {
        heading: Some("Contacts submitted".to_string()),
        acknowledge: Some(true),
        next: (!rejected.is_empty()).then_some(Next::Files { files: rejected, label }),
        ..Outcome::saying(summary(sent, refused))
    })
    .await
}

fn summary(sent: u64, refused: u64) -> String {
    let sent = format!("{} sent to the pretended CRM.", counted(sent, "contact"));
    if refused == 0 {
        sent
    } else {
        format!("{sent} {} with errors came back as a file.", counted(refused, "contact"))
    }
}

/// How many records are on a page of the valid ones.
async fn valid(hand: &Hand, sheet: &SheetId, page: u64) -> Result<u64> {
    let query = RecordQuery { filter: Some(Filter::Valid), ..RecordQuery::default() };
    let page = Some(Page { number: page, size: BATCH });
    let read = RecordRead { query, page, ..RecordRead::default() };
    Ok(hand.service.records(&hand.actor, sheet, read).await?.records.len() as u64)
}

/// Puts the records with errors into a file of the space; nothing when there are none.
async fn reject(hand: &Hand, id: &SheetId) -> Result<Option<OutcomeFile>> {
    let sheet = hand.service.sheet(&hand.actor, id).await?;
    if sheet.counts.error == 0 {
        return Ok(None);
    }
    let query = RecordQuery { filter: Some(Filter::Error), ..RecordQuery::default() };
    file(hand, id, query, format!("Rejected {}.csv", sheet.config.name)).await.map(Some)
}

/// Puts the records that a query finds into a file of the space.
pub(super) async fn file(hand: &Hand, id: &SheetId, query: RecordQuery, name: String) -> Result<OutcomeFile> {
    let Hand { service, actor, job } = hand;
    let mut export = service.export(actor, id, query, ExportFormat::Csv).await?;
    let mut upload = service.start_upload(actor).await?;
    while let Some(bytes) = export.next(service).await? {
        upload.write(&bytes).await?;
    }
    let new = NewFile {
        space_id: export.sheet().space_id.clone(),
        name: name.clone(),
        mimetype: "text/csv".to_string(),
        mode: FileMode::Export,
        actions: Vec::new(),
        extra: Map::from_iter([("jobId".to_string(), Value::from(job.id.to_string()))]),
        extracted: false,
    };
    let file = service.finish_upload(actor, upload, new).await?;
    Ok(OutcomeFile { file_id: file.id.to_string(), label: Some(name) })
}
