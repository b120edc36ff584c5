//! Workbooks with their sheets: made from blueprints, changed, deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::spaces::find_space;
use super::workbook_sheets::{Upserted, insert_sheet, new_sheet, target, upsert_sheet};
use super::{Page, Paged, Result, Service, ServiceError, actions, allow, announce, open_commits, schedules};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::blueprint::WorkbookConfig;
use crate::domain::event::Topic;
use crate::domain::ids::{Id, SpaceId, WorkbookId};
use crate::domain::mount::{self, MountKind};
use crate::domain::space::Space;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::{Sheet, Workbook};
use crate::store::workbooks::WorkbookFilter;
use crate::store::{self, Tx, new_id, now, sheets, workbooks};

/// A workbook with its sheets in order.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkbookWithSheets {
    /// The workbook.
    pub workbook: Workbook,
    /// Its sheets.
    pub sheets: Vec<Sheet>,
}

/// What changes in a workbook; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct WorkbookChange {
    /// What people read.
    pub name: Option<String>,
    /// Replaces the list.
    pub labels: Option<Vec<String>>,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<Option<String>>,
    /// Replaces the list.
    pub actions: Option<Vec<Action>>,
    /// Replaces the stored object.
    pub settings: Option<Option<Value>>,
    /// Replaces the stored object.
    pub metadata: Option<Option<Value>>,
    /// Each is merged into the sheet of the same id or slug, or made; sheets not named stay.
    pub sheets: Option<Vec<Value>>,
    /// Merged into the members that are kept; those that are `null` are forgotten.
    pub extra: Map<String, Value>,
}

impl WorkbookChange {
    /// Makes it in the workbook itself, not in its sheets.
    fn apply(self, workbook: &mut Workbook) -> Result<()> {
        if let Some(actions) = self.actions {
            mount::check(MountKind::Workbook, &actions)?;
            workbook.actions = actions;
        }
        if let Some(namespace) = self.namespace {
            workbook.namespace = namespace.filter(|name| !name.is_empty());
        }
        if let Some(name) = self.name {
            workbook.name = name;
        }
        if let Some(labels) = self.labels {
            workbook.labels = labels;
        }
        if let Some(settings) = self.settings {
            workbook.settings = settings;
        }
        if let Some(metadata) = self.metadata {
            workbook.metadata = metadata;
        }
        workbook.extra.extend(self.extra);
        workbook.extra.retain(|_, value| !value.is_null());
        Ok(())
    }
}

/// The workbooks with their sheets.
async fn with_sheets(tx: &mut Tx, actor: &Actor, found: Vec<Workbook>) -> Result<Vec<WorkbookWithSheets>> {
    let mut sheets: BTreeMap<WorkbookId, Vec<Sheet>> = BTreeMap::new();
    for sheet in sheets::of_workbooks(tx, &actor.scope, found.iter().map(|workbook| &workbook.id)).await? {
        sheets.entry(sheet.workbook_id.clone()).or_default().push(sheet);
    }
    let joined = |workbook: Workbook| {
        let sheets = sheets.remove(&workbook.id).unwrap_or_default();
        WorkbookWithSheets { workbook, sheets }
    };
    Ok(found.into_iter().map(joined).collect())
}

impl Service {
    /// The space, id and name of each workbook of some spaces, the oldest first, without those that were made of files.
    pub async fn workbook_names(
        &self,
        actor: &Actor,
        spaces: &[SpaceId],
    ) -> Result<Vec<(String, String, String)>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        Ok(workbooks::names(&mut tx, &actor.scope, spaces).await?)
    }

    /// The workbooks of a space with their sheets.
    pub async fn workbooks(&self, actor: &Actor, space: &SpaceId) -> Result<Vec<WorkbookWithSheets>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find_space(&mut tx, actor, space).await?;
        let found = workbooks::list(&mut tx, &actor.scope, space).await?;
        with_sheets(&mut tx, actor, found).await
    }

    /// One page of the workbooks that fit, the oldest first; of every space that the actor sees unless the filter names
    /// one. They come without their sheets where those are not wanted.
    pub async fn list_workbooks(
        &self,
        actor: &Actor,
        filter: &WorkbookFilter,
        page: Page,
        wants_sheets: bool,
    ) -> Result<Paged<WorkbookWithSheets>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        if let Some(space) = &filter.space_id {
            find_space(&mut tx, actor, space).await?;
        }
        let (found, total) = workbooks::page(&mut tx, &actor.scope, filter, page.offset(), page.size).await?;
        let items = match wants_sheets {
            true => with_sheets(&mut tx, actor, found).await?,
            false => {
                let alone = |workbook| WorkbookWithSheets { workbook, sheets: Vec::new() };
                found.into_iter().map(alone).collect()
            }
        };
        Ok(Paged { items, total })
    }

    /// One workbook with its sheets.
    pub async fn workbook(&self, actor: &Actor, id: &WorkbookId) -> Result<WorkbookWithSheets> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        read(&mut tx, actor, id).await
    }

    /// The same, also when it has expired: then it has no sheets.
    pub async fn workbook_or_expired(&self, actor: &Actor, id: &WorkbookId) -> Result<WorkbookWithSheets> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let workbook = workbooks::find_or_expired(&mut tx, &actor.scope, id).await?;
        let workbook = workbook.ok_or_else(|| ServiceError::not_found("workbook", id))?;
        let sheets = sheets::list(&mut tx, &actor.scope, id).await?;
        Ok(WorkbookWithSheets { workbook, sheets })
    }

    /// Makes a workbook and its sheets from a blueprint.
    pub async fn create_workbook(
        &self,
        actor: &Actor,
        space: &SpaceId,
        config: WorkbookConfig,
        extra: Map<String, Value>,
    ) -> Result<WorkbookWithSheets> {
        allow(actor, Operation::ManageWorkbook)?;
        let mut tx = self.db.write().await?;
        let space = find_space(&mut tx, actor, space).await?;
        let made = self.insert_workbook(&mut tx, actor, &space, config, extra).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Makes a workbook inside a transaction that also makes what is around it.
    pub(super) async fn insert_workbook(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        space: &Space,
        config: WorkbookConfig,
        extra: Map<String, Value>,
    ) -> Result<WorkbookWithSheets> {
        let made = insert_workbook(tx, actor, space, config, extra).await?;
        self.check_columns(&[], &made.sheets)?;
        Ok(made)
    }

    /// Changes a workbook and the sheets that the change names. Nothing is told of it when nothing is another.
    pub async fn update_workbook(
        &self,
        actor: &Actor,
        id: &WorkbookId,
        mut change: WorkbookChange,
    ) -> Result<WorkbookWithSheets> {
        allow(actor, Operation::ManageWorkbook)?;
        let entries = change.sheets.take().unwrap_or_default();
        let known = self.workbook(actor, id).await?.sheets;
        let mut held = self.hold(entries.iter().filter_map(|entry| target(&known, entry))).await?;
        let mut tx = self.db.write().await?;
        let WorkbookWithSheets { mut workbook, sheets: before } = read(&mut tx, actor, id).await?;
        let around = whereabouts(&mut tx, actor, &workbook.space_id, None).await?;
        let (was, tracked) = (workbook.clone(), workbook.tracks_changes());
        change.apply(&mut workbook)?;
        let has_changed = workbook != was;
        let only_actions = Workbook { actions: was.actions.clone(), ..workbook.clone() } == was;
        let mut slugs: BTreeSet<String> = before.iter().map(|sheet| sheet.slug.clone()).collect();
        let mut added = Vec::new();
        for (position, entry) in entries.into_iter().enumerate() {
            let place = |error: ServiceError| error.within(&format!("sheets[{position}]"));
            let known = (before.as_slice(), &slugs);
            match upsert_sheet(&mut tx, actor, (&workbook, &around), known, entry).await.map_err(place)? {
                Upserted::Added(sheet) => {
                    added.push(announce::sheet_change("sheet_added", &sheet));
                    slugs.insert(sheet.slug);
                }
                Upserted::Changed(before, after) => {
                    slugs.remove(&before.slug);
                    slugs.insert(after.slug.clone());
                    let followed = self.follow_blueprint(&mut tx, actor, &mut held, (before, &after));
                    followed.await.map_err(place)?;
                }
                Upserted::Same => {}
            }
        }
        if has_changed || !added.is_empty() {
            workbook.updated_at = now();
            workbooks::update(&mut tx, &workbook).await?;
            let [old, new] = [&was, &workbook].map(actions::of_workbook);
            schedules::follow(&mut tx, actor, id.as_str(), &old, &new).await?;
            added.extend(has_changed.then(|| announce::config_change(only_actions)));
            let payload = json!({ "changes": added });
            tx.emit(announce::of_workbook(Topic::WorkbookUpdated, actor, &workbook, &around, payload));
        }
        let after = read(&mut tx, actor, id).await?;
        self.check_columns(&before, &after.sheets)?;
        let is_there = |slug: &str| after.sheets.iter().any(|sheet| sheet.slug == slug);
        for sheet in after.sheets.iter().filter(|sheet| !before.contains(sheet)) {
            let checked = sheet.config.check_references(is_there);
            checked.map_err(|error| ServiceError::from(error).within(&sheet.config.name))?;
        }
        if workbook.tracks_changes() != tracked {
            open_commits::track(&mut tx, &workbook).await?;
        }
        tx.commit().await?;
        held.publish();
        Ok(after)
    }

    /// Refuses sheets that get more fields than the operator allows.
    pub(super) fn check_columns(&self, before: &[Sheet], after: &[Sheet]) -> Result<()> {
        for (position, sheet) in after.iter().enumerate() {
            let fields = sheet.config.fields.len();
            let had = before.iter().find(|other| other.id == sheet.id);
            if had.is_none_or(|had| had.config.fields.len() < fields) {
                let checked = self.settings.limits.check_columns(fields);
                checked.map_err(|error| {
                    ServiceError::from(error).within(&format!("sheets[{position}].fields"))
                })?;
            }
        }
        Ok(())
    }

    /// Deletes a workbook with its sheets.
    pub async fn delete_workbook(&self, actor: &Actor, id: &WorkbookId) -> Result<()> {
        allow(actor, Operation::ManageWorkbook)?;
        let mut tx = self.db.write().await?;
        let found = read(&mut tx, actor, id).await?;
        let around = whereabouts(&mut tx, actor, &found.workbook.space_id, None).await?;
        workbooks::delete(&mut tx, id, now()).await?;
        tx.emit(announce::of_workbook(Topic::WorkbookDeleted, actor, &found.workbook, &around, json!({})));
        Ok(tx.commit().await?)
    }
}

async fn read(tx: &mut Tx, actor: &Actor, id: &WorkbookId) -> Result<WorkbookWithSheets> {
    let workbook = find_workbook(tx, actor, id).await?;
    let sheets = sheets::list(tx, &actor.scope, id).await?;
    Ok(WorkbookWithSheets { workbook, sheets })
}

/// The workbook of that id.
///
/// # Errors
/// There is none for this actor.
pub(super) async fn find_workbook(tx: &mut Tx, actor: &Actor, id: &WorkbookId) -> Result<Workbook> {
    workbooks::find(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("workbook", id))
}

/// What events tell of a space, and of a workbook of it.
pub(super) async fn whereabouts(
    tx: &mut Tx,
    actor: &Actor,
    space: &SpaceId,
    workbook: Option<&WorkbookId>,
) -> Result<Whereabouts> {
    Ok(store::whereabouts::find(tx, &actor.scope, space, workbook).await?.unwrap_or_default())
}

async fn insert_workbook(
    tx: &mut Tx,
    actor: &Actor,
    space: &Space,
    config: WorkbookConfig,
    mut extra: Map<String, Value>,
) -> Result<WorkbookWithSheets> {
    let config = config.checked()?;
    mount::check(MountKind::Workbook, &config.actions)?;
    extra.extend(config.folder.map(|folder| ("folder".to_string(), folder.into())));
    if !config.treatments.is_empty() {
        extra.insert("treatments".to_string(), config.treatments.into());
    }
    let (moment, around) = (now(), space.whereabouts());
    let workbook = Workbook {
        id: new_id(),
        account_id: space.account_id.clone(),
        environment_id: space.environment_id.clone(),
        space_id: space.id.clone(),
        name: config.name,
        namespace: config.namespace.filter(|name| !name.is_empty()),
        labels: config.labels,
        actions: config.actions,
        settings: config.settings,
        metadata: config.metadata,
        extra,
        created_at: moment,
        updated_at: moment,
        expired_at: None,
    };
    workbooks::insert(tx, &workbook).await?;
    schedules::follow(tx, actor, workbook.id.as_str(), &[], &actions::of_workbook(&workbook)).await?;
    let payload = json!({
        "workbookId": workbook.id, "spaceId": space.id, "name": workbook.name,
        "namespace": workbook.namespace, "sheetCount": config.sheets.len(),
    });
    tx.emit(announce::of_workbook(Topic::WorkbookCreated, actor, &workbook, &around, payload));
    let around = Arc::new(announce::within(&around, &workbook));
    let mut made = Vec::new();
    for (position, sheet) in config.sheets.into_iter().enumerate() {
        let sheet = new_sheet(&workbook, &around, position as i64, sheet)?;
        made.push(insert_sheet(tx, actor, sheet).await?);
    }
    Ok(WorkbookWithSheets { workbook, sheets: made })
}
