//! When actions run by themselves.

use super::convert::{from_word, id, word};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::action::Schedule;
use crate::domain::ids::ActionId;
use crate::domain::space::Space;
use crate::domain::time::Timestamp;

/// Actions that one look finds at most; the next look finds the others.
const DUE_AT_ONCE: i64 = 100;

/// An action whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Which action.
    pub action_id: ActionId,
    /// Where it is.
    pub scope: Scope,
    /// How often it runs.
    pub period: Schedule,
    /// Since when it should have run.
    pub due_at: Timestamp,
}

/// Keeps which actions of an owner run by themselves, the first time a period from now. One that did so before keeps
/// its next time.
pub async fn keep(
    tx: &mut Tx,
    space: &Space,
    owner: &str,
    actions: &[(ActionId, Schedule)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut others = Statement::new("DELETE FROM action_schedules").push_bind(" WHERE owner_id = ", owner);
    for (action, period) in actions {
        others =
            others.push_bind(" AND NOT (action_id = ", action).push_bind(" AND period = ", word(period)?);
        others = others.push(")");
    }
    tx.execute(others).await?;
    for (action, period) in actions {
        let text = "INSERT INTO action_schedules
                (action_id, account_id, environment_id, space_id, owner_id, period, due_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let statement = Statement::new(text)
            .bind(action)
            .bind(&space.account_id)
            .bind(&space.environment_id)
            .bind(&space.id)
            .bind(owner)
            .bind(word(period)?)
            .bind(now.plus(period.period()));
        tx.execute(statement).await?;
    }
    Ok(())
}

/// The actions whose time has come, the longest waiting first; 100 at most. For the server's own work.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Due>, StoreError> {
    let statement = Statement::select("action_id, account_id, environment_id, space_id, period, due_at")
        .push_bind(" FROM action_schedules WHERE due_at <= ", now)
        .push_bind(" ORDER BY due_at, action_id LIMIT ", DUE_AT_ONCE);
    let rows: Vec<(String, String, String, String, String, i64)> = tx.all(statement).await?;
    let read = |(action, account, environment, space, period, due_at)| {
        let (action, account, environment, space): (String, String, String, String) =
            (action, account, environment, space);
        Ok(Due {
            action_id: id("action_schedules.action_id", &action)?,
            scope: Scope::space(
                id("action_schedules.account_id", &account)?,
                id("action_schedules.environment_id", &environment)?,
                id("action_schedules.space_id", &space)?,
            ),
            period: from_word("action_schedules.period", period)?,
            due_at: Timestamp(due_at),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Moves an action on to its next time. Says whether this was the one to do it: of several servers one is.
pub async fn advance(tx: &mut Tx, due: &Due, next: Timestamp) -> Result<bool, StoreError> {
    let text = "UPDATE action_schedules SET due_at = $3 WHERE action_id = $1 AND due_at = $2";
    let statement = Statement::new(text).bind(&due.action_id).bind(due.due_at).bind(next);
    Ok(tx.execute(statement).await? == 1)
}

/// Forgets an action that does not run by itself any more as it was found due. One that does so anew since stays.
pub async fn forget(tx: &mut Tx, due: &Due) -> Result<(), StoreError> {
    let text = "DELETE FROM action_schedules WHERE action_id = $1 AND due_at = $2 AND period = $3";
    let statement = Statement::new(text).bind(&due.action_id).bind(due.due_at).bind(word(&due.period)?);
    tx.execute(statement).await.map(|_| ())
}

/// When an action runs next.
pub async fn next(tx: &mut Tx, action: &ActionId) -> Result<Option<Timestamp>, StoreError> {
    let statement =
        Statement::select("due_at FROM action_schedules").push_bind(" WHERE action_id = ", action);
    let found: Option<(i64,)> = tx.optional(statement).await?;
    Ok(found.map(|(due_at,)| Timestamp(due_at)))
}
