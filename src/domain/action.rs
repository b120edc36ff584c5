//! Actions: buttons and menu items that a developer defines and a person presses.

use serde::{Deserialize, Serialize};

use super::blueprint::{is_false, null_is_default};
use super::form::InputForm;
use super::job::JobMode;
use super::mount::Mount;
use super::parse::ParseError;

/// A line beside an action; an error disables it and is the reason shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionMessage {
    /// `error` or `info`.
    #[serde(rename = "type")]
    pub level: ActionMessageLevel,
    /// The text.
    pub content: String,
}

/// How a message of an action is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionMessageLevel {
    /// The action cannot be pressed.
    Error,
    /// A remark.
    Info,
}

/// What must hold before an action can be pressed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ActionConstraint {
    /// No record (of the selection, unless ignored) has an error.
    HasAllValid {
        /// Looks at all records even when some are selected.
        #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
        ignore_selection: bool,
    },
    /// Records are selected.
    HasSelection,
    /// There is at least one record.
    HasData,
    /// The column is shown and can be changed.
    HasColumnEnabled,
}

/// Markdown beside an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The markdown.
    pub content: String,
}

/// How often an action runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
}

impl Schedule {
    /// The time from one run to the next, in milliseconds.
    pub fn period(self) -> i64 {
        match self {
            Self::Hourly => 3_600_000,
            Self::Daily => 86_400_000,
            Self::Weekly => 604_800_000,
        }
    }

    /// How often it runs, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hourly => "Runs every hour",
            Self::Daily => "Runs every day",
            Self::Weekly => "Runs every week",
        }
    }
}

/// A button or menu item, with every option that Flatfile has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// The second half of the job's name, as in `workbook:submitAction`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The old name of `operation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// What people read on it.
    pub label: String,
    /// What the page does while the job runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<JobMode>,
    /// Shown on hover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<String>,
    /// Remarks and reasons.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<ActionMessage>,
    /// The old type of an action.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub action_type: Option<String>,
    /// The text of the confirm dialog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Runs by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// The filled button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
    /// Asks before it begins; it does unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<bool>,
    /// An icon's name; `none` for no icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The old form of the constraint `hasAllValid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_all_valid: Option<bool>,
    /// The old form of the constraint `hasSelection`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_selection: Option<bool>,
    /// What it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_form: Option<InputForm>,
    /// What must hold.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<ActionConstraint>,
    /// Where an action of the API is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<Mount>,
    /// Help in markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<Content>,
    /// A warning in markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail: Option<Content>,
    /// The confirm text depends on whether records are invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid_conditional_messaging: Option<bool>,
    /// The confirm text when all records are valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_records_message: Option<String>,
    /// The confirm text when some are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid_records_message: Option<String>,
}

/// How the column stands whose menu an action is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColumnStanding {
    /// It is shown and can be changed, or the action is not in the menu of a column.
    #[default]
    Enabled,
    /// People may not change it.
    ReadOnly,
    /// It is not shown.
    Hidden,
}

/// The standing of the records an action would act on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Records in the scope.
    pub records: u64,
    /// Those of them that have an error.
    pub invalid: u64,
    /// Records with an error, whatever is selected.
    pub invalid_in_all: u64,
    /// Records selected.
    pub selected: u64,
    /// The column it belongs to.
    pub column: ColumnStanding,
    /// The records are those of all sheets of a workbook.
    pub of_workbook: bool,
}

impl Action {
    /// The operation, by its new or its old name.
    pub fn operation(&self) -> Result<&str, ParseError> {
        let name = self.operation.as_deref().or(self.slug.as_deref()).unwrap_or("");
        if name.is_empty() {
            let message = format!("the action `{}` needs an `operation`, such as `submit`", self.label);
            return Err(ParseError::at("operation", message));
        }
        Ok(name)
    }

    /// Whether the page asks before the job begins.
    pub fn asks(&self) -> bool {
        self.confirm.unwrap_or(true)
            || self.input_form.as_ref().is_some_and(|form| !form.fields.is_empty())
            || self.guardrail.is_some()
    }

    /// What must hold before it can be pressed, its old and new forms together.
    pub fn requirements(&self) -> Requirements {
        let has = |wanted: fn(&ActionConstraint) -> bool| self.constraints.iter().any(wanted);
        let error = self.messages.iter().find(|message| message.level == ActionMessageLevel::Error);
        let of_selection = |constraint: &ActionConstraint| {
            *constraint == ActionConstraint::HasAllValid { ignore_selection: false }
        };
        // Where both are said, what is asked of all records counts.
        let all_valid =
            if has(|constraint| *constraint == ActionConstraint::HasAllValid { ignore_selection: true }) {
                AllValid::All
            } else if self.require_all_valid == Some(true) || has(of_selection) {
                AllValid::Scope
            } else {
                AllValid::No
            };
        Requirements {
            never: error.map(|message| message.content.clone()),
            all_valid,
            selection: self.require_selection == Some(true)
                || has(|constraint| *constraint == ActionConstraint::HasSelection),
            data: has(|constraint| *constraint == ActionConstraint::HasData),
            column: has(|constraint| *constraint == ActionConstraint::HasColumnEnabled),
        }
    }

    /// What people read on it: the label, or without one the operation, which is then for readers only.
    pub fn name(&self) -> &str {
        let label = self.label.trim();
        if label.is_empty() { self.operation().unwrap_or_default() } else { label }
    }

    /// What is shown on hover while it can be pressed, line by line: tooltip, remarks, how often it runs by itself.
    pub fn hint(&self) -> Option<String> {
        let infos = self.messages.iter().filter(|message| message.level == ActionMessageLevel::Info);
        let lines = self.tooltip.iter().map(String::as_str).chain(infos.map(|info| info.content.as_str()));
        let lines: Vec<&str> = lines.chain(self.schedule.map(Schedule::words)).collect();
        let lines: Vec<&str> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The text of the confirm dialog, which may depend on whether records are invalid.
    pub fn question(&self, standing: Standing) -> Option<&str> {
        let by_standing = match (self.invalid_conditional_messaging, standing.invalid) {
            (Some(true), 0) => self.valid_records_message.as_deref(),
            (Some(true), _) => self.invalid_records_message.as_deref(),
            _ => None,
        };
        let said = |text: &&str| !text.trim().is_empty();
        by_standing.filter(said).or(self.description.as_deref().filter(said))
    }
}

/// Of which records every one has to be valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AllValid {
    /// None of them.
    #[default]
    No,
    /// Those that the action would act on: the selected ones, when there are any.
    Scope,
    /// All, whatever is selected.
    All,
}

/// What must hold before an action can be pressed: small enough for the page to look at with each selection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// It cannot be pressed at all, for this reason.
    pub never: Option<String>,
    /// No record has an error.
    pub all_valid: AllValid,
    /// Records are selected.
    pub selection: bool,
    /// There is at least one record.
    pub data: bool,
    /// The column is shown and can be changed.
    pub column: bool,
}

impl Requirements {
    /// Why the action cannot be pressed now, in words for the person; nothing when it can.
    pub fn refusal(&self, standing: Standing) -> Option<String> {
        if let Some(reason) = &self.never {
            return Some(reason.clone());
        }
        let place = if standing.of_workbook { " in this workbook" } else { "" };
        let (invalid, kind) = match (self.all_valid, standing.selected) {
            (AllValid::No, _) => (0, ""),
            (AllValid::Scope, 1..) => (standing.invalid, "selected "),
            (AllValid::Scope, 0) => (standing.invalid, ""),
            (AllValid::All, _) => (standing.invalid_in_all, ""),
        };
        if invalid > 0 {
            let records = if invalid == 1 { "record" } else { "records" };
            return Some(format!("{invalid} {kind}{records} with errors{place}: put them right first"));
        }
        match standing {
            Standing { selected: 0, .. } if self.selection => Some("Select records first".to_string()),
            Standing { records: 0, .. } if self.data => Some(format!("There are no records{place} yet")),
            Standing { column: ColumnStanding::ReadOnly, .. } if self.column => {
                Some("This column is read-only".to_string())
            }
            Standing { column: ColumnStanding::Hidden, .. } if self.column => {
                Some("This column is hidden: show it first".to_string())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::{Value, json};

    fn action(value: Value) -> Action {
        from_value(value).unwrap()
    }

    #[test]
    fn an_action_is_written_as_it_was_read() {
        let given = json!({
            "operation": "submitAction", "label": "Submit", "mode": "foreground", "primary": true, "confirm": true,
            "constraints": [{"type": "hasAllValid"}, {"type": "hasData"}],
            "inputForm": {"type": "simple", "fields": [{"key": "n", "label": "N", "type": "number",
                "constraints": [{"type": "required"}]}]}
        });
        assert_eq!(serde_json::to_value(action(given.clone())).unwrap(), given);
    }

    #[test]
    fn the_old_slug_is_an_operation() {
        assert_eq!(action(json!({"slug": "go", "label": "Go"})).operation(), Ok("go"));
        assert!(action(json!({"label": "Go"})).operation().is_err());
    }

    #[test]
    fn what_must_hold_is_said_in_words() {
        let all_valid = action(json!({"label": "Go", "requireAllValid": true}));
        let standing = Standing { records: 5, invalid: 2, ..Standing::default() };
        assert_eq!(
            all_valid.requirements().refusal(standing).as_deref(),
            Some("2 records with errors: put them right first")
        );
        assert_eq!(all_valid.requirements().refusal(Standing { invalid: 0, ..standing }), None);
        let of_column =
            action(json!({"label": "Go", "constraints": [{"type": "hasColumnEnabled"}]})).requirements();
        for (column, words) in [
            (ColumnStanding::Enabled, None),
            (ColumnStanding::ReadOnly, Some("This column is read-only")),
            (ColumnStanding::Hidden, Some("This column is hidden: show it first")),
        ] {
            assert_eq!(of_column.refusal(Standing { column, ..standing }).as_deref(), words);
        }
        let selection = action(json!({"label": "Go", "requireSelection": true})).requirements();
        assert_eq!(selection.refusal(standing).as_deref(), Some("Select records first"));
        assert_eq!(selection.refusal(Standing { selected: 1, ..standing }), None);
        let data = action(json!({"label": "Go", "constraints": [{"type": "hasData"}]})).requirements();
        for (records, of_workbook, words) in [
            (1, false, None),
            (0, false, Some("There are no records yet")),
            (0, true, Some("There are no records in this workbook yet")),
        ] {
            let standing = Standing { records, of_workbook, ..Standing::default() };
            assert_eq!(data.refusal(standing).as_deref(), words);
        }
        let disabled =
            action(json!({"label": "Go", "messages": [{"type": "error", "content": "Not today"}]}));
        assert_eq!(disabled.requirements().refusal(standing).as_deref(), Some("Not today"));
    }

    #[test]
    fn the_question_depends_on_the_records_when_it_is_told_to() {
        let valid = Standing { records: 5, ..Standing::default() };
        let invalid = Standing { invalid: 1, ..valid };
        let texts = json!({"label": "Go", "description": "Go?", "validRecordsMessage": "All of them",
            "invalidRecordsMessage": "Only some"});
        let with = |more: Value| {
            let mut all = texts.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            action(all)
        };
        for (more, standing, words) in [
            (json!({}), invalid, Some("Go?")),
            (json!({"invalidConditionalMessaging": true}), valid, Some("All of them")),
            (json!({"invalidConditionalMessaging": true}), invalid, Some("Only some")),
            (
                json!({"invalidConditionalMessaging": true, "invalidRecordsMessage": " "}),
                invalid,
                Some("Go?"),
            ),
            (json!({"description": ""}), valid, None),
        ] {
            assert_eq!(with(more.clone()).question(standing), words, "{more}");
        }
    }

    #[test]
    fn all_valid_is_of_the_selection_unless_that_is_ignored() {
        let scope = json!([{"type": "hasAllValid"}]);
        let all = json!([{"type": "hasAllValid", "ignoreSelection": true}]);
        let both = json!([{"type": "hasAllValid"}, {"type": "hasAllValid", "ignoreSelection": true}]);
        let none = "2 records with errors: put them right first";
        let one = "1 selected record with errors: put them right first";
        for (constraints, selected, invalid, words) in [
            (&scope, 0, 2, Some(none)),
            (&scope, 3, 0, None),
            (&scope, 3, 1, Some(one)),
            (&all, 0, 2, Some(none)),
            (&all, 3, 0, Some(none)),
            (&all, 3, 1, Some(none)),
            (&both, 3, 0, Some(none)),
        ] {
            let action = action(json!({"label": "Go", "constraints": constraints}));
            let standing =
                Standing { records: 5, invalid, invalid_in_all: 2, selected, ..Standing::default() };
            let refusal = action.requirements().refusal(standing);
            assert_eq!(refusal.as_deref(), words, "{constraints} {selected} {invalid}");
        }
        let workbook = Standing { records: 5, invalid: 2, of_workbook: true, ..Standing::default() };
        let action = action(json!({"label": "Go", "requireAllValid": true}));
        assert_eq!(
            action.requirements().refusal(workbook).as_deref(),
            Some("2 records with errors in this workbook: put them right first")
        );
    }

    #[test]
    fn the_hint_says_all_there_is_to_know() {
        let told =
            action(json!({"label": "", "operation": "send", "tooltip": "Sends them", "schedule": "daily",
            "messages": [{"type": "info", "content": "Takes a minute"}]}));
        assert_eq!(told.hint().as_deref(), Some("Sends them\nTakes a minute\nRuns every day"));
        assert_eq!(told.name(), "send");
        assert_eq!(action(json!({"label": "Go", "tooltip": " "})).hint(), None);
    }
}
