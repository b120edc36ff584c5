//! API keys: known by their hashes, and sealed for those who may see them again.

use super::convert::{id, moment};
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
    /// The key itself, sealed; nothing of one that was made before keys were kept so.
    pub sealed: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// Keeps a new key.
pub async fn insert_key(tx: &mut Tx, key: &KeyRow) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO api_keys (id, account_id, environment_id, kind, hash, sealed, created_at)
        VALUES ($1, (SELECT account_id FROM environments WHERE id = $2), $2, $3, $4, $5, $6)",
    )
    .bind(&key.id)
    .bind(&key.environment_id)
    .bind(kind_word(key.kind))
    .bind(key.hash.as_slice())
    .bind(key.sealed.clone())
    .bind(key.created_at);
    tx.execute(statement).await.map(|_| ())
}

/// Who a key is and what it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Its id.
    pub id: KeyId,
    /// How far it opens its environment.
    pub kind: KeyKind,
    /// The account of that.
    pub account_id: AccountId,
    /// What it opens.
    pub environment_id: EnvironmentId,
}

const KNOWN: &str = "k.id, k.kind, k.account_id, k.environment_id
    FROM api_keys k JOIN environments e ON e.id = k.environment_id
    WHERE k.deleted_at IS NULL AND e.deleted_at IS NULL";

/// The key of that hash; nothing for an unknown or deleted one.
pub async fn by_hash(tx: &mut Tx, hash: &[u8]) -> Result<Option<KnownKey>, StoreError> {
    known(tx, Statement::select(KNOWN).push_bind(" AND k.hash = ", hash)).await
}

/// The key of that id; nothing for an unknown or deleted one.
pub async fn find(tx: &mut Tx, id: &KeyId) -> Result<Option<KnownKey>, StoreError> {
    known(tx, Statement::select(KNOWN).push_bind(" AND k.id = ", id)).await
}

async fn known(tx: &mut Tx, statement: Statement) -> Result<Option<KnownKey>, StoreError> {
    let Some((key, word, account, environment)) =
        tx.optional::<(String, String, String, String)>(statement).await?
    else {
        return Ok(None);
    };
    Ok(Some(KnownKey {
        id: id("api_keys.id", &key)?,
        kind: kind(&word)?,
        account_id: id("api_keys.account_id", &account)?,
        environment_id: id("api_keys.environment_id", &environment)?,
    }))
}

const COLUMNS: &str = "id, environment_id, kind, hash, sealed, created_at, last_used_at";

/// The keys of an environment that were not revoked, the oldest first.
pub async fn keys(tx: &mut Tx, environment: &EnvironmentId) -> Result<Vec<KeyRow>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM api_keys WHERE deleted_at IS NULL AND environment_id = ", environment)
        .push(" ORDER BY created_at, number");
    tx.all::<StoredKey>(statement).await?.into_iter().map(KeyRow::try_from).collect()
}

/// Notes when a key was last used.
pub async fn key_used(tx: &mut Tx, id: &KeyId, at: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)",
    );
    tx.execute(statement.bind(at).bind(id)).await.map(|_| ())
}

/// Revokes a key.
pub async fn delete_key(tx: &mut Tx, id: &KeyId, now: Timestamp) -> Result<(), StoreError> {
    tx.rights_changed();
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

#[derive(sqlx::FromRow)]
struct StoredKey {
    id: String,
    environment_id: String,
    kind: String,
    hash: Vec<u8>,
    sealed: Option<Vec<u8>>,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<StoredKey> for KeyRow {
    type Error = StoreError;

    fn try_from(row: StoredKey) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("api_keys.id", &row.id)?,
            environment_id: id("api_keys.environment_id", &row.environment_id)?,
            kind: kind(&row.kind)?,
            hash: row.hash,
            sealed: row.sealed,
            created_at: Timestamp(row.created_at),
            last_used_at: moment(row.last_used_at),
        })
    }
}
