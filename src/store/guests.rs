//! Guests.

use super::convert::id;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::guest::Guest;
use crate::domain::ids::{EnvironmentId, GuestId, SpaceId};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, account_id, environment_id, email, external_id, name, created_at, updated_at";

type Row = (String, String, String, Option<String>, Option<String>, String, i64, i64);

fn read(
    (guest, account, environment, email, external_id, name, created, updated): Row,
) -> Result<Guest, StoreError> {
    Ok(Guest {
        id: id("guests.id", &guest)?,
        account_id: id("guests.account_id", &account)?,
        environment_id: id("guests.environment_id", &environment)?,
        email,
        external_id,
        name,
        created_at: Timestamp(created),
        updated_at: Timestamp(updated),
    })
}

/// Keeps a new guest, unless the environment knows one of that address or external id; says whether it did.
pub async fn insert(tx: &mut Tx, guest: &Guest) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "INSERT INTO guests (id, account_id, environment_id, email, external_id, name, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(&guest.id)
    .bind(&guest.account_id)
    .bind(&guest.environment_id)
    .bind(&guest.email)
    .bind(&guest.external_id)
    .bind(&guest.name)
    .bind(guest.created_at)
    .bind(guest.updated_at);
    Ok(tx.execute(statement).await? > 0)
}

/// Keeps everything of a guest that can change.
pub async fn update(tx: &mut Tx, guest: &Guest) -> Result<(), StoreError> {
    tx.rights_changed();
    let statement = Statement::new(
        "UPDATE guests SET email = $2, name = $3, updated_at = $4 WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&guest.id)
    .bind(&guest.email)
    .bind(&guest.name)
    .bind(guest.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Deletes a guest and takes every space from them.
pub async fn delete(tx: &mut Tx, id: &GuestId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE guests SET deleted_at = $2 WHERE id = $1").bind(id).bind(now);
    tx.execute(statement).await?;
    super::grants::delete_all(tx, id).await
}

/// The guest of that id; within one space only who may enter it.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &GuestId) -> Result<Option<Guest>, StoreError> {
    let mut statement = Statement::select(COLUMNS)
        .push_bind(" FROM guests WHERE deleted_at IS NULL AND id = ", id)
        .push_bind(" AND account_id = ", &scope.account_id)
        .filter(" AND environment_id = ", scope.environment_id.as_ref());
    if let Some(space) = &scope.space_id {
        statement = statement
            .push_bind(" AND id IN (SELECT guest_id FROM guest_spaces WHERE space_id = ", space)
            .push(")");
    }
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The guest of that address, which is in lower case.
pub async fn by_email(
    tx: &mut Tx,
    environment: &EnvironmentId,
    email: &str,
) -> Result<Option<Guest>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM guests WHERE deleted_at IS NULL AND environment_id = ", environment)
        .push_bind(" AND email = ", email);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The guest whom a customer's program knows under that name.
pub async fn by_external_id(
    tx: &mut Tx,
    environment: &EnvironmentId,
    external_id: &str,
) -> Result<Option<Guest>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM guests WHERE deleted_at IS NULL AND environment_id = ", environment)
        .push_bind(" AND external_id = ", external_id);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The guests of a space, the oldest first; only the one of an address when it is given.
pub async fn of_space(tx: &mut Tx, space: &SpaceId, email: Option<&str>) -> Result<Vec<Guest>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(
            " FROM guests WHERE deleted_at IS NULL AND id IN
            (SELECT guest_id FROM guest_spaces WHERE space_id = ",
            space,
        )
        .push(")")
        .filter(" AND email = ", email)
        .push(" ORDER BY created_at, email, id");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// One page of the guests of an environment, the newest first, and how many there are.
pub async fn of_environment(
    tx: &mut Tx,
    environment: &EnvironmentId,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Guest>, u64), StoreError> {
    let rest = Statement::new("FROM guests WHERE deleted_at IS NULL")
        .push_bind(" AND environment_id = ", environment);
    let order = " ORDER BY created_at DESC, id DESC";
    let (rows, total) = tx.page::<Row>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(read).collect::<Result<_, _>>()?, total))
}
