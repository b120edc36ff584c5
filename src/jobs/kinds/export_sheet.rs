//! `sheet:export`: writes records into a CSV file of the space, from one consistent version.

use serde_json::Map;

use crate::domain::blueprint::{Field, FieldType};
use crate::domain::file::FileMode;
use crate::domain::outcome::{Next, Outcome, OutcomeFile};
use crate::domain::wording::{counted, grouped};
use crate::domain::workbook::Sheet;
use crate::files::{CsvColumn, CsvForm, CsvWriter};
use crate::jobs::work::{Work, WorkError};
use crate::service::files::NewFile;
use crate::service::imports::ExportConfig;

/// Records read at a time.
const PAGE: usize = 4096;

/// Writes the file.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config: ExportConfig = work.config()?;
    let service = &work.service;
    let id =
        work.job.sheet_id.as_ref().ok_or_else(|| WorkError::Failed("the job names no sheet".to_string()))?;
    let sheet = service.sheet(&work.actor, id).await?;
    if sheet.importing.is_some() {
        return Err(WorkError::Failed(
            "a file is being imported into this sheet; export it afterwards".to_string(),
        ));
    }
    let mut tx = service.db.read().await?;
    let view = service.sheets.view(&mut tx, &sheet).await?;
    let total = view.count(&mut tx, &config.options).await?;
    let form = if config.raw { CsvForm::Raw } else { CsvForm::Spreadsheet };
    let mut csv = csv_of(&sheet, form);
    let mut upload = service.start_upload(&work.actor).await?;
    let mut done = 0;
    while done < total {
        let records = view.page(&mut tx, &config.options, done, PAGE, None).await?;
        if records.is_empty() {
            break;
        }
        done += records.len() as u64;
        for record in &records {
            csv.row(record.cells.iter().map(|cell| cell.text.as_deref()));
        }
        upload.write(&csv.take()).await?;
        work.progress(done, total, || format!("{} of {} records", grouped(done), grouped(total))).await?;
    }
    drop(tx);
    upload.write(&csv.take()).await?;
    let name = format!("{}.csv", sheet.config.name.replace(['/', '\\'], "-"));
    let new = NewFile {
        space_id: sheet.space_id.clone(),
        name: name.clone(),
        mimetype: "text/csv".to_string(),
        mode: FileMode::Export,
        actions: Vec::new(),
        extra: Map::new(),
    };
    let file = service.finish_upload(&work.actor, upload, new).await?;
    let files = vec![OutcomeFile { file_id: file.id.to_string(), label: Some(name) }];
    let message = format!("{} exported", counted(done, "record"));
    Ok(Outcome { next: Some(Next::Files { files, label: None }), ..Outcome::saying(message) })
}

/// A CSV file with the columns of a sheet, under their labels.
pub fn csv_of(sheet: &Sheet, form: CsvForm) -> CsvWriter {
    let column = |field: &Field| CsvColumn {
        name: field.label.clone(),
        is_number: field.field_type == FieldType::Number,
    };
    CsvWriter::new(
        form,
        form == CsvForm::Spreadsheet,
        sheet.columns().map(|(_, field)| column(field)).collect(),
    )
}
