//! The sheets of a workbook as its blueprint says: new ones, and those that an entry of `sheets` changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::locks::refuse_locked;
use super::{Result, ServiceError, actions, announce, schedules};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetConfig;
use crate::domain::event::Topic;
use crate::domain::ids::{Id, SheetId};
use crate::domain::mount::{self, MountKind};
use crate::domain::parse::{ParseError, from_value};
use crate::domain::record::{Counts, FieldNumber, RecordKey};
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::{Sheet, Workbook};
use crate::store::{Tx, new_id, now, random_bytes, sheets};

/// A sheet of that blueprint that is not kept yet.
pub(super) fn new_sheet(
    workbook: &Workbook,
    around: &Arc<Whereabouts>,
    position: i64,
    config: SheetConfig,
) -> Result<Sheet> {
    check_actions(&config)?;
    let moment = now();
    Ok(Sheet {
        id: new_id(),
        number: 0,
        account_id: workbook.account_id.clone(),
        environment_id: workbook.environment_id.clone(),
        space_id: workbook.space_id.clone(),
        workbook_id: workbook.id.clone(),
        slug: config.slug(),
        position,
        field_numbers: number_fields(BTreeMap::new(), &config),
        metadata: None,
        namespace: None,
        lock: None,
        created_from: None,
        record_key: RecordKey(u64::from_le_bytes(random_bytes())),
        version: 0,
        layout: 0,
        counts: Counts::default(),
        importing: None,
        tracks_changes: workbook.tracks_changes(),
        created_at: moment,
        updated_at: moment,
        config: Arc::new(config),
        whereabouts: around.clone(),
    })
}

/// Keeps a new sheet, which gets its number by that.
pub(super) async fn insert_sheet(tx: &mut Tx, actor: &Actor, mut sheet: Sheet) -> Result<Sheet> {
    sheet.number = sheets::insert(tx, &sheet).await?;
    schedules::follow(tx, actor, sheet.id.as_str(), &[], &actions::of_sheet(&sheet)).await?;
    let payload = json!({
        "sheetId": sheet.id, "workbookId": sheet.workbook_id, "name": sheet.config.name,
        "slug": sheet.slug, "fieldCount": sheet.config.fields.len(),
    });
    tx.emit(announce::of_sheet(Topic::SheetCreated, &actor.id, &sheet, payload));
    Ok(sheet)
}

/// Refuses actions that cannot be called where they stand in a blueprint.
pub(super) fn check_actions(config: &SheetConfig) -> Result<()> {
    mount::check(MountKind::Sheet, &config.actions)?;
    for (position, field) in config.fields.iter().enumerate() {
        let checked = mount::check(MountKind::Field, &field.actions);
        checked.map_err(|error| error.within(&format!("fields[{position}]")))?;
    }
    Ok(())
}

/// Gives each new field the next free number; known fields keep theirs, dropped ones are remembered.
pub(super) fn number_fields(
    mut known: BTreeMap<String, FieldNumber>,
    config: &SheetConfig,
) -> BTreeMap<String, FieldNumber> {
    let mut next = known.values().map(|number| number.0 + 1).max().unwrap_or(1);
    for field in &config.fields {
        known.entry(field.key.as_str().to_string()).or_insert_with(|| {
            next += 1;
            FieldNumber(next - 1)
        });
    }
    known
}

/// The sheet that an entry of `sheets` is about, when it is there already.
pub(super) fn target<'a>(known: &'a [Sheet], entry: &Value) -> Option<&'a Sheet> {
    let member = |name: &str| entry.get(name).and_then(Value::as_str);
    let slug = entry.get("config").and_then(|config| config.get("slug")?.as_str()).or(member("slug"));
    known.iter().find(|sheet| match member("id") {
        Some(id) => sheet.id.as_str() == id,
        None => slug == Some(&sheet.slug),
    })
}

/// What became of an entry of `sheets`.
pub(super) enum Upserted<'a> {
    /// A new sheet.
    Added(Sheet),
    /// A sheet before and since.
    Changed(&'a Sheet, Sheet),
    /// Nothing is another.
    Same,
}

/// Merges one entry of `sheets` into the sheet it names, or makes a new one.
pub(super) async fn upsert_sheet<'a>(
    tx: &mut Tx,
    actor: &Actor,
    (workbook, around): (&Workbook, &Whereabouts),
    (known, slugs): (&'a [Sheet], &BTreeSet<String>),
    entry: Value,
) -> Result<Upserted<'a>> {
    let found = target(known, &entry);
    let Value::Object(mut members) = entry else {
        return Err(ParseError::at("", "a sheet is an object").into());
    };
    let id = members.remove("id").and_then(|id| id.as_str().map(SheetId::parse)).transpose()?;
    let config = members.remove("config");
    // A sheet's own metadata is not that of its blueprint, which a new sheet without `config` brings.
    let brings_own = found.is_some() || config.is_some();
    let metadata = if brings_own { members.remove("metadata") } else { None };
    let namespace = members.remove("namespace").map(from_value::<Option<String>>).transpose();
    let namespace = namespace.map_err(|error| error.within("namespace"))?;
    if let Some(Value::Object(config)) = config {
        members.extend(config);
    }
    let Some(before) = found else {
        if let Some(id) = id {
            return Err(ServiceError::not_found("sheet", id));
        }
        let mut config: SheetConfig = from_value(Value::Object(members))?;
        config.check()?;
        config.slug = Some(config.own_slug(|slug| slugs.contains(slug))?);
        let around = Arc::new(announce::within(around, workbook));
        let mut sheet = new_sheet(workbook, &around, known.len() as i64, config)?;
        sheet.metadata = metadata.filter(|metadata| !metadata.is_null());
        sheet.namespace = namespace.flatten().filter(|name| !name.is_empty());
        return Ok(Upserted::Added(insert_sheet(tx, actor, sheet).await?));
    };
    let mut merged = announce::object(serde_json::to_value(&*before.config).map_err(ServiceError::internal)?);
    merged.extend(members.into_iter().filter(|(_, value)| !value.is_null()));
    let config: SheetConfig = from_value(Value::Object(merged))?;
    config.check()?;
    check_actions(&config)?;
    let mut sheet = before.clone();
    if let Some(metadata) = metadata {
        sheet.metadata = Some(metadata).filter(|metadata| !metadata.is_null());
    }
    if let Some(namespace) = namespace {
        sheet.namespace = namespace.filter(|name| !name.is_empty());
    }
    if config == *before.config && sheet == *before {
        return Ok(Upserted::Same);
    }
    refuse_locked(actor, before)?;
    let changes = announce::config_changes(before, &sheet, &config);
    sheet.field_numbers = number_fields(sheet.field_numbers, &config);
    sheet.slug = config.own_slug(|slug| slug != before.slug && slugs.contains(slug))?;
    sheet.config = Arc::new(config);
    sheet.updated_at = now();
    sheets::update_config(tx, &sheet).await?;
    let [old, new] = [before, &sheet].map(actions::of_sheet);
    schedules::follow(tx, actor, sheet.id.as_str(), &old, &new).await?;
    let payload = json!({ "changes": changes });
    tx.emit(announce::of_sheet(Topic::SheetUpdated, &actor.id, &sheet, payload));
    Ok(Upserted::Changed(before, sheet))
}
