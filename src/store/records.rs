//! The records of the sheets: chunks, the segments they make up, the patch log, and commits.
//!
//! A row of a segment serves the versions from `from_version` up to, but without, `to_version`. What
//! the bytes mean is known to `sheets` alone.

use super::convert::{count, id, integer, moment, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx, retention};
use crate::domain::ids::{ChangeId, CommitId, SheetId};
use crate::domain::time::Timestamp;

/// Rows of one statement that inserts many.
const ROWS: usize = 100;
/// Values of one statement that looks up many.
const LOOKUPS: usize = 500;

/// How far a sheet's records have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetHead {
    /// The version of the last commit; 0 before the first.
    pub version: i64,
    /// The number that the next record gets.
    pub next_record: u64,
    /// The number that the next segment gets.
    pub next_segment: i64,
    /// Records that are not deleted.
    pub live: u64,
    /// Those of them that have an error.
    pub invalid: u64,
    /// Moves by one when the records are stored otherwise without another version.
    pub layout: i64,
}

/// A segment as one version has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct SegmentRow {
    /// Its number in the sheet.
    pub number: i64,
    /// Records in its chunks, the deleted ones included.
    pub records: i64,
    /// Those that are not deleted.
    pub live: i64,
    /// Live ones with an error.
    pub invalid: i64,
    /// The smallest record number.
    pub first_record: i64,
    /// The largest record number.
    pub last_record: i64,
}

/// Which chunk serves a part of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct ColumnRow {
    /// The segment's number.
    pub segment: i64,
    /// A field's number, or below zero one of the segment's own lists.
    pub part: i64,
    /// The chunk's id.
    pub chunk: i64,
}

/// Which versions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The last one.
    Head,
    /// An older one.
    Version(i64),
}

/// One commit to a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRow {
    /// Its id, which is also the id of the version that it made.
    pub id: CommitId,
    /// The number of the sheet.
    pub sheet: i64,
    /// The version that it made.
    pub version: i64,
    /// What a person would undo together with it.
    pub change_id: Option<ChangeId>,
    /// `insert`, `update`, `delete`, `import`, `rollback`, `validate`.
    pub kind: String,
    /// The id of the user, key or agent.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its listeners were done with it; nothing when it is open, or was complete from the beginning.
    pub completed_at: Option<Timestamp>,
    /// Who said so.
    pub completed_by: Option<String>,
    /// The last sign of life of its listeners, as long as it is open.
    pub open_since: Option<Timestamp>,
    /// Records that it brought.
    pub inserted: u64,
    /// Records that it changed.
    pub updated: u64,
    /// Records that it took away.
    pub deleted: u64,
    /// Records after it.
    pub live: u64,
    /// Records with an error after it.
    pub invalid: u64,
    /// The records it touched, as `sheets` encodes them.
    pub numbers: Vec<u8>,
    /// The version whose content it brought back, if it did nothing else.
    pub restores: Option<i64>,
}

const HEAD: &str =
    "SELECT version, next_record, next_segment, live, invalid, layout FROM sheets WHERE number = $1";

/// Where a sheet stands, nothing when there is none.
pub async fn head(tx: &mut Tx, sheet: i64) -> Result<Option<SheetHead>, StoreError> {
    read_head(tx, Statement::new(HEAD).bind(sheet)).await
}

/// The same, and nobody else may change the records of the sheet until the transaction ends.
pub async fn lock_head(tx: &mut Tx, sheet: i64) -> Result<Option<SheetHead>, StoreError> {
    let lock = tx.for_update();
    read_head(tx, Statement::new(HEAD).bind(sheet).push(lock)).await
}

async fn read_head(tx: &mut Tx, statement: Statement) -> Result<Option<SheetHead>, StoreError> {
    let row: Option<(i64, i64, i64, i64, i64, i64)> = tx.optional(statement).await?;
    let Some((version, next_record, next_segment, live, invalid, layout)) = row else { return Ok(None) };
    let next_record = count("sheets.next_record", next_record)?;
    let (live, invalid) = (count("sheets.live", live)?, count("sheets.invalid", invalid)?);
    Ok(Some(SheetHead { version, next_record, next_segment, live, invalid, layout }))
}

/// Moves a sheet whose head is locked to a new one. Of several moves in a row only the last one is made.
pub fn move_head(tx: &mut Tx, sheet: i64, head: &SheetHead) {
    let text = "UPDATE sheets SET version = $1, next_record = $2, next_segment = $3, live = $4, invalid = $5, \
                layout = $6 WHERE number = $7";
    let statement = Statement::new(text)
        .bind(head.version)
        .bind(integer(head.next_record))
        .bind(head.next_segment)
        .bind(integer(head.live))
        .bind(integer(head.invalid))
        .bind(head.layout)
        .bind(sheet);
    tx.later_instead(statement);
}

/// The segments of a version, in order.
pub async fn segments(tx: &mut Tx, sheet: i64, at: At) -> Result<Vec<SegmentRow>, StoreError> {
    let columns =
        "SELECT number, records, live, invalid, first_record, last_record FROM segments WHERE sheet = $1";
    let statement = serving(Statement::new(columns).bind(sheet), at).push(" ORDER BY number");
    tx.all(statement).await
}

/// The chunks of all segments of a version.
pub async fn columns(tx: &mut Tx, sheet: i64, at: At) -> Result<Vec<ColumnRow>, StoreError> {
    let columns = "SELECT segment, part, chunk FROM segment_columns WHERE sheet = $1";
    tx.all(serving(Statement::new(columns).bind(sheet), at).push(" ORDER BY segment, part")).await
}

/// The segments of a version that a record could be in.
pub async fn segments_around(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
    record: u64,
) -> Result<Vec<SegmentRow>, StoreError> {
    let columns =
        "SELECT number, records, live, invalid, first_record, last_record FROM segments WHERE sheet = $1";
    let statement = serving(Statement::new(columns).bind(sheet), At::Version(version))
        .push_bind(" AND first_record <= ", integer(record))
        .push_bind(" AND last_record >= ", integer(record));
    tx.all(statement.push(" ORDER BY number")).await
}

/// The chunks of one segment of a version.
pub async fn columns_of(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
    segment: i64,
) -> Result<Vec<ColumnRow>, StoreError> {
    let columns = "SELECT segment, part, chunk FROM segment_columns WHERE sheet = $1 AND segment = $2";
    tx.all(serving(Statement::new(columns).bind(sheet).bind(segment), At::Version(version))).await
}

/// The patches that are laid over the chunks of a version, in the order in which they were made.
pub async fn patches(tx: &mut Tx, sheet: i64, at: At) -> Result<Vec<Vec<u8>>, StoreError> {
    let statement = Statement::new("SELECT data FROM patches WHERE sheet = $1").bind(sheet);
    let statement = match at {
        At::Head => statement.push(" AND folded_at IS NULL"),
        At::Version(version) => statement
            .push_bind(" AND version <= ", version)
            .push_bind(" AND (folded_at IS NULL OR folded_at > ", version)
            .push(")"),
    };
    let rows: Vec<(Vec<u8>,)> = tx.all(statement.push(" ORDER BY version")).await?;
    Ok(rows.into_iter().map(|(data,)| data).collect())
}

fn serving(statement: Statement, at: At) -> Statement {
    match at {
        At::Head => statement.push(" AND to_version IS NULL"),
        At::Version(version) => statement
            .push_bind(" AND from_version <= ", version)
            .push_bind(" AND (to_version IS NULL OR to_version > ", version)
            .push(")"),
    }
}

/// The bytes of chunks; one that is not there is missing from the answer.
pub async fn chunks(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUPS) {
        let mut statement = Statement::new("SELECT id, data FROM chunks WHERE id IN (");
        for (place, id) in ids.iter().enumerate() {
            statement = statement.push_bind(if place == 0 { "" } else { ", " }, *id);
        }
        found.extend(tx.all::<(i64, Vec<u8>)>(statement.push(")")).await?);
    }
    Ok(found)
}

/// Puts chunks down under ids that were never used.
pub async fn insert_chunks(tx: &mut Tx, chunks: Vec<(i64, Vec<u8>)>) -> Result<(), StoreError> {
    let mut chunks = chunks.into_iter().peekable();
    while chunks.peek().is_some() {
        let mut statement = Statement::new("INSERT INTO chunks (id, data) VALUES ");
        for (place, (id, data)) in chunks.by_ref().take(ROWS).enumerate() {
            let opening = if place == 0 { "(" } else { ", (" };
            statement = statement.push_bind(opening, id).push_bind(", ", data).push(")");
        }
        tx.execute(statement).await?;
    }
    Ok(())
}

/// Puts segments down that serve from `version` on.
pub async fn insert_segments(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
    rows: &[SegmentRow],
) -> Result<(), StoreError> {
    for rows in rows.chunks(ROWS) {
        let mut statement = Statement::new(
            "INSERT INTO segments (sheet, number, from_version, records, live, invalid, first_record, last_record) VALUES ",
        );
        for (place, row) in rows.iter().enumerate() {
            statement = statement.push_bind(if place == 0 { "(" } else { ", (" }, sheet);
            let values =
                [row.number, version, row.records, row.live, row.invalid, row.first_record, row.last_record];
            for value in values {
                statement = statement.push_bind(", ", value);
            }
            statement = statement.push(")");
        }
        tx.execute(statement).await?;
    }
    Ok(())
}

/// Says which chunks serve from `version` on.
pub async fn insert_columns(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
    rows: &[ColumnRow],
) -> Result<(), StoreError> {
    for rows in rows.chunks(ROWS) {
        let mut statement =
            Statement::new("INSERT INTO segment_columns (sheet, segment, part, from_version, chunk) VALUES ");
        for (place, row) in rows.iter().enumerate() {
            statement = statement.push_bind(if place == 0 { "(" } else { ", (" }, sheet);
            for value in [row.segment, row.part, version, row.chunk] {
                statement = statement.push_bind(", ", value);
            }
            statement = statement.push(")");
        }
        tx.execute(statement).await?;
    }
    Ok(())
}

/// Ends the service of the head's row of a segment with `version`.
pub async fn close_segment(tx: &mut Tx, sheet: i64, segment: i64, version: i64) -> Result<(), StoreError> {
    let text = "UPDATE segments SET to_version = $1 WHERE sheet = $2 AND number = $3 AND to_version IS NULL";
    tx.execute(Statement::new(text).bind(version).bind(sheet).bind(segment)).await?;
    Ok(())
}

/// Ends the service of the head's chunk of a part with `version`; of all parts of the segment when none is named.
pub async fn close_columns(
    tx: &mut Tx,
    sheet: i64,
    segment: i64,
    part: Option<i64>,
    version: i64,
) -> Result<(), StoreError> {
    let text = "UPDATE segment_columns SET to_version = $1 WHERE sheet = $2 AND segment = $3";
    let statement = Statement::new(text).bind(version).bind(sheet).bind(segment).filter(" AND part = ", part);
    tx.execute(statement.push(" AND to_version IS NULL")).await?;
    Ok(())
}

/// Takes away rows that were closed with the very version they began with: they serve nobody, and
/// others are to begin with that version.
pub async fn drop_unserved(tx: &mut Tx, sheet: i64, version: i64) -> Result<(), StoreError> {
    let text = "SELECT chunk FROM segment_columns WHERE sheet = $1 AND from_version = $2 AND to_version = $2";
    let chunks: Vec<(i64,)> = tx.all(Statement::new(text).bind(sheet).bind(version)).await?;
    for (chunk,) in chunks {
        retention::loosen(tx, chunk, super::now()).await?;
    }
    for text in [
        "DELETE FROM segments WHERE sheet = $1 AND from_version = $2 AND to_version = $2",
        "DELETE FROM segment_columns WHERE sheet = $1 AND from_version = $2 AND to_version = $2",
    ] {
        tx.execute(Statement::new(text).bind(sheet).bind(version)).await?;
    }
    Ok(())
}

/// Adds the patches of a commit.
pub fn insert_patch(tx: &mut Tx, sheet: i64, version: i64, data: Vec<u8>) {
    let text = "INSERT INTO patches (sheet, version, data) VALUES ($1, $2, $3)";
    tx.later(Statement::new(text).bind(sheet).bind(version).bind(data));
}

/// From `version` on the patches that are laid over the head no longer are.
pub async fn fold_patches(tx: &mut Tx, sheet: i64, version: i64) -> Result<(), StoreError> {
    let text = "UPDATE patches SET folded_at = $2 WHERE sheet = $1 AND folded_at IS NULL";
    tx.execute(Statement::new(text).bind(sheet).bind(version)).await?;
    Ok(())
}

const COMMIT: &str = "SELECT id, sheet, version, change_id, kind, created_by, created_at, completed_at, completed_by, \
                      open_since, inserted, updated, deleted, live, invalid, numbers, restores FROM commits WHERE ";

#[derive(sqlx::FromRow)]
struct CommitColumns {
    id: String,
    sheet: i64,
    version: i64,
    change_id: Option<String>,
    kind: String,
    created_by: String,
    created_at: i64,
    completed_at: Option<i64>,
    completed_by: Option<String>,
    open_since: Option<i64>,
    inserted: i64,
    updated: i64,
    deleted: i64,
    live: i64,
    invalid: i64,
    numbers: Vec<u8>,
    restores: Option<i64>,
}

fn commit_row(row: CommitColumns) -> Result<CommitRow, StoreError> {
    Ok(CommitRow {
        id: id("commits.id", &row.id)?,
        sheet: row.sheet,
        version: row.version,
        change_id: optional_id("commits.change_id", row.change_id)?,
        kind: row.kind,
        created_by: row.created_by,
        created_at: Timestamp(row.created_at),
        completed_at: moment(row.completed_at),
        completed_by: row.completed_by,
        open_since: moment(row.open_since),
        inserted: count("commits.inserted", row.inserted)?,
        updated: count("commits.updated", row.updated)?,
        deleted: count("commits.deleted", row.deleted)?,
        live: count("commits.live", row.live)?,
        invalid: count("commits.invalid", row.invalid)?,
        restores: row.restores,
        numbers: row.numbers,
    })
}

/// Adds a commit. When its version is there already, because the head was not locked, all fails.
pub fn insert_commit(tx: &mut Tx, commit: &CommitRow) {
    let text = "INSERT INTO commits (id, sheet, version, change_id, kind, created_by, created_at, completed_at, \
                inserted, updated, deleted, live, invalid, numbers, restores) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let statement = Statement::new(text)
        .bind(&commit.id)
        .bind(commit.sheet)
        .bind(commit.version)
        .bind(&commit.change_id)
        .bind(&commit.kind)
        .bind(&commit.created_by)
        .bind(commit.created_at)
        .bind(commit.completed_at)
        .bind(integer(commit.inserted))
        .bind(integer(commit.updated))
        .bind(integer(commit.deleted))
        .bind(integer(commit.live))
        .bind(integer(commit.invalid))
        .bind(commit.numbers.clone())
        .bind(commit.restores);
    tx.later(statement);
}

/// The commit of that id to that sheet.
pub async fn commit(tx: &mut Tx, sheet: i64, commit: &CommitId) -> Result<Option<CommitRow>, StoreError> {
    let statement = Statement::new(COMMIT).push_bind("sheet = ", sheet).push_bind(" AND id = ", commit);
    tx.optional::<CommitColumns>(statement).await?.map(commit_row).transpose()
}

/// The commit that made that version of that sheet.
pub async fn commit_of_version(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
) -> Result<Option<CommitRow>, StoreError> {
    let statement = Statement::new(COMMIT).push_bind("sheet = ", sheet).push_bind(" AND version = ", version);
    tx.optional::<CommitColumns>(statement).await?.map(commit_row).transpose()
}

/// The commits that made the versions after `after` up to `last`, in order.
pub async fn commits_between(
    tx: &mut Tx,
    sheet: i64,
    after: i64,
    last: i64,
) -> Result<Vec<CommitRow>, StoreError> {
    let statement = Statement::new(COMMIT)
        .push_bind("sheet = ", sheet)
        .push_bind(" AND version > ", after)
        .push_bind(" AND version <= ", last)
        .push(" ORDER BY version");
    tx.all::<CommitColumns>(statement).await?.into_iter().map(commit_row).collect()
}

/// The commits of a sheet, the last one first: all, only those that are complete, or only the open ones.
pub async fn commits(
    tx: &mut Tx,
    sheet: i64,
    completed: Option<bool>,
    limit: u64,
) -> Result<Vec<CommitRow>, StoreError> {
    let statement = Statement::new(COMMIT)
        .push_bind("sheet = ", sheet)
        .push(match completed {
            None => "",
            Some(true) => " AND open_since IS NULL",
            Some(false) => " AND open_since IS NOT NULL",
        })
        .push(" ORDER BY version DESC")
        .push_bind(" LIMIT ", integer(limit));
    tx.all::<CommitColumns>(statement).await?.into_iter().map(commit_row).collect()
}

/// The sheet that a commit was made to.
pub async fn sheet_of_commit(tx: &mut Tx, commit: &CommitId) -> Result<Option<SheetId>, StoreError> {
    let text =
        "SELECT sheets.id FROM commits JOIN sheets ON sheets.number = commits.sheet WHERE commits.id = $1";
    let row: Option<(String,)> = tx.optional(Statement::new(text).bind(commit)).await?;
    row.map(|(sheet,)| id("sheets.id", &sheet)).transpose()
}
