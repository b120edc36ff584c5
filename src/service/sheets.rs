//! Sheets: read, renamed, deleted. Their records are in [`super::records`].

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::locks::refuse_locked;
use super::workbooks::find_workbook;
use super::{Result, Service, ServiceError, allow, announce};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::{SheetId, SpaceId, WorkbookId};
use crate::domain::workbook::Sheet;
use crate::store::{Tx, now, sheets, workbooks};

/// What changes in a sheet beside its blueprint; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SheetChange {
    /// What people read.
    pub name: Option<String>,
    /// The name in the API and in events.
    pub slug: Option<String>,
    /// Replaces the stored object.
    pub metadata: Option<Option<Value>>,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<Option<String>>,
}

impl Service {
    /// The sheets of a space to which somebody is kept to whom only parts of it were granted; nothing for everybody else.
    pub async fn granted_sheets(&self, actor: &Actor, space: &SpaceId) -> Result<Option<HashSet<SheetId>>> {
        allow(actor, Operation::ReadSpace)?;
        if actor.scope.granted_to.is_none() {
            return Ok(None);
        }
        let mut tx = self.db.read().await?;
        Ok(Some(sheets::ids(&mut tx, &actor.scope, space).await?.into_iter().collect()))
    }

    /// The sheets of a workbook, in order.
    pub async fn sheets(&self, actor: &Actor, workbook: &WorkbookId) -> Result<Vec<Sheet>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find_workbook(&mut tx, actor, workbook).await?;
        Ok(sheets::list(&mut tx, &actor.scope, workbook).await?)
    }

    /// One sheet.
    pub async fn sheet(&self, actor: &Actor, id: &SheetId) -> Result<Sheet> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// Changes what a sheet is called, and what else it has beside its blueprint. Nothing is told when nothing is
    /// another.
    pub async fn update_sheet(&self, actor: &Actor, id: &SheetId, change: SheetChange) -> Result<Sheet> {
        allow(actor, Operation::ManageWorkbook)?;
        let mut tx = self.db.write().await?;
        let before = find(&mut tx, actor, id).await?;
        let mut sheet = before.clone();
        if let Some(name) = change.name {
            Arc::make_mut(&mut sheet.config).name = name;
        }
        if let Some(slug) = change.slug.filter(|slug| !slug.is_empty()) {
            let neighbours = sheets::list(&mut tx, &actor.scope, &sheet.workbook_id).await?;
            if neighbours.iter().any(|other| other.id != *id && other.slug == slug) {
                return Err(ServiceError::bad_request(format!(
                    "slug: `{slug}` is the slug of another sheet of this workbook"
                )));
            }
            Arc::make_mut(&mut sheet.config).slug = Some(slug.clone());
            sheet.slug = slug;
        }
        sheet.config.check()?;
        sheet.metadata = change.metadata.unwrap_or(sheet.metadata);
        if let Some(namespace) = change.namespace {
            sheet.namespace = namespace.filter(|name| !name.is_empty());
        }
        if sheet == before {
            return Ok(sheet);
        }
        sheet.updated_at = now();
        sheets::update_config(&mut tx, &sheet).await?;
        let payload = json!({ "changes": [{ "type": "config_updated", "details": {} }] });
        tx.emit(announce::of_sheet(Topic::SheetUpdated, &actor.id, &sheet, payload));
        tx.commit().await?;
        Ok(sheet)
    }

    /// Deletes a sheet with its records.
    pub async fn delete_sheet(&self, actor: &Actor, id: &SheetId) -> Result<()> {
        allow(actor, Operation::ManageWorkbook)?;
        let mut tx = self.db.write().await?;
        let sheet = find(&mut tx, actor, id).await?;
        refuse_locked(actor, &sheet)?;
        sheets::delete(&mut tx, id, now()).await?;
        let payload = json!({ "name": sheet.config.name, "slug": sheet.slug });
        tx.emit(announce::of_sheet(Topic::SheetDeleted, &actor.id, &sheet, payload));
        tell_workbook(&mut tx, actor, "sheet_removed", &sheet).await?;
        Ok(tx.commit().await?)
    }
}

/// Says of a workbook that it has a sheet more or less.
pub(super) async fn tell_workbook(tx: &mut Tx, actor: &Actor, what: &str, sheet: &Sheet) -> Result<()> {
    let Some(mut workbook) = workbooks::find(tx, &actor.scope, &sheet.workbook_id).await? else {
        return Ok(());
    };
    workbook.updated_at = now();
    workbooks::update(tx, &workbook).await?;
    let payload = json!({ "changes": [announce::sheet_change(what, sheet)] });
    tx.emit(announce::of_workbook(Topic::WorkbookUpdated, actor, &workbook, &sheet.whereabouts, payload));
    Ok(())
}

/// The sheet, or the error that it is not there for this actor.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: &SheetId) -> Result<Sheet> {
    sheets::find(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("sheet", id))
}
