//! Exports: records of one version as the bytes of a file, made as they are wanted.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;

use super::new_job::NewJob;
use super::read_records::RecordRead;
use super::record_batches::RecordBatches;
use super::{Page, Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::export::ExportFormat;
use crate::domain::ids::{Id, SheetId};
use crate::domain::job::{Job, JobTrigger, JobType};
use crate::domain::query::RecordQuery;
use crate::domain::workbook::Sheet;
use crate::files::{RowWriter, writer};
use crate::sheets::Batch;

/// Pieces of the end of a file that wait to be taken, and their bytes at least.
const WAITING: usize = 2;
const PIECE: usize = 64 << 10;

/// What the job of an export is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportConfig {
    /// Which records, in which order.
    #[serde(default)]
    pub options: RecordQuery,
    /// The form of the file.
    #[serde(default)]
    pub format: ExportFormat,
}

/// A file that is being made.
pub struct Export {
    /// The name of the file.
    pub name: String,
    /// Its form.
    pub format: ExportFormat,
    batches: RecordBatches,
    stage: Stage,
}

enum Stage {
    /// Records are written.
    Rows(Box<dyn RowWriter>),
    /// The end of the file is written on another thread.
    End(mpsc::Receiver<Result<Vec<u8>>>),
    Done,
}

impl Service {
    /// Begins a file of all records that a read means, on whatever page.
    pub async fn export(
        &self,
        actor: &Actor,
        id: &SheetId,
        read: impl Into<RecordRead>,
        format: ExportFormat,
    ) -> Result<Export> {
        let read = RecordRead { page: Some(Page::first(u64::MAX)), ..read.into() };
        let batches = self.record_batches(actor, id, read).await?;
        let Sheet { config, importing, .. } = &batches.sheet;
        if importing.is_some() {
            let message = "a file is being imported into this sheet; export it afterwards";
            return Err(ServiceError::conflict(message));
        }
        let fields: Vec<_> = batches.fields().into_iter().map(|(_, field)| field).collect();
        let writer = writer(format, &config.name, &fields, batches.total, self.files.scratch())?;
        let name = format.file_name(&config.name);
        Ok(Export { name, format, batches, stage: Stage::Rows(writer) })
    }

    /// Starts to write records into a file of the space.
    pub async fn start_export(
        &self,
        actor: &Actor,
        sheet: &SheetId,
        options: RecordQuery,
        format: ExportFormat,
    ) -> Result<Job> {
        let sheet = self.sheet(actor, sheet).await?;
        let mut job = NewJob::new(JobType::Sheet, "export", sheet.id.as_str());
        job.trigger = JobTrigger::Immediate;
        job.label = Some(format!("Export {}", sheet.config.name));
        job.config = Some(json!(ExportConfig { options, format }));
        self.create_job(actor, job).await
    }
}

impl Export {
    /// The sheet whose records these are.
    pub fn sheet(&self) -> &Sheet {
        &self.batches.sheet
    }

    /// How many records are in the file, and how many of them are written.
    pub fn progress(&self) -> (u64, u64) {
        (self.batches.total, self.batches.total.saturating_sub(self.batches.left() as u64))
    }

    /// The next bytes, which may be none yet; nothing at the end of the file.
    pub async fn next(&mut self, service: &Service) -> Result<Option<Vec<u8>>> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Rows(writer) => match self.batches.next(service).await? {
                Some(batch) => {
                    let written = tokio::task::spawn_blocking(|| write(writer, batch)).await;
                    let (writer, bytes) = written.map_err(ServiceError::internal)??;
                    self.stage = Stage::Rows(writer);
                    Ok(Some(bytes))
                }
                None => {
                    self.stage = Stage::End(finish(writer));
                    Ok(Some(Vec::new()))
                }
            },
            Stage::End(mut pieces) => {
                let piece = pieces.recv().await.transpose()?;
                if piece.is_some() {
                    self.stage = Stage::End(pieces);
                }
                Ok(piece)
            }
            Stage::Done => Ok(None),
        }
    }
}

/// Writes a batch and takes what is ready.
fn write(mut writer: Box<dyn RowWriter>, batch: Batch) -> Result<(Box<dyn RowWriter>, Vec<u8>)> {
    let open = batch.open();
    let (mut cells, mut messages) = (Vec::new(), Vec::new());
    for record in open.records() {
        cells.clear();
        cells.extend(record.cells());
        messages.clear();
        messages.extend(record.messages());
        writer.row(&cells, &messages)?;
    }
    let bytes = writer.take();
    Ok((writer, bytes))
}

/// Ends the file on a thread of its own.
fn finish(writer: Box<dyn RowWriter>) -> mpsc::Receiver<Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces { sender, piece: Vec::new() };
        let ended = writer.finish(&mut pieces).and_then(|()| Ok(pieces.flush()?));
        if let Err(error) = ended {
            // Nobody listens any more when the reader has gone.
            let _ = pieces.sender.blocking_send(Err(error.into()));
        }
    });
    receiver
}

/// Sends what is written into it.
struct Pieces {
    sender: mpsc::Sender<Result<Vec<u8>>>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let sent = self.sender.blocking_send(Ok(std::mem::take(&mut self.piece)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}
