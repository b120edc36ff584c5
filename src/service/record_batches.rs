//! Reading any number of records in constant memory: some thousand at a time, of one version.

use super::read_records::RecordRead;
use super::{Result, Service};
use crate::domain::access::Actor;
use crate::domain::blueprint::Field;
use crate::domain::ids::{CommitId, SheetId};
use crate::domain::record::Counts;
use crate::domain::workbook::Sheet;
use crate::sheets::{Batch, Batches};

/// Records that are read as they are wanted.
pub struct RecordBatches {
    /// Their sheet.
    pub sheet: Sheet,
    /// The counts of the whole sheet.
    pub counts: Counts,
    /// How many records the query finds on all pages.
    pub total: u64,
    /// The newest commit of the sheet.
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

    /// How many records are still to come.
    pub fn left(&self) -> usize {
        self.batches.left() + self.first.as_ref().map_or(0, Batch::records)
    }

    /// The fields of the cells, in their order.
    pub fn fields(&self) -> Vec<&Field> {
        match &self.named {
            None => self.sheet.columns().map(|(_, field)| field).collect(),
            Some(keys) => keys.iter().filter_map(|key| self.sheet.config.field(key)).collect(),
        }
    }
}
