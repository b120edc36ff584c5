//! Accounts, environments and the people in them.

use serde_json::Value;

use super::ids::{AccessTokenId, AccountId, ActorRoleId, AppId, EnvironmentId, SpaceId, UserId};
use super::origin::Origin;
use super::parse::ParseError;
use super::time::Timestamp;

/// The organisation that owns everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What people read.
    pub name: String,
    /// The app that people begin with.
    pub default_app_id: Option<AppId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Guests come into spaces by the link of the space.
pub const SHARED_LINK: &str = "shared_link";
/// Guests come into spaces by links of their own.
pub const MAGIC_LINK: &str = "magic_link";

/// Refuses what is no way for guests to come into spaces (`guestAuthentication`).
pub fn check_guest_authentication(ways: &[String]) -> Result<(), ParseError> {
    match ways.iter().find(|way| ![SHARED_LINK, MAGIC_LINK].contains(&way.as_str())) {
        Some(other) => {
            let message = format!("`{other}` is neither `{SHARED_LINK}` nor `{MAGIC_LINK}`");
            Err(ParseError::at("guestAuthentication", message))
        }
        None => Ok(()),
    }
}

/// A separate world of spaces, keys and listeners.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Its id.
    pub id: EnvironmentId,
    /// Its account.
    pub account_id: AccountId,
    /// What people read.
    pub name: String,
    /// Whether real work is done in it.
    pub is_prod: bool,
    /// `shared_link`, `magic_link`.
    pub guest_authentication: Vec<String>,
    /// Namespaces of those of its spaces that have none.
    pub namespaces: Vec<String>,
    /// The customer's own data and defaults for spaces.
    pub metadata: Value,
    /// Where the words of those of its spaces are that do not say it.
    pub translations_path: Option<String>,
    /// The language of those of its spaces that do not say it.
    pub language_override: Option<String>,
    /// The sites whose pages may show its spaces; every site when there are none.
    pub embed_origins: Vec<Origin>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a signed-in person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserRole {
    /// Everything.
    Admin,
    /// Everything but keys and environments.
    Member,
}

impl UserRole {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Member];
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their account.
    pub account_id: AccountId,
    /// How they sign in.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// The environment that is all they see; the whole account without one.
    pub environment_id: Option<EnvironmentId>,
    /// The space in it that is all they see.
    pub space_id: Option<SpaceId>,
    /// When they were added.
    pub created_at: Timestamp,
}

/// Somebody before a page, signed in or a visitor, as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Tells them apart from everybody else: the id of a user or guest, or one that was drawn for the visit.
    pub id: String,
    /// How they are called.
    pub name: String,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { id: user.id.to_string(), name: user.name.clone() }
    }
}

/// A person as others see them, whether they may sign in or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Their id.
    pub id: UserId,
    /// Their account.
    pub account_id: AccountId,
    /// How they sign in.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// The page that they see first, as clients count them.
    pub dashboard: Option<i64>,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// When they were last here, to the minute.
    pub last_seen_at: Option<Timestamp>,
    /// When they were deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What a role is for: the whole account, or one environment, or one space of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource {
    /// The environment.
    pub environment_id: Option<EnvironmentId>,
    /// The space, whose environment stands beside it.
    pub space_id: Option<SpaceId>,
}

/// A role that an actor has.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorRole {
    /// Its id.
    pub id: ActorRoleId,
    /// The account.
    pub account_id: AccountId,
    /// Whose it is.
    pub actor_id: String,
    /// Which role.
    pub role: UserRole,
    /// What it is for.
    pub resource: Resource,
    /// When it was given.
    pub created_at: Timestamp,
}

impl ActorRole {
    /// The id of what it is for.
    pub fn resource_id(&self) -> String {
        let Resource { environment_id, space_id } = &self.resource;
        let narrow = space_id.as_ref().map(ToString::to_string);
        narrow
            .or_else(|| environment_id.as_ref().map(ToString::to_string))
            .unwrap_or_else(|| self.account_id.to_string())
    }
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Everything in its environment.
    Secret,
    /// Only new spaces.
    Publishable,
}

/// What a token of a person is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessTokenKind {
    /// It is sent with each request.
    Personal,
    /// It is the secret of a client, which exchanges it for tokens that do not last.
    Client,
}

/// A token that does what its person may do. Its text is known to the person alone.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessToken {
    /// Its id, by which it appears as an actor.
    pub id: AccessTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub kind: AccessTokenKind,
    /// What the person calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}
