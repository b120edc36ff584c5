//! The plans of mapping jobs.

use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::{Id, JobId, ProgramId};
use crate::domain::job::Job;
use crate::domain::job::plan::{ExecutionPlan, PlanChange};
use crate::domain::mapping_program::{Program, RuleConfig, rules_of};
use crate::service::{Result, Service, ServiceError, allow, built_in_rights, mapping_programs};
use crate::store::{Tx, jobs, mapping_programs as store, now};

impl Service {
    /// A job and what it means to do; also after it has ended.
    ///
    /// # Errors
    /// The job has no plan.
    pub async fn job_plan(&self, actor: &Actor, id: &JobId) -> Result<(Job, ExecutionPlan)> {
        let job = self.job(actor, id).await?;
        let mut tx = self.db.read().await?;
        let plan = jobs::plan::plan(&mut tx, id).await?;
        let plan = plan.ok_or_else(|| {
            let message = format!("the job `{id}` has no plan: only those of {} have one", "workbook:map");
            ServiceError::conflict(message)
        })?;
        Ok((job, plan))
    }

    /// Replaces the plan of a job.
    pub async fn set_job_plan(
        &self,
        actor: &Actor,
        id: &JobId,
        plan: ExecutionPlan,
    ) -> Result<(Job, ExecutionPlan)> {
        let change = PlanChange {
            field_mapping: Some(plan.field_mapping),
            unmapped_source_fields: Some(plan.unmapped_source_fields),
            unmapped_destination_fields: Some(plan.unmapped_destination_fields),
            program_id: plan.program_id,
        };
        self.change_job_plan(actor, id, change).await
    }

    /// Changes parts of the plan of a job. One that names another program and not what goes where follows the rules of
    /// that program; otherwise the program of the job gets rules that say the same as the plan.
    pub async fn change_job_plan(
        &self,
        actor: &Actor,
        id: &JobId,
        change: PlanChange,
    ) -> Result<(Job, ExecutionPlan)> {
        allow(actor, Operation::RunJobs)?;
        let mut tx = self.db.write().await?;
        let mut job = super::command::find_for_change(&mut tx, actor, id).await?;
        if job.status.is_terminal() {
            let message = "a plan is not changed once its job has ended; make a new job";
            return Err(ServiceError::conflict(message));
        }
        built_in_rights::check_again(&mut tx, actor, &job).await?;
        let mut plan = jobs::plan::plan(&mut tx, id).await?.unwrap_or_default();
        let follows = change.field_mapping.is_none();
        let other = change.program_id.clone().filter(|named| plan.program_id.as_ref() != Some(named));
        let other = match other {
            Some(named) => {
                Some(mapping_programs::find_to_follow(&mut tx, actor, &ProgramId::parse(&named)?).await?)
            }
            None => None,
        };
        match other.filter(|_| follows) {
            Some(program) => plan = self.plan_by_program(&mut tx, actor, &job, &program).await?,
            None => {
                plan.take(change);
                tell_program(&mut tx, actor, &job, &plan).await?;
            }
        }
        jobs::plan::set_plan(&mut tx, id, &plan).await?;
        self.save(&mut tx, actor, &mut job, &[Topic::JobUpdated]).await?;
        tx.commit().await?;
        Ok((job, plan))
    }
}

/// Gives the program of a job the rules that say the same as its plan; programs that others saved stay.
async fn tell_program(tx: &mut Tx, actor: &Actor, job: &Job, plan: &ExecutionPlan) -> Result<()> {
    let Some(id) = plan.program_id.as_deref().and_then(|id| ProgramId::parse(id).ok()) else { return Ok(()) };
    let found = store::find(tx, &actor.scope, &id).await?;
    let Some(mut program) = found.filter(|program| program.job.as_ref().is_some_and(|of| of.id == job.id))
    else {
        return Ok(());
    };
    let rules = rules_of(plan);
    if says(&program, &rules) {
        return Ok(());
    }
    mapping_programs::replace_rules(actor, &mut program, rules);
    program.check()?;
    program.updated_at = now();
    store::update(tx, &program).await?;
    mapping_programs::tell(tx, actor, &program, &[Topic::ProgramUpdated]).await
}

/// Whether a program has just these rules.
fn says(program: &Program, rules: &[RuleConfig]) -> bool {
    let own = program.rules.iter().map(|rule| (&rule.given.rule_type, &rule.given.config));
    own.eq(rules.iter().map(|rule| (&rule.rule_type, &rule.config)))
}
