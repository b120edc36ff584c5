//! Actions with what they belong to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::action::Action;
use crate::domain::mount::{PlacedAction, Target};
use crate::domain::parse::{self, ParseError};

/// A button or menu item, with the defaults filled in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Action)]
pub struct ActionBody {
    /// Its id. That of an action in the list of a blueprint follows from its owner and its operation.
    id: String,
    /// The space, workbook, sheet, document or file it belongs to.
    target_id: String,
    /// When it was made; for an action in a list: when its owner was.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// `operation`, `label` and the other options.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    options: Map<String, Value>,
}

impl From<PlacedAction> for ActionBody {
    fn from(placed: PlacedAction) -> Self {
        let mut options = match serde_json::to_value(&placed.action) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let operation = placed.action.operation().unwrap_or_default();
        for (name, usual) in [
            ("operation", Value::from(operation)),
            ("mode", Value::from("background")),
            ("primary", Value::from(false)),
            ("confirm", Value::from(true)),
        ] {
            options.entry(name).or_insert(usual);
        }
        Self {
            id: placed.id.into(),
            target_id: placed.target.as_str().to_string(),
            created_at: placed.created_at.to_string(),
            updated_at: placed.updated_at.to_string(),
            options,
        }
    }
}

/// A new action: its options, and what it belongs to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionRequest {
    /// A space, workbook, sheet, document or file. Without a `mount` the action stands there.
    target_id: String,
    /// `operation`, `label`, `mount` and the other options.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    options: Map<String, Value>,
}

impl ActionRequest {
    /// The action and what it belongs to.
    ///
    /// # Errors
    /// When an option cannot be read; the message names it.
    pub fn read(self) -> Result<(Target, Action), ParseError> {
        Ok((Target::parse(&self.target_id)?, parse::from_value(Value::Object(self.options))?))
    }
}

/// Changes to an action: absent options stay as they are, `null` takes one away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct ActionChanges(pub Map<String, Value>);
