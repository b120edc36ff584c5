//! API keys, known only by their hashes.

use super::convert::id;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::{AccountId, EnvironmentId, KeyId};
use crate::domain::tenant::KeyKind;
use crate::domain::time::Timestamp;

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id, by which it appears as an actor.
    pub id: KeyId,
    /// What it opens.
    pub environment_id: EnvironmentId,
    /// How far it opens it.
    pub kind: KeyKind,
    /// A hash of the key; equal keys have equal hashes.
    pub hash: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Keeps a new key.
pub async fn insert_key(tx: &mut Tx, key: &KeyRow) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO api_keys (id, account_id, environment_id, kind, hash, created_at)
        VALUES ($1, (SELECT account_id FROM environments WHERE id = $2), $2, $3, $4, $5)",
    )
    .bind(&key.id)
    .bind(&key.environment_id)
    .bind(kind_word(key.kind))
    .bind(key.hash.as_slice())
    .bind(key.created_at);
    tx.execute(statement).await.map(|_| ())
}

/// Who a key is and what it opens; nothing for an unknown or deleted one.
pub async fn key_by_hash(
    tx: &mut Tx,
    hash: &[u8],
) -> Result<Option<(KeyId, KeyKind, AccountId, EnvironmentId)>, StoreError> {
    let statement = Statement::new(
        "SELECT k.id, k.kind, k.account_id, k.environment_id
        FROM api_keys k JOIN environments e ON e.id = k.environment_id
        WHERE k.hash = $1 AND k.deleted_at IS NULL AND e.deleted_at IS NULL",
    )
    .bind(hash);
    let Some((key, word, account, environment)) =
        tx.optional::<(String, String, String, String)>(statement).await?
    else {
        return Ok(None);
    };
    Ok(Some((
        id("api_keys.id", &key)?,
        kind(&word)?,
        id("api_keys.account_id", &account)?,
        id("api_keys.environment_id", &environment)?,
    )))
}

/// Revokes a key.
pub async fn delete_key(tx: &mut Tx, id: &KeyId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE api_keys SET deleted_at = $2 WHERE id = $1").bind(id).bind(now);
    tx.execute(statement).await.map(|_| ())
}

const KINDS: &[(KeyKind, &str)] = &[(KeyKind::Secret, "secret"), (KeyKind::Publishable, "publishable")];

fn kind_word(kind: KeyKind) -> &'static str {
    KINDS.iter().find(|(value, _)| *value == kind).map_or("publishable", |(_, word)| word)
}

fn kind(word: &str) -> Result<KeyKind, StoreError> {
    let found = KINDS.iter().find(|(_, text)| *text == word).map(|(value, _)| *value);
    found.ok_or_else(|| StoreError::Damaged(format!("api_keys.kind: `{word}` is no kind of key")))
}
