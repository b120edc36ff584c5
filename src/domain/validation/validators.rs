//! The validators that Inlet has itself, named in `external` constraints. All other names belong to listeners.
//!
//! `pattern` uses the crate `regex-lite`: it matches in time linear in the text, needs no Unicode
//! tables and is small enough for the browser half; a matcher of our own would save a few kilobytes
//! and cost its tests. A pattern is searched for anywhere in the text, as JSON Schema does; `^` and
//! `$` tie it to the ends.

use regex_lite::{Regex, RegexBuilder};
use serde_json::Value;

use super::address;
use crate::domain::value;

/// Most characters of a `pattern`.
const MOST_PATTERN: usize = 1_000;
/// Most bytes of a compiled `pattern`.
const MOST_PATTERN_SIZE: usize = 256 << 10;
/// Most bytes of a text that a `pattern` is searched in; a longer one does not match.
const MOST_SEARCHED: usize = 64 << 10;

/// A rule ready to be applied.
pub(super) struct Rule {
    /// Whether a text obeys.
    pub holds: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// What is said of a text that does not, after the text itself: `is not a whole number`.
    pub complaint: String,
}

impl Rule {
    fn new(complaint: impl Into<String>, holds: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self { holds: Box::new(holds), complaint: complaint.into() }
    }
}

/// A validator that Inlet checks itself.
pub struct Validator {
    /// The name in the constraint.
    pub name: &'static str,
    /// What its `config` holds beside `message` and `level`, in words.
    pub config: &'static str,
    prepare: fn(&Value) -> Result<Rule, String>,
}

/// All of them.
pub const VALIDATORS: [Validator; 7] = [
    Validator {
        name: "email",
        config: "",
        prepare: |_| Ok(Rule::new("is not an e-mail address", address::is_email)),
    },
    Validator {
        name: "url",
        config: "",
        prepare: |_| Ok(Rule::new("is not a web address: begin it with https://", address::is_url)),
    },
    Validator {
        name: "phone",
        config: "",
        prepare: |_| Ok(Rule::new("is not a telephone number", address::is_phone)),
    },
    Validator { name: "pattern", config: "`pattern`: a regular expression", prepare: pattern },
    Validator { name: "integer", config: "", prepare: |_| Ok(Rule::new("is not a whole number", is_whole)) },
    Validator { name: "range", config: "`min` and `max`: numbers, at least one", prepare: range },
    Validator {
        name: "length",
        config: "`min` and `max`: numbers of characters, at least one",
        prepare: length,
    },
];

/// The rule of that name; nothing when the name belongs to a listener, an error when the config does not fit.
pub(super) fn prepare(name: &str, config: &Value) -> Option<Result<Rule, String>> {
    let validator = VALIDATORS.iter().find(|validator| validator.name == name)?;
    let known = |message: String| format!("`{name}`: {message} (it takes {})", validator.config);
    Some((validator.prepare)(config).map_err(known))
}

fn pattern(config: &Value) -> Result<Rule, String> {
    let pattern = config["pattern"].as_str().ok_or("`pattern` is missing or not a text")?;
    if pattern.chars().count() > MOST_PATTERN {
        return Err(format!("the pattern has more than {MOST_PATTERN} characters"));
    }
    let regex: Regex = RegexBuilder::new(pattern)
        .size_limit(MOST_PATTERN_SIZE)
        .build()
        .map_err(|error| format!("the pattern cannot be read: {error}"))?;
    Ok(Rule::new(format!("does not match the pattern {pattern}"), move |text| {
        text.len() <= MOST_SEARCHED && regex.is_match(text)
    }))
}

fn is_whole(text: &str) -> bool {
    let short = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    short || value::read_number(text).is_some_and(|number| number.fract() == 0.0)
}

fn range(config: &Value) -> Result<Rule, String> {
    let (min, max) = (bound(config, "min")?, bound(config, "max")?);
    let complaint = match (min, max) {
        (Some(min), Some(max)) if min > max => return Err(format!("`min` {min} is above `max` {max}")),
        (Some(min), Some(max)) => format!("is not between {min} and {max}"),
        (Some(min), None) => format!("is less than {min}"),
        (None, Some(max)) => format!("is more than {max}"),
        (None, None) => return Err("neither `min` nor `max` is given".to_string()),
    };
    Ok(Rule::new(complaint, move |text| {
        value::read_number(text)
            .is_some_and(|number| min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max))
    }))
}

fn length(config: &Value) -> Result<Rule, String> {
    let (min, max) = (count(config, "min")?, count(config, "max")?);
    let complaint = match (min, max) {
        (Some(min), Some(max)) if min > max => return Err(format!("`min` {min} is above `max` {max}")),
        (Some(min), Some(max)) if min == max => format!("does not have {}", characters(min)),
        (Some(min), Some(max)) => format!("does not have {min} to {}", characters(max)),
        (Some(min), None) => format!("has fewer than {}", characters(min)),
        (None, Some(max)) => format!("has more than {}", characters(max)),
        (None, None) => return Err("neither `min` nor `max` is given".to_string()),
    };
    Ok(Rule::new(complaint, move |text| {
        let length = text.chars().count() as u64;
        min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
    }))
}

fn characters(count: u64) -> String {
    if count == 1 { "1 character".to_string() } else { format!("{count} characters") }
}

fn bound(config: &Value, name: &str) -> Result<Option<f64>, String> {
    match &config[name] {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        Value::String(text) if value::is_number(text) => Ok(value::read_number(text)),
        _ => Err(format!("`{name}` is not a number")),
    }
}

fn count(config: &Value, name: &str) -> Result<Option<u64>, String> {
    match &config[name] {
        Value::Null => Ok(None),
        number => match number.as_f64() {
            Some(count) if count >= 0.0 && count.fract() == 0.0 && count <= 1e9 => Ok(Some(count as u64)),
            _ => Err(format!("`{name}` is not a whole number from 0 on")),
        },
    }
}
