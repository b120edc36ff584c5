//! Which spaces a guest may enter, and what of each they see (section 2.2 of the wire contract).

use serde_json::json;

use super::spaces::find_space;
use super::{Result, ServiceError, announce, guest_links};
use crate::domain::access::{Actor, Role};
use crate::domain::event::Topic;
use crate::domain::guest::{self, Grant, Guest, Part, Parts};
use crate::domain::ids::{GuestId, SpaceId};
use crate::domain::space::Space;
use crate::store::{Tx, grants, guest_roles, now, sheets, spaces, workbooks};

/// Most workbooks and sheets that a grant names.
const MOST_PARTS: usize = 1_000;

/// A space that a guest is to enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// The space.
    pub space_id: SpaceId,
    /// What of it they are to see; all of it when nothing is said.
    pub only: Option<Parts>,
}

impl From<SpaceId> for NewGrant {
    fn from(space_id: SpaceId) -> Self {
        Self { space_id, only: None }
    }
}

/// Lets a guest into spaces of their environment, and has them see there what is said now; the spaces that they could
/// not enter before.
pub(super) async fn grant(
    tx: &mut Tx,
    actor: &Actor,
    guest: &Guest,
    wanted: &[NewGrant],
) -> Result<Vec<Space>> {
    let mut entered = Vec::new();
    for NewGrant { space_id, only } in wanted {
        let space = find_space(tx, actor, space_id).await?;
        if space.environment_id != guest.environment_id {
            return Err(ServiceError::not_found("space", space_id));
        }
        let parts = match only {
            Some(only) => Some(found(tx, actor, &space, only).await?),
            None => None,
        };
        let before = grants::find(tx, &guest.id, space_id).await?;
        let is_new = admit(tx, actor, guest, &space).await?;
        if before.and_then(|before| before.only) != *only {
            grants::narrow(tx, &guest.id, space_id, parts.as_deref()).await?;
        }
        if is_new {
            entered.push(space);
        }
    }
    Ok(entered)
}

/// The workbooks and sheets that are named, if all of them are in that space.
async fn found(tx: &mut Tx, actor: &Actor, space: &Space, only: &Parts) -> Result<Vec<Part>> {
    if only.workbooks.len() + only.sheets.len() > MOST_PARTS {
        let message = format!("spaces: at most {MOST_PARTS} workbooks and sheets of one space");
        return Err(ServiceError::bad_request(message));
    }
    let there = workbooks::list(tx, &actor.scope, &space.id).await?;
    for id in &only.workbooks {
        let is_there = there.iter().any(|workbook| workbook.id == *id);
        is_there.then_some(()).ok_or_else(|| ServiceError::not_found("workbook", id))?;
    }
    let mut named = Vec::with_capacity(only.sheets.len());
    for id in &only.sheets {
        let sheet = sheets::find(tx, &actor.scope, id).await?.filter(|sheet| sheet.space_id == space.id);
        let sheet = sheet.ok_or_else(|| ServiceError::not_found("sheet", id))?;
        named.push((sheet.workbook_id, sheet.id));
    }
    Ok(guest::parts(only.workbooks.clone(), named))
}

/// Lets a guest into one space of their environment; says whether they could not enter it before. What they see there
/// stays when they could.
pub(super) async fn admit(tx: &mut Tx, actor: &Actor, guest: &Guest, space: &Space) -> Result<bool> {
    let is_new = grants::insert(tx, &guest.id, &space.id, now()).await?;
    if is_new {
        tx.emit(announce::of_space(Topic::SpaceGuestAdded, actor, space, json!({})));
    }
    Ok(is_new)
}

/// Takes a space from a guest; says whether they could enter it before.
pub(super) async fn revoke(tx: &mut Tx, actor: &Actor, guest: &GuestId, id: &SpaceId) -> Result<bool> {
    let revoked = grants::delete(tx, guest, id).await?;
    guest_links::end(tx, guest, id).await?;
    if let (true, Some(space)) = (revoked, spaces::find(tx, &actor.scope, id).await?) {
        tx.emit(announce::of_space(Topic::SpaceGuestRemoved, actor, &space, json!({})));
    }
    Ok(revoked)
}

/// Who somebody is who came into a space as that guest, or as nobody in particular: what was granted to them and their
/// roles hold. The token of a page that embeds the space acts for the page, whose rights do not go by roles of guests.
pub(super) async fn came_in(
    tx: &mut Tx,
    space: &Space,
    guest: Option<(&GuestId, &Grant)>,
    role: Role,
) -> Result<Actor> {
    let id = guest.map_or_else(|| space.id.to_string(), |(guest, _)| guest.to_string());
    let mut actor = Actor { id, role, scope: space.scope() };
    let Some((guest, grant)) = guest else { return Ok(actor) };
    if grant.only.is_some() {
        actor.scope = actor.scope.only_granted_to(guest.clone());
    }
    if role == Role::Guest && grant.has_roles {
        for given in guest_roles::of_guest(tx, guest, Some(&space.id)).await? {
            match given.workbook_id {
                Some(workbook) => actor.scope.workbook_roles.push((workbook, given.right.role())),
                None => actor.role = given.right.role(),
            }
        }
    }
    Ok(actor)
}
