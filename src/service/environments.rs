//! Environments and the account around them.

use super::{Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::EnvironmentId;
use crate::domain::tenant::{Account, Environment};
use crate::store::{Tx, accounts, new_id, now};

/// What a new environment is given.
#[derive(Debug, Clone, Default)]
pub struct NewEnvironment {
    /// What people read.
    pub name: String,
    /// Whether real work is done in it.
    pub is_prod: bool,
    /// `shared_link`, `magic_link`; the first when empty.
    pub guest_authentication: Vec<String>,
    /// Namespaces of its spaces.
    pub namespaces: Vec<String>,
    /// The customer's own data.
    pub metadata: serde_json::Value,
}

impl Service {
    /// The account of the actor.
    pub async fn account(&self, actor: &Actor) -> Result<Account> {
        allow(actor, Operation::ReadEnvironment)?;
        let mut tx = self.db.read().await?;
        let account = accounts::account(&mut tx, &actor.scope.account_id).await?;
        account.ok_or_else(|| ServiceError::not_found("account", &actor.scope.account_id))
    }

    /// The environments that the actor sees.
    pub async fn environments(&self, actor: &Actor, page: Page) -> Result<Paged<Environment>> {
        allow(actor, Operation::ReadEnvironment)?;
        if let Some(own) = &actor.scope.environment_id {
            let own = self.environment(actor, own).await?;
            let items = if page.offset() == 0 { vec![own] } else { Vec::new() };
            return Ok(Paged { items, total: 1 });
        }
        let mut tx = self.db.read().await?;
        let (items, total) =
            accounts::environments(&mut tx, &actor.scope.account_id, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// One environment.
    pub async fn environment(&self, actor: &Actor, id: &EnvironmentId) -> Result<Environment> {
        allow(actor, Operation::ReadEnvironment)?;
        let mut tx = self.db.read().await?;
        let environment = accounts::environment(&mut tx, &actor.scope, id).await?;
        environment.ok_or_else(|| ServiceError::not_found("environment", id))
    }

    /// Makes an environment; only for actors of the whole account.
    pub async fn create_environment(&self, actor: &Actor, new: NewEnvironment) -> Result<Environment> {
        allow(actor, Operation::ManageEnvironment)?;
        if actor.scope.environment_id.is_some() {
            let message = "a key of one environment cannot make another; do it on the developers' page";
            return Err(ServiceError::new(super::ErrorKind::Forbidden, message));
        }
        if new.name.trim().is_empty() {
            return Err(ServiceError::bad_request("name: an environment needs a name"));
        }
        let mut guest_authentication = new.guest_authentication;
        if guest_authentication.is_empty() {
            guest_authentication.push("shared_link".to_string());
        }
        let environment = Environment {
            id: new_id(),
            account_id: actor.scope.account_id.clone(),
            name: new.name,
            is_prod: new.is_prod,
            guest_authentication,
            namespaces: new.namespaces,
            metadata: new.metadata,
            created_at: now(),
            updated_at: now(),
        };
        let mut tx = self.db.write().await?;
        accounts::insert_environment(&mut tx, &environment).await?;
        tx.commit().await?;
        Ok(environment)
    }
}

/// The environment that is named, or else the actor's own.
pub(super) async fn named_or_own(
    tx: &mut Tx,
    actor: &Actor,
    named: Option<EnvironmentId>,
) -> Result<Environment> {
    let id = named.or_else(|| actor.scope.environment_id.clone());
    let id =
        id.ok_or_else(|| ServiceError::bad_request("environmentId: name the environment: `us_env_…`"))?;
    let environment = accounts::environment(tx, &actor.scope, &id).await?;
    environment.ok_or_else(|| ServiceError::not_found("environment", id))
}
