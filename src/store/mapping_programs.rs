//! Mapping programs with their rules.

use super::convert::{from_json, id, json, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{EnvironmentId, FamilyId, JobId, ProgramId};
use crate::domain::mapping_program::{Program, ProgramJob};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, account_id, environment_id, space_id, workbook_id, job_id, family_id, namespace,
    source_keys, destination_keys, rules, added_rules, deleted_rules, created_by, created_at, updated_at";

/// Which programs a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgramFilter {
    /// Those of one environment.
    pub environment_id: Option<EnvironmentId>,
    /// Those that somebody made.
    pub created_by: Option<String>,
    /// Those that were made after that moment.
    pub created_after: Option<Timestamp>,
    /// Those that were made before that moment.
    pub created_before: Option<Timestamp>,
    /// That of a job.
    pub job_id: Option<JobId>,
    /// Those of a family.
    pub family_id: Option<FamilyId>,
    /// Those with that mark.
    pub namespace: Option<String>,
    /// Those from sheets with all of these fields.
    pub source_keys: Vec<String>,
    /// Those into sheets with all of these fields.
    pub destination_keys: Vec<String>,
}

/// Keeps a new program.
pub async fn insert(tx: &mut Tx, program: &Program) -> Result<(), StoreError> {
    let job = program.job.as_ref();
    let statement = Statement::new(
        "INSERT INTO mapping_programs (id, account_id, environment_id, space_id, workbook_id, job_id, created_by,
            created_at, family_id, namespace, source_keys, destination_keys, rules, added_rules, deleted_rules,
            updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(&program.id)
    .bind(&program.account_id)
    .bind(&program.environment_id)
    .bind(&program.space_id)
    .bind(&job.and_then(|job| job.workbook_id.clone()))
    .bind(&job.map(|job| job.id.clone()))
    .bind(&program.created_by)
    .bind(program.created_at);
    tx.execute(bind_changing(statement, program)?).await.map(|_| ())
}

/// Keeps everything of a program that can change.
pub async fn update(tx: &mut Tx, program: &Program) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE mapping_programs SET family_id = $2, namespace = $3, source_keys = $4, destination_keys = $5,
            rules = $6, added_rules = $7, deleted_rules = $8, updated_at = $9
        WHERE id = $1",
    )
    .bind(&program.id);
    tx.execute(bind_changing(statement, program)?).await.map(|_| ())
}

fn bind_changing(statement: Statement, program: &Program) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&program.family_id)
        .bind(&program.namespace)
        .bind(json(&program.source_keys)?)
        .bind(json(&program.destination_keys)?)
        .bind(json(&program.rules)?)
        .bind(program.added_rules)
        .bind(program.deleted_rules)
        .bind(program.updated_at))
}

/// The program of that id; it stays so until a transaction that writes has ended.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &ProgramId) -> Result<Option<Program>, StoreError> {
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    let statement = Statement::select(COLUMNS).push_bind(" FROM mapping_programs WHERE id = ", id);
    tx.optional::<ProgramRow>(statement.within(scope).push(keep)).await?.map(Program::try_from).transpose()
}

/// The job whose plan a program is.
pub async fn job_of(tx: &mut Tx, scope: &Scope, id: &ProgramId) -> Result<Option<JobId>, StoreError> {
    let statement =
        Statement::new("SELECT job_id FROM mapping_programs WHERE id = $1").bind(id).within(scope);
    let row: Option<(Option<String>,)> = tx.optional(statement).await?;
    optional_id("mapping_programs.job_id", row.and_then(|(job,)| job))
}

/// One page of the programs, the newest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &ProgramFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Program>, u64), StoreError> {
    let mut rest = Statement::new("FROM mapping_programs WHERE TRUE")
        .within(scope)
        .filter(" AND environment_id = ", filter.environment_id.as_ref())
        .filter(" AND created_by = ", filter.created_by.as_deref())
        .filter(" AND created_at > ", filter.created_after)
        .filter(" AND created_at < ", filter.created_before)
        .filter(" AND job_id = ", filter.job_id.as_ref())
        .filter(" AND family_id = ", filter.family_id.as_ref())
        .filter(" AND namespace = ", filter.namespace.as_deref());
    for key in &filter.source_keys {
        rest = rest.push_bind(" AND source_keys LIKE ", holding(key)?).push(" ESCAPE '\\'");
    }
    for key in &filter.destination_keys {
        rest = rest.push_bind(" AND destination_keys LIKE ", holding(key)?).push(" ESCAPE '\\'");
    }
    let order = " ORDER BY created_at DESC, id";
    let (rows, total) = tx.page::<ProgramRow>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(Program::try_from).collect::<Result<_, _>>()?, total))
}

/// A pattern for lists of texts, as JSON, with that one among them.
fn holding(key: &str) -> Result<String, StoreError> {
    Ok(super::convert::containing(&json(&key)?))
}

/// Deletes a program.
pub async fn delete(tx: &mut Tx, id: &ProgramId) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM mapping_programs WHERE id = $1").bind(id)).await.map(|_| ())
}

/// Deletes the programs that somebody made.
pub async fn delete_of_maker(
    tx: &mut Tx,
    scope: &Scope,
    environment: Option<&EnvironmentId>,
    maker: &str,
) -> Result<(), StoreError> {
    let statement = Statement::new("DELETE FROM mapping_programs WHERE created_by = $1")
        .bind(maker)
        .within(scope)
        .filter(" AND environment_id = ", environment);
    tx.execute(statement).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct ProgramRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: Option<String>,
    workbook_id: Option<String>,
    job_id: Option<String>,
    family_id: Option<String>,
    namespace: Option<String>,
    source_keys: String,
    destination_keys: String,
    rules: String,
    added_rules: i64,
    deleted_rules: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<ProgramRow> for Program {
    type Error = StoreError;

    fn try_from(row: ProgramRow) -> Result<Self, StoreError> {
        let workbook_id = optional_id("mapping_programs.workbook_id", row.workbook_id)?;
        let job: Option<JobId> = optional_id("mapping_programs.job_id", row.job_id)?;
        Ok(Self {
            id: id("mapping_programs.id", &row.id)?,
            account_id: id("mapping_programs.account_id", &row.account_id)?,
            environment_id: id("mapping_programs.environment_id", &row.environment_id)?,
            job: job.map(|id| ProgramJob { id, workbook_id }),
            space_id: optional_id("mapping_programs.space_id", row.space_id)?,
            family_id: optional_id("mapping_programs.family_id", row.family_id)?,
            namespace: row.namespace,
            source_keys: from_json("mapping_programs.source_keys", &row.source_keys)?,
            destination_keys: from_json("mapping_programs.destination_keys", &row.destination_keys)?,
            rules: from_json("mapping_programs.rules", &row.rules)?,
            added_rules: row.added_rules,
            deleted_rules: row.deleted_rules,
            created_by: row.created_by,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}
