//! The people of the account.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Their id.
    pub id: String,
    /// How they are called.
    pub name: String,
    /// How they sign in.
    pub email: String,
    /// The id of their role; empty without one.
    pub role: String,
    /// What it is for: the id of the account, of an environment or of a space.
    pub place: String,
    /// When they were last here: milliseconds since 1970.
    pub last_seen_at: Option<i64>,
    /// They were invited and have not come yet.
    pub is_invited: bool,
}

/// The people that somebody sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleList {
    /// In the order in which they were added.
    pub people: Vec<PersonRow>,
    /// How many there are in all.
    pub total: u64,
    /// Roles that can be given: id and name.
    pub roles: Vec<(String, String)>,
    /// What they can be for: id and name.
    pub places: Vec<(String, String)>,
    /// Whether the person may invite others and change them.
    pub manages: bool,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// What a person is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDraft {
    /// Their id; empty for somebody who is invited.
    pub id: String,
    /// How they will sign in.
    pub email: String,
    /// How they are called; as in their address when empty.
    pub name: String,
    /// The id of a role.
    pub role: String,
    /// The id of what it is for.
    pub place: String,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SavedPerson {
    /// It is done.
    Kept,
    /// They are invited, by this link: no mail brings it.
    Link(String),
    /// Something in it does not fit.
    Refused(String),
}

/// The people of the account; the places of roles are those of the environment.
///
/// # Errors
/// When nobody is signed in, or only to a space.
#[server(input = Packed, output = Packed)]
pub async fn people(environment_id: String) -> Result<PeopleList, RpcError> {
    super::bodies::people::people(environment_id).await
}

/// Invites somebody, or gives a person another role.
///
/// # Errors
/// When the actor may not manage people, or there is no such person.
#[server(input = Packed, output = Packed)]
pub async fn save_person(draft: PersonDraft) -> Result<SavedPerson, RpcError> {
    super::bodies::people::save_person(draft).await
}

/// Invites somebody once more who has not come yet; the link, when no mail brings it.
///
/// # Errors
/// When they came already, or the actor may not manage people.
#[server(input = Packed, output = Packed)]
pub async fn invite_again(person_id: String) -> Result<Option<String>, RpcError> {
    super::bodies::people::invite_again(person_id).await
}

/// Makes a link by which a person chooses a password; nothing when a mail brings it.
///
/// # Errors
/// When they have not come yet, or the actor may not manage people.
#[server(input = Packed, output = Packed)]
pub async fn password_link(person_id: String) -> Result<Option<String>, RpcError> {
    super::bodies::people::password_link(person_id).await
}

/// Removes a person.
///
/// # Errors
/// When they are the last who manages the account, or the actor may not manage people.
#[server(input = Packed, output = Packed)]
pub async fn remove_person(person_id: String) -> Result<(), RpcError> {
    super::bodies::people::remove_person(person_id).await
}
