//! What was filled in before a job begins, checked against what the space has: files, records, values of sheets.

use serde_json::{Map, Value, json};

use super::form_sources::{Home, home};
use super::run_action::ActionRun;
use super::{Result, Service, ServiceError, job_secrets};
use crate::domain::access::Actor;
use crate::domain::form::{self, FormError, InputField, InputForm, InputType};
use crate::domain::ids::{FileId, Id};
use crate::store::{Tx, files, now};

/// The answers to a form.
#[derive(Default)]
pub(super) struct FormAnswers {
    /// For the job: references in place of secrets.
    pub(super) input: Map<String, Value>,
    /// The secrets by the keys of their inputs.
    pub(super) secrets: Vec<(String, String)>,
}

/// The day of the server's clock, in UTC.
pub(super) fn today() -> String {
    now().to_string().chars().take(10).collect()
}

impl Service {
    /// Checks what was filled in and gives it its types.
    pub(super) async fn form_answers(
        &self,
        actor: &Actor,
        run: &ActionRun,
        form: &InputForm,
    ) -> Result<FormAnswers> {
        let mut input = form::check(form, &run.input, &today()).map_err(ServiceError::form)?;
        let mut tx = self.db.read().await?;
        let home = home(&mut tx, actor, run).await?;
        let mut secrets = Vec::new();
        let mut errors = Vec::new();
        for field in &form.fields {
            let Some(value) = input.get_mut(&field.key) else { continue };
            if field.input_type == InputType::Secret {
                let text = value.as_str().unwrap_or_default().to_string();
                secrets.push((field.key.clone(), text));
                *value = job_secrets::reference(&field.key);
                continue;
            }
            match self.resolved(&mut tx, actor, &home, field, value).await? {
                Ok(resolved) => *value = resolved,
                Err(words) => errors
                    .push(FormError { key: field.key.clone(), message: format!("{} {words}", field.label) }),
            }
        }
        if errors.is_empty() { Ok(FormAnswers { input, secrets }) } else { Err(ServiceError::form(errors)) }
    }

    /// An answer as it arrives in the job's input, or why it cannot.
    async fn resolved(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        home: &Home,
        field: &InputField,
        value: &Value,
    ) -> Result<std::result::Result<Value, &'static str>> {
        if field.input_type == InputType::File {
            let Ok(id) = FileId::parse(value.as_str().unwrap_or_default()) else {
                return Ok(Err("is not a file of this space: choose it again"));
            };
            let file = files::find(tx, &actor.scope, &id).await?.filter(|file| file.space_id == home.space);
            return Ok(file.map(|file| json!(file.id)).ok_or("is not a file of this space: choose it again"));
        }
        let Some(source) = self.source_of(tx, actor, home, field).await? else {
            return Ok(Ok(value.clone()));
        };
        if field.input_type == InputType::Reference {
            let record = value.as_str().unwrap_or_default();
            let reference =
                |label: String| json!({ "sheetId": source.sheet.id, "recordId": record, "label": label });
            let label = source.label_of(tx, record).await?;
            return Ok(label.map(reference).ok_or("is not one of the records: choose it again"));
        }
        let one = std::slice::from_ref(value);
        for value in value.as_array().map_or(one, Vec::as_slice) {
            if !source.has(tx, value.as_str().unwrap_or_default()).await? {
                return Ok(Err("is not one of the choices"));
            }
        }
        Ok(Ok(value.clone()))
    }
}
