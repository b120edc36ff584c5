//! Constraints of a field and of a whole sheet.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::null_is_default;

/// How serious a message is. Only an error makes a cell and its record invalid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For the reader's information.
    Info,
    /// Worth a look; the record stays valid.
    Warn,
    /// The record is invalid.
    #[default]
    Error,
}

/// What `required` may be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequiredConfig {
    /// Replaces the standard message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Error unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// What `unique` may be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UniqueConfig {
    /// Whether `A` and `a` differ; they do unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_sensitive: Option<bool>,
    /// Whether an empty text may stand more than once. An absent value always may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_empty: Option<bool>,
    /// Replaces the standard message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Error unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// A rule named by its validator: one that Inlet has, or one that a listener checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalConfig {
    /// The name, such as `email`.
    pub validator: String,
    /// For people who edit the blueprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For people who edit the blueprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Parameters of the validator, such as `{"min": 0}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Value>,
}

/// A rule that is stored with the app of the space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredConfig {
    /// Its validator and parameters.
    #[serde(flatten)]
    pub rule: ExternalConfig,
    /// Which version of it; the one that holds when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// A rule for the values of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Constraint {
    /// The cell must not be empty.
    Required {
        /// Message and level.
        #[serde(default, deserialize_with = "null_is_default")]
        config: RequiredConfig,
    },
    /// No other record has the same value.
    Unique {
        /// Case, empties, message and level.
        #[serde(default, deserialize_with = "null_is_default")]
        config: UniqueConfig,
    },
    /// The value is made by a listener, so no column is mapped to it.
    Computed,
    /// A named rule.
    External(ExternalConfig),
    /// A rule stored with an app, checked by a listener.
    Stored(StoredConfig),
}

/// Message and level of a composite rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompositeConfig {
    /// Replaces the standard message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Error unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// A rule for several fields of a record together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum SheetConstraint {
    /// No other record has the same values in all of `fields`.
    Unique {
        /// Named in the message.
        name: String,
        /// Keys of the fields that count together.
        fields: Vec<String>,
        /// The rule is passed over when one of these is empty.
        #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
        required_fields: Vec<String>,
        /// `concat` or `hash`; kept for the clients, it changes no result here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        strategy: Option<String>,
        /// Message and level.
        #[serde(default, deserialize_with = "null_is_default")]
        config: CompositeConfig,
    },
    /// A named rule that a listener checks.
    External {
        /// The name.
        validator: String,
        /// Keys of the fields it reads.
        #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
        fields: Vec<String>,
        /// Parameters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        config: Option<Value>,
    },
}

impl SheetConstraint {
    /// Keys of the fields that it is about.
    pub fn fields(&self) -> &[String] {
        let (Self::Unique { fields, .. } | Self::External { fields, .. }) = self;
        fields
    }
}
