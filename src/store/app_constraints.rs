//! The constraints that are stored with apps, and their versions.

use super::convert::{from_optional_json, id, optional_json};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::app::{ConstraintContent, StoredConstraint};
use crate::domain::ids::{AppId, ConstraintId};
use crate::domain::time::Timestamp;

macro_rules! columns {
    () => {
        "c.id, c.app_id, c.validator, v.version, v.label, v.description, v.source, v.options, c.created_at,
        v.created_at AS updated_at
        FROM app_constraints c JOIN app_constraint_versions v ON v.constraint_id = c.id"
    };
}

/// Each version is a row; without this condition all are found.
const VERSIONS: &str = columns!();
const CURRENT: &str = concat!(columns!(), " AND v.version = c.version");

/// Keeps a new constraint. One of the same validator in its app is a [`StoreError::Conflict`].
pub async fn insert(tx: &mut Tx, constraint: &StoredConstraint, created_by: &str) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO app_constraints (id, app_id, validator, version, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&constraint.id)
    .bind(&constraint.app_id)
    .bind(&constraint.validator)
    .bind(constraint.version)
    .bind(constraint.created_at);
    tx.execute(statement).await?;
    insert_version(tx, constraint, created_by).await
}

/// Keeps another version of a constraint, which holds from then on.
pub async fn update(tx: &mut Tx, constraint: &StoredConstraint, created_by: &str) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE app_constraints SET version = $2 WHERE id = $1");
    tx.execute(statement.bind(&constraint.id).bind(constraint.version)).await?;
    insert_version(tx, constraint, created_by).await
}

async fn insert_version(
    tx: &mut Tx,
    constraint: &StoredConstraint,
    created_by: &str,
) -> Result<(), StoreError> {
    let content = &constraint.content;
    let statement = Statement::new(
        "INSERT INTO app_constraint_versions (constraint_id, version, label, description, source, options,
            created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&constraint.id)
    .bind(constraint.version)
    .bind(&content.label)
    .bind(&content.description)
    .bind(&content.function)
    .bind(optional_json(&content.options)?)
    .bind(created_by)
    .bind(constraint.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Deletes a constraint with its versions.
pub async fn delete(tx: &mut Tx, constraint: &ConstraintId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM app_constraint_versions WHERE constraint_id = $1",
        "DELETE FROM app_constraints WHERE id = $1",
    ] {
        tx.execute(Statement::new(statement).bind(constraint)).await?;
    }
    Ok(())
}

/// The constraints of an app, by their validators.
pub async fn list(tx: &mut Tx, app: &AppId) -> Result<Vec<StoredConstraint>, StoreError> {
    let statement = Statement::select(CURRENT).push_bind(" WHERE c.app_id = ", app);
    all(tx, statement.push(" ORDER BY c.validator")).await
}

/// A constraint of an app as it holds.
pub async fn find(
    tx: &mut Tx,
    app: &AppId,
    constraint: &ConstraintId,
) -> Result<Option<StoredConstraint>, StoreError> {
    let statement =
        Statement::select(CURRENT).push_bind(" WHERE c.app_id = ", app).push_bind(" AND c.id = ", constraint);
    Ok(all(tx, statement).await?.pop())
}

/// The constraint of an app that has that validator.
pub async fn by_validator(
    tx: &mut Tx,
    app: &AppId,
    validator: &str,
) -> Result<Option<StoredConstraint>, StoreError> {
    let statement = Statement::select(CURRENT)
        .push_bind(" WHERE c.app_id = ", app)
        .push_bind(" AND c.validator = ", validator);
    Ok(all(tx, statement).await?.pop())
}

/// Every version of a constraint, the newest first.
pub async fn versions(tx: &mut Tx, constraint: &ConstraintId) -> Result<Vec<StoredConstraint>, StoreError> {
    let statement = Statement::select(VERSIONS).push_bind(" WHERE c.id = ", constraint);
    all(tx, statement.push(" ORDER BY v.version DESC")).await
}

/// One version of a constraint.
pub async fn version(
    tx: &mut Tx,
    constraint: &ConstraintId,
    version: i64,
) -> Result<Option<StoredConstraint>, StoreError> {
    let statement = Statement::select(VERSIONS)
        .push_bind(" WHERE c.id = ", constraint)
        .push_bind(" AND v.version = ", version);
    Ok(all(tx, statement).await?.pop())
}

async fn all(tx: &mut Tx, statement: Statement) -> Result<Vec<StoredConstraint>, StoreError> {
    tx.all::<ConstraintRow>(statement).await?.into_iter().map(StoredConstraint::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct ConstraintRow {
    id: String,
    app_id: String,
    validator: String,
    version: i64,
    label: Option<String>,
    description: Option<String>,
    source: String,
    options: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<ConstraintRow> for StoredConstraint {
    type Error = StoreError;

    fn try_from(row: ConstraintRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("app_constraints.id", &row.id)?,
            app_id: id("app_constraints.app_id", &row.app_id)?,
            validator: row.validator,
            version: row.version,
            content: ConstraintContent {
                label: row.label,
                description: row.description,
                function: row.source,
                options: from_optional_json("app_constraint_versions.options", row.options)?,
            },
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}
