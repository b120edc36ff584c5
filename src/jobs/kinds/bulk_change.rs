//! `sheet:find-replace`, `sheet:bulk-update`, `sheet:fill`, `sheet:clear-column` and `sheet:fill-column`: changes all
//! records that a query finds by one rule, as one change that can be undone.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::built_in_actions::ABOVE;
use crate::domain::cell_edit::Spelling;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::outcome::Outcome;
use crate::domain::query::RecordQuery;
use crate::domain::wording::{counted, too_long};
use crate::jobs::work::{Work, WorkError};
use crate::service::bulk::{BulkChange, BulkRun, Changed};

/// Commits of one transaction: 80,000 records at most.
pub(super) const TOGETHER: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    field_key: Option<String>,
    #[serde(default)]
    find: Value,
    #[serde(default)]
    spelling: Option<Spelling>,
    #[serde(default)]
    replace: Value,
    #[serde(default)]
    field_updates: BTreeMap<String, Update>,
    #[serde(default)]
    value: Option<Value>,
    /// `above`: empty cells get what stands above them.
    #[serde(default)]
    with: Option<String>,
    /// Keeps the records as they were under this name.
    #[serde(default)]
    snapshot_label: Option<String>,
    #[serde(flatten)]
    query: RecordQuery,
}

/// What was done.
struct Done {
    records: u64,
    /// Cells that would have been too long.
    too_long: u64,
}

#[derive(Deserialize)]
struct Update {
    #[serde(default)]
    value: Value,
}

impl Config {
    fn change(&self, operation: &str) -> Result<BulkChange, WorkError> {
        let field = self.field_key.clone().filter(|key| !key.is_empty());
        let named = || field.clone().ok_or_else(|| WorkError::Failed("config.fieldKey: name a field".into()));
        Ok(match (operation, &self.value) {
            ("bulk-update", _) => {
                let updates = self.field_updates.iter();
                BulkChange::Update(updates.map(|(key, update)| (key.clone(), update.value.clone())).collect())
            }
            ("clear-column", _) => BulkChange::Update(vec![(named()?, Value::Null)]),
            ("fill-column", _) if self.with.as_deref() == Some(ABOVE) => BulkChange::FillFromAbove(named()?),
            ("fill-column", value) => BulkChange::Fill(named()?, value.clone().unwrap_or_default()),
            ("fill", Some(value)) => BulkChange::Fill(named()?, value.clone()),
            ("fill", None) => BulkChange::FillDown(named()?),
            _ => BulkChange::Replace {
                field,
                find: self.find.clone(),
                spelling: self.spelling,
                with: self.replace.clone(),
            },
        })
    }
}

/// Changes the records.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config: Config = work.config()?;
    let rule = config.change(&work.job.operation)?;
    let (id, change) = match prepare(&work).await? {
        Start::Done(outcome) => return Ok(outcome),
        Start::With(id, change) => (id, change),
    };
    work.keep_version_as(&id, config.snapshot_label.clone()).await?;
    let named = (change.clone(), false);
    let begun = work.service.begin_bulk(&work.bound(), &id, &config.query, &rule, named, TOGETHER).await;
    go_on(&work, (&id, &change), begun.map_err(WorkError::from)).await
}

/// Where an attempt begins.
pub(super) enum Start {
    /// An earlier one was cut off after its last transaction.
    Done(Outcome),
    /// With a change of a sheet; nothing of it is there.
    With(SheetId, ChangeId),
}

/// Takes back what an earlier attempt wrote before it was cut off.
pub(super) async fn prepare(work: &Work) -> Result<Start, WorkError> {
    let (id, change) = (work.sheet()?, work.change()?);
    if let Some(done) = already_done(work) {
        let sheet = work.service.sheet(&work.actor, &id).await?;
        return Ok(Start::Done(outcome(done, &sheet.config.name)));
    }
    work.service.undo_unfinished(&work.actor, &id, &change).await?;
    Ok(Start::With(id, change))
}

/// Makes one transaction after the other, and takes the change back when it is cut off for good.
pub(super) async fn go_on(
    work: &Work,
    (id, change): (&SheetId, &ChangeId),
    begun: Result<BulkRun, WorkError>,
) -> Result<Outcome, WorkError> {
    match all(work, begun).await {
        Ok(done) => {
            let undo = json!({ "sheetId": id, "changeId": change });
            work.note(json!({ "undo": undo, "changedRecords": done.records, "tooLong": done.too_long }))
                .await?;
            let sheet = work.service.sheet(&work.actor, id).await?;
            Ok(outcome(done, &sheet.config.name))
        }
        Err(error) => {
            if work.is_over(&error).await? {
                work.service.undo_unfinished(&work.actor, id, change).await?;
            }
            Err(error)
        }
    }
}

/// Goes on to the end.
async fn all(work: &Work, begun: Result<BulkRun, WorkError>) -> Result<Done, WorkError> {
    let mut run = begun?;
    loop {
        work.progress_of_records(run.progress()).await?;
        if !work.service.go_on(&work.actor, &mut run, TOGETHER).await? {
            let Changed { records, too_long, .. } = work.service.end_bulk(run);
            return Ok(Done { records, too_long });
        }
    }
}

fn outcome(done: Done, name: &str) -> Outcome {
    let mut words = format!("{} changed in {name}", counted(done.records, "record"));
    if let Some(left) = too_long(done.too_long) {
        words.push_str(&format!(". {left}."));
    }
    Outcome::saying(words)
}

/// What an attempt at this run did that was cut off after its last transaction.
fn already_done(work: &Work) -> Option<Done> {
    let number = |name: &str| work.job.noted(name)?.as_u64();
    Some(Done { records: number("changedRecords")?, too_long: number("tooLong").unwrap_or(0) })
}
