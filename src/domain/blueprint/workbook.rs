//! The configuration of a workbook: its sheets together.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SheetConfig, null_is_default};
use crate::domain::action::Action;
use crate::domain::mount::{self, MountKind};
use crate::domain::parse::{ParseError, from_value};

/// A workbook as a blueprint describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkbookConfig {
    /// What people read.
    pub name: String,
    /// Marks such as `primary`, `file`, `pinned`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub labels: Vec<String>,
    /// Narrows the listeners that hear of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The sheets, in order.
    #[serde(default, deserialize_with = "null_is_default")]
    pub sheets: Vec<SheetConfig>,
    /// Buttons at the top right.
    #[serde(default, deserialize_with = "null_is_default")]
    pub actions: Vec<Action>,
    /// `trackChanges` and others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Value>,
    /// The customer's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Marks such as `EXTRACTED_FROM_SOURCE`.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub treatments: Vec<String>,
    /// Groups workbooks in the sidebar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

impl WorkbookConfig {
    /// Reads a pasted blueprint: a workbook, a list of sheets, or one sheet.
    pub fn from_blueprint(value: Value) -> Result<Self, ParseError> {
        let config = match &value {
            Value::Array(_) => Self::of_sheets("Workbook", from_value(value)?),
            Value::Object(members) if members.contains_key("fields") => {
                let sheet: SheetConfig = from_value(value)?;
                Self::of_sheets(&sheet.name.clone(), vec![sheet])
            }
            Value::Object(members) if members.contains_key("sheets") => from_value(value)?,
            _ => {
                let message =
                    "a blueprint is a workbook with `sheets`, a list of sheets, or one sheet with `fields`";
                return Err(ParseError::at("", message));
            }
        };
        config.checked()
    }

    fn of_sheets(name: &str, sheets: Vec<SheetConfig>) -> Self {
        Self {
            name: name.to_string(),
            labels: Vec::new(),
            namespace: None,
            sheets,
            actions: Vec::new(),
            settings: None,
            metadata: None,
            treatments: Vec::new(),
            folder: None,
        }
    }

    /// Checks every sheet and what they say of one another, and gives each a slug of its own.
    pub fn checked(mut self) -> Result<Self, ParseError> {
        if self.name.trim().is_empty() {
            return Err(ParseError::at("name", "a workbook needs a name"));
        }
        let mut slugs = HashSet::new();
        for (position, sheet) in self.sheets.iter_mut().enumerate() {
            sheet.check().map_err(|error| error.within(&format!("sheets[{position}]")))?;
            let slug = sheet.own_slug(|slug| slugs.contains(slug));
            let slug = slug.map_err(|error| error.within(&format!("sheets[{position}]")))?;
            slugs.insert(slug.clone());
            sheet.slug = Some(slug);
        }
        self.check_references(&slugs)?;
        mount::check(MountKind::Workbook, &self.actions)?;
        Ok(self)
    }

    fn check_references(&self, slugs: &HashSet<String>) -> Result<(), ParseError> {
        for (position, sheet) in self.sheets.iter().enumerate() {
            let checked = sheet.check_references(|slug| slugs.contains(slug));
            checked.map_err(|error| error.within(&format!("sheets[{position}]")))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_single_sheet_is_a_blueprint() {
        let config = WorkbookConfig::from_blueprint(json!({"name": "People", "fields": []})).unwrap();
        assert_eq!((config.name.as_str(), config.sheets[0].slug.as_deref()), ("People", Some("people")));
    }

    #[test]
    fn sheets_of_one_name_get_slugs_of_their_own() {
        let sheet = json!({"name": "People", "fields": []});
        let config = WorkbookConfig::from_blueprint(json!([sheet, sheet])).unwrap();
        assert_eq!(config.sheets[1].slug.as_deref(), Some("people-2"));
    }

    #[test]
    fn a_reference_to_nowhere_is_refused_with_its_place() {
        let error =
            WorkbookConfig::from_blueprint(json!({"name": "W", "sheets": [{"name": "People", "fields": [
            {"key": "boss", "type": "reference", "config": {"ref": "bosses", "key": "id"}}]}]}))
            .unwrap_err();
        assert_eq!(error.path, "sheets[0].fields[0].config.ref");
    }

    #[test]
    fn an_unknown_type_deep_inside_is_named_with_its_place() {
        let error =
            WorkbookConfig::from_blueprint(json!({"name": "W", "sheets": [{"name": "People", "fields": [
            {"key": "a", "type": "strng"}]}]}))
            .unwrap_err();
        assert!(error.to_string().starts_with("sheets[0].fields[0]"), "{error}");
    }
}
