//! Actions as the page shows them, and their press.

use serde_json::Value;

use super::records::query;
use super::{Asker, id, jobs};
use crate::domain::action::{Action, InputConstraint, InputField, InputOption};
use crate::domain::ids::SheetId;
use crate::domain::job::JobType;
use crate::rpc::RpcError;
use crate::rpc::actions::{ActionView, InputView, Place, Started};
use crate::rpc::records::{Choice, Choosing};
use crate::service::run_action::ActionRun;

/// An action as the page shows it; nothing for one without an operation, which cannot be pressed.
pub(super) fn view(action: &Action) -> Option<ActionView> {
    Some(ActionView {
        operation: action.operation().ok()?.to_string(),
        label: action.label.clone(),
        primary: action.primary == Some(true),
        tooltip: action.tooltip.clone(),
        asks: action.asks(),
        question: action.question().map(str::to_string),
        requirements: action.requirements(),
        inputs: action.input_form.iter().flat_map(|form| &form.fields).map(input).collect(),
    })
}

fn input(field: &InputField) -> InputView {
    let options = field.config.as_ref().map_or(&[][..], |config| config.options.as_slice());
    InputView {
        key: field.key.clone(),
        label: field.label.clone(),
        help: field.description.clone(),
        kind: field.input_type,
        required: field.constraints.contains(&InputConstraint::Required),
        initial: field.default_value.as_ref().map(plain).unwrap_or_default(),
        choices: options.iter().map(choice).collect(),
    }
}

fn choice(option: &InputOption) -> Choice {
    let value = plain(&option.value);
    Choice { label: option.label.clone().unwrap_or_else(|| value.clone()), value }
}

/// A value as the text of a control.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub async fn run_action(
    place: Place,
    operation: String,
    choosing: Choosing,
    input: Vec<(String, String)>,
) -> Result<Started, RpcError> {
    let asker = Asker::of_request()?;
    let (job_type, source, records) = match place {
        Place::Sheet(sheet_id) => {
            let query = query(&choosing);
            let sheet: SheetId = id(&sheet_id)?;
            (JobType::Sheet, sheet_id, (!query.is_everything()).then_some((sheet, query)))
        }
        Place::Workbook(workbook_id) => (JobType::Workbook, workbook_id, None),
    };
    let input = input.into_iter().map(|(key, text)| (key, Value::String(text))).collect();
    let all_selected = choosing.all_selected;
    let run = ActionRun { job_type, source, operation, input, records, all_selected };
    match asker.service.run_action(&asker.actor, run).await {
        Ok(job) => Ok(Started::Job(Box::new(jobs::card(&asker, job).await))),
        Err(error) if !error.fields.is_empty() => {
            Ok(Started::Refused(error.fields.into_iter().map(|field| (field.key, field.message)).collect()))
        }
        Err(error) => Err(error.into()),
    }
}
