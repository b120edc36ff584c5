//! A filter as a person puts it together: conditions joined by "and" or "or", and groups of them one level deep.

use super::condition::{Comparison, Condition, Operator, Quality};

/// How conditions are joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Join {
    /// Each of them holds.
    #[default]
    And,
    /// At least one of them holds.
    Or,
}

/// What is asked of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// It compares with a value.
    Compare(Operator),
    /// It is empty.
    Empty,
    /// It is not empty.
    Filled,
    /// A message on it compares with a text.
    Message(Operator),
    /// It has an error, has none, or has a warning.
    Is(Quality),
}

impl Test {
    /// Whether a value belongs to it.
    pub fn takes_value(self) -> bool {
        matches!(self, Self::Compare(_) | Self::Message(_))
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Key or label of the field; any field when none is named.
    pub field: Option<String>,
    /// What is asked.
    pub test: Test,
    /// With what it compares.
    pub value: String,
}

/// A condition or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// One condition.
    One(Row),
    /// Several that are joined.
    Group(Join, Vec<Row>),
}

/// A filter as a person puts it together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterForm {
    /// How the parts are joined.
    pub join: Join,
    /// The conditions and groups.
    pub parts: Vec<Part>,
}

impl Row {
    /// The condition as a row; nothing for one that joins others.
    pub fn of(condition: &Condition) -> Option<Self> {
        let (field, test, value) = match condition {
            Condition::And(_) | Condition::Or(_) => return None,
            Condition::Cell(Comparison { field, operator: Operator::Eq, value }) if value.is_empty() => {
                (field, Test::Empty, "")
            }
            Condition::Cell(Comparison { field, operator: Operator::Ne, value }) if value.is_empty() => {
                (field, Test::Filled, "")
            }
            Condition::Cell(Comparison { field, operator, value }) => {
                (field, Test::Compare(*operator), value.as_str())
            }
            Condition::Message(Comparison { field, operator, value }) => {
                (field, Test::Message(*operator), value.as_str())
            }
            Condition::Is { field, quality } => (field, Test::Is(*quality), ""),
        };
        Some(Self { field: field.clone(), test, value: value.to_string() })
    }

    /// The row as a condition.
    pub fn condition(&self) -> Condition {
        let compare = |operator, value: &str| Comparison {
            field: self.field.clone(),
            operator,
            value: value.to_string(),
        };
        match self.test {
            Test::Compare(operator) => Condition::Cell(compare(operator, &self.value)),
            Test::Empty => Condition::Cell(compare(Operator::Eq, "")),
            Test::Filled => Condition::Cell(compare(Operator::Ne, "")),
            Test::Message(operator) => Condition::Message(compare(operator, &self.value)),
            Test::Is(quality) => Condition::Is { field: self.field.clone(), quality },
        }
    }
}

impl FilterForm {
    /// The condition as a form; nothing when its brackets go deeper than a form shows.
    pub fn of(condition: &Condition) -> Option<Self> {
        let (join, conditions) = joined(condition);
        let parts = conditions.iter().map(part).collect::<Option<_>>()?;
        Some(Self { join, parts })
    }

    /// The form as a condition; nothing when it is empty.
    pub fn condition(&self) -> Option<Condition> {
        let part = |part: &Part| match part {
            Part::One(row) => Some(row.condition()),
            Part::Group(join, rows) => join_all(*join, rows.iter().map(Row::condition).collect()),
        };
        join_all(self.join, self.parts.iter().filter_map(part).collect())
    }
}

fn part(condition: &Condition) -> Option<Part> {
    match condition {
        Condition::And(_) | Condition::Or(_) => {
            let (join, conditions) = joined(condition);
            Some(Part::Group(join, conditions.iter().map(Row::of).collect::<Option<_>>()?))
        }
        one => Row::of(one).map(Part::One),
    }
}

fn joined(condition: &Condition) -> (Join, &[Condition]) {
    match condition {
        Condition::And(parts) => (Join::And, parts),
        Condition::Or(parts) => (Join::Or, parts),
        one => (Join::And, std::slice::from_ref(one)),
    }
}

/// The conditions as one; nothing when there are none.
pub(super) fn join_all(join: Join, mut conditions: Vec<Condition>) -> Option<Condition> {
    match (conditions.len(), join) {
        (0 | 1, _) => conditions.pop(),
        (_, Join::And) => Some(Condition::And(conditions)),
        (_, Join::Or) => Some(Condition::Or(conditions)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::language::{parse, tests::conditions};
    use super::*;

    #[test]
    fn groups_are_one_level_deep() {
        let form = |text| FilterForm::of(&parse(text).unwrap());
        let nested = form(r#"a eq 1 and (b eq "" or c ne "") and d is error"#).unwrap();
        assert_eq!((nested.join, nested.parts.len()), (Join::And, 3));
        let Part::Group(Join::Or, rows) = &nested.parts[1] else { panic!("{nested:?}") };
        assert_eq!(rows.iter().map(|row| row.test).collect::<Vec<_>>(), [Test::Empty, Test::Filled]);
        assert_eq!(form("a eq 1 or (b eq 2 and (c eq 3 or d eq 4))"), None);
        assert_eq!(FilterForm::default().condition(), None);
    }

    proptest! {
        #[test]
        fn what_a_form_shows_is_what_the_text_says(condition in conditions()) {
            if let Some(form) = FilterForm::of(&condition) {
                prop_assert_eq!(form.condition(), Some(condition));
            }
        }
    }
}
