//! Commits that listeners have yet to answer, in workbooks that track changes: who completes them, and what waits for it
//! (section 2.7 of the wire contract).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::announce::of_commit;
use super::records::commit_event;
use super::run_action::ActionRun;
use super::workbooks::WorkbookWithSheets;
use super::{Result, Service, ServiceError, allow, allow_in, sheets as find_sheets};
use crate::domain::access::{Actor, Operation, Role};
use crate::domain::event::{NewEvent, Topic};
use crate::domain::ids::{CommitId, EventId, Id, SheetId, WorkbookId};
use crate::domain::job::JobType;
use crate::domain::time::Timestamp;
use crate::domain::wording::counted;
use crate::domain::workbook::{Sheet, Workbook};
use crate::store::open_commits::{self, SilentCommit};
use crate::store::{Tx, events, now, records, sheets};

/// What the write of a listener answers. Only [`Service::answering`] makes one, so that it is of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The commit that it is about; nothing when the event was of none, but of a job.
    pub(super) commit: Option<CommitId>,
}

/// How many checks the sheets of some workbooks wait for.
#[derive(Debug, Clone, Default)]
pub struct OpenChecks(BTreeMap<i64, u64>);

impl OpenChecks {
    /// Why actions on these sheets cannot be pressed now; nothing when nobody is waited for.
    pub fn reason<'a>(&self, sheets: impl IntoIterator<Item = &'a Sheet>) -> Option<String> {
        let open: u64 = sheets.into_iter().filter_map(|sheet| self.0.get(&sheet.number)).sum();
        (open > 0).then(|| format!("Waiting for {} of the records to finish", counted(open, "check")))
    }
}

impl Service {
    /// What a write answers that names an event, a commit, or both.
    ///
    /// # Errors
    /// `NotFound` when there is no such event or no such commit of the sheet, `BadRequest` when the event tells of
    /// something else.
    pub async fn answering(
        &self,
        actor: &Actor,
        sheet: &SheetId,
        event: Option<&EventId>,
        commit: Option<&CommitId>,
    ) -> Result<Answered> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.read().await?;
        let sheet = find_sheets::find(&mut tx, actor, sheet).await?;
        allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
        let mut answered = commit.cloned();
        if let Some(id) = event {
            let found = events::find(&mut tx, &actor.scope, id).await?;
            let found = found.ok_or_else(|| ServiceError::not_found("event", id))?;
            let named = |member: &str| found.context.get(member).and_then(Value::as_str);
            let is_here = match named("sheetId") {
                Some(sheet_id) => sheet_id == sheet.id.as_str(),
                // A job may be about a whole workbook.
                None => named("workbookId") == Some(sheet.workbook_id.as_str()),
            };
            if !is_here {
                let message = format!("for: the event `{id}` tells of nothing in {}", sheet.config.name);
                return Err(ServiceError::bad_request(message));
            }
            let told = named("commitId").map(CommitId::parse).transpose()?;
            if answered.is_some() && answered != told {
                let message = format!("commitId: the event `{id}` is not of this commit");
                return Err(ServiceError::bad_request(message));
            }
            answered = told;
        }
        if let Some(id) = &answered {
            let found = records::commit(&mut tx, sheet.number, id).await?;
            found.ok_or_else(|| ServiceError::not_found("commit", id))?;
        }
        Ok(Answered { commit: answered })
    }

    /// How many checks the sheets of these workbooks wait for.
    pub async fn open_checks(&self, actor: &Actor, workbooks: &[WorkbookWithSheets]) -> Result<OpenChecks> {
        allow(actor, Operation::ReadSpace)?;
        let mut all = OpenChecks::default();
        for WorkbookWithSheets { workbook, .. } in workbooks {
            if workbook.tracks_changes() {
                let mut tx = self.db.read().await?;
                all.0.append(&mut open_commits::count_by_sheet(&mut tx, &workbook.id).await?);
            }
        }
        Ok(all)
    }

    /// Why a developer's action has to wait: records that it may be about are still being checked by listeners.
    pub(super) async fn checks_before(&self, actor: &Actor, run: &ActionRun) -> Result<Option<String>> {
        let sheets = match run.job_type {
            JobType::Sheet => vec![self.sheet(actor, &SheetId::parse(&run.source)?).await?],
            JobType::Workbook => self.sheets(actor, &WorkbookId::parse(&run.source)?).await?,
            _ => Vec::new(),
        };
        let Some(tracking) = sheets.iter().find(|sheet| sheet.tracks_changes) else { return Ok(None) };
        let mut tx = self.db.read().await?;
        let open = open_commits::count_by_sheet(&mut tx, &tracking.workbook_id).await?;
        Ok(OpenChecks(open).reason(&sheets))
    }

    /// A listener reads the records of a commit: it is alive.
    pub(super) async fn hear_of_commit(&self, id: &CommitId) -> Result<()> {
        let mut tx = self.db.write().await?;
        open_commits::hear(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
    }

    /// Completes the commits whose listeners have been silent for too long at `moment`, a hundred at most, and says how
    /// many they were: nobody may be listening, and actions must not wait for ever.
    pub async fn complete_silent_commits(&self, moment: Timestamp) -> Result<usize> {
        let since = moment.plus(-self.settings.timeouts.commits);
        let mut tx = self.db.read().await?;
        let silent = open_commits::silent(&mut tx, since).await?;
        drop(tx);
        let mut completed = 0;
        for commit in silent {
            completed += usize::from(self.give_up(&commit, since).await?);
        }
        Ok(completed)
    }

    async fn give_up(&self, silent: &SilentCommit, since: Timestamp) -> Result<bool> {
        let mut tx = self.db.write().await?;
        let commit = (silent.number, &silent.id);
        // A listener may have answered since.
        if !open_commits::complete(&mut tx, commit, None, now(), Some(since)).await? {
            return Ok(false);
        }
        let seconds = self.settings.timeouts.commits / 1000;
        let actor = Actor { id: silent.id.to_string(), role: Role::System, scope: silent.scope.clone() };
        if let Some(sheet) = sheets::find(&mut tx, &actor.scope, &silent.sheet).await? {
            let reason = format!("no listener answered within {seconds} seconds");
            tx.emit(completed(None, &sheet, &silent.id, Some(reason)));
        }
        tx.commit().await?;
        tracing::warn!(commit = %silent.id, sheet = %silent.sheet, seconds, "no listener answered a commit");
        Ok(true)
    }
}

/// Tells listeners of a commit, which is open until one of them has answered where the sheet tracks changes.
pub(super) fn ask(tx: &mut Tx, actor_id: &str, sheet: &Sheet, commit: &CommitId) {
    tx.emit(commit_event(actor_id, sheet, commit));
    if sheet.tracks_changes {
        open_commits::open(tx, commit, now());
    }
}

/// Completes a commit and says so, once.
pub(super) async fn complete(tx: &mut Tx, actor: &Actor, sheet: &Sheet, commit: &CommitId) -> Result<()> {
    let is_first = sheet.tracks_changes
        && open_commits::complete(tx, (sheet.number, commit), Some(&actor.id), now(), None).await?;
    if is_first {
        tx.emit(completed(Some(&actor.id), sheet, commit, None));
    }
    Ok(())
}

/// Begins to track the changes of a workbook's sheets, or ceases to: then nobody is waited for any more.
pub(super) async fn track(tx: &mut Tx, workbook: &Workbook) -> Result<()> {
    sheets::set_tracking(tx, &workbook.id, workbook.tracks_changes()).await?;
    if !workbook.tracks_changes() {
        open_commits::complete_all(tx, &workbook.id, now()).await?;
    }
    Ok(())
}

/// A listener wrote what lies over the commit that it answered.
pub(super) fn layer(actor_id: &str, sheet: &Sheet, answered: &CommitId, layer: &CommitId) -> NewEvent {
    let about = json!({ "layerId": layer, "commitId": answered });
    let event = of_commit(Topic::LayerCreated, actor_id, sheet, answered, about);
    NewEvent { data_path: None, ..event }
}

/// A commit was completed by somebody, or by nobody for a reason.
fn completed(by: Option<&str>, sheet: &Sheet, commit: &CommitId, reason: Option<String>) -> NewEvent {
    let payload = json!({
        "sheetId": sheet.id, "workbookId": sheet.workbook_id, "versionId": commit, "commitId": commit,
        "completedBy": by,
    });
    let actor_id = by.unwrap_or_default();
    let mut event = of_commit(Topic::CommitCompleted, actor_id, sheet, commit, payload);
    event.data_path = None;
    if let Some(reason) = reason {
        event.context.remove("actorId");
        event.payload.insert("reason".to_string(), reason.into());
    }
    event
}
