//! Sessions of browsers and access tokens of programs, known only by the hashes of what is shown.

use super::accounts::UserRow;
use super::convert::{id, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::{AccessTokenId, UserId};
use crate::domain::tenant::User;
use crate::domain::time::Timestamp;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Whose it is.
    pub user_id: UserId,
    /// The client whose secret it was exchanged for, with which it ends.
    pub client: Option<AccessTokenId>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

/// Keeps a new session.
pub async fn insert_session(tx: &mut Tx, hash: &[u8], session: &SessionRow) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO sessions (hash, user_id, access_token_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(hash)
    .bind(&session.user_id)
    .bind(&session.client)
    .bind(session.created_at)
    .bind(session.expires_at);
    tx.execute(statement).await.map(|_| ())
}

/// A session, ended or not.
pub async fn session(tx: &mut Tx, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
    let statement = Statement::new(
        "SELECT user_id, access_token_id, created_at, expires_at FROM sessions WHERE hash = $1",
    )
    .bind(hash);
    let found = tx.optional::<(String, Option<String>, i64, i64)>(statement).await?;
    let read = |(user_id, client, created_at, expires_at): (String, Option<String>, i64, i64)| {
        Ok(SessionRow {
            user_id: id("sessions.user_id", &user_id)?,
            client: optional_id("sessions.access_token_id", client)?,
            created_at: Timestamp(created_at),
            expires_at: Timestamp(expires_at),
        })
    };
    found.map(read).transpose()
}

/// Lets a session that was used go on until `until`, where that is `step` milliseconds later than its end at least; but
/// never for longer than `most` milliseconds after its beginning.
pub async fn prolong_session(
    tx: &mut Tx,
    hash: &[u8],
    until: Timestamp,
    step: i64,
    most: i64,
) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE sessions SET expires_at = CASE WHEN $1 < created_at + $2 THEN $1 ELSE created_at + $2 END
        WHERE hash = $3 AND expires_at + $4 <= $1",
    )
    .bind(until)
    .bind(most)
    .bind(hash)
    .bind(step);
    tx.execute(statement).await.map(|_| ())
}

/// The person of a session that has not ended.
pub async fn session_user(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<User>, StoreError> {
    let statement = UserRow::select()
        .push_bind(" AND u.id = (SELECT s.user_id FROM sessions s WHERE s.hash = ", hash)
        .push_bind(" AND s.expires_at > ", now)
        .push(")");
    tx.optional::<UserRow>(statement).await?.map(User::try_from).transpose()
}

/// Ends a session.
pub async fn delete_session(tx: &mut Tx, hash: &[u8]) -> Result<(), StoreError> {
    tx.rights_changed();
    tx.execute(Statement::new("DELETE FROM sessions WHERE hash = $1").bind(hash)).await.map(|_| ())
}

/// Ends all sessions of a person.
pub async fn delete_sessions_of(tx: &mut Tx, user: &UserId) -> Result<(), StoreError> {
    tx.rights_changed();
    tx.execute(Statement::new("DELETE FROM sessions WHERE user_id = $1").bind(user)).await.map(|_| ())
}

/// Forgets the sessions that have ended by themselves; how many they were.
pub async fn delete_ended_sessions(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(Statement::new("DELETE FROM sessions WHERE expires_at <= $1").bind(now)).await
}
