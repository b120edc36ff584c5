//! Looking for text in cells, whatever the case of its letters.

use std::cell::RefCell;
use std::sync::Arc;

use memchr::memmem::{self, Finder};

use super::column::Texts;

/// The characters beyond ASCII whose lower case has a letter of ASCII: the sign of Kelvin and İ.
const HIDDEN_LETTERS: [&str; 2] = ["\u{212A}", "\u{130}"];

thread_local! {
    static LOWERED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A text that is sought within others.
#[derive(Debug, Clone)]
pub(super) struct Substring {
    lower: String,
    finder: Arc<Finder<'static>>,
}

impl Substring {
    pub(super) fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        let finder = Arc::new(Finder::new(lower.as_bytes()).into_owned());
        Self { lower, finder }
    }

    /// Whether a text contains it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.lower);
        }
        let (text, part) = (text.as_bytes(), self.lower.as_bytes());
        let Some(first) = part.first() else { return true };
        let other = first.to_ascii_uppercase();
        text.windows(part.len()).any(|window| {
            window.first().is_some_and(|byte| byte == first || *byte == other)
                && window.eq_ignore_ascii_case(part)
        })
    }

    /// Tells the place of each text that contains it; some more than once.
    pub(super) fn scan(&self, texts: &Texts, mut hit: impl FnMut(usize)) {
        let plain = texts.text.is_ascii();
        if self.lower.is_empty() {
            (0..texts.len()).for_each(hit);
        } else if self.lower.is_ascii() {
            LOWERED.with_borrow_mut(|lowered| {
                lowered.clear();
                lowered.extend_from_slice(texts.text.as_bytes());
                lowered.make_ascii_lowercase();
                each(&self.finder, lowered, &texts.ends, &mut hit);
            });
            for letter in HIDDEN_LETTERS.iter().filter(|_| !plain) {
                let hidden = memmem::Finder::new(letter);
                each(&hidden, texts.text.as_bytes(), &texts.ends, |place| {
                    if self.is_in(texts.get(place)) {
                        hit(place);
                    }
                });
            }
        } else if !plain {
            let contains = |place: &usize| {
                let text = texts.get(*place);
                !text.is_ascii() && self.is_in(text)
            };
            (0..texts.len()).filter(contains).for_each(hit);
        }
    }
}

/// Tells the place of each text that contains what a finder finds, with that very case.
pub(super) fn scan(finder: &Finder<'_>, texts: &Texts, mut hit: impl FnMut(usize)) {
    if finder.needle().is_empty() {
        return (0..texts.len()).for_each(hit);
    }
    each(finder, texts.text.as_bytes(), &texts.ends, &mut hit);
}

/// Tells which texts a finder finds something in, each once. The texts stand one after another and end at `ends`.
fn each(finder: &Finder<'_>, bytes: &[u8], ends: &[u32], mut hit: impl FnMut(usize)) {
    let (mut from, mut place) = (0, 0);
    while let Some(found) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
        let at = from + found;
        let Some(rest) = ends.get(place..) else { return };
        place += rest.partition_point(|end| *end as usize <= at);
        let Some(end) = ends.get(place).map(|end| *end as usize) else { return };
        // What begins in one text and ends in the next is in neither.
        let within = at + finder.needle().len() <= end;
        if within {
            hit(place);
        }
        from = if within { end } else { at + 1 };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_case_does_not_count() {
        for (sought, text, fits) in [
            ("ann", "Joanna", true),
            ("ANN", "joANNa", true),
            ("ann", "Jon", false),
            ("ann", "an", false),
            ("ÄRZ", "März", true),
            ("ärz", "MARZ", false),
            ("k", "300 \u{212A}", true),
            ("i", "\u{130}", true),
            ("", "", true),
        ] {
            assert_eq!(Substring::new(sought).is_in(text), fits, "{sought} in {text}");
        }
    }

    proptest! {
        #[test]
        fn a_scan_finds_what_a_look_at_each_text_finds(
            given in prop::collection::vec("[aAbBäÄkK\u{212A}\u{130}i]{0,4}", 0..12),
            plain in prop::collection::vec("[aAbB]{0,4}", 0..12),
            sought in "[aAbBäÄkKi]{0,3}",
        ) {
            let sought = Substring::new(&sought);
            for given in [given, plain] {
                let mut texts = Texts::default();
                given.iter().for_each(|text| texts.push(text));
                let mut found = Vec::new();
                sought.scan(&texts, |place| found.push(place));
                found.sort_unstable();
                found.dedup();
                let expected: Vec<usize> =
                    (0..given.len()).filter(|place| sought.is_in(&given[*place])).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
