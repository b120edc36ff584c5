//! Imports and deletions: planned here, done by the jobs of those names.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::new_job::NewJob;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::{Constraint, SheetAccess};
use crate::domain::file::File;
use crate::domain::ids::{FileId, Id, SheetId};
use crate::domain::job::{Job, JobTrigger, JobType};
use crate::domain::mapping::match_columns;
use crate::domain::query::RecordQuery;
use crate::domain::workbook::Sheet;
use crate::files::{Dialect, DialectChoice, preview};

/// Rows of the file that a plan shows.
const SAMPLES: usize = 3;

/// How a file would be read and where its columns would go.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: i64,
    /// How it is read.
    pub dialect: Dialect,
    /// Its columns, in their order.
    pub columns: Vec<PlannedColumn>,
    /// How many rows it has, as far as its beginning tells.
    pub rows_estimate: u64,
}

/// One column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedColumn {
    /// What its header says.
    pub header: String,
    /// Its first values.
    pub samples: Vec<String>,
    /// The key of the field that it goes to.
    pub field: Option<String>,
}

/// The second half of the name of the job of an import.
pub(super) const OPERATION: &str = "import";

/// What the job of an import is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportConfig {
    /// Which file.
    pub file_id: FileId,
    /// For each column the key of its field.
    pub mapping: Vec<Option<String>>,
    /// How the file is read.
    pub dialect: Dialect,
    /// About how many bytes it has, when it is read while it arrives and nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arriving: Option<u64>,
    /// Every value as the file has it: marks before formulas, which exports for spreadsheets have, stay.
    #[serde(default)]
    pub exact: bool,
}

impl Service {
    /// Reads the beginning of a file and proposes where its columns go.
    pub async fn plan_import(
        &self,
        actor: &Actor,
        file: &FileId,
        sheet: &SheetId,
        choice: DialectChoice,
    ) -> Result<ImportPlan> {
        allow(actor, Operation::WriteRecords)?;
        let file = self.file(actor, file).await?;
        let sheet = self.writable(actor, sheet, SheetAccess::Import).await?;
        let bytes = self.files.open_blocking(&file.id)?;
        let read = tokio::task::spawn_blocking(move || preview(bytes, &choice, SAMPLES)).await;
        let preview = read
            .map_err(ServiceError::internal)?
            .map_err(|error| ServiceError::bad_request(error.to_string()))?;
        let fields = &sheet.config.fields;
        let targets = match_columns(&preview.headers, fields).columns;
        let columns = preview.headers.iter().enumerate().map(|(column, header)| PlannedColumn {
            header: header.clone(),
            samples: preview.rows.iter().filter_map(|row| row.get(column).cloned()).collect(),
            field: targets.get(column).copied().flatten().map(|index| fields[index].key.to_string()),
        });
        Ok(ImportPlan {
            name: file.name,
            size: file.size,
            columns: columns.collect(),
            rows_estimate: preview.rows_estimate,
            dialect: preview.dialect,
        })
    }

    /// Starts to import a file into a sheet.
    pub async fn start_import(
        &self,
        actor: &Actor,
        file: &FileId,
        sheet: &SheetId,
        mapping: Vec<Option<String>>,
        dialect: Dialect,
    ) -> Result<Job> {
        let (file, sheet) = self.importable(actor, file, sheet, &mapping).await?;
        let config = ImportConfig { file_id: file.id, mapping, dialect, arriving: None, exact: false };
        self.create_job(actor, import_job(&sheet, &file.name, config)).await
    }

    /// Refuses an import that a program asks for where a person could not start it.
    pub(super) async fn check_import(&self, actor: &Actor, new: &NewJob) -> Result<()> {
        // One without what an import needs fails, and says so.
        let Some(config) = new.config.clone() else { return Ok(()) };
        let Ok(config) = serde_json::from_value::<ImportConfig>(config) else { return Ok(()) };
        if config.arriving.is_some() {
            let message =
                "config.arriving: a file is imported while it arrives by POST /v1/files; leave this out";
            return Err(ServiceError::bad_request(message));
        }
        self.importable(actor, &config.file_id, &SheetId::parse(&new.source)?, &config.mapping)
            .await
            .map(drop)
    }

    /// The file and the sheet of an import, if the actor may bring that file into those fields.
    async fn importable(
        &self,
        actor: &Actor,
        file: &FileId,
        sheet: &SheetId,
        mapping: &[Option<String>],
    ) -> Result<(File, Sheet)> {
        allow(actor, Operation::WriteRecords)?;
        let file = self.file(actor, file).await?;
        let sheet = self.writable(actor, sheet, SheetAccess::Import).await?;
        if sheet.space_id != file.space_id {
            return Err(ServiceError::bad_request("the file and the sheet are in different spaces"));
        }
        for (position, key) in mapping.iter().enumerate() {
            let Some(key) = key else { continue };
            if sheet.field_number(key).is_none() {
                let message = format!(
                    "mapping[{position}]: `{key}` is not the key of a field of {}",
                    sheet.config.name
                );
                return Err(ServiceError::bad_request(message));
            }
            let field = sheet.config.field(key);
            if field.is_some_and(|field| field.constraints.contains(&Constraint::Computed)) {
                let message = format!("mapping[{position}]: `{key}` is computed; no column goes to it");
                return Err(ServiceError::bad_request(message));
            }
            if mapping[..position].contains(&Some(key.clone())) {
                let message = format!("mapping[{position}]: another column goes to `{key}` already");
                return Err(ServiceError::bad_request(message));
            }
        }
        if mapping.iter().all(Option::is_none) {
            return Err(ServiceError::bad_request("mapping: no column goes to a field; choose at least one"));
        }
        Ok((file, sheet))
    }

    /// Starts to delete records.
    pub async fn start_deletion(&self, actor: &Actor, sheet: &SheetId, query: RecordQuery) -> Result<Job> {
        let sheet = self.writable(actor, sheet, SheetAccess::Delete).await?;
        let mut job = NewJob::new(JobType::Workbook, "delete-records", sheet.workbook_id.as_str());
        job.trigger = JobTrigger::Immediate;
        job.label = Some("Delete records".to_string());
        let mut config = super::announce::object(json!(query));
        let named = config.remove("ids").unwrap_or_else(|| json!([]));
        let key = if query.chooses() { "ids" } else { "exceptions" };
        config.insert(key.to_string(), named);
        config.insert("sheet".to_string(), json!(sheet.id));
        job.config = Some(config.into());
        self.create_job(actor, job).await
    }
}

/// The job of an import.
pub(super) fn import_job(sheet: &Sheet, file_name: &str, config: ImportConfig) -> NewJob {
    let mut job = NewJob::new(JobType::Sheet, OPERATION, sheet.id.as_str());
    job.trigger = JobTrigger::Immediate;
    job.label = Some(format!("Import {file_name}"));
    job.unique_key = Some(format!("sheet:import:{}:{}", sheet.id, config.file_id));
    job.file_id = Some(config.file_id.clone());
    job.config = Some(json!(config));
    job
}
