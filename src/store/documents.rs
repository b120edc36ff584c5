//! Documents.

use super::convert::{from_json, id, json};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::document::Document;
use crate::domain::ids::{DocumentId, SpaceId};
use crate::domain::time::Timestamp;

const COLUMNS: &str =
    "id, account_id, environment_id, space_id, title, body, treatments, actions, created_by,
    created_at, updated_at FROM documents WHERE deleted_at IS NULL";
/// The same without the texts, which a list of titles does not need.
const WITHOUT_BODY: &str = "id, account_id, environment_id, space_id, title, '' AS body, treatments, actions,
    created_by, created_at, updated_at FROM documents WHERE deleted_at IS NULL";

/// Keeps a new document.
pub async fn insert(tx: &mut Tx, document: &Document) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO documents (id, account_id, environment_id, space_id, title, body, treatments, actions,
            created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&document.id)
    .bind(&document.account_id)
    .bind(&document.environment_id)
    .bind(&document.space_id);
    let statement = bind_changing(statement, document)?
        .bind(&document.created_by)
        .bind(document.created_at)
        .bind(document.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of a document that can change.
pub async fn update(tx: &mut Tx, document: &Document) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE documents SET title = $2, body = $3, treatments = $4, actions = $5, updated_at = $6
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&document.id);
    let statement = bind_changing(statement, document)?.bind(document.updated_at);
    tx.execute(statement).await.map(|_| ())
}

fn bind_changing(statement: Statement, document: &Document) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&document.title)
        .bind(&document.body)
        .bind(json(&document.treatments)?)
        .bind(json(&document.actions)?))
}

/// The document of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &DocumentId) -> Result<Option<Document>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind(" AND id = ", id).within(scope);
    tx.optional::<DocumentRow>(statement).await?.map(Document::try_from).transpose()
}

/// The documents of a space, the oldest first.
pub async fn list(tx: &mut Tx, scope: &Scope, space_id: &SpaceId) -> Result<Vec<Document>, StoreError> {
    select(tx, COLUMNS, scope, space_id).await
}

/// The same with empty texts.
pub async fn list_titles(
    tx: &mut Tx,
    scope: &Scope,
    space_id: &SpaceId,
) -> Result<Vec<Document>, StoreError> {
    select(tx, WITHOUT_BODY, scope, space_id).await
}

async fn select(
    tx: &mut Tx,
    columns: &'static str,
    scope: &Scope,
    space_id: &SpaceId,
) -> Result<Vec<Document>, StoreError> {
    let statement = Statement::select(columns)
        .push_bind(" AND space_id = ", space_id)
        .within(scope)
        .push(" ORDER BY created_at, id");
    tx.all::<DocumentRow>(statement).await?.into_iter().map(Document::try_from).collect()
}

/// Deletes a document.
pub async fn delete(tx: &mut Tx, id: &DocumentId, now: Timestamp) -> Result<(), StoreError> {
    let statement =
        Statement::new("UPDATE documents SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL");
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct DocumentRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: String,
    title: String,
    body: String,
    treatments: String,
    actions: String,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<DocumentRow> for Document {
    type Error = StoreError;

    fn try_from(row: DocumentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("documents.id", &row.id)?,
            account_id: id("documents.account_id", &row.account_id)?,
            environment_id: id("documents.environment_id", &row.environment_id)?,
            space_id: id("documents.space_id", &row.space_id)?,
            title: row.title,
            body: row.body,
            treatments: from_json("documents.treatments", &row.treatments)?,
            actions: from_json("documents.actions", &row.actions)?,
            created_by: row.created_by,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}
