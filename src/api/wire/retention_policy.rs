//! Policies of data retention.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::retention_policy::{RetentionPolicy, RetentionType};

/// How long an environment keeps its data. In a change absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = DataRetentionPolicyConfig)]
pub struct RetentionPolicyRequest {
    /// `lastActivity`: the days count from when something last happened in a space. `sinceCreated`: from when it was
    /// made.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: Option<RetentionType>,
    /// After how many days a space expires, with all that is in it; 1 or more.
    #[schema(value_type = i64)]
    pub period: Option<i64>,
    /// The environment whose data it is about; the key's own when absent.
    pub environment_id: Option<String>,
}

/// How long an environment keeps its data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DataRetentionPolicy)]
pub struct RetentionPolicyBody {
    /// Its id.
    id: String,
    /// From when on the days count: `lastActivity` or `sinceCreated`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: RetentionType,
    /// After how many days a space expires, with all that is in it.
    period: i64,
    /// The environment whose data it is about.
    environment_id: String,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

impl From<RetentionPolicy> for RetentionPolicyBody {
    fn from(policy: RetentionPolicy) -> Self {
        Self {
            id: policy.id.into(),
            kind: policy.kind,
            period: policy.period,
            environment_id: policy.environment_id.into(),
            created_at: policy.created_at.to_string(),
            updated_at: policy.updated_at.to_string(),
        }
    }
}
