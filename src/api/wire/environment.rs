//! Environments, the account, and the token for listeners.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::tenant::{Account, Environment};

/// A separate world of spaces, keys and listeners.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Environment)]
pub struct EnvironmentBody {
    /// Its id, which contains `env`.
    id: String,
    /// The account it belongs to.
    account_id: String,
    /// What people read.
    name: String,
    /// Whether real work is done in it.
    is_prod: bool,
    /// `shared_link`, `magic_link`.
    guest_authentication: Vec<String>,
    /// Always empty.
    #[schema(value_type = Object)]
    features: Map<String, Value>,
    /// The customer's own data.
    #[schema(value_type = Object)]
    metadata: Value,
    /// Namespaces of its spaces.
    namespaces: Vec<String>,
}

impl From<Environment> for EnvironmentBody {
    fn from(environment: Environment) -> Self {
        Self {
            id: environment.id.into(),
            account_id: environment.account_id.into(),
            name: environment.name,
            is_prod: environment.is_prod,
            guest_authentication: environment.guest_authentication,
            features: Map::new(),
            metadata: environment.metadata,
            namespaces: environment.namespaces,
        }
    }
}

/// A new environment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentRequest {
    /// What people read.
    pub name: String,
    /// Whether real work is done in it.
    pub is_prod: bool,
    /// `shared_link`, `magic_link`.
    pub guest_authentication: Option<Vec<String>>,
    /// The customer's own data.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Namespaces of its spaces.
    pub namespaces: Option<Vec<String>>,
}

/// The organisation that owns everything.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub struct AccountBody {
    /// Its id.
    id: String,
    /// What people read.
    name: String,
    /// Always empty.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// When it was made.
    created_at: String,
    /// When it was made: it does not change.
    updated_at: String,
}

impl From<Account> for AccountBody {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.into(),
            name: account.name,
            metadata: Map::new(),
            created_at: account.created_at.to_string(),
            updated_at: account.created_at.to_string(),
        }
    }
}

/// What a listener needs to subscribe to the events of an environment or space.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventToken {
    /// The name under which the listener subscribes.
    pub account_id: String,
    /// The key in the path of the subscription.
    pub subscribe_key: String,
    /// How long the token is good for, in minutes.
    pub ttl: u64,
    /// Opens one channel.
    pub token: String,
}
