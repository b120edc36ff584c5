//! Environments and the account around them.

use serde_json::{Map, Value, json};

use super::{ErrorKind, Page, Paged, Result, Service, ServiceError, allow, announce, apps};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::{AppId, EnvironmentId};
use crate::domain::origin::Origin;
use crate::domain::tenant::{Account, Environment, SHARED_LINK, check_guest_authentication};
use crate::store::{Tx, accounts, new_id, now};

/// What a new environment is given, or what changes in one; what is absent is as usual, or stays.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentChange {
    /// What people read.
    pub name: Option<String>,
    /// Whether real work is done in it.
    pub is_prod: Option<bool>,
    /// `shared_link`, `magic_link`; the first when empty.
    pub guest_authentication: Option<Vec<String>>,
    /// Namespaces of those of its spaces that have none.
    pub namespaces: Option<Vec<String>>,
    /// The customer's own data and defaults for spaces.
    pub metadata: Option<Map<String, Value>>,
    /// Where the words of its spaces are.
    pub translations_path: Option<Option<String>>,
    /// The language of its spaces.
    pub language_override: Option<Option<String>>,
    /// The sites whose pages may show its spaces; every site when there are none.
    pub embed_origins: Option<Vec<Origin>>,
}

/// What changes in an account; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    /// What people read.
    pub name: Option<String>,
    /// The app that people begin with.
    pub default_app_id: Option<Option<AppId>>,
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
        find(&mut tx, actor, id).await
    }

    /// Changes the account; only for actors of the whole account.
    pub async fn update_account(&self, actor: &Actor, change: AccountChange) -> Result<Account> {
        allow(actor, Operation::ManageEnvironment)?;
        of_whole_account(actor, "change the account")?;
        let mut tx = self.db.write().await?;
        let id = &actor.scope.account_id;
        let before = accounts::account(&mut tx, id).await?;
        let before = before.ok_or_else(|| ServiceError::not_found("account", id))?;
        let account = Account {
            name: named(change.name, "an account")?.unwrap_or_else(|| before.name.clone()),
            default_app_id: change.default_app_id.unwrap_or_else(|| before.default_app_id.clone()),
            ..before.clone()
        };
        if account == before {
            return Ok(account);
        }
        if let Some(app) =
            account.default_app_id.as_ref().filter(|app| before.default_app_id.as_ref() != Some(*app))
        {
            apps::find(&mut tx, actor, app).await?;
        }
        let account = Account { updated_at: now(), ..account };
        accounts::update_account(&mut tx, &account).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Makes an environment; only for actors of the whole account.
    pub async fn create_environment(&self, actor: &Actor, new: EnvironmentChange) -> Result<Environment> {
        allow(actor, Operation::ManageEnvironment)?;
        of_whole_account(actor, "make environments")?;
        let moment = now();
        let mut environment = Environment {
            id: new_id(),
            account_id: actor.scope.account_id.clone(),
            name: String::new(),
            is_prod: false,
            guest_authentication: vec![SHARED_LINK.to_string()],
            namespaces: Vec::new(),
            metadata: json!({}),
            translations_path: None,
            language_override: None,
            embed_origins: Vec::new(),
            created_at: moment,
            updated_at: moment,
        };
        apply(&mut environment, EnvironmentChange { name: new.name.or(Some(String::new())), ..new })?;
        let mut tx = self.db.write().await?;
        accounts::insert_environment(&mut tx, &environment).await?;
        tx.emit(announce::of_environment(Topic::EnvironmentCreated, actor, &environment, json!({})));
        tx.commit().await?;
        Ok(environment)
    }

    /// Changes an environment. Nothing is told when nothing is another.
    pub async fn update_environment(
        &self,
        actor: &Actor,
        id: &EnvironmentId,
        change: EnvironmentChange,
    ) -> Result<Environment> {
        allow(actor, Operation::ManageEnvironment)?;
        let mut tx = self.db.write().await?;
        let before = find(&mut tx, actor, id).await?;
        let mut environment = before.clone();
        apply(&mut environment, change)?;
        if environment == before {
            return Ok(environment);
        }
        environment.updated_at = now();
        accounts::update_environment(&mut tx, &environment).await?;
        let payload = json!({ "changes": announce::changes(&members(&before), &members(&environment)) });
        tx.emit(announce::of_environment(Topic::EnvironmentUpdated, actor, &environment, payload));
        tx.commit().await?;
        Ok(environment)
    }

    /// Deletes an environment with its spaces; its keys open nothing from then on.
    ///
    /// # Errors
    /// `Conflict` for the last one of an account.
    pub async fn delete_environment(&self, actor: &Actor, id: &EnvironmentId) -> Result<()> {
        allow(actor, Operation::ManageEnvironment)?;
        let mut tx = self.db.write().await?;
        let environment = find(&mut tx, actor, id).await?;
        accounts::lock_account(&mut tx, &environment.account_id).await?;
        if accounts::environments(&mut tx, &environment.account_id, 0, 1).await?.1 <= 1 {
            let message = "this is the last environment of the account: make another one first";
            return Err(ServiceError::conflict(message));
        }
        tx.emit(announce::of_environment(Topic::EnvironmentDeleted, actor, &environment, json!({})));
        accounts::delete_environment(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
    }
}

/// The environment of that id.
///
/// # Errors
/// There is none for this actor.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: &EnvironmentId) -> Result<Environment> {
    let environment = accounts::environment(tx, &actor.scope, id).await?;
    environment.ok_or_else(|| ServiceError::not_found("environment", id))
}

/// Refuses whoever sees only a part of the account.
fn of_whole_account(actor: &Actor, what: &str) -> Result<()> {
    if actor.scope.environment_id.is_none() {
        return Ok(());
    }
    let message = format!("a key opens one environment; only an admin of the whole account may {what}");
    Err(ServiceError::new(ErrorKind::Forbidden, message))
}

fn named(name: Option<String>, what: &str) -> Result<Option<String>> {
    if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(ServiceError::bad_request(format!("name: {what} needs a name")));
    }
    Ok(name)
}

fn apply(environment: &mut Environment, change: EnvironmentChange) -> Result<()> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    if let Some(name) = named(change.name, "an environment")? {
        environment.name = name;
    }
    environment.is_prod = change.is_prod.unwrap_or(environment.is_prod);
    if let Some(ways) = change.guest_authentication {
        check_guest_authentication(&ways)?;
        let usual = || vec![SHARED_LINK.to_string()];
        environment.guest_authentication = if ways.is_empty() { usual() } else { ways };
    }
    if let Some(namespaces) = change.namespaces {
        environment.namespaces = namespaces.into_iter().filter(|name| !name.is_empty()).collect();
    }
    if let Some(metadata) = change.metadata {
        environment.metadata = metadata.into();
    }
    if let Some(path) = change.translations_path {
        environment.translations_path = filled(path);
    }
    if let Some(language) = change.language_override {
        environment.language_override = filled(language);
    }
    if let Some(origins) = change.embed_origins {
        environment.embed_origins = origins;
    }
    Ok(())
}

/// What can be another in an environment, as its events name it.
fn members(environment: &Environment) -> Map<String, Value> {
    announce::object(json!({
        "name": environment.name, "isProd": environment.is_prod,
        "guestAuthentication": environment.guest_authentication, "namespaces": environment.namespaces,
        "metadata": environment.metadata, "translationsPath": environment.translations_path,
        "languageOverride": environment.language_override, "embedOrigins": environment.embed_origins,
    }))
}

/// The environment in which something new belongs; the actor's own when it names none.
///
/// # Errors
/// The actor sees several and names none, or names one that it does not see.
pub(super) async fn named_or_own(
    tx: &mut Tx,
    actor: &Actor,
    named: Option<EnvironmentId>,
) -> Result<Environment> {
    let id = named.or_else(|| actor.scope.environment_id.clone());
    let id =
        id.ok_or_else(|| ServiceError::bad_request("environmentId: name the environment: `us_env_…`"))?;
    find(tx, actor, &id).await
}
