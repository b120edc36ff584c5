//! Guests, their tokens and invitations.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::guest::Grant;
use crate::domain::ids::{Id, SpaceId};
use crate::domain::parse::ParseError;
use crate::service::guests::GuestWithGrants;

/// A person who may enter single spaces.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Guest)]
pub struct GuestBody {
    /// Their id, by which they appear as an actor.
    id: String,
    /// The environment that knows them.
    environment_id: String,
    /// Where invitations go; empty for whom only a customer's program knows.
    email: String,
    /// How they are called.
    name: String,
    /// The name under which a customer's program knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Where they may go.
    spaces: Vec<GuestSpaceBody>,
    /// When they were added.
    created_at: String,
    /// When they last changed.
    updated_at: String,
}

/// A space that a guest may enter.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GuestSpace)]
pub struct GuestSpaceBody {
    /// The space.
    id: String,
    /// Always empty: the whole space.
    #[schema(value_type = Vec<Object>)]
    workbooks: [Value; 0],
    /// Always empty: the whole space.
    #[schema(value_type = Vec<Object>)]
    sheets: [Value; 0],
    /// When they were last in it.
    last_accessed: Option<String>,
}

impl From<Grant> for GuestSpaceBody {
    fn from(grant: Grant) -> Self {
        Self {
            id: grant.space_id.into(),
            workbooks: [],
            sheets: [],
            last_accessed: grant.last_accessed_at.map(|moment| moment.to_string()),
        }
    }
}

impl From<GuestWithGrants> for GuestBody {
    fn from(GuestWithGrants { guest, grants }: GuestWithGrants) -> Self {
        Self {
            id: guest.id.into(),
            environment_id: guest.environment_id.into(),
            email: guest.email.unwrap_or_default(),
            name: guest.name,
            external_id: guest.external_id,
            spaces: grants.into_iter().map(GuestSpaceBody::from).collect(),
            created_at: guest.created_at.to_string(),
            updated_at: guest.updated_at.to_string(),
        }
    }
}

/// A new guest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestRequest {
    /// Needed when the key opens more than one environment.
    pub environment_id: Option<String>,
    /// Where invitations go. Whoever has it already in the environment gets the name and the spaces.
    pub email: String,
    /// How they are called; by their address when absent.
    #[serde(default)]
    pub name: String,
    /// Where they may go.
    #[serde(default)]
    pub spaces: Vec<GuestSpaceRequest>,
}

/// Changes to a guest: absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestChanges {
    /// Their own environment.
    pub environment_id: Option<String>,
    /// Where invitations go.
    pub email: Option<String>,
    /// How they are called.
    pub name: Option<String>,
    /// Replaces the list of where they may go.
    pub spaces: Option<Vec<GuestSpaceRequest>>,
}

/// A space that a guest is to enter.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = GuestSpaceGrant)]
pub struct GuestSpaceRequest {
    /// The space.
    id: String,
    /// Absent or empty: the whole space. Single workbooks cannot be granted.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    workbooks: Option<Vec<Value>>,
    /// Absent or empty: the whole space. Single sheets cannot be granted.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    sheets: Option<Vec<Value>>,
}

/// The spaces of a request.
///
/// # Errors
/// An id cannot be a space's, or less than a whole space is asked for: that is refused, and not widened.
pub fn whole_spaces(spaces: Vec<GuestSpaceRequest>) -> Result<Vec<SpaceId>, ParseError> {
    let read = |(position, space): (usize, GuestSpaceRequest)| {
        for (member, narrowed) in [("workbooks", &space.workbooks), ("sheets", &space.sheets)] {
            if narrowed.as_ref().is_some_and(|list| !list.is_empty()) {
                let message = "a guest enters a whole space here: leave the list out, or put what the guest is to see \
                    into a space of its own";
                return Err(ParseError::at(format!("spaces[{position}].{member}"), message));
            }
        }
        SpaceId::parse(&space.id)
            .map_err(|error| ParseError::at(format!("spaces[{position}].id"), error.to_string()))
    };
    spaces.into_iter().enumerate().map(read).collect()
}

/// What lets a guest into a space.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestToken {
    /// Opens the space for an hour.
    pub token: String,
    /// Always `true`: there is no token for who may not enter.
    pub valid: bool,
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteRequest {
    /// The guest.
    pub guest_id: String,
    /// A space that they may enter.
    pub space_id: String,
    /// Who invites.
    pub from_name: Option<String>,
    /// What they say.
    pub message: Option<String>,
}
