//! Views: the saved queries of the sheets.

use serde_json::{Map, Value};

use super::convert::{damaged, from_json, id, json};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::{SheetId, ViewId};
use crate::domain::time::Timestamp;
use crate::domain::view::{View, ViewConfig};

const COLUMNS: &str = "views.id, sheets.id, views.name, views.config, views.created_by";

type Row = (String, String, String, String, String);

fn read((view, sheet, name, config, created_by): Row) -> Result<View, StoreError> {
    let members: Map<String, Value> = from_json("views.config", &config)?;
    let config = ViewConfig::parse(members).map_err(|error| damaged("views.config", error))?;
    Ok(View { id: id("views.id", &view)?, sheet_id: id("sheets.id", &sheet)?, name, config, created_by })
}

/// Keeps a new view of the sheet of that number.
pub async fn insert(tx: &mut Tx, sheet: i64, view: &View, now: Timestamp) -> Result<(), StoreError> {
    let text =
        "INSERT INTO views (id, sheet, name, config, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let statement = Statement::new(text)
        .bind(&view.id)
        .bind(sheet)
        .bind(&view.name)
        .bind(json(view.config.members())?)
        .bind(&view.created_by)
        .bind(now);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps the name and the config of a view.
pub async fn update(tx: &mut Tx, view: &View) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE views SET name = $2, config = $3 WHERE id = $1")
        .bind(&view.id)
        .bind(&view.name)
        .bind(json(view.config.members())?);
    tx.execute(statement).await.map(|_| ())
}

/// The view of that id. Whether its sheet may be seen is for the caller to find out.
pub async fn find(tx: &mut Tx, id: &ViewId) -> Result<Option<View>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push(" FROM views JOIN sheets ON sheets.number = views.sheet")
        .push_bind(" WHERE views.deleted_at IS NULL AND views.id = ", id);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// One page of the views of a sheet, in the order in which they were made, and how many there are.
pub async fn list(
    tx: &mut Tx,
    sheet: &SheetId,
    offset: u64,
    limit: u64,
) -> Result<(Vec<View>, u64), StoreError> {
    let rest = Statement::new("FROM views JOIN sheets ON sheets.number = views.sheet")
        .push_bind(" WHERE views.deleted_at IS NULL AND sheets.id = ", sheet);
    let order = " ORDER BY views.created_at, views.id";
    let (rows, total) = tx.page::<Row>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(read).collect::<Result<_, _>>()?, total))
}

/// Marks a view as deleted, or with no moment as there again.
pub async fn mark_deleted(tx: &mut Tx, id: &ViewId, moment: Option<Timestamp>) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE views SET deleted_at = $2 WHERE id = $1").bind(id).bind(moment);
    tx.execute(statement).await.map(|_| ())
}

/// The sheet of a view, deleted or not.
pub async fn sheet_of(tx: &mut Tx, id: &ViewId) -> Result<Option<SheetId>, StoreError> {
    let statement = Statement::select("sheets.id")
        .push(" FROM views JOIN sheets ON sheets.number = views.sheet")
        .push_bind(" WHERE views.id = ", id);
    let found: Option<(String,)> = tx.optional(statement).await?;
    found.map(|(sheet,)| super::convert::id("sheets.id", &sheet)).transpose()
}
