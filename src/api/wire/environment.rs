//! Environments, the account, and the token for listeners.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::nullable;
use crate::domain::ids::AppId;
use crate::domain::origin::Origin;
use crate::domain::tenant::{Account, Environment};
use crate::service::environments::EnvironmentChange;

/// A separate world of spaces, keys and listeners.
#[derive(Debug, Clone, Serialize, ToSchema)]
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
    /// Namespaces of those of its spaces that have none.
    namespaces: Vec<String>,
    /// Where the words of its spaces are.
    translations_path: Option<String>,
    /// The language of its spaces.
    language_override: Option<String>,
    /// The sites whose pages may show its spaces; every site when there are none.
    #[schema(value_type = Vec<String>)]
    embed_origins: Vec<Origin>,
}

/// An environment beside its members, as clients read it either way (section 1.6 of the wire contract).
#[derive(Debug, Serialize, ToSchema)]
pub struct BareEnvironment {
    #[serde(flatten)]
    bare: EnvironmentBody,
    /// The same.
    data: EnvironmentBody,
}

impl From<Environment> for BareEnvironment {
    fn from(environment: Environment) -> Self {
        let bare = EnvironmentBody::from(environment);
        Self { data: bare.clone(), bare }
    }
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
            translations_path: environment.translations_path,
            language_override: environment.language_override,
            embed_origins: environment.embed_origins,
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
    /// Namespaces of those of its spaces that have none.
    pub namespaces: Option<Vec<String>>,
    /// Where the words of its spaces are.
    pub translations_path: Option<String>,
    /// The language of its spaces.
    pub language_override: Option<String>,
    /// The sites whose pages may show its spaces, as `https://www.example.com` or `https://*.example.com`.
    #[schema(value_type = Option<Vec<String>>)]
    pub embed_origins: Option<Vec<Origin>>,
}

impl From<EnvironmentRequest> for EnvironmentChange {
    fn from(request: EnvironmentRequest) -> Self {
        Self {
            name: Some(request.name),
            is_prod: Some(request.is_prod),
            guest_authentication: request.guest_authentication,
            namespaces: request.namespaces,
            metadata: request.metadata,
            translations_path: Some(request.translations_path),
            language_override: Some(request.language_override),
            embed_origins: request.embed_origins,
        }
    }
}

/// Changes to an environment: absent members stay as they are, `null` forgets what can be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentChanges {
    /// What people read.
    pub name: Option<String>,
    /// Whether real work is done in it.
    pub is_prod: Option<bool>,
    /// `shared_link`, `magic_link`.
    pub guest_authentication: Option<Vec<String>>,
    /// Replaces the stored object.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Replaces the stored list.
    pub namespaces: Option<Vec<String>>,
    /// Where the words of its spaces are.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub translations_path: Option<Option<String>>,
    /// The language of its spaces.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub language_override: Option<Option<String>>,
    /// Replaces the stored list.
    #[schema(value_type = Option<Vec<String>>)]
    pub embed_origins: Option<Vec<Origin>>,
}

impl From<EnvironmentChanges> for EnvironmentChange {
    fn from(changes: EnvironmentChanges) -> Self {
        Self {
            name: changes.name,
            is_prod: changes.is_prod,
            guest_authentication: changes.guest_authentication,
            namespaces: changes.namespaces,
            metadata: changes.metadata,
            translations_path: changes.translations_path,
            language_override: changes.language_override,
            embed_origins: changes.embed_origins,
        }
    }
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
    /// The app that people begin with.
    default_app_id: Option<String>,
    /// The sites whose pages may show spaces of the environments that the key opens; every site when there are none.
    #[schema(value_type = Vec<String>)]
    embedded_domain_whitelist: Vec<Origin>,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

impl AccountBody {
    /// An account, and the environments of it that are seen.
    pub fn new(account: Account, environments: Vec<Environment>) -> Self {
        let origins: BTreeSet<Origin> =
            environments.into_iter().flat_map(|environment| environment.embed_origins).collect();
        Self {
            id: account.id.into(),
            name: account.name,
            metadata: Map::new(),
            default_app_id: account.default_app_id.map(String::from),
            embedded_domain_whitelist: origins.into_iter().collect(),
            created_at: account.created_at.to_string(),
            updated_at: account.updated_at.to_string(),
        }
    }
}

/// Changes to the account: absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountChanges {
    /// What people read.
    pub name: Option<String>,
    /// The app that people begin with.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub default_app_id: Option<Option<AppId>>,
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
