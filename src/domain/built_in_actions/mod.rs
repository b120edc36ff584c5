//! Actions that every sheet and every column has: made of the same parts as those of developers, so that they share
//! the dialog, the job, its outcome and its history. A space omits some by `settings.omitActions`.

mod forms;

pub use forms::{ABOVE, LAST};

use super::action::{Action, ActionConstraint, ActionMessage, ActionMessageLevel};
use super::blueprint::{Field, SheetAccess};
use super::form::{InputField, InputForm};
use super::ids::SheetId;
use super::mount::MountKind;
use super::workbook::Sheet;

/// What the page of a sheet or file offers by itself, without a form; the names by which a space omits it.
pub mod omitted {
    /// Files are imported.
    pub const IMPORT: &str = "file.import";
    /// Records are deleted.
    pub const DELETE: &str = "records.delete";
    /// Records are downloaded.
    pub const DOWNLOAD: &str = "records.download";
    /// Texts are found and replaced.
    pub const REPLACE: &str = "records.find-replace";
    /// Files are deleted.
    pub const DELETE_FILE: &str = "file.delete";
    /// Files are downloaded.
    pub const DOWNLOAD_FILE: &str = "file.download";
}

/// What somebody must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing but to see the sheet.
    Nothing,
    /// Something with the records of the sheet.
    Records(SheetAccess),
    /// To change the fields of the sheet.
    Fields,
}

/// An action that Inlet brings.
pub struct BuiltInAction {
    /// The name by which a space omits it.
    pub name: &'static str,
    /// The second half of the name of its job.
    pub operation: &'static str,
    /// Where it stands: in the menu of a sheet, or of a column.
    pub place: MountKind,
    label: &'static str,
    icon: &'static str,
    description: &'static str,
    /// What somebody must be allowed to do.
    pub need: Need,
    constraints: &'static [ActionConstraint],
    /// It acts on the records that are chosen, and not on the sheet or the column itself.
    pub about_records: bool,
    form: fn(&Around<'_>) -> Vec<InputField>,
}

/// What is around an action that is made for a sheet.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// The column in whose menu it is.
    pub column: Option<&'a Field>,
    /// The other sheets of the space, where records may go.
    pub others: &'a [OtherSheet],
}

/// Another sheet of the space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSheet {
    /// Its id.
    pub id: SheetId,
    /// Its name, and where it is not in the same workbook that of its workbook.
    pub name: String,
}

const NEEDS_DATA: &[ActionConstraint] = &[ActionConstraint::HasData];
const NEEDS_COLUMN: &[ActionConstraint] = &[ActionConstraint::HasData, ActionConstraint::HasColumnEnabled];

/// The actions, in the order in which menus show them.
pub const BUILT_IN_ACTIONS: &[BuiltInAction] = &[
    BuiltInAction {
        name: "records.deduplicate",
        operation: "remove-duplicates",
        place: MountKind::Sheet,
        label: "Remove duplicates",
        icon: "copy-minus",
        description: "Of records that have the same values there, one stays and the others are deleted.",
        need: Need::Records(SheetAccess::Delete),
        constraints: NEEDS_DATA,
        about_records: true,
        form: forms::duplicates,
    },
    BuiltInAction {
        name: "records.copy",
        operation: "copy-records",
        place: MountKind::Sheet,
        label: "Copy to another sheet",
        icon: "copy",
        description: "Values go into the columns that are called alike. The records stay here, too.",
        need: Need::Nothing,
        constraints: NEEDS_DATA,
        about_records: true,
        form: forms::destination,
    },
    BuiltInAction {
        name: "records.move",
        operation: "move-records",
        place: MountKind::Sheet,
        label: "Move to another sheet",
        icon: "arrow-right-from-line",
        description: "Values go into the columns that are called alike. The records are deleted here.",
        need: Need::Records(SheetAccess::Delete),
        constraints: NEEDS_DATA,
        about_records: true,
        form: forms::destination,
    },
    BuiltInAction {
        name: "records.validate",
        operation: "validate",
        place: MountKind::Sheet,
        label: "Check again",
        icon: "list-checks",
        description: "",
        need: Need::Nothing,
        constraints: NEEDS_DATA,
        about_records: false,
        form: forms::nothing,
    },
    BuiltInAction {
        name: "column.add",
        operation: "add-field",
        place: MountKind::Sheet,
        label: "Add column",
        icon: "between-vertical-start",
        description: "It comes at the end, for everybody who sees this sheet.",
        need: Need::Fields,
        constraints: &[],
        about_records: false,
        form: forms::new_column,
    },
    BuiltInAction {
        name: "column.fill",
        operation: "fill-column",
        place: MountKind::Field,
        label: "Fill empty cells",
        icon: "paint-bucket",
        description: "Cells that have a value keep it.",
        need: Need::Records(SheetAccess::Edit),
        constraints: NEEDS_COLUMN,
        about_records: true,
        form: forms::filling,
    },
    BuiltInAction {
        name: "column.clear",
        operation: "clear-column",
        place: MountKind::Field,
        label: "Clear column",
        icon: "eraser",
        description: "The cells of this column are emptied.",
        need: Need::Records(SheetAccess::Edit),
        constraints: NEEDS_COLUMN,
        about_records: true,
        form: forms::nothing,
    },
    BuiltInAction {
        name: "column.rename",
        operation: "rename-field",
        place: MountKind::Field,
        label: "Rename column",
        icon: "pencil",
        description: "What people read changes. Programs go on to know it by its key.",
        need: Need::Fields,
        constraints: &[],
        about_records: false,
        form: forms::new_name,
    },
    BuiltInAction {
        name: "column.remove",
        operation: "remove-field",
        place: MountKind::Field,
        label: "Remove column",
        icon: "trash-2",
        description: "The column goes for everybody, with what is in it.",
        need: Need::Fields,
        constraints: &[],
        about_records: false,
        form: forms::nothing,
    },
];

/// The action of that operation at a kind of place.
pub fn find(place: MountKind, operation: &str) -> Option<&'static BuiltInAction> {
    BUILT_IN_ACTIONS.iter().find(|action| (action.place, action.operation) == (place, operation))
}

impl BuiltInAction {
    /// The action as it stands at a sheet.
    pub fn action(&self, around: &Around<'_>) -> Action {
        let fields = (self.form)(around);
        let refusal = self
            .refusal(around)
            .map(|content| ActionMessage { level: ActionMessageLevel::Error, content: content.to_string() });
        Action {
            operation: Some(self.operation.to_string()),
            label: self.label.to_string(),
            icon: Some(self.icon.to_string()),
            description: Some(self.description.to_string()).filter(|text| !text.is_empty()),
            // What asks nothing and changes nothing of its own begins at once.
            confirm: Some(!self.description.is_empty()),
            constraints: self.constraints.to_vec(),
            messages: refusal.into_iter().collect(),
            input_form: (!fields.is_empty()).then(|| InputForm {
                form_type: "simple".to_string(),
                fields,
                pages: Vec::new(),
            }),
            ..Action::default()
        }
    }

    /// Whether it brings records to one of the other sheets.
    pub fn goes_elsewhere(&self) -> bool {
        matches!(self.operation, "copy-records" | "move-records")
    }

    /// Why people cannot press it at this sheet, whoever they are.
    fn refusal(&self, around: &Around<'_>) -> Option<&'static str> {
        let permits = |access| around.sheet.permits(access);
        match self.need {
            Need::Records(SheetAccess::Delete) if !permits(SheetAccess::Delete) => {
                Some("Records of this sheet may not be deleted")
            }
            Need::Records(access) if !permits(access) => Some("This sheet may not be changed by hand"),
            Need::Fields if around.column.is_some() && around.sheet.config.fields.len() == 1 => {
                (self.operation == "remove-field").then_some("The last column stays")
            }
            _ if self.goes_elsewhere() && around.others.is_empty() => {
                Some("There is no other sheet in this space")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
