//! What the cells of some fields come to: empty, wrong, different, sums, the smallest and the largest.

use super::read_records::RecordRead;
use super::{Result, Service};
use crate::domain::access::Actor;
use crate::domain::ids::SheetId;
use crate::domain::query::RecordQuery;
use crate::domain::workbook::Sheet;
use crate::sheets::{Calculated, Calculation};

impl Service {
    /// Calculates fields over the records that a query finds, or each over some of its rows; and the version of
    /// the sheet that was looked at.
    pub async fn calculate(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        wanted: &[Calculation],
    ) -> Result<(i64, Vec<Calculated>)> {
        let (mut tx, _, view) = self.view_of(actor, id).await?;
        Ok((view.version(), view.calculate(&mut tx, query, None, wanted).await?))
    }

    /// Calculates every field over the records that a read means, in the order of the columns; and the sheet.
    pub async fn calculate_all(
        &self,
        actor: &Actor,
        id: &SheetId,
        read: &RecordRead,
    ) -> Result<(Sheet, Vec<Calculated>)> {
        let mut tx = self.db.read().await?;
        let (sheet, view, numbers) = self.meant(&mut tx, actor, id, read).await?;
        let wanted: Vec<Calculation> = sheet
            .columns()
            .map(|(_, field)| Calculation { field: field.key.to_string(), distinct: false, rows: None })
            .collect();
        let calculated = view.calculate(&mut tx, &read.query, numbers.as_deref(), &wanted).await?;
        Ok((sheet, calculated))
    }
}
