//! Looking for text in cells.

use std::collections::HashMap;

use super::column::Column;

/// What a cell must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Needle {
    /// It contains the text, whatever the case; the text is in lower case.
    Within(String),
    /// It is exactly the text.
    Exactly(String),
    /// It is empty.
    Nothing,
}

impl Needle {
    /// Reads what a person typed; nothing when nothing is sought.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Some(match quoted {
            Some("") => Self::Nothing,
            Some(exact) => Self::Exactly(exact.to_string()),
            None => Self::Within(text.to_lowercase()),
        })
    }

    /// Whether a cell is like that.
    pub(super) fn fits(&self, text: Option<&str>) -> bool {
        match (self, text) {
            (Self::Nothing, text) => text.is_none_or(str::is_empty),
            (_, None) => false,
            (Self::Exactly(exact), Some(text)) => exact == text,
            (Self::Within(part), Some(text)) => contains(text, part),
        }
    }

    /// Whether each row of a column fits; a text of its dictionary is looked at once.
    pub(super) fn scan(&self, column: &Column, mut hit: impl FnMut(u32)) {
        let mut known: HashMap<usize, bool> = HashMap::new();
        for row in 0..column.count {
            let fits = match column.place(row) {
                None => self.fits(None),
                Some(place) if column.codes.is_some() => {
                    *known.entry(place).or_insert_with(|| self.fits(Some(column.texts.get(place))))
                }
                Some(place) => self.fits(Some(column.texts.get(place))),
            };
            if fits {
                hit(row as u32);
            }
        }
    }
}

/// Whether `text` contains `part`, which is in lower case, whatever the case of `text`.
fn contains(text: &str, part: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(part);
    }
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some(first) = part.first() else { return true };
    let other = first.to_ascii_uppercase();
    text.windows(part.len())
        .any(|window| (window[0] == *first || window[0] == other) && window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_make_it_exact_and_the_case_counts_only_then() {
        for (needle, text, fits) in [
            ("ann", Some("Joanna"), true),
            ("ANN", Some("joANNa"), true),
            ("ann", Some("Jon"), false),
            ("ann", None, false),
            ("ann", Some("an"), false),
            ("ÄRZ", Some("März"), true),
            ("\"Ann\"", Some("Ann"), true),
            ("\"Ann\"", Some("ann"), false),
            ("\"Ann\"", Some("Anna"), false),
            ("\"\"", None, true),
            ("\"\"", Some(""), true),
            ("\"\"", Some(" "), false),
            ("\"", Some("5\""), true),
        ] {
            let needle = Needle::parse(needle).unwrap();
            assert_eq!(needle.fits(text), fits, "{needle:?} in {text:?}");
        }
        assert_eq!(Needle::parse(""), None);
    }
}
