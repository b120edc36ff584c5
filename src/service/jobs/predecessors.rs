//! Jobs that come after others.

use crate::domain::access::Actor;
use crate::domain::ids::JobId;
use crate::domain::job::{Job, JobStatus};
use crate::service::{Result, Service, ServiceError};
use crate::store::jobs::order;
use crate::store::{Tx, jobs};

/// Jobs that one may come after.
const MOST: usize = 100;

impl Service {
    /// Refuses predecessors that are not there.
    pub(in crate::service) async fn check_predecessors(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        ids: &[JobId],
    ) -> Result<()> {
        if ids.len() > MOST {
            let message =
                format!("predecessorIds: a job comes after {MOST} others at most, not {}", ids.len());
            return Err(ServiceError::bad_request(message));
        }
        for id in ids {
            if jobs::find(tx, &actor.scope, id).await?.is_none() {
                return Err(ServiceError::not_found("job", id));
            }
        }
        Ok(())
    }

    /// Lets a job that would be ready wait, while jobs that come before it have not ended.
    ///
    /// # Errors
    /// One of them failed or was canceled.
    pub(in crate::service) async fn wait_for_predecessors(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &mut Job,
    ) -> Result<()> {
        order::waits_no_more(tx, &job.id).await?;
        // Locked, so that none ends between this look and the note.
        for before in Box::pin(order::find_all_for_update(tx, &actor.scope, &job.predecessor_ids)).await? {
            match before.status {
                JobStatus::Complete => {}
                JobStatus::Failed | JobStatus::Canceled => {
                    return Err(ServiceError::conflict(not_started(&before)));
                }
                _ => {
                    order::wait_for(tx, &job.id, &before.id).await?;
                    job.status = JobStatus::Waiting;
                }
            }
        }
        Ok(())
    }
}

/// Why a job does not start after one that did not end well.
pub(super) fn not_started(before: &Job) -> String {
    let how = if before.status == JobStatus::Failed { "failed" } else { "was canceled" };
    format!("“{}”, which comes before, {how}. Retry that one first, then this one.", before.title())
}
