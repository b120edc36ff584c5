//! `sheet:copy-records`, `sheet:move-records` and `workbook:map`: records go to another sheet of the space.

use serde::Deserialize;

use crate::domain::ids::SheetId;
use crate::domain::job::JobType;
use crate::domain::outcome::{Next, Outcome};
use crate::domain::query::RecordQuery;
use crate::jobs::work::{Work, WorkError};
use crate::service::mapping_plan::MappingConfig;
use crate::service::transfers::{Transfer, TransferKind, Wanted};

/// Parameters of copies and moves.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    destination: SheetId,
    #[serde(default)]
    only_valid: bool,
    #[serde(flatten)]
    query: RecordQuery,
}

/// Brings the records over.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let wanted = wanted(&work).await?;
    let target = wanted.destination.clone();
    let outcome = |words: String| Outcome {
        next: Some(Next::Id {
            id: target.to_string(),
            label: Some("Show them".to_string()),
            path: None,
            query: None,
        }),
        ..Outcome::saying(words)
    };
    if let Some(words) = work.service.ended_import(&work.job) {
        return Ok(outcome(words));
    }
    if wanted.kind == TransferKind::Move {
        work.keep_version(&wanted.source).await?;
    }
    let transfer = work.service.begin_transfer(&work.bound(), &work.job, wanted).await?;
    match all(&work, transfer).await {
        Ok(words) => Ok(outcome(words)),
        Err(error) => {
            if work.is_over(&error).await? {
                work.service.undo_import(&work.actor, &work.change()?, &target).await?;
            }
            Err(error)
        }
    }
}

async fn wanted(work: &Work) -> Result<Wanted, WorkError> {
    if work.job.job_type == JobType::Workbook {
        let MappingConfig { source_sheet_id, destination_sheet_id, .. } = work.config()?;
        let (_, plan) = work.service.job_plan(&work.actor, &work.job.id).await?;
        return Ok(Wanted {
            kind: TransferKind::Map,
            source: source_sheet_id,
            destination: destination_sheet_id,
            query: RecordQuery::default(),
            only_valid: false,
            plan: Some(plan),
        });
    }
    let Config { destination, only_valid, query } = work.config()?;
    let moves = work.job.operation == "move-records";
    let kind = if moves { TransferKind::Move } else { TransferKind::Copy };
    Ok(Wanted { kind, source: work.sheet()?, destination, query, only_valid, plan: None })
}

async fn all(work: &Work, mut transfer: Transfer) -> Result<String, WorkError> {
    let actor = work.bound();
    while work.service.transfer_on(&actor, &work.job, &mut transfer).await? {
        work.progress_of_records(transfer.progress()).await?;
    }
    Ok(work.service.end_transfer(&actor, &work.job, transfer).await?)
}
