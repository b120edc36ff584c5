//! The first start: an account, two environments, an admin, keys and the demo space.

use serde_json::json;

use super::demo_data::{self, contacts, playground};
use super::records::Audience;
use super::secrets::hash_password;
use super::spaces::{NewSpace, SpaceChange};
use super::{Result, Service, ServiceError};
use crate::domain::access::{Actor, Role, Scope};
use crate::domain::ids::{AccountId, AgentId, EnvironmentId, Id, UserId};
use crate::domain::tenant::{Account, Environment, KeyKind, User, UserRole};
use crate::store::{accounts, new_id, now};

/// The namespace whose jobs the listener inside the server does.
pub const DEMO_NAMESPACE: &str = "demo";
/// How the first admin signs in.
pub const ADMIN_EMAIL: &str = "admin@localhost";

/// Keys in plain text, for the file beside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKeys {
    /// The environment that they open.
    pub environment_id: EnvironmentId,
    /// Opens everything in it.
    pub secret: String,
    /// Makes spaces.
    pub publishable: String,
}

impl Service {
    /// Makes the account, its environments and its admin, unless they are there. Returns the
    /// environment `development`, or the oldest one where there is none like it.
    pub async fn ensure_account(&self) -> Result<Environment> {
        let mut tx = self.db.write().await?;
        if let Some(account) = accounts::first_account(&mut tx).await? {
            let (mut environments, _) = accounts::environments(&mut tx, &account.id, 0, 100).await?;
            // People may have deleted the one of that name.
            environments.sort_by_key(|environment| environment.is_prod);
            let first = environments.into_iter().next();
            return first.ok_or_else(|| ServiceError::internal("there is no environment"));
        }
        let moment = now();
        let account = Account {
            id: new_id(),
            name: "Inlet".to_string(),
            default_app_id: None,
            created_at: moment,
            updated_at: moment,
        };
        accounts::insert_account(&mut tx, &account).await?;
        let development = environment(&account.id, "development", false);
        accounts::insert_environment(&mut tx, &development).await?;
        accounts::insert_environment(&mut tx, &environment(&account.id, "production", true)).await?;
        let admin = User {
            id: new_id::<UserId>(),
            account_id: account.id,
            email: ADMIN_EMAIL.to_string(),
            name: "Admin".to_string(),
            role: UserRole::Admin,
            environment_id: None,
            space_id: None,
            created_at: now(),
        };
        accounts::insert_user(&mut tx, &admin, None).await?;
        tx.commit().await?;
        Ok(development)
    }

    /// Gives the admin a password, for servers that others can reach; unless they have one that they chose.
    pub async fn set_admin_password(&self, password: &str) -> Result<()> {
        let mut tx = self.db.read().await?;
        if let Some(admin) = accounts::first_admin(&mut tx).await?
            && accounts::chose_password(&mut tx, &admin.id).await?
        {
            tracing::info!(
                user = %admin.email,
                "the administrator chose a password, so that of the settings (INLET_ADMIN_PASSWORD) is not taken"
            );
            return Ok(());
        }
        drop(tx);
        let hash = self.hashing(password, |password| hash_password(&password)).await??;
        let mut tx = self.db.write().await?;
        let admin = accounts::first_admin(&mut tx)
            .await?
            .ok_or_else(|| ServiceError::internal("there is no admin"))?;
        accounts::set_password(&mut tx, &admin.id, &hash, false).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a pair of keys for an environment.
    pub async fn create_keys(&self, environment_id: &EnvironmentId) -> Result<NewKeys> {
        let mut tx = self.db.write().await?;
        let (_, secret) = self.insert_key(&mut tx, environment_id, KeyKind::Secret).await?;
        let (_, publishable) = self.insert_key(&mut tx, environment_id, KeyKind::Publishable).await?;
        tx.commit().await?;
        Ok(NewKeys { environment_id: environment_id.clone(), secret, publishable })
    }

    /// Makes the demo space in a new environment, so that there is something to try.
    pub async fn ensure_demo(&self, environment: &Environment) -> Result<()> {
        let actor = system_actor(environment)?;
        let filter = crate::store::spaces::SpaceFilter::default();
        if self.spaces(&actor, &filter, super::Page::first(1)).await?.total > 0 {
            return Ok(());
        }
        let new = NewSpace {
            name: Some("Demo".to_string()),
            namespace: Some(DEMO_NAMESPACE.to_string()),
            metadata: Some(json!({ "tour": true })),
            actions: playground::of_space()?,
            ..NewSpace::default()
        };
        let space = self.create_space(&actor, new).await?;
        let mut sheets = Vec::new();
        let workbooks =
            [(contacts::workbook()?, contacts::records()), (playground::workbook()?, playground::records())];
        for (blueprint, records) in workbooks {
            let made = self.create_workbook(&actor, &space.id, blueprint, serde_json::Map::new()).await?;
            let Some(sheet) = made.sheets.into_iter().next() else { continue };
            self.insert_records(&actor, &sheet.id, records, &Audience::Everybody).await?;
            sheets.push(sheet);
        }
        if let [contacts, playground] = sheets.as_slice() {
            let change = SpaceChange {
                primary_workbook_id: Some(Some(contacts.workbook_id.clone())),
                ..SpaceChange::default()
            };
            self.update_space(&actor, &space.id, change).await?;
            let document = demo_data::document(&contacts.id, &playground.id);
            self.create_document(&actor, &space.id, document).await?;
        }
        Ok(())
    }
}

/// The server itself, within one environment.
pub fn system_actor(environment: &Environment) -> Result<Actor> {
    server_actor(&environment.account_id, &environment.id)
}

/// The same, where only the ids are at hand.
pub(super) fn server_actor(account: &AccountId, environment: &EnvironmentId) -> Result<Actor> {
    let id = AgentId::from_random(0).ok_or_else(|| ServiceError::internal("no id for the server itself"))?;
    let scope = Scope::environment(account.clone(), environment.clone());
    Ok(Actor { id: id.to_string(), role: Role::System, scope })
}

/// Whether that is the id of the server itself among those of agents.
pub fn is_server(id: &str) -> bool {
    AgentId::from_random(0).is_some_and(|own| own.as_str() == id)
}

fn environment(account_id: &AccountId, name: &str, is_prod: bool) -> Environment {
    Environment {
        id: new_id(),
        account_id: account_id.clone(),
        name: name.to_string(),
        is_prod,
        guest_authentication: vec!["shared_link".to_string()],
        namespaces: Vec::new(),
        metadata: json!({}),
        translations_path: None,
        language_override: None,
        embed_origins: Vec::new(),
        created_at: now(),
        updated_at: now(),
    }
}
