//! What a person can choose in a form while they type: from a sheet, or from a listener that is asked by a hidden
//! job. What is said between the server and the listener stands at [`OptionSource`].

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout};

use super::form_answers::today;
use super::form_sources::{MOST, home};
use super::new_job::NewJob;
use super::run_action::ActionRun;
use super::{Result, Service, ServiceError, allow, announce};
use crate::domain::access::{Actor, Operation};
use crate::domain::form::{self, Choice, OptionSource};
use crate::domain::ids::JobId;
use crate::domain::job::{Job, JobMode, JobStatus, JobTrigger};

/// A job is looked at this often, should the news of it be lost.
const LOOK: Duration = Duration::from_millis(500);

/// Which choices are wanted.
#[derive(Debug, Clone)]
pub struct OptionsWanted {
    /// Key of the input.
    pub field: String,
    /// What was typed.
    pub search: String,
    /// Tells those who ask apart: a newer question of the same one takes the place of the older.
    pub asker: String,
}

impl Service {
    /// The first choices of an input, and whether there are more. What was filled in so far is in `run`.
    pub async fn options(
        &self,
        actor: &Actor,
        run: &ActionRun,
        wanted: OptionsWanted,
    ) -> Result<(Vec<Choice>, bool)> {
        allow(actor, Operation::RunJobs)?;
        let action = self.find_action(actor, run).await?.action;
        let form = action.input_form.unwrap_or_else(|| form::InputForm {
            form_type: String::new(),
            fields: Vec::new(),
            pages: Vec::new(),
        });
        let field = form.fields.iter().find(|field| field.key == wanted.field);
        let field = field.ok_or_else(|| ServiceError::not_found("input", &wanted.field))?;
        if let Some(OptionSource::Listener { listener }) = field.source() {
            let operation = match listener.as_str() {
                Some(name) => name.to_string(),
                None => format!("{}Options", run.operation),
            };
            let values = form::partial(&form, &run.input, &today());
            return self.ask_listener(actor, run, operation, values, wanted).await;
        }
        let mut tx = self.db.read().await?;
        let home = home(&mut tx, actor, run).await?;
        match self.source_of(&mut tx, actor, &home, field).await? {
            Some(source) => source.find(&mut tx, wanted.search.trim()).await,
            None => Err(ServiceError::not_found("source of choices", &wanted.field)),
        }
    }

    async fn ask_listener(
        &self,
        actor: &Actor,
        run: &ActionRun,
        operation: String,
        values: Map<String, Value>,
        wanted: OptionsWanted,
    ) -> Result<(Vec<Choice>, bool)> {
        let input = json!({ "field": wanted.field, "query": wanted.search, "values": values });
        let mut new = NewJob::new(run.job_type, &operation, &run.source);
        new.trigger = JobTrigger::Immediate;
        new.mode = JobMode::Hidden;
        new.unique_key =
            Some(format!("options:{}:{}:{}:{}", actor.id, wanted.asker, run.source, wanted.field));
        new.input = Some(announce::object(input));
        let mut job = self.create_job(actor, new.clone()).await?;
        if job.input != new.input {
            // The same person typed on: nobody waits for the older answer.
            self.cancel_job(actor, &job.id, None).await?;
            job = self.create_job(actor, new).await?;
        }
        let patience = Duration::from_millis(self.settings.timeouts.options.unsigned_abs());
        let Some(ended) = self.end_of(actor, &job.id, patience).await? else {
            self.cancel_job(actor, &job.id, Some("Nobody answered".to_string())).await?;
            let message =
                "nobody answered: the program that knows these choices may not be running; type to ask again";
            return Err(ServiceError::conflict(message));
        };
        let answer = match ended.status {
            JobStatus::Complete => choices(&ended),
            JobStatus::Canceled => return Ok((Vec::new(), false)),
            _ => {
                let said = ended.outcome.as_ref().and_then(|outcome| outcome.message.clone()).or(ended.info);
                let said = said.unwrap_or_else(|| "the choices could not be found".to_string());
                Err(ServiceError::conflict(said))
            }
        };
        self.delete_job(actor, &ended.id).await?;
        answer
    }

    /// A job once it has ended; nothing when it takes longer.
    async fn end_of(&self, actor: &Actor, id: &JobId, patience: Duration) -> Result<Option<Job>> {
        let mut signals = self.db.signals().events.subscribe();
        let deadline = Instant::now() + patience;
        loop {
            let job = self.job(actor, id).await?;
            if job.status.is_terminal() {
                return Ok(Some(job));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            // Whatever happens in the space is a reason to look, and so is that nothing was heard.
            let heard = async {
                loop {
                    match signals.recv().await {
                        Ok(signal) if signal.space_id != job.space_id => {}
                        Ok(_) | Err(RecvError::Lagged(_)) => return,
                        Err(RecvError::Closed) => std::future::pending().await,
                    }
                }
            };
            let _ = timeout(LOOK.min(left), heard).await;
        }
    }
}

/// The choices that a listener left in its job.
fn choices(job: &Job) -> Result<(Vec<Choice>, bool)> {
    let options = job.metadata.as_ref().and_then(|metadata| metadata.get("options")?.as_array());
    let options = options.ok_or_else(|| {
        ServiceError::conflict("the program that knows these choices answered without `metadata.options`")
    })?;
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let choice = |option: &Value| {
        let value = text(option).or_else(|| text(option.get("value")?))?;
        let label = option.get("label").and_then(text).unwrap_or_else(|| value.clone());
        Some(Choice { value, label, help: option.get("description").and_then(text) })
    };
    let choices: Vec<Choice> = options.iter().filter_map(choice).take(MOST).collect();
    Ok((choices, options.len() > MOST))
}
