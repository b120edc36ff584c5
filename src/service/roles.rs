//! The built-in roles of people, and who has which (section 2.2 of the contract).
//!
//! A person has one role: in the account, or in one environment or space alone, and then sees nothing else. What they
//! may do there is the policy's.

use super::users::managed;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::guest::GuestRight;
use crate::domain::ids::{AccountId, ActorRoleId, EnvironmentId, Id, RoleId, SpaceId, UserId};
use crate::domain::tenant::{Account, ActorRole, Resource, UserRole};
use crate::store::{Tx, accounts, new_id, now, roles, spaces};

/// A role that can be given.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltInRole {
    /// Its id in the account.
    pub id: RoleId,
    /// What people read.
    pub name: &'static str,
    /// The account, with which it began.
    pub account: Account,
    /// Guests are given it, and people of the account are not.
    pub is_of_guests: bool,
}

/// Which role for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The role.
    pub role_id: String,
    /// An account, an environment or a space.
    pub resource_id: String,
}

/// What people read of a role, which is also in its id.
fn name_of(role: UserRole) -> &'static str {
    match role {
        UserRole::Admin => "Admin",
        UserRole::Member => "Member",
    }
}

/// What stands in the id of a role of guests, and what people read of it.
fn words_of(right: GuestRight) -> (&'static str, &'static str) {
    match right {
        GuestRight::Editor => ("GuestEditor", "Guest editor"),
        GuestRight::Viewer => ("GuestViewer", "Guest viewer"),
    }
}

/// The id of a built-in role of guests.
pub fn guest_role_id(account: &AccountId, right: GuestRight) -> Result<RoleId> {
    id_of(account, words_of(right).0)
}

/// The id of a built-in role: made of its name and the account's id, so that it stands nowhere.
pub fn role_id(account: &AccountId, role: UserRole) -> Result<RoleId> {
    id_of(account, name_of(role))
}

fn id_of(account: &AccountId, name: &str) -> Result<RoleId> {
    let own = account.as_str().strip_prefix(AccountId::PREFIX).unwrap_or_default();
    Ok(RoleId::parse(&format!("{}{name}{own}", RoleId::PREFIX))?)
}

impl Service {
    /// The roles that can be given.
    pub async fn roles(&self, actor: &Actor) -> Result<Vec<BuiltInRole>> {
        allow(actor, Operation::ReadUsers)?;
        let mut tx = self.db.read().await?;
        let account = accounts::account(&mut tx, &actor.scope.account_id).await?;
        let account = account.ok_or_else(|| ServiceError::not_found("account", &actor.scope.account_id))?;
        let role = |id: Result<RoleId>, name, is_of_guests| {
            Ok(BuiltInRole { id: id?, name, account: account.clone(), is_of_guests })
        };
        let of_people = UserRole::ALL.map(|known| role(role_id(&account.id, known), name_of(known), false));
        let of_guests =
            GuestRight::ALL.map(|known| role(guest_role_id(&account.id, known), words_of(known).1, true));
        of_people.into_iter().chain(of_guests).collect()
    }

    /// The roles of a person: one, or none.
    pub async fn user_roles(&self, actor: &Actor, user: &UserId) -> Result<Vec<ActorRole>> {
        self.user(actor, user).await?;
        let mut tx = self.db.read().await?;
        Ok(roles::of_actor(&mut tx, user.as_str()).await?.into_iter().collect())
    }

    /// Gives a person a role.
    ///
    /// # Errors
    /// When they have one, when there is no such role or nothing that it is for, or when the actor may not.
    pub async fn assign_user_role(
        &self,
        actor: &Actor,
        user: &UserId,
        assignment: &Assignment,
    ) -> Result<ActorRole> {
        let mut tx = self.db.write().await?;
        managed(&mut tx, actor, user).await?;
        refuse_second(&mut tx, "a person", &format!("users/{user}"), user.as_str()).await?;
        let role = assigned(&mut tx, actor, user, assignment).await?;
        roles::insert(&mut tx, &role).await?;
        tx.commit().await?;
        Ok(role)
    }

    /// Gives a person another role in the place of the one that they have.
    ///
    /// # Errors
    /// When there is no such role or nothing that it is for, when nobody would manage the account then, or when the
    /// actor may not.
    pub async fn change_user_role(
        &self,
        actor: &Actor,
        user: &UserId,
        assignment: &Assignment,
    ) -> Result<ActorRole> {
        let mut tx = self.db.write().await?;
        managed(&mut tx, actor, user).await?;
        let role = assigned(&mut tx, actor, user, assignment).await?;
        let manages = role.role == UserRole::Admin && role.resource == Resource::default();
        if let Some(before) = roles::of_actor(&mut tx, user.as_str()).await? {
            if !manages {
                keep_an_admin(&mut tx, &actor.scope.account_id, user).await?;
            }
            roles::delete(&mut tx, &before.id).await?;
        }
        roles::insert(&mut tx, &role).await?;
        tx.commit().await?;
        Ok(role)
    }

    /// Takes a role away. A person without one cannot do anything until they are given another.
    ///
    /// # Errors
    /// When they do not have it, when nobody else would manage the account, or when the actor may not.
    pub async fn take_user_role(&self, actor: &Actor, user: &UserId, id: &ActorRoleId) -> Result<()> {
        let mut tx = self.db.write().await?;
        managed(&mut tx, actor, user).await?;
        let role = roles::of_actor(&mut tx, user.as_str()).await?.filter(|role| role.id == *id);
        role.ok_or_else(|| ServiceError::not_found("role of this person", id))?;
        keep_an_admin(&mut tx, &actor.scope.account_id, user).await?;
        roles::delete(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Refuses a second role of an actor, who is `what`, and whose roles stand below `path`.
pub(super) async fn refuse_second(tx: &mut Tx, what: &str, path: &str, actor: &str) -> Result<()> {
    let Some(role) = roles::of_actor(tx, actor).await? else { return Ok(()) };
    let message = format!(
        "{what} has one role, and this one has `{}` already; take it away first: DELETE /v1/{path}/roles/{}",
        role.resource_id(),
        role.id
    );
    Err(ServiceError::bad_request(message))
}

/// The role that an assignment gives to somebody.
pub(super) async fn assigned(
    tx: &mut Tx,
    actor: &Actor,
    whose: &impl ToString,
    assignment: &Assignment,
) -> Result<ActorRole> {
    let account_id = actor.scope.account_id.clone();
    let mut role = None;
    for built_in in UserRole::ALL {
        if role_id(&account_id, built_in)?.as_str() == assignment.role_id {
            role = Some(built_in);
        }
    }
    let role = role.ok_or_else(|| {
        let id = &assignment.role_id;
        ServiceError::bad_request(format!("roleId: there is no role `{id}`; GET /v1/roles lists them"))
    })?;
    let resource = resource(tx, actor, &assignment.resource_id).await?;
    Ok(ActorRole { id: new_id(), account_id, actor_id: whose.to_string(), role, resource, created_at: now() })
}

/// What an id names, where the actor sees it.
async fn resource(tx: &mut Tx, actor: &Actor, id: &str) -> Result<Resource> {
    if id == actor.scope.account_id.as_str() {
        return Ok(Resource::default());
    }
    if let Ok(id) = EnvironmentId::parse(id) {
        let found = accounts::environment(tx, &actor.scope, &id).await?;
        found.ok_or_else(|| ServiceError::not_found("environment", &id))?;
        return Ok(Resource { environment_id: Some(id), space_id: None });
    }
    if let Ok(id) = SpaceId::parse(id) {
        let found = spaces::find(tx, &actor.scope, &id).await?;
        let space = found.ok_or_else(|| ServiceError::not_found("space", &id))?;
        return Ok(Resource { environment_id: Some(space.environment_id), space_id: Some(id) });
    }
    let message = format!("resourceId: `{id}` is not the id of this account, nor of an environment or space");
    Err(ServiceError::bad_request(message))
}

/// Refuses to shut out the last one who manages the account.
pub(super) async fn keep_an_admin(tx: &mut Tx, account: &AccountId, user: &UserId) -> Result<()> {
    if roles::admins(tx, account).await? == [user.as_str()] {
        let message = "this is the last admin of the account; make somebody else an admin first";
        return Err(ServiceError::conflict(message));
    }
    Ok(())
}
