//! Actions made, changed and deleted one by one, wherever they are written.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::actions::{self, lists};
use super::spaces::find_space;
use super::{Result, Service, ServiceError, allow, announce, schedules};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::event::Topic;
use crate::domain::ids::{ActionId, Id, SpaceId};
use crate::domain::mount::{self, Mount, MountKind, Origin, PlacedAction, Target};
use crate::domain::parse::{ParseError, from_value};
use crate::domain::space::Space;
use crate::store::{self, Tx, documents, files, new_id, now, sheets, spaces, workbooks};

/// Members of an action's answer that nobody changes by sending them back.
const READ_ONLY: [&str; 8] =
    ["id", "targetId", "spaceId", "createdAt", "updatedAt", "createdFrom", "lastPropagatedAt", "deletedAt"];

impl Service {
    /// Makes actions of a space that stand on their own, all or none.
    pub async fn create_actions(
        &self,
        actor: &Actor,
        space: &SpaceId,
        new: Vec<(Target, Action)>,
    ) -> Result<Vec<PlacedAction>> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let space = find_space(&mut tx, actor, space).await?;
        let began = now();
        let mut made = Vec::with_capacity(new.len());
        for (position, (target, action)) in new.into_iter().enumerate() {
            // They are shown in the order in which they were sent.
            let moment = began.plus(position as i64);
            mount::check_one(target.kind(), &action)?;
            let placed = PlacedAction {
                id: new_id(),
                space_id: space.id.clone(),
                target,
                action,
                origin: Origin::Alone,
                created_at: moment,
                updated_at: moment,
            };
            check_target(&mut tx, actor, &placed).await?;
            check_place(&mut tx, actor, &placed, None).await?;
            store::actions::insert(&mut tx, &space, &placed, &actor.id).await?;
            schedules::follow(&mut tx, actor, placed.id.as_str(), &[], std::slice::from_ref(&placed)).await?;
            tx.emit(announce::of_action(Topic::ActionCreated, actor, &space, &placed, json!([])));
            made.push(placed);
        }
        tx.commit().await?;
        Ok(made)
    }

    /// Changes an action: `members` take the place of those it has, `null` takes one away. An action of a list whose
    /// operation changes has another id since.
    pub async fn update_action(
        &self,
        actor: &Actor,
        id: &ActionId,
        members: Map<String, Value>,
    ) -> Result<PlacedAction> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let before = actions::find(&mut tx, actor, id).await?;
        let (action, changes) = merge(&before.action, members)?;
        mount::check_one(before.target.kind(), &action)?;
        let after = PlacedAction { action, updated_at: now(), ..before.clone() };
        if after.action == before.action {
            return Ok(before);
        }
        if matches!(before.origin, Origin::Field(_)) && after.action.mount != before.action.mount {
            let message =
                "an action in the list of a field stands in the menu of its column and nowhere else";
            return Err(ParseError::at("mount", message).into());
        }
        check_place(&mut tx, actor, &after, Some(id)).await?;
        let space = find_space(&mut tx, actor, &before.space_id).await?;
        let after = match before.origin {
            Origin::Alone => {
                store::actions::update(&mut tx, &after).await?;
                let [old, new] = [&before, &after].map(std::slice::from_ref);
                schedules::follow(&mut tx, actor, id.as_str(), old, new).await?;
                after
            }
            _ => rewrite(&mut tx, actor, &space, &before, Some(after.action)).await?.unwrap_or(before),
        };
        tx.emit(announce::of_action(Topic::ActionUpdated, actor, &space, &after, json!(changes)));
        tx.commit().await?;
        Ok(after)
    }

    /// Deletes an action.
    pub async fn delete_action(&self, actor: &Actor, id: &ActionId) -> Result<()> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let placed = actions::find(&mut tx, actor, id).await?;
        let space = find_space(&mut tx, actor, &placed.space_id).await?;
        if placed.origin == Origin::Alone {
            store::actions::delete(&mut tx, id, now()).await?;
            schedules::follow(&mut tx, actor, id.as_str(), std::slice::from_ref(&placed), &[]).await?;
        } else {
            rewrite(&mut tx, actor, &space, &placed, None).await?;
        }
        tx.emit(announce::of_action(Topic::ActionDeleted, actor, &space, &placed, json!([])));
        Ok(tx.commit().await?)
    }
}

/// The action with other members, and what has changed.
fn merge(action: &Action, members: Map<String, Value>) -> Result<(Action, Vec<Value>)> {
    let before = announce::object(serde_json::to_value(action).map_err(ServiceError::internal)?);
    let mut merged = before.clone();
    for (name, value) in members.into_iter().filter(|(name, _)| !READ_ONLY.contains(&name.as_str())) {
        match value {
            Value::Null => merged.shift_remove(&name),
            value => merged.insert(name, value),
        };
    }
    let action: Action = from_value(Value::Object(merged))?;
    let after = announce::object(serde_json::to_value(&action).map_err(ServiceError::internal)?);
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let changed = names.filter(|name| before.get(*name) != after.get(*name));
    let change = |name: &String| json!({ "field": name, "previousValue": before.get(name), "newValue": after.get(name) });
    Ok((action, changed.map(change).collect()))
}

/// Refuses a target that is not in the space.
async fn check_target(tx: &mut Tx, actor: &Actor, placed: &PlacedAction) -> Result<()> {
    match lists(tx, actor, &placed.target).await? {
        Some((space, _)) if space == placed.space_id => Ok(()),
        _ => Err(ServiceError::not_found(placed.target.kind().as_str(), placed.target.as_str())),
    }
}

/// Refuses a second action of the same operation at the same place of the same target.
async fn check_place(
    tx: &mut Tx,
    actor: &Actor,
    placed: &PlacedAction,
    but: Option<&ActionId>,
) -> Result<()> {
    let mut others = store::actions::list(tx, &actor.scope, &placed.space_id).await?;
    others.extend(lists(tx, actor, &placed.target).await?.into_iter().flat_map(|(_, list)| list));
    let is_there = |other: &&PlacedAction| {
        Some(&other.id) != but
            && other.target == placed.target
            && other.action.operation() == placed.action.operation()
            && other.mount().overlaps(&placed.mount())
    };
    match others.iter().find(is_there) {
        Some(other) => {
            let (operation, place) =
                (other.action.operation().unwrap_or_default(), other.mount().kind.as_str());
            let message = format!(
                "operation: `{operation}` stands at this {place} already, as the action `{}`; change that one",
                other.id
            );
            Err(ServiceError::conflict(message))
        }
        None => Ok(()),
    }
}

/// Puts another action into the place of one in a list, or takes it out. The answer is the new one.
async fn rewrite(
    tx: &mut Tx,
    actor: &Actor,
    space: &Space,
    before: &PlacedAction,
    new: Option<Action>,
) -> Result<Option<PlacedAction>> {
    let around = space.whereabouts();
    let operation = new.as_ref().and_then(|action| action.operation().ok().map(str::to_string));
    let missing = || ServiceError::not_found(before.target.kind().as_str(), before.target.as_str());
    let config_updated = announce::config_updated(true);
    let (event, after) = match &before.target {
        Target::Space(_) => {
            let mut changed = space.clone();
            put(&mut changed.actions, before, new);
            changed.updated_at = now();
            spaces::update(tx, &changed).await?;
            let payload = json!({ "changes": super::spaces::changes(space, &changed) });
            (announce::of_space(Topic::SpaceUpdated, actor, &changed, payload), actions::of_space(&changed))
        }
        Target::Workbook(id) => {
            let mut workbook = workbooks::find(tx, &actor.scope, id).await?.ok_or_else(missing)?;
            put(&mut workbook.actions, before, new);
            workbook.updated_at = now();
            workbooks::update(tx, &workbook).await?;
            let topic = Topic::WorkbookUpdated;
            let event = announce::of_workbook(topic, actor, &workbook, &around, config_updated);
            (event, actions::of_workbook(&workbook))
        }
        Target::Sheet(id) => {
            let mut sheet = sheets::find(tx, &actor.scope, id).await?.ok_or_else(missing)?;
            let config = Arc::make_mut(&mut sheet.config);
            match &before.origin {
                Origin::Field(key) => {
                    let field = config.fields.iter_mut().find(|field| field.key.as_str() == key);
                    let own = Mount { kind: MountKind::Field, only: vec![key.clone()] };
                    let new = new
                        .map(|action| Action { mount: action.mount.filter(|mount| *mount != own), ..action });
                    put(&mut field.ok_or_else(missing)?.actions, before, new);
                }
                _ => put(&mut config.actions, before, new),
            }
            sheet.updated_at = now();
            sheets::update_config(tx, &sheet).await?;
            let topic = Topic::SheetUpdated;
            let event = announce::of_sheet(topic, &actor.id, &sheet, config_updated);
            (event, actions::of_sheet(&sheet))
        }
        Target::File(id) => {
            let mut file = files::find(tx, &actor.scope, id).await?.ok_or_else(missing)?;
            put(&mut file.actions, before, new);
            file.updated_at = now();
            files::update(tx, &file).await?;
            let payload = json!({ "status": file.status, "workbookId": file.workbook_id });
            (announce::of_file(Topic::FileUpdated, actor, &file, &around, payload), actions::of_file(&file))
        }
        Target::Document(id) => {
            let mut document = documents::find(tx, &actor.scope, id).await?.ok_or_else(missing)?;
            put(&mut document.actions, before, new);
            document.updated_at = now();
            documents::update(tx, &document).await?;
            let event = announce::of_document(Topic::DocumentUpdated, actor, &document, &around);
            (event, actions::of_document(&document))
        }
    };
    schedules::follow(tx, actor, before.target.as_str(), std::slice::from_ref(before), &after).await?;
    tx.emit(event);
    let is_new = |placed: &PlacedAction| {
        placed.origin == before.origin && placed.action.operation().ok() == operation.as_deref()
    };
    Ok(after.into_iter().find(is_new).filter(|_| operation.is_some()))
}

fn put(list: &mut Vec<Action>, before: &PlacedAction, new: Option<Action>) {
    let is_it = |action: &Action| action.operation() == before.action.operation();
    let Some(place) = list.iter().position(is_it) else { return };
    match new {
        Some(action) => list[place] = action,
        None => {
            list.remove(place);
        }
    }
}
