//! Changes: the commits that a person undoes together, and which of them were.

use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::ChangeId;
use crate::domain::time::Timestamp;

/// The first and the last version that a change made; nothing when there is no such change. Of a change that was
/// made again after others, as by an import that runs once more, only the versions after those.
pub async fn change_span(
    tx: &mut Tx,
    sheet: i64,
    change: &ChangeId,
) -> Result<Option<(i64, i64)>, StoreError> {
    let last = "SELECT MAX(version) FROM commits WHERE sheet = $1 AND change_id = $2";
    let last: Option<(Option<i64>,)> = tx.optional(Statement::new(last).bind(sheet).bind(change)).await?;
    let Some(last) = last.and_then(|(last,)| last) else { return Ok(None) };
    let before = "SELECT MAX(version) FROM commits
        WHERE sheet = $1 AND version < $3 AND (change_id IS NULL OR change_id <> $2)";
    let statement = Statement::new(before).bind(sheet).bind(change).bind(last);
    let before: Option<(Option<i64>,)> = tx.optional(statement).await?;
    let before = before.and_then(|(before,)| before).unwrap_or(0);
    Ok(Some((before + 1, last)))
}

/// Whether a change was taken back and not made again since.
pub async fn is_undone(tx: &mut Tx, sheet: i64, change: &ChangeId) -> Result<bool, StoreError> {
    let text = "SELECT MAX(version) FROM commits WHERE sheet = $1 AND undoes = $2";
    let undone: Option<(Option<i64>,)> = tx.optional(Statement::new(text).bind(sheet).bind(change)).await?;
    let made = change_span(tx, sheet, change).await?;
    let undone = undone.and_then(|(version,)| version);
    Ok(undone.is_some_and(|undone| made.is_none_or(|(_, last)| last < undone)))
}

/// Notes that the commits of `undoing` took `change` back. If that had itself taken one back, that one is there again.
pub async fn mark_undone(
    tx: &mut Tx,
    sheet: i64,
    change: &ChangeId,
    undoing: &ChangeId,
) -> Result<(), StoreError> {
    let again = "UPDATE commits SET undoes = NULL WHERE sheet = $1 AND change_id = $2";
    tx.execute(Statement::new(again).bind(sheet).bind(change)).await?;
    let undone = "UPDATE commits SET undoes = $3 WHERE sheet = $1 AND change_id = $2";
    tx.execute(Statement::new(undone).bind(sheet).bind(undoing).bind(change)).await.map(|_| ())
}

/// When the first commit after a version was made, and how many of them only checked records again.
pub async fn checks_since(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
) -> Result<(Option<Timestamp>, u64), StoreError> {
    let text = "SELECT MIN(created_at), COUNT(CASE WHEN kind = 'validate' THEN 1 END) FROM commits
        WHERE sheet = $1 AND version > $2";
    let (first, checks): (Option<i64>, i64) = tx.one(Statement::new(text).bind(sheet).bind(version)).await?;
    Ok((first.map(Timestamp), checks.unsigned_abs()))
}
