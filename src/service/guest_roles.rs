//! What guests may do in spaces and workbooks (section 2.2 of the wire contract). Without a role they read, write records
//! and files and run jobs. A role in a workbook goes before that in its space.

use super::guests::find;
use super::roles::{Assignment, guest_role_id};
use super::spaces::find_space;
use super::workbooks::find_workbook;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::guest::{GuestRight, GuestRole};
use crate::domain::ids::{ActorRoleId, GuestId, Id, SpaceId, WorkbookId};
use crate::store::{Tx, grants, guest_roles, new_id, now};

impl Service {
    /// The roles of a guest, in the order in which they were given.
    pub async fn guest_roles(&self, actor: &Actor, guest: &GuestId) -> Result<Vec<GuestRole>> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, guest).await?;
        Ok(guest_roles::of_guest(&mut tx, guest, actor.scope.space_id.as_ref()).await?)
    }

    /// Gives a guest a role in a space that they may enter, or in a workbook of it.
    ///
    /// # Errors
    /// When they have one there, may not enter the space, or there is no such role, or the actor may not.
    pub async fn assign_guest_role(
        &self,
        actor: &Actor,
        guest: &GuestId,
        assignment: &Assignment,
    ) -> Result<GuestRole> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.write().await?;
        let guest = find(&mut tx, actor, guest).await?;
        let mut right = None;
        for known in GuestRight::ALL {
            if guest_role_id(&guest.account_id, known)?.as_str() == assignment.role_id {
                right = Some(known);
            }
        }
        let right = right.ok_or_else(|| {
            let id = &assignment.role_id;
            ServiceError::bad_request(format!(
                "roleId: `{id}` is no role of guests; GET /v1/roles lists them"
            ))
        })?;
        let (space_id, workbook_id) = place(&mut tx, actor, &assignment.resource_id).await?;
        let id = &guest.id;
        if grants::find(&mut tx, id, &space_id).await?.is_none() {
            let message =
                format!("resourceId: the guest may not enter `{space_id}`; add it to their spaces first");
            return Err(ServiceError::bad_request(message));
        }
        let given =
            GuestRole { id: new_id(), guest_id: id.clone(), space_id, workbook_id, right, created_at: now() };
        let there = guest_roles::of_guest(&mut tx, id, Some(&given.space_id)).await?;
        if let Some(role) = there.iter().find(|role| role.workbook_id == given.workbook_id) {
            let message = format!(
                "a guest has one role for each space or workbook, and this one has a role for `{}` already; take it away \
                 first: DELETE /v1/guests/{id}/roles/{}",
                assignment.resource_id, role.id
            );
            return Err(ServiceError::bad_request(message));
        }
        guest_roles::insert(&mut tx, &given).await?;
        tx.commit().await?;
        Ok(given)
    }

    /// Takes a role from a guest, who may do then what those may who have none.
    ///
    /// # Errors
    /// When they do not have it, or the actor may not.
    pub async fn take_guest_role(&self, actor: &Actor, guest: &GuestId, id: &ActorRoleId) -> Result<()> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, guest).await?;
        if !guest_roles::delete(&mut tx, guest, id, actor.scope.space_id.as_ref()).await? {
            return Err(ServiceError::not_found("role of this guest", id));
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The space that an id names, or the workbook and its space.
async fn place(tx: &mut Tx, actor: &Actor, id: &str) -> Result<(SpaceId, Option<WorkbookId>)> {
    if let Ok(id) = SpaceId::parse(id) {
        return Ok((find_space(tx, actor, &id).await?.id, None));
    }
    if let Ok(id) = WorkbookId::parse(id) {
        return Ok((find_workbook(tx, actor, &id).await?.space_id, Some(id)));
    }
    let message = format!("resourceId: `{id}` is not the id of a space or a workbook");
    Err(ServiceError::bad_request(message))
}
