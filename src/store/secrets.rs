//! Named secrets, as they are kept: sealed.

use super::convert::{id, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{EnvironmentId, SecretId, SpaceId};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, account_id, environment_id, space_id, actor_id, name, sealed";

type Row = (String, String, String, Option<String>, Option<String>, String, Vec<u8>);

fn read((secret, account, environment, space, actor_id, name, sealed): Row) -> Result<Secret, StoreError> {
    Ok(Secret {
        id: id("secrets.id", &secret)?,
        account_id: id("secrets.account_id", &account)?,
        environment_id: id("secrets.environment_id", &environment)?,
        space_id: optional_id("secrets.space_id", space)?,
        actor_id,
        name,
        sealed,
    })
}

/// Keeps a secret, or another value of the one that has its name in its place; the id under which it is kept.
pub async fn keep(tx: &mut Tx, secret: &Secret, now: Timestamp) -> Result<SecretId, StoreError> {
    let text =
        "INSERT INTO secrets (id, account_id, environment_id, space_id, actor_id, name, sealed, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (environment_id, COALESCE(space_id, ''), COALESCE(actor_id, ''), name)
        DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at RETURNING id";
    let statement = Statement::new(text)
        .bind(&secret.id)
        .bind(&secret.account_id)
        .bind(&secret.environment_id)
        .bind(&secret.space_id)
        .bind(&secret.actor_id)
        .bind(&secret.name)
        .bind(secret.sealed.as_slice())
        .bind(now);
    let (kept,): (String,) = tx.one(statement).await?;
    id("secrets.id", &kept)
}

/// The secret of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, secret: &SecretId) -> Result<Option<Secret>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind(" FROM secrets WHERE id = ", secret).within(scope);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The secrets that hold in an environment, and those for that space and that actor alone.
pub async fn holding(
    tx: &mut Tx,
    environment: &EnvironmentId,
    space: Option<&SpaceId>,
    actor: Option<&str>,
) -> Result<Vec<Secret>, StoreError> {
    let mut statement = Statement::select(COLUMNS)
        .push_bind(" FROM secrets WHERE environment_id = ", environment)
        .push(" AND (space_id IS NULL");
    statement = statement.filter(" OR space_id = ", space).push(") AND (actor_id IS NULL");
    statement = statement.filter(" OR actor_id = ", actor).push(")");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// Deletes a secret.
pub async fn delete(tx: &mut Tx, secret: &SecretId) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM secrets WHERE id = $1").bind(secret)).await.map(|_| ())
}
