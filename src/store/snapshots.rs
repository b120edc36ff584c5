//! Snapshots: which versions of which sheets are kept.

use super::convert::{id, json};
use super::statement::Statement;
use super::{StoreError, Tx, blueprints};
use crate::domain::ids::{Id, JobId, SheetId, SnapshotId};
use crate::domain::snapshot::Snapshot;
use crate::domain::time::Timestamp;

const COLUMNS: &str =
    "snapshots.id, sheets.id, snapshots.version, snapshots.config, label, thread_id, created_by, snapshots.created_at
    FROM snapshots JOIN sheets ON sheets.number = snapshots.sheet WHERE ";

type Row = (String, String, i64, Option<String>, Option<String>, Option<String>, String, i64);

fn read(row: Row) -> Result<Snapshot, StoreError> {
    let (snapshot, sheet, version, config, label, thread_id, created_by, created_at) = row;
    Ok(Snapshot {
        id: id("snapshots.id", &snapshot)?,
        sheet_id: id("sheets.id", &sheet)?,
        version,
        config: config.map(blueprints::read).transpose()?,
        label,
        thread_id,
        created_by,
        created_at: Timestamp(created_at),
    })
}

/// Keeps a version of the sheet of that number.
pub async fn insert(tx: &mut Tx, sheet: i64, snapshot: &Snapshot) -> Result<(), StoreError> {
    let text = "INSERT INTO snapshots (id, sheet, version, label, thread_id, created_by, created_at, config)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let config = snapshot.config.as_deref().map(json).transpose()?;
    let statement = Statement::new(text)
        .bind(&snapshot.id)
        .bind(sheet)
        .bind(snapshot.version)
        .bind(&snapshot.label)
        .bind(&snapshot.thread_id)
        .bind(&snapshot.created_by)
        .bind(snapshot.created_at)
        .bind(config);
    tx.execute(statement).await.map(|_| ())
}

/// The snapshot of that id. Whether its sheet may be seen is for the caller to find out.
pub async fn find(tx: &mut Tx, id: &SnapshotId) -> Result<Option<Snapshot>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind("snapshots.id = ", id);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The snapshots of a sheet, the last one first.
pub async fn list(tx: &mut Tx, sheet: &SheetId, thread: Option<&str>) -> Result<Vec<Snapshot>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind("sheets.id = ", sheet)
        .filter(" AND thread_id = ", thread)
        .push(" ORDER BY snapshots.created_at DESC, snapshots.id");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// The snapshots of a sheet that jobs kept, and not people, before a moment.
pub async fn of_jobs(tx: &mut Tx, sheet: i64, before: Timestamp) -> Result<Vec<SnapshotId>, StoreError> {
    let text = "SELECT id FROM snapshots WHERE sheet = $1 AND created_at < $2
        AND SUBSTR(thread_id, 1, LENGTH($3)) = $3";
    let statement = Statement::new(text).bind(sheet).bind(before).bind(JobId::PREFIX);
    let rows: Vec<(String,)> = tx.all(statement).await?;
    rows.into_iter().map(|(snapshot,)| id("snapshots.id", &snapshot)).collect()
}

/// Lets a snapshot go.
pub async fn delete(tx: &mut Tx, id: &SnapshotId) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM snapshots WHERE id = $1").bind(id)).await.map(|_| ())
}
