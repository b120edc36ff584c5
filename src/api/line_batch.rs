//! Lines that are written together.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{ApiError, ApiResult};
use super::extract::known;
use super::wire::json_line::{Change, LinesAnswer, read};
use crate::domain::access::Actor;
use crate::domain::ids::{EventId, SheetId};
use crate::domain::parse::from_slice;
use crate::domain::query::RecordQuery;
use crate::service::records::{Audience, RecordInput};
use crate::service::{ErrorKind, Service, ServiceError};

/// Lines, and bytes of them, that are written in one go.
const MOST_LINES: u64 = 5_000;
const MOST_BYTES: usize = 4 << 20;

/// What a snapshot is called that lines asked for.
const SNAPSHOT: &str = "Before lines were written";

/// Who is told of lines.
pub enum Told {
    /// Everybody.
    Everybody,
    /// They are the answer to this event, which is of their sheet.
    Answer(EventId),
    /// Nobody but the pages that show the sheet.
    Nobody,
}

/// What the lines since the last write ask for, by sheet.
///
/// A record that is named twice is changed before it is deleted, as the lines say unless they contradict
/// themselves; so each kind of change is one commit of its sheet.
pub struct LineBatch {
    sheet: Option<SheetId>,
    told: Told,
    /// Whether each sheet is kept as it was before the first of its lines, and which are.
    snapshot: bool,
    kept: BTreeSet<SheetId>,
    changes: BTreeMap<SheetId, Changes>,
    lines: std::ops::RangeInclusive<u64>,
    count: u64,
    bytes: usize,
}

#[derive(Default)]
struct Changes {
    inserts: Vec<RecordInput>,
    updates: Vec<(String, RecordInput)>,
    deletions: Vec<String>,
}

impl LineBatch {
    /// Lines that name no sheet are about `sheet`. With `snapshot` each sheet is kept as it was before.
    pub fn new(sheet: Option<SheetId>, told: Told, snapshot: bool) -> Self {
        let (kept, changes) = (BTreeSet::new(), BTreeMap::new());
        Self { sheet, told, snapshot, kept, changes, lines: 1..=1, count: 0, bytes: 0 }
    }

    /// Whether it is to be written before more lines are added.
    pub fn is_full(&self) -> bool {
        self.count >= MOST_LINES || self.bytes >= MOST_BYTES
    }

    /// Adds a line.
    pub fn push(&mut self, number: u64, line: &[u8]) -> ApiResult<()> {
        let broken =
            |message: String| ApiError::bad(format!("line {number}"), format!("line {number}: {message}"));
        let members = from_slice(line).map_err(|error| broken(error.to_string()))?;
        let (sheet, change) = read(members).map_err(broken)?;
        let sheet = match sheet {
            Some(id) => known(&id)?,
            None => self.sheet.clone().ok_or_else(|| {
                broken("name its sheet by `__s`, or that of all lines by `sheetId`".to_string())
            })?,
        };
        let changes = self.changes.entry(sheet).or_default();
        match change {
            Change::Insert(input) => changes.inserts.push(input),
            Change::Update(id, input) => changes.updates.push((id, input)),
            Change::Delete(id) => changes.deletions.push(id),
        }
        let first = if self.count == 0 { number } else { *self.lines.start() };
        self.lines = first..=number;
        self.count += 1;
        self.bytes += line.len();
        Ok(())
    }

    /// Deletes the records that a sheet has.
    pub async fn truncate(
        &mut self,
        service: &Service,
        actor: &Actor,
        sheet: &SheetId,
        answer: &mut LinesAnswer,
    ) -> ApiResult<()> {
        let audience = self.audience(service, actor, sheet).await?;
        self.keep(service, actor, sheet, answer).await?;
        service.delete_records(actor, sheet, &[RecordQuery::default()], &audience).await?;
        Ok(())
    }

    async fn audience(
        &self,
        service: &Service,
        actor: &Actor,
        sheet: &SheetId,
    ) -> Result<Audience, ServiceError> {
        Ok(match &self.told {
            Told::Everybody => Audience::Everybody,
            Told::Nobody => Audience::Silent,
            Told::Answer(event) => {
                Audience::Answered(service.answering(actor, sheet, Some(event), None).await?)
            }
        })
    }

    /// Keeps a sheet as it is before the first of its lines is written, when that was asked for.
    async fn keep(
        &mut self,
        service: &Service,
        actor: &Actor,
        sheet: &SheetId,
        answer: &mut LinesAnswer,
    ) -> Result<(), ServiceError> {
        if self.snapshot && !self.kept.contains(sheet) {
            let kept = service.create_snapshot(actor, sheet, Some(SNAPSHOT.to_string()), None).await?;
            answer.snapshot_ids.push(kept.id.into());
            self.kept.insert(sheet.clone());
        }
        Ok(())
    }

    /// Writes the lines and counts what became of them; afterwards there are none.
    pub async fn write(
        &mut self,
        service: &Service,
        actor: &Actor,
        answer: &mut LinesAnswer,
    ) -> ApiResult<()> {
        for (sheet, changes) in std::mem::take(&mut self.changes) {
            let written = self.write_sheet(service, actor, &sheet, changes, answer).await;
            written.map_err(|error| self.located(error))?;
        }
        (self.count, self.bytes) = (0, 0);
        Ok(())
    }

    async fn write_sheet(
        &mut self,
        service: &Service,
        actor: &Actor,
        sheet: &SheetId,
        changes: Changes,
        answer: &mut LinesAnswer,
    ) -> Result<(), ServiceError> {
        let audience = self.audience(service, actor, sheet).await?;
        self.keep(service, actor, sheet, answer).await?;
        if !changes.inserts.is_empty() {
            let written = service.insert_records(actor, sheet, changes.inserts, &audience).await?;
            answer.created += written.numbers.len() as u64;
        }
        if !changes.updates.is_empty() {
            answer.updated += changes.updates.len() as u64;
            service.update_records(actor, sheet, changes.updates, audience.clone()).await?;
        }
        if !changes.deletions.is_empty() {
            let query = RecordQuery { ids: changes.deletions, ..RecordQuery::default() };
            let written = service.delete_records(actor, sheet, &[query], &audience).await?;
            answer.deleted += written.numbers.len() as u64;
        }
        Ok(())
    }

    /// The error with the lines that it is about; those before them are written.
    fn located(&self, error: ServiceError) -> ApiError {
        match error.kind {
            ErrorKind::BadRequest | ErrorKind::NotFound | ErrorKind::Conflict => {
                let lines = format!("lines {} to {}", self.lines.start(), self.lines.end());
                ServiceError { message: format!("{lines}: {}", error.message), ..error }.into()
            }
            _ => error.into(),
        }
    }
}
