//! The plans of mapping jobs.

use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::JobId;
use crate::domain::job::Job;
use crate::domain::job::plan::{ExecutionPlan, PlanChange};
use crate::service::{Result, Service, ServiceError, allow};
use crate::store::jobs;

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
        self.change_plan(actor, id, |_| plan).await
    }

    /// Changes parts of the plan of a job.
    pub async fn change_job_plan(
        &self,
        actor: &Actor,
        id: &JobId,
        change: PlanChange,
    ) -> Result<(Job, ExecutionPlan)> {
        let take = |plan: Option<ExecutionPlan>| {
            let mut plan = plan.unwrap_or_default();
            plan.take(change);
            plan
        };
        self.change_plan(actor, id, take).await
    }

    async fn change_plan(
        &self,
        actor: &Actor,
        id: &JobId,
        make: impl FnOnce(Option<ExecutionPlan>) -> ExecutionPlan,
    ) -> Result<(Job, ExecutionPlan)> {
        allow(actor, Operation::RunJobs)?;
        let mut tx = self.db.write().await?;
        let mut job = super::command::find_for_change(&mut tx, actor, id).await?;
        if job.status.is_terminal() {
            let message = "a plan is not changed once its job has ended; make a new job";
            return Err(ServiceError::conflict(message));
        }
        let plan = make(jobs::plan::plan(&mut tx, id).await?);
        jobs::plan::set_plan(&mut tx, id, &plan).await?;
        self.save(&mut tx, actor, &mut job, &[Topic::JobUpdated]).await?;
        tx.commit().await?;
        Ok((job, plan))
    }
}
