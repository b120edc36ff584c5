//! What guests may do in spaces and workbooks.

use super::convert::{id, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::guest::{GuestRight, GuestRole};
use crate::domain::ids::{ActorRoleId, GuestId, SpaceId};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, guest_id, space_id, workbook_id, role, created_at FROM guest_roles";

type Row = (String, String, String, Option<String>, String, i64);

fn read((role_id, guest, space, workbook, word, created): Row) -> Result<GuestRole, StoreError> {
    let right = GuestRight::ALL.into_iter().find(|right| right.word() == word);
    let unknown = || StoreError::Damaged(format!("guest_roles.role: `{word}` is no role"));
    Ok(GuestRole {
        id: id("guest_roles.id", &role_id)?,
        guest_id: id("guest_roles.guest_id", &guest)?,
        space_id: id("guest_roles.space_id", &space)?,
        workbook_id: optional_id("guest_roles.workbook_id", workbook)?,
        right: right.ok_or_else(unknown)?,
        created_at: Timestamp(created),
    })
}

/// Gives a guest a role; a conflict when they have one for the same.
pub async fn insert(tx: &mut Tx, role: &GuestRole) -> Result<(), StoreError> {
    tx.rights_changed();
    let statement = Statement::new(
        "INSERT INTO guest_roles (id, guest_id, space_id, workbook_id, resource_id, role, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&role.id)
    .bind(&role.guest_id)
    .bind(&role.space_id)
    .bind(&role.workbook_id)
    .bind(role.resource_id())
    .bind(role.right.word())
    .bind(role.created_at);
    tx.execute(statement).await.map(|_| ())
}

/// The roles of a guest in all spaces or in one, in the order in which they were given.
pub async fn of_guest(
    tx: &mut Tx,
    guest: &GuestId,
    space: Option<&SpaceId>,
) -> Result<Vec<GuestRole>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" WHERE guest_id = ", guest)
        .filter(" AND space_id = ", space)
        .push(" ORDER BY created_at, id");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// Takes a role from a guest, in any space or in one; says whether they had it.
pub async fn delete(
    tx: &mut Tx,
    guest: &GuestId,
    role: &ActorRoleId,
    space: Option<&SpaceId>,
) -> Result<bool, StoreError> {
    tx.rights_changed();
    let statement = Statement::new("DELETE FROM guest_roles")
        .push_bind(" WHERE guest_id = ", guest)
        .push_bind(" AND id = ", role)
        .filter(" AND space_id = ", space);
    Ok(tx.execute(statement).await? > 0)
}
