//! Sheets: their place and configuration. What is in them is written by the engine of records, which
//! also moves `version`, `live`, `invalid`, `next_record` and `next_segment`.

use std::sync::Arc;

use super::convert::{count, from_json, from_optional_json, id, json, optional_id, optional_json};
use super::granted::Kind;
use super::records::SheetHead;
use super::rows::Rows;
use super::statement::Statement;
use super::whereabouts::WhereaboutsRow;
use super::{StoreError, Tx, blueprints};
use crate::domain::access::Scope;
use crate::domain::ids::{ChangeId, SheetId, SpaceId, WorkbookId};
use crate::domain::record::{Counts, RecordKey};
use crate::domain::time::Timestamp;
use crate::domain::workbook::{Sheet, SheetLock};

macro_rules! columns {
    () => {
        "number, id, account_id, environment_id, space_id, workbook_id, slug, position, config, field_numbers,
        record_key, metadata, version, live, invalid, layout, importing, tracks_changes, created_at, updated_at,
        namespace, locked_by, locked_at, created_from,
        (SELECT u.name FROM users u WHERE u.id = sheets.locked_by) AS locked_by_name,
        (SELECT name FROM spaces WHERE spaces.id = sheets.space_id) AS space_name,
        (SELECT namespace FROM spaces WHERE spaces.id = sheets.space_id) AS space_namespace,
        (SELECT app_id FROM spaces WHERE spaces.id = sheets.space_id) AS app_id,
        (SELECT namespaces FROM environments WHERE environments.id = sheets.environment_id)
            AS environment_namespaces,
        (SELECT name FROM workbooks WHERE workbooks.id = sheets.workbook_id) AS workbook_name,
        (SELECT namespace FROM workbooks WHERE workbooks.id = sheets.workbook_id) AS workbook_namespace"
    };
}

const COLUMNS: &str = concat!(columns!(), " FROM sheets WHERE deleted_at IS NULL");
const LOCKED: &str = concat!(columns!(), ", next_record, next_segment FROM sheets WHERE deleted_at IS NULL");

/// A sheet whose records nobody else changes until the transaction ends.
#[derive(Debug, Clone, PartialEq)]
pub struct LockedSheet {
    /// The sheet.
    pub sheet: Sheet,
    /// How far its records have come.
    pub head: SheetHead,
}

/// Keeps a new, empty sheet and gives it its number; the one in `sheet` is passed over.
pub async fn insert(tx: &mut Tx, sheet: &Sheet) -> Result<i64, StoreError> {
    let statement = Statement::new(
        "INSERT INTO sheets (id, account_id, environment_id, space_id, workbook_id, slug, position, config,
            field_numbers, record_key, metadata, version, live, invalid, next_record, next_segment, importing,
            namespace, created_from, tracks_changes, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 1, 1, $13, $14, $15, $16, $17, $18)
        RETURNING number",
    )
    .bind(&sheet.id)
    .bind(&sheet.account_id)
    .bind(&sheet.environment_id)
    .bind(&sheet.space_id)
    .bind(&sheet.workbook_id)
    .bind(&sheet.slug)
    .bind(sheet.position)
    .bind(json(&*sheet.config)?)
    .bind(json(&sheet.field_numbers)?)
    .bind(sheet.record_key.0.cast_signed())
    .bind(optional_json(&sheet.metadata)?)
    .bind(sheet.version)
    .bind(&sheet.importing)
    .bind(&sheet.namespace)
    .bind(&sheet.created_from)
    .bind(sheet.tracks_changes)
    .bind(sheet.created_at)
    .bind(sheet.updated_at);
    let (number,): (i64,) = tx.one(statement).await?;
    Ok(number)
}

/// Keeps the configuration of a sheet, its slug, its namespace and its place.
pub async fn update_config(tx: &mut Tx, sheet: &Sheet) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE sheets SET slug = $2, position = $3, config = $4, field_numbers = $5, metadata = $6,
            namespace = $7, updated_at = $8
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&sheet.id)
    .bind(&sheet.slug)
    .bind(sheet.position)
    .bind(json(&*sheet.config)?)
    .bind(json(&sheet.field_numbers)?)
    .bind(optional_json(&sheet.metadata)?)
    .bind(&sheet.namespace)
    .bind(sheet.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Locks a sheet for somebody, or unlocks it.
pub async fn set_lock(tx: &mut Tx, id: &SheetId, lock: Option<(&str, Timestamp)>) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE sheets SET locked_by = $2, locked_at = $3 WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(id)
    .bind(lock.map(|(by, _)| by))
    .bind(lock.map(|(_, at)| at));
    tx.execute(statement).await.map(|_| ())
}

/// The sheet of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &SheetId) -> Result<Option<Sheet>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind(" AND id = ", id).within_parts(scope, Kind::Sheets);
    tx.optional::<SheetRow>(statement).await?.map(Sheet::try_from).transpose()
}

/// The sheet of that id, whoever asks, and nobody else may change its records until the transaction ends.
pub async fn lock(tx: &mut Tx, id: &SheetId) -> Result<Option<LockedSheet>, StoreError> {
    let lock = tx.for_update();
    let statement = Statement::select(LOCKED).push_bind(" AND id = ", id).push(lock);
    tx.optional::<LockedRow>(statement).await?.map(LockedSheet::try_from).transpose()
}

/// The number of the sheet of that id, whoever asks.
pub async fn number(tx: &mut Tx, id: &SheetId) -> Result<Option<i64>, StoreError> {
    let statement = Statement::new("SELECT number FROM sheets WHERE id = $1 AND deleted_at IS NULL").bind(id);
    Ok(tx.optional::<(i64,)>(statement).await?.map(|(number,)| number))
}

/// The sheet of that slug in a workbook.
pub async fn find_by_slug(
    tx: &mut Tx,
    scope: &Scope,
    workbook_id: &WorkbookId,
    slug: &str,
) -> Result<Option<Sheet>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" AND workbook_id = ", workbook_id)
        .push_bind(" AND slug = ", slug)
        .within_parts(scope, Kind::Sheets);
    tx.optional::<SheetRow>(statement).await?.map(Sheet::try_from).transpose()
}

/// The sheets of a workbook, in order.
pub async fn list(tx: &mut Tx, scope: &Scope, workbook_id: &WorkbookId) -> Result<Vec<Sheet>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" AND workbook_id = ", workbook_id)
        .within_parts(scope, Kind::Sheets)
        .push(" ORDER BY position, number");
    tx.all::<SheetRow>(statement).await?.into_iter().map(Sheet::try_from).collect()
}

/// The sheets of some workbooks; those of each in order.
pub async fn of_workbooks<'a>(
    tx: &mut Tx,
    scope: &Scope,
    workbooks: impl IntoIterator<Item = &'a WorkbookId>,
) -> Result<Vec<Sheet>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push(" AND workbook_id")
        .push_among(tx, Rows::of_ids(workbooks)?)
        .within_parts(scope, Kind::Sheets)
        .push(" ORDER BY position, number");
    tx.all::<SheetRow>(statement).await?.into_iter().map(Sheet::try_from).collect()
}

/// The ids of the sheets of a space.
pub async fn ids(tx: &mut Tx, scope: &Scope, space_id: &SpaceId) -> Result<Vec<SheetId>, StoreError> {
    let statement = Statement::new("SELECT id FROM sheets WHERE deleted_at IS NULL")
        .push_bind(" AND space_id = ", space_id)
        .within_parts(scope, Kind::Sheets);
    let rows: Vec<(String,)> = tx.all(statement).await?;
    rows.iter().map(|(sheet,)| id("sheets.id", sheet)).collect()
}

/// Deletes a sheet.
pub async fn delete(tx: &mut Tx, id: &SheetId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE sheets SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL");
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

/// The sheets into which an import runs.
pub async fn importing(tx: &mut Tx, scope: &Scope) -> Result<Vec<Sheet>, StoreError> {
    let statement =
        Statement::select(COLUMNS).push(" AND importing IS NOT NULL").within_parts(scope, Kind::Sheets);
    tx.all::<SheetRow>(statement).await?.into_iter().map(Sheet::try_from).collect()
}

/// The sheets of the workbook that a sheet belongs to, itself included; for the server's own work.
pub async fn neighbours(tx: &mut Tx, number: i64) -> Result<Vec<Sheet>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" AND workbook_id = (SELECT workbook_id FROM sheets WHERE number = ", number)
        .push(")");
    tx.all::<SheetRow>(statement).await?.into_iter().map(Sheet::try_from).collect()
}

/// The sheets with a field that refers to another one, of all tenants; for the server's own work.
pub async fn with_references(tx: &mut Tx) -> Result<Vec<Sheet>, StoreError> {
    let statement = Statement::select(COLUMNS).push(" AND config LIKE '%\"type\":\"reference%'");
    tx.all::<SheetRow>(statement).await?.into_iter().map(Sheet::try_from).collect()
}

/// Says that an import runs into a sheet, or that none does.
pub async fn set_importing(tx: &mut Tx, id: &SheetId, change: Option<&ChangeId>) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE sheets SET importing = $2 WHERE id = $1");
    tx.execute(statement.bind(id).bind(change.map(ToString::to_string))).await.map(|_| ())
}

/// Says whether the sheets of a workbook track changes.
pub async fn set_tracking(tx: &mut Tx, id: &WorkbookId, tracks_changes: bool) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE sheets SET tracks_changes = $2 WHERE workbook_id = $1");
    tx.execute(statement.bind(id).bind(tracks_changes)).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct SheetRow {
    number: i64,
    id: String,
    account_id: String,
    environment_id: String,
    space_id: String,
    workbook_id: String,
    slug: String,
    position: i64,
    config: String,
    field_numbers: String,
    record_key: i64,
    metadata: Option<String>,
    version: i64,
    live: i64,
    invalid: i64,
    layout: i64,
    importing: Option<String>,
    tracks_changes: bool,
    created_at: i64,
    updated_at: i64,
    namespace: Option<String>,
    locked_by: Option<String>,
    locked_by_name: Option<String>,
    locked_at: Option<i64>,
    created_from: Option<String>,
    #[sqlx(flatten)]
    whereabouts: WhereaboutsRow,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    #[sqlx(flatten)]
    sheet: SheetRow,
    next_record: i64,
    next_segment: i64,
}

impl TryFrom<LockedRow> for LockedSheet {
    type Error = StoreError;

    fn try_from(row: LockedRow) -> Result<Self, StoreError> {
        let sheet = Sheet::try_from(row.sheet)?;
        let head = SheetHead {
            version: sheet.version,
            next_record: count("sheets.next_record", row.next_record)?,
            next_segment: row.next_segment,
            live: sheet.counts.total,
            invalid: sheet.counts.error,
            layout: sheet.layout,
        };
        Ok(Self { sheet, head })
    }
}

impl TryFrom<SheetRow> for Sheet {
    type Error = StoreError;

    fn try_from(row: SheetRow) -> Result<Self, StoreError> {
        let lock = row.locked_by.zip(row.locked_at);
        Ok(Self {
            namespace: row.namespace,
            lock: lock.map(|(by, at)| SheetLock { by, by_name: row.locked_by_name, at: Timestamp(at) }),
            created_from: optional_id("sheets.created_from", row.created_from)?,
            id: id("sheets.id", &row.id)?,
            number: row.number,
            account_id: id("sheets.account_id", &row.account_id)?,
            environment_id: id("sheets.environment_id", &row.environment_id)?,
            space_id: id("sheets.space_id", &row.space_id)?,
            workbook_id: id("sheets.workbook_id", &row.workbook_id)?,
            slug: row.slug,
            position: row.position,
            config: blueprints::read(row.config)?,
            field_numbers: from_json("sheets.field_numbers", &row.field_numbers)?,
            record_key: RecordKey(row.record_key.cast_unsigned()),
            version: row.version,
            layout: row.layout,
            counts: Counts {
                total: count("sheets.live", row.live)?,
                valid: count("sheets.live - sheets.invalid", row.live.saturating_sub(row.invalid))?,
                error: count("sheets.invalid", row.invalid)?,
            },
            importing: optional_id("sheets.importing", row.importing)?,
            tracks_changes: row.tracks_changes,
            metadata: from_optional_json("sheets.metadata", row.metadata)?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            whereabouts: Arc::new(row.whereabouts.try_into()?),
        })
    }
}
