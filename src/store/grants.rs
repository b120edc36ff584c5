//! Which spaces guests may enter, and what of them they see there.

use super::convert::{id, moment, optional_id};
use super::rows::{Kind, Rows};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::guest::{Grant, Part, Parts};
use crate::domain::ids::{GuestId, Id, SpaceId};
use crate::domain::time::Timestamp;

const GRANT: &str = "g.guest_id, g.space_id, g.last_accessed_at, g.narrowed,
        EXISTS (SELECT 1 FROM guest_roles r WHERE r.guest_id = g.guest_id AND r.space_id = g.space_id) AS has_roles,
        p.workbook_id, p.sheet_id
    FROM guest_spaces g JOIN spaces s ON s.id = g.space_id
    LEFT JOIN guest_parts p ON p.space_id = g.space_id AND p.guest_id = g.guest_id WHERE s.deleted_at IS NULL";
/// What was granted first is first; the rows of one grant stand together.
const IN_ORDER: &str = " ORDER BY g.created_at, g.space_id, g.guest_id, p.position";

#[derive(sqlx::FromRow)]
struct GrantRow {
    guest_id: String,
    space_id: String,
    last_accessed_at: Option<i64>,
    narrowed: bool,
    has_roles: bool,
    workbook_id: Option<String>,
    sheet_id: Option<String>,
}

/// Grants as their rows say them: one for each part.
fn read(rows: Vec<GrantRow>) -> Result<Vec<(GuestId, Grant)>, StoreError> {
    let mut grants: Vec<(GuestId, Grant)> = Vec::new();
    for row in rows {
        let guest: GuestId = id("guest_spaces.guest_id", &row.guest_id)?;
        let space_id: SpaceId = id("guest_spaces.space_id", &row.space_id)?;
        let is_same = grants.last().is_some_and(|(last, grant)| *last == guest && grant.space_id == space_id);
        if !is_same {
            let only = row.narrowed.then(Parts::default);
            let (last_accessed_at, has_roles) = (moment(row.last_accessed_at), row.has_roles);
            grants.push((guest, Grant { space_id, only, has_roles, last_accessed_at }));
        }
        let Some(only) = grants.last_mut().and_then(|(_, grant)| grant.only.as_mut()) else { continue };
        match optional_id("guest_parts.sheet_id", row.sheet_id)? {
            Some(sheet) => only.sheets.push(sheet),
            None => only.workbooks.extend(optional_id("guest_parts.workbook_id", row.workbook_id)?),
        }
    }
    Ok(grants)
}

/// The spaces in that scope that a guest may enter, in the order in which they were granted.
pub async fn of_guest(tx: &mut Tx, scope: &Scope, guest: &GuestId) -> Result<Vec<Grant>, StoreError> {
    let statement = Statement::select(GRANT)
        .push_bind(" AND g.guest_id = ", guest)
        .filter(" AND g.space_id = ", scope.space_id.as_ref())
        .push(IN_ORDER);
    Ok(read(tx.all(statement).await?)?.into_iter().map(|(_, grant)| grant).collect())
}

/// The spaces in that scope that each of some guests may enter.
pub async fn of_guests<'a>(
    tx: &mut Tx,
    scope: &Scope,
    guests: impl IntoIterator<Item = &'a GuestId>,
) -> Result<Vec<(GuestId, Grant)>, StoreError> {
    let guests = Rows::of_ids(guests)?;
    let statement = Statement::select(GRANT)
        .push(" AND g.guest_id")
        .push_among(tx, guests)
        .filter(" AND g.space_id = ", scope.space_id.as_ref())
        .push(IN_ORDER);
    read(tx.all(statement).await?)
}

/// Whether a guest may enter another space than that.
pub async fn is_elsewhere(tx: &mut Tx, guest: &GuestId, space: &SpaceId) -> Result<bool, StoreError> {
    let text = "SELECT 1 FROM guest_spaces g JOIN spaces s ON s.id = g.space_id
        WHERE g.guest_id = $1 AND g.space_id <> $2 AND s.deleted_at IS NULL LIMIT 1";
    Ok(tx.optional::<(i32,)>(Statement::new(text).bind(guest).bind(space)).await?.is_some())
}

/// The grant of one space to a guest who is there; nothing when there is none.
pub async fn find(tx: &mut Tx, guest: &GuestId, space: &SpaceId) -> Result<Option<Grant>, StoreError> {
    let statement = Statement::select(GRANT)
        .push_bind(" AND g.space_id = ", space)
        .push_bind(" AND g.guest_id = ", guest)
        .push(" AND EXISTS (SELECT 1 FROM guests WHERE guests.id = g.guest_id AND guests.deleted_at IS NULL)")
        .push(IN_ORDER);
    Ok(read(tx.all(statement).await?)?.pop().map(|(_, grant)| grant))
}

/// Lets a guest enter a space; says whether they could not before.
pub async fn insert(
    tx: &mut Tx,
    guest: &GuestId,
    space: &SpaceId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.rights_changed();
    let text = "INSERT INTO guest_spaces (space_id, guest_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(tx.execute(Statement::new(text).bind(space).bind(guest).bind(now)).await? > 0)
}

const PARTS: [(&str, Kind); 4] = [
    ("position", Kind::Integer),
    ("workbook_id", Kind::Text),
    ("sheet_id", Kind::Text),
    ("whole", Kind::Integer),
];

/// Says what of a space a guest sees who may enter it; all of it when `only` is nothing.
pub async fn narrow(
    tx: &mut Tx,
    guest: &GuestId,
    space: &SpaceId,
    only: Option<&[Part]>,
) -> Result<(), StoreError> {
    tx.rights_changed();
    let text = "UPDATE guest_spaces SET narrowed = $3 WHERE space_id = $1 AND guest_id = $2";
    tx.execute(Statement::new(text).bind(space).bind(guest).bind(only.is_some())).await?;
    let text = "DELETE FROM guest_parts WHERE space_id = $1 AND guest_id = $2";
    tx.execute(Statement::new(text).bind(space).bind(guest)).await?;
    let Some(only) = only.filter(|only| !only.is_empty()) else { return Ok(()) };
    let mut rows = Rows::default();
    for (position, part) in only.iter().enumerate() {
        let sheet = part.sheet_id.as_ref().map(Id::as_str);
        rows.add(&(position, part.workbook_id.as_str(), sheet, i64::from(part.is_whole)))?;
    }
    let statement = Statement::new(
        "INSERT INTO guest_parts (space_id, guest_id, position, workbook_id, sheet_id, whole)",
    )
    .push_bind(" SELECT ", space)
    .push_bind(", ", guest)
    .push(", position, workbook_id, sheet_id, whole = 1 FROM ")
    .push_rows(tx, &PARTS, rows)
    .push(" AS named");
    tx.execute(statement).await.map(|_| ())
}

/// Takes a space from a guest, with their roles there; says whether they could enter it before.
pub async fn delete(tx: &mut Tx, guest: &GuestId, space: &SpaceId) -> Result<bool, StoreError> {
    tx.rights_changed();
    let mut rows = 0;
    for text in [
        "DELETE FROM guest_parts WHERE space_id = $1 AND guest_id = $2",
        "DELETE FROM guest_roles WHERE space_id = $1 AND guest_id = $2",
        "DELETE FROM guest_spaces WHERE space_id = $1 AND guest_id = $2",
    ] {
        rows = tx.execute(Statement::new(text).bind(space).bind(guest)).await?;
    }
    Ok(rows > 0)
}

/// Takes every space from a guest.
pub(super) async fn delete_all(tx: &mut Tx, guest: &GuestId) -> Result<(), StoreError> {
    tx.rights_changed();
    for text in [
        "DELETE FROM guest_parts WHERE guest_id = $1",
        "DELETE FROM guest_roles WHERE guest_id = $1",
        "DELETE FROM guest_spaces WHERE guest_id = $1",
    ] {
        tx.execute(Statement::new(text).bind(guest)).await?;
    }
    Ok(())
}

/// Takes note that a guest is in a space.
pub async fn note_access(
    tx: &mut Tx,
    guest: &GuestId,
    space: &SpaceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let text = "UPDATE guest_spaces SET last_accessed_at = $3 WHERE space_id = $1 AND guest_id = $2";
    tx.execute(Statement::new(text).bind(space).bind(guest).bind(now)).await.map(|_| ())
}
