//! Rules for inputs.
//!
//! `required`: something must be filled in. `min` and `max` bound numbers by their value, days by the calendar, texts
//! (`string`, `textarea`, `email`, `url`, `secret`) by their characters and a `multi-select` by its choices. `pattern`
//! is a regular expression that is searched for in a text; `^` and `$` tie it to the ends. What is not filled in
//! breaks `required` only. Each may have a `message` of its own.

use std::borrow::Cow;

use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::blueprint::InputType;
use crate::domain::value::{is_date, read_number};

/// Most characters of a pattern.
const MOST_PATTERN: usize = 1_000;
/// Most bytes of a compiled pattern.
const MOST_PATTERN_SIZE: usize = 256 << 10;
/// Most bytes of a text that a pattern is searched in; a longer one does not match.
const MOST_SEARCHED: usize = 64 << 10;

/// A rule of a blueprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum InputConstraint {
    /// It must be filled in.
    Required {
        /// What is said when it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The least.
    Min {
        /// A number, or a day as `YYYY-MM-DD`.
        value: Value,
        /// What is said of less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The most.
    Max {
        /// A number, or a day as `YYYY-MM-DD`.
        value: Value,
        /// What is said of more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// What a text must match.
    Pattern {
        /// A regular expression.
        value: String,
        /// What is said of a text that does not match.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// A rule made ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// What it asks.
    pub test: Test,
    /// What is said when it is broken; words of our own when absent.
    pub message: Option<String>,
}

/// What a rule asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// Something is filled in.
    Required,
    /// It is no less.
    Min(Bound),
    /// It is no more.
    Max(Bound),
    /// It matches.
    Pattern(String),
}

/// An end of what is allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// As it is written; a day.
    pub text: String,
    /// The number; nothing of a day.
    pub number: f64,
}

/// What `min` and `max` count of an input.
#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Number,
    Day,
    Characters,
    Choices,
}

fn measure(kind: InputType) -> Option<Measure> {
    match kind {
        InputType::Number => Some(Measure::Number),
        InputType::Date => Some(Measure::Day),
        InputType::String | InputType::Textarea | InputType::Email | InputType::Url | InputType::Secret => {
            Some(Measure::Characters)
        }
        InputType::MultiSelect => Some(Measure::Choices),
        InputType::Boolean | InputType::Enum | InputType::File | InputType::Reference => None,
    }
}

/// Refuses a rule that has no meaning for inputs of that type.
pub(super) fn check(constraint: &InputConstraint, kind: InputType) -> Result<(), String> {
    match constraint {
        InputConstraint::Required { .. } => Ok(()),
        InputConstraint::Min { value, .. } => check_bound("min", value, kind),
        InputConstraint::Max { value, .. } => check_bound("max", value, kind),
        InputConstraint::Pattern { .. } if measure(kind) != Some(Measure::Characters) => {
            Err(format!("`pattern` has no meaning for an input of type {}", kind.name()))
        }
        InputConstraint::Pattern { value, .. } if value.chars().count() > MOST_PATTERN => {
            Err(format!("the pattern has more than {MOST_PATTERN} characters"))
        }
        InputConstraint::Pattern { value, .. } => {
            pattern(value).map(drop).map_err(|error| format!("the pattern cannot be read: {error}"))
        }
    }
}

fn check_bound(name: &str, value: &Value, kind: InputType) -> Result<(), String> {
    match measure(kind) {
        None => Err(format!("`{name}` has no meaning for an input of type {}", kind.name())),
        Some(Measure::Day) if value.as_str().is_some_and(is_date) => Ok(()),
        Some(Measure::Day) => Err(format!("`{name}` of a date is a day, as 2026-01-31")),
        Some(Measure::Number) if value.is_number() => Ok(()),
        Some(Measure::Characters | Measure::Choices) if value.is_u64() => Ok(()),
        Some(_) => Err(format!("`{name}` is a number")),
    }
}

fn pattern(pattern: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(pattern).size_limit(MOST_PATTERN_SIZE).build()
}

impl From<&InputConstraint> for Rule {
    fn from(constraint: &InputConstraint) -> Self {
        let (test, message) = match constraint {
            InputConstraint::Required { message } => (Test::Required, message),
            InputConstraint::Min { value, message } => (Test::Min(bound(value)), message),
            InputConstraint::Max { value, message } => (Test::Max(bound(value)), message),
            InputConstraint::Pattern { value, message } => (Test::Pattern(value.clone()), message),
        };
        Self { test, message: message.clone() }
    }
}

fn bound(value: &Value) -> Bound {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
    Bound { text, number: value.as_f64().unwrap_or_default() }
}

impl Rule {
    /// What is wrong with an answer that is not empty, in words that follow the label.
    pub(super) fn complaint(&self, kind: InputType, answer: &[String]) -> Option<Cow<'static, str>> {
        let text = answer.first().map(|text| text.trim()).unwrap_or_default();
        let side = |bound: &Bound| match measure(kind) {
            Some(Measure::Number) => read_number(text)?.partial_cmp(&bound.number),
            Some(Measure::Day) => Some(text.cmp(bound.text.as_str())),
            Some(Measure::Characters) => (text.chars().count() as f64).partial_cmp(&bound.number),
            Some(Measure::Choices) => (answer.len() as f64).partial_cmp(&bound.number),
            None => None,
        };
        let words = |number: &str, day: &str, length: &str, bound: &Bound| {
            let many = if bound.text == "1" { "" } else { "s" };
            let parts = match measure(kind) {
                Some(Measure::Day) => [day, &bound.text, "", ""],
                Some(Measure::Characters) => [length, &bound.text, " character", many],
                Some(Measure::Choices) => [length, &bound.text, " choice", many],
                _ => [number, &bound.text, "", ""],
            };
            Cow::Owned(parts.concat())
        };
        match &self.test {
            Test::Required => None,
            Test::Min(bound) => side(bound)
                .is_some_and(|side| side.is_lt())
                .then(|| words("must be at least ", "must be on or after ", "needs at least ", bound)),
            Test::Max(bound) => side(bound)
                .is_some_and(|side| side.is_gt())
                .then(|| words("must be at most ", "must be on or before ", "takes at most ", bound)),
            Test::Pattern(text_of) => {
                let fits = text.len() <= MOST_SEARCHED
                    && pattern(text_of).is_ok_and(|pattern| pattern.is_match(text));
                (!fits).then_some(Cow::Borrowed("does not have the form that is asked for"))
            }
        }
    }
}
