//! Actions as the page shows them, the dialog before their jobs, and their press.

use serde_json::Value;

use super::records::query;
use super::{Asker, id, jobs};
use crate::domain::action::Action;
use crate::domain::ids::SheetId;
use crate::domain::job::JobType;
use crate::rpc::RpcError;
use crate::rpc::actions::{ActionForm, ActionView, Filled, Offered, OptionsWanted, Place, Started};
use crate::rpc::records::Choosing;
use crate::service::ErrorKind;
use crate::service::form_options;
use crate::service::run_action::ActionRun;

/// An action as the page shows it; nothing for one without an operation, which cannot be pressed.
pub(super) fn view(action: &Action) -> Option<ActionView> {
    Some(ActionView {
        operation: action.operation().ok()?.to_string(),
        label: action.label.clone(),
        primary: action.primary == Some(true),
        tooltip: action.tooltip.clone(),
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
    let (job_type, source, records) = match place {
        Place::Sheet(sheet_id) => {
            let query = query(choosing);
            let sheet: SheetId = id(&sheet_id)?;
            (JobType::Sheet, sheet_id, (!query.is_everything()).then_some((sheet, query)))
        }
        Place::Document(document_id) => (JobType::Document, document_id, None),
        Place::Workbook(workbook_id) => (JobType::Workbook, workbook_id, None),
    };
    let input = filled.into_iter().map(|(key, answer)| (key, answer.into())).collect();
    Ok(ActionRun { job_type, source, operation, input, records, all_selected: choosing.all_selected })
}

pub async fn ask_before(place: Place, operation: String, choosing: Choosing) -> Result<ActionForm, RpcError> {
    let asker = Asker::of_request()?;
    let run = run(place, operation, &choosing, Filled::new())?;
    let found = asker.service.action_form(&asker.actor, &run).await?;
    Ok(ActionForm {
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
