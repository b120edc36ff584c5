//! How what a job did is taken back: the steps that stand in its metadata under `undo`, one or a list.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Job;
use crate::domain::blueprint::Field;
use crate::domain::ids::{ChangeId, SheetId};

/// One step back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum UndoStep {
    /// Records of a sheet become what they were.
    Change {
        /// Which sheet.
        sheet_id: SheetId,
        /// What changed them.
        change_id: ChangeId,
    },
    /// A field that was added goes.
    AddedField {
        /// Of which sheet.
        sheet_id: SheetId,
        /// Its key.
        added_field: String,
    },
    /// A field is called as before.
    RenamedField {
        /// Of which sheet.
        sheet_id: SheetId,
        /// Its key.
        renamed_field: String,
        /// How it was called.
        before: String,
        /// How it is called since.
        after: String,
    },
    /// A field that was removed comes back, with what was in it.
    RemovedField {
        /// Of which sheet.
        sheet_id: SheetId,
        /// The field.
        removed_field: Box<Field>,
        /// Its place among the fields.
        place: usize,
    },
}

/// The steps that take back what a job did in the last run that did something, in their order.
pub fn steps(job: &Job) -> Vec<UndoStep> {
    read(job.metadata.as_ref().and_then(|metadata| metadata.get("undo")))
}

/// The same of the run that goes on.
pub fn steps_of_run(job: &Job) -> Vec<UndoStep> {
    read(job.noted("undo"))
}

fn read(undo: Option<&Value>) -> Vec<UndoStep> {
    let Some(undo) = undo else { return Vec::new() };
    let read = |step: &Value| serde_json::from_value(step.clone()).ok();
    match undo {
        Value::Array(steps) => steps.iter().filter_map(read).collect(),
        step => read(step).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::ids::Id;

    #[test]
    fn steps_are_read_back_as_they_were_written() {
        let sheet_id = SheetId::parse("us_sh_0123456789").unwrap();
        let field: Field = serde_json::from_value(json!({ "key": "a", "type": "string" })).unwrap();
        let steps = [
            UndoStep::AddedField { sheet_id: sheet_id.clone(), added_field: "a".into() },
            UndoStep::RemovedField { sheet_id: sheet_id.clone(), removed_field: Box::new(field), place: 2 },
            UndoStep::RenamedField {
                sheet_id,
                renamed_field: "a".into(),
                before: "A".into(),
                after: "B".into(),
            },
        ];
        for step in steps {
            let written = serde_json::to_value(&step).unwrap();
            assert_eq!(serde_json::from_value::<UndoStep>(written).unwrap(), step);
        }
    }
}
