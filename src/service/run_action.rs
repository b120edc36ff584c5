//! A person presses an action: it is found where it stands, checked once more, and becomes a job.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::actions::Around;
use super::announce::object;
use super::form_answers::FormAnswers;
use super::new_job::NewJob;
use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::{Action, ColumnStanding, Standing};
use crate::domain::built_in_actions::BuiltInAction;
use crate::domain::ids::{FileId, Id, SheetId, SpaceId, WorkbookId};
use crate::domain::job::{Job, JobMode, JobSubject, JobTrigger, JobType};
use crate::domain::mount::Spot;
use crate::domain::query::RecordQuery;
use crate::store::jobs::Executor;
use crate::store::{actions, files, sheets, spaces, workbooks};

/// Which action is pressed, and on what.
#[derive(Debug, Clone)]
pub struct ActionRun {
    /// What kind of thing carries the action.
    pub job_type: JobType,
    /// Its id.
    pub source: String,
    /// Which of its actions.
    pub operation: String,
    /// The key of the column in whose menu it was pressed.
    pub column: Option<String>,
    /// What the person filled in.
    pub input: Map<String, Value>,
    /// The sheet that is open, and which of its records are meant; everything when absent.
    pub records: Option<(SheetId, RecordQuery)>,
    /// All of them were selected by hand, which no ids tell.
    pub all_selected: bool,
}

impl ActionRun {
    /// A press on everything, with nothing filled in.
    pub fn new(job_type: JobType, source: &str, operation: &str) -> Self {
        Self {
            job_type,
            source: source.to_string(),
            operation: operation.to_string(),
            column: None,
            input: Map::new(),
            records: None,
            all_selected: false,
        }
    }
}

/// An action where it stands.
pub(super) struct FoundAction {
    pub(super) action: Action,
    /// How the column stands in whose menu it is.
    pub(super) column: ColumnStanding,
    /// What it is when no developer made it.
    pub(super) built_in: Option<&'static BuiltInAction>,
}

impl Service {
    /// Starts the job of an action. Pressed again while it runs, the same job is answered.
    pub async fn run_action(&self, actor: &Actor, run: ActionRun) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let job = self.job_of(actor, run).await?;
        self.create_job(actor, job).await
    }

    /// The action that made a job, while it still stands there.
    pub async fn action_of(&self, actor: &Actor, job: &Job) -> Option<Action> {
        let column = job.column_key().map(str::to_string);
        let run = ActionRun { column, ..ActionRun::new(job.job_type, &job.source, &job.operation) };
        self.find_action(actor, &run).await.ok().map(|found| found.action)
    }

    /// The job of an action, when nothing stands against it.
    pub(super) async fn job_of(&self, actor: &Actor, run: ActionRun) -> Result<NewJob> {
        let FoundAction { action, column, built_in } = self.find_action(actor, &run).await?;
        let standing = Standing { column, ..self.standing(actor, &run).await? };
        if let Some(reason) = action.requirements().refusal(standing) {
            return Err(ServiceError::conflict(reason));
        }
        // What Inlet brings needs no listener to be done with the records.
        if let (None, Some(reason)) = (built_in, self.checks_before(actor, &run).await?) {
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
        job.label = Some(action.name().to_string());
        job.unique_key = Some(unique_key(&run, &input, &marks)?);
        // A developer's action is for listeners, whatever it is called.
        job.executor = if built_in.is_some() { Executor::BuiltIn } else { Executor::Listener };
        job.config = built_in.map(|built_in| config(built_in, &run, &input));
        job.input = Some(input);
        job.secrets = secrets;
        job.subject = subject(run);
        Ok(job)
    }

    /// The action; a developer's comes before a built-in one of the same operation.
    pub(super) async fn find_action(&self, actor: &Actor, run: &ActionRun) -> Result<FoundAction> {
        let mut tx = self.db.read().await?;
        let scope = &actor.scope;
        let missing = || ServiceError::not_found(run.job_type.as_str(), &run.source);
        let (mut workbook, mut sheet, mut file, mut document) = (None, None, None, None);
        let space_id = match run.job_type {
            JobType::Space => SpaceId::parse(&run.source)?,
            JobType::Workbook => {
                let id = WorkbookId::parse(&run.source)?;
                let found = workbooks::find(&mut tx, scope, &id).await?.ok_or_else(missing)?;
                workbook.insert(found).space_id.clone()
            }
            JobType::Sheet => {
                let id = SheetId::parse(&run.source)?;
                let found = sheets::find(&mut tx, scope, &id).await?.ok_or_else(missing)?;
                workbook = workbooks::find(&mut tx, scope, &found.workbook_id).await?;
                sheet.insert(found).space_id.clone()
            }
            JobType::File => {
                let id = FileId::parse(&run.source)?;
                let found = files::find(&mut tx, scope, &id).await?.ok_or_else(missing)?;
                file.insert(found).space_id.clone()
            }
            JobType::Document => {
                document.insert(super::documents::find(&mut tx, actor, &run.source).await?).space_id.clone()
            }
            other => return Err(ServiceError::bad_request(format!("a {other} has no actions here"))),
        };
        let space = spaces::find(&mut tx, scope, &space_id).await?.ok_or_else(missing)?;
        let alone = &actions::list(&mut tx, scope, &space_id).await?;
        let (workbook, sheet, file) = (workbook.as_ref(), sheet.as_ref(), file.as_ref());
        let document = document.as_ref();
        let spot = match (workbook, sheet, file, run.column.as_deref()) {
            (_, Some(sheet), _, Some(key)) => Spot::Field(sheet, key),
            (_, Some(sheet), ..) => Spot::Sheet(sheet),
            (Some(workbook), ..) => Spot::Workbook(workbook),
            (_, _, Some(file), _) => Spot::File(file),
            _ => document.map_or(Spot::Space, |document| Spot::Document(document.id.as_str())),
        };
        let column = match spot {
            Spot::Field(sheet, key) if sheet.config.field(key).is_none_or(|field| field.readonly) => {
                ColumnStanding::ReadOnly
            }
            _ => ColumnStanding::Enabled,
        };
        let around = Around { workbook, sheet, file, document, ..Around::space(&space, alone) };
        let those = around.at(&spot).into_iter().map(|placed| placed.action);
        let mut those = those.filter(|action| action.operation() == Ok(run.operation.as_str()));
        if let Some(action) = those.next() {
            return Ok(FoundAction { action, column, built_in: None });
        }
        let found = match sheet {
            Some(sheet) => {
                let around = (&space, sheet, run.column.as_deref());
                super::built_in_actions::at(&mut tx, actor, around, &run.operation).await?
            }
            None => None,
        };
        let found = found.map(|(action, built_in)| FoundAction { action, column, built_in: Some(built_in) });
        found.ok_or_else(|| {
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
        let of_workbook = run.job_type == JobType::Workbook;
        let mut standing = Standing { of_workbook, ..Standing::default() };
        for (id, query) in sheets {
            let counts = self.record_counts(actor, &id, &query).await?;
            standing.records += counts.total;
            standing.invalid += counts.error;
            standing.invalid_in_all += match query.is_everything() {
                true => counts.error,
                false => self.sheet(actor, &id).await?.counts.error,
            };
            if run.all_selected || query.chooses() {
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

/// What the job of a built-in action is told: which records, in which column, and the answers.
fn config(built_in: &BuiltInAction, run: &ActionRun, input: &Map<String, Value>) -> Value {
    let mut config = match &run.records {
        Some((_, query)) if built_in.about_records => object(json!(query)),
        _ => Map::new(),
    };
    config.extend(run.column.iter().map(|key| ("fieldKey".to_string(), json!(key))));
    config.extend(input.clone());
    config.into()
}

/// The records that the job is about: those that are meant, of a sheet all of them when nothing is said.
fn subject(run: ActionRun) -> Option<JobSubject> {
    let (sheet, query) = match (run.records, run.job_type) {
        (Some((sheet, query)), _) => (sheet.to_string(), query),
        (None, JobType::Sheet) => (run.source, RecordQuery::default()),
        (None, _) => return None,
    };
    let mut params = object(json!({ "sheetId": sheet }));
    if let Some(key) = run.column {
        params.insert("columnKey".to_string(), Value::String(key));
    }
    Some(JobSubject::Collection { resource: "records".to_string(), params: Some(params), query: Some(query) })
}

/// The same action on the same records with the same input, however often it is pressed.
fn unique_key(run: &ActionRun, input: &Map<String, Value>, secrets: &[String]) -> Result<String> {
    let subject = (&run.records, input, &run.column, secrets);
    let subject = serde_json::to_vec(&subject).map_err(ServiceError::internal)?;
    let digest = Sha256::digest(&subject);
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}:{}:{}:{short}", run.job_type, run.operation, run.source))
}
