//! Which option of an enum a text means: its value, label or another name; exactly first, then in any case.

use std::borrow::Cow;

use super::trimmed;
use crate::domain::blueprint::{EnumConfig, EnumOption, Scalar};

/// The option that the text means. For many texts of one field build an [`OptionIndex`].
pub fn find_option<'a>(config: &'a EnumConfig, text: &str) -> Option<&'a EnumOption> {
    let text = trimmed(text);
    let options = &config.options;
    let by = |same: &dyn Fn(&str) -> bool| {
        options
            .iter()
            .find(|option| same(&value(option)))
            .or_else(|| options.iter().find(|option| option.label.as_deref().is_some_and(same)))
            .or_else(|| options.iter().find(|option| option.alternative_names.iter().any(|name| same(name))))
    };
    by(&|name| name == text).or_else(|| {
        let lower = text.to_lowercase();
        by(&|name| name.to_lowercase() == lower)
    })
}

/// What people read for an option.
fn label(option: &EnumOption) -> Cow<'_, str> {
    option.label.as_deref().map_or_else(|| value(option), Cow::Borrowed)
}

fn value(option: &EnumOption) -> Cow<'_, str> {
    match &option.value {
        Scalar::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// The value of each option, and what people read for it.
pub fn option_names(config: &EnumConfig) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    config.options.iter().map(|option| (value(option), label(option)))
}

/// The names of all options of a field, sorted, so that a look-up costs a binary search and no allocation.
#[derive(Debug, Clone)]
pub struct OptionIndex {
    values: Vec<String>,
    exact: Vec<(String, u32)>,
    lower: Vec<(String, u32)>,
}

impl OptionIndex {
    /// An index of the options; their places in the blueprint are the numbers it finds.
    pub fn new(config: &EnumConfig) -> Self {
        let numbered = || (0u32..).zip(&config.options);
        let mut exact: Vec<(String, u32)> =
            numbered().map(|(at, option)| (value(option).into_owned(), at)).collect();
        exact.extend(numbered().filter_map(|(at, option)| Some((option.label.clone()?, at))));
        exact
            .extend(numbered().flat_map(|(at, option)| {
                option.alternative_names.iter().map(move |name| (name.clone(), at))
            }));
        let mut lower: Vec<(String, u32)> =
            exact.iter().map(|(name, at)| (name.to_lowercase(), *at)).collect();
        for names in [&mut exact, &mut lower] {
            names.sort_by(|one, other| one.0.cmp(&other.0));
            names.dedup_by(|later, first| later.0 == first.0);
        }
        Self {
            values: config.options.iter().map(|option| value(option).into_owned()).collect(),
            exact,
            lower,
        }
    }

    /// The place of the option that the text means.
    pub fn find(&self, text: &str) -> Option<usize> {
        let text = trimmed(text);
        let among = |names: &[(String, u32)], text: &str| {
            let found = names.binary_search_by(|(name, _)| name.as_str().cmp(text)).ok()?;
            names.get(found).map(|(_, at)| *at as usize)
        };
        among(&self.exact, text).or_else(|| among(&self.lower, &text.to_lowercase()))
    }

    /// The value that is stored and sent for the option that the text means.
    pub fn value(&self, text: &str) -> Option<&str> {
        self.values.get(self.find(text)?).map(String::as_str)
    }

    /// The name that differs from the text in at most two letters, for "did you mean".
    pub fn nearest(&self, text: &str) -> Option<&str> {
        const MOST_NAMES: usize = 500;
        let text = trimmed(text).to_lowercase();
        let length = text.chars().count();
        let allowed = match length {
            0..=2 => return None,
            3..=4 => 1,
            5..=40 => 2,
            _ => return None,
        };
        self.exact
            .iter()
            .take(MOST_NAMES)
            .filter_map(|(name, _)| Some((distance(&text, &name.to_lowercase(), allowed)?, name.as_str())))
            .min()
            .map(|(_, name)| name)
    }
}

/// How many letters must be inserted, removed, changed or swapped with their neighbour, when at most `allowed`.
pub(crate) fn distance(one: &str, other: &str, allowed: usize) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > allowed {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, candidate) in other.iter().enumerate() {
            let change = above[column] + usize::from(letter != candidate);
            let mut least = change.min(above[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && one[row - 1] == *candidate && other[column - 1] == *letter {
                least = least.min(before[column - 1] + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().filter(|distance| *distance <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn config(names: &[(String, Option<String>, Vec<String>)]) -> EnumConfig {
        let options = names.iter().map(
            |(value, label, others)| json!({"value": value, "label": label, "alternativeNames": others}),
        );
        serde_json::from_value(json!({"options": options.collect::<Vec<_>>()})).unwrap()
    }

    #[test]
    fn the_nearest_name_is_offered_when_it_is_near() {
        let names = ["active", "pending", "closed", "US"].map(|name| (name.to_string(), None, vec![]));
        let index = OptionIndex::new(&config(&names));
        for (text, name) in [
            ("actve", Some("active")),
            ("Actvie", Some("active")),
            ("closd", Some("closed")),
            ("Germany", None),
            ("UK", None),
            ("", None),
        ] {
            assert_eq!(index.nearest(text), name, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_what_the_search_finds(
            names in proptest::collection::vec(
                ("[abAB]{1,2}", proptest::option::of("[abAB]{1,2}"), proptest::collection::vec("[abAB]{1,2}", 0..3)), 0..6),
            text in "[abABc ]{0,3}",
        ) {
            let config = config(&names);
            let searched = find_option(&config, &text).map(|option| value(option).into_owned());
            let index = OptionIndex::new(&config);
            prop_assert_eq!(index.value(&text).map(String::from), searched);
        }
    }
}
