//! When an input is there: it looks at the answer of one that stands before it.
//!
//! `{"key": "reason", "equals": "other"}`, or `notEqualTo`, `in` with a list, or `isEmpty` with `true` or `false`. Of a
//! `multi-select`, `equals` asks whether that choice is among those made. An input that is not there counts as empty,
//! is not required and is not sent.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::text;

/// The condition as it stands in a blueprint; it has one test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShowIf {
    /// The input that it looks at.
    pub key: String,
    /// It has this answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// It has another answer, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_equal_to: Option<Value>,
    /// It has one of these answers.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Value>>,
    /// It has no answer, or with `false`: it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_empty: Option<bool>,
}

/// The condition made ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The place of the input that it looks at.
    pub input: u32,
    /// What it asks.
    pub test: Test,
}

/// What a condition asks of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// One of these is in it.
    OneOf(Vec<String>),
    /// None of these is in it.
    NoneOf(Vec<String>),
    /// Whether it is empty.
    Empty(bool),
}

impl ShowIf {
    /// The input of that key has this answer.
    pub fn equals(key: &str, value: Value) -> Self {
        Self { key: key.to_string(), equals: Some(value), not_equal_to: None, one_of: None, is_empty: None }
    }

    /// Its one test.
    pub(super) fn test(&self) -> Result<Test, String> {
        let texts = |values: &[Value]| {
            let texts = values.iter().map(text).collect::<Option<Vec<_>>>();
            texts.ok_or_else(|| "showIf: compare with texts, numbers or booleans".to_string())
        };
        match (&self.equals, &self.not_equal_to, &self.one_of, self.is_empty) {
            (Some(value), None, None, None) => texts(std::slice::from_ref(value)).map(Test::OneOf),
            (None, Some(value), None, None) => texts(std::slice::from_ref(value)).map(Test::NoneOf),
            (None, None, Some(values), None) => texts(values).map(Test::OneOf),
            (None, None, None, Some(is_empty)) => Ok(Test::Empty(is_empty)),
            _ => Err("showIf: give one of equals, notEqualTo, in, isEmpty".to_string()),
        }
    }
}

impl Test {
    /// Whether an answer fulfils it.
    pub(super) fn holds(&self, answer: &[String]) -> bool {
        let has = |texts: &[String]| answer.iter().any(|text| texts.iter().any(|other| text.trim() == other));
        match self {
            Self::OneOf(texts) => has(texts),
            Self::NoneOf(texts) => !has(texts),
            Self::Empty(is_empty) => super::is_empty(answer) == *is_empty,
        }
    }
}
