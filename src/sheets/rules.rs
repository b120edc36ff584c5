//! What the blueprint of a sheet demands of its records, ready to be applied.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use super::error::SheetError;
use super::messages::CellMessage;
use super::option_order::OptionOrder;
use super::reading::Reading;
use super::references::LinkRule;
use crate::domain::blueprint::{FieldType, SheetConstraint};
use crate::domain::record::{FieldNumber, Message, MessageSource, RecordKey};
use crate::domain::validation::FieldChecker;
use crate::domain::workbook::Sheet;

/// Keys of unique values are hashed with a secret of this process, so that nobody can make two collide.
static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The rules of a sheet, and what else its records have to know of it.
pub(super) struct Rules {
    pub(super) record_key: RecordKey,
    /// The fields by their keys, in the order of the columns.
    pub(super) columns: Vec<(String, FieldNumber)>,
    by_key: HashMap<String, FieldNumber>,
    pub(super) fields: BTreeMap<FieldNumber, FieldRules>,
    pub(super) unique: Vec<UniqueRule>,
    pub(super) links: Vec<LinkRule>,
}

/// The rules of one field.
pub(super) struct FieldRules {
    pub(super) checker: FieldChecker,
    pub(super) field_type: FieldType,
    pub(super) label: String,
    /// In which order options come.
    pub(super) options: Option<Arc<OptionOrder>>,
}

/// No two records may have the same values in these fields.
#[derive(PartialEq)]
pub(super) struct UniqueRule {
    pub(super) fields: Vec<FieldNumber>,
    /// A record with one of these empty does not count.
    required: Vec<FieldNumber>,
    is_composite: bool,
    message: Message,
}

impl Rules {
    /// Reads them from the blueprint.
    pub(super) fn of(sheet: &Sheet) -> Self {
        let mut fields = BTreeMap::new();
        let mut unique = Vec::new();
        for (number, field) in sheet.columns() {
            let checker = FieldChecker::new(field);
            if checker.is_unique() {
                unique.push(UniqueRule {
                    fields: vec![number],
                    required: Vec::new(),
                    is_composite: false,
                    message: checker.unique_message(),
                });
            }
            let (field_type, label) = (field.field_type.clone(), field.label.clone());
            let options = OptionOrder::of(&field_type).map(Arc::new);
            fields.insert(number, FieldRules { checker, field_type, label, options });
        }
        unique.extend(sheet.config.constraints.iter().filter_map(|constraint| composite(sheet, constraint)));
        let columns: Vec<(String, FieldNumber)> =
            sheet.columns().map(|(number, field)| (field.key.as_str().to_string(), number)).collect();
        let by_key = columns.iter().cloned().collect();
        let links = sheet.columns().filter_map(|(number, field)| LinkRule::of(sheet, number, field));
        Self { record_key: sheet.record_key, columns, by_key, fields, unique, links: links.collect() }
    }

    /// The number of the field of that key.
    pub(super) fn field(&self, key: &str) -> Result<FieldNumber, SheetError> {
        let unknown = || SheetError::Query(format!("`{key}` is not the key of a field of this sheet"));
        self.by_key.get(key).copied().ok_or_else(unknown)
    }

    /// How the texts of a field are compared.
    pub(super) fn reading(&self, number: FieldNumber) -> Reading {
        self.fields.get(&number).map_or(Reading::Text, |rules| Reading::of(&rules.field_type))
    }

    /// The key of the field of that number.
    pub(super) fn key_of(&self, number: FieldNumber) -> Option<&str> {
        self.columns.iter().find(|(_, other)| *other == number).map(|(key, _)| key.as_str())
    }

    /// The number of the field of that key or label; exactly, then in any case.
    pub(super) fn field_named(&self, name: &str) -> Result<FieldNumber, SheetError> {
        let label = |field: &FieldNumber| self.fields.get(field).map_or("", |rules| &rules.label);
        let lower = name.to_lowercase();
        let by = |fits: &dyn Fn(&str, &str) -> bool| {
            self.columns.iter().find(|(key, field)| fits(key, label(field))).map(|(_, field)| *field)
        };
        by(&|key, _| key == name)
            .or_else(|| by(&|_, label| label == name))
            .or_else(|| by(&|key, label| key.to_lowercase() == lower || label.to_lowercase() == lower))
            .ok_or_else(|| {
                let keys: Vec<&str> = self.columns.iter().map(|(key, _)| key.as_str()).take(20).collect();
                SheetError::Query(format!(
                    "`{name}` is neither the key nor the label of a field of this sheet; it has {}",
                    keys.join(", ")
                ))
            })
    }

    /// The fields of those keys; all when none are named.
    pub(super) fn fields_of(&self, keys: Option<&[String]>) -> Result<Vec<FieldNumber>, SheetError> {
        match keys {
            None => Ok(self.columns.iter().map(|(_, number)| *number).collect()),
            Some(keys) => keys.iter().map(|key| self.field(key)).collect(),
        }
    }

    /// Adds what is wrong with a cell by itself.
    pub(super) fn check(&self, field: FieldNumber, text: Option<&str>, out: &mut Vec<CellMessage>) {
        if let Some(rules) = self.fields.get(&field) {
            let mut found = Vec::new();
            rules.checker.check(text, &mut found);
            out.extend(found.into_iter().map(|message| (field, message)));
        }
    }

    /// Puts what is wrong with those references that read one of the fields into the messages of a record,
    /// in the place of what was.
    pub(super) fn check_links<'a>(
        &self,
        reads: impl Fn(FieldNumber) -> bool,
        text: impl Fn(FieldNumber) -> Option<&'a str>,
        out: &mut Vec<CellMessage>,
    ) {
        for link in self.links.iter().filter(|link| link.reads().any(&reads)) {
            let is_old = |(field, message): &CellMessage| {
                *field == link.field && message.derived && message.source == MessageSource::Unlinked
            };
            out.retain(|message| !is_old(message));
            out.extend(link.check(&text).map(|message| (link.field, message)));
        }
    }

    /// The fields that the unique rules look at.
    pub(super) fn unique_fields(&self) -> impl Iterator<Item = FieldNumber> {
        self.unique.iter().flat_map(|rule| rule.fields.iter().chain(&rule.required)).copied()
    }

    /// For each unique rule what a record is compared by; nothing where it does not count.
    pub(super) fn keys<'a>(&self, text: impl Fn(FieldNumber) -> Option<&'a str>) -> Vec<Option<u64>> {
        self.unique.iter().map(|rule| self.key(rule, &text)).collect()
    }

    /// What a record is compared by under one rule.
    pub(super) fn key<'a>(
        &self,
        rule: &UniqueRule,
        text: &impl Fn(FieldNumber) -> Option<&'a str>,
    ) -> Option<u64> {
        if !rule.is_composite {
            let field = *rule.fields.first()?;
            let key = self.fields.get(&field)?.checker.unique_key(text(field))?;
            return Some(SECRET.hash_one(key.as_bytes()));
        }
        let is_empty = |field: &FieldNumber| text(*field).is_none_or(str::is_empty);
        if rule.required.iter().any(is_empty) || rule.fields.iter().all(is_empty) {
            return None;
        }
        let values: Vec<Option<&str>> = rule.fields.iter().map(|field| text(*field)).collect();
        Some(SECRET.hash_one(&values))
    }
}

impl UniqueRule {
    /// Whether several fields count together.
    pub(super) fn is_composite(&self) -> bool {
        self.is_composite
    }

    /// Puts the rule's message on the cells of a record or takes it away; whether that changed anything.
    pub(super) fn mark(&self, messages: &mut Vec<CellMessage>, doubled: bool) -> bool {
        let mut changed = false;
        for field in &self.fields {
            let is_mark = |(other, message): &CellMessage| other == field && *message == self.message;
            match (messages.iter().position(is_mark), doubled) {
                (None, true) => messages.push((*field, self.message.clone())),
                (Some(place), false) => _ = messages.remove(place),
                _ => continue,
            }
            changed = true;
        }
        changed
    }

    /// The message and the cells that it is put on.
    pub(super) fn marks(&self) -> impl Iterator<Item = (FieldNumber, &Message)> {
        self.fields.iter().map(|field| (*field, &self.message))
    }
}

fn composite(sheet: &Sheet, constraint: &SheetConstraint) -> Option<UniqueRule> {
    let SheetConstraint::Unique { name, fields, required_fields, config, .. } = constraint else {
        return None;
    };
    let numbers = |keys: &[String]| keys.iter().filter_map(|key| sheet.field_number(key)).collect::<Vec<_>>();
    let labels: Vec<&str> = fields
        .iter()
        .map(|key| sheet.config.field(key).map_or(key.as_str(), |field| field.label.as_str()))
        .collect();
    let standard = || format!("Another record has the same {} ({name})", labels.join(" and "));
    let message = Message {
        level: config.level.unwrap_or_default(),
        source: MessageSource::UniqueConstraint,
        derived: true,
        text: config.message.clone().unwrap_or_else(standard),
        path: None,
    };
    let found = numbers(fields);
    (!found.is_empty()).then(|| UniqueRule {
        fields: found,
        required: numbers(required_fields),
        is_composite: true,
        message,
    })
}
