//! `sheet:export`: writes records into a file of the space, from one consistent version.

use serde_json::Map;

use crate::domain::file::FileMode;
use crate::domain::outcome::{Next, Outcome, OutcomeFile};
use crate::domain::wording::counted;
use crate::jobs::work::{Work, WorkError};
use crate::service::exports::ExportConfig;
use crate::service::files::NewFile;
use crate::service::{ErrorKind, ServiceError};

/// Writes the file.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config: ExportConfig = work.config()?;
    let service = &work.service;
    let id =
        work.job.sheet_id.as_ref().ok_or_else(|| WorkError::Failed("the job names no sheet".to_string()))?;
    let export = service.export(&work.actor, id, config.options, config.format).await;
    let mut export = export.map_err(refusal)?;
    let mut upload = service.start_upload(&work.actor).await?;
    while let Some(bytes) = export.next(service).await.map_err(refusal)? {
        upload.write(&bytes).await?;
        let (total, done) = export.progress();
        work.progress_of_records((done, total)).await?;
    }
    let new = NewFile {
        space_id: export.sheet().space_id.clone(),
        name: export.name.clone(),
        mimetype: export.format.media_type().split(';').next().unwrap_or_default().to_string(),
        mode: FileMode::Export,
        actions: Vec::new(),
        extra: Map::new(),
        extracted: false,
    };
    let file = service.finish_upload(&work.actor, upload, new).await?;
    let files = vec![OutcomeFile { file_id: file.id.to_string(), label: Some(export.name.clone()) }];
    let message = format!("{} exported", counted(export.progress().1, "record"));
    Ok(Outcome { next: Some(Next::Files { files, label: None }), ..Outcome::saying(message) })
}

/// What the form of file or the state of the sheet does not allow is said to the person.
fn refusal(error: ServiceError) -> WorkError {
    match error.kind {
        ErrorKind::BadRequest | ErrorKind::Conflict => WorkError::Failed(error.message),
        _ => WorkError::Service(error),
    }
}
