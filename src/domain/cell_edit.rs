//! One rule for many cells: what becomes of the text of each cell of a field.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::blueprint::FieldType;
use super::series::Series;
use super::value;

/// What an edit makes of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited<T> {
    /// It stays as it is.
    Same,
    /// It gets the text; nothing empties it.
    To(Option<T>),
    /// It would be longer than a cell may be, and stays as it is.
    TooLong,
}

impl<T> Edited<T> {
    /// The same with another kind of text.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Edited<U> {
        match self {
            Self::Same => Edited::Same,
            Self::To(text) => Edited::To(text.map(change)),
            Self::TooLong => Edited::TooLong,
        }
    }
}

/// What becomes of the cells of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum CellEdit {
    /// Every cell gets the text; nothing empties it.
    Set(Option<String>),
    /// Empty cells get the text.
    Fill(String),
    /// Cells that are like `find` get `with` in its place.
    Replace {
        /// What is sought.
        find: Find,
        /// What stands there since; an empty text takes it away.
        with: String,
        /// A cell that would become longer than so many bytes stays as it is.
        most: usize,
    },
    /// The cells get these texts one after the other, and again from the first on.
    Cycle(Arc<[Option<String>]>),
    /// The cells of these rows get the text; nothing empties them.
    Within(Arc<[Range<u32>]>, Option<String>),
    /// The cells get these texts, each from its row on to that of the next.
    Runs(Arc<[(u32, Arc<str>)]>),
    /// The cells go on with a series; the first of them has this place in it.
    Series(Series, i64),
}

/// What a cell must be like to be replaced.
#[derive(Debug, Clone, PartialEq)]
pub enum Find {
    /// It is empty.
    Empty,
    /// It is exactly the text.
    Exactly(String),
    /// It is the text, whatever the case.
    Whole(Part),
    /// It contains the text.
    Within(Part),
    /// It means the same as the text to a field of that type, as `1,000` and `1000` do to a number.
    Meant(Arc<FieldType>, String),
    /// It is like `find`, or holds a value for which people read something like it.
    Shown {
        /// What is sought.
        find: Box<Find>,
        /// Those values.
        values: BTreeSet<String>,
        /// The cell is a list, of which one item has the value; the only one where the whole cell is sought.
        by_item: bool,
    },
}

/// How a person wants a text to be sought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spelling {
    /// Capital and small letters are different.
    pub match_case: bool,
    /// The cell holds the text and nothing else.
    pub whole_cell: bool,
}

/// A text that is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// In lower case, character by character, unless the case counts.
    text: String,
    match_case: bool,
}

impl Find {
    /// Reads what is sought in a field, as clients say it: `null`, an empty text and `""` mean empty cells; a text in
    /// double quotes and a value that is no text the whole cell; another text a part of it. Of a field whose values
    /// are given (options, booleans, references) it is always the whole cell. A whole cell of numbers, options or
    /// booleans is like it when it means the same.
    ///
    /// # Errors
    /// In words, when the value cannot be one of the field.
    pub fn parse(field_type: &FieldType, sought: &Value) -> Result<Self, String> {
        let Some(text) = value::text_of(field_type, sought)?.filter(|text| !text.is_empty()) else {
            return Ok(Self::Empty);
        };
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let whole = !sought.is_string()
            || matches!(field_type, FieldType::Enum(_) | FieldType::Boolean { .. } | FieldType::Reference(_));
        Ok(match quoted {
            Some("") => Self::Empty,
            Some(exact) => Self::whole_cell(field_type, exact.to_string()),
            None if whole => Self::whole_cell(field_type, text),
            None => Self::Within(Part::new(&text, false)),
        })
    }

    fn whole_cell(field_type: &FieldType, text: String) -> Self {
        match field_type {
            FieldType::Number | FieldType::Boolean { .. } | FieldType::Enum(_) => {
                Self::Meant(Arc::new(field_type.clone()), text)
            }
            _ => Self::Exactly(text),
        }
    }

    /// What a person typed to be found: quotes stand for themselves, and nothing means empty cells.
    pub fn spelled(text: &str, spelling: Spelling) -> Self {
        match (text, spelling) {
            ("", _) => Self::Empty,
            (text, Spelling { match_case: true, whole_cell: true }) => Self::Exactly(text.to_string()),
            (text, Spelling { match_case, whole_cell: true }) => Self::Whole(Part::new(text, match_case)),
            (text, Spelling { match_case, .. }) => Self::Within(Part::new(text, match_case)),
        }
    }

    /// Whether a cell is like that.
    pub fn fits(&self, text: Option<&str>) -> bool {
        match (self, text.filter(|text| !text.is_empty())) {
            (Self::Empty, text) => text.is_none(),
            (_, None) => false,
            (Self::Exactly(exact), Some(text)) => text == exact,
            (Self::Meant(field_type, meant), Some(text)) => value::same(field_type, Some(meant), Some(text)),
            (Self::Whole(part), Some(text)) => part.length_at(text) == Some(text.len()),
            (Self::Within(part), Some(text)) => part.find(text).is_some(),
            (Self::Shown { find, values, by_item }, Some(text)) => {
                find.fits(Some(text))
                    || values.contains(text)
                    || (*by_item && value::items(text).any(|item| values.contains(&*item)))
                        && (!find.is_whole() || value::items(text).count() == 1)
            }
        }
    }

    /// Whether the cell holds it and nothing else.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Exactly(_) | Self::Whole(_))
    }

    /// The same where the cell holds it and nothing else.
    #[must_use]
    pub fn whole(self) -> Self {
        match self {
            Self::Within(part) => Self::Whole(part),
            other => other,
        }
    }
}

impl CellEdit {
    /// Whether cells of equal texts may get different ones.
    pub fn goes_by_row(&self) -> bool {
        matches!(self, Self::Cycle(_) | Self::Within(..) | Self::Runs(_) | Self::Series(..))
    }

    /// What becomes of a cell, whose record is the `row`th of those that are meant.
    pub fn apply<'a>(&'a self, text: Option<&str>, row: usize) -> Edited<Cow<'a, str>> {
        let present = |text: &'a str| Some(text).filter(|text| !text.is_empty()).map(Cow::Borrowed);
        let is_empty = text.is_none_or(str::is_empty);
        let since = match self {
            Self::Set(since) => since.as_deref().map(Cow::Borrowed),
            Self::Cycle(texts) => match texts.get(row % texts.len().max(1)) {
                Some(since) => since.as_deref().map(Cow::Borrowed),
                None => return Edited::Same,
            },
            Self::Within(rows, since) if rows.iter().any(|rows| rows.contains(&(row as u32))) => {
                since.as_deref().map(Cow::Borrowed)
            }
            Self::Runs(runs) => {
                match runs.partition_point(|(begin, _)| *begin as usize <= row).checked_sub(1) {
                    Some(run) => present(&runs[run].1),
                    None => return Edited::Same,
                }
            }
            Self::Series(series, first) => {
                match first.checked_add_unsigned(row as u64).and_then(|place| series.at(place)) {
                    Some(since) => Some(Cow::Owned(since)),
                    None => return Edited::Same,
                }
            }
            Self::Fill(with) if is_empty => present(with),
            Self::Replace { find: Find::Empty, with, .. } if is_empty => present(with),
            Self::Replace {
                find: find @ (Find::Exactly(_) | Find::Meant(..) | Find::Whole(_) | Find::Shown { .. }),
                with,
                ..
            } if find.fits(text) => present(with),
            Self::Replace { find: Find::Within(part), with, most } => match part.replace(text, with, *most) {
                Edited::To(replaced) => replaced.filter(|text| !text.is_empty()).map(Cow::Owned),
                other => return other.map(Cow::Owned),
            },
            _ => return Edited::Same,
        };
        if since.as_deref() == text { Edited::Same } else { Edited::To(since) }
    }
}

impl Part {
    fn new(text: &str, match_case: bool) -> Self {
        let text = if match_case { text.to_string() } else { text.chars().flat_map(fold).collect() };
        Self { text, match_case }
    }

    /// The text; in lower case unless the case counts.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether capital and small letters are different.
    pub fn matches_case(&self) -> bool {
        self.match_case
    }

    /// The text with each place of the part replaced.
    fn replace(&self, text: Option<&str>, with: &str, most: usize) -> Edited<String> {
        let Some(text) = text else { return Edited::Same };
        let mut replaced: Option<String> = None;
        let mut rest = text;
        while let Some((begin, end)) = self.find(rest) {
            let out = replaced.get_or_insert_with(|| String::with_capacity(text.len() + with.len()));
            out.push_str(&rest[..begin]);
            out.push_str(with);
            rest = &rest[end..];
            if out.len() > most {
                return Edited::TooLong;
            }
        }
        match replaced.map(|out| out + rest) {
            Some(out) if out.len() > most => Edited::TooLong,
            Some(out) => Edited::To(Some(out)),
            None => Edited::Same,
        }
    }

    /// Where the part stands first, in bytes.
    fn find(&self, text: &str) -> Option<(usize, usize)> {
        if self.match_case {
            let begin = text.find(&self.text)?;
            return Some((begin, begin + self.text.len()));
        }
        let part = self.text.as_bytes();
        let first = *part.first()?;
        if text.is_ascii() {
            let upper = first.to_ascii_uppercase();
            let is_here = |window: &[u8]| {
                (window[0] == first || window[0] == upper) && window.eq_ignore_ascii_case(part)
            };
            let begin = text.as_bytes().windows(part.len()).position(is_here)?;
            return Some((begin, begin + part.len()));
        }
        text.char_indices().find_map(|(begin, _)| Some((begin, begin + self.length_at(&text[begin..])?)))
    }

    /// How many bytes of the text's beginning the part takes, when it stands there.
    fn length_at(&self, text: &str) -> Option<usize> {
        let mut wanted = self.text.chars();
        for (place, character) in text.char_indices() {
            if wanted.as_str().is_empty() {
                return Some(place);
            }
            for folded in fold(character) {
                if wanted.next() != Some(folded) {
                    return None;
                }
            }
        }
        wanted.as_str().is_empty().then_some(text.len())
    }
}

/// A character in lower case; the two small sigmas are one.
fn fold(character: char) -> impl Iterator<Item = char> {
    character.to_lowercase().map(|character| if character == 'ς' { 'σ' } else { character })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sought_is_replaced_and_nothing_else() {
        for (find, with, text, since) in [
            (json!("gmail"), "mail", Some("a@GMail.gmail"), Some(Some("a@mail.mail"))),
            (json!("gmail"), "mail", Some("a@x"), None),
            (json!("a"), "a", Some("aa"), None),
            (json!("aa"), "a", Some("aaa"), Some(Some("aa"))),
            (json!("x"), "", Some("x"), Some(None)),
            (json!("x"), "", None, None),
            (json!("\"Ann\""), "Eve", Some("Ann"), Some(Some("Eve"))),
            (json!("\"Ann\""), "Eve", Some("ann"), None),
            (json!("\"Ann\""), "", Some("Ann"), Some(None)),
            (json!("\"\""), "none", None, Some(Some("none"))),
            (json!(null), "none", Some(""), Some(Some("none"))),
            (json!(""), "none", Some("x"), None),
            (json!(5), "6", Some("5"), Some(Some("6"))),
            (json!(5), "6", Some("55"), None),
            (json!("ÄRZ"), "ai", Some("1. März"), Some(Some("1. Mai"))),
            (json!("οδός"), "x", Some("ΟΔΌΣ 1"), Some(Some("x 1"))),
            (json!("ß"), "ss", Some("Straße, groß"), Some(Some("Strasse, gross"))),
        ] {
            let edit = CellEdit::Replace {
                find: Find::parse(&FieldType::String, &find).unwrap(),
                with: with.to_string(),
                most: 100,
            };
            let since = since.map_or(Edited::Same, |since: Option<&str>| Edited::To(since.map(Cow::from)));
            assert_eq!(edit.apply(text, 0), since, "{find} in {text:?}");
        }
    }

    #[test]
    fn what_a_person_types_is_sought_as_the_options_say() {
        let spelling = |match_case, whole_cell| Spelling { match_case, whole_cell };
        for (find, spelling, text, since) in [
            ("ann", spelling(false, false), Some("Joanne"), Some(Some("JoX e"))),
            ("ann", spelling(true, false), Some("Ann, ann"), Some(Some("Ann, X "))),
            ("ann", spelling(true, false), Some("ANN"), None),
            ("ann", spelling(false, true), Some("ANN"), Some(Some("X "))),
            ("ann", spelling(false, true), Some("Anne"), None),
            ("ann", spelling(true, true), Some("Ann"), None),
            ("ann", spelling(true, true), Some("ann"), Some(Some("X "))),
            ("\"ann\"", spelling(false, false), Some("ann"), None),
            ("", spelling(false, false), None, Some(Some("X "))),
            ("straße", spelling(false, true), Some("STRAßE"), Some(Some("X "))),
        ] {
            let find = Find::spelled(find, spelling);
            assert_eq!(find.fits(text), since.is_some(), "{find:?} in {text:?}");
            let edit = CellEdit::Replace { find, with: "X ".to_string(), most: 100 };
            let since = since.map_or(Edited::Same, |since| Edited::To(since.map(Cow::from)));
            assert_eq!(edit.apply(text, 0), since, "{edit:?} in {text:?}");
        }
    }

    #[test]
    fn a_whole_cell_is_found_by_what_it_means() {
        let of = |name: &str, find: serde_json::Value| {
            let options = json!([{ "value": "us", "label": "United States" }, { "value": "de" }]);
            let field = json!({ "key": "f", "type": name, "config": { "options": options } });
            let field: crate::domain::blueprint::Field = serde_json::from_value(field).unwrap();
            Find::parse(&field.field_type, &find).unwrap()
        };
        for (name, find, fitting, other) in [
            ("number", json!(1000), "1,000", "10000"),
            ("number", json!("\"1000\""), "1000.0", "1001"),
            ("number", json!("00"), "1,000.00", "1"),
            ("boolean", json!(true), "Yes", "no"),
            ("boolean", json!("no"), "false", "none"),
            ("enum", json!("us"), "united states", "de"),
            ("enum", json!("\"United States\""), "us", "de"),
            ("string", json!(1000), "1000", "1,000"),
        ] {
            let found = of(name, find.clone());
            assert!(found.fits(Some(fitting)) && !found.fits(Some(other)), "{name} {find}");
            assert!(!found.fits(None), "{name} {find}");
        }
    }

    #[test]
    fn a_cell_that_would_become_too_long_stays() {
        let find = Find::parse(&FieldType::String, &json!("a")).unwrap();
        let edit = CellEdit::Replace { find, with: "xyz".to_string(), most: 6 };
        assert_eq!(edit.apply(Some("aa"), 0), Edited::To(Some("xyzxyz".into())));
        assert_eq!(edit.apply(Some("aab"), 0), Edited::TooLong);
        assert_eq!(edit.apply(Some("aaaaaaaa"), 0), Edited::TooLong);
        assert_eq!(edit.apply(Some("long before"), 0), Edited::Same);
    }

    #[test]
    fn filling_leaves_what_is_there_and_setting_what_is_the_same() {
        let fill = CellEdit::Fill("x".to_string());
        assert_eq!(fill.apply(None, 0), Edited::To(Some("x".into())));
        assert_eq!(fill.apply(Some("y"), 0), Edited::Same);
        let set = CellEdit::Set(Some("x".to_string()));
        assert_eq!(set.apply(Some("y"), 0), Edited::To(Some("x".into())));
        assert_eq!(set.apply(Some("x"), 0), Edited::Same);
        assert_eq!(CellEdit::Set(None).apply(Some("x"), 0), Edited::To(None));
        assert_eq!(CellEdit::Set(None).apply(None, 0), Edited::Same);
    }

    #[test]
    fn only_the_rows_that_are_meant_change() {
        let edit = CellEdit::Within([1..2, 4..6].into(), None);
        for (row, since) in
            [(0, Edited::Same), (1, Edited::To(None)), (3, Edited::Same), (5, Edited::To(None))]
        {
            assert_eq!(edit.apply(Some("x"), row), since, "{row}");
        }
        assert_eq!(edit.apply(None, 1), Edited::Same, "what is empty already");
        assert!(edit.goes_by_row());
    }

    #[test]
    fn a_cycle_begins_again_and_a_series_goes_on() {
        let edit = CellEdit::Cycle([Some("a".to_string()), None].into());
        assert_eq!(edit.apply(Some("x"), 2), Edited::To(Some("a".into())));
        assert_eq!(edit.apply(Some("x"), 3), Edited::To(None));
        assert_eq!(edit.apply(Some("a"), 4), Edited::Same, "what is there already");
        let series = Series::of(&[Some("1"), Some("2")]).unwrap();
        assert_eq!(CellEdit::Series(series, -1).apply(None, 5), Edited::To(Some("5".into())));
    }
}
