//! What may be forgotten of the records: versions that are old, but for those that a snapshot pins, and the chunks
//! that serve no version any more.

use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::time::Timestamp;

/// Rows that are taken away in one go.
pub const SLICE: i64 = 500;

/// Whether a version of a sheet can still be read.
pub async fn is_kept(tx: &mut Tx, sheet: i64, version: i64) -> Result<bool, StoreError> {
    if version == 0 {
        return Ok(true);
    }
    let text = "SELECT COUNT(*) FROM sheets WHERE number = $1 AND (kept_from <= $2
        OR EXISTS (SELECT 1 FROM snapshots WHERE snapshots.sheet = sheets.number AND snapshots.version = $2))";
    let (kept,): (i64,) = tx.one(Statement::new(text).bind(sheet).bind(version)).await?;
    Ok(kept > 0)
}

/// The oldest version of a sheet that can be read, but for those that a snapshot pins.
pub async fn kept_from(tx: &mut Tx, sheet: i64) -> Result<i64, StoreError> {
    let text = "SELECT kept_from FROM sheets WHERE number = $1";
    let (kept,): (i64,) = tx.one(Statement::new(text).bind(sheet)).await?;
    Ok(kept)
}

/// The sheets that have records, by their numbers: the next ones after `after`.
pub async fn sheets(tx: &mut Tx, after: i64) -> Result<Vec<i64>, StoreError> {
    let text = "SELECT number FROM sheets WHERE version > 0 AND number > $1 ORDER BY number LIMIT 100";
    let rows: Vec<(i64,)> = tx.all(Statement::new(text).bind(after)).await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// The oldest version of a sheet that is to be kept: the one before the last `changes`, or the one that was the head
/// at `horizon`, whichever is newer.
pub async fn oldest_kept(
    tx: &mut Tx,
    sheet: i64,
    changes: u32,
    horizon: Timestamp,
) -> Result<i64, StoreError> {
    let kept = kept_from(tx, sheet).await?;
    let text = "SELECT MIN(version) FROM commits WHERE sheet = $1 AND version > $2
        GROUP BY COALESCE(change_id, id) ORDER BY MIN(version) DESC LIMIT 1 OFFSET $3";
    let statement = Statement::new(text).bind(sheet).bind(kept).bind(i64::from(changes).max(1) - 1);
    let by_changes: Option<(i64,)> = tx.optional(statement).await?;
    let text = "SELECT MAX(version) FROM commits WHERE sheet = $1 AND version > $2 AND created_at < $3";
    let by_age: Option<(Option<i64>,)> =
        tx.optional(Statement::new(text).bind(sheet).bind(kept).bind(horizon)).await?;
    let by_changes = by_changes.map_or(kept, |(first,)| first - 1);
    let by_age = by_age.and_then(|(version,)| version).unwrap_or(kept);
    Ok(by_changes.max(by_age).max(kept))
}

/// Whether there may be something of a sheet to forget before `version`.
pub async fn has_old(tx: &mut Tx, sheet: i64, version: i64) -> Result<bool, StoreError> {
    let text = "SELECT COUNT(*) FROM sheets WHERE number = $1 AND (kept_from < $2 OR EXISTS (
        SELECT 1 FROM segment_columns WHERE sheet = $1 AND to_version <= $2))";
    let (found,): (i64,) = tx.one(Statement::new(text).bind(sheet).bind(version)).await?;
    Ok(found > 0)
}

/// Says that the versions before this one can no longer be read.
pub async fn keep_from(tx: &mut Tx, sheet: i64, version: i64) -> Result<(), StoreError> {
    let text = "UPDATE sheets SET kept_from = $2 WHERE number = $1 AND kept_from < $2";
    tx.execute(Statement::new(text).bind(sheet).bind(version)).await.map(|_| ())
}

/// Takes away some of what serves only versions of a sheet before `version`, but for those that a snapshot pins.
/// How many rows that were; none when nothing is left.
pub async fn forget(tx: &mut Tx, sheet: i64, version: i64, now: Timestamp) -> Result<u64, StoreError> {
    let text =
        "SELECT segment, part, from_version, chunk FROM segment_columns WHERE sheet = $1 AND to_version <= $2
        AND NOT EXISTS (SELECT 1 FROM snapshots WHERE snapshots.sheet = segment_columns.sheet
            AND snapshots.version >= segment_columns.from_version
            AND snapshots.version < segment_columns.to_version)
        LIMIT $3";
    let columns: Vec<(i64, i64, i64, i64)> =
        tx.all(Statement::new(text).bind(sheet).bind(version).bind(SLICE)).await?;
    for (segment, part, from, chunk) in &columns {
        loosen(tx, *chunk, now).await?;
        let text = "DELETE FROM segment_columns WHERE sheet = $1 AND segment = $2 AND part = $3 AND from_version = $4";
        tx.execute(Statement::new(text).bind(sheet).bind(*segment).bind(*part).bind(*from)).await?;
    }
    let mut gone = columns.len() as u64;
    for text in [
        "DELETE FROM segments WHERE sheet = $1 AND (number, from_version) IN (
            SELECT number, from_version FROM segments AS old WHERE sheet = $1 AND to_version <= $2
            AND NOT EXISTS (SELECT 1 FROM snapshots WHERE snapshots.sheet = old.sheet
                AND snapshots.version >= old.from_version AND snapshots.version < old.to_version)
            LIMIT $3)",
        "DELETE FROM patches WHERE sheet = $1 AND version IN (
            SELECT version FROM patches AS old WHERE sheet = $1 AND folded_at <= $2
            AND NOT EXISTS (SELECT 1 FROM snapshots WHERE snapshots.sheet = old.sheet
                AND snapshots.version >= old.version AND snapshots.version < old.folded_at)
            LIMIT $3)",
    ] {
        gone += tx.execute(Statement::new(text).bind(sheet).bind(version).bind(SLICE)).await?;
    }
    Ok(gone)
}

/// Whether the sheet went with a workbook whose time was up, and something of its records is left.
pub async fn has_expired(tx: &mut Tx, sheet: i64) -> Result<bool, StoreError> {
    let text = "SELECT COUNT(*) FROM sheets JOIN workbooks ON workbooks.id = sheets.workbook_id
        WHERE sheets.number = $1 AND workbooks.expired_at IS NOT NULL
        AND (EXISTS (SELECT 1 FROM segment_columns WHERE sheet = $1) OR EXISTS (SELECT 1 FROM patches WHERE sheet = $1))";
    let (found,): (i64,) = tx.one(Statement::new(text).bind(sheet)).await?;
    Ok(found > 0)
}

/// Takes away some of what there is of the records of a sheet, in all versions and snapshots. How many rows that were;
/// none when nothing is left.
pub async fn forget_all(tx: &mut Tx, sheet: i64, now: Timestamp) -> Result<u64, StoreError> {
    let text = "INSERT INTO loose_chunks (chunk, since) SELECT DISTINCT chunk, $2 FROM segment_columns
        WHERE sheet = $1 AND segment IN (SELECT segment FROM segment_columns WHERE sheet = $1
            ORDER BY segment LIMIT $3)
        ON CONFLICT (chunk) DO NOTHING";
    tx.execute(Statement::new(text).bind(sheet).bind(now).bind(SLICE)).await?;
    let mut gone = 0;
    for text in [
        "DELETE FROM segment_columns WHERE sheet = $1 AND segment IN (SELECT segment FROM segment_columns
            WHERE sheet = $1 ORDER BY segment LIMIT $2)",
        "DELETE FROM segments WHERE sheet = $1 AND number IN (SELECT number FROM segments WHERE sheet = $1
            ORDER BY number LIMIT $2)",
        "DELETE FROM patches WHERE sheet = $1 AND version IN (SELECT version FROM patches WHERE sheet = $1
            ORDER BY version LIMIT $2)",
        "DELETE FROM snapshots WHERE id IN (SELECT id FROM snapshots WHERE sheet = $1 LIMIT $2)",
    ] {
        gone += tx.execute(Statement::new(text).bind(sheet).bind(SLICE)).await?;
    }
    Ok(gone)
}

/// Notes that a chunk lost a name.
pub(super) async fn loosen(tx: &mut Tx, chunk: i64, now: Timestamp) -> Result<(), StoreError> {
    let text = "INSERT INTO loose_chunks (chunk, since) VALUES ($1, $2) ON CONFLICT (chunk) DO NOTHING";
    tx.execute(Statement::new(text).bind(chunk).bind(now)).await.map(|_| ())
}

/// Takes away some of the chunks that lost a name before `before` and have no other. How many were looked at.
pub async fn sweep_chunks(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let text = "SELECT chunk FROM loose_chunks WHERE since < $1 ORDER BY chunk LIMIT $2";
    let loose: Vec<(i64,)> = tx.all(Statement::new(text).bind(before).bind(SLICE)).await?;
    for (chunk,) in &loose {
        let text = "DELETE FROM chunks WHERE id = $1
            AND NOT EXISTS (SELECT 1 FROM segment_columns WHERE segment_columns.chunk = chunks.id)";
        tx.execute(Statement::new(text).bind(*chunk)).await?;
        tx.execute(Statement::new("DELETE FROM loose_chunks WHERE chunk = $1").bind(*chunk)).await?;
    }
    Ok(loose.len() as u64)
}
