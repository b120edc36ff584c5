//! Spaces, and what Home tells of them.

use serde::Deserialize;

use super::convert::{
    containing, count, from_json, from_optional_json, id, integer, json, moment, optional_id, optional_json,
};
use super::granted::Kind;
use super::statement::{Statement, Value};
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{AppId, EnvironmentId, SpaceId};
use crate::domain::query::SortDirection;
use crate::domain::retention_policy::{RetentionPolicy, RetentionType};
use crate::domain::space::{Inherited, Space, SpaceSummary};
use crate::domain::time::Timestamp;

/// Milliseconds between two changes of a space's last activity.
const TOUCHED_EVERY: i64 = 1_000;

/// Which spaces a list shows, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpaceFilter {
    /// Those of one environment.
    pub environment_id: Option<EnvironmentId>,
    /// Those whose name or id contains this, whatever the case.
    pub search: Option<String>,
    /// Those of one namespace; of none when empty.
    pub namespace: Option<String>,
    /// Those put away, or those not; both when absent.
    pub archived: Option<bool>,
    /// Those of one app.
    pub app_id: Option<AppId>,
    /// Those that are templates of an app, or those that are not; both when absent.
    pub is_template: Option<bool>,
    /// Those where people work together, or those that stand in other pages; both when absent.
    pub is_collaborative: Option<bool>,
    /// Also those that have expired.
    pub with_expired: bool,
    /// In which order.
    pub order: SpaceOrder,
}

/// The order of a list of spaces; the one last worked in first unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpaceOrder {
    /// By what.
    pub by: SpaceSort,
    /// The smallest first, or the largest.
    pub direction: SortDirection,
}

/// What spaces are sorted by, in the words of section 2.3 of the wire contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SpaceSort {
    /// The name.
    Name,
    /// How many workbooks there are.
    WorkbooksCount,
    /// How many files there are.
    FilesCount,
    /// The environment.
    EnvironmentId,
    /// The name of who made it; what nobody with a name made is last.
    CreatedByUserName,
    /// When it was made.
    CreatedAt,
    /// When something in it last changed.
    LastActivityAt,
}

impl Default for SpaceOrder {
    fn default() -> Self {
        Self { by: SpaceSort::LastActivityAt, direction: SortDirection::Desc }
    }
}

impl SpaceOrder {
    fn sql(self) -> &'static str {
        use SortDirection::{Asc, Desc};
        match (self.by, self.direction) {
            (SpaceSort::Name, Asc) => " ORDER BY name_lower, id",
            (SpaceSort::Name, Desc) => " ORDER BY name_lower DESC, id",
            (SpaceSort::WorkbooksCount, Asc) => " ORDER BY workbooks, id",
            (SpaceSort::WorkbooksCount, Desc) => " ORDER BY workbooks DESC, id",
            (SpaceSort::FilesCount, Asc) => " ORDER BY files, id",
            (SpaceSort::FilesCount, Desc) => " ORDER BY files DESC, id",
            (SpaceSort::EnvironmentId, Asc) => " ORDER BY environment_id, id",
            (SpaceSort::EnvironmentId, Desc) => " ORDER BY environment_id DESC, id",
            (SpaceSort::CreatedByUserName, Asc) => " ORDER BY created_by_name NULLS LAST, id",
            (SpaceSort::CreatedByUserName, Desc) => " ORDER BY created_by_name DESC NULLS LAST, id",
            (SpaceSort::CreatedAt, Asc) => " ORDER BY created_at, id",
            (SpaceSort::CreatedAt, Desc) => " ORDER BY created_at DESC, id",
            (SpaceSort::LastActivityAt, Asc) => " ORDER BY last_activity_at, id",
            (SpaceSort::LastActivityAt, Desc) => " ORDER BY last_activity_at DESC, id",
        }
    }
}

macro_rules! columns {
    () => {
        "id, account_id, environment_id, name, namespace, app_id, is_app_template, primary_workbook_id, metadata,
        settings, actions, labels, extra, created_by, created_at, updated_at, last_activity_at, archived_at,
        expired_at,
        (SELECT u.name FROM users u WHERE u.id = spaces.created_by) AS created_by_name,
        (SELECT e.namespaces FROM environments e WHERE e.id = spaces.environment_id) AS environment_namespaces,
        (SELECT e.guest_authentication FROM environments e WHERE e.id = spaces.environment_id)
            AS environment_guest_authentication,
        (SELECT e.translations_path FROM environments e WHERE e.id = spaces.environment_id)
            AS environment_translations_path,
        (SELECT e.language_override FROM environments e WHERE e.id = spaces.environment_id)
            AS environment_language_override,
        (SELECT e.metadata FROM environments e WHERE e.id = spaces.environment_id) AS environment_metadata"
    };
}

const COLUMNS: &str = columns!();
const SUMMARY: &str = concat!(
    columns!(),
    ",
    (SELECT COUNT(*) FROM workbooks w WHERE w.space_id = spaces.id AND w.deleted_at IS NULL) AS workbooks,
    (SELECT COUNT(*) FROM files f WHERE f.space_id = spaces.id AND f.deleted_at IS NULL) AS files,
    (SELECT CAST(COALESCE(SUM(s.live), 0) AS BIGINT) FROM sheets s
        WHERE s.space_id = spaces.id AND s.deleted_at IS NULL) AS records,
    (SELECT CAST(COALESCE(SUM(s.invalid), 0) AS BIGINT) FROM sheets s
        WHERE s.space_id = spaces.id AND s.deleted_at IS NULL) AS invalid"
);

/// Keeps a new space.
pub async fn insert(tx: &mut Tx, space: &Space) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO spaces (id, account_id, environment_id, name, name_lower, namespace, app_id, is_app_template,
            primary_workbook_id, metadata, settings, actions, labels, extra, created_by, created_at, updated_at,
            last_activity_at, archived_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    )
    .bind(&space.id)
    .bind(&space.account_id)
    .bind(&space.environment_id);
    let statement = bind_changing(statement, space)?
        .bind(&space.created_by)
        .bind(space.created_at)
        .bind(space.updated_at)
        .bind(space.last_activity_at)
        .bind(space.archived_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of a space that can change.
pub async fn update(tx: &mut Tx, space: &Space) -> Result<(), StoreError> {
    tx.rights_changed();
    let statement = Statement::new(
        "UPDATE spaces SET name = $2, name_lower = $3, namespace = $4, app_id = $5, is_app_template = $6,
            primary_workbook_id = $7, metadata = $8, settings = $9, actions = $10, labels = $11, extra = $12,
            updated_at = $13, last_activity_at = $14, archived_at = $15
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&space.id);
    let statement = bind_changing(statement, space)?
        .bind(space.updated_at)
        .bind(space.last_activity_at)
        .bind(space.archived_at);
    tx.execute(statement).await.map(|_| ())
}

fn bind_changing(statement: Statement, space: &Space) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&space.name)
        .bind(space.name.to_lowercase())
        .bind(&space.namespace)
        .bind(&space.app_id)
        .bind(space.is_app_template)
        .bind(&space.primary_workbook_id)
        .bind(optional_json(&space.metadata)?)
        .bind(optional_json(&space.settings)?)
        .bind(json(&space.actions)?)
        .bind(json(&space.labels)?)
        .bind(json(&space.extra)?))
}

/// The space of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &SpaceId) -> Result<Option<Space>, StoreError> {
    let statement =
        Statement::select(COLUMNS).push_bind(" FROM spaces WHERE deleted_at IS NULL AND id = ", id);
    tx.optional::<SpaceRow>(within(statement, scope)).await?.map(Space::try_from).transpose()
}

/// The same, also when it has expired.
pub async fn find_or_expired(tx: &mut Tx, scope: &Scope, id: &SpaceId) -> Result<Option<Space>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM spaces WHERE (deleted_at IS NULL OR expired_at IS NOT NULL) AND id = ", id);
    tx.optional::<SpaceRow>(within(statement, scope)).await?.map(Space::try_from).transpose()
}

/// The space that is longest overdue by a policy, which was made or last active at `cutoff` or before. It stays so until a
/// transaction that writes has ended.
pub async fn due(
    tx: &mut Tx,
    policy: &RetentionPolicy,
    cutoff: Timestamp,
) -> Result<Option<Space>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM spaces WHERE deleted_at IS NULL AND environment_id = ", &policy.environment_id);
    let statement = match policy.kind {
        RetentionType::LastActivity => statement
            .push_bind(" AND last_activity_at <= ", cutoff)
            .push(" ORDER BY last_activity_at LIMIT 1"),
        RetentionType::SinceCreated => statement
            .push_bind(" AND account_id = ", &policy.account_id)
            .push_bind(" AND created_at <= ", cutoff)
            .push(" ORDER BY created_at LIMIT 1"),
    };
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    tx.optional::<SpaceRow>(statement.push(keep)).await?.map(Space::try_from).transpose()
}

/// The space of that id, for who proves by a token that it may see it. There is none in a deleted environment.
pub async fn find_anywhere(tx: &mut Tx, id: &SpaceId) -> Result<Option<Space>, StoreError> {
    let statement =
        Statement::select(COLUMNS).push_bind(" FROM spaces WHERE deleted_at IS NULL AND id = ", id).push(
            " AND EXISTS (SELECT 1 FROM environments e WHERE e.id = environment_id AND e.deleted_at IS NULL)",
        );
    tx.optional::<SpaceRow>(statement).await?.map(Space::try_from).transpose()
}

/// One page of the spaces, and how many there are.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &SpaceFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<SpaceSummary>, u64), StoreError> {
    let shown = match filter.with_expired {
        true => "FROM spaces WHERE (deleted_at IS NULL OR expired_at IS NOT NULL)",
        false => "FROM spaces WHERE deleted_at IS NULL",
    };
    let mut rest = within(Statement::new(shown), scope)
        .filter(" AND environment_id = ", filter.environment_id.as_ref())
        .filter(" AND namespace = ", filter.namespace.as_deref().filter(|name| !name.is_empty()))
        .filter(" AND app_id = ", filter.app_id.as_ref())
        .filter(" AND is_app_template = ", filter.is_template);
    if filter.namespace.as_deref() == Some("") {
        rest = rest.push(" AND namespace IS NULL");
    }
    if let Some(text) = filter.search.as_deref().filter(|text| !text.trim().is_empty()) {
        rest = rest
            .push_bind(" AND (name_lower LIKE ", containing(&text.trim().to_lowercase()))
            .push_bind(" ESCAPE '\\' OR id = ", text.trim())
            .push(")");
    }
    rest = match filter.archived {
        Some(true) => rest.push(" AND archived_at IS NOT NULL"),
        Some(false) => rest.push(" AND archived_at IS NULL"),
        None => rest,
    };
    rest = match filter.is_collaborative {
        Some(true) => rest.push(" AND labels NOT LIKE '%\"embedded\"%'"),
        Some(false) => rest.push(" AND labels LIKE '%\"embedded\"%'"),
        None => rest,
    };
    let (rows, total) = tx.page::<SummaryRow>(SUMMARY, rest, filter.order.sql(), offset, limit).await?;
    Ok((rows.into_iter().map(SpaceSummary::try_from).collect::<Result<_, _>>()?, total))
}

/// Counts of a space only what whoever sees that scope sees; nothing is another for who sees all of it.
pub async fn count_granted(tx: &mut Tx, scope: &Scope, summary: &mut SpaceSummary) -> Result<(), StoreError> {
    if scope.granted_to.is_none() {
        return Ok(());
    }
    let space = &summary.space.id;
    let workbooks =
        Statement::new("SELECT COUNT(*) FROM workbooks WHERE deleted_at IS NULL AND space_id = $1")
            .bind(space)
            .within_parts(scope, Kind::Workbooks);
    let files = Statement::new("SELECT COUNT(*) FROM files WHERE deleted_at IS NULL AND space_id = $1")
        .bind(space)
        .within_parts(scope, Kind::Files);
    let records = Statement::new(
        "SELECT CAST(COALESCE(SUM(live), 0) AS BIGINT), CAST(COALESCE(SUM(invalid), 0) AS BIGINT)
        FROM sheets WHERE deleted_at IS NULL AND space_id = $1",
    )
    .bind(space)
    .within_parts(scope, Kind::Sheets);
    let counted = |row: Option<(i64,)>| count("workbooks.id", row.map_or(0, |(number,)| number));
    summary.workbooks = counted(tx.optional(workbooks).await?)?;
    summary.files = counted(tx.optional(files).await?)?;
    let (live, invalid): (i64, i64) = tx.optional(records).await?.unwrap_or_default();
    (summary.records, summary.invalid) = (count("sheets.live", live)?, count("sheets.invalid", invalid)?);
    Ok(())
}

/// The ids and names of the spaces of an environment, the one last worked in first. Nothing in them is counted.
pub async fn names(
    tx: &mut Tx,
    scope: &Scope,
    environment: &EnvironmentId,
    limit: u64,
) -> Result<Vec<(String, String)>, StoreError> {
    let statement = within(Statement::new("SELECT id, name FROM spaces WHERE deleted_at IS NULL"), scope)
        .push_bind(" AND environment_id = ", environment)
        .push(SpaceOrder::default().sql())
        .push_bind(" LIMIT ", integer(limit));
    tx.all(statement).await
}

/// Deletes a space with its workbooks, sheets, documents, files, jobs, mappings and secrets. Its events stay.
pub async fn delete(tx: &mut Tx, id: &SpaceId, now: Timestamp) -> Result<(), StoreError> {
    tx.rights_changed();
    let text = "UPDATE spaces SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    tx.execute(Statement::new(text).bind(id).bind(now)).await?;
    delete_contents(tx, "space_id", id, now).await
}

/// What stands in spaces and is put away with them.
const PUT_AWAY: [&str; 5] = ["workbooks", "sheets", "documents", "files", "jobs"];
/// What stands in spaces and is gone with them.
const GONE: [&str; 2] = ["mapping_programs", "secrets"];

/// Deletes what stands in a space or in all those of an environment: where that column has that id.
pub(super) async fn delete_contents(
    tx: &mut Tx,
    column: &'static str,
    id: impl Into<Value> + Copy,
    now: Timestamp,
) -> Result<(), StoreError> {
    for table in PUT_AWAY {
        let statement = Statement::new("UPDATE ").push(table).push_bind(" SET deleted_at = ", now);
        let statement = statement.push(" WHERE deleted_at IS NULL AND ").push(column).push_bind(" = ", id);
        tx.execute(statement).await?;
    }
    for table in GONE {
        let statement = Statement::new("DELETE FROM ").push(table).push(" WHERE ").push(column);
        tx.execute(statement.push_bind(" = ", id)).await?;
    }
    Ok(())
}

/// Deletes a space because its time is up.
pub async fn expire(tx: &mut Tx, id: &SpaceId, now: Timestamp) -> Result<(), StoreError> {
    let text = "UPDATE spaces SET expired_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    tx.execute(Statement::new(text).bind(id).bind(now)).await?;
    delete(tx, id, now).await
}

/// Says that something in the space changed; not more often than once a second, which is as close as Home tells.
pub fn touch(tx: &mut Tx, id: &SpaceId, now: Timestamp) {
    let statement =
        Statement::new("UPDATE spaces SET last_activity_at = $2 WHERE id = $1 AND last_activity_at <= $3")
            .bind(id)
            .bind(now)
            .bind(now.plus(-TOUCHED_EVERY));
    tx.later(statement);
}

fn within(statement: Statement, scope: &Scope) -> Statement {
    statement
        .push_bind(" AND account_id = ", &scope.account_id)
        .filter(" AND environment_id = ", scope.environment_id.as_ref())
        .filter(" AND id = ", scope.space_id.as_ref())
}

#[derive(sqlx::FromRow)]
struct SpaceRow {
    id: String,
    account_id: String,
    environment_id: String,
    name: String,
    namespace: Option<String>,
    app_id: Option<String>,
    is_app_template: bool,
    primary_workbook_id: Option<String>,
    metadata: Option<String>,
    settings: Option<String>,
    actions: String,
    labels: String,
    extra: String,
    created_by: String,
    created_by_name: Option<String>,
    created_at: i64,
    updated_at: i64,
    last_activity_at: i64,
    archived_at: Option<i64>,
    expired_at: Option<i64>,
    #[sqlx(flatten)]
    inherited: InheritedRow,
}

#[derive(sqlx::FromRow)]
struct InheritedRow {
    environment_namespaces: String,
    environment_guest_authentication: String,
    environment_translations_path: Option<String>,
    environment_language_override: Option<String>,
    environment_metadata: String,
}

impl TryFrom<InheritedRow> for Inherited {
    type Error = StoreError;

    fn try_from(row: InheritedRow) -> Result<Self, StoreError> {
        let authentication = &row.environment_guest_authentication;
        Ok(Self {
            namespaces: from_json("environments.namespaces", &row.environment_namespaces)?,
            guest_authentication: from_json("environments.guest_authentication", authentication)?,
            translations_path: row.environment_translations_path,
            language_override: row.environment_language_override,
            metadata: from_json("environments.metadata", &row.environment_metadata)?,
        })
    }
}

impl TryFrom<SpaceRow> for Space {
    type Error = StoreError;

    fn try_from(row: SpaceRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("spaces.id", &row.id)?,
            account_id: id("spaces.account_id", &row.account_id)?,
            environment_id: id("spaces.environment_id", &row.environment_id)?,
            name: row.name,
            namespace: row.namespace,
            app_id: optional_id("spaces.app_id", row.app_id)?,
            is_app_template: row.is_app_template,
            primary_workbook_id: optional_id("spaces.primary_workbook_id", row.primary_workbook_id)?,
            metadata: from_optional_json("spaces.metadata", row.metadata)?,
            settings: from_optional_json("spaces.settings", row.settings)?,
            actions: from_json("spaces.actions", &row.actions)?,
            labels: from_json("spaces.labels", &row.labels)?,
            extra: from_json("spaces.extra", &row.extra)?,
            created_by: row.created_by,
            created_by_name: row.created_by_name,
            inherited: row.inherited.try_into()?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            last_activity_at: Timestamp(row.last_activity_at),
            archived_at: moment(row.archived_at),
            expired_at: moment(row.expired_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    #[sqlx(flatten)]
    space: SpaceRow,
    workbooks: i64,
    files: i64,
    records: i64,
    invalid: i64,
}

impl TryFrom<SummaryRow> for SpaceSummary {
    type Error = StoreError;

    fn try_from(row: SummaryRow) -> Result<Self, StoreError> {
        Ok(Self {
            space: row.space.try_into()?,
            workbooks: count("workbooks of a space", row.workbooks)?,
            files: count("files of a space", row.files)?,
            records: count("sheets.live", row.records)?,
            invalid: count("sheets.invalid", row.invalid)?,
        })
    }
}
