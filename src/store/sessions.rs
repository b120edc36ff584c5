//! Sessions of browsers and access tokens of programs, known only by the hashes of what is shown.

use super::accounts::UserRow;
use super::convert::optional_id;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::{AccessTokenId, UserId};
use crate::domain::tenant::User;
use crate::domain::time::Timestamp;

/// Keeps a new session.
pub async fn insert_session(
    tx: &mut Tx,
    hash: &[u8],
    user_id: &UserId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let statement = Statement::new("INSERT INTO sessions (hash, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(hash)
        .bind(user_id)
        .bind(expires_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps a new session that the secret of a client was exchanged for; it ends with the client.
pub async fn insert_session_of_client(
    tx: &mut Tx,
    hash: &[u8],
    user_id: &UserId,
    client: Option<&AccessTokenId>,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    insert_session(tx, hash, user_id, expires_at).await?;
    let Some(client) = client else { return Ok(()) };
    let statement = Statement::new("UPDATE sessions SET access_token_id = $1 WHERE hash = $2");
    tx.execute(statement.bind(client).bind(hash)).await.map(|_| ())
}

/// The client whose secret a session was exchanged for; nothing for one that began with a password.
pub async fn client_of_session(tx: &mut Tx, hash: &[u8]) -> Result<Option<AccessTokenId>, StoreError> {
    let statement = Statement::new("SELECT access_token_id FROM sessions WHERE hash = $1").bind(hash);
    let found = tx.optional::<(Option<String>,)>(statement).await?;
    optional_id("sessions.access_token_id", found.and_then(|(client,)| client))
}

/// The person of a session that has not ended.
pub async fn session_user(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<User>, StoreError> {
    let statement = Statement::new(
        "SELECT u.id, u.account_id, u.email, u.name, u.role, u.password_hash, u.created_at
        FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = $1 AND s.expires_at > $2",
    )
    .bind(hash)
    .bind(now);
    tx.optional::<UserRow>(statement).await?.map(User::try_from).transpose()
}

/// Ends a session.
pub async fn delete_session(tx: &mut Tx, hash: &[u8]) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM sessions WHERE hash = $1").bind(hash)).await.map(|_| ())
}

/// Forgets the sessions that have ended by themselves; how many they were.
pub async fn delete_ended_sessions(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(Statement::new("DELETE FROM sessions WHERE expires_at <= $1").bind(now)).await
}
