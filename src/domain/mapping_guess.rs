//! Which field of one sheet is meant by which of another, and how sure that is (section 2.8.5 of the wire contract).

use super::blueprint::{Field, SheetConfig};
use super::mapping::{is_computed, match_fields, normalised};
use super::value::distance;

/// How sure a guess must be at a sheet that does not say it (section 2.5.2 of the wire contract).
const THRESHOLD: f64 = 0.5;
/// Letters of the shortest name of which another spelling is known again.
const SHORTEST: usize = 5;
/// Letters of a name of which two may differ, and not one.
const LONG: usize = 8;

/// A field that probably is another.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The place of the other one.
    pub place: usize,
    /// `absolute`, `strong` or `moderate`.
    pub certainty: &'static str,
    /// The same between 0 and 1.
    pub confidence: f64,
    /// What told it.
    pub source: &'static str,
}

/// For each field the one of the target that it probably is, where the guess is as sure as the target wants it. The same
/// key or label is absolute, other names and the same letters are strong, and a name that differs in one or two letters
/// is moderate.
pub fn guess(from: &[&Field], target: &SheetConfig) -> Vec<Option<Guess>> {
    let found = match_fields(from, &target.fields);
    let free: Vec<(usize, &Field)> = target
        .fields
        .iter()
        .enumerate()
        .filter(|(place, field)| !is_computed(field) && !found.contains(&Some(*place)))
        .collect();
    let mut guesses: Vec<Option<Guess>> = from
        .iter()
        .zip(&found)
        .map(|(field, place)| place.and_then(|place| Some(named(field, target.fields.get(place)?, place))))
        .collect();
    // The nearest first, so that no field is taken by one that is less like it.
    let mut near: Vec<(usize, usize, usize)> = from
        .iter()
        .enumerate()
        .filter(|(at, _)| found[*at].is_none())
        .flat_map(|(at, field)| {
            free.iter().filter_map(move |(place, to)| Some((unlike(field, to)?, at, *place)))
        })
        .collect();
    near.sort_unstable();
    for (_, at, place) in near {
        let is_free = guesses[at].is_none() && guesses.iter().flatten().all(|guess| guess.place != place);
        if is_free {
            guesses[at] = Some(Guess { place, certainty: "moderate", confidence: 0.7, source: "similar" });
        }
    }
    let threshold = target.mapping_confidence_threshold.unwrap_or(THRESHOLD);
    guesses.into_iter().map(|guess| guess.filter(|guess| guess.confidence >= threshold)).collect()
}

fn named(from: &Field, to: &Field, place: usize) -> Guess {
    let is_exact = from.key == to.key || from.label == to.label;
    let (certainty, confidence) = if is_exact { ("absolute", 1.0) } else { ("strong", 0.9) };
    Guess { place, certainty, confidence, source: "exact" }
}

/// In how many letters the names differ that are most alike; nothing when they are too different.
fn unlike(from: &Field, to: &Field) -> Option<usize> {
    let others = || to.alternative_names.iter().map(String::as_str).chain([to.key.as_str(), &to.label]);
    [from.key.as_str(), &from.label]
        .into_iter()
        .flat_map(|name| others().filter_map(move |other| misspelt(&normalised(name), &normalised(other))))
        .min()
}

/// In how many letters two spellings of one name differ. Names with other digits are not one name.
fn misspelt(one: &str, other: &str) -> Option<usize> {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let shorter = one.chars().count().min(other.chars().count());
    if shorter < SHORTEST || digits(one) != digits(other) {
        return None;
    }
    distance(one, other, if shorter < LONG { 1 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    fn guesses(names: &[&str], threshold: Option<f64>) -> Vec<Option<(usize, &'static str)>> {
        let target: SheetConfig = from_value(json!({
            "name": "T", "mappingConfidenceThreshold": threshold, "fields": [
                { "key": "address", "type": "string", "label": "Address" },
                { "key": "quantity", "type": "number", "label": "How many" },
                { "key": "street2", "type": "string", "label": "Street 2" },
                { "key": "weight", "type": "number", "constraints": [{ "type": "computed" }] },
            ],
        }))
        .unwrap();
        let field = |name: &&str| from_value(json!({ "key": name, "type": "string" })).unwrap();
        let fields: Vec<Field> = names.iter().map(field).collect();
        let found = guess(&fields.iter().collect::<Vec<_>>(), &target);
        found.into_iter().map(|guess| guess.map(|guess| (guess.place, guess.certainty))).collect()
    }

    #[test]
    fn names_say_how_sure_a_guess_is() {
        let none = None;
        for (names, expected) in [
            (&["address", "how_many"][..], vec![Some((0, "absolute")), Some((1, "strong"))]),
            (&["adress", "quantitiy"], vec![Some((0, "moderate")), Some((1, "moderate"))]),
            (&["addres", "address"], vec![none, Some((0, "absolute"))]),
            (&["adresss", "adress"], vec![none, Some((0, "moderate"))]),
            (&["street1", "weigth", "quality"], vec![none, none, none]),
        ] {
            assert_eq!(guesses(names, None), expected, "{names:?}");
        }
    }

    #[test]
    fn a_sheet_says_how_sure_a_guess_must_be() {
        let names = ["address", "how_many"];
        assert_eq!(guesses(&names, Some(1.0)), [Some((0, "absolute")), None]);
        assert_eq!(guesses(&["adress"], Some(0.8)), [None]);
        assert_eq!(guesses(&["adress"], Some(0.7)), [Some((0, "moderate"))]);
    }
}
