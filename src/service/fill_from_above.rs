//! Empty cells get what stands above them, in the order that is looked at: files often say a value once for many rows.

use std::sync::Arc;

use super::bulk::{BulkRun, writable};
use super::read_records::RecordRead;
use super::{Page, Result, Service};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::cell_edit::CellEdit;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::RecordNumber;
use crate::sheets::{Batch, FieldEdit, SheetError};

/// The empty cells with a value above them, in order.
#[derive(Default)]
struct Gaps {
    records: Vec<RecordNumber>,
    /// The texts, each with the place of the first of those records that gets it.
    runs: Vec<(u32, Arc<str>)>,
    above: Option<Arc<str>>,
}

impl Gaps {
    fn look(&mut self, batch: &Batch) {
        for record in batch.open().records() {
            match record.cells().next().flatten().filter(|text| !text.is_empty()) {
                Some(text) if self.above.as_deref() != Some(text) => self.above = Some(text.into()),
                Some(_) => {}
                None => self.fill(record.number()),
            }
        }
    }

    fn fill(&mut self, number: RecordNumber) {
        let Some(above) = &self.above else { return };
        if self.runs.last().is_none_or(|(_, text)| !Arc::ptr_eq(text, above)) {
            self.runs.push((self.records.len() as u32, above.clone()));
        }
        self.records.push(number);
    }
}

impl Service {
    /// Begins to fill the empty cells of a field from above, among the records that a query finds and in its order;
    /// [`Self::go_on`] goes on.
    pub async fn begin_fill_from_above(
        &self,
        actor: &Actor,
        id: &SheetId,
        (query, key): (&RecordQuery, &str),
        change: ChangeId,
        commits: usize,
    ) -> Result<BulkRun> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        let (field, _) = writable(actor, &sheet, key)?;
        // Nobody on this server writes between the look and the change.
        let mut writer = self.writer_for(actor, &sheet).await?;
        let read = RecordRead {
            query: query.clone(),
            page: Some(Page::first(u64::MAX)),
            fields: Some(vec![key.to_string()]),
            ..RecordRead::default()
        };
        let mut batches = self.record_batches(actor, id, read).await?;
        let mut gaps = Gaps::default();
        while let Some(batch) = batches.next(self).await? {
            gaps.look(&batch);
        }
        let mut tx = self.db.write().await?;
        self.still_writable(&mut tx, actor, &sheet).await?;
        if writer.view(&mut tx).await?.version() != batches.version() {
            return Err(SheetError::Conflict.into());
        }
        let edit = FieldEdit { field, edit: CellEdit::Runs(gaps.runs.into()), character_removed: false };
        let bulk = writer.bulk_of(&mut tx, &gaps.records, vec![edit]).await?;
        let mut run = BulkRun::new(&mut tx, writer, sheet, bulk, (change, false)).await?;
        run.commits(&mut tx, actor, commits).await?;
        tx.commit().await?;
        run.show();
        Ok(run)
    }
}
