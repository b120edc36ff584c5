//! Mails on their way. They stay until they are sent or given up.

use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::time::Timestamp;

/// A mail that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// Its id.
    pub id: String,
    /// What is sent, sealed.
    pub sealed: Vec<u8>,
    /// How often it was tried before.
    pub attempts: i64,
    /// When it was written.
    pub created_at: Timestamp,
    next_at: i64,
}

/// Queues a mail about something, in the place of those about it that were not sent yet.
pub async fn put(
    tx: &mut Tx,
    id: &str,
    about: &str,
    sealed: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.wake_mails();
    delete_about(tx, about).await?;
    let statement = Statement::new(
        "INSERT INTO mails (id, about, sealed, attempts, next_at, created_at) VALUES ($1, $2, $3, 0, $4, $4)",
    );
    tx.execute(statement.bind(id).bind(about).bind(sealed).bind(now)).await.map(|_| ())
}

/// Forgets the mails about something that were not sent yet.
pub async fn delete_about(tx: &mut Tx, about: &str) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM mails WHERE about = $1").bind(about)).await.map(|_| ())
}

/// The mail that has been due the longest.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Option<QueuedMail>, StoreError> {
    let statement = Statement::new(
        "SELECT id, sealed, attempts, created_at, next_at FROM mails WHERE next_at <= $1
        ORDER BY next_at, id LIMIT 1",
    )
    .bind(now);
    let found = tx.optional::<(String, Vec<u8>, i64, i64, i64)>(statement).await?;
    Ok(found.map(|(id, sealed, attempts, created_at, next_at)| QueuedMail {
        id,
        sealed,
        attempts,
        created_at: Timestamp(created_at),
        next_at,
    }))
}

/// Takes a mail, which is due again at `again`; `false` when another server took it before.
pub async fn take(tx: &mut Tx, mail: &QueuedMail, again: Timestamp) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "UPDATE mails SET attempts = attempts + 1, next_at = $3 WHERE id = $1 AND next_at = $2",
    );
    Ok(tx.execute(statement.bind(&mail.id).bind(mail.next_at).bind(again)).await? == 1)
}

/// Forgets a mail: it was sent, or is given up.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM mails WHERE id = $1").bind(id)).await.map(|_| ())
}
