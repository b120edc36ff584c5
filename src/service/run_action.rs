//! A person presses an action: it is found in the blueprint, checked once more, and becomes a job.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::form_answers::FormAnswers;
use super::new_job::NewJob;
use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::{Action, ColumnStanding, Standing};
use crate::domain::ids::{FileId, Id, SheetId, SpaceId, WorkbookId};
use crate::domain::job::{Job, JobMode, JobSubject, JobTrigger, JobType};
use crate::domain::query::RecordQuery;
use crate::store::{files, sheets, spaces, workbooks};

/// Which action is pressed, and on what.
#[derive(Debug, Clone)]
pub struct ActionRun {
    /// What kind of thing carries the action.
    pub job_type: JobType,
    /// Its id.
    pub source: String,
    /// Which of its actions.
    pub operation: String,
    /// What the person filled in.
    pub input: Map<String, Value>,
    /// The sheet that is open, and which of its records are meant; everything when absent.
    pub records: Option<(SheetId, RecordQuery)>,
    /// All of them were selected by hand, which no ids tell.
    pub all_selected: bool,
}

impl Service {
    /// Starts the job of an action. Pressed again while it runs, the same job is answered.
    pub async fn run_action(&self, actor: &Actor, run: ActionRun) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let (action, column) = self.find_action(actor, &run).await?;
        let standing = Standing { column, ..self.standing(actor, &run).await? };
        if let Some(reason) = action.requirements().refusal(standing) {
            return Err(ServiceError::conflict(reason));
        }
        let FormAnswers { input, secrets } = match &action.input_form {
            Some(form) => self.form_answers(actor, &run, form).await?,
            None => FormAnswers::default(),
        };
        let marks: Vec<String> = secrets.iter().map(|(_, text)| self.secrets.mark(text)).collect();
        let mut job = NewJob::new(run.job_type, &run.operation, &run.source);
        job.trigger = JobTrigger::Immediate;
        job.mode = action.mode.unwrap_or(JobMode::Background);
        job.label = Some(action.label.clone());
        job.unique_key = Some(unique_key(&run, &input, &marks)?);
        job.input = Some(input);
        job.subject = run.records.map(|(sheet, query)| JobSubject::Collection {
            resource: "records".to_string(),
            params: Some(super::announce::object(json!({ "sheetId": sheet }))),
            query: Some(query),
        });
        let mut tx = self.db.write().await?;
        let job = self.insert_job(&mut tx, actor, job).await?;
        self.keep_secrets(&mut tx, &job.id, &secrets).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// The action, and how the column stands that it belongs to.
    pub(super) async fn find_action(
        &self,
        actor: &Actor,
        run: &ActionRun,
    ) -> Result<(Action, ColumnStanding)> {
        let mut tx = self.db.read().await?;
        let scope = &actor.scope;
        let mut read_only = Vec::new();
        let actions = match run.job_type {
            JobType::Space => {
                let id = SpaceId::parse(&run.source)?;
                spaces::find(&mut tx, scope, &id).await?.map(|space| space.actions)
            }
            JobType::Workbook => {
                let id = WorkbookId::parse(&run.source)?;
                workbooks::find(&mut tx, scope, &id).await?.map(|workbook| workbook.actions)
            }
            JobType::Sheet => {
                let id = SheetId::parse(&run.source)?;
                let sheet = sheets::find(&mut tx, scope, &id).await?;
                sheet.map(|sheet| {
                    let fields = sheet.config.fields.iter();
                    let locked = fields.clone().filter(|field| field.readonly);
                    read_only.extend(locked.flat_map(|field| &field.actions).cloned());
                    let of_fields = fields.flat_map(|field| &field.actions);
                    sheet.config.actions.iter().chain(of_fields).cloned().collect::<Vec<_>>()
                })
            }
            JobType::File => {
                let id = FileId::parse(&run.source)?;
                files::find(&mut tx, scope, &id).await?.map(|file| file.actions)
            }
            JobType::Document => Some(super::documents::find(&mut tx, actor, &run.source).await?.actions),
            other => return Err(ServiceError::bad_request(format!("a {other} has no actions here"))),
        };
        let actions = actions.ok_or_else(|| ServiceError::not_found(run.job_type.as_str(), &run.source))?;
        let found =
            actions.into_iter().find(|action| action.operation().is_ok_and(|name| name == run.operation));
        let column = match found.as_ref().is_some_and(|action| read_only.contains(action)) {
            true => ColumnStanding::ReadOnly,
            false => ColumnStanding::Enabled,
        };
        found.map(|action| (action, column)).ok_or_else(|| {
            let message = format!("there is no action `{}` here now; load the page again", run.operation);
            ServiceError::new(ErrorKind::NotFound, message)
        })
    }

    /// How the records stand that the action would act on.
    pub(super) async fn standing(&self, actor: &Actor, run: &ActionRun) -> Result<Standing> {
        let sheets = match (&run.records, run.job_type) {
            (Some((sheet, query)), _) => vec![(sheet.clone(), query.clone())],
            (None, JobType::Sheet) => vec![(SheetId::parse(&run.source)?, RecordQuery::default())],
            (None, JobType::Workbook) => {
                let sheets = self.sheets(actor, &WorkbookId::parse(&run.source)?).await?;
                sheets.into_iter().map(|sheet| (sheet.id, RecordQuery::default())).collect()
            }
            (None, JobType::Document) => self.sheets_around(actor, &run.source).await?,
            (None, _) => Vec::new(),
        };
        let mut standing = Standing::default();
        for (sheet, query) in sheets {
            let counts = self.record_counts(actor, &sheet, &query).await?;
            standing.records += counts.total;
            standing.invalid += counts.error;
            if run.all_selected || (!query.ids.is_empty() && !query.narrows()) {
                standing.selected += counts.total;
            }
        }
        Ok(standing)
    }
}

impl Service {
    /// All records of the space that a document is in: its actions are about them.
    async fn sheets_around(&self, actor: &Actor, document: &str) -> Result<Vec<(SheetId, RecordQuery)>> {
        let mut tx = self.db.read().await?;
        let space = super::documents::find(&mut tx, actor, document).await?.space_id;
        drop(tx);
        let sheets = self.workbooks(actor, &space).await?.into_iter().flat_map(|found| found.sheets);
        Ok(sheets.map(|sheet| (sheet.id, RecordQuery::default())).collect())
    }
}

/// The same action on the same records with the same input, however often it is pressed.
fn unique_key(run: &ActionRun, input: &Map<String, Value>, secrets: &[String]) -> Result<String> {
    let subject = serde_json::to_vec(&(&run.records, input, secrets)).map_err(ServiceError::internal)?;
    let digest = Sha256::digest(&subject);
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}:{}:{}:{short}", run.job_type, run.operation, run.source))
}
