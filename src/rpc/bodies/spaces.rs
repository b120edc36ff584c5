//! Home and the frame of a space.

use serde_json::Map;

use super::actions::views;
use super::{Asker, id, jobs, sentence};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::WorkbookConfig;
use crate::domain::extraction::is_extracted;
use crate::domain::ids::SpaceId;
use crate::domain::mount::Spot;
use crate::domain::parse::{ParseError, from_slice};
use crate::domain::space::Space;
use crate::domain::workbook::Sheet;
use crate::rpc::RpcError;
use crate::rpc::actions::ActionView;
use crate::rpc::spaces::{Created, DocumentEntry, HomeList, SheetEntry, SpaceFrame, SpaceRow, WorkbookEntry};
use crate::service::Page;
use crate::service::actions::Around;
use crate::service::open_commits::OpenChecks;
use crate::service::spaces::{NewSpace, SpaceChange};
use crate::service::workbooks::WorkbookWithSheets;
use crate::store::jobs::JobFilter;
use crate::store::now;
use crate::store::spaces::SpaceFilter;

/// Spaces that Home lists.
const MOST_SPACES: u64 = 200;
/// Jobs that a page comes with.
const MOST_JOBS: u64 = 20;

pub async fn home() -> Result<HomeList, RpcError> {
    let asker = Asker::of_request()?;
    let filter = SpaceFilter { archived: Some(false), ..SpaceFilter::default() };
    let found = asker.service.spaces(&asker.actor, &filter, Page::first(MOST_SPACES)).await?;
    let row = |summary: crate::domain::space::SpaceSummary| SpaceRow {
        hint: hint(&summary.space),
        id: summary.space.id.to_string(),
        name: summary.space.name,
        workbooks: summary.workbooks,
        records: summary.records,
        invalid: summary.invalid,
        last_activity: summary.space.last_activity_at.0,
    };
    Ok(HomeList {
        spaces: found.items.into_iter().map(row).collect(),
        total: found.total,
        now: now().0,
        person: asker.person(),
    })
}

/// What to try in the demo space.
fn hint(space: &Space) -> Option<String> {
    let is_tour = space.metadata.as_ref().is_some_and(|metadata| metadata["tour"] == true);
    is_tour.then(|| {
        "to try it: put a record right that is marked red, drop a CSV file on the sheet, or press Submit."
            .to_string()
    })
}

pub async fn space(space_id: String) -> Result<SpaceFrame, RpcError> {
    let asker = Asker::of_request()?;
    let id: SpaceId = id(&space_id)?;
    let (service, actor) = (&asker.service, &asker.actor);
    // The place in the log is read first: what happens meanwhile is heard again, never missed.
    let sequence = service.space_sequence(actor, &id).await?;
    let space = service.space(actor, &id).await?;
    let workbooks = service.workbooks(actor, &id).await?;
    let documents = service.document_titles(actor, &id).await?;
    let documents = documents.into_iter().filter(|document| !document.is_ephemeral());
    let alone = service.actions_alone(actor, &id).await?;
    let around = Around::space(&space, &alone);
    let runs = actor.may(Operation::RunJobs);
    let actions = if runs { views(&around.at(&Spot::Space)) } else { Vec::new() };
    let checks = service.open_checks(actor, &workbooks).await?;
    // What was read from a file is not worked on there: it has its address, and no place in the sidebar.
    let shown = workbooks.iter().filter(|found| !is_extracted(&found.workbook));
    let workbooks = shown.map(|found| entry(actor, found, around, &checks)).collect();
    let files = service.files(actor, Some(&id), None, Page::first(1)).await?.total;
    let filter = JobFilter { space_id: Some(id), ..JobFilter::default() };
    let running = JobFilter { unfinished: true, ..filter.clone() };
    let running = service.jobs(actor, &running, Page::first(MOST_JOBS)).await?.items;
    let unseen = JobFilter { unseen: true, created_by: Some(actor.id.clone()), ..filter };
    let mut unseen = service.jobs(actor, &unseen, Page::first(MOST_JOBS)).await?.items;
    unseen.retain(|job| job.outcome.as_ref().is_some_and(|outcome| outcome.acknowledge == Some(true)));
    let mut cards = Vec::new();
    for job in running.into_iter().chain(unseen).rev() {
        cards.push(jobs::card(&asker, job).await);
    }
    Ok(SpaceFrame {
        id: space.id.to_string(),
        name: space.name,
        primary_workbook: space.primary_workbook_id.map(|id| id.to_string()),
        documents: documents
            .map(|document| DocumentEntry { id: document.id.to_string(), title: document.title })
            .collect(),
        workbooks,
        actions,
        files,
        jobs: cards,
        sequence,
        person: asker.person(),
        manages: actor.may(Operation::ManageSpace),
        now: now().0,
    })
}

fn entry(
    actor: &Actor,
    WorkbookWithSheets { workbook, sheets }: &WorkbookWithSheets,
    around: Around<'_>,
    checks: &OpenChecks,
) -> WorkbookEntry {
    let around = Around { workbook: Some(workbook), ..around };
    let sheet = |sheet: &Sheet| {
        let around = Around { sheet: Some(sheet), ..around };
        let reason = checks.reason([sheet]);
        SheetEntry {
            id: sheet.id.to_string(),
            name: sheet.config.name.clone(),
            records: sheet.counts.total,
            invalid: sheet.counts.error,
            actions: waiting(reason.as_deref(), views(&around.at(&Spot::Sheet(sheet)))),
            column_actions: waiting(reason.as_deref(), views(&around.at_columns(sheet))),
        }
    };
    let mut entry = WorkbookEntry {
        id: workbook.id.to_string(),
        name: workbook.name.clone(),
        actions: waiting(checks.reason(sheets).as_deref(), views(&around.at(&Spot::Workbook(workbook)))),
        sheets: sheets.iter().map(sheet).collect(),
    };
    if !actor.may_in(Operation::RunJobs, &workbook.id) {
        entry.actions.clear();
        for sheet in &mut entry.sheets {
            sheet.actions.clear();
            sheet.column_actions.clear();
        }
    }
    entry
}

/// Actions that cannot be pressed for a reason that passes; those that never can keep theirs.
fn waiting(reason: Option<&str>, mut actions: Vec<ActionView>) -> Vec<ActionView> {
    if let Some(reason) = reason {
        for action in &mut actions {
            action.requirements.never.get_or_insert_with(|| reason.to_string());
        }
    }
    actions
}

pub async fn create_space(name: String, blueprint: String) -> Result<Created, RpcError> {
    let asker = Asker::of_request()?;
    let config = match from_slice(blueprint.as_bytes()).and_then(WorkbookConfig::from_blueprint) {
        Ok(config) => config,
        Err(error) => return Ok(refused(error)),
    };
    let (service, actor) = (&asker.service, &asker.actor);
    let environments = service.environments(actor, Page::first(100)).await?.items;
    let environment = environments.iter().find(|environment| !environment.is_prod).or(environments.first());
    let new = NewSpace {
        environment_id: environment.map(|environment| environment.id.clone()),
        name: Some(name),
        ..NewSpace::default()
    };
    let space = service.create_space(actor, new).await?;
    let workbook = service.create_workbook(actor, &space.id, config, Map::new()).await?;
    let primary =
        SpaceChange { primary_workbook_id: Some(Some(workbook.workbook.id)), ..SpaceChange::default() };
    service.update_space(actor, &space.id, primary).await?;
    Ok(Created::Space(space.id.to_string()))
}

fn refused(error: ParseError) -> Created {
    Created::Refused { place: error.path, message: sentence(&error.message) }
}
