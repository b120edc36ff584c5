//! The configuration of one sheet.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Field, SheetConstraint, is_false, null_is_default};
use crate::domain::action::Action;
use crate::domain::parse::ParseError;
use crate::domain::validation::check_constraints;

/// Most fields a sheet may have.
pub const MOST_FIELDS: usize = 16_384;

/// What people (not keys, not listeners) may do with the records of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SheetAccess {
    /// Everything.
    #[serde(rename = "*")]
    All,
    /// Insert records.
    #[serde(rename = "add")]
    Add,
    /// Change cells.
    #[serde(rename = "edit")]
    Edit,
    /// Delete records.
    #[serde(rename = "delete")]
    Delete,
    /// Import files.
    #[serde(rename = "import")]
    Import,
}

/// A sheet as a blueprint describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SheetConfig {
    /// What people read.
    pub name: String,
    /// Help in markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name in the API and in references; made from the name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Nobody may change records by hand.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub readonly: bool,
    /// Writes may bring fields that the blueprint does not name.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub allow_additional_fields: bool,
    /// How sure a guess must be before a column is mapped by itself, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping_confidence_threshold: Option<f64>,
    /// What people may do; absent means everything, empty means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<SheetAccess>>,
    /// The columns, in order.
    pub fields: Vec<Field>,
    /// Items of the sheet's toolbar.
    #[serde(default, deserialize_with = "null_is_default")]
    pub actions: Vec<Action>,
    /// The customer's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Rules over several fields.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<SheetConstraint>,
    /// Marks such as `ENUM_REFERENCE`.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub treatments: Vec<String>,
    /// Groups sheets in the sidebar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
}

impl SheetConfig {
    /// Checks what one field cannot know: doubled keys, too many fields, rules over unknown fields;
    /// and that the built-in validators are told what they need.
    pub fn check(&self) -> Result<(), ParseError> {
        if self.name.trim().is_empty() {
            return Err(ParseError::at("name", "a sheet needs a name"));
        }
        if self.fields.len() > MOST_FIELDS {
            let message =
                format!("{} fields are more than the {MOST_FIELDS} a sheet may have", self.fields.len());
            return Err(ParseError::at("fields", message));
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (position, field) in self.fields.iter().enumerate() {
            if let Some(first) = seen.insert(field.key.as_str().to_lowercase(), position) {
                let message = format!(
                    "`{}` is the key of fields[{first}] already; keys differ in more than the case of their letters",
                    field.key
                );
                return Err(ParseError::at(format!("fields[{position}].key"), message));
            }
            check_constraints(field).map_err(|error| error.within(&format!("fields[{position}]")))?;
        }
        for (position, constraint) in self.constraints.iter().enumerate() {
            if let Some(unknown) = constraint.fields().iter().find(|key| self.field(key).is_none()) {
                let message = format!("`{unknown}` is not the key of a field of this sheet");
                return Err(ParseError::at(format!("constraints[{position}].fields"), message));
            }
        }
        Ok(())
    }

    /// Checks that references lead to sheets that are there, by their slugs, and that a filter names a field
    /// of this sheet.
    pub fn check_references(&self, is_there: impl Fn(&str) -> bool) -> Result<(), ParseError> {
        for (position, field) in self.fields.iter().enumerate() {
            let Some(reference) = field.field_type.reference() else { continue };
            if !is_there(&reference.sheet) {
                let message = format!("`{}` is not the slug of a sheet of this workbook", reference.sheet);
                return Err(ParseError::at(format!("fields[{position}].config.ref"), message));
            }
            if let Some(filter) = &reference.filter
                && self.field(&filter.record_field).is_none()
            {
                let message = format!("`{}` is not the key of a field of this sheet", filter.record_field);
                return Err(ParseError::at(format!("fields[{position}].config.filter.recordField"), message));
            }
        }
        Ok(())
    }

    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key.as_str() == key)
    }

    /// The slug: the given one, or the name in lower case with dashes.
    pub fn slug(&self) -> String {
        match &self.slug {
            Some(slug) if !slug.is_empty() => slug.clone(),
            _ => slug_of(&self.name),
        }
    }

    /// The slug among those that are taken: the given one, or one from the name, with a number where that is taken.
    ///
    /// # Errors
    /// Another sheet has the given one.
    pub fn own_slug(&self, is_taken: impl Fn(&str) -> bool) -> Result<String, ParseError> {
        let wanted = self.slug();
        if !is_taken(&wanted) {
            return Ok(wanted);
        }
        if self.slug.as_ref().is_some_and(|slug| !slug.is_empty()) {
            let message = format!("`{wanted}` is the slug of another sheet of this workbook already");
            return Err(ParseError::at("slug", message));
        }
        let free = (2_u32..).map(|number| format!("{wanted}-{number}")).find(|slug| !is_taken(slug));
        Ok(free.unwrap_or(wanted))
    }

    /// Whether people may do `what` with the records.
    pub fn permits(&self, what: SheetAccess) -> bool {
        !self.readonly
            && self
                .access
                .as_ref()
                .is_none_or(|access| access.contains(&SheetAccess::All) || access.contains(&what))
    }
}

/// A name in lower case, everything but letters and digits as single dashes.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_alphanumeric() {
            slug.extend(character.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "sheet".to_string() } else { slug.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    #[test]
    fn a_doubled_key_names_both_places() {
        let config: SheetConfig = from_value(json!({
            "name": "People",
            "fields": [{"key": "Email", "type": "string"}, {"key": "email", "type": "string"}]
        }))
        .unwrap();
        let error = config.check().unwrap_err();
        assert_eq!(error.path, "fields[1].key");
        assert!(error.message.contains("fields[0]"), "{error}");
    }

    #[test]
    fn a_rule_over_an_unknown_field_is_refused() {
        let config: SheetConfig = from_value(json!({
            "name": "People", "fields": [],
            "constraints": [{"type": "unique", "name": "who", "fields": ["a"], "strategy": "concat"}]
        }))
        .unwrap();
        assert_eq!(config.check().unwrap_err().path, "constraints[0].fields");
    }

    #[test]
    fn slugs_are_made_from_names() {
        assert_eq!(slug_of("All Contacts (2026)"), "all-contacts-2026");
        assert_eq!(slug_of("…"), "sheet");
    }
}
