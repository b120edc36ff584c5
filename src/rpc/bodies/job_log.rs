//! The jobs of an environment over all its spaces.

use std::collections::HashMap;

use serde::Serialize;

use super::names::{Names, spaces_of};
use super::{Asker, id, job_history};
use crate::domain::ids::EnvironmentId;
use crate::domain::job::Job;
use crate::rpc::RpcError;
use crate::rpc::job_log::{JobLog, JobsAsked, LoggedJob, WholeJob};
use crate::service::Page;
use crate::service::plugin_words::in_words;
use crate::store::jobs::JobFilter;
use crate::store::now;

/// Jobs of a list at most.
const MOST: u64 = 1_000;

pub async fn newest_jobs(asked: JobsAsked) -> Result<JobLog, RpcError> {
    let asker = Asker::of_request()?;
    let environment: EnvironmentId = id(&asked.environment_id)?;
    asker.service.environment(&asker.actor, &environment).await?;
    let spaces: HashMap<String, String> = spaces_of(&asker, &environment).await?.into_iter().collect();
    let names = Names::of(&asker).await?;
    let filter = JobFilter {
        environment_id: Some(environment),
        exclude_children: true,
        standing: asked.standing,
        text: Some(asked.text.trim().to_string()).filter(|text| !text.is_empty()),
        ..JobFilter::default()
    };
    let found = asker.service.jobs(&asker.actor, &filter, Page::first(asked.most.clamp(1, MOST))).await?;
    let row = |job: Job| {
        let space_id = job.space_id.as_ref().map(ToString::to_string).unwrap_or_default();
        LoggedJob {
            id: job.id.to_string(),
            label: in_words(&job.title()),
            name: job.name(),
            space: spaces.get(&space_id).cloned().unwrap_or_else(|| space_id.clone()),
            space_id,
            status: job.status,
            progress: job.progress,
            by: names.who(&asker, &job.created_by),
            created_at: job.created_at.0,
            took: job.finished_at.map(|end| end.since(job.started_at.unwrap_or(job.created_at))),
        }
    };
    Ok(JobLog { jobs: found.items.into_iter().map(row).collect(), total: found.total, now: now().0 })
}

pub async fn job_facts(job_id: String) -> Result<WholeJob, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.job(&asker.actor, &id(&job_id)?).await?;
    let story = job_history::job_details(job_id).await?;
    Ok(WholeJob { story, input: json(&job.input), outcome: json(&job.outcome) })
}

fn json(value: &Option<impl Serialize>) -> String {
    value.as_ref().and_then(|value| serde_json::to_string_pretty(value).ok()).unwrap_or_default()
}
