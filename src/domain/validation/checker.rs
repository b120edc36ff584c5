//! All that can be said of one cell of one field.

use std::borrow::Cow;

use serde_json::Value;

use super::validators::{self, Rule};
use crate::domain::blueprint::{Constraint, Field, FieldType, Level};
use crate::domain::record::{Message, MessageSource};
use crate::domain::value::{self, OptionIndex};

/// Most characters of a cell that a message quotes.
const MOST_QUOTED: usize = 60;
const NOT_UNIQUE: &str = "Value is not unique";

/// A message before it is needed: who says it, and how serious it is.
#[derive(Debug, Clone, Default)]
struct Wording {
    level: Level,
    text: Option<String>,
}

impl Wording {
    fn new(level: Option<Level>, text: Option<&str>) -> Self {
        Self {
            level: level.unwrap_or_default(),
            text: text.filter(|text| !text.is_empty()).map(String::from),
        }
    }

    fn message(&self, source: MessageSource, standard: impl FnOnce() -> String) -> Message {
        let text = self.text.clone().unwrap_or_else(standard);
        Message { level: self.level, source, derived: true, text, path: None }
    }
}

/// How the texts of a field are read.
enum Reading {
    Text,
    Number,
    Boolean,
    Date,
    Option(OptionIndex),
    List,
    OptionList(OptionIndex),
}

struct UniqueRule {
    case_sensitive: bool,
    ignore_empty: bool,
    wording: Wording,
}

/// The rules of one field, made ready once and applied to many cells.
///
/// A good cell costs no allocation (but for the reading of a list that is written as JSON).
pub struct FieldChecker {
    label: String,
    field_type: FieldType,
    reading: Reading,
    required: Option<Wording>,
    rules: Vec<(Rule, Wording)>,
    unique: Option<UniqueRule>,
}

impl FieldChecker {
    /// Makes the rules of the field ready.
    ///
    /// Rules of listeners are passed over, and so is a built-in validator whose config does not fit:
    /// [`super::check_constraints`] refuses it when the blueprint arrives.
    pub fn new(field: &Field) -> Self {
        let mut checker = Self {
            label: field.label.clone(),
            field_type: field.field_type.clone(),
            reading: reading(&field.field_type),
            required: None,
            rules: Vec::new(),
            unique: None,
        };
        for constraint in &field.constraints {
            match constraint {
                Constraint::Required { config } => {
                    checker.required = Some(Wording::new(config.level, config.message.as_deref()));
                }
                Constraint::Unique { config } => {
                    checker.unique = Some(UniqueRule {
                        case_sensitive: config.case_sensitive.unwrap_or(true),
                        ignore_empty: config.ignore_empty.unwrap_or(false),
                        wording: Wording::new(config.level, config.message.as_deref()),
                    });
                }
                Constraint::External(external) => {
                    let config = external.config.as_ref().unwrap_or(&Value::Null);
                    if let Some(Ok(rule)) = validators::prepare(&external.validator, config) {
                        checker.rules.push((rule, wording(config)));
                    }
                }
                Constraint::Computed | Constraint::Stored(_) => {}
            }
        }
        checker
    }

    /// Whether every text is good, so that the cells need not be looked at.
    pub fn is_free(&self) -> bool {
        self.required.is_none() && self.rules.is_empty() && matches!(self.reading, Reading::Text)
    }

    /// Whether an empty cell is not good.
    pub fn is_required(&self) -> bool {
        self.required.is_some()
    }

    /// Whether a text counts as an empty cell.
    pub fn is_blank(&self, text: Option<&str>) -> bool {
        value::is_empty(&self.field_type, text)
    }

    /// Adds the messages for one cell to `out`, all but those that need other records. They are derived.
    ///
    /// An empty cell is good unless it is required. A text that cannot be read as its type gets that
    /// message alone.
    pub fn check(&self, text: Option<&str>, out: &mut Vec<Message>) {
        let text = match text {
            Some(text) if !value::is_empty(&self.field_type, Some(text)) => text,
            _ => {
                let missing = self.required.iter().map(|wording| {
                    wording
                        .message(MessageSource::RequiredConstraint, || format!("{} is required", self.label))
                });
                return out.extend(missing);
            }
        };
        if let Some(complaint) = self.unreadable(text) {
            out.push(Wording::default().message(MessageSource::InvalidOption, || complaint));
            return;
        }
        for (rule, wording) in &self.rules {
            if let Some(complaint) = self.disobeys(rule, text) {
                out.push(wording.message(MessageSource::CustomLogic, || complaint));
            }
        }
    }

    /// What the cell is compared by when the field is unique; nothing when it does not count.
    ///
    /// Texts that mean the same number, boolean or option have one key.
    pub fn unique_key<'a>(&self, text: Option<&'a str>) -> Option<Cow<'a, str>> {
        let (rule, text) = (self.unique.as_ref()?, text?);
        if rule.ignore_empty && value::is_empty(&self.field_type, Some(text)) {
            return None;
        }
        let meant = self.meant(text);
        if rule.case_sensitive || !meant.chars().any(|letter| letter.is_uppercase()) {
            return Some(meant);
        }
        Some(Cow::Owned(meant.to_lowercase()))
    }

    /// Whether no other record may have the same value.
    pub fn is_unique(&self) -> bool {
        self.unique.is_some()
    }

    /// The message for a cell whose value another record has too.
    pub fn unique_message(&self) -> Message {
        let standard = Wording::default();
        let wording = self.unique.as_ref().map_or(&standard, |rule| &rule.wording);
        wording.message(MessageSource::UniqueConstraint, || NOT_UNIQUE.to_string())
    }

    fn unreadable(&self, text: &str) -> Option<String> {
        match &self.reading {
            Reading::Text => None,
            Reading::List | Reading::OptionList(_) if value::has_too_many_items(text) => {
                Some(format!("A list holds at most {} items", value::MOST_ITEMS))
            }
            Reading::List => None,
            Reading::Number if value::is_number(text) => None,
            Reading::Boolean if value::read_boolean(text).is_some() => None,
            Reading::Date if value::is_date(text) => None,
            Reading::Option(options) if options.find(text).is_some() => None,
            Reading::Number => Some(format!("{} is not a number", quoted(text))),
            Reading::Boolean => Some(format!("{} is neither yes nor no", quoted(text))),
            Reading::Date => Some(format!("{} is not a date: write it as YYYY-MM-DD", quoted(text))),
            Reading::Option(options) => Some(not_an_option(text, options)),
            Reading::OptionList(options) => {
                let mut strangers = value::items(text).filter(|item| options.find(item).is_none());
                let first = strangers.next()?;
                match strangers.count() {
                    0 => Some(not_an_option(&first, options)),
                    more => Some(format!("{} and {more} more are not among the options", quoted(&first))),
                }
            }
        }
    }

    /// The complaint of a rule about the text, or about the first item of a list that disobeys.
    fn disobeys(&self, rule: &Rule, text: &str) -> Option<String> {
        let complaint = |text: &str| format!("{} {}", quoted(text), rule.complaint);
        if self.field_type.is_list() {
            return value::items(text).find(|item| !(rule.holds)(item)).map(|item| complaint(&item));
        }
        (!(rule.holds)(text)).then(|| complaint(text))
    }

    fn meant<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let plain =
            || text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        match &self.reading {
            Reading::Number if plain() => Cow::Borrowed(text),
            Reading::Number | Reading::Boolean => match value::wire_value(&self.field_type, Some(text)) {
                Value::Number(number) => Cow::Owned(
                    number
                        .as_f64()
                        .filter(|_| number.is_f64())
                        .map_or_else(|| number.to_string(), |float| float.to_string()),
                ),
                Value::Bool(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
                _ => Cow::Borrowed(text),
            },
            Reading::Option(options) => {
                options.value(text).map_or(Cow::Borrowed(text), |value| Cow::Owned(value.to_string()))
            }
            Reading::Text | Reading::Date | Reading::List | Reading::OptionList(_) => Cow::Borrowed(text),
        }
    }
}

fn reading(field_type: &FieldType) -> Reading {
    match field_type {
        FieldType::String | FieldType::Reference(_) => Reading::Text,
        FieldType::Number => Reading::Number,
        FieldType::Boolean { .. } => Reading::Boolean,
        FieldType::Date => Reading::Date,
        FieldType::Enum(config) => Reading::Option(OptionIndex::new(config)),
        FieldType::EnumList(config) => Reading::OptionList(OptionIndex::new(config)),
        FieldType::StringList | FieldType::ReferenceList(_) => Reading::List,
    }
}

/// Message and level that an external constraint's config may hold.
fn wording(config: &Value) -> Wording {
    let level = serde_json::from_value(config["level"].clone()).ok();
    Wording::new(level, config["message"].as_str())
}

fn not_an_option(text: &str, options: &OptionIndex) -> String {
    let hint =
        options.nearest(text).map(|name| format!(": did you mean {}?", quoted(name))).unwrap_or_default();
    format!("{} is not one of the options{hint}", quoted(text))
}

/// The text in quotes on one line, shortened when it is long.
fn quoted(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(MOST_QUOTED)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.chars().nth(MOST_QUOTED).is_some() {
        line.push('…');
    }
    format!("“{line}”")
}
