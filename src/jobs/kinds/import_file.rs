//! `sheet:import`: reads a file into a sheet, in memory that does not grow with the file.
//!
//! One thread reads and checks, this task writes; a bounded channel lies between. What is written is
//! one open change: cancelled, failed or cut off, the sheet goes back to what it was.

use tokio::sync::mpsc;

use crate::domain::ids::ChangeId;
use crate::domain::outcome::Outcome;
use crate::domain::record::Counts;
use crate::domain::wording::{counted, grouped};
use crate::domain::workbook::Sheet;
use crate::files::{CsvError, CsvReader, Dialect, ReadReport, unmarked};
use crate::jobs::work::{Work, WorkError};
use crate::service::imports::ImportConfig;
use crate::sheets::{ImportBuilder, SegmentDraft};

/// Segments that wait between the threads.
const WAITING: usize = 4;
/// Segments that are written in one transaction.
const TOGETHER: usize = 16;

/// What the reading thread sends.
enum Read {
    /// Records, and how much of the file they came from.
    Segment { draft: SegmentDraft, bytes: u64 },
    /// The end of the file.
    End(ReadReport),
    /// The file cannot be read on.
    Broken(String),
}

/// Reads the file.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config: ImportConfig = work.config()?;
    let id =
        work.job.sheet_id.clone().ok_or_else(|| WorkError::Failed("the job names no sheet".to_string()))?;
    let (sheet, change) = work.service.begin_import(&work.actor, &work.job, &id).await?;
    match fill(&work, &config, &sheet, &change).await {
        Ok((counts, report)) => {
            let after = work.service.end_import(&work.actor, &work.job, &sheet, &config.file_id).await?;
            Ok(Outcome::saying(summary(&sheet, counts, after, &report)))
        }
        Err(error) => {
            if work.is_over(&error).await? {
                work.service.undo_import(&work.actor, &work.job.id, &id).await?;
            }
            Err(error)
        }
    }
}

/// Reads, checks and writes until the end of the file; returns how many records there were.
async fn fill(
    work: &Work,
    config: &ImportConfig,
    sheet: &Sheet,
    change: &ChangeId,
) -> Result<(u64, ReadReport), WorkError> {
    let target = |key: &Option<String>| key.as_deref().and_then(|key| sheet.field_number(key));
    let columns: Vec<_> = config.mapping.iter().map(target).collect();
    let builder = ImportBuilder::new(sheet, &columns);
    let file = work.service.files.open_blocking(&config.file_id)?;
    let size = file.metadata().map_err(|error| WorkError::Failed(error.to_string()))?.len();
    let dialect = config.dialect;
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let reading = tokio::task::spawn_blocking(move || read(file, &dialect, builder, &sender));
    let (mut written, mut waiting, mut bytes) = (0, Vec::new(), 0);
    let report = loop {
        let end = match receiver.recv().await {
            Some(Read::Segment { draft, bytes: position }) => {
                waiting.push(draft);
                bytes = position;
                None
            }
            Some(Read::End(report)) => Some(report),
            Some(Read::Broken(message)) => return Err(WorkError::Failed(message)),
            None => {
                return Err(WorkError::Failed(
                    "the file could not be read; the server's log says why".to_string(),
                ));
            }
        };
        // The first records are written at once, so that the person sees them.
        let enough = if written == 0 { 1 } else { TOGETHER };
        if waiting.len() >= enough || (end.is_some() && !waiting.is_empty()) {
            written += work
                .service
                .append_segments(&work.actor, sheet, change, std::mem::take(&mut waiting))
                .await?;
        }
        if let Some(report) = end {
            break report;
        }
        let rows = written;
        work.progress(bytes, size, || format!("{} imported", counted(rows, "record"))).await?;
    };
    reading.await.map_err(|error| WorkError::Failed(error.to_string()))?;
    Ok((written, report))
}

/// The reading thread. It stops when nobody takes what it sends.
fn read(file: std::fs::File, dialect: &Dialect, mut builder: ImportBuilder, sender: &mpsc::Sender<Read>) {
    let end = match read_rows(file, dialect, &mut builder, sender) {
        Ok(None) => return,
        Ok(Some((report, bytes))) => {
            if let Some(draft) = builder.finish() {
                let _ = sender.blocking_send(Read::Segment { draft, bytes });
            }
            Read::End(report)
        }
        Err(error) => Read::Broken(error.to_string()),
    };
    let _ = sender.blocking_send(end);
}

/// Reads all rows; nothing when nobody takes them any more.
fn read_rows(
    file: std::fs::File,
    dialect: &Dialect,
    builder: &mut ImportBuilder,
    sender: &mpsc::Sender<Read>,
) -> Result<Option<(ReadReport, u64)>, CsvError> {
    let mut reader = CsvReader::new(file, dialect)?;
    while let Some(row) = reader.next_row()? {
        if let Some(draft) = builder.push_row(|column| row.get(column).map(unmarked)) {
            let segment = Read::Segment { draft, bytes: reader.bytes_read() };
            if sender.blocking_send(segment).is_err() {
                return Ok(None);
            }
        }
    }
    Ok(Some((reader.report(), reader.bytes_read())))
}

fn summary(before: &Sheet, added: u64, after: Counts, report: &ReadReport) -> String {
    let mut text = format!("{} added", counted(added, "record"));
    // Records that were there may have become duplicates: the errors are of them, too.
    match (after.error, before.counts.total) {
        (0, _) => {}
        (faulty, 0) => text.push_str(&format!(", {} of them with errors", grouped(faulty))),
        (faulty, _) => text.push_str(&format!("; {} of the sheet now have errors", grouped(faulty))),
    }
    text.push('.');
    for warning in report.warnings() {
        text.push(' ');
        text.push_str(&warning);
    }
    text
}
