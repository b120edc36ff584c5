//! Constraints that are stored with apps (section 2.15 of the wire contract). The server keeps them; a listener
//! evaluates them for the fields whose blueprint names them.

use super::apps::{find, find_for_change};
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::app::{ConstraintContent, StoredConstraint, check_name};
use crate::domain::ids::{AppId, ConstraintId};
use crate::store::{Tx, app_constraints, new_id, now};

/// What changes in a constraint; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct ConstraintChange {
    /// What people read.
    pub label: Option<Option<String>>,
    /// What it checks, for people.
    pub description: Option<Option<String>>,
    /// The source of a function in JavaScript.
    pub function: Option<Option<String>>,
    /// What it may be told.
    pub options: Option<Option<serde_json::Value>>,
}

impl ConstraintChange {
    fn apply(self, content: &mut ConstraintContent) -> Result<()> {
        content.label = self.label.unwrap_or(content.label.take());
        content.description = self.description.unwrap_or(content.description.take());
        content.options = self.options.unwrap_or(content.options.take());
        if let Some(function) = self.function {
            content.function = function.unwrap_or_default();
        }
        Ok(content.check()?)
    }
}

impl Service {
    /// The constraints that are stored with an app, by their validators.
    pub async fn app_constraints(&self, actor: &Actor, app: &AppId) -> Result<Vec<StoredConstraint>> {
        allow(actor, Operation::ReadApps)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, app).await?;
        Ok(app_constraints::list(&mut tx, app).await?)
    }

    /// One of them.
    pub async fn app_constraint(
        &self,
        actor: &Actor,
        app: &AppId,
        id: &ConstraintId,
    ) -> Result<StoredConstraint> {
        allow(actor, Operation::ReadApps)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, app).await?;
        find_constraint(&mut tx, app, id).await
    }

    /// Its versions, the newest first.
    pub async fn app_constraint_versions(
        &self,
        actor: &Actor,
        app: &AppId,
        id: &ConstraintId,
    ) -> Result<Vec<StoredConstraint>> {
        allow(actor, Operation::ReadApps)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, app).await?;
        find_constraint(&mut tx, app, id).await?;
        Ok(app_constraints::versions(&mut tx, id).await?)
    }

    /// One version of it.
    pub async fn app_constraint_version(
        &self,
        actor: &Actor,
        app: &AppId,
        id: &ConstraintId,
        version: &str,
    ) -> Result<StoredConstraint> {
        allow(actor, Operation::ReadApps)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, app).await?;
        find_constraint(&mut tx, app, id).await?;
        let found = match version.parse() {
            Ok(number) => app_constraints::version(&mut tx, id, number).await?,
            Err(_) => None,
        };
        found.ok_or_else(|| ServiceError::not_found("version of the constraint", version))
    }

    /// Stores a constraint with an app.
    ///
    /// # Errors
    /// `Conflict` where the app has one of the same validator.
    pub async fn create_app_constraint(
        &self,
        actor: &Actor,
        app: &AppId,
        validator: Option<String>,
        new: ConstraintChange,
    ) -> Result<StoredConstraint> {
        let mut tx = self.db.write().await?;
        find_for_change(&mut tx, actor, app).await?;
        let mut content = ConstraintContent::default();
        new.apply(&mut content)?;
        let (id, moment): (ConstraintId, _) = (new_id(), now());
        let validator = validator.or_else(|| content.usual_validator()).unwrap_or_else(|| id.to_string());
        check_name("validator", &validator)?;
        if app_constraints::by_validator(&mut tx, app, &validator).await?.is_some() {
            let message = format!("the app has a constraint `{validator}` already: change that one");
            return Err(ServiceError::conflict(message));
        }
        let constraint = StoredConstraint {
            id,
            app_id: app.clone(),
            validator,
            version: 1,
            content,
            created_at: moment,
            updated_at: moment,
        };
        app_constraints::insert(&mut tx, &constraint, &actor.id).await?;
        tx.commit().await?;
        Ok(constraint)
    }

    /// Changes a constraint: it gets another version, unless nothing is another.
    pub async fn update_app_constraint(
        &self,
        actor: &Actor,
        app: &AppId,
        id: &ConstraintId,
        change: ConstraintChange,
    ) -> Result<StoredConstraint> {
        let mut tx = self.db.write().await?;
        find_for_change(&mut tx, actor, app).await?;
        let before = find_constraint(&mut tx, app, id).await?;
        let mut constraint = before.clone();
        change.apply(&mut constraint.content)?;
        if constraint == before {
            return Ok(constraint);
        }
        constraint.version += 1;
        constraint.updated_at = now();
        app_constraints::update(&mut tx, &constraint, &actor.id).await?;
        tx.commit().await?;
        Ok(constraint)
    }

    /// Deletes a constraint with its versions. Fields that name it are checked by nobody then.
    pub async fn delete_app_constraint(&self, actor: &Actor, app: &AppId, id: &ConstraintId) -> Result<()> {
        let mut tx = self.db.write().await?;
        find_for_change(&mut tx, actor, app).await?;
        find_constraint(&mut tx, app, id).await?;
        app_constraints::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}

async fn find_constraint(tx: &mut Tx, app: &AppId, id: &ConstraintId) -> Result<StoredConstraint> {
    let found = app_constraints::find(tx, app, id).await?;
    found.ok_or_else(|| ServiceError::not_found("constraint", id))
}
