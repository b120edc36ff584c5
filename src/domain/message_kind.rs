//! Messages that say the same of different values: `“x” is not a number` and `“y” is not a number` are one kind.

use std::borrow::Cow;

use super::query::{Comparison, Condition, Operator};

/// What stands in the place of a value.
const ANY: &str = "“…”";

/// The kind of a message: its text with `“…”` for each value that it quotes.
pub fn kind(text: &str) -> Cow<'_, str> {
    let mut kind: Option<String> = None;
    let mut rest = text;
    while let Some((begin, end)) = quoted(rest) {
        let out = kind.get_or_insert_with(|| String::with_capacity(text.len()));
        out.push_str(&rest[..begin]);
        out.push_str(ANY);
        rest = &rest[end..];
    }
    kind.map_or(Cow::Borrowed(text), |kind| Cow::Owned(kind + rest))
}

/// Where the first quoted value begins and ends, in bytes.
fn quoted(text: &str) -> Option<(usize, usize)> {
    let begin = text.find('“')?;
    let length = text[begin..].find('”')?;
    Some((begin, begin + length + '”'.len_utf8()))
}

/// The records that have a message of that kind on a field.
pub fn condition(field: &str, kind: &str) -> Condition {
    let (operator, value) = match kind.contains(ANY) {
        true => (Operator::Like, kind.replace(ANY, "“%”")),
        false => (Operator::Eq, kind.to_string()),
    };
    Condition::Message(Comparison { field: Some(field.to_string()), operator, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_do_not_make_a_kind() {
        for (text, wanted) in [
            ("“a#b” is not an e-mail address", "“…” is not an e-mail address"),
            (
                "“Fre” is not one of the options: did you mean “Free”?",
                "“…” is not one of the options: did you mean “…”?",
            ),
            ("Plan is required", "Plan is required"),
            ("“broken", "“broken"),
            ("", ""),
        ] {
            assert_eq!(kind(text), wanted);
        }
    }

    #[test]
    fn a_kind_is_asked_for_in_the_query_language() {
        assert_eq!(
            condition("email", "“…” is not an e-mail address").to_string(),
            "\"email\" @message like \"“%” is not an e-mail address\""
        );
        assert_eq!(
            condition("plan", "Plan is required").to_string(),
            "\"plan\" @message eq \"Plan is required\""
        );
    }
}
