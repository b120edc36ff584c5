//! What a person reads and fills in before an action begins.

use super::run_action::{ActionRun, FoundAction};
use super::{Result, Service, allow, markdown};
use crate::domain::access::{Actor, Operation};
use crate::domain::form::Form;

/// The dialog before a job.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActionForm {
    /// It acts on the records that are chosen.
    pub about_records: bool,
    /// What is asked, as it fits the records.
    pub question: Option<String>,
    /// A warning, as HTML.
    pub guardrail: Option<String>,
    /// Help, as HTML.
    pub guide: Option<String>,
    /// What is to be filled in.
    pub form: Form,
}

impl Service {
    /// The dialog before an action that somebody is about to press.
    pub async fn action_form(&self, actor: &Actor, run: &ActionRun) -> Result<ActionForm> {
        allow(actor, Operation::ReadSpace)?;
        let FoundAction { action, built_in, .. } = self.find_action(actor, run).await?;
        let depends = action.invalid_conditional_messaging == Some(true);
        let standing = if depends { self.standing(actor, run).await? } else { Default::default() };
        let html = |content: &crate::domain::action::Content| markdown::to_html(&content.content);
        let said = |html: &String| !html.trim().is_empty();
        Ok(ActionForm {
            about_records: built_in.is_none_or(|built_in| built_in.about_records),
            question: action.question(standing).map(str::to_string),
            guardrail: action.guardrail.as_ref().map(html).filter(said),
            guide: action.guide.as_ref().map(html).filter(said),
            form: action.input_form.as_ref().map(Form::from).unwrap_or_default(),
        })
    }
}
