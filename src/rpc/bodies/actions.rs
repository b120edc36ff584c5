//! Actions as the page shows them, the dialog before their jobs, and their press.

use serde_json::Value;

use super::records::query;
use super::{Asker, id, jobs};
use crate::domain::action::Action;
use crate::domain::icon;
use crate::domain::ids::SheetId;
use crate::domain::job::JobType;
use crate::domain::mount::{MountKind, PlacedAction};
use crate::rpc::RpcError;
use crate::rpc::actions::{ActionForm, ActionView, Filled, Offered, OptionsWanted, Place, Started};
use crate::rpc::records::Choosing;
use crate::service::ErrorKind;
use crate::service::form_options;
use crate::service::plugin_words::in_words;
use crate::service::run_action::ActionRun;

/// Actions as the page shows them.
pub(super) fn views(placed: &[PlacedAction]) -> Vec<ActionView> {
    placed.iter().filter_map(view).collect()
}

/// An action as the page shows it; nothing for one without an operation, which cannot be pressed.
fn view(placed: &PlacedAction) -> Option<ActionView> {
    let mount = placed.mount();
    let columns = if mount.kind == MountKind::Field { mount.only } else { Vec::new() };
    Some(ActionView { columns, ..of_action(&placed.action)? })
}

/// The same of an action that stands in no column.
pub(super) fn of_action(action: &Action) -> Option<ActionView> {
    let address = icon::address(action.icon.as_deref());
    let bare = action.label.trim().is_empty();
    Some(ActionView {
        operation: action.operation().ok()?.to_string(),
        label: in_words(action.name()),
        bare,
        // Without a label there must be something to see.
        icon: address.or_else(|| bare.then(|| icon::address(None)).flatten()),
        primary: action.primary == Some(true),
        hint: action.hint(),
        columns: Vec::new(),
        asks: action.asks(),
        requirements: action.requirements(),
    })
}

/// A value as the text of a control.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The press of an action: which, and on what.
fn run(place: Place, operation: String, choosing: &Choosing, filled: Filled) -> Result<ActionRun, RpcError> {
    let (job_type, source, column) = match place {
        Place::Sheet(sheet) => (JobType::Sheet, sheet, None),
        Place::Column(sheet, key) => (JobType::Sheet, sheet, Some(key)),
        Place::Workbook(workbook) => (JobType::Workbook, workbook, None),
        Place::Document(document) => (JobType::Document, document, None),
        Place::File(file) => (JobType::File, file, None),
        Place::Space(space) => (JobType::Space, space, None),
    };
    let query = query(choosing);
    let records = match job_type {
        JobType::Sheet if !query.is_everything() => Some((id::<SheetId>(&source)?, query)),
        _ => None,
    };
    let input = filled.into_iter().map(|(key, answer)| (key, answer.into())).collect();
    let all_selected = choosing.all_selected;
    Ok(ActionRun { job_type, source, operation, column, input, records, all_selected })
}

pub async fn ask_before(place: Place, operation: String, choosing: Choosing) -> Result<ActionForm, RpcError> {
    let asker = Asker::of_request()?;
    let run = run(place, operation, &choosing, Filled::new())?;
    let found = asker.service.action_form(&asker.actor, &run).await?;
    Ok(ActionForm {
        about_records: found.about_records,
        question: found.question,
        guardrail: found.guardrail,
        guide: found.guide,
        form: found.form,
    })
}

pub async fn options(place: Place, operation: String, wanted: OptionsWanted) -> Result<Offered, RpcError> {
    let asker = Asker::of_request()?;
    let run = run(place, operation, &Choosing::default(), wanted.filled)?;
    let (field, search, asked_by) = (wanted.field, wanted.search, wanted.asker);
    let wanted = form_options::OptionsWanted { field, search, asker: asked_by };
    match asker.service.options(&asker.actor, &run, wanted).await {
        Ok((choices, more)) => Ok(Offered { choices, more, trouble: None }),
        Err(error) if error.kind == ErrorKind::Conflict => {
            Ok(Offered { trouble: Some(RpcError::told(error).message), ..Offered::default() })
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn run_action(
    place: Place,
    operation: String,
    choosing: Choosing,
    filled: Filled,
) -> Result<Started, RpcError> {
    let asker = Asker::of_request()?;
    let run = run(place, operation, &choosing, filled)?;
    match asker.service.run_action(&asker.actor, run).await {
        Ok(job) => Ok(Started::Job(Box::new(jobs::card(&asker, job).await))),
        Err(error) if !error.fields.is_empty() => {
            Ok(Started::Refused(error.fields.into_iter().map(|field| (field.key, field.message)).collect()))
        }
        Err(error) => Err(error.into()),
    }
}
