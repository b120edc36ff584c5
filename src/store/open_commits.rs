//! Commits that their listeners have not answered yet. Only sheets that track changes have any.

use std::collections::BTreeMap;

use super::convert::{count, id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{CommitId, SheetId, WorkbookId};
use crate::domain::time::Timestamp;

/// Commits that are given up in one go.
const AT_ONCE: i64 = 100;

/// Says that a commit waits for its listeners.
pub fn open(tx: &mut Tx, commit: &CommitId, now: Timestamp) {
    tx.later(Statement::new("UPDATE commits SET open_since = $1 WHERE id = $2").bind(now).bind(commit));
}

/// Completes a commit of a sheet; false when it was complete already. `by` is nobody when its listeners are given up,
/// which happens only when none of them was heard of after `silent_since`.
pub async fn complete(
    tx: &mut Tx,
    (sheet, commit): (i64, &CommitId),
    by: Option<&str>,
    now: Timestamp,
    silent_since: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let text = "UPDATE commits SET open_since = NULL, completed_at = $1, completed_by = $2
        WHERE sheet = $3 AND id = $4 AND open_since IS NOT NULL";
    let statement = Statement::new(text).bind(now).bind(by).bind(sheet).bind(commit);
    Ok(tx.execute(statement.filter(" AND open_since <= ", silent_since)).await? == 1)
}

/// Completes whatever is open in the sheets of a workbook.
pub async fn complete_all(tx: &mut Tx, workbook: &WorkbookId, now: Timestamp) -> Result<(), StoreError> {
    let text = "UPDATE commits SET open_since = NULL, completed_at = $1
        WHERE open_since IS NOT NULL AND sheet IN (SELECT number FROM sheets WHERE workbook_id = $2)";
    tx.execute(Statement::new(text).bind(now).bind(workbook)).await.map(|_| ())
}

/// Notes a sign of life of a listener of a commit, if it is open.
pub async fn hear(tx: &mut Tx, commit: &CommitId, now: Timestamp) -> Result<(), StoreError> {
    let text = "UPDATE commits SET open_since = $1 WHERE id = $2 AND open_since IS NOT NULL";
    tx.execute(Statement::new(text).bind(now).bind(commit)).await.map(|_| ())
}

/// How many commits are open in the sheets of a workbook, by the sheets' numbers; those without any are left out.
pub async fn count_by_sheet(tx: &mut Tx, workbook: &WorkbookId) -> Result<BTreeMap<i64, u64>, StoreError> {
    let statement = Statement::new(
        "SELECT sheet, COUNT(*) FROM commits JOIN sheets ON sheets.number = commits.sheet
        WHERE open_since IS NOT NULL AND deleted_at IS NULL AND workbook_id = $1 GROUP BY sheet",
    );
    let found: Vec<(i64, i64)> = tx.all(statement.bind(workbook)).await?;
    found.into_iter().map(|(sheet, open)| Ok((sheet, count("open commits", open)?))).collect()
}

/// A commit whose listeners were not heard of for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentCommit {
    /// The commit.
    pub id: CommitId,
    /// Its sheet, which may have been deleted since.
    pub sheet: SheetId,
    /// The sheet's number.
    pub number: i64,
    /// The space of the sheet.
    pub scope: Scope,
}

/// The open commits whose listeners were not heard of after a moment, the longest silent first; 100 at most.
pub async fn silent(tx: &mut Tx, since: Timestamp) -> Result<Vec<SilentCommit>, StoreError> {
    let statement = Statement::new(
        "SELECT commits.id, sheets.id, number, account_id, environment_id, space_id
        FROM commits JOIN sheets ON sheets.number = commits.sheet WHERE open_since <= $1",
    )
    .bind(since)
    .push_bind(" ORDER BY open_since LIMIT ", AT_ONCE);
    type Row = (String, String, i64, String, String, String);
    let read = |(commit, sheet, number, account, environment, space): Row| {
        let scope = Scope::space(
            id("sheets.account_id", &account)?,
            id("sheets.environment_id", &environment)?,
            id("sheets.space_id", &space)?,
        );
        Ok(SilentCommit { id: id("commits.id", &commit)?, sheet: id("sheets.id", &sheet)?, number, scope })
    };
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}
