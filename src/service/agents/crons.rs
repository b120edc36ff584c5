//! The timer of agents: its events are put into the log while an agent of the environment asks for them.

use serde_json::Map;

use crate::domain::agent::next_cron;
use crate::domain::event::{NewEvent, Topic};
use crate::domain::ids::EnvironmentId;
use crate::domain::time::Timestamp;
use crate::service::{Result, Service};
use crate::store::agents::crons::{self, DueCron};
use crate::store::{Tx, agents, now};

impl Service {
    /// Puts the events of the timer into the log whose time has come at `moment`; how many. Periods that went by while
    /// no server ran are made up for once.
    pub async fn run_crons(&self, moment: Timestamp) -> Result<usize> {
        let mut tx = self.db.read().await?;
        let due = crons::due(&mut tx, moment).await?;
        drop(tx);
        let mut told = 0;
        for cron in &due {
            told += usize::from(self.run_cron(cron, moment).await?);
        }
        Ok(told)
    }

    /// Whether this was the server to do it.
    async fn run_cron(&self, due: &DueCron, moment: Timestamp) -> Result<bool> {
        let Some(next) = next_cron(due.topic, moment) else { return Ok(false) };
        let mut tx = self.db.write().await?;
        if !crons::advance(&mut tx, due, next).await? {
            return Ok(false);
        }
        tx.emit(NewEvent {
            topic: due.topic,
            environment_id: due.environment_id.clone(),
            space_id: None,
            context: Map::new(),
            payload: Map::new(),
            data_path: None,
            namespaces: Vec::new(),
        });
        tx.commit().await?;
        Ok(true)
    }
}

/// Takes note of which topics of the timer the agents of an environment ask for now.
pub(super) async fn follow(tx: &mut Tx, environment: &EnvironmentId) -> Result<()> {
    let all = agents::of_environment(tx, environment).await?;
    let mut asked: Vec<Topic> = all.iter().flat_map(|agent| agent.config.crons()).collect();
    asked.sort_by_key(|topic| topic.as_str());
    asked.dedup();
    let moment = now();
    let asked: Vec<_> =
        asked.into_iter().filter_map(|topic| Some((topic, next_cron(topic, moment)?))).collect();
    Ok(crons::keep(tx, environment, &asked).await?)
}
