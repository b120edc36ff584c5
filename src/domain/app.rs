//! Apps, which group spaces of one purpose, and the constraints that are stored with them (section 2.15 of the wire
//! contract).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::blueprint::slug_of;
use super::ids::{AccountId, AppId, ConstraintId, EnvironmentId};
use super::parse::ParseError;
use super::time::Timestamp;

/// Most characters of a name.
const LONGEST_NAME: usize = 255;
/// Most characters of a description or of an icon, which may be a picture.
const LONGEST_TEXT: usize = 100_000;
/// Most bytes of a function, of options and of a customer's own data.
const MOST_BYTES: usize = 1 << 20;

/// What people do in the spaces of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AppType {
    /// Customers bring their files.
    Portal,
    /// People work on projects together.
    Projects,
    /// Columns are brought together.
    Mapping,
    /// People work on workbooks.
    Workbooks,
    /// Something else.
    Custom,
}

/// A group of spaces of one purpose.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The one environment where it is; in all of the account when absent.
    pub environment_id: Option<EnvironmentId>,
    /// What can be changed.
    pub content: AppContent,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What can be changed in an app.
#[derive(Debug, Clone, PartialEq)]
pub struct AppContent {
    /// What people read.
    pub name: String,
    /// The namespace of those of its new spaces that have none.
    pub namespace: String,
    /// What people do in its spaces.
    pub app_type: AppType,
    /// How one of its spaces is called.
    pub entity: String,
    /// How several are called.
    pub entity_plural: String,
    /// A picture, or the name of one.
    pub icon: Option<String>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// Where clients show it.
    pub environment_filters: Option<Value>,
    /// A blueprint for its spaces, which listeners read.
    pub blueprint: Option<Value>,
    /// When it was put to use.
    pub activated_at: Option<Timestamp>,
}

impl App {
    /// Whether spaces of that environment may belong to it.
    pub fn is_in(&self, environment: &EnvironmentId) -> bool {
        self.environment_id.as_ref().is_none_or(|own| own == environment)
    }
}

impl AppContent {
    /// Refuses what cannot be kept.
    pub fn check(&self) -> Result<(), ParseError> {
        let names = [
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("entity", &self.entity),
            ("entityPlural", &self.entity_plural),
        ];
        for (path, text) in names {
            check_name(path, text)?;
        }
        check_text("icon", self.icon.as_deref())?;
        for (path, value) in [
            ("metadata", &self.metadata),
            ("environmentFilters", &self.environment_filters),
            ("blueprint", &self.blueprint),
        ] {
            check_data(path, value.as_ref())?;
        }
        Ok(())
    }
}

/// A rule for the values of fields that is stored with an app. Listeners evaluate its function.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredConstraint {
    /// Its id.
    pub id: ConstraintId,
    /// Where it is stored.
    pub app_id: AppId,
    /// By which fields name it.
    pub validator: String,
    /// Counted from 1.
    pub version: i64,
    /// What another version may say otherwise.
    pub content: ConstraintContent,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When this version was.
    pub updated_at: Timestamp,
}

/// What the versions of a stored constraint differ in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConstraintContent {
    /// What people read.
    pub label: Option<String>,
    /// What it checks, for people.
    pub description: Option<String>,
    /// The source of a function in JavaScript.
    pub function: String,
    /// What it may be told, for who uses it in a blueprint.
    pub options: Option<Value>,
}

impl ConstraintContent {
    /// Refuses what cannot be kept.
    pub fn check(&self) -> Result<(), ParseError> {
        if let Some(label) = &self.label {
            check_name("label", label)?;
        }
        check_text("description", self.description.as_deref())?;
        if self.function.len() > MOST_BYTES {
            return Err(too_large("function"));
        }
        check_data("options", self.options.as_ref())
    }

    /// The name by which fields name a constraint that was given none: its label in lower case with dashes.
    pub fn usual_validator(&self) -> Option<String> {
        let label = self.label.as_deref().filter(|label| label.chars().any(char::is_alphanumeric));
        label.map(slug_of)
    }
}

/// Refuses a name that nobody can read.
pub fn check_name(path: &str, text: &str) -> Result<(), ParseError> {
    let is_readable = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if is_readable && text.chars().count() <= LONGEST_NAME {
        return Ok(());
    }
    Err(ParseError::at(path, format!("write 1 to {LONGEST_NAME} characters, without line breaks")))
}

fn check_text(path: &str, text: Option<&str>) -> Result<(), ParseError> {
    if text.is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
        return Err(ParseError::at(path, format!("write {LONGEST_TEXT} characters at most")));
    }
    Ok(())
}

fn check_data(path: &str, value: Option<&Value>) -> Result<(), ParseError> {
    if value.is_some_and(|value| value.to_string().len() > MOST_BYTES) {
        return Err(too_large(path));
    }
    Ok(())
}

fn too_large(path: &str) -> ParseError {
    ParseError::at(path, "send 1 MiB at most")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> AppContent {
        AppContent {
            name: "Imports".to_string(),
            namespace: "imports".to_string(),
            app_type: AppType::Portal,
            entity: "Import".to_string(),
            entity_plural: "Imports".to_string(),
            icon: None,
            metadata: None,
            environment_filters: None,
            blueprint: None,
            activated_at: None,
        }
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        assert!(content().check().is_ok());
        let large = Some(Value::from("x".repeat(MOST_BYTES)));
        for (content, path) in [
            (AppContent { name: " ".to_string(), ..content() }, "name"),
            (AppContent { namespace: "a\nb".to_string(), ..content() }, "namespace"),
            (AppContent { entity_plural: "x".repeat(256), ..content() }, "entityPlural"),
            (AppContent { blueprint: large.clone(), ..content() }, "blueprint"),
        ] {
            assert_eq!(content.check().unwrap_err().path, path);
        }
        let usual = ConstraintContent::default;
        for (content, path) in [
            (ConstraintContent { label: Some(String::new()), ..usual() }, "label"),
            (ConstraintContent { function: "x".repeat(MOST_BYTES + 1), ..usual() }, "function"),
            (ConstraintContent { options: large, ..usual() }, "options"),
        ] {
            assert_eq!(content.check().unwrap_err().path, path);
        }
    }

    #[test]
    fn a_constraint_without_a_name_is_named_by_its_label() {
        let labelled =
            |label: &str| ConstraintContent { label: Some(label.to_string()), ..Default::default() };
        assert_eq!(labelled("Is an IBAN").usual_validator().as_deref(), Some("is-an-iban"));
        assert_eq!(labelled("!").usual_validator(), None);
    }
}
