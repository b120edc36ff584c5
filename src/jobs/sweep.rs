//! Ends the jobs of listeners that nobody answers, in words that say what to do.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::access::{Actor, Role};
use crate::domain::outcome::{Next, Outcome};
use crate::service::jobs::Ending;
use crate::service::{Result, Service};
use crate::store::jobs::{self, Overdue, Patience};
use crate::store::now;

/// Looks for overdue jobs until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks =
        tokio::time::interval(Duration::from_millis(service.settings.timeouts.sweep.max(50) as u64));
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopping.cancelled() => return,
        }
        if let Err(error) = sweep(&service).await {
            tracing::warn!(%error, "overdue jobs could not be ended");
        }
    }
}

async fn sweep(service: &Service) -> Result<()> {
    let patience = service.settings.timeouts.patience;
    let mut tx = service.db.read().await?;
    let overdue = jobs::overdue(&mut tx, now(), &patience).await?;
    drop(tx);
    for late in overdue {
        let actor = Actor { id: late.id.to_string(), role: Role::System, scope: late.scope };
        let job = service.job(&actor, &late.id).await?;
        let message = words(&job.name(), late.overdue, &patience);
        let next = Some(Next::Retry { label: None });
        let outcome =
            Outcome { next, heading: Some("No answer".to_string()), ..Outcome::saying(message.clone()) };
        let ending = Ending { info: Some(message), outcome: Some(outcome) };
        service.fail_job(&actor, &job.id, ending, Some(job.attempt)).await?;
    }
    Ok(())
}

fn words(name: &str, overdue: Overdue, patience: &Patience) -> String {
    match overdue {
        Overdue::NotAcknowledged => format!(
            "Nothing answered “{name}” within {}. Check that a listener for it is running, then retry.",
            duration(patience.acknowledge)
        ),
        Overdue::TooLong => format!(
            "“{name}” was not done after {}. Its listener may go round in circles: look at its log, then retry.",
            duration(patience.total)
        ),
        Overdue::Silent => format!(
            "The listener of “{name}” has said nothing for {}. It may have stopped: look at its log, then retry.",
            duration(patience.silence)
        ),
    }
}

fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3600),
    }
}
