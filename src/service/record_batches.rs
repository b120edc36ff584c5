//! Reading any number of records in constant memory: some thousand at a time, of one version.

use std::collections::BTreeSet;

use super::links::Links;
use super::read_records::RecordRead;
use super::{Result, Service};
use crate::domain::access::Actor;
use crate::domain::blueprint::Field;
use crate::domain::ids::{CommitId, SheetId};
use crate::domain::record::{Counts, FieldNumber, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{Batch, Batches, View};

/// Records that are read as they are wanted.
pub struct RecordBatches {
    /// Their sheet.
    pub sheet: Sheet,
    /// The counts of the whole sheet.
    pub counts: Counts,
    /// How many records the query finds on all pages.
    pub total: u64,
    /// The commit whose state this is.
    pub commit_id: Option<CommitId>,
    named: Option<Vec<String>>,
    /// Read with the rest of the answer, so that most reads need one transaction.
    first: Option<Batch>,
    batches: Batches,
}

impl Service {
    /// A page of records, its first batch read already.
    pub async fn record_batches(
        &self,
        actor: &Actor,
        id: &SheetId,
        read: RecordRead,
    ) -> Result<RecordBatches> {
        let mut tx = self.db.read().await?;
        let found = self.find_records(&mut tx, actor, id, read).await?;
        let total = found.positions.len() as u64;
        let mut batches = found.view.batches(found.positions, found.places, found.named.as_deref())?;
        Ok(RecordBatches {
            counts: found.view.counts(),
            total,
            commit_id: found.commit_id,
            named: found.named,
            first: batches.next(&mut tx).await?,
            sheet: found.sheet,
            batches,
        })
    }
}

impl RecordBatches {
    /// The next records; nothing after the last. No transaction is held between two batches, so that a
    /// slow client keeps nobody waiting.
    pub async fn next(&mut self, service: &Service) -> Result<Option<Batch>> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        if self.batches.left() == 0 {
            return Ok(None);
        }
        let mut tx = service.db.read().await?;
        Ok(self.batches.next(&mut tx).await?)
    }

    /// The version that is read.
    pub(super) fn version(&self) -> i64 {
        self.view().version()
    }

    pub(super) fn view(&self) -> &View {
        self.batches.view()
    }

    /// How many records are still to come.
    pub fn left(&self) -> usize {
        self.batches.left() + self.first.as_ref().map_or(0, Batch::records)
    }

    /// The fields of the cells with their numbers, in their order.
    pub fn fields(&self) -> Vec<(FieldNumber, &Field)> {
        let Some(keys) = &self.named else { return self.sheet.columns().collect() };
        let known = self.sheet.columns_by_key();
        keys.iter().filter_map(|key| known.get(key.as_str()).copied()).collect()
    }

    /// What the references of the records of a batch lead to, as far as they are of the wanted fields.
    pub async fn links(&self, service: &Service, actor: &Actor, batch: &Batch) -> Result<Links> {
        let keys = self.reading_keys();
        if keys.is_empty() {
            return Ok(Links::default());
        }
        let numbers: Vec<RecordNumber> = batch.open().records().map(|record| record.number()).collect();
        let mut tx = service.db.read().await?;
        let records = self.batches.view().records_with(&mut tx, &numbers, Some(&keys)).await?;
        drop(tx);
        service.links_of(actor, &self.sheet, &records, &keys).await
    }

    /// The keys of the wanted references, and of the fields that say which records they may lead to.
    fn reading_keys(&self) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for (_, field) in self.fields() {
            if let Some(config) = field.field_type.reference() {
                keys.insert(field.key.to_string());
                keys.extend(config.filter.iter().map(|filter| filter.record_field.clone()));
            }
        }
        // A filter may name a field that is gone; then the reference leads nowhere.
        let known = self.sheet.columns_by_key();
        keys.retain(|key| known.contains_key(key.as_str()));
        keys.into_iter().collect()
    }
}
