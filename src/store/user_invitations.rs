//! Invitations of people who have no password yet, known only by the hashes of their tokens.

use super::convert::id;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::{AccountId, UserId};
use crate::domain::time::Timestamp;

/// Keeps an invitation in the place of the one that the person had.
pub async fn put(
    tx: &mut Tx,
    user: &UserId,
    hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    delete(tx, user).await?;
    let statement = Statement::new(
        "INSERT INTO invitations (user_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    );
    tx.execute(statement.bind(user).bind(hash).bind(now).bind(expires_at)).await.map(|_| ())
}

/// The person of an invitation that was neither used nor ended; it is this transaction's alone until it ends.
pub async fn by_hash(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<UserId>, StoreError> {
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    let statement = Statement::new("SELECT user_id FROM invitations WHERE hash = $1 AND expires_at > $2")
        .bind(hash)
        .bind(now)
        .push(keep);
    let found = tx.optional::<(String,)>(statement).await?;
    found.map(|(user,)| id("invitations.user_id", &user)).transpose()
}

/// When a person was invited who has not come yet.
pub async fn made_at(tx: &mut Tx, user: &UserId) -> Result<Option<Timestamp>, StoreError> {
    let statement = Statement::new("SELECT created_at FROM invitations WHERE user_id = $1").bind(user);
    Ok(tx.optional::<(i64,)>(statement).await?.map(|(at,)| Timestamp(at)))
}

/// The people of an account who were invited and have not come yet.
pub async fn waiting(tx: &mut Tx, account: &AccountId) -> Result<Vec<UserId>, StoreError> {
    let text = "SELECT i.user_id FROM invitations i JOIN users u ON u.id = i.user_id WHERE u.account_id = $1";
    let found = tx.all::<(String,)>(Statement::new(text).bind(account)).await?;
    found.iter().map(|(user,)| id("invitations.user_id", user)).collect()
}

/// Uses the token up; the person still has no password.
pub async fn use_up(tx: &mut Tx, user: &UserId) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE invitations SET hash = NULL WHERE user_id = $1").bind(user);
    tx.execute(statement).await.map(|_| ())
}

/// Ends the invitation of a person.
pub async fn delete(tx: &mut Tx, user: &UserId) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM invitations WHERE user_id = $1").bind(user)).await.map(|_| ())
}
