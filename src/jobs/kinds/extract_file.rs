//! `file:extract`: reads a file into a workbook of its own, in memory that does not grow with the file.
//!
//! The records are read, checked and written as those of an import are; given up, the workbook goes.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::import_file::{Reading, fill, summary};
use crate::domain::file::FileStatus;
use crate::domain::ids::FileId;
use crate::domain::outcome::Outcome;
use crate::jobs::work::{Work, WorkError};
use crate::service::ErrorKind;

/// `FileJobConfig` of the contract, as far as it says how a file is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    /// How the header is found.
    options: Option<Map<String, Value>>,
}

/// Reads the file.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let id = work.job.file_id.clone();
    let id = id.ok_or_else(|| WorkError::Failed("the job names no file".to_string()))?;
    if let Some(words) = work.service.ended_import(&work.job) {
        return Ok(Outcome::saying(words));
    }
    match extract(&work, &id).await {
        Ok(words) => Ok(Outcome::saying(words)),
        Err(error) => {
            if work.is_over(&error).await? {
                let stopped = matches!(error, WorkError::Stopped);
                let status = if stopped { FileStatus::Partial } else { FileStatus::Failed };
                work.service.give_up_extraction(&work.actor, &id, status).await?;
            }
            Err(reason(&work, &id, error).await)
        }
    }
}

async fn extract(work: &Work, id: &FileId) -> Result<String, WorkError> {
    let config: Option<Config> = work.config()?;
    let options = config.unwrap_or_default().options;
    let options = options.filter(|options| options.contains_key("algorithm"));
    let table = work.service.judge_file(&work.actor, id, options.map(Value::Object)).await?;
    let (sheet, change) = work.service.begin_extraction(&work.actor, &work.job, id, &table).await?;
    let reading = Reading {
        file_id: id.clone(),
        dialect: table.dialect,
        columns: sheet.columns().map(|(number, _)| Some(number)).collect(),
        header: Some(table.header),
        arriving: None,
        exact: false,
    };
    let (added, report) = fill(work, reading, &sheet, &change).await?;
    let words = |after| summary(&sheet, added, after, &report);
    Ok(work.service.end_import(&work.actor, &work.job, &sheet, id, words).await?)
}

/// The words for a file that was deleted meanwhile, with its workbook, which is what was missed first.
async fn reason(work: &Work, id: &FileId, error: WorkError) -> WorkError {
    match (work.service.file(&work.actor, id).await, error) {
        (_, WorkError::Stopped) => WorkError::Stopped,
        (Err(gone), _) if gone.kind == ErrorKind::NotFound => {
            WorkError::Failed("the file was deleted before it was read to its end".to_string())
        }
        (_, error) => error,
    }
}
