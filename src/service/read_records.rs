//! Reading records: a page of what a query finds, and how many there are.

use std::collections::BTreeMap;
use std::ops::Range;

use super::records::Written;
use super::{ErrorKind, Page, Result, Retention, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{CommitId, EventId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::{Counts, FieldCounts, Record, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{Positions, SheetError, View};
use crate::store::{Tx, records};

/// What of a sheet's records is wanted.
#[derive(Debug, Clone, Default)]
pub struct RecordRead {
    /// Which records, in which order.
    pub query: RecordQuery,
    /// Which page of them; the first ten thousand when absent.
    pub page: Option<Page>,
    /// Keys of the wanted fields; all when absent.
    pub fields: Option<Vec<String>>,
    /// Only the records that this commit changed, as it left them: also those that were deleted later.
    pub commit: Option<CommitId>,
    /// Only the records that this commit changed, as they are now.
    pub changed_by: Option<CommitId>,
    /// Only the records that changed after this commit.
    pub since: Option<CommitId>,
    /// Only what this event tells of.
    pub for_event: Option<EventId>,
    /// Only the records of these numbers, in order.
    pub numbers: Option<Vec<RecordNumber>>,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordPage {
    /// Their sheet.
    pub sheet: Sheet,
    /// The records.
    pub records: Vec<Record>,
    /// The keys of their cells, in order.
    pub fields: Vec<String>,
    /// The counts of the whole sheet.
    pub counts: Counts,
    /// How many records the query finds on all pages.
    pub total: u64,
    /// The commit whose state this is.
    pub commit_id: Option<CommitId>,
}

/// What is counted of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// How many there are, and how many of them have an error.
    pub counts: Counts,
    /// How many have an error in each field where some have.
    pub errors: BTreeMap<String, u64>,
    /// The counts of each field, when they were asked for.
    pub fields: Option<BTreeMap<String, FieldCounts>>,
}

/// The records that a read means, not yet read.
pub(super) struct FoundRecords {
    pub(super) sheet: Sheet,
    pub(super) view: View,
    pub(super) positions: Positions,
    /// Which of the positions.
    pub(super) places: Range<usize>,
    /// Keys of the wanted fields; all when absent.
    pub(super) named: Option<Vec<String>>,
    pub(super) commit_id: Option<CommitId>,
}

impl Service {
    /// A page of records.
    pub async fn records(&self, actor: &Actor, id: &SheetId, read: RecordRead) -> Result<RecordPage> {
        let mut tx = self.db.read().await?;
        let found = self.find_records(&mut tx, actor, id, read).await?;
        let positions = found.positions.page(found.places.start, found.places.len());
        let records = found.view.at(&mut tx, &positions, found.named.as_deref()).await?;
        Ok(RecordPage {
            counts: found.view.counts(),
            total: found.positions.len() as u64,
            records,
            fields: wanted_fields(&found.sheet, found.named)?,
            sheet: found.sheet,
            commit_id: found.commit_id,
        })
    }

    /// What a read means: which records of which version, and which page of them.
    pub(super) async fn find_records(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        id: &SheetId,
        read: RecordRead,
    ) -> Result<FoundRecords> {
        allow(actor, Operation::ReadSpace)?;
        let sheet = sheets::find(tx, actor, id).await?;
        let is_told = read.for_event.is_some() && !actor.is_person();
        let (mut read, job) = super::events::resolve(tx, actor, read).await?;
        if let Some(job) = job.filter(|_| is_told) {
            self.hear_of_job(&job).await?;
        }
        if let Some(commit) = read.changed_by.as_ref().filter(|_| is_told && sheet.tracks_changes) {
            self.hear_of_commit(commit).await?;
        }
        let view = self.view_as_of(tx, &sheet, read.commit.as_ref()).await?;
        let named = read.fields.take();
        wanted_fields(&sheet, named.clone())?;
        let positions = match read.restriction(tx, &sheet, &view).await? {
            // The usual question after a change: the other records need not be looked at.
            Some(numbers) if read.query.is_everything() => view.positions_of_numbers(tx, &numbers).await?,
            Some(numbers) => view.among(tx, &read.query, &numbers).await?,
            None => view.positions(tx, &read.query).await?,
        };
        let commit_id = match read.commit.take() {
            Some(commit) => Some(commit),
            None => {
                records::commit_of_version(tx, sheet.number, sheet.version).await?.map(|commit| commit.id)
            }
        };
        let page = read.page.unwrap_or(Page::first(10_000));
        let start = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let places = start..start.saturating_add(usize::try_from(page.size).unwrap_or(usize::MAX));
        Ok(FoundRecords { sheet, view, positions, places, named, commit_id })
    }

    /// The commit of a write, or the one before it when it changed nothing; nothing in a sheet that has none.
    pub async fn last_commit(&self, written: &Written) -> Result<Option<CommitId>> {
        if let Some(commit) = &written.commit_id {
            return Ok(Some(commit.clone()));
        }
        let mut tx = self.db.read().await?;
        let last = records::commit_of_version(&mut tx, written.sheet.number, written.version).await?;
        Ok(last.map(|commit| commit.id))
    }

    /// The counts of the records that a query finds.
    pub async fn record_counts(&self, actor: &Actor, id: &SheetId, query: &RecordQuery) -> Result<Counts> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        Ok(view.counts_of(&mut tx, query, None).await?)
    }

    /// What a read means, counted, and on request by field, which looks at every cell.
    pub async fn count_records(
        &self,
        actor: &Actor,
        id: &SheetId,
        read: RecordRead,
        by_field: bool,
    ) -> Result<Counted> {
        let mut tx = self.db.read().await?;
        let (_, view, numbers) = self.meant(&mut tx, actor, id, &read).await?;
        let (query, among) = (&read.query, numbers.as_deref());
        let counts = view.counts_of(&mut tx, query, among).await?;
        if !by_field {
            let errors = view.errors_by_field(&mut tx, query, among).await?;
            return Ok(Counted { counts, errors, fields: None });
        }
        let fields = view.field_counts(&mut tx, query, among).await?;
        let wrong = fields.iter().filter(|(_, counts)| counts.error > 0);
        let errors = wrong.map(|(key, counts)| (key.clone(), counts.error)).collect();
        Ok(Counted { counts, errors, fields: Some(fields) })
    }

    /// The version of a sheet that a read means, and the records of it that its commits name.
    pub(super) async fn meant(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        id: &SheetId,
        read: &RecordRead,
    ) -> Result<(Sheet, View, Option<Vec<RecordNumber>>)> {
        allow(actor, Operation::ReadSpace)?;
        let sheet = sheets::find(tx, actor, id).await?;
        let view = self.view_as_of(tx, &sheet, read.commit.as_ref()).await?;
        let numbers = read.restriction(tx, &sheet, &view).await?;
        Ok((sheet, view, numbers))
    }

    /// The records of a sheet as a commit left them, or as they are now.
    ///
    /// # Errors
    /// `NotFound` when there is no such commit, or when its version is forgotten.
    async fn view_as_of(&self, tx: &mut Tx, sheet: &Sheet, commit: Option<&CommitId>) -> Result<View> {
        let Some(id) = commit else { return Ok(self.sheets.view(tx, sheet).await?) };
        let version = version_of(tx, sheet, id).await?;
        match self.sheets.view_at(tx, sheet, version).await {
            Err(SheetError::UnknownVersion(_)) => {
                let Retention { days, changes, .. } = self.settings.retention;
                let message = format!(
                    "commitId: how the records were as of `{id}` is forgotten: versions are kept for {days} days and \
                     {changes} changes, and longer where a snapshot was made"
                );
                Err(ServiceError::new(ErrorKind::NotFound, message))
            }
            found => Ok(found?),
        }
    }
}

impl From<RecordQuery> for RecordRead {
    fn from(query: RecordQuery) -> Self {
        Self { query, ..Self::default() }
    }
}

impl RecordRead {
    /// The records of a commit, those since one, or those since one up to another; nothing when the read names none.
    pub(super) async fn restriction(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        view: &View,
    ) -> Result<Option<Vec<RecordNumber>>> {
        if let Some(numbers) = &self.numbers {
            return Ok(Some(numbers.clone()));
        }
        let last = match self.changed_by.as_ref().or(self.commit.as_ref()) {
            Some(id) => Some(version_of(tx, sheet, id).await?),
            None => None,
        };
        let after = match &self.since {
            Some(id) => version_of(tx, sheet, id).await?,
            None => match last {
                Some(version) => version - 1,
                None => return Ok(None),
            },
        };
        Ok(Some(view.changed_between(tx, after, last.unwrap_or(view.version())).await?))
    }
}

async fn version_of(tx: &mut Tx, sheet: &Sheet, id: &CommitId) -> Result<i64> {
    let commit = records::commit(tx, sheet.number, id).await?;
    Ok(commit.ok_or_else(|| ServiceError::not_found("commit", id))?.version)
}

/// The keys of the cells of an answer: the named ones, or all.
fn wanted_fields(sheet: &Sheet, named: Option<Vec<String>>) -> Result<Vec<String>> {
    let all = || sheet.columns().map(|(_, field)| field.key.as_str().to_string()).collect();
    let Some(named) = named else { return Ok(all()) };
    let known = sheet.columns_by_key();
    match named.iter().find(|key| !known.contains_key(key.as_str())) {
        Some(unknown) => Err(ServiceError::bad_request(format!(
            "fields: `{unknown}` is not the key of a field of this sheet"
        ))),
        None => Ok(named),
    }
}
