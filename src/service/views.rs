//! Views: queries of a sheet that are kept under a name.

use serde_json::{Map, Value};

use super::{Page, Paged, Result, Service, ServiceError, allow, allow_in, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{SheetId, ViewId};
use crate::domain::view::{View, ViewConfig};
use crate::domain::workbook::Sheet;
use crate::store::{Tx, new_id, now, views};

impl Service {
    /// Keeps a query.
    pub async fn create_view(
        &self,
        actor: &Actor,
        sheet: &SheetId,
        name: String,
        config: Map<String, Value>,
    ) -> Result<View> {
        allow(actor, Operation::WriteRecords)?;
        let config = ViewConfig::parse(config)?;
        let mut tx = self.db.write().await?;
        let sheet = sheets::find(&mut tx, actor, sheet).await?;
        allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
        let view = View {
            id: new_id(),
            sheet_id: sheet.id,
            name: named(name)?,
            config,
            created_by: actor.id.clone(),
        };
        views::insert(&mut tx, sheet.number, &view, now()).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// The views of a sheet.
    pub async fn views(&self, actor: &Actor, sheet: &SheetId, page: Page) -> Result<Paged<View>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, sheet).await?;
        let (items, total) = views::list(&mut tx, &sheet.id, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// One view.
    pub async fn view(&self, actor: &Actor, id: &ViewId) -> Result<View> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// Changes the name or the config of a view; what is absent stays.
    pub async fn update_view(
        &self,
        actor: &Actor,
        id: &ViewId,
        name: Option<String>,
        config: Option<Map<String, Value>>,
    ) -> Result<View> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.write().await?;
        let mut view = find_to_change(&mut tx, actor, id).await?;
        if let Some(name) = name {
            view.name = named(name)?;
        }
        if let Some(config) = config {
            view.config = ViewConfig::parse(config)?;
        }
        views::update(&mut tx, &view).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a view. It can be brought back.
    pub async fn delete_view(&self, actor: &Actor, id: &ViewId) -> Result<()> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.write().await?;
        find_to_change(&mut tx, actor, id).await?;
        views::mark_deleted(&mut tx, id, Some(now())).await?;
        Ok(tx.commit().await?)
    }

    /// Brings a deleted view back, under its old id: links to it lead somewhere again.
    pub async fn restore_view(&self, actor: &Actor, id: &ViewId) -> Result<View> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.write().await?;
        let missing = || ServiceError::not_found("view", id);
        let sheet = views::sheet_of(&mut tx, id).await?.ok_or_else(missing)?;
        crate::store::sheets::find(&mut tx, &actor.scope, &sheet).await?.ok_or_else(missing)?;
        views::mark_deleted(&mut tx, id, None).await?;
        let view = find_to_change(&mut tx, actor, id).await?;
        tx.commit().await?;
        Ok(view)
    }
}

fn named(name: String) -> Result<String> {
    if name.trim().is_empty() {
        return Err(ServiceError::bad_request("name: a view needs a name"));
    }
    Ok(name)
}

/// The view, when the actor sees its sheet.
async fn find(tx: &mut Tx, actor: &Actor, id: &ViewId) -> Result<View> {
    Ok(find_with_sheet(tx, actor, id).await?.0)
}

/// The same, when the actor may also change it.
async fn find_to_change(tx: &mut Tx, actor: &Actor, id: &ViewId) -> Result<View> {
    let (view, sheet) = find_with_sheet(tx, actor, id).await?;
    allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
    Ok(view)
}

async fn find_with_sheet(tx: &mut Tx, actor: &Actor, id: &ViewId) -> Result<(View, Sheet)> {
    let missing = || ServiceError::not_found("view", id);
    let view = views::find(tx, id).await?.ok_or_else(missing)?;
    let sheet = crate::store::sheets::find(tx, &actor.scope, &view.sheet_id).await?.ok_or_else(missing)?;
    Ok((view, sheet))
}
