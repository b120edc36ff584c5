//! What can be asked of a cell, in words, by the type of its field: one table for the builder and for the chips.

use crate::domain::query::{Operator, Quality, Test};
use crate::rpc::records::ColumnKind;

/// A question to a cell in words.
pub struct Phrase {
    /// What is asked.
    pub test: Test,
    /// In words.
    pub words: &'static str,
    /// The types of fields that it is offered for.
    kinds: &'static [ColumnKind],
    /// Whether it is offered for any field at once.
    anywhere: bool,
}

use ColumnKind as K;

const SINGLE: &[K] = &[K::Text, K::Number, K::Boolean, K::Date, K::Enum, K::Reference];
const ALL: &[K] = &[K::Text, K::Number, K::Boolean, K::Date, K::Enum, K::Reference, K::List];

const fn phrase(test: Test, words: &'static str, kinds: &'static [ColumnKind], anywhere: bool) -> Phrase {
    Phrase { test, words, kinds, anywhere }
}

use Operator::{Contains, Eq, Gt, Gte, Ilike, Like, Lt, Lte, Ne};
use Test::{Compare, Empty, Filled, Is, Message};

/// Each phrase, in the order in which the builder offers them.
const PHRASES: &[Phrase] = &[
    phrase(Compare(Contains), "contains", &[K::Text, K::Reference], true),
    phrase(Compare(Eq), "is", SINGLE, true),
    phrase(Compare(Ne), "is not", SINGLE, false),
    phrase(Compare(Gt), "is more than", &[K::Number], false),
    phrase(Compare(Gte), "is at least", &[K::Number], false),
    phrase(Compare(Lt), "is less than", &[K::Number], false),
    phrase(Compare(Lte), "is at most", &[K::Number], false),
    phrase(Compare(Gt), "is after", &[K::Date], false),
    phrase(Compare(Gte), "is on or after", &[K::Date], false),
    phrase(Compare(Lt), "is before", &[K::Date], false),
    phrase(Compare(Lte), "is on or before", &[K::Date], false),
    phrase(Compare(Contains), "has the item", &[K::List], false),
    phrase(Compare(Ilike), "is like", &[K::Text, K::Reference], false),
    phrase(Compare(Like), "is like, with that case,", &[], false),
    phrase(Empty, "is empty", ALL, true),
    phrase(Filled, "is not empty", ALL, false),
    phrase(Is(Quality::Error), "has an error", ALL, true),
    phrase(Is(Quality::Warning), "has a warning", ALL, true),
    phrase(Is(Quality::Valid), "is valid", ALL, true),
    phrase(Message(Contains), "has a message with", ALL, true),
    phrase(Message(Eq), "has the message", &[], false),
    phrase(Message(Ne), "has another message than", &[], false),
    phrase(Message(Ilike), "has a message like", &[], false),
    phrase(Message(Like), "has a message like, with that case,", &[], false),
    phrase(Compare(Contains), "contains", &[], false),
    phrase(Compare(Gt), "is more than", &[], false),
    phrase(Compare(Gte), "is at least", &[], false),
    phrase(Compare(Lt), "is less than", &[], false),
    phrase(Compare(Lte), "is at most", &[], false),
];

/// What is offered for a field of that type, or for any field.
pub fn offered(kind: Option<ColumnKind>) -> impl Iterator<Item = &'static Phrase> {
    PHRASES.iter().filter(move |phrase| match kind {
        Some(kind) => phrase.kinds.contains(&kind),
        None => phrase.anywhere,
    })
}

/// What is asked, in the words that go with the type of the field.
pub fn words(test: Test, kind: Option<ColumnKind>) -> &'static str {
    let of_kind = offered(kind).find(|phrase| phrase.test == test);
    of_kind
        .or_else(|| PHRASES.iter().find(|phrase| phrase.test == test))
        .map_or("compares with", |phrase| phrase.words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_words() {
        for (operator, word) in Operator::ALL {
            assert_ne!(words(Compare(operator), None), "compares with", "{word}");
        }
        assert_eq!(words(Compare(Gt), Some(K::Date)), "is after");
        assert_eq!(words(Compare(Gt), Some(K::Text)), "is more than");
    }

    #[test]
    fn each_type_is_offered_each_test_once() {
        for kind in ALL.iter().copied().map(Some).chain([None]) {
            let tests: Vec<Test> = offered(kind).map(|phrase| phrase.test).collect();
            assert!(tests.len() > 5, "{kind:?}");
            for (place, test) in tests.iter().enumerate() {
                assert!(!tests[..place].contains(test), "{kind:?} {test:?}");
            }
        }
    }
}
