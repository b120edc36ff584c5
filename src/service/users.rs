//! People: listed, changed, deleted (section 2.2 of the contract).

use std::collections::{HashMap, HashSet};

use super::access_tokens::own_user;
use super::roles::keep_an_admin;
use super::{Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{Id, UserId};
use crate::domain::tenant::{ActorRole, Profile};
use crate::store::users::{self, UserFilter};
use crate::store::{Tx, now, roles, user_invitations};

/// Most characters of a name.
const LONGEST_NAME: usize = 200;

/// A person with what they may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Colleague {
    /// Who they are.
    pub profile: Profile,
    /// What they may do; nothing without one.
    pub role: Option<ActorRole>,
    /// They were invited and have not come yet.
    pub is_invited: bool,
}

/// What changes in a person; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// How they are called.
    pub name: Option<String>,
    /// The page that they see first, as clients count them; nothing for none.
    pub dashboard: Option<Option<i64>>,
}

impl Service {
    /// The people that the actor sees. A person of one environment or space sees themselves.
    pub async fn users(&self, actor: &Actor, filter: UserFilter, page: Page) -> Result<Paged<Profile>> {
        allow(actor, Operation::ReadUsers)?;
        let mut tx = self.db.read().await?;
        let only = visible(&mut tx, actor).await?;
        let filter = UserFilter { only, ..filter };
        let account = &actor.scope.account_id;
        let (items, total) = users::list(&mut tx, account, &filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// The people that the actor sees, each with what they may do.
    pub async fn colleagues(&self, actor: &Actor, page: Page) -> Result<Paged<Colleague>> {
        let found = self.users(actor, UserFilter::default(), page).await?;
        let account = &actor.scope.account_id;
        let mut tx = self.db.read().await?;
        let roles = roles::of_account(&mut tx, account).await?;
        let mut roles: HashMap<String, ActorRole> =
            roles.into_iter().map(|role| (role.actor_id.clone(), role)).collect();
        let waiting: HashSet<UserId> =
            user_invitations::waiting(&mut tx, account).await?.into_iter().collect();
        let colleague = |profile: Profile| Colleague {
            role: roles.remove(profile.id.as_str()),
            is_invited: waiting.contains(&profile.id),
            profile,
        };
        Ok(Paged { items: found.items.into_iter().map(colleague).collect(), total: found.total })
    }

    /// One person.
    pub async fn user(&self, actor: &Actor, id: &UserId) -> Result<Profile> {
        allow(actor, Operation::ReadUsers)?;
        let mut tx = self.db.read().await?;
        if visible(&mut tx, actor).await?.is_some_and(|own| own != *id) {
            return Err(ServiceError::not_found("user", id));
        }
        find(&mut tx, actor, id).await
    }

    /// Changes a person: an admin any, everybody themselves.
    pub async fn update_user(&self, actor: &Actor, id: &UserId, change: UserChange) -> Result<Profile> {
        let mut tx = self.db.write().await?;
        let mut profile = if actor.may(Operation::OwnTokens) && own_user(&mut tx, actor).await? == *id {
            find(&mut tx, actor, id).await?
        } else {
            managed(&mut tx, actor, id).await?
        };
        if let Some(name) = change.name {
            profile.name = named(&name)?;
        }
        profile.dashboard = change.dashboard.unwrap_or(profile.dashboard);
        profile.updated_at = now();
        users::update(&mut tx, &profile).await?;
        tx.commit().await?;
        Ok(profile)
    }

    /// Deletes a person: their sessions and tokens end at once. What they did keeps their name.
    ///
    /// # Errors
    /// When nobody else would manage the account, or the actor may not.
    pub async fn delete_user(&self, actor: &Actor, id: &UserId) -> Result<()> {
        let mut tx = self.db.write().await?;
        let profile = managed(&mut tx, actor, id).await?;
        keep_an_admin(&mut tx, &actor.scope.account_id, id).await?;
        let moment = now();
        users::update(&mut tx, &Profile { deleted_at: Some(moment), updated_at: moment, ..profile }).await?;
        users::shut_out(&mut tx, id, moment).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The one person whom a person of one environment or space sees: themselves.
async fn visible(tx: &mut Tx, actor: &Actor) -> Result<Option<UserId>> {
    if !actor.is_person() || actor.scope.environment_id.is_none() {
        return Ok(None);
    }
    Ok(Some(own_user(tx, actor).await?))
}

/// The person, when the actor may manage people.
pub(super) async fn managed(tx: &mut Tx, actor: &Actor, id: &UserId) -> Result<Profile> {
    allow(actor, Operation::ManageUsers)?;
    find(tx, actor, id).await
}

async fn find(tx: &mut Tx, actor: &Actor, id: &UserId) -> Result<Profile> {
    let found = users::find(tx, &actor.scope.account_id, id).await?;
    found.filter(|profile| profile.deleted_at.is_none()).ok_or_else(|| ServiceError::not_found("user", id))
}

/// A name that can be kept.
pub(super) fn named(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        let message = format!("name: a name has 1 to {LONGEST_NAME} characters, all on one line");
        return Err(ServiceError::bad_request(message));
    }
    Ok(name.to_string())
}
