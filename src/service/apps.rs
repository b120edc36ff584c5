//! Apps: made, changed, deleted; which of them a space may belong to. Their constraints are in
//! [`super::app_constraints`].

use serde_json::Value;

use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::app::{App, AppContent, AppType};
use crate::domain::ids::{AppId, EnvironmentId};
use crate::domain::time::Timestamp;
use crate::store::{Tx, apps, new_id, now};

/// How a space of an app is called that says nothing of it.
const ENTITY: (&str, &str) = ("Space", "Spaces");

/// What a new app is given, or what changes in one; what is absent is as usual, or stays.
#[derive(Debug, Clone, Default)]
pub struct AppChange {
    /// What people read.
    pub name: Option<String>,
    /// The namespace of those of its new spaces that have none.
    pub namespace: Option<String>,
    /// How one of its spaces is called.
    pub entity: Option<String>,
    /// How several are called.
    pub entity_plural: Option<String>,
    /// A picture, or the name of one.
    pub icon: Option<Option<String>>,
    /// Replaces the stored object.
    pub metadata: Option<Option<Value>>,
    /// Replaces the stored object.
    pub environment_filters: Option<Option<Value>>,
    /// Replaces the stored object.
    pub blueprint: Option<Option<Value>>,
    /// When it was put to use.
    pub activated_at: Option<Option<Timestamp>>,
}

impl AppChange {
    fn apply(self, content: &mut AppContent) -> Result<()> {
        let texts = [
            (self.name, &mut content.name),
            (self.namespace, &mut content.namespace),
            (self.entity, &mut content.entity),
            (self.entity_plural, &mut content.entity_plural),
        ];
        for (new, text) in texts {
            *text = new.unwrap_or(std::mem::take(text));
        }
        let values = [
            (self.metadata, &mut content.metadata),
            (self.environment_filters, &mut content.environment_filters),
            (self.blueprint, &mut content.blueprint),
        ];
        for (new, value) in values {
            *value = new.unwrap_or(value.take());
        }
        content.icon = self.icon.unwrap_or(content.icon.take());
        content.activated_at = self.activated_at.unwrap_or(content.activated_at);
        Ok(content.check()?)
    }
}

impl Service {
    /// The apps that the actor sees: those of its environment and those of the whole account.
    pub async fn apps(&self, actor: &Actor) -> Result<Vec<App>> {
        allow(actor, Operation::ReadApps)?;
        let mut tx = self.db.read().await?;
        Ok(apps::list(&mut tx, &actor.scope).await?)
    }

    /// One app.
    pub async fn app(&self, actor: &Actor, id: &AppId) -> Result<App> {
        allow(actor, Operation::ReadApps)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// Makes an app, in the environment of the actor, or for the whole account when the actor sees it.
    pub async fn create_app(&self, actor: &Actor, app_type: AppType, new: AppChange) -> Result<App> {
        allow(actor, Operation::ManageEnvironment)?;
        let (entity, entity_plural) = ENTITY;
        let mut content = AppContent {
            name: String::new(),
            namespace: String::new(),
            app_type,
            entity: entity.to_string(),
            entity_plural: entity_plural.to_string(),
            icon: None,
            metadata: None,
            environment_filters: None,
            blueprint: None,
            activated_at: None,
        };
        if let (Some(entity), None) = (&new.entity, &new.entity_plural) {
            content.entity_plural = format!("{entity}s");
        }
        new.apply(&mut content)?;
        let moment = now();
        let app = App {
            id: new_id(),
            account_id: actor.scope.account_id.clone(),
            environment_id: actor.scope.environment_id.clone(),
            content,
            created_at: moment,
            updated_at: moment,
        };
        let mut tx = self.db.write().await?;
        apps::insert(&mut tx, &app, &actor.id).await?;
        tx.commit().await?;
        Ok(app)
    }

    /// Changes an app.
    pub async fn update_app(&self, actor: &Actor, id: &AppId, change: AppChange) -> Result<App> {
        let mut tx = self.db.write().await?;
        let before = find_for_change(&mut tx, actor, id).await?;
        let mut app = before.clone();
        change.apply(&mut app.content)?;
        if app == before {
            return Ok(app);
        }
        app.updated_at = now();
        apps::update(&mut tx, &app).await?;
        tx.commit().await?;
        Ok(app)
    }

    /// Deletes an app with its constraints. Its spaces stay, without an app.
    pub async fn delete_app(&self, actor: &Actor, id: &AppId) -> Result<()> {
        let mut tx = self.db.write().await?;
        find_for_change(&mut tx, actor, id).await?;
        apps::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}

/// The app of that id.
///
/// # Errors
/// There is none for this actor.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: &AppId) -> Result<App> {
    apps::find(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("app", id))
}

/// The app of that id, when the actor may change it.
pub(super) async fn find_for_change(tx: &mut Tx, actor: &Actor, id: &AppId) -> Result<App> {
    allow(actor, Operation::ManageEnvironment)?;
    let app = find(tx, actor, id).await?;
    if app.environment_id.is_none() && actor.scope.environment_id.is_some() {
        let message = "the app is one of the whole account: an admin of all of it may change it, no key of an environment";
        return Err(ServiceError::new(ErrorKind::Forbidden, message));
    }
    Ok(app)
}

/// The app that a space of that environment is to belong to.
///
/// # Errors
/// There is none for this actor, or it is in another environment.
pub(super) async fn find_for_space(
    tx: &mut Tx,
    actor: &Actor,
    environment: &EnvironmentId,
    id: &AppId,
) -> Result<App> {
    let app = find(tx, actor, id).await?;
    if app.is_in(environment) { Ok(app) } else { Err(ServiceError::not_found("app", id)) }
}
