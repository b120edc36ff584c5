//! Actions that stand on their own.

use super::convert::{damaged, from_json, id, json};
use super::granted::Kind;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{ActionId, SpaceId};
use crate::domain::mount::{Origin, PlacedAction, Target};
use crate::domain::space::Space;
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, space_id, target_id, config, created_at, updated_at";

type Row = (String, String, String, String, i64, i64);

fn read((action, space, target, config, created_at, updated_at): Row) -> Result<PlacedAction, StoreError> {
    Ok(PlacedAction {
        id: id("actions.id", &action)?,
        space_id: id("actions.space_id", &space)?,
        target: Target::parse(&target).map_err(|error| damaged("actions.target_id", error))?,
        action: from_json("actions.config", &config)?,
        origin: Origin::Alone,
        created_at: Timestamp(created_at),
        updated_at: Timestamp(updated_at),
    })
}

/// The operation and the place, of which a target has each pair once.
fn names(placed: &PlacedAction) -> (String, String) {
    let mut mount = placed.mount();
    mount.only.sort();
    mount.only.dedup();
    let place = format!("{} {}", mount.kind.as_str(), mount.only.join(" "));
    (placed.action.operation().unwrap_or_default().to_string(), place.trim_end().to_string())
}

/// Keeps a new action of a space. One of the same operation at the same place of the target is a
/// [`StoreError::Conflict`].
pub async fn insert(
    tx: &mut Tx,
    space: &Space,
    placed: &PlacedAction,
    created_by: &str,
) -> Result<(), StoreError> {
    let (operation, place) = names(placed);
    let text =
        "INSERT INTO actions (id, account_id, environment_id, space_id, target_id, operation, place, config,
            created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let statement = Statement::new(text)
        .bind(&placed.id)
        .bind(&space.account_id)
        .bind(&space.environment_id)
        .bind(&space.id)
        .bind(placed.target.as_str())
        .bind(operation)
        .bind(place)
        .bind(json(&placed.action)?)
        .bind(created_by)
        .bind(placed.created_at)
        .bind(placed.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps what an action is now. A conflict is one as of [`insert`].
pub async fn update(tx: &mut Tx, placed: &PlacedAction) -> Result<(), StoreError> {
    let (operation, place) = names(placed);
    let text = "UPDATE actions SET operation = $2, place = $3, config = $4, updated_at = $5
        WHERE id = $1 AND deleted_at IS NULL";
    let statement = Statement::new(text)
        .bind(&placed.id)
        .bind(operation)
        .bind(place)
        .bind(json(&placed.action)?)
        .bind(placed.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Deletes an action.
pub async fn delete(tx: &mut Tx, action: &ActionId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE actions SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL");
    tx.execute(statement.bind(action).bind(now)).await.map(|_| ())
}

/// The action of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, action: &ActionId) -> Result<Option<PlacedAction>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM actions WHERE deleted_at IS NULL AND id = ", action)
        .within_parts(scope, Kind::Actions);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The actions of a space, in the order in which they were made.
pub async fn list(tx: &mut Tx, scope: &Scope, space: &SpaceId) -> Result<Vec<PlacedAction>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM actions WHERE deleted_at IS NULL AND space_id = ", space)
        .within_parts(scope, Kind::Actions)
        .push(" ORDER BY created_at, id");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}
