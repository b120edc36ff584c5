//! `sheet:import`: reads a file into a sheet, in memory that does not grow with the file.
//!
//! One thread reads and checks, one encodes, this task writes; bounded channels lie between. What is written is
//! one open change: cancelled, failed or cut off, the sheet goes back to what it was.

use std::io::{Cursor, Read as _};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::domain::header_row::Header;
use crate::domain::ids::{ChangeId, FileId};
use crate::domain::limits::Limits;
use crate::domain::outcome::Outcome;
use crate::domain::record::{Counts, FieldNumber};
use crate::domain::wording::{counted, grouped};
use crate::domain::workbook::Sheet;
use crate::files::{
    ArrivingFile, CsvError, CsvReader, Dialect, FOREIGN_BYTES, PreviewError, ReadReport, refuse_foreign,
    unmarked,
};
use crate::jobs::work::{Work, WorkError};
use crate::service::imports::ImportConfig;
use crate::sheets::{ImportBuilder, SegmentDraft};

/// Segments that wait between the threads.
const WAITING: usize = 8;
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
    if let Some(words) = work.service.ended_import(&work.job) {
        return Ok(Outcome::saying(words));
    }
    let (sheet, change) = work.service.begin_import(&work.actor, &work.job, &id).await?;
    let target = |key: &Option<String>| key.as_deref().and_then(|key| sheet.field_number(key));
    let file = config.file_id.clone();
    let reading = Reading {
        columns: config.mapping.iter().map(target).collect(),
        file_id: config.file_id,
        dialect: config.dialect,
        header: None,
        arriving: config.arriving,
        exact: config.exact,
    };
    let filled = match fill(&work, reading, &sheet, &change).await {
        Ok((added, report)) => {
            let words = |after| summary(&sheet, added, after, &report);
            let ended = work.service.end_import(&work.actor, &work.job, &sheet, &file, words).await;
            ended.map_err(WorkError::from)
        }
        Err(error) => Err(error),
    };
    match filled {
        Ok(words) => Ok(Outcome::saying(words)),
        Err(error) => {
            if work.is_over(&error).await? {
                work.service.undo_import(&work.actor, &work.change()?, &id).await?;
            }
            Err(error)
        }
    }
}

/// Which file is read, how, and where its columns go.
pub(super) struct Reading {
    /// Which file.
    pub(super) file_id: FileId,
    /// How it is written.
    pub(super) dialect: Dialect,
    /// For each column its field.
    pub(super) columns: Vec<Option<FieldNumber>>,
    /// Its columns and where its data begins; read from the file when absent.
    pub(super) header: Option<Header>,
    /// About how many bytes it has, when it is still arriving and nobody was asked how it is read.
    pub(super) arriving: Option<u64>,
    /// Every value as the file has it.
    pub(super) exact: bool,
}

/// Reads, checks and writes until the end of the file; returns how many records there were.
pub(super) async fn fill(
    work: &Work,
    reading: Reading,
    sheet: &Sheet,
    change: &ChangeId,
) -> Result<(u64, ReadReport), WorkError> {
    let Reading { file_id, dialect, columns, header, arriving, exact } = reading;
    let builder = work.service.import_builder(sheet, &columns).await?;
    let file = work.service.files.open_arriving(&file_id)?;
    let last = work.service.files.open_arriving(&file_id)?;
    let size = match arriving {
        Some(size) => size,
        None => work.service.file(&work.actor, &file_id).await?.size.unsigned_abs(),
    };
    let (unasked, limits) = (arriving.is_some(), work.service.settings.limits);
    let (sender, read_segments) = mpsc::channel(WAITING);
    let (encoded, mut receiver) = mpsc::channel(WAITING);
    let text: fn(&str) -> &str = if exact { |text| text } else { unmarked };
    let source = Source { file, dialect, header, unasked, limits, text };
    let reading = tokio::task::spawn_blocking(move || read(source, builder, &sender));
    let encoding = tokio::task::spawn_blocking(move || encode(read_segments, &encoded));
    let (mut written, mut expected, mut waiting, mut bytes) = (0, 0, Vec::new(), 0);
    let began = Instant::now();
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
                .append_segments(
                    &work.actor,
                    &work.job,
                    sheet,
                    change,
                    std::mem::take(&mut waiting),
                    expected,
                )
                .await?;
        }
        if let Some(report) = end {
            break report;
        }
        // As the first segment is the whole will be, and a little more.
        if expected == 0 {
            expected = (written as f64 * size as f64 / bytes.max(1) as f64 * 1.02) as u64;
        }
        let rows = written;
        work.progress(bytes, size, || pace(rows, began.elapsed(), bytes, size)).await?;
    };
    for thread in [reading, encoding] {
        thread.await.map_err(|error| WorkError::Failed(error.to_string()))?;
    }
    // What is imported from a file that is not kept could not be imported again.
    let settled = tokio::task::spawn_blocking(move || last.wait_until_settled());
    settled
        .await
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(|error| WorkError::Failed(error.to_string()))?;
    Ok((written, report))
}

/// How far it is, how fast, and how long it will still take, once there is something to go by.
fn pace(rows: u64, elapsed: Duration, bytes: u64, size: u64) -> String {
    let mut text = format!("{} imported", counted(rows, "record"));
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if milliseconds >= 1_000 {
        text.push_str(&format!(", {} a second", grouped(rows * 1_000 / milliseconds)));
        let left = size.saturating_sub(bytes) * milliseconds / bytes.max(1) / 1_000;
        text.push_str(&format!(", {} left", duration(left + 1)));
    }
    text
}

fn duration(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

/// What is read, and how.
struct Source {
    file: ArrivingFile,
    dialect: Dialect,
    /// Its columns and where its data begins, where that is known.
    header: Option<Header>,
    /// Nobody was asked how the file is to be read.
    unasked: bool,
    limits: Limits,
    /// What becomes of the text of a cell.
    text: fn(&str) -> &str,
}

/// The reading thread. It stops when nobody takes what it sends.
fn read(source: Source, mut builder: ImportBuilder, sender: &mpsc::Sender<Read>) {
    let end = match read_rows(source, &mut builder, sender) {
        Ok(None) => return,
        Ok(Some((report, bytes))) => {
            if let Some(draft) = builder.finish() {
                let _ = sender.blocking_send(Read::Segment { draft, bytes });
            }
            Read::End(report)
        }
        Err(message) => Read::Broken(message),
    };
    let _ = sender.blocking_send(end);
}

/// The encoding thread, between the one that reads and whoever writes.
fn encode(mut segments: mpsc::Receiver<Read>, sender: &mpsc::Sender<Read>) {
    while let Some(mut read) = segments.blocking_recv() {
        if let Read::Segment { draft, .. } = &mut read {
            draft.encode();
        }
        if sender.blocking_send(read).is_err() {
            return;
        }
    }
}

/// Reads all rows; nothing when nobody takes them any more.
fn read_rows(
    source: Source,
    builder: &mut ImportBuilder,
    sender: &mpsc::Sender<Read>,
) -> Result<Option<(ReadReport, u64)>, String> {
    let Source { mut file, dialect, header, unasked, limits, text } = source;
    let words = |error: CsvError| error.to_string();
    let mut beginning = Vec::with_capacity(FOREIGN_BYTES);
    let begun = file.by_ref().take(FOREIGN_BYTES as u64).read_to_end(&mut beginning);
    begun.map_err(|error| PreviewError::Io(error).to_string())?;
    refuse_foreign(&beginning).map_err(|error| error.to_string())?;
    let file = Cursor::new(beginning).chain(file);
    let reader = match header {
        Some(header) => CsvReader::below(file, &dialect, &limits, header),
        None => CsvReader::within(file, &dialect, &limits),
    };
    let mut reader = reader.map_err(words)?;
    while let Some(row) = reader.next_row().map_err(words)? {
        row.cleaned().for_each(|column| builder.flag(column));
        if let Some(draft) = builder.push_row(|column| row.get(column).map(text)) {
            if unasked && !reader.is_valid_text() {
                break;
            }
            let segment = Read::Segment { draft, bytes: reader.bytes_read() };
            if sender.blocking_send(segment).is_err() {
                return Ok(None);
            }
        }
    }
    if unasked && !reader.is_valid_text() {
        let line = reader.report().invalid_text.lines.first().copied().unwrap_or(0);
        return Err(format!(
            "Line {line} is not text in UTF-8, and nobody was asked how to read the file. Nothing was imported: \
             import the file again from Files, and choose its encoding."
        ));
    }
    Ok(Some((reader.report(), reader.bytes_read())))
}

/// What the person is told of so many records from a file.
pub(super) fn summary(before: &Sheet, added: u64, after: Counts, report: &ReadReport) -> String {
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
