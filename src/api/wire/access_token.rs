//! Tokens of people, and access tokens, which credentials are exchanged for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::domain::tenant::AccessToken;
use crate::service::bearers::{AccessGrant, Credentials};
use crate::store::now;

/// With what somebody asks for an access token: `email` and `password`, or `clientId` and `secret`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Credentials)]
pub struct CredentialsRequest {
    /// `userCredentials` or `apiCredentials`; it may be left out.
    #[serde(rename = "type")]
    kind: Option<CredentialsType>,
    /// How the person signs in.
    email: Option<String>,
    /// Their password.
    password: Option<String>,
    /// The id of a client, from `POST /v1/users/{userId}/api-token`.
    client_id: Option<String>,
    /// Its secret.
    secret: Option<String>,
}

/// Which of the two shapes it is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CredentialsType {
    /// `email` and `password`.
    UserCredentials,
    /// `clientId` and `secret`.
    ApiCredentials,
}

impl CredentialsRequest {
    /// The credentials, whichever shape they have.
    pub fn read(self) -> Result<Credentials, ApiError> {
        let is_client = match self.kind {
            Some(kind) => matches!(kind, CredentialsType::ApiCredentials),
            None => self.client_id.is_some() || self.secret.is_some(),
        };
        let given = |name: &str, value: Option<String>| {
            let missing = || {
                let message = format!("`{name}` is missing: send email and password, or clientId and secret");
                ApiError::bad(name, message)
            };
            value.filter(|value| !value.is_empty()).ok_or_else(missing)
        };
        if is_client {
            return Ok(Credentials::Client {
                id: given("clientId", self.client_id)?,
                secret: given("secret", self.secret)?,
            });
        }
        Ok(Credentials::User {
            email: given("email", self.email)?,
            password: given("password", self.password)?,
        })
    }
}

/// A token that ends by itself. This answer has no envelope.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessToken)]
pub struct AccessGrantBody {
    /// The token.
    access_token: String,
    /// Seconds until it ends.
    expires_in: String,
    /// When it ends.
    expires: String,
    /// The address of who acts by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Who acts by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// Their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
}

impl From<AccessGrant> for AccessGrantBody {
    fn from(grant: AccessGrant) -> Self {
        // The moments in which the answer was made do not count.
        let seconds = (grant.expires_at.since(now()) + 999) / 1_000;
        let (email, user_id, account_id) = match grant.user {
            Some(user) => (Some(user.email), Some(user.id.into()), Some(user.account_id.into())),
            None => (None, None, None),
        };
        Self {
            access_token: grant.token,
            expires_in: seconds.to_string(),
            expires: grant.expires_at.to_string(),
            email,
            user_id,
            account_id,
        }
    }
}

/// A new personal access token.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PersonalAccessTokenRequest {
    /// What the person calls it.
    pub name: String,
}

/// A personal access token as its person sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PersonalAccessToken)]
pub struct PersonalAccessTokenBody {
    /// Its id, by which it appears as an actor.
    id: String,
    /// What the person calls it.
    name: String,
    /// When it was made.
    created_at: String,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

impl From<AccessToken> for PersonalAccessTokenBody {
    fn from(token: AccessToken) -> Self {
        Self {
            id: token.id.into(),
            name: token.name,
            created_at: token.created_at.to_string(),
            last_used_at: token.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// A personal access token that was just made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewPersonalAccessToken {
    /// The token itself, which no other answer tells.
    pub token: String,
    /// What is kept of it.
    pub personal_access_token: PersonalAccessTokenBody,
}

/// A client of a person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    /// By which it is named in `POST /v1/auth`.
    client_id: String,
    /// What it is for.
    description: String,
    /// Always empty.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// When it was made.
    created_at: String,
    /// Its secret; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl ApiToken {
    /// A client, with its secret when it was just made.
    pub fn new(token: AccessToken, secret: Option<String>) -> Self {
        Self {
            client_id: token.id.into(),
            description: token.name,
            metadata: Map::new(),
            created_at: token.created_at.to_string(),
            secret,
        }
    }
}
