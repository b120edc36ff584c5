//! Buttons and menu items of blueprints, as small as the page needs them.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::jobs::JobCard;
use super::records::Choosing;
use super::wire::Packed;
use crate::domain::action::Requirements;
use crate::domain::form::{Answer, Choice, Form};

/// A button or menu item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView {
    /// The second half of the job's name.
    pub operation: String,
    /// What people read on it.
    pub label: String,
    /// Only its icon is seen; the label is for readers.
    pub bare: bool,
    /// The address of its icon.
    pub icon: Option<String>,
    /// It is the filled button.
    pub primary: bool,
    /// Shown on hover, line by line.
    pub hint: Option<String>,
    /// In the menus of these columns only; of an action elsewhere, or of all columns, none.
    pub columns: Vec<String>,
    /// The page asks before the job begins.
    pub asks: bool,
    /// What must hold before it can be pressed.
    pub requirements: Requirements,
}

/// What the page asks before an action begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionForm {
    /// It acts on the records that are chosen, of which the dialog tells.
    pub about_records: bool,
    /// The text of the dialog.
    pub question: Option<String>,
    /// A warning, as HTML that is safe to show.
    pub guardrail: Option<String>,
    /// Help, as HTML that is safe to show.
    pub guide: Option<String>,
    /// What has to be filled in.
    pub form: Form,
}

/// What can be chosen for a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The first of them.
    pub choices: Vec<Choice>,
    /// There are more.
    pub more: bool,
    /// Why they could not be had.
    pub trouble: Option<String>,
}

/// What is asked for while somebody types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionsWanted {
    /// Key of the input.
    pub field: String,
    /// What was typed.
    pub search: String,
    /// Tells the dialogs that ask apart.
    pub asker: String,
    /// What was filled in so far.
    pub filled: Filled,
}

/// Each input's key and answer.
pub type Filled = Vec<(String, Answer)>;

/// Where an action stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In the toolbar of a sheet.
    Sheet(String),
    /// At the top right of a workbook.
    Workbook(String),
    /// At the top right of a document.
    Document(String),
    /// In the menu of a column: the sheet and the key of the field.
    Column(String, String),
    /// In the menu of a file.
    File(String),
    /// In the menu of a space.
    Space(String),
}

/// What becomes of the press of a button.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Started {
    /// The job that runs now: a new one, or the one that ran already.
    Job(Box<JobCard>),
    /// The form does not fit: the input's key and what is wrong with it.
    Refused(Vec<(String, String)>),
}

/// What is asked before an action begins.
///
/// # Errors
/// When the action is not there.
#[server(input = Packed, output = Packed)]
pub async fn ask_before(place: Place, operation: String, choosing: Choosing) -> Result<ActionForm, RpcError> {
    super::bodies::actions::ask_before(place, operation, choosing).await
}

/// What can be chosen for an input whose choices are not in the form.
///
/// # Errors
/// When the action or input is not there. That nobody knows the choices now is an answer.
#[server(input = Packed, output = Packed)]
pub async fn options(place: Place, operation: String, wanted: OptionsWanted) -> Result<Offered, RpcError> {
    super::bodies::actions::options(place, operation, wanted).await
}

/// Starts the job of an action. The server gives the answers their types.
///
/// # Errors
/// When the action is not there or must not be pressed now. A form that does not fit is an answer.
#[server(input = Packed, output = Packed)]
pub async fn run_action(
    place: Place,
    operation: String,
    choosing: Choosing,
    filled: Filled,
) -> Result<Started, RpcError> {
    super::bodies::actions::run_action(place, operation, choosing, filled).await
}
