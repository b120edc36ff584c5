//! What a cell was probably meant to be: the option that a message names, a text without spaces around it, a number
//! without its currency, a day in the order that dates are kept in.

use crate::rpc::records::{ColumnKind, ColumnView};

/// What stands before the option that a message proposes.
const PROPOSES: &str = "did you mean “";
/// What people write around numbers.
const AROUND_NUMBERS: [char; 10] = ['$', '€', '£', '¥', '₹', '%', '\'', '’', ' ', '\u{a0}'];

/// The text that a cell with these messages was probably meant to hold; nothing when that is not clear.
pub fn fix<'a>(
    column: &ColumnView,
    text: &str,
    mut messages: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let proposed = messages.find_map(|message| message.split_once(PROPOSES)?.1.split_once('”'));
    if let Some((name, _)) = proposed {
        let choice = column.choices.iter().find(|choice| choice.label == name);
        return Some(choice.map_or(name, |choice| choice.value.as_str()).to_string());
    }
    let trimmed = text.trim();
    let meant = match column.kind {
        ColumnKind::Number => plain_number(trimmed),
        ColumnKind::Date => day(trimmed),
        _ => None,
    };
    meant.or_else(|| Some(trimmed.to_string())).filter(|meant| !meant.is_empty() && meant != text)
}

/// A number without what people write around it.
fn plain_number(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|character| !AROUND_NUMBERS.contains(character)).collect();
    let (sign, digits) = match bare.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", bare.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let of_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let groups = whole.split(',').collect::<Vec<_>>();
    let grouped = match groups.as_slice() {
        [one] => of_digits(one),
        [first, others @ ..] => {
            of_digits(first)
                && first.len() <= 3
                && others.iter().all(|part| part.len() == 3 && of_digits(part))
        }
        [] => false,
    };
    (grouped && of_digits(fraction)).then(|| [sign, digits].concat())
}

/// A day as `YYYY-MM-DD`, when it can only be read one way.
fn day(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let number = |part: &str| if part.len() <= 2 { part.parse::<u8>().ok() } else { None };
    let year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = if year(one) {
        (one, number(two)?, number(three)?)
    } else if year(three) {
        let (first, second) = (number(one)?, number(two)?);
        match (first > 12, second > 12) {
            (true, false) => (three, second, first),
            (false, true) => (three, first, second),
            _ if first == second => (three, first, second),
            _ => return None,
        }
    } else {
        return None;
    };
    let two_digits = |number: u8| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_day.then(|| [year, "-", &two_digits(month), "-", &two_digits(day)].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::records::Choice;

    fn column(kind: ColumnKind) -> ColumnView {
        ColumnView {
            key: "a".to_string(),
            label: "A".to_string(),
            kind,
            required: false,
            locked: None,
            choices: vec![Choice { value: "team".to_string(), label: "Team".to_string() }],
            description: None,
            width: None,
            actions: Vec::new(),
            refers: false,
        }
    }

    #[test]
    fn what_was_meant_is_proposed_only_when_it_is_clear() {
        let message = "“Tem” is not one of the options: did you mean “Team”?";
        for (kind, text, message, wanted) in [
            (ColumnKind::Enum, "Tem", message, Some("team")),
            (ColumnKind::Enum, "xyz", "“xyz” is not one of the options", None),
            (ColumnKind::Text, " a@b.c ", "", Some("a@b.c")),
            (ColumnKind::Text, "a@b.c", "", None),
            (ColumnKind::Text, "  ", "", None),
            (ColumnKind::Number, "€ 1,200.50", "", Some("1,200.50")),
            (ColumnKind::Number, "-12 %", "", Some("-12")),
            (ColumnKind::Number, "1,20", "", None),
            (ColumnKind::Number, "12a", "", None),
            (ColumnKind::Date, "31/12/2024", "", Some("2024-12-31")),
            (ColumnKind::Date, "12/31/2024", "", Some("2024-12-31")),
            (ColumnKind::Date, "2024/1/5", "", Some("2024-01-05")),
            (ColumnKind::Date, "5.5.2024", "", Some("2024-05-05")),
            (ColumnKind::Date, "03/04/2024", "", None),
            (ColumnKind::Date, "2024-13-01", "", None),
            (ColumnKind::Date, "soon", "", None),
        ] {
            let found = fix(&column(kind), text, [message].into_iter());
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
    }
}
