//! Named secrets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::stored_secrets::ShownSecret;

/// A secret to keep. One of the same name at the same place gets this value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WriteSecret)]
pub struct SecretRequest {
    /// By which it is asked for; 1 to 1024 characters.
    pub name: String,
    /// 1 to 1024 characters.
    pub value: String,
    /// In which environment it holds; the caller's own, or that of the space, when absent.
    pub environment_id: Option<String>,
    /// The one space where it holds.
    pub space_id: Option<String>,
    /// The one user, agent or guest for whom it holds.
    pub actor_id: Option<String>,
}

/// A secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Secret)]
pub struct SecretBody {
    /// Its id.
    id: String,
    /// By which it is asked for.
    name: String,
    /// In plain text for programs with a secret key; empty for people.
    value: String,
    /// In which environment it holds.
    environment_id: String,
    /// The one space where it holds.
    space_id: Option<String>,
    /// The one actor for whom it holds.
    actor_id: Option<String>,
}

impl From<ShownSecret> for SecretBody {
    fn from(ShownSecret { secret, value }: ShownSecret) -> Self {
        Self {
            id: secret.id.into(),
            name: secret.name,
            value,
            environment_id: secret.environment_id.into(),
            space_id: secret.space_id.map(Into::into),
            actor_id: secret.actor_id,
        }
    }
}
