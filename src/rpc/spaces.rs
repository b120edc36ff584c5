//! Home, and what stands around every page of a space.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::actions::ActionView;
use super::jobs::JobCard;
use super::wire::Packed;
use crate::domain::route::Route;

/// One row of Home.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpaceRow {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// How many workbooks it has.
    pub workbooks: u64,
    /// How many records.
    pub records: u64,
    /// How many of them are invalid.
    pub invalid: u64,
    /// When something in it last changed: milliseconds since 1970.
    pub last_activity: i64,
    /// What to try, for the demo space.
    pub hint: Option<String>,
}

/// What Home shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeList {
    /// The newest activity first.
    pub spaces: Vec<SpaceRow>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server, so that both halves say "2 minutes ago" alike.
    pub now: i64,
    /// Who is signed in.
    pub person: Option<String>,
}

/// One line of the sidebar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetEntry {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// How many records it has.
    pub records: u64,
    /// How many of them are invalid.
    pub invalid: u64,
    /// The items of its toolbar.
    pub actions: Vec<ActionView>,
    /// The items of the menus of its columns.
    pub column_actions: Vec<ActionView>,
}

/// A document of the sidebar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: String,
}

/// A workbook of the sidebar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkbookEntry {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Its buttons.
    pub actions: Vec<ActionView>,
    /// Its sheets, in order.
    pub sheets: Vec<SheetEntry>,
}

/// What stands around every page of a space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpaceFrame {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Which workbook opens first.
    pub primary_workbook: Option<String>,
    /// Its documents, the oldest first, without those that fill the screen.
    pub documents: Vec<DocumentEntry>,
    /// Its workbooks, in order.
    pub workbooks: Vec<WorkbookEntry>,
    /// The items of its menu.
    pub actions: Vec<ActionView>,
    /// How many files it has.
    pub files: u64,
    /// Jobs that run, and those of this person whose outcome waits to be closed.
    pub jobs: Vec<JobCard>,
    /// The last event that this answer knows of.
    pub sequence: i64,
    /// Who is signed in.
    pub person: Option<String>,
    /// Whether they may manage the space.
    pub manages: bool,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

impl SpaceFrame {
    /// The sheet of that id.
    pub fn sheet(&self, id: &str) -> Option<&SheetEntry> {
        self.workbooks.iter().flat_map(|workbook| &workbook.sheets).find(|sheet| sheet.id == id)
    }

    /// Where the space opens: the first sheet of its primary workbook, or of the first that has one; else the first
    /// document.
    pub fn first_page(&self) -> Option<Route> {
        let primary =
            self.workbooks.iter().filter(|workbook| Some(&workbook.id) == self.primary_workbook.as_ref());
        let sheet = primary
            .chain(&self.workbooks)
            .find_map(|workbook| workbook.sheets.first().map(|sheet| (&workbook.id, &sheet.id)));
        let space = self.id.clone();
        let Some((workbook, sheet)) = sheet else {
            let document = self.documents.first()?.id.clone();
            return Some(Route::Document { space, document });
        };
        Some(Route::Sheet { space, workbook: workbook.clone(), sheet: sheet.clone() })
    }
}

/// What became of a blueprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Created {
    /// The new space's id.
    Space(String),
    /// The blueprint does not fit.
    Refused {
        /// Where in the blueprint, as `sheets[0].fields[2].type`; empty for the whole.
        place: String,
        /// What is wrong, and the remedy.
        message: String,
    },
}

/// The spaces, the newest activity first.
///
/// # Errors
/// When nobody is signed in.
#[server(input = Packed, output = Packed)]
pub async fn home() -> Result<HomeList, RpcError> {
    super::bodies::spaces::home().await
}

/// What stands around the pages of a space.
///
/// # Errors
/// When there is no such space for this person.
#[server(input = Packed, output = Packed)]
pub async fn space(space_id: String) -> Result<SpaceFrame, RpcError> {
    super::bodies::spaces::space(space_id).await
}

/// Makes a space from a blueprint: a workbook, a list of sheets, or one sheet, as JSON text.
///
/// # Errors
/// When the person may not make spaces. A blueprint that does not fit is an answer.
#[server(input = Packed, output = Packed)]
pub async fn create_space(name: String, blueprint: String) -> Result<Created, RpcError> {
    super::bodies::spaces::create_space(name, blueprint).await
}
