//! Workbooks.

use serde_json::{Map, Value};

use super::convert::{from_json, from_optional_json, id, json, moment, optional_json};
use super::granted::Kind;
use super::rows::Rows;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{SpaceId, WorkbookId};
use crate::domain::time::Timestamp;
use crate::domain::workbook::Workbook;

const COLUMNS: &str = "id, account_id, environment_id, space_id, name, namespace, labels, actions, settings,
    metadata, extra, created_at, updated_at, expired_at";
const THERE: &str = " FROM workbooks WHERE deleted_at IS NULL";
const OLDEST_FIRST: &str = " ORDER BY created_at, id";

/// Which workbooks a list shows. A text with a leading `-` leaves out what it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkbookFilter {
    /// Those of one space.
    pub space_id: Option<SpaceId>,
    /// Those of that name.
    pub name: Option<String>,
    /// Those of that namespace.
    pub namespace: Option<String>,
    /// Those with that label.
    pub label: Option<String>,
    /// Those with all of these treatments.
    pub treatments: Vec<String>,
}

/// What of a workbook a filter looks at.
#[derive(sqlx::FromRow)]
struct Sketch {
    id: String,
    name: String,
    namespace: Option<String>,
    labels: String,
    extra: String,
}

impl WorkbookFilter {
    /// Whether all workbooks fit that stand where it looks.
    fn is_open(&self) -> bool {
        *self == Self { space_id: self.space_id.clone(), ..Self::default() }
    }

    fn picks(&self, sketch: &Sketch) -> Result<bool, StoreError> {
        let labels: Vec<String> = from_json("workbooks.labels", &sketch.labels)?;
        let extra: Map<String, Value> = from_json("workbooks.extra", &sketch.extra)?;
        let treatments = extra.get("treatments").and_then(Value::as_array);
        let treated =
            |name: &String| treatments.is_some_and(|list| list.iter().any(|one| one == name.as_str()));
        let fits = |wanted: &Option<String>, holds: &dyn Fn(&str) -> bool| match wanted.as_deref() {
            None => true,
            Some(text) => match text.strip_prefix('-') {
                Some(unwanted) => !holds(unwanted),
                None => holds(text),
            },
        };
        Ok(fits(&self.name, &|name| sketch.name == name)
            && fits(&self.namespace, &|namespace| sketch.namespace.as_deref() == Some(namespace))
            && fits(&self.label, &|label| labels.iter().any(|one| one == label))
            && self.treatments.iter().all(treated))
    }
}

/// Keeps a new workbook.
pub async fn insert(tx: &mut Tx, workbook: &Workbook) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO workbooks (id, account_id, environment_id, space_id, name, namespace, labels, actions,
            settings, metadata, extra, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(&workbook.id)
    .bind(&workbook.account_id)
    .bind(&workbook.environment_id)
    .bind(&workbook.space_id);
    let statement = bind_changing(statement, workbook)?.bind(workbook.created_at).bind(workbook.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of a workbook that can change.
pub async fn update(tx: &mut Tx, workbook: &Workbook) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE workbooks SET name = $2, namespace = $3, labels = $4, actions = $5, settings = $6, metadata = $7,
            extra = $8, updated_at = $9
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&workbook.id);
    let statement = bind_changing(statement, workbook)?.bind(workbook.updated_at);
    tx.execute(statement).await.map(|_| ())
}

fn bind_changing(statement: Statement, workbook: &Workbook) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&workbook.name)
        .bind(&workbook.namespace)
        .bind(json(&workbook.labels)?)
        .bind(json(&workbook.actions)?)
        .bind(optional_json(&workbook.settings)?)
        .bind(optional_json(&workbook.metadata)?)
        .bind(json(&workbook.extra)?))
}

/// The workbook of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &WorkbookId) -> Result<Option<Workbook>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push(THERE)
        .push_bind(" AND id = ", id)
        .within_parts(scope, Kind::Workbooks);
    tx.optional::<WorkbookRow>(statement).await?.map(Workbook::try_from).transpose()
}

/// The same, also when it has expired.
pub async fn find_or_expired(
    tx: &mut Tx,
    scope: &Scope,
    id: &WorkbookId,
) -> Result<Option<Workbook>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM workbooks WHERE (deleted_at IS NULL OR expired_at IS NOT NULL) AND id = ", id)
        .within_parts(scope, Kind::Workbooks);
    tx.optional::<WorkbookRow>(statement).await?.map(Workbook::try_from).transpose()
}

/// The workbooks of a space, the oldest first.
pub async fn list(tx: &mut Tx, scope: &Scope, space_id: &SpaceId) -> Result<Vec<Workbook>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push(THERE)
        .push_bind(" AND space_id = ", space_id)
        .within_parts(scope, Kind::Workbooks)
        .push(OLDEST_FIRST);
    tx.all::<WorkbookRow>(statement).await?.into_iter().map(Workbook::try_from).collect()
}

/// One page of the workbooks that fit, the oldest first, and how many there are. What a filter picks is told from a few
/// members of each, before the page is read: the databases would take lists apart each in its own way.
pub async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &WorkbookFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Workbook>, u64), StoreError> {
    let rest = Statement::new("FROM workbooks WHERE deleted_at IS NULL")
        .in_spaces(scope, filter.space_id.as_ref())
        .within_parts(scope, Kind::Workbooks);
    let (rows, total) = if filter.is_open() {
        tx.page::<WorkbookRow>(COLUMNS, rest, OLDEST_FIRST, offset, limit).await?
    } else {
        let sketches = rest.with_columns("id, name, namespace, labels, extra").push(OLDEST_FIRST);
        let mut picked: Vec<WorkbookId> = Vec::new();
        for sketch in tx.all::<Sketch>(sketches).await? {
            if filter.picks(&sketch)? {
                picked.push(id("workbooks.id", &sketch.id)?);
            }
        }
        let bounded = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let page = picked.iter().skip(bounded(offset)).take(bounded(limit));
        let statement = Statement::select(COLUMNS).push(THERE).push(" AND id");
        let statement = statement.push_among(tx, Rows::of_ids(page)?).push(OLDEST_FIRST);
        (tx.all(statement).await?, picked.len() as u64)
    };
    Ok((rows.into_iter().map(Workbook::try_from).collect::<Result<_, _>>()?, total))
}

/// The space, id and name of each workbook of some spaces, the oldest first. Those that were made of files are left out.
pub async fn names(
    tx: &mut Tx,
    scope: &Scope,
    spaces: &[SpaceId],
) -> Result<Vec<(String, String, String)>, StoreError> {
    let statement = Statement::new(
        "SELECT space_id, id, name FROM workbooks
        WHERE deleted_at IS NULL AND labels NOT LIKE '%\"file\"%' AND space_id",
    )
    .push_among(tx, Rows::of_ids(spaces)?)
    .within_parts(scope, Kind::Workbooks)
    .push(OLDEST_FIRST);
    tx.all(statement).await
}

/// Deletes a workbook with its sheets.
pub async fn delete(tx: &mut Tx, id: &WorkbookId, now: Timestamp) -> Result<(), StoreError> {
    for statement in [
        "UPDATE workbooks SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL",
        "UPDATE sheets SET deleted_at = $2 WHERE workbook_id = $1 AND deleted_at IS NULL",
    ] {
        tx.execute(Statement::new(statement).bind(id).bind(now)).await?;
    }
    Ok(())
}

/// Deletes a workbook because its time is up.
pub async fn expire(tx: &mut Tx, id: &WorkbookId, now: Timestamp) -> Result<(), StoreError> {
    let text = "UPDATE workbooks SET expired_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    tx.execute(Statement::new(text).bind(id).bind(now)).await?;
    delete(tx, id, now).await
}

#[derive(sqlx::FromRow)]
struct WorkbookRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: String,
    name: String,
    namespace: Option<String>,
    labels: String,
    actions: String,
    settings: Option<String>,
    metadata: Option<String>,
    extra: String,
    created_at: i64,
    updated_at: i64,
    expired_at: Option<i64>,
}

impl TryFrom<WorkbookRow> for Workbook {
    type Error = StoreError;

    fn try_from(row: WorkbookRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("workbooks.id", &row.id)?,
            account_id: id("workbooks.account_id", &row.account_id)?,
            environment_id: id("workbooks.environment_id", &row.environment_id)?,
            space_id: id("workbooks.space_id", &row.space_id)?,
            name: row.name,
            namespace: row.namespace,
            labels: from_json("workbooks.labels", &row.labels)?,
            actions: from_json("workbooks.actions", &row.actions)?,
            settings: from_optional_json("workbooks.settings", row.settings)?,
            metadata: from_optional_json("workbooks.metadata", row.metadata)?,
            extra: from_json("workbooks.extra", &row.extra)?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            expired_at: moment(row.expired_at),
        })
    }
}
