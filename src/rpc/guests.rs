//! The guests of an environment.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// A space that a guest may enter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestSpace {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The ids of the workbooks that they see there; all of them when nothing is said.
    pub only: Option<Vec<String>>,
    /// The ids of single sheets that they see beside them.
    pub sheets: Vec<String>,
    /// Its name, and what of it they see.
    pub words: String,
}

impl GuestSpace {
    /// Shows the guest one of all the workbooks of the space or keeps it from them. Who sees each of them sees all of
    /// the space, and what comes into it later.
    pub fn show(&mut self, all: &[String], workbook: &str, is_seen: bool) {
        let mut only = self.only.take().unwrap_or_else(|| all.to_vec());
        only.retain(|one| one != workbook);
        if is_seen {
            only.push(workbook.to_string());
        }
        if all.iter().all(|one| only.contains(one)) {
            self.sheets.clear();
        } else {
            self.only = Some(only);
        }
    }

    /// Whether the guest sees a workbook of it, or all.
    pub fn shows(&self, workbook: &str) -> bool {
        match &self.only {
            Some(only) => only.iter().any(|one| one == workbook),
            None => self.sheets.is_empty(),
        }
    }

    /// Whether they may enter it and would see nothing there.
    pub fn is_empty(&self) -> bool {
        self.sheets.is_empty() && self.only.as_ref().is_some_and(Vec::is_empty)
    }
}

/// A space that guests can be let into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceChoice {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its workbooks: id and name.
    pub workbooks: Vec<(String, String)>,
}

/// One guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestRow {
    /// Their id.
    pub id: String,
    /// Where invitations go; empty for whom a program lets in.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// Where they may go.
    pub spaces: Vec<GuestSpace>,
    /// When they were last in one of them.
    pub last_here_at: Option<i64>,
}

/// The guests of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestList {
    /// The newest first.
    pub guests: Vec<GuestRow>,
    /// How many there are in all.
    pub total: u64,
    /// Spaces that guests can be let into.
    pub spaces: Vec<SpaceChoice>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// A guest as they are to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestDraft {
    /// Their id; empty for a new one.
    pub id: String,
    /// In which environment.
    pub environment_id: String,
    /// Where invitations go.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// The spaces that they may enter.
    pub spaces: Vec<GuestSpace>,
}

/// The address by which a guest comes into a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestAddress {
    /// The address.
    pub address: String,
    /// It opens once.
    pub once: bool,
}

/// The newest guests of an environment, so many at most.
///
/// # Errors
/// When there is no such environment for this person.
#[server(input = Packed, output = Packed)]
pub async fn guests(environment_id: String, most: u64) -> Result<GuestList, RpcError> {
    super::bodies::guests::guests(environment_id, most).await
}

/// Makes or changes a guest; what does not fit, when something does not.
///
/// # Errors
/// When there is no such guest, environment or space for this person.
#[server(input = Packed, output = Packed)]
pub async fn save_guest(draft: GuestDraft) -> Result<Option<String>, RpcError> {
    super::bodies::guests::save_guest(draft).await
}

/// The address by which a guest comes into a space within a day.
///
/// # Errors
/// When there is no such guest for this person, or the guest may not enter the space.
#[server(input = Packed, output = Packed)]
pub async fn guest_link(guest_id: String, space_id: String) -> Result<GuestAddress, RpcError> {
    super::bodies::guests::guest_link(guest_id, space_id).await
}

/// Deletes a guest.
///
/// # Errors
/// When there is no such guest for this person.
#[server(input = Packed, output = Packed)]
pub async fn delete_guest(guest_id: String) -> Result<(), RpcError> {
    super::bodies::guests::delete_guest(guest_id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sees_every_workbook_sees_the_space() {
        let all = ["a", "b"].map(str::to_string);
        let mut space =
            GuestSpace { sheets: vec!["s".to_string()], only: Some(Vec::new()), ..GuestSpace::default() };
        assert!(!space.shows("a") && !space.is_empty());
        space.show(&all, "a", true);
        assert_eq!((space.shows("a"), space.shows("b"), space.sheets.len()), (true, false, 1));
        space.show(&all, "b", true);
        assert_eq!((&space.only, space.sheets.len()), (&None, 0));
        space.show(&all, "a", false);
        assert_eq!(space.only, Some(vec!["b".to_string()]));
        space.show(&all, "b", false);
        assert!(space.is_empty());
    }
}
