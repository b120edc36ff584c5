//! Extraction: the records of a file go to a workbook of their own, from which mappings take them. Each attempt begins
//! with a new workbook, and what an earlier one has made of the file goes.

use serde_json::{Value, json};

use super::announce::{of_file, of_workbook};
use super::import_run::still_ours;
use super::new_job::NewJob;
use super::spaces::find_space;
use super::workbooks::WorkbookWithSheets;
use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::event::Topic;
use crate::domain::extraction::{OPERATION, is_extracted_from, origin_of, separator, workbook_of};
use crate::domain::file::{File, FileStatus};
use crate::domain::header_row::HeaderOptions;
use crate::domain::ids::{ChangeId, FileId, Id};
use crate::domain::job::run::change_of;
use crate::domain::job::{Job, JobTrigger, JobType};
use crate::domain::parse::from_value;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::Sheet;
use crate::files::{Table, table};
use crate::store::{Tx, failpoint, files, now, sheets, spaces, workbooks};

impl Service {
    /// Judges a file. Its header is found as `options` say, or else those of its space (`settings.extractionOptions`).
    pub async fn judge_file(&self, actor: &Actor, id: &FileId, options: Option<Value>) -> Result<Table> {
        let file = self.file(actor, id).await?;
        let settings = self.space(actor, &file.space_id).await?.settings.unwrap_or_default();
        let of_space = settings.get("extractionOptions").filter(|options| !options.is_null());
        let of_space = of_space.map(|options| ("settings.extractionOptions", options.clone()));
        let told = options.map(|options| ("config.options", options)).or(of_space);
        let parsed = told.map(|(name, told)| from_value(told).map_err(|error| error.within(name)));
        let options: Option<HeaderOptions> = parsed.transpose()?;
        let (bytes, limits) = (self.files.open_blocking(id)?, self.settings.limits);
        let judged = move || table(bytes, separator(&file), options.as_ref(), &limits);
        let judged = tokio::task::spawn_blocking(judged).await.map_err(ServiceError::internal)?;
        judged.map_err(|error| ServiceError::bad_request(error.to_string()))
    }

    /// Makes the workbook of a file, into whose sheet a run of the job will write.
    pub async fn begin_extraction(
        &self,
        actor: &Actor,
        job: &Job,
        id: &FileId,
        table: &Table,
    ) -> Result<(Sheet, ChangeId)> {
        let change = change_of(job)?;
        let mut tx = self.db.write().await?;
        still_ours(&mut tx, actor, job).await?;
        let file = files::find(&mut tx, &actor.scope, id).await?;
        let mut file = file.ok_or_else(|| ServiceError::not_found("file", id))?;
        let space = find_space(&mut tx, actor, &file.space_id).await?;
        let around = space.whereabouts();
        delete_workbooks(&mut tx, actor, &file, &around).await?;
        let config = workbook_of(&file, &table.header.names)?;
        let made = self.insert_workbook(&mut tx, actor, &space, config, origin_of(id)).await?;
        let WorkbookWithSheets { workbook, sheets: made } = made;
        let sheet =
            made.into_iter().next().ok_or_else(|| ServiceError::internal("a file without a sheet"))?;
        sheets::set_importing(&mut tx, &sheet.id, Some(&change)).await?;
        file.encoding = table.dialect.encoding.name().to_ascii_lowercase();
        (file.workbook_id, file.sheet_id) = (Some(workbook.id), None);
        keep(&mut tx, actor, file, FileStatus::Analyzing, &around).await?;
        spaces::touch(&mut tx, &space.id, now());
        tx.commit().await?;
        failpoint("extraction-begun");
        Ok((Sheet { importing: Some(change.clone()), ..sheet }, change))
    }

    /// Deletes what was made of a file that was not read to its end. A file that is gone meanwhile is none.
    pub async fn give_up_extraction(&self, actor: &Actor, id: &FileId, status: FileStatus) -> Result<()> {
        let mut tx = self.db.write().await?;
        let Some(mut file) = files::find(&mut tx, &actor.scope, id).await? else { return Ok(()) };
        let around = super::workbooks::whereabouts(&mut tx, actor, &file.space_id, None).await?;
        delete_workbooks(&mut tx, actor, &file, &around).await?;
        (file.workbook_id, file.sheet_id) = (None, None);
        keep(&mut tx, actor, file, status, &around).await?;
        Ok(tx.commit().await?)
    }
}

/// The job that makes a workbook of a file.
pub(super) fn extraction_job(file: &File) -> NewJob {
    let mut job = NewJob::new(JobType::File, OPERATION, file.id.as_str());
    job.trigger = JobTrigger::Immediate;
    job.label = Some(format!("Extract {}", file.name));
    job.unique_key = Some(format!("file:{OPERATION}:{}", file.id));
    job.config = Some(json!({ "driver": "csv" }));
    job
}

/// Deletes the workbooks that were made of a file.
pub(super) async fn delete_workbooks(
    tx: &mut Tx,
    actor: &Actor,
    file: &File,
    around: &Whereabouts,
) -> Result<()> {
    let all = workbooks::list(tx, &actor.scope, &file.space_id).await?;
    for workbook in all.iter().filter(|workbook| is_extracted_from(workbook, file)) {
        workbooks::delete(tx, &workbook.id, now()).await?;
        tx.emit(of_workbook(Topic::WorkbookDeleted, actor, workbook, around, json!({})));
    }
    Ok(())
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    mut file: File,
    status: FileStatus,
    around: &Whereabouts,
) -> Result<()> {
    (file.status, file.updated_at) = (status, now());
    files::update(tx, &file).await?;
    let payload = json!({ "status": file.status, "workbookId": file.workbook_id });
    tx.emit(of_file(Topic::FileUpdated, actor, &file, around, payload));
    Ok(())
}
