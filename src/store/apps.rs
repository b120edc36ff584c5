//! Apps. Their constraints are in [`super::app_constraints`].

use super::convert::{from_optional_json, from_word, id, moment, optional_id, optional_json, word};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::app::{App, AppContent};
use crate::domain::ids::AppId;
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, account_id, environment_id, name, namespace, type, entity, entity_plural, icon,
    metadata, environment_filters, blueprint, activated_at, created_at, updated_at";

/// Keeps a new app.
pub async fn insert(tx: &mut Tx, app: &App, created_by: &str) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO apps (id, account_id, environment_id, created_by, created_at, name, namespace, type, entity,
            entity_plural, icon, metadata, environment_filters, blueprint, activated_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(&app.id)
    .bind(&app.account_id)
    .bind(&app.environment_id)
    .bind(created_by)
    .bind(app.created_at);
    tx.execute(bind_changing(statement, app)?).await.map(|_| ())
}

/// Keeps everything of an app that can change.
pub async fn update(tx: &mut Tx, app: &App) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE apps SET name = $2, namespace = $3, type = $4, entity = $5, entity_plural = $6, icon = $7,
            metadata = $8, environment_filters = $9, blueprint = $10, activated_at = $11, updated_at = $12
        WHERE id = $1",
    )
    .bind(&app.id);
    tx.execute(bind_changing(statement, app)?).await.map(|_| ())
}

fn bind_changing(statement: Statement, app: &App) -> Result<Statement, StoreError> {
    let content = &app.content;
    Ok(statement
        .bind(&content.name)
        .bind(&content.namespace)
        .bind(word(&content.app_type)?)
        .bind(&content.entity)
        .bind(&content.entity_plural)
        .bind(&content.icon)
        .bind(optional_json(&content.metadata)?)
        .bind(optional_json(&content.environment_filters)?)
        .bind(optional_json(&content.blueprint)?)
        .bind(content.activated_at)
        .bind(app.updated_at))
}

/// Deletes an app with its constraints. Its spaces, and an account that begins with it, go on without one.
pub async fn delete(tx: &mut Tx, id: &AppId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM app_constraint_versions
            WHERE constraint_id IN (SELECT c.id FROM app_constraints c WHERE c.app_id = $1)",
        "DELETE FROM app_constraints WHERE app_id = $1",
        "UPDATE spaces SET app_id = NULL WHERE app_id = $1",
        "UPDATE accounts SET default_app_id = NULL WHERE default_app_id = $1",
        "DELETE FROM apps WHERE id = $1",
    ] {
        tx.execute(Statement::new(statement).bind(id)).await?;
    }
    Ok(())
}

/// The app of that id; it stays so until a transaction that writes has ended.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &AppId) -> Result<Option<App>, StoreError> {
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    let statement = Statement::select(COLUMNS).push_bind(" FROM apps WHERE id = ", id);
    tx.optional::<AppRow>(visible(statement, scope).push(keep)).await?.map(App::try_from).transpose()
}

/// The apps that somebody sees, in the order in which they were made.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<App>, StoreError> {
    let statement = Statement::select(COLUMNS).push(" FROM apps WHERE TRUE");
    let statement = visible(statement, scope).push(" ORDER BY created_at, id");
    tx.all::<AppRow>(statement).await?.into_iter().map(App::try_from).collect()
}

/// Who sees an environment sees its apps and those of the whole account, who sees a space the one that it belongs to.
fn visible(statement: Statement, scope: &Scope) -> Statement {
    let statement = statement.push_bind(" AND account_id = ", &scope.account_id);
    let statement = match &scope.environment_id {
        Some(own) => statement.push_bind(" AND (environment_id IS NULL OR environment_id = ", own).push(")"),
        None => statement.push(
            " AND (environment_id IS NULL OR environment_id IN
                (SELECT e.id FROM environments e WHERE e.deleted_at IS NULL))",
        ),
    };
    match &scope.space_id {
        Some(space) => {
            statement.push_bind(" AND id = (SELECT s.app_id FROM spaces s WHERE s.id = ", space).push(")")
        }
        None => statement,
    }
}

#[derive(sqlx::FromRow)]
struct AppRow {
    id: String,
    account_id: String,
    environment_id: Option<String>,
    name: String,
    namespace: String,
    r#type: String,
    entity: String,
    entity_plural: String,
    icon: Option<String>,
    metadata: Option<String>,
    environment_filters: Option<String>,
    blueprint: Option<String>,
    activated_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<AppRow> for App {
    type Error = StoreError;

    fn try_from(row: AppRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("apps.id", &row.id)?,
            account_id: id("apps.account_id", &row.account_id)?,
            environment_id: optional_id("apps.environment_id", row.environment_id)?,
            content: AppContent {
                name: row.name,
                namespace: row.namespace,
                app_type: from_word("apps.type", row.r#type)?,
                entity: row.entity,
                entity_plural: row.entity_plural,
                icon: row.icon,
                metadata: from_optional_json("apps.metadata", row.metadata)?,
                environment_filters: from_optional_json("apps.environment_filters", row.environment_filters)?,
                blueprint: from_optional_json("apps.blueprint", row.blueprint)?,
                activated_at: moment(row.activated_at),
            },
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}
