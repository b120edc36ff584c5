//! Which messages of a sheet may no longer be true: what a change of its blueprint leaves to be checked
//! again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::messages::CellMessage;
use super::rules::{Rules, UniqueRule};
use crate::domain::blueprint::{Constraint, Field};
use crate::domain::record::{FieldNumber, MessageSource};
use crate::domain::workbook::Sheet;

/// The fields whose derived messages are to be made anew, by what they derive from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stale {
    /// Fields whose cells are checked each by itself.
    pub(super) checks: BTreeSet<FieldNumber>,
    /// Fields of which only what is said of empty cells is to be looked at.
    pub(super) blanks: BTreeSet<FieldNumber>,
    /// Fields that carry the marks of unique rules.
    pub(super) unique: BTreeSet<FieldNumber>,
    /// Fields that refer to other sheets.
    pub(super) links: BTreeSet<FieldNumber>,
    /// Fields that the blueprint no longer has: nobody could mend what is said of them.
    pub(super) gone: BTreeSet<FieldNumber>,
}

impl Stale {
    /// Everything that the server derives.
    pub fn all(sheet: &Sheet) -> Self {
        let fields: BTreeSet<FieldNumber> = sheet.columns().map(|(number, _)| number).collect();
        let gone = sheet.field_numbers.values().filter(|number| !fields.contains(number));
        Self {
            gone: gone.copied().collect(),
            blanks: BTreeSet::new(),
            unique: fields.clone(),
            links: fields.clone(),
            checks: fields,
        }
    }

    /// The references of a sheet to others; empty when it has none.
    pub fn links(sheet: &Sheet) -> Self {
        let links = Rules::of(sheet).links.iter().map(|link| link.field).collect();
        Self { links, ..Self::default() }
    }

    /// What a change of the blueprint leaves; empty when its rules are the same.
    pub fn between(before: &Sheet, after: &Sheet) -> Self {
        let old: BTreeMap<FieldNumber, &Field> = before.columns().collect();
        let new: BTreeMap<FieldNumber, &Field> = after.columns().collect();
        let gone = old.keys().filter(|number| !new.contains_key(number));
        let mut stale = Self { gone: gone.copied().collect(), ..Self::default() };
        for (number, field) in &new {
            let known = old.get(number);
            let reads_alike = |known: &&&Field| {
                known.field_type == field.field_type && about_values(known).eq(about_values(field))
            };
            match known.filter(reads_alike) {
                None => _ = stale.checks.insert(*number),
                Some(known) if about_blanks(known) != about_blanks(field) => {
                    stale.blanks.insert(*number);
                }
                Some(_) => {}
            }
        }
        let (old_rules, new_rules) = (Rules::of(before).unique, Rules::of(after).unique);
        let counts_alike = |field: &FieldNumber| match (old.get(field), new.get(field)) {
            (Some(one), Some(other)) => one.field_type == other.field_type && one.unique() == other.unique(),
            _ => false,
        };
        let is_same = |one: &UniqueRule, other: &UniqueRule| {
            one == other && (one.is_composite() || one.fields.iter().all(counts_alike))
        };
        let missing =
            |rules: &[UniqueRule], rule: &UniqueRule| !rules.iter().any(|other| is_same(rule, other));
        let changed = old_rules.iter().filter(|rule| missing(&new_rules, rule));
        let changed = changed.chain(new_rules.iter().filter(|rule| missing(&old_rules, rule)));
        let unique = changed.flat_map(|rule| rule.fields.iter().copied()).collect();
        stale.unique = unique;
        // What is said of a field that comes back may be from any time.
        stale.links.clone_from(&stale.checks);
        stale.unique.extend(new.keys().filter(|number| !old.contains_key(number)));
        stale
    }

    /// Whether nothing has to be checked.
    pub fn is_empty(&self) -> bool {
        self.checks.is_empty()
            && self.blanks.is_empty()
            && self.unique.is_empty()
            && self.links.is_empty()
            && self.gone.is_empty()
    }

    /// Whether a message goes, to be made anew if it is still true.
    pub(super) fn drops(&self, field: FieldNumber, source: MessageSource, derived: bool) -> bool {
        if self.gone.contains(&field) {
            return true;
        }
        derived
            && match source {
                MessageSource::UniqueConstraint => self.unique.contains(&field),
                MessageSource::Unlinked => self.links.contains(&field),
                MessageSource::RequiredConstraint if self.blanks.contains(&field) => true,
                _ => self.checks.contains(&field),
            }
    }

    /// The same of a message with its cell.
    pub(super) fn drops_message(&self, (field, message): &CellMessage) -> bool {
        self.drops(*field, message.source, message.derived)
    }
}

/// The rules for what is in a cell by itself.
fn about_values(field: &Field) -> impl Iterator<Item = &Constraint> {
    let is_other =
        |rule: &&Constraint| !matches!(rule, Constraint::Required { .. } | Constraint::Unique { .. });
    field.constraints.iter().filter(is_other)
}

/// What decides what is said of an empty cell; nothing when nothing is.
fn about_blanks(field: &Field) -> Option<(&str, Vec<&Constraint>)> {
    let required: Vec<_> =
        field.constraints.iter().filter(|rule| matches!(rule, Constraint::Required { .. })).collect();
    (!required.is_empty()).then_some((&field.label, required))
}
