//! Which environments hear of the timer, and when next.

use crate::domain::event::Topic;
use crate::domain::ids::EnvironmentId;
use crate::domain::time::Timestamp;
use crate::store::convert::{damaged, id};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// Topics of the timer that one look finds at most; the next look finds the others.
const DUE_AT_ONCE: i64 = 100;

/// A topic of the timer whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCron {
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// Which topic.
    pub topic: Topic,
    /// Since when.
    pub due_at: Timestamp,
}

/// Keeps which topics of the timer an environment hears of. One that it heard of before keeps its next time.
pub async fn keep(
    tx: &mut Tx,
    environment: &EnvironmentId,
    crons: &[(Topic, Timestamp)],
) -> Result<(), StoreError> {
    let mut others =
        Statement::new("DELETE FROM agent_crons").push_bind(" WHERE environment_id = ", environment);
    for (topic, _) in crons {
        others = others.push_bind(" AND topic <> ", topic.as_str());
    }
    tx.execute(others).await?;
    for (topic, due_at) in crons {
        let text = "INSERT INTO agent_crons (environment_id, topic, due_at) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING";
        let statement = Statement::new(text).bind(environment).bind(topic.as_str()).bind(*due_at);
        tx.execute(statement).await?;
    }
    Ok(())
}

/// The topics whose time has come, the longest waiting first; 100 at most.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<DueCron>, StoreError> {
    let statement = Statement::new(
        "SELECT c.environment_id, c.topic, c.due_at FROM agent_crons c JOIN environments e ON e.id = c.environment_id
        WHERE e.deleted_at IS NULL AND c.due_at <= $1 ORDER BY c.due_at, c.environment_id, c.topic LIMIT $2",
    );
    let statement = statement.bind(now).bind(DUE_AT_ONCE);
    let rows: Vec<(String, String, i64)> = tx.all(statement).await?;
    let read = |(environment, topic, due_at): (String, String, i64)| {
        let unknown = || damaged("agent_crons.topic", format!("`{topic}` is not known"));
        Ok(DueCron {
            environment_id: id("agent_crons.environment_id", &environment)?,
            topic: Topic::parse(&topic).ok_or_else(unknown)?,
            due_at: Timestamp(due_at),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Moves a topic on to its next time. Says whether this was the one to do it: of several servers one is.
pub async fn advance(tx: &mut Tx, due: &DueCron, next: Timestamp) -> Result<bool, StoreError> {
    let text = "UPDATE agent_crons SET due_at = $4 WHERE environment_id = $1 AND topic = $2 AND due_at = $3";
    let statement =
        Statement::new(text).bind(&due.environment_id).bind(due.topic.as_str()).bind(due.due_at).bind(next);
    Ok(tx.execute(statement).await? == 1)
}
