//! Counting stored chunks.

use crate::store::Tx;
use crate::store::statement::Statement;

/// How many chunks there are, and how many of them serve no version.
pub async fn chunks(tx: &mut Tx) -> (i64, i64) {
    let text = "SELECT COUNT(*) FROM chunks WHERE NOT EXISTS (
        SELECT 1 FROM segment_columns WHERE segment_columns.chunk = chunks.id)";
    let (all,): (i64,) = tx.one(Statement::new("SELECT COUNT(*) FROM chunks")).await.unwrap();
    let (unnamed,): (i64,) = tx.one(Statement::new(text)).await.unwrap();
    (all, unnamed)
}
