//! Guests, their tokens and invitations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::guest::{Grant, Parts};
use crate::domain::ids::{Id, SheetId, SpaceId, WorkbookId};
use crate::domain::parse::ParseError;
use crate::service::grants::NewGrant;
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
    /// The workbooks that they see there. All of the space where neither workbooks nor sheets are named.
    workbooks: Vec<GuestPart>,
    /// The sheets that they see there, with the workbooks around them. Of these workbooks they see no other sheets.
    sheets: Vec<GuestPart>,
    /// When they were last in it.
    last_accessed: Option<String>,
}

/// A workbook or a sheet that a guest sees.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct GuestPart {
    /// Its id.
    id: String,
}

impl GuestPart {
    fn list<T: Id>(ids: Vec<T>) -> Vec<Self> {
        ids.into_iter().map(|id| Self { id: id.as_str().to_string() }).collect()
    }
}

impl From<Grant> for GuestSpaceBody {
    fn from(grant: Grant) -> Self {
        let Parts { workbooks, sheets } = grant.only.unwrap_or_default();
        Self {
            id: grant.space_id.into(),
            workbooks: GuestPart::list(workbooks),
            sheets: GuestPart::list(sheets),
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
    /// The workbooks that they are to see there. Absent or empty, as `sheets` are: the whole space.
    #[serde(default)]
    workbooks: Option<Vec<GuestPart>>,
    /// The sheets that they are to see there, with the workbooks around them. Of these workbooks they see no other
    /// sheets.
    #[serde(default)]
    sheets: Option<Vec<GuestPart>>,
}

/// The spaces of a request, and what of each is to be seen.
///
/// # Errors
/// An id cannot be one of a space, workbook or sheet.
pub fn grants(spaces: Vec<GuestSpaceRequest>) -> Result<Vec<NewGrant>, ParseError> {
    let read = |(position, space): (usize, GuestSpaceRequest)| {
        let within = |member: &str| format!("spaces[{position}].{member}");
        let space_id =
            SpaceId::parse(&space.id).map_err(|error| ParseError::at(within("id"), error.to_string()))?;
        let workbooks: Vec<WorkbookId> = ids(space.workbooks, &within("workbooks"))?;
        let sheets: Vec<SheetId> = ids(space.sheets, &within("sheets"))?;
        let is_all = workbooks.is_empty() && sheets.is_empty();
        Ok(NewGrant { space_id, only: (!is_all).then_some(Parts { workbooks, sheets }) })
    };
    spaces.into_iter().enumerate().map(read).collect()
}

fn ids<T: Id>(parts: Option<Vec<GuestPart>>, list: &str) -> Result<Vec<T>, ParseError> {
    let read = |(position, part): (usize, GuestPart)| {
        T::parse(&part.id)
            .map_err(|error| ParseError::at(format!("{list}[{position}].id"), error.to_string()))
    };
    parts.unwrap_or_default().into_iter().enumerate().map(read).collect()
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
#[schema(as = GuestInvitation)]
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
