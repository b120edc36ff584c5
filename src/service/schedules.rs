//! Actions that run by themselves: each period one job for each place where the action stands.

use super::actions;
use super::run_action::ActionRun;
use super::{Result, Service};
use crate::domain::access::{Actor, Role};
use crate::domain::ids::Id;
use crate::domain::job::JobType;
use crate::domain::mount::{MountKind, PlacedAction, Spot};
use crate::domain::time::Timestamp;
use crate::store::schedules::{self, Due};
use crate::store::{Tx, documents, files, now, sheets, spaces, workbooks};

impl Service {
    /// Makes the jobs of the actions whose time has come at `moment`, and says how many. Periods that went by while no
    /// server ran are made up for once.
    pub async fn run_scheduled(&self, moment: Timestamp) -> Result<usize> {
        let mut made = 0;
        for due in self.due_actions(moment).await? {
            match self.run_due(&due, moment).await {
                Ok(jobs) => made += jobs,
                Err(error) => {
                    tracing::warn!(action = %due.action_id, %error, "a scheduled action did not run")
                }
            }
        }
        Ok(made)
    }

    /// The actions whose time has come at `moment`.
    pub async fn due_actions(&self, moment: Timestamp) -> Result<Vec<Due>> {
        let mut tx = self.db.read().await?;
        Ok(schedules::due(&mut tx, moment).await?)
    }

    /// Makes the jobs of an action that was found due at `moment`, and says how many; none when another server did,
    /// when it no longer runs by itself as it did then, or as long as listeners check records that it is about.
    pub async fn run_due(&self, due: &Due, moment: Timestamp) -> Result<usize> {
        let actor = Actor { id: due.action_id.to_string(), role: Role::System, scope: due.scope.clone() };
        let mut tx = self.db.read().await?;
        let runs = match actions::find(&mut tx, &actor, &due.action_id).await {
            Ok(placed) if placed.action.schedule == Some(due.period) => {
                Some(runs(&mut tx, &actor, &placed).await?)
            }
            _ => None,
        };
        drop(tx);
        // It is due still when the checks are done.
        for run in runs.iter().flatten() {
            if let Ok(Some(reason)) = self.checks_before(&actor, run).await {
                tracing::debug!(action = %due.action_id, source = %run.source, %reason, "a scheduled action waits");
                return Ok(0);
            }
        }
        let mut jobs = Vec::new();
        for run in runs.iter().flatten().cloned() {
            let (source, column) = (run.source.clone(), run.column.clone().unwrap_or_default());
            match self.job_of(&actor, run).await {
                Ok(mut job) => {
                    let (action, moment) = (&due.action_id, due.due_at);
                    job.unique_key = Some(format!("scheduled:{action}:{source}:{column}:{moment}"));
                    job.scheduled = true;
                    jobs.push(job);
                }
                // What refuses a press refuses this as well.
                Err(error) => {
                    tracing::info!(action = %due.action_id, %source, reason = %error, "a scheduled action was passed over");
                }
            }
        }
        let mut tx = self.db.write().await?;
        if runs.is_none() {
            schedules::forget(&mut tx, due).await?;
        } else if !schedules::advance(&mut tx, due, next(due, moment)).await? {
            // Another server did.
            return Ok(0);
        }
        let made = jobs.len();
        for job in jobs {
            self.insert_job(&mut tx, &actor, job).await?;
        }
        tx.commit().await?;
        Ok(made)
    }
}

/// The first time after `moment` that is whole periods away from the last one.
fn next(due: &Due, moment: Timestamp) -> Timestamp {
    let period = due.period.period();
    due.due_at.plus((moment.since(due.due_at) / period + 1) * period)
}

/// Takes note of which actions of an owner run by themselves now.
pub(super) async fn follow(
    tx: &mut Tx,
    actor: &Actor,
    owner: &str,
    before: &[PlacedAction],
    after: &[PlacedAction],
) -> Result<()> {
    let mut all = before.iter().chain(after).filter(|placed| placed.action.schedule.is_some());
    let Some(placed) = all.next() else { return Ok(()) };
    let Some(space) = spaces::find(tx, &actor.scope, &placed.space_id).await? else { return Ok(()) };
    let scheduled = after.iter().filter_map(|placed| Some((placed.id.clone(), placed.action.schedule?)));
    let scheduled: Vec<_> = scheduled.collect();
    Ok(schedules::keep(tx, &space, owner, &scheduled, now()).await?)
}

/// A press of the action at each place where it stands, with nothing selected and nothing filled in.
async fn runs(tx: &mut Tx, actor: &Actor, placed: &PlacedAction) -> Result<Vec<ActionRun>> {
    let scope = &actor.scope;
    let Some(space) = spaces::find(tx, scope, &placed.space_id).await? else { return Ok(Vec::new()) };
    if space.archived_at.is_some() {
        return Ok(Vec::new());
    }
    let operation = placed.action.operation().unwrap_or_default();
    let run = |job_type, source: &str, column: Option<&str>| ActionRun {
        column: column.map(str::to_string),
        ..ActionRun::new(job_type, source, operation)
    };
    let mut runs = Vec::new();
    match placed.mount().kind {
        MountKind::Space => runs.push(run(JobType::Space, space.id.as_str(), None)),
        MountKind::Document => {
            for document in documents::list_titles(tx, scope, &space.id).await? {
                if placed.stands(&Spot::Document(document.id.as_str())) {
                    runs.push(run(JobType::Document, document.id.as_str(), None));
                }
            }
        }
        MountKind::File => {
            for file in files::all(tx, scope, &space.id).await? {
                if placed.stands(&Spot::File(&file)) {
                    runs.push(run(JobType::File, file.id.as_str(), None));
                }
            }
        }
        kind => {
            for workbook in workbooks::list(tx, scope, &space.id).await? {
                if placed.stands(&Spot::Workbook(&workbook)) {
                    runs.push(run(JobType::Workbook, workbook.id.as_str(), None));
                }
                if kind == MountKind::Workbook {
                    continue;
                }
                for sheet in sheets::list(tx, scope, &workbook.id).await? {
                    if placed.stands(&Spot::Sheet(&sheet)) {
                        runs.push(run(JobType::Sheet, sheet.id.as_str(), None));
                    }
                    for field in &sheet.config.fields {
                        let key = field.key.as_str();
                        if placed.stands(&Spot::Field(&sheet, key)) {
                            runs.push(run(JobType::Sheet, sheet.id.as_str(), Some(key)));
                        }
                    }
                }
            }
        }
    }
    Ok(runs)
}
