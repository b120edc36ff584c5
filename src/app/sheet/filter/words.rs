//! A condition in words: what a chip says.

use super::phrases;
use crate::domain::query::{Comparison, Condition, Operator, Row, facet};
use crate::rpc::records::{ColumnKind, ColumnView};

/// How many values a chip names.
const MOST_VALUES: usize = 3;

/// The field of that key or label.
pub fn find<'a>(columns: &'a [ColumnView], name: &str) -> Option<&'a ColumnView> {
    let by_label = |column: &&ColumnView| column.label.eq_ignore_ascii_case(name);
    columns.iter().find(|column| column.key == name).or_else(|| columns.iter().find(by_label))
}

/// A value as people read it.
pub fn value(column: Option<&ColumnView>, text: &str) -> String {
    let choice = column.and_then(|column| column.choices.iter().find(|choice| choice.value == text));
    match (choice, column.map(|column| column.kind), text) {
        (_, _, "") => "blank".to_string(),
        (Some(choice), ..) => choice.label.clone(),
        (_, Some(ColumnKind::Boolean), "true") => "Yes".to_string(),
        (_, Some(ColumnKind::Boolean), "false") => "No".to_string(),
        _ => text.to_string(),
    }
}

/// The condition in words.
pub fn describe(condition: &Condition, columns: &[ColumnView]) -> String {
    if let Some(words) = ticked(condition, columns) {
        return words;
    }
    match condition {
        Condition::And(parts) => joined(parts, " and ", columns),
        Condition::Or(parts) => joined(parts, " or ", columns),
        one => Row::of(one).map_or_else(String::new, |row| describe_row(&row, columns)),
    }
}

fn joined(parts: &[Condition], word: &str, columns: &[ColumnView]) -> String {
    let part = |part: &Condition| match part {
        Condition::And(_) | Condition::Or(_) => ["(", &describe(part, columns), ")"].concat(),
        _ => describe(part, columns),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(word)
}

fn describe_row(row: &Row, columns: &[ColumnView]) -> String {
    let column = row.field.as_deref().and_then(|field| find(columns, field));
    let name = match (&row.field, column) {
        (_, Some(column)) => column.label.as_str(),
        (Some(field), None) => field,
        (None, None) => "Any field",
    };
    let words = phrases::words(row.test, column.map(|column| column.kind));
    match row.test.takes_value() {
        true => [name, words, &value(column, &row.value)].join(" "),
        false => [name, words].join(" "),
    }
}

/// Several values of one field: `Plan is Free, Team or blank`.
fn ticked(condition: &Condition, columns: &[ColumnView]) -> Option<String> {
    let Condition::Or(parts) = condition else { return None };
    let Some(Condition::Cell(Comparison { field: Some(field), operator: Operator::Eq, .. })) = parts.first()
    else {
        return None;
    };
    let values = facet::values(condition, field)?;
    let column = find(columns, field);
    let mut named: Vec<String> = values.iter().take(MOST_VALUES).map(|text| value(column, text)).collect();
    let more = values.len().saturating_sub(MOST_VALUES);
    let last = match more {
        0 => named.pop()?,
        more => [&more.to_string(), " more"].concat(),
    };
    let name = column.map_or(field.as_str(), |column| &column.label);
    Some([name, " is ", &named.join(", "), " or ", &last].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::parse;
    use crate::rpc::records::Choice;

    fn columns() -> Vec<ColumnView> {
        let column = |key: &str, label: &str, kind| ColumnView {
            key: key.to_string(),
            label: label.to_string(),
            kind,
            required: false,
            locked: None,
            choices: vec![Choice { value: "free".to_string(), label: "Free".to_string() }],
            description: None,
            width: None,
            actions: Vec::new(),
            refers: false,
        };
        vec![column("plan", "Plan", ColumnKind::Enum), column("since", "Signed up", ColumnKind::Date)]
    }

    #[test]
    fn conditions_are_said_in_words() {
        for (text, words) in [
            ("plan eq free", "Plan is Free"),
            ("since gt 2024-01-31", "Signed up is after 2024-01-31"),
            ("'signed up' ne ''", "Signed up is not empty"),
            ("contains ann", "Any field contains ann"),
            ("gone is error", "gone has an error"),
            ("plan eq free or plan eq ''", "Plan is Free or blank"),
            ("plan eq a or plan eq b or plan eq c or plan eq d", "Plan is a, b, c or 1 more"),
            (
                "plan eq a and (plan eq b or since is valid)",
                "Plan is a and (Plan is b or Signed up is valid)",
            ),
        ] {
            assert_eq!(describe(&parse(text).unwrap(), &columns()), words, "{text}");
        }
    }
}
