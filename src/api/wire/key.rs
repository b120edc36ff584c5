//! API keys of an environment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::tenant::KeyKind;
use crate::service::keys::ApiKey;

/// How far a key opens its environment.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ApiKeyType {
    /// Everything in it.
    Secret,
    /// New spaces only.
    Publishable,
}

impl From<ApiKeyType> for KeyKind {
    fn from(kind: ApiKeyType) -> Self {
        match kind {
            ApiKeyType::Secret => Self::Secret,
            ApiKeyType::Publishable => Self::Publishable,
        }
    }
}

/// What a key may be used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyOperation {
    /// The path, or `*` for any.
    path: &'static str,
    /// The method, or `*` for any.
    method: &'static str,
}

/// A key of an environment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub struct ApiKeyBody {
    /// Its id, by which it appears as an actor.
    id: String,
    /// The key itself; absent for one that was made before keys were kept sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_key: Option<String>,
    /// `SECRET` or `PUBLISHABLE`.
    #[serde(rename = "type")]
    kind: ApiKeyType,
    /// What it opens.
    environment_id: String,
    /// The account of the environment.
    account_id: String,
    /// What it may be used for.
    operations: Vec<ApiKeyOperation>,
    /// When it was made.
    created_at: String,
    /// When it was made: it does not change.
    updated_at: String,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

impl From<ApiKey> for ApiKeyBody {
    fn from(key: ApiKey) -> Self {
        let (kind, operation) = match key.kind {
            KeyKind::Secret => (ApiKeyType::Secret, ApiKeyOperation { path: "*", method: "*" }),
            KeyKind::Publishable => {
                (ApiKeyType::Publishable, ApiKeyOperation { path: "/v1/spaces", method: "POST" })
            }
        };
        Self {
            id: key.id.into(),
            raw_key: key.text,
            kind,
            environment_id: key.environment_id.into(),
            account_id: key.account_id.into(),
            operations: vec![operation],
            created_at: key.created_at.to_string(),
            updated_at: key.created_at.to_string(),
            last_used_at: key.last_used_at.map(|at| at.to_string()),
        }
    }
}
