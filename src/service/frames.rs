//! Pages of the grid.

use super::{Result, Service, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::frame::{Frame, FrameColumn, FrameMessage, FrameRow};
use crate::domain::ids::{Id, RecordId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::Record;

impl Service {
    /// The records at `offset` of what a query finds, in the newest version of the sheet.
    pub async fn frame(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        offset: u64,
        limit: usize,
    ) -> Result<Frame> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        let found = view.positions(&mut tx, query).await?;
        let all = view.positions(&mut tx, &RecordQuery::default()).await?;
        let page = found.page(usize::try_from(offset).unwrap_or(usize::MAX), limit);
        let records = view.at(&mut tx, &page, None).await?;
        let mut frame =
            Frame { version: view.version(), total: found.len() as u64, offset, ..Frame::default() };
        frame.columns = sheet.columns().map(|(_, field)| FrameColumn::new(field.key.as_str())).collect();
        for (row, (record, position)) in records.iter().zip(page).enumerate() {
            let id = sheet.record_key.id(record.number);
            frame.rows.push(FrameRow {
                id: id.trim_start_matches(RecordId::PREFIX).to_string(),
                // Deleted records leave gaps between positions, and people count without gaps.
                position: all.before(position) as u64,
                flags: record
                    .cells
                    .iter()
                    .flat_map(|cell| &cell.messages)
                    .map(|message| message.level)
                    .collect(),
            });
            push_cells(&mut frame, row as u32, record);
        }
        Ok(frame)
    }
}

fn push_cells(frame: &mut Frame, row: u32, record: &Record) {
    for (column, cell) in record.cells.iter().enumerate() {
        frame.columns[column].push(cell.text.as_deref());
        frame.messages.extend(cell.messages.iter().map(|message| FrameMessage {
            row,
            column: column as u32,
            level: message.level,
            text: message.text.clone(),
        }));
    }
}
