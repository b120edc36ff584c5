//! Secrets that people give to jobs: whoever works on the job reads them here, and nobody anywhere else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::JobId;
use crate::store::{Tx, job_secrets, jobs};

/// What stands in a job's input in place of a secret.
pub(super) fn reference(key: &str) -> Value {
    json!({ "type": "secret", "key": key })
}

fn purpose(job: &JobId, key: &str) -> String {
    format!("secret of {job}: {key}")
}

impl Service {
    /// The secrets of a job by the keys of their inputs, for whoever works on it. They are kept until it is deleted,
    /// so that it can be retried.
    pub async fn secrets_of_job(&self, actor: &Actor, id: &JobId) -> Result<BTreeMap<String, String>> {
        allow(actor, Operation::WorkJobs)?;
        let mut tx = self.db.read().await?;
        let job = jobs::find(&mut tx, &actor.scope, id).await?;
        let job = job.ok_or_else(|| ServiceError::not_found("job", id))?;
        // A part has the secrets of the job that it is a part of.
        let mut secrets = BTreeMap::new();
        for id in job.parent_id.iter().chain([id]) {
            secrets.extend(self.opened(&mut tx, id).await?);
        }
        Ok(secrets)
    }

    /// The secrets of a job itself, for another one like it.
    pub(super) async fn open_secrets(&self, id: &JobId) -> Result<Vec<(String, String)>> {
        let mut tx = self.db.read().await?;
        self.opened(&mut tx, id).await
    }

    async fn opened(&self, tx: &mut Tx, id: &JobId) -> Result<Vec<(String, String)>> {
        let sealed = job_secrets::of_job(tx, id).await?;
        let open = |(key, sealed): (String, Vec<u8>)| {
            let text = self.secrets.open(&purpose(id, &key), &sealed);
            let lost = "a secret of this job was sealed with another key of the server; give it anew";
            Ok((key, text.ok_or_else(|| ServiceError::conflict(lost))?))
        };
        sealed.into_iter().map(open).collect()
    }

    /// Keeps the secrets of a new job.
    pub(super) async fn keep_secrets(
        &self,
        tx: &mut Tx,
        id: &JobId,
        secrets: &[(String, String)],
    ) -> Result<()> {
        for (key, text) in secrets {
            job_secrets::keep(tx, id, key, &self.secrets.seal(&purpose(id, key), text)?).await?;
        }
        Ok(())
    }
}
