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
        let total = view.count(&mut tx, query).await?;
        let records = view.page(&mut tx, query, offset, limit, None).await?;
        let mut frame = Frame { version: view.version(), total, offset, ..Frame::default() };
        frame.columns = sheet.columns().map(|(_, field)| FrameColumn::new(field.key.as_str())).collect();
        for (row, record) in records.iter().enumerate() {
            let id = sheet.record_key.id(record.number);
            frame.rows.push(FrameRow {
                id: id.trim_start_matches(RecordId::PREFIX).to_string(),
                position: offset + row as u64,
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
