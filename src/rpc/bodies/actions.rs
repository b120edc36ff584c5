//! Actions as the page shows them, and their press.

use serde_json::Value;

use super::records::query;
use super::{Asker, id, jobs};
use crate::domain::action::{InputConstraint, InputField, InputOption};
use crate::domain::icon;
use crate::domain::ids::SheetId;
use crate::domain::job::JobType;
use crate::domain::mount::{MountKind, PlacedAction};
use crate::rpc::RpcError;
use crate::rpc::actions::{ActionView, InputView, Place, Started};
use crate::rpc::records::{Choice, Choosing};
use crate::service::run_action::ActionRun;

/// Actions as the page shows them.
pub(super) fn views(placed: &[PlacedAction]) -> Vec<ActionView> {
    placed.iter().filter_map(view).collect()
}

/// An action as the page shows it; nothing for one without an operation, which cannot be pressed.
fn view(placed: &PlacedAction) -> Option<ActionView> {
    let action = &placed.action;
    let mount = placed.mount();
    let address = icon::address(action.icon.as_deref());
    let bare = action.label.trim().is_empty();
    Some(ActionView {
        operation: action.operation().ok()?.to_string(),
        label: action.name().to_string(),
        bare,
        // Without a label there must be something to see.
        icon: address.or_else(|| bare.then(|| icon::address(None)).flatten()),
        primary: action.primary == Some(true),
        hint: action.hint(),
        columns: if mount.kind == MountKind::Field { mount.only } else { Vec::new() },
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
    let (job_type, source, column) = match place {
        Place::Sheet(sheet) => (JobType::Sheet, sheet, None),
        Place::Column(sheet, key) => (JobType::Sheet, sheet, Some(key)),
        Place::Workbook(workbook) => (JobType::Workbook, workbook, None),
        Place::File(file) => (JobType::File, file, None),
        Place::Space(space) => (JobType::Space, space, None),
    };
    let query = query(&choosing);
    let records = match job_type {
        JobType::Sheet if !query.is_everything() => Some((id::<SheetId>(&source)?, query)),
        _ => None,
    };
    let input = input.into_iter().map(|(key, text)| (key, Value::String(text))).collect();
    let all_selected = choosing.all_selected;
    let run = ActionRun { job_type, source, operation, column, input, records, all_selected };
    match asker.service.run_action(&asker.actor, run).await {
        Ok(job) => Ok(Started::Job(Box::new(jobs::card(&asker, job).await))),
        Err(error) if !error.fields.is_empty() => {
            Ok(Started::Refused(error.fields.into_iter().map(|field| (field.key, field.message)).collect()))
        }
        Err(error) => Err(error.into()),
    }
}
