//! The values of one field that a filter lets through, as they are ticked in a list: `plan eq "free" or plan eq ""`.

use super::condition::{Comparison, Condition, Operator};
use super::form::{Join, join_all};

/// What a filter is made of: all of it has to hold.
pub fn parts(condition: Condition) -> Vec<Condition> {
    match condition {
        Condition::And(parts) => parts,
        one => vec![one],
    }
}

/// The filter of these parts; nothing when there are none.
pub fn whole(parts: Vec<Condition>) -> Option<Condition> {
    join_all(Join::And, parts)
}

/// The values of a field that a part of a filter names; nothing when the part is another condition.
pub fn values(part: &Condition, field: &str) -> Option<Vec<String>> {
    let value = |condition: &Condition| match condition {
        Condition::Cell(Comparison { field: Some(name), operator: Operator::Eq, value }) if name == field => {
            Some(value.clone())
        }
        _ => None,
    };
    match part {
        Condition::Or(conditions) => conditions.iter().map(value).collect(),
        one => value(one).map(|value| vec![value]),
    }
}

/// The filter without the values of a field: the conditions under which those are counted.
pub fn without_values(condition: Option<Condition>, field: &str) -> Option<Condition> {
    let mut parts = condition.map(parts).unwrap_or_default();
    parts.retain(|part| values(part, field).is_none());
    whole(parts)
}

/// The filter with these values of a field in place of others; with none the field is not asked for.
pub fn with_values(condition: Option<Condition>, field: &str, chosen: &[String]) -> Option<Condition> {
    let mut parts = without_values(condition, field).map(parts).unwrap_or_default();
    let one = |value: &String| {
        Condition::Cell(Comparison {
            field: Some(field.to_string()),
            operator: Operator::Eq,
            value: value.clone(),
        })
    };
    parts.extend(join_all(Join::Or, chosen.iter().map(one).collect()));
    whole(parts)
}

#[cfg(test)]
mod tests {
    use super::super::language::parse;
    use super::*;

    fn text(condition: Option<Condition>) -> String {
        condition.map_or_else(String::new, |condition| condition.to_string())
    }

    #[test]
    fn ticked_values_come_and_go_beside_other_conditions() {
        let chosen = ["free".to_string(), String::new()];
        let both = with_values(parse("age gt 3 or name eq Ann").ok(), "plan", &chosen);
        assert_eq!(
            text(both.clone()),
            r#"("age" gt "3" or "name" eq "Ann") and ("plan" eq "free" or "plan" eq "")"#
        );
        let found: Vec<_> =
            parts(both.clone().unwrap()).iter().filter_map(|part| values(part, "plan")).collect();
        assert_eq!(found, [chosen.to_vec()]);
        assert_eq!(text(with_values(both.clone(), "plan", &chosen[..1])).matches("plan").count(), 1);
        assert_eq!(text(without_values(both, "plan")), r#""age" gt "3" or "name" eq "Ann""#);
        assert_eq!(with_values(parse("plan eq free").ok(), "plan", &[]), None);
    }

    #[test]
    fn a_condition_on_another_field_is_no_list_of_values() {
        for other in ["plan ne free", "plan eq free or age gt 3", "plan eq free or name eq Ann", "eq free"] {
            assert_eq!(values(&parse(other).unwrap(), "plan"), None, "{other}");
        }
    }
}
