//! Guests: invited, changed, let into spaces and kept out of them (section 2.2 of the wire contract).

use std::collections::HashMap;

use super::grants::{NewGrant, grant, revoke};
use super::secrets::GUEST_TOKEN_LIFE;
use super::spaces::find_space;
use super::{ErrorKind, Page, Paged, Result, Service, ServiceError, allow, guest_links};
use crate::domain::access::{Actor, Operation};
use crate::domain::email;
use crate::domain::guest::{self, Grant, Guest, GuestError};
use crate::domain::ids::{EnvironmentId, GuestId, SpaceId};
use crate::domain::space::Space;
use crate::domain::tenant::Environment;
use crate::store::{Tx, grants, guests, new_id, now};

/// Most guests that one request makes.
const MOST_AT_ONCE: usize = 1_000;

/// A guest with the spaces that they may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestWithGrants {
    /// The guest.
    pub guest: Guest,
    /// Where they may go, in the order in which it was granted.
    pub grants: Vec<Grant>,
}

/// What a new guest is given.
#[derive(Debug, Clone)]
pub struct NewGuest {
    /// Where they are known; a key's own environment when absent.
    pub environment_id: Option<EnvironmentId>,
    /// Where invitations go.
    pub email: String,
    /// How they are called; by their address when blank.
    pub name: String,
    /// Where they may go.
    pub spaces: Vec<NewGrant>,
}

/// What changes in a guest; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct GuestChange {
    /// Where they are known, which cannot change.
    pub environment_id: Option<EnvironmentId>,
    /// Where invitations go.
    pub email: Option<String>,
    /// How they are called.
    pub name: Option<String>,
    /// Replaces the list of where they may go.
    pub spaces: Option<Vec<NewGrant>>,
}

impl From<GuestError> for ServiceError {
    fn from(error: GuestError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl Service {
    /// The guests of a space, the oldest first; with an address only who has it.
    pub async fn guests(
        &self,
        actor: &Actor,
        space: &SpaceId,
        email: Option<&str>,
    ) -> Result<Vec<GuestWithGrants>> {
        allow(actor, Operation::ManageGuests)?;
        let email = email.map(email::as_kept);
        let mut tx = self.db.read().await?;
        find_space(&mut tx, actor, space).await?;
        let found = guests::of_space(&mut tx, space, email.as_deref()).await?;
        all_with_grants(&mut tx, actor, found).await
    }

    /// The guests of an environment, the newest first.
    pub async fn guests_of_environment(
        &self,
        actor: &Actor,
        environment: &EnvironmentId,
        page: Page,
    ) -> Result<Paged<GuestWithGrants>> {
        allow(actor, Operation::ManageGuests)?;
        self.environment(actor, environment).await?;
        let mut tx = self.db.read().await?;
        let (found, total) = guests::of_environment(&mut tx, environment, page.offset(), page.size).await?;
        Ok(Paged { items: all_with_grants(&mut tx, actor, found).await?, total })
    }

    /// One guest.
    pub async fn guest(&self, actor: &Actor, id: &GuestId) -> Result<GuestWithGrants> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.read().await?;
        let guest = find(&mut tx, actor, id).await?;
        with_grants(&mut tx, actor, guest).await
    }

    /// Makes guests, all or none. Who is known already by that address gets the name and the spaces as well, so that a
    /// request that is sent twice does what it did once.
    pub async fn create_guests(&self, actor: &Actor, new: Vec<NewGuest>) -> Result<Vec<GuestWithGrants>> {
        allow(actor, Operation::ManageGuests)?;
        if new.len() > MOST_AT_ONCE {
            return Err(ServiceError::bad_request(format!("at most {MOST_AT_ONCE} guests at once")));
        }
        let mut tx = self.db.write().await?;
        let mut made = Vec::new();
        for (position, new) in new.into_iter().enumerate() {
            let (guest, entered) = insert(&mut tx, actor, new)
                .await
                .map_err(|error: ServiceError| error.within(&format!("[{position}]")))?;
            self.mail_links(&mut tx, &guest.guest, &entered).await?;
            made.push(guest);
        }
        tx.commit().await?;
        Ok(made)
    }

    /// Changes a guest.
    pub async fn update_guest(
        &self,
        actor: &Actor,
        id: &GuestId,
        change: GuestChange,
    ) -> Result<GuestWithGrants> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.write().await?;
        let before = find(&mut tx, actor, id).await?;
        if change.environment_id.is_some_and(|other| other != before.environment_id) {
            let message = "environmentId: a guest stays in its environment; make one in the other";
            return Err(ServiceError::bad_request(message));
        }
        let mut guest = before.clone();
        if let Some(email) = change.email {
            guest.email = Some(email::parse(&email)?);
        }
        if let Some(name) = change.name {
            guest.name = guest::name(&name, guest.email.as_deref().unwrap_or(&before.name))?;
        }
        if guest != before {
            refuse_shared(&mut tx, actor, id).await?;
            if let Some(email) = guest.email.as_deref().filter(|_| guest.email != before.email) {
                let other = guests::by_email(&mut tx, &guest.environment_id, email).await?;
                if other.is_some() {
                    return Err(ServiceError::conflict(format!("email: another guest has `{email}`")));
                }
            }
            guest.updated_at = now();
            guests::update(&mut tx, &guest).await?;
            if guest.email != before.email {
                // What was sent to the address of before opens nothing any more.
                for grant in grants::of_guest(&mut tx, &actor.scope, id).await? {
                    guest_links::end(&mut tx, id, &grant.space_id).await?;
                }
            }
        }
        if let Some(wanted) = change.spaces {
            for grant in grants::of_guest(&mut tx, &actor.scope, id).await? {
                if !wanted.iter().any(|one| one.space_id == grant.space_id) {
                    revoke(&mut tx, actor, id, &grant.space_id).await?;
                }
            }
            let entered = grant(&mut tx, actor, &guest, &wanted).await?;
            self.mail_links(&mut tx, &guest, &entered).await?;
        }
        let changed = with_grants(&mut tx, actor, guest).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Takes one space from a guest; without a space, deletes the guest and every grant.
    pub async fn delete_guest(&self, actor: &Actor, id: &GuestId, space: Option<&SpaceId>) -> Result<()> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, id).await?;
        match space {
            Some(space) => {
                let seen = grants::of_guest(&mut tx, &actor.scope, id).await?;
                if !seen.iter().any(|grant| grant.space_id == *space) {
                    return Err(ServiceError::not_found("space of this guest", space));
                }
                revoke(&mut tx, actor, id, space).await?;
            }
            None => {
                refuse_shared(&mut tx, actor, id).await?;
                for grant in grants::of_guest(&mut tx, &actor.scope, id).await? {
                    revoke(&mut tx, actor, id, &grant.space_id).await?;
                }
                guests::delete(&mut tx, id, now()).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// A token by which a guest comes into a space for an hour; the space may be left out where there is only one.
    pub async fn guest_token(&self, actor: &Actor, id: &GuestId, space: Option<&SpaceId>) -> Result<String> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.read().await?;
        let guest = find(&mut tx, actor, id).await?;
        let only = match (space, grants::of_guest(&mut tx, &actor.scope, id).await?.as_slice()) {
            (Some(space), _) => space.clone(),
            (None, [only]) => only.space_id.clone(),
            (None, _) => {
                return Err(ServiceError::bad_request(
                    "spaceId: say which space of the guest: `spaceId=us_sp_…`",
                ));
            }
        };
        check_entry(&mut tx, actor, &guest, &only).await?;
        Ok(self.guest_token_for(id, &only, GUEST_TOKEN_LIFE))
    }
}

/// The guest of that id.
///
/// # Errors
/// There is none for this actor.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: &GuestId) -> Result<Guest> {
    guests::find(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("guest", id))
}

/// Refuses whoever sees one space alone what would change a guest in others, too.
async fn refuse_shared(tx: &mut Tx, actor: &Actor, guest: &GuestId) -> Result<()> {
    if !is_shared(tx, actor, guest).await? {
        return Ok(());
    }
    let message = "this guest may enter other spaces, too, and your role is for one: take this space from them, or ask an admin";
    Err(ServiceError::new(ErrorKind::Forbidden, message))
}

/// Whether a guest may enter spaces that the actor, who sees one alone, does not see.
async fn is_shared(tx: &mut Tx, actor: &Actor, guest: &GuestId) -> Result<bool> {
    match &actor.scope.space_id {
        Some(space) => Ok(grants::is_elsewhere(tx, guest, space).await?),
        None => Ok(false),
    }
}

/// The space, if the guest may enter it now.
pub(super) async fn check_entry(tx: &mut Tx, actor: &Actor, guest: &Guest, space: &SpaceId) -> Result<Space> {
    let found = find_space(tx, actor, space).await?;
    if grants::find(tx, &guest.id, space).await?.is_none() {
        let message = format!("spaceId: the guest may not enter `{space}`; add it to their spaces first");
        return Err(ServiceError::bad_request(message));
    }
    if found.archived_at.is_some() {
        return Err(ServiceError::conflict(
            "the space is archived: unarchive it, and its guests may come in",
        ));
    }
    Ok(found)
}

async fn with_grants(tx: &mut Tx, actor: &Actor, guest: Guest) -> Result<GuestWithGrants> {
    let grants = grants::of_guest(tx, &actor.scope, &guest.id).await?;
    Ok(GuestWithGrants { guest, grants })
}

async fn all_with_grants(tx: &mut Tx, actor: &Actor, found: Vec<Guest>) -> Result<Vec<GuestWithGrants>> {
    let mut grants: HashMap<GuestId, Vec<Grant>> = HashMap::new();
    for (guest, grant) in grants::of_guests(tx, &actor.scope, found.iter().map(|guest| &guest.id)).await? {
        grants.entry(guest).or_default().push(grant);
    }
    let with_grants = |guest: Guest| {
        let grants = grants.remove(&guest.id).unwrap_or_default();
        GuestWithGrants { guest, grants }
    };
    Ok(found.into_iter().map(with_grants).collect())
}

/// Makes a guest or finds the known one; with the spaces that they could not enter before.
async fn insert(tx: &mut Tx, actor: &Actor, new: NewGuest) -> Result<(GuestWithGrants, Vec<Space>)> {
    let email = email::parse(&new.email)?;
    let name = guest::name(&new.name, &email)?;
    let environment = super::environments::named_or_own(tx, actor, new.environment_id).await?;
    let fresh = drafted(&environment, Some(email.clone()), None, name);
    let guest = if guests::insert(tx, &fresh).await? {
        fresh
    } else {
        let known = guests::by_email(tx, &environment.id, &email).await?;
        let mut known = known.ok_or_else(just_deleted)?;
        if known.name != fresh.name && !is_shared(tx, actor, &known.id).await? {
            known = Guest { name: fresh.name, updated_at: fresh.updated_at, ..known };
            guests::update(tx, &known).await?;
        }
        known
    };
    let entered = grant(tx, actor, &guest, &new.spaces).await?;
    Ok((with_grants(tx, actor, guest).await?, entered))
}

/// The guest whom a customer's program knows under that name; made, with a name to show, when there is none yet.
pub(super) async fn of_program(
    tx: &mut Tx,
    environment: &Environment,
    external_id: &str,
    called: Option<&str>,
) -> Result<Guest> {
    let external_id = guest::external_id(external_id)?;
    let known = guests::by_external_id(tx, &environment.id, &external_id).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let name = guest::name(called.unwrap_or_default(), &external_id).unwrap_or_else(|_| external_id.clone());
    let fresh = drafted(environment, None, Some(external_id.clone()), name);
    if guests::insert(tx, &fresh).await? {
        return Ok(fresh);
    }
    let known = guests::by_external_id(tx, &environment.id, &external_id).await?;
    known.ok_or_else(just_deleted)
}

fn just_deleted() -> ServiceError {
    ServiceError::conflict("this guest was just deleted; try again")
}

fn drafted(
    environment: &Environment,
    email: Option<String>,
    external_id: Option<String>,
    name: String,
) -> Guest {
    let moment = now();
    Guest {
        id: new_id(),
        account_id: environment.account_id.clone(),
        environment_id: environment.id.clone(),
        email,
        external_id,
        name,
        created_at: moment,
        updated_at: moment,
    }
}
