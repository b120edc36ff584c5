//! Jobs that are late are ended, in words that say who did not answer and what to do.

use super::{Ending, apply_ending};
use crate::domain::access::{Actor, Role};
use crate::domain::job::parts::PartCounts;
use crate::domain::job::{Command, Job};
use crate::domain::outcome::{Next, Outcome};
use crate::service::{ErrorKind, Result, Service};
use crate::store::jobs::{self, Overdue, OverdueJob, Patience, order};
use crate::store::now;

impl Service {
    /// Ends what is overdue now, a hundred jobs at most, and says how many they were.
    pub async fn end_overdue_jobs(&self) -> Result<usize> {
        let mut tx = self.db.read().await?;
        let late = jobs::overdue(&mut tx, now(), &self.settings.timeouts.patience, None).await?;
        drop(tx);
        let mut ended = 0;
        for late in late {
            ended += usize::from(self.end_overdue(&late).await?);
        }
        Ok(ended)
    }

    async fn end_overdue(&self, late: &OverdueJob) -> Result<bool> {
        let patience = self.settings.timeouts.patience;
        let mut tx = self.db.write().await?;
        let actor = Actor { id: late.id.to_string(), role: Role::System, scope: late.scope.clone() };
        // Its parent is locked first, as whoever ends it does.
        let mut job = match super::command::find_for_change(&mut tx, &actor, &late.id).await {
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(false),
            found => found?,
        };
        // Its listener may have answered between the look and the lock.
        let Some(late) = jobs::overdue(&mut tx, now(), &patience, Some(&late.id)).await?.pop() else {
            return Ok(false);
        };
        let (command, outcome) = match late.overdue {
            Overdue::PartsEnded => of_parts(order::parts(&mut tx, &job.id, job.attempt).await?),
            overdue => (Command::Fail, no_answer(&job, overdue, &patience)),
        };
        let ending = Ending { info: outcome.message.clone(), outcome: Some(outcome), result: None };
        if self.apply(&mut tx, &actor, &mut job, command, |job| apply_ending(job, ending)).await? {
            self.follow_end(&mut tx, &actor, &job).await?;
            tx.commit().await?;
        }
        Ok(true)
    }
}

/// How a job ends whose parts have ended, when its listener leaves it to us.
fn of_parts(counts: PartCounts) -> (Command, Outcome) {
    let outcome = Outcome::saying(format!("{}.", counts.words()));
    if counts.completed == counts.total {
        return (Command::Complete, outcome);
    }
    (Command::Fail, Outcome { next: Some(Next::Retry { label: None }), ..outcome })
}

fn no_answer(job: &Job, overdue: Overdue, patience: &Patience) -> Outcome {
    Outcome {
        heading: Some(if overdue == Overdue::TooLong { "Stopped" } else { "No answer" }.to_string()),
        next: Some(Next::Retry { label: None }),
        ..Outcome::saying(words(&job.name(), overdue, patience))
    }
}

fn words(name: &str, overdue: Overdue, patience: &Patience) -> String {
    match overdue {
        Overdue::NotAcknowledged => format!(
            "Nothing answered “{name}” within {}. Check that a listener for it is running, then retry.",
            duration(patience.acknowledge)
        ),
        Overdue::TooLong => format!(
            "“{name}” was not done after {}. The log of the server says what it was at.",
            duration(patience.total)
        ),
        Overdue::Silent | Overdue::PartsEnded => format!(
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
