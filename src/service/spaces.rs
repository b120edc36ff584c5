//! Spaces: made, changed, put away, deleted.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::new_job::NewJob;
use super::{
    Page, Paged, Result, Service, ServiceError, actions, allow, announce, apps, environments, schedules,
};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::event::Topic;
use crate::domain::ids::{AppId, EnvironmentId, Id, SpaceId, WorkbookId};
use crate::domain::job::{JobTrigger, JobType};
use crate::domain::mount::{self, MountKind};
use crate::domain::space::{self, Inherited, Space, SpaceSummary};
use crate::domain::tenant::Environment;
use crate::store::events::Sequence;
use crate::store::spaces::SpaceFilter;
use crate::store::{Tx, events, new_id, now, spaces, workbooks};

/// What a new space is given.
#[derive(Debug, Clone, Default)]
pub struct NewSpace {
    /// Where it belongs; a key's own environment when absent.
    pub environment_id: Option<EnvironmentId>,
    /// What people read; made up when absent.
    pub name: Option<String>,
    /// Narrows the listeners that hear of it; that of its app when absent.
    pub namespace: Option<String>,
    /// The app that it belongs to.
    pub app_id: Option<AppId>,
    /// Whether listeners make others of its app like it.
    pub is_app_template: bool,
    /// The workbook that opens first.
    pub primary_workbook_id: Option<WorkbookId>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// `omitActions` and others.
    pub settings: Option<Value>,
    /// Buttons of the space.
    pub actions: Vec<Action>,
    /// Marks, such as `embedded`.
    pub labels: Vec<String>,
    /// A listener shall configure it: a job `space:configure` starts at once.
    pub auto_configure: bool,
    /// Members that are kept and handed back.
    pub extra: Map<String, Value>,
}

/// What changes in a space; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SpaceChange {
    /// What people read.
    pub name: Option<String>,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<Option<String>>,
    /// The app that it belongs to.
    pub app_id: Option<Option<AppId>>,
    /// Whether listeners make others of its app like it.
    pub is_app_template: Option<bool>,
    /// The workbook that opens first.
    pub primary_workbook_id: Option<Option<WorkbookId>>,
    /// Replaces the stored object.
    pub metadata: Option<Option<Value>>,
    /// Replaces the stored object.
    pub settings: Option<Option<Value>>,
    /// Replaces the list.
    pub actions: Option<Vec<Action>>,
    /// Replaces the list.
    pub labels: Option<Vec<String>>,
    /// Whether it is put away.
    pub archived: Option<bool>,
    /// Merged into the members that are kept; those that are `null` are forgotten.
    pub extra: Map<String, Value>,
}

impl Service {
    /// The spaces that the actor sees, newest first.
    pub async fn spaces(
        &self,
        actor: &Actor,
        filter: &SpaceFilter,
        page: Page,
    ) -> Result<Paged<SpaceSummary>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let (mut items, total) =
            spaces::list(&mut tx, &actor.scope, filter, page.offset(), page.size).await?;
        for summary in &mut items {
            spaces::count_granted(&mut tx, &actor.scope, summary).await?;
            hide_primary(&mut tx, actor, &mut summary.space).await?;
        }
        Ok(Paged { items, total })
    }

    /// The ids and names of the spaces of an environment that the actor sees, the one last worked in first.
    pub async fn space_names(
        &self,
        actor: &Actor,
        environment: &EnvironmentId,
        most: u64,
    ) -> Result<Vec<(String, String)>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        Ok(spaces::names(&mut tx, &actor.scope, environment, most).await?)
    }

    /// One space.
    pub async fn space(&self, actor: &Actor, id: &SpaceId) -> Result<Space> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let mut space = find_space(&mut tx, actor, id).await?;
        hide_primary(&mut tx, actor, &mut space).await?;
        Ok(space)
    }

    /// One space, also when it has expired.
    pub async fn space_or_expired(&self, actor: &Actor, id: &SpaceId) -> Result<Space> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let found = spaces::find_or_expired(&mut tx, &actor.scope, id).await?;
        let mut space = found.ok_or_else(|| ServiceError::not_found("space", id))?;
        hide_primary(&mut tx, actor, &mut space).await?;
        Ok(space)
    }

    /// The place of the newest event of a space: where a page begins to listen.
    pub async fn space_sequence(&self, actor: &Actor, id: &SpaceId) -> Result<i64> {
        self.space(actor, id).await?;
        let mut tx = self.db.read().await?;
        Ok(events::last_sequence(&mut tx, &Sequence::Space(id.clone())).await?)
    }

    /// Makes a space, and the job that lets a listener configure it.
    pub async fn create_space(&self, actor: &Actor, mut new: NewSpace) -> Result<Space> {
        allow(actor, Operation::CreateSpace)?;
        let mut tx = self.db.write().await?;
        let environment = environments::named_or_own(&mut tx, actor, new.environment_id.take()).await?;
        let space = self.insert_space(&mut tx, actor, &environment, new).await?;
        tx.commit().await?;
        Ok(space)
    }

    /// Makes a space inside a transaction that also makes what is around or in it.
    pub(super) async fn insert_space(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        environment: &Environment,
        new: NewSpace,
    ) -> Result<Space> {
        mount::check(MountKind::Space, &new.actions)?;
        space::check_extra(&new.extra)?;
        let app = match &new.app_id {
            Some(id) => Some(apps::find_for_space(tx, actor, &environment.id, id).await?),
            None => None,
        };
        let given = new.namespace.filter(|name| !name.is_empty());
        let moment = now();
        let space = Space {
            id: new_id(),
            inherited: Inherited::from(environment),
            account_id: environment.account_id.clone(),
            environment_id: environment.id.clone(),
            name: new
                .name
                .filter(|name| !name.trim().is_empty())
                .unwrap_or_else(|| format!("Space of {}", &moment.to_string()[..10])),
            namespace: given.or_else(|| app.map(|app| app.content.namespace)),
            app_id: new.app_id,
            is_app_template: new.is_app_template,
            primary_workbook_id: new.primary_workbook_id,
            metadata: new.metadata,
            settings: new.settings,
            actions: new.actions,
            labels: new.labels,
            extra: new.extra,
            created_by: actor.id.clone(),
            created_by_name: None,
            created_at: moment,
            updated_at: moment,
            last_activity_at: moment,
            archived_at: None,
            expired_at: None,
        };
        spaces::insert(tx, &space).await?;
        // With the name of who made it.
        let space = find_space(tx, &Actor { scope: space.scope(), ..actor.clone() }, &space.id).await?;
        schedules::follow(tx, actor, space.id.as_str(), &[], &actions::of_space(&space)).await?;
        let mut payload =
            json!({ "spaceId": space.id, "environmentId": space.environment_id, "name": space.name });
        if let Some(app) = &space.app_id {
            payload["appId"] = json!(app);
        }
        tx.emit(announce::of_space(Topic::SpaceCreated, actor, &space, payload));
        if new.auto_configure {
            let mut job = NewJob::new(JobType::Space, "configure", space.id.as_str());
            job.trigger = JobTrigger::Immediate;
            job.label = Some("Set up".to_string());
            let seen_by_all = Actor { scope: space.scope(), ..actor.clone() };
            self.insert_job(tx, &seen_by_all, job).await?;
        }
        Ok(space)
    }

    /// Changes a space. Nothing is told when nothing is another.
    pub async fn update_space(&self, actor: &Actor, id: &SpaceId, change: SpaceChange) -> Result<Space> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let before = find_space(&mut tx, actor, id).await?;
        let mut space = before.clone();
        if let Some(name) = change.name {
            space.name = name;
        }
        if let Some(namespace) = change.namespace {
            space.namespace = namespace.filter(|name| !name.is_empty());
        }
        if let Some(app) = change.app_id.filter(|app| *app != space.app_id) {
            if let Some(id) = &app {
                apps::find_for_space(&mut tx, actor, &space.environment_id, id).await?;
            }
            space.app_id = app;
        }
        space.is_app_template = change.is_app_template.unwrap_or(space.is_app_template);
        if let Some(workbook) = change.primary_workbook_id {
            space.primary_workbook_id = workbook;
        }
        if let Some(actions) = change.actions {
            mount::check(MountKind::Space, &actions)?;
            space.actions = actions;
        }
        space.metadata = change.metadata.unwrap_or(space.metadata);
        space.settings = change.settings.unwrap_or(space.settings);
        space.labels = change.labels.unwrap_or(space.labels);
        space::check_extra(&change.extra)?;
        space.extra.extend(change.extra);
        space.extra.retain(|_, value| !value.is_null());
        let archived = change.archived.filter(|archived| *archived != space.archived_at.is_some());
        if let Some(archived) = archived {
            space.archived_at = archived.then(now);
        }
        if space == before {
            return Ok(space);
        }
        space.updated_at = now();
        let changes = changes(&before, &space);
        if !changes.is_empty() {
            space.last_activity_at = space.updated_at;
            let [old, new] = [&before, &space].map(actions::of_space);
            schedules::follow(&mut tx, actor, space.id.as_str(), &old, &new).await?;
            let payload = json!({ "changes": changes });
            tx.emit(announce::of_space(Topic::SpaceUpdated, actor, &space, payload));
        }
        if let Some(archived) = archived {
            let topic = if archived { Topic::SpaceArchived } else { Topic::SpaceUnarchived };
            tx.emit(announce::of_space(topic, actor, &space, json!({})));
        }
        spaces::update(&mut tx, &space).await?;
        tx.commit().await?;
        Ok(space)
    }

    /// Puts a space away, or takes it back.
    pub async fn archive_space(&self, actor: &Actor, id: &SpaceId, archived: bool) -> Result<()> {
        let change = SpaceChange { archived: Some(archived), ..SpaceChange::default() };
        self.update_space(actor, id, change).await.map(|_| ())
    }

    /// Deletes spaces with everything in them: all, or none when one is not there.
    pub async fn delete_spaces(&self, actor: &Actor, ids: &[SpaceId]) -> Result<()> {
        allow(actor, Operation::DeleteSpace)?;
        // In one order, so that two who delete do not wait for one another.
        let ids: BTreeSet<&SpaceId> = ids.iter().collect();
        let mut tx = self.db.write().await?;
        for id in ids {
            let space = find_space(&mut tx, actor, id).await?;
            spaces::delete(&mut tx, id, now()).await?;
            tx.emit(announce::of_space(Topic::SpaceDeleted, actor, &space, json!({})));
        }
        Ok(tx.commit().await?)
    }
}

/// What is another in a space, member by member, as `space:updated` tells it.
pub(super) fn changes(before: &Space, after: &Space) -> Vec<Value> {
    let members = |space: &Space| {
        let mut members = space.extra.clone();
        members.extend(announce::object(json!({
            "name": space.name, "namespace": space.namespace, "primaryWorkbookId": space.primary_workbook_id,
            "metadata": space.metadata, "settings": space.settings, "actions": space.actions,
            "labels": space.labels, "appId": space.app_id, "isAppTemplate": space.is_app_template,
        })));
        members
    };
    announce::changes(&members(before), &members(after))
}

/// Whoever does not see the workbook that opens first is not told of it.
async fn hide_primary(tx: &mut Tx, actor: &Actor, space: &mut Space) -> Result<()> {
    if actor.scope.granted_to.is_none() {
        return Ok(());
    }
    if let Some(id) = &space.primary_workbook_id
        && workbooks::find(tx, &actor.scope, id).await?.is_none()
    {
        space.primary_workbook_id = None;
    }
    Ok(())
}

/// The space of that id.
///
/// # Errors
/// There is none for this actor.
pub(super) async fn find_space(tx: &mut Tx, actor: &Actor, id: &SpaceId) -> Result<Space> {
    spaces::find(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("space", id))
}
