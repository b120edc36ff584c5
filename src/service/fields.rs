//! Fields of a sheet: added, renamed and removed one by one.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::locks::refuse_locked;
use super::records::RecordInput;
use super::workbook_sheets::{check_actions, number_fields};
use super::{Result, Service, ServiceError, actions, allow, announce, schedules, sheets as find_sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::{Field, FieldKey, SheetConfig, SheetConstraint};
use crate::domain::event::Topic;
use crate::domain::ids::{Id, SheetId};
use crate::domain::workbook::Sheet;
use crate::store::{now, sheets};

impl Service {
    /// Adds a field, at the end unless a place is named. A key that the sheet once had brings its values back.
    pub async fn add_field(
        &self,
        actor: &Actor,
        id: &SheetId,
        field: Field,
        place: Option<usize>,
    ) -> Result<Field> {
        let key = field.key.to_string();
        let sheet = self
            .change_fields(actor, id, "field_added", &[&key], |config| {
                let place = place.unwrap_or(config.fields.len());
                if place > config.fields.len() {
                    let message = format!("insertAtIndex: the sheet has {} fields", config.fields.len());
                    return Err(ServiceError::bad_request(message));
                }
                config.fields.insert(place, field);
                Ok(())
            })
            .await?;
        sheet.config.field(&key).cloned().ok_or_else(|| ServiceError::not_found("field", &key))
    }

    /// Calls a field otherwise; its key stays.
    pub async fn rename_field(&self, actor: &Actor, id: &SheetId, key: &str, label: &str) -> Result<()> {
        self.change_fields(actor, id, "field_updated", &[key], |config| {
            let field = config.fields.iter_mut().find(|field| field.key.as_str() == key);
            field.ok_or_else(|| ServiceError::not_found("field", key))?.label = label.to_string();
            Ok(())
        })
        .await
        .map(|_| ())
    }

    /// Removes a field with what is in it.
    pub async fn remove_field(&self, actor: &Actor, id: &SheetId, key: &str) -> Result<()> {
        self.change_fields(actor, id, "field_removed", &[key], |config| {
            let count = config.fields.len();
            let is_in = |rule: &SheetConstraint| rule.fields().iter().any(|other| other == key);
            if config.constraints.iter().any(is_in) {
                let message = format!("a rule over several fields needs `{key}`; change the rule first");
                return Err(ServiceError::conflict(message));
            }
            config.fields.retain(|field| field.key.as_str() != key);
            if config.fields.len() == count {
                return Err(ServiceError::not_found("field", key));
            }
            Ok(())
        })
        .await
        .map(|_| ())
    }

    /// The sheet with a column of text for each key of new records that it does not know, where its blueprint takes
    /// such records (`allowAdditionalFields`): who may insert them brings their columns. Others are refused as they are
    /// inserted.
    pub(super) async fn with_additional_fields(
        &self,
        actor: &Actor,
        sheet: Sheet,
        records: &[RecordInput],
    ) -> Result<Sheet> {
        if !sheet.config.allow_additional_fields {
            return Ok(sheet);
        }
        let known = sheet.columns_by_key();
        let mut keys: Vec<&str> = Vec::new();
        let mut seen = HashSet::new();
        for (key, _) in records.iter().flat_map(|record| &record.values) {
            if !known.contains_key(key.as_str()) && seen.insert(key.as_str()) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Ok(sheet);
        }
        let limits = self.settings.limits;
        self.write_fields(actor, &sheet.id, "field_added", &keys, |config| {
            // Whoever came first has added some of them.
            for key in keys.iter().filter(|key| config.field(key).is_none()).copied().collect::<Vec<_>>() {
                let parsed = FieldKey::parse(key).map_err(ServiceError::bad_request)?;
                config.fields.push(Field {
                    treatments: vec!["user-defined".to_string()],
                    ..Field::text(parsed, key.to_string())
                });
            }
            Ok(limits.check_columns(config.fields.len())?)
        })
        .await
    }

    async fn change_fields(
        &self,
        actor: &Actor,
        id: &SheetId,
        what: &str,
        keys: &[&str],
        change: impl FnOnce(&mut SheetConfig) -> Result<()>,
    ) -> Result<Sheet> {
        allow(actor, Operation::ManageWorkbook)?;
        self.write_fields(actor, id, what, keys, change).await
    }

    /// The same for whoever may do it otherwise.
    async fn write_fields(
        &self,
        actor: &Actor,
        id: &SheetId,
        what: &str,
        keys: &[&str],
        change: impl FnOnce(&mut SheetConfig) -> Result<()>,
    ) -> Result<Sheet> {
        let mut held = self.hold([&self.sheet(actor, id).await?]).await?;
        let mut tx = self.db.write().await?;
        let before = find_sheets::find(&mut tx, actor, id).await?;
        refuse_locked(actor, &before)?;
        let mut sheet = before.clone();
        change(Arc::make_mut(&mut sheet.config))?;
        sheet.config.check()?;
        check_actions(&sheet.config)?;
        let neighbours = sheets::list(&mut tx, &actor.scope, &sheet.workbook_id).await?;
        sheet.config.check_references(|slug| neighbours.iter().any(|other| other.slug == slug))?;
        sheet.field_numbers = number_fields(sheet.field_numbers, &sheet.config);
        sheet.updated_at = now();
        sheets::update_config(&mut tx, &sheet).await?;
        let [old, new] = [&before, &sheet].map(actions::of_sheet);
        schedules::follow(&mut tx, actor, id.as_str(), &old, &new).await?;
        let changes: Vec<Value> = keys.iter().map(|key| announce::field_change(what, key)).collect();
        let payload = json!({ "changes": changes });
        tx.emit(announce::of_sheet(Topic::SheetUpdated, &actor.id, &sheet, payload));
        self.follow_blueprint(&mut tx, actor, &mut held, (&before, &sheet)).await?;
        tx.commit().await?;
        held.publish();
        Ok(sheet)
    }
}
