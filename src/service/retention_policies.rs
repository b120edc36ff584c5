//! Policies of data retention: who manages an environment says how long it keeps its data (section 2.17 of the wire
//! contract). What they bring about is in [`expiry`](super::expiry).

use super::environments::{find as find_environment, named_or_own};
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{EnvironmentId, RetentionPolicyId};
use crate::domain::retention_policy::{RetentionPolicy, RetentionType, check_period};
use crate::store::{Tx, new_id, now, retention_policies};

/// What a policy says, or what changes in one; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyChange {
    /// The environment whose data it is about; for a new one the caller's own when absent.
    pub environment_id: Option<EnvironmentId>,
    /// From when on the days count.
    pub kind: Option<RetentionType>,
    /// How many days.
    pub period: Option<i64>,
}

impl Service {
    /// The policies that the actor sees, the oldest first; those of one environment when it is named.
    pub async fn retention_policies(
        &self,
        actor: &Actor,
        environment: Option<&EnvironmentId>,
    ) -> Result<Vec<RetentionPolicy>> {
        allow(actor, Operation::ReadEnvironment)?;
        let mut tx = self.db.read().await?;
        if let Some(id) = environment {
            find_environment(&mut tx, actor, id).await?;
        }
        Ok(retention_policies::list(&mut tx, &actor.scope, environment).await?)
    }

    /// One policy.
    pub async fn retention_policy(&self, actor: &Actor, id: &RetentionPolicyId) -> Result<RetentionPolicy> {
        allow(actor, Operation::ReadEnvironment)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// Makes a policy. Of several in one environment the first that is due counts.
    ///
    /// # Errors
    /// `BadRequest` when the type, the period or the environment is missing or cannot be meant.
    pub async fn create_retention_policy(&self, actor: &Actor, new: PolicyChange) -> Result<RetentionPolicy> {
        allow(actor, Operation::ManageEnvironment)?;
        let kind = new.kind.ok_or_else(|| {
            ServiceError::bad_request(
                "type: say from when on the days count: `lastActivity` or `sinceCreated`",
            )
        })?;
        let period = new.period.ok_or_else(|| ServiceError::bad_request("period: say how many days"))?;
        let period = check_period(period)?;
        let mut tx = self.db.write().await?;
        let environment = named_or_own(&mut tx, actor, new.environment_id).await?;
        let moment = now();
        let policy = RetentionPolicy {
            id: new_id(),
            account_id: environment.account_id,
            environment_id: environment.id,
            kind,
            period,
            created_at: moment,
            updated_at: moment,
        };
        retention_policies::insert(&mut tx, &policy).await?;
        tx.commit().await?;
        Ok(policy)
    }

    /// Changes a policy.
    pub async fn update_retention_policy(
        &self,
        actor: &Actor,
        id: &RetentionPolicyId,
        change: PolicyChange,
    ) -> Result<RetentionPolicy> {
        allow(actor, Operation::ManageEnvironment)?;
        let mut tx = self.db.write().await?;
        let mut policy = find(&mut tx, actor, id).await?;
        if let Some(environment) = change.environment_id {
            policy.environment_id = find_environment(&mut tx, actor, &environment).await?.id;
        }
        policy.kind = change.kind.unwrap_or(policy.kind);
        policy.period = change.period.map_or(Ok(policy.period), check_period)?;
        policy.updated_at = now();
        retention_policies::update(&mut tx, &policy).await?;
        tx.commit().await?;
        Ok(policy)
    }

    /// Deletes a policy: what has not expired yet stays.
    pub async fn delete_retention_policy(&self, actor: &Actor, id: &RetentionPolicyId) -> Result<()> {
        allow(actor, Operation::ManageEnvironment)?;
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, id).await?;
        retention_policies::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}

async fn find(tx: &mut Tx, actor: &Actor, id: &RetentionPolicyId) -> Result<RetentionPolicy> {
    let policy = retention_policies::find(tx, &actor.scope, id).await?;
    policy.ok_or_else(|| ServiceError::not_found("data retention policy", id))
}
