//! What SQLite wrote to its log is copied into the database file beside the writing. By itself SQLite does so
//! within a commit, every thousand pages: one edit in some dozens would wait for it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use tokio_util::task::AbortOnDropHandle;

use super::Signals;

/// How long the log grows before it is copied.
const EVERY: Duration = Duration::from_millis(500);
/// Pages of 4 KiB in the log at which a commit copies it after all, so that it does not grow without end.
pub(super) const MOST_PAGES: &str = "8192";

/// Copies after writes, over a connection of its own, until the pool is closed.
pub(super) fn keep(pool: SqlitePool, signals: Arc<Signals>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        while !pool.is_closed() {
            signals.written.notified().await;
            tokio::time::sleep(EVERY).await;
            // It copies what nobody holds up, and waits for no one.
            if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&pool).await
                && !pool.is_closed()
            {
                tracing::warn!(%error, "the log of the database could not be copied into its file");
            }
        }
    }))
}
