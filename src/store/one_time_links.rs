//! Links that let somebody in once, known only by the hashes of their tokens.

use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::time::Timestamp;

/// Whom a link lets in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The id of a guest or a person.
    pub subject: String,
    /// The id of a space; empty for whoever chooses a password.
    pub place: String,
}

/// Keeps a link beside those that its holder has already.
pub async fn put(
    tx: &mut Tx,
    hash: &[u8],
    holder: &Holder,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO one_time_links (hash, subject, place, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    );
    let statement = statement.bind(hash).bind(&holder.subject).bind(&holder.place).bind(now).bind(expires_at);
    tx.execute(statement).await.map(|_| ())
}

/// The holder of a link that was neither used nor ended; it is this transaction's alone until it ends.
pub async fn holder(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<Holder>, StoreError> {
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    let statement =
        Statement::new("SELECT subject, place FROM one_time_links WHERE hash = $1 AND expires_at > $2")
            .bind(hash)
            .bind(now)
            .push(keep);
    let found = tx.optional::<(String, String)>(statement).await?;
    Ok(found.map(|(subject, place)| Holder { subject, place }))
}

/// When the last link was made that its holder has not used.
pub async fn made_at(tx: &mut Tx, holder: &Holder) -> Result<Option<Timestamp>, StoreError> {
    let statement =
        Statement::new("SELECT MAX(created_at) FROM one_time_links WHERE subject = $1 AND place = $2")
            .bind(&holder.subject)
            .bind(&holder.place);
    let found = tx.optional::<(Option<i64>,)>(statement).await?;
    Ok(found.and_then(|(at,)| at).map(Timestamp))
}

/// Ends the links of a holder.
pub async fn end(tx: &mut Tx, holder: &Holder) -> Result<(), StoreError> {
    let statement = Statement::new("DELETE FROM one_time_links WHERE subject = $1 AND place = $2");
    tx.execute(statement.bind(&holder.subject).bind(&holder.place)).await.map(|_| ())
}

/// Forgets the links that have ended by themselves.
pub async fn delete_ended(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("DELETE FROM one_time_links WHERE expires_at <= $1").bind(now);
    tx.execute(statement).await.map(|_| ())
}
