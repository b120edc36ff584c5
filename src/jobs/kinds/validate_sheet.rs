//! `sheet:validate`: checks the records of a sheet again, some commits' worth at a time.

use std::time::Duration;

use crate::domain::outcome::Outcome;
use crate::domain::record::RecordNumber;
use crate::domain::wording::{counted, grouped};
use crate::jobs::work::{Work, WorkError};
use crate::service::ErrorKind;
use crate::service::revalidation::ValidateConfig;

/// How long an import is waited for before it is looked at again.
const IMPORT_POLL: Duration = Duration::from_millis(200);

/// Checks the records. Begun again after a crash, it finds most messages as they must be.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config = work.config::<Option<ValidateConfig>>()?.unwrap_or_default();
    let id =
        work.job.sheet_id.clone().ok_or_else(|| WorkError::Failed("the job names no sheet".to_string()))?;
    let change = work.change()?;
    let total = work.service.sheet(&work.actor, &id).await?.counts.total;
    let (mut done, mut from) = (0, Some(RecordNumber(0)));
    while let Some(begin) = from {
        work.progress(done, total, || format!("{} checked", counted(done, "record"))).await?;
        match work.service.validate_records(&work.actor, &id, &change, config.stale.as_ref(), begin).await {
            Ok(part) => {
                done += part.records;
                from = part.rest;
            }
            // What is imported meanwhile is checked by itself; the import's own change must stay whole.
            Err(error) if error.kind == ErrorKind::Conflict => tokio::time::sleep(IMPORT_POLL).await,
            Err(error) => return Err(error.into()),
        }
    }
    let sheet = work.service.sheet(&work.actor, &id).await?;
    Ok(Outcome::saying(match sheet.counts.error {
        0 => format!("{} has no errors.", sheet.config.name),
        error => format!("{} of {} have errors.", grouped(error), counted(sheet.counts.total, "record")),
    }))
}
