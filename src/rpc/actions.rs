//! Buttons and menu items of blueprints, as small as the page needs them.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::jobs::JobCard;
use super::records::{Choice, Choosing};
use super::wire::Packed;
use crate::domain::action::{InputType, Requirements};

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
    /// The text of the confirm dialog.
    pub question: Option<String>,
    /// What must hold before it can be pressed.
    pub requirements: Requirements,
    /// What has to be filled in.
    pub inputs: Vec<InputView>,
}

/// One input of an action's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputView {
    /// The name in the job's input.
    pub key: String,
    /// What people read.
    pub label: String,
    /// A line of help.
    pub help: Option<String>,
    /// Which control it is.
    pub kind: InputType,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it holds at first.
    pub initial: String,
    /// The choices of an enum.
    pub choices: Vec<Choice>,
}

/// Where an action stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In the toolbar of a sheet.
    Sheet(String),
    /// At the top right of a workbook.
    Workbook(String),
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

/// Starts the job of an action. `input` holds each input's key and text; the server gives it its type.
///
/// # Errors
/// When the action is not there or must not be pressed now. A form that does not fit is an answer.
#[server(input = Packed, output = Packed)]
pub async fn run_action(
    place: Place,
    operation: String,
    choosing: Choosing,
    input: Vec<(String, String)>,
) -> Result<Started, RpcError> {
    super::bodies::actions::run_action(place, operation, choosing, input).await
}
