//! Reading records: a page of what a query finds, and how many there are.

use std::collections::BTreeSet;

use super::{Page, Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{CommitId, EventId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::{Counts, Record, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::View;
use crate::store::Tx;

/// What of a sheet's records is wanted.
#[derive(Debug, Clone, Default)]
pub struct RecordRead {
    /// Which records, in which order.
    pub query: RecordQuery,
    /// Which page of them; the first ten thousand when absent.
    pub page: Option<Page>,
    /// Keys of the wanted fields; all when absent.
    pub fields: Option<Vec<String>>,
    /// Only the records that this commit changed.
    pub commit: Option<CommitId>,
    /// Only the records that changed after this commit.
    pub since: Option<CommitId>,
    /// Only what this event tells of.
    pub for_event: Option<EventId>,
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
    /// The newest commit of the sheet.
    pub commit_id: Option<CommitId>,
}

impl Service {
    /// A page of records.
    pub async fn records(&self, actor: &Actor, id: &SheetId, read: RecordRead) -> Result<RecordPage> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let read = super::events::resolve(&mut tx, actor, read).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        let page = read.page.unwrap_or(Page::first(10_000));
        let named = read.fields.clone();
        let fields = wanted_fields(&sheet, named.clone())?;
        let found = match read.restriction(&mut tx, &sheet, &view).await? {
            Some(numbers) => view.among(&mut tx, &read.query, &numbers).await?,
            None => view.positions(&mut tx, &read.query).await?,
        };
        let total = found.len() as u64;
        let positions = found.page(usize::try_from(page.offset()).unwrap_or(usize::MAX), page.size as usize);
        let records = view.at(&mut tx, &positions, named.as_deref()).await?;
        let newest = crate::store::records::commit_of_version(&mut tx, sheet.number, sheet.version).await?;
        let commit_id = newest.map(|commit| commit.id);
        Ok(RecordPage { counts: view.counts(), sheet, records, fields, total, commit_id })
    }

    /// The counts of the records that a query finds.
    pub async fn record_counts(&self, actor: &Actor, id: &SheetId, query: &RecordQuery) -> Result<Counts> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        Ok(view.counts_of(&mut tx, query).await?)
    }
}

impl RecordRead {
    /// The records of a commit, or those since one; nothing when the read names none.
    pub(super) async fn restriction(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        view: &View,
    ) -> Result<Option<Vec<RecordNumber>>> {
        let Some(id) = self.commit.as_ref().or(self.since.as_ref()) else { return Ok(None) };
        let commit = crate::store::records::commit(tx, sheet.number, id).await?;
        let version = commit.ok_or_else(|| ServiceError::not_found("commit", id))?.version;
        if self.commit.is_some() {
            return Ok(Some(view.changed(tx, version).await?));
        }
        let mut changed = BTreeSet::new();
        for version in version + 1..=sheet.version {
            changed.extend(view.changed(tx, version).await?);
        }
        Ok(Some(changed.into_iter().collect()))
    }
}

/// The keys of the cells of an answer: the named ones, or all.
fn wanted_fields(sheet: &Sheet, named: Option<Vec<String>>) -> Result<Vec<String>> {
    let all = || sheet.columns().map(|(_, field)| field.key.as_str().to_string()).collect();
    let Some(named) = named else { return Ok(all()) };
    match named.iter().find(|key| sheet.field_number(key).is_none()) {
        Some(unknown) => Err(ServiceError::bad_request(format!(
            "fields: `{unknown}` is not the key of a field of this sheet"
        ))),
        None => Ok(named),
    }
}
