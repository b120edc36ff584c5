//! Tokens of people, known only by their hashes.

use super::convert::{id, moment};
use super::statement::Statement;
use super::{StoreError, Tx, accounts};
use crate::domain::ids::{AccessTokenId, UserId};
use crate::domain::tenant::{AccessToken, AccessTokenKind, User};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, user_id, kind, name, created_at, last_used_at";

/// Keeps a new token.
pub async fn insert(tx: &mut Tx, token: &AccessToken, hash: &[u8]) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO access_tokens (id, user_id, kind, name, hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&token.id)
    .bind(&token.user_id)
    .bind(kind_word(token.kind))
    .bind(&token.name)
    .bind(hash)
    .bind(token.created_at);
    tx.execute(statement).await.map(|_| ())
}

/// The token of that id.
pub async fn find(tx: &mut Tx, id: &AccessTokenId) -> Result<Option<AccessToken>, StoreError> {
    let statement =
        Statement::select(COLUMNS).push_bind(" FROM access_tokens WHERE deleted_at IS NULL AND id = ", id);
    tx.optional::<TokenRow>(statement).await?.map(AccessToken::try_from).transpose()
}

/// The tokens of a person of one kind, the oldest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    user: &UserId,
    kind: AccessTokenKind,
    offset: u64,
    limit: u64,
) -> Result<(Vec<AccessToken>, u64), StoreError> {
    let rest = Statement::new("FROM access_tokens WHERE deleted_at IS NULL AND user_id = $1 AND kind = $2")
        .bind(user)
        .bind(kind_word(kind));
    let (rows, total) =
        tx.page::<TokenRow>(COLUMNS, rest, " ORDER BY created_at, number", offset, limit).await?;
    Ok((rows.into_iter().map(AccessToken::try_from).collect::<Result<_, _>>()?, total))
}

/// The token with that hash and its person; nothing for an unknown or deleted one.
pub async fn by_hash(
    tx: &mut Tx,
    kind: AccessTokenKind,
    hash: &[u8],
) -> Result<Option<(AccessTokenId, User)>, StoreError> {
    let statement = Statement::new(
        "SELECT id, user_id FROM access_tokens WHERE deleted_at IS NULL AND kind = $1 AND hash = $2",
    )
    .bind(kind_word(kind))
    .bind(hash);
    let Some((token, user)) = tx.optional::<(String, String)>(statement).await? else { return Ok(None) };
    let user = accounts::user(tx, &id("access_tokens.user_id", &user)?).await?;
    let token = id("access_tokens.id", &token)?;
    Ok(user.map(|user| (token, user)))
}

/// Notes when a token was last used.
pub async fn used(tx: &mut Tx, id: &AccessTokenId, at: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE access_tokens SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)",
    );
    tx.execute(statement.bind(at).bind(id)).await.map(|_| ())
}

/// Revokes a token, and ends what it was exchanged for.
pub async fn delete(tx: &mut Tx, id: &AccessTokenId, now: Timestamp) -> Result<(), StoreError> {
    tx.rights_changed();
    tx.execute(Statement::new("DELETE FROM sessions WHERE access_token_id = $1").bind(id)).await?;
    let statement = Statement::new("UPDATE access_tokens SET deleted_at = $2 WHERE id = $1");
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

const KINDS: &[(AccessTokenKind, &str)] =
    &[(AccessTokenKind::Personal, "personal"), (AccessTokenKind::Client, "client")];

fn kind_word(kind: AccessTokenKind) -> &'static str {
    KINDS.iter().find(|(value, _)| *value == kind).map_or("personal", |(_, word)| word)
}

fn kind(word: &str) -> Result<AccessTokenKind, StoreError> {
    let found = KINDS.iter().find(|(_, text)| *text == word).map(|(value, _)| *value);
    found.ok_or_else(|| StoreError::Damaged(format!("access_tokens.kind: `{word}` is no kind of token")))
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: String,
    user_id: String,
    kind: String,
    name: String,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<TokenRow> for AccessToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("access_tokens.id", &row.id)?,
            user_id: id("access_tokens.user_id", &row.user_id)?,
            kind: kind(&row.kind)?,
            name: row.name,
            created_at: Timestamp(row.created_at),
            last_used_at: moment(row.last_used_at),
        })
    }
}
