//! Changes: the commits that a person undoes together, and which of them were.

use super::convert::{count, id, integer, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::ChangeId;
use crate::domain::time::Timestamp;
use crate::domain::undo::Made;

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

/// Whether a change was taken back and not made again since. What took it back may itself have been taken back.
pub async fn is_undone(tx: &mut Tx, sheet: i64, change: &ChangeId) -> Result<bool, StoreError> {
    let mut undone = false;
    let mut change = change.clone();
    while let Some(undoing) = undoing_of(tx, sheet, &change).await? {
        undone = !undone;
        change = undoing;
    }
    Ok(undone)
}

/// The change that last took a change back, unless it was made anew after that.
async fn undoing_of(tx: &mut Tx, sheet: i64, change: &ChangeId) -> Result<Option<ChangeId>, StoreError> {
    let text =
        "SELECT version, change_id FROM commits WHERE sheet = $1 AND undoes = $2 AND change_id IS NOT NULL
        ORDER BY version DESC LIMIT 1";
    let found: Option<(i64, String)> = tx.optional(Statement::new(text).bind(sheet).bind(change)).await?;
    let Some((version, undoing)) = found else { return Ok(None) };
    let made = change_span(tx, sheet, change).await?;
    let since = made.is_none_or(|(_, last)| last < version);
    Ok(if since { Some(id("commits.change_id", &undoing)?) } else { None })
}

/// Notes that the commits of `undoing` took `change` back.
pub async fn mark_undone(
    tx: &mut Tx,
    sheet: i64,
    change: &ChangeId,
    undoing: &ChangeId,
) -> Result<(), StoreError> {
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

/// The first version that had the same content as this one by going back to it.
pub async fn content_of(tx: &mut Tx, sheet: i64, version: i64) -> Result<i64, StoreError> {
    let text = "SELECT restores FROM commits WHERE sheet = $1 AND version = $2";
    let found: Option<(Option<i64>,)> = tx.optional(Statement::new(text).bind(sheet).bind(version)).await?;
    Ok(found.and_then(|(restores,)| restores).unwrap_or(version))
}

/// What somebody did to a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChange {
    /// Which change it was.
    pub made: Made<ChangeId>,
    /// Records that it made.
    pub inserted: u64,
    /// Records that it changed.
    pub updated: u64,
    /// Records that it took away.
    pub deleted: u64,
}

/// Commits that are looked at for somebody's changes.
const LOOKED_AT: i64 = 4_000;

/// The last changes that somebody made to a sheet, the oldest first.
pub async fn own(tx: &mut Tx, sheet: i64, by: &str, most: u64) -> Result<Vec<OwnChange>, StoreError> {
    let text = "SELECT change_id, MAX(undoes), CAST(SUM(inserted) AS BIGINT), CAST(SUM(updated) AS BIGINT),
            CAST(SUM(deleted) AS BIGINT)
        FROM (SELECT change_id, undoes, inserted, updated, deleted, version FROM commits
            WHERE sheet = $1 AND created_by = $2 AND change_id IS NOT NULL ORDER BY version DESC LIMIT $3) own
        GROUP BY change_id ORDER BY MAX(version) DESC LIMIT $4";
    let statement = Statement::new(text).bind(sheet).bind(by.to_string()).bind(LOOKED_AT).bind(integer(most));
    type Row = (String, Option<String>, i64, i64, i64);
    let rows: Vec<Row> = tx.all(statement).await?;
    let own = |(change, undoes, inserted, updated, deleted): Row| {
        Ok(OwnChange {
            made: Made {
                change: id("commits.change_id", &change)?,
                undoes: optional_id("commits.undoes", undoes)?,
            },
            inserted: count("commits.inserted", inserted)?,
            updated: count("commits.updated", updated)?,
            deleted: count("commits.deleted", deleted)?,
        })
    };
    let mut found: Vec<OwnChange> = rows.into_iter().map(own).collect::<Result<_, StoreError>>()?;
    found.reverse();
    Ok(found)
}
