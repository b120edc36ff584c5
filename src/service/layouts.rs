//! Layouts: how each person has the columns of a sheet. They belong to the person: nobody else sees or hears of them.

use super::{Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::SheetId;
use crate::domain::layout::{MOST_COLUMNS, NARROWEST, SheetLayout, WIDEST};
use crate::domain::workbook::Sheet;
use crate::store::layouts;

impl Service {
    /// The layout that the actor has of a sheet, with every field of it.
    pub async fn layout(&self, actor: &Actor, sheet: &Sheet) -> Result<SheetLayout> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let kept = layouts::find(&mut tx, actor.id.as_str(), sheet.number).await?.unwrap_or_default();
        Ok(complete(sheet, &kept))
    }

    /// Keeps how the actor has the columns of a sheet.
    pub async fn keep_layout(&self, actor: &Actor, id: &SheetId, layout: SheetLayout) -> Result<()> {
        allow(actor, Operation::ReadSpace)?;
        if layout.columns.len() > MOST_COLUMNS {
            let message = format!("columns: a layout names at most {MOST_COLUMNS} columns");
            return Err(ServiceError::bad_request(message));
        }
        let width = |width: &u16| !(NARROWEST..=WIDEST).contains(width);
        if let Some(width) = layout.columns.iter().filter_map(|place| place.width).find(width) {
            let message = format!("columns: {width} is no width; use {NARROWEST} to {WIDEST}");
            return Err(ServiceError::bad_request(message));
        }
        let mut tx = self.db.write().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        layouts::keep(&mut tx, actor.id.as_str(), sheet.number, &complete(&sheet, &layout)).await?;
        Ok(tx.commit().await?)
    }

    /// Hides columns of a sheet for the actor. Keys of no field are passed over.
    pub async fn hide_columns(&self, actor: &Actor, id: &SheetId, keys: &[String]) -> Result<SheetLayout> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.write().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let kept = layouts::find(&mut tx, actor.id.as_str(), sheet.number).await?.unwrap_or_default();
        let mut layout = complete(&sheet, &kept);
        layout.hide(keys);
        layouts::keep(&mut tx, actor.id.as_str(), sheet.number, &layout).await?;
        tx.commit().await?;
        Ok(layout)
    }
}

/// The layout with every field of the sheet.
fn complete(sheet: &Sheet, layout: &SheetLayout) -> SheetLayout {
    let fields: Vec<&str> = sheet.columns().map(|(_, field)| field.key.as_str()).collect();
    layout.complete(&fields)
}
