//! Guests: people who come into single spaces, without being users of the account.

use super::access::Role;
use super::ids::{AccountId, ActorRoleId, EnvironmentId, GuestId, SheetId, SpaceId, WorkbookId};
use super::time::Timestamp;

/// Most characters of a name, and of the name under which a customer's program knows a guest.
const MOST_NAME_CHARACTERS: usize = 255;

/// A person who may enter the spaces that were granted to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Their id, by which they appear as an actor.
    pub id: GuestId,
    /// The account that knows them.
    pub account_id: AccountId,
    /// The environment that knows them.
    pub environment_id: EnvironmentId,
    /// Where invitations go, in lower case; nothing for whom only a customer's program knows.
    pub email: Option<String>,
    /// The name under which a customer's program knows them.
    pub external_id: Option<String>,
    /// How they are called.
    pub name: String,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}

/// A space that a guest may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The space.
    pub space_id: SpaceId,
    /// What of it they see; all of it when nothing is said.
    pub only: Option<Parts>,
    /// A role says what they may do there, or in a workbook of it.
    pub has_roles: bool,
    /// When they were last in it.
    pub last_accessed_at: Option<Timestamp>,
}

impl Grant {
    /// Everything in a space, to somebody who was not there yet.
    pub fn of_all(space_id: SpaceId) -> Self {
        Self { space_id, only: None, has_roles: false, last_accessed_at: None }
    }
}

/// What the role of a guest lets them do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestRight {
    /// As without a role: they read, write records and files and run jobs.
    Editor,
    /// They look on.
    Viewer,
}

impl GuestRight {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Editor, Self::Viewer];

    /// The word by which it is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// What the policy calls such a guest.
    pub fn role(self) -> Role {
        match self {
            Self::Editor => Role::Guest,
            Self::Viewer => Role::Viewer,
        }
    }
}

/// What a guest may do in a space, or in a workbook of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRole {
    /// Its id.
    pub id: ActorRoleId,
    /// Whose it is.
    pub guest_id: GuestId,
    /// The space.
    pub space_id: SpaceId,
    /// The workbook, where it is for one alone.
    pub workbook_id: Option<WorkbookId>,
    /// What they may do there.
    pub right: GuestRight,
    /// When it was given.
    pub created_at: Timestamp,
}

impl GuestRole {
    /// The id of what it is for.
    pub fn resource_id(&self) -> String {
        self.workbook_id.as_ref().map_or_else(|| self.space_id.to_string(), ToString::to_string)
    }
}

/// What of a space a guest sees: these workbooks, and these sheets with the workbooks around them. Of a workbook of which
/// sheets are named they see these alone, whether or not it is named itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// Workbooks.
    pub workbooks: Vec<WorkbookId>,
    /// Sheets.
    pub sheets: Vec<SheetId>,
}

/// A workbook or a sheet that is named in a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The workbook.
    pub workbook_id: WorkbookId,
    /// The sheet, where it is one.
    pub sheet_id: Option<SheetId>,
    /// It is a workbook all of whose sheets are seen.
    pub is_whole: bool,
}

/// The parts in the order in which they were named: workbooks, and sheets with the workbooks that they are in.
pub fn parts(workbooks: Vec<WorkbookId>, sheets: Vec<(WorkbookId, SheetId)>) -> Vec<Part> {
    let whole = |id: &WorkbookId| !sheets.iter().any(|(around, _)| around == id);
    let mut parts: Vec<Part> = Vec::new();
    for workbook_id in workbooks {
        let part = Part { is_whole: whole(&workbook_id), workbook_id, sheet_id: None };
        parts.extend((!parts.contains(&part)).then_some(part));
    }
    for (workbook_id, sheet) in sheets {
        let part = Part { workbook_id, sheet_id: Some(sheet), is_whole: false };
        parts.extend((!parts.contains(&part)).then_some(part));
    }
    parts
}

/// Why somebody cannot be a guest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuestError {
    /// A name is too long.
    #[error("{0}: at most {MOST_NAME_CHARACTERS} characters")]
    LongName(&'static str),
    /// The name under which a customer's program knows the guest is missing.
    #[error("externalActorId: say who it is, or leave it out")]
    NoExternalId,
}

/// A name as it is kept; that of the address when it is blank.
///
/// # Errors
/// It is too long.
pub fn name(text: &str, otherwise: &str) -> Result<String, GuestError> {
    let name = if text.trim().is_empty() { otherwise } else { text.trim() };
    short("name", name)
}

/// The name under which a customer's program knows a guest. It is kept as it is.
///
/// # Errors
/// It is empty or too long.
pub fn external_id(text: &str) -> Result<String, GuestError> {
    if text.trim().is_empty() { Err(GuestError::NoExternalId) } else { short("externalActorId", text) }
}

fn short(what: &'static str, text: &str) -> Result<String, GuestError> {
    let fits = text.chars().count() <= MOST_NAME_CHARACTERS;
    if fits { Ok(text.to_string()) } else { Err(GuestError::LongName(what)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_name_is_the_address() {
        assert_eq!(name("  ", "ann@example.com").as_deref(), Ok("ann@example.com"));
        assert_eq!(name(" Ann ", "x").as_deref(), Ok("Ann"));
        assert_eq!(name(&"x".repeat(256), ""), Err(GuestError::LongName("name")));
        assert_eq!(external_id(" "), Err(GuestError::NoExternalId));
    }
}
