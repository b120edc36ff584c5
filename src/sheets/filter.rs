//! Which records of a segment a condition holds for: a bit for each of them.

use super::bits::Bits;
use super::cell_test::CellTest;
use super::chunk::Part;
use super::error::SheetError;
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::slice::Slice;
use crate::domain::blueprint::{FieldType, Level};
use crate::domain::query::{Comparison, Condition, Operator, Quality};
use crate::domain::record::{FieldNumber, Message};

/// A condition with the fields of one sheet.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// Each of them holds; all records when there is none.
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    /// One of these cells is like that.
    Cells(Vec<(FieldNumber, CellTest)>),
    /// A message is like that, on the cell of the field or on any.
    Message(Option<FieldNumber>, MessageTest),
}

/// What a message must be like.
#[derive(Debug, Clone)]
pub(super) enum MessageTest {
    Level(Level),
    Text(CellTest),
}

impl MessageTest {
    pub(super) fn fits(&self, message: &Message) -> bool {
        match self {
            Self::Level(level) => message.level == *level,
            Self::Text(test) => test.fits(Some(&message.text)),
        }
    }
}

impl Test {
    /// Records with an error, in one field or in any.
    pub(super) fn error(field: Option<FieldNumber>) -> Self {
        Self::Message(field, MessageTest::Level(Level::Error))
    }

    /// The condition for one sheet.
    ///
    /// # Errors
    /// [`SheetError::Query`] for an unknown field and for a value that its field cannot be compared with.
    pub(super) fn of(condition: &Condition, rules: &Rules) -> Result<Self, SheetError> {
        let all = |parts: &[Condition]| -> Result<Vec<Self>, SheetError> {
            parts.iter().map(|part| Self::of(part, rules)).collect()
        };
        match condition {
            Condition::And(parts) => Ok(Self::And(all(parts)?)),
            Condition::Or(parts) => Ok(Self::Or(all(parts)?)),
            Condition::Cell(comparison) => Self::cells(comparison, rules),
            Condition::Message(comparison) => Self::message(comparison, rules),
            Condition::Is { field, quality } => {
                let field = field.as_deref().map(|name| rules.field_named(name)).transpose()?;
                Ok(match quality {
                    Quality::Error => Self::error(field),
                    Quality::Valid => Self::Not(Box::new(Self::error(field))),
                    Quality::Warning => Self::Message(field, MessageTest::Level(Level::Warn)),
                })
            }
        }
    }

    fn cells(comparison: &Comparison, rules: &Rules) -> Result<Self, SheetError> {
        let Comparison { field, operator, value } = comparison;
        let compare = |field: FieldNumber, operator: Operator| {
            let field_type = rules.fields.get(&field).map_or(&FieldType::String, |rules| &rules.field_type);
            CellTest::compare(operator, value, field_type)
        };
        if let Some(name) = field {
            let field = rules.field_named(name)?;
            let test = compare(field, *operator);
            let test = test.map_err(|reason| SheetError::Query(format!("q: {name}: {reason}")))?;
            return Ok(Self::Cells(vec![(field, test)]));
        }
        // Of no cell it is to be said that it is the value, where any cell may be meant.
        let (operator, negated) = match operator {
            Operator::Ne => (Operator::Eq, true),
            operator => (*operator, false),
        };
        let fields = rules.fields_of(None)?.into_iter();
        let test =
            Self::Cells(fields.filter_map(|field| Some((field, compare(field, operator).ok()?))).collect());
        Ok(if negated { Self::Not(Box::new(test)) } else { test })
    }

    fn message(comparison: &Comparison, rules: &Rules) -> Result<Self, SheetError> {
        let field = comparison.field.as_deref().map(|name| rules.field_named(name)).transpose()?;
        let (operator, negated) = match comparison.operator {
            Operator::Ne => (Operator::Eq, true),
            operator => (operator, false),
        };
        let test = CellTest::compare(operator, &comparison.value, &FieldType::String);
        let test = Self::Message(field, MessageTest::Text(test.map_err(SheetError::Query)?));
        Ok(if negated { Self::Not(Box::new(test)) } else { test })
    }

    /// Whether it holds for every record.
    pub(super) fn is_everything(&self) -> bool {
        matches!(self, Self::And(tests) if tests.iter().all(Self::is_everything))
    }

    /// The parts of a segment that it looks at.
    pub(super) fn parts(&self, parts: &mut Vec<Part>) {
        match self {
            Self::And(tests) | Self::Or(tests) => tests.iter().for_each(|test| test.parts(parts)),
            Self::Not(test) => test.parts(parts),
            Self::Cells(cells) => parts.extend(cells.iter().map(|(field, _)| Part::field(*field))),
            Self::Message(..) => parts.push(Part::MESSAGES),
        }
    }

    /// The records of a segment for which it holds; deleted ones are not among them.
    pub(super) fn mark(&self, rows: &Rows, segment: usize) -> Bits {
        let Some(slice) = Slice::new(rows, segment, &[]) else { return Bits::default() };
        let mut marked = self.mark_stored(rows, segment, slice.records() as usize);
        if let Some(deleted) = slice.deleted() {
            marked.without(deleted);
        }
        if slice.is_plain() {
            return marked;
        }
        // What lies over the chunks has the last word.
        for (row, _) in slice.patched() {
            marked.put_at(*row as usize, slice.is_live(*row) && self.fits(rows, slice.place(*row)));
        }
        marked
    }

    fn mark_stored(&self, rows: &Rows, segment: usize, records: usize) -> Bits {
        match self {
            Self::And(tests) => {
                let mut marked = Bits::all_on(records);
                for test in tests {
                    marked.and(&test.mark_stored(rows, segment, records));
                }
                marked
            }
            Self::Or(tests) => {
                let mut marked = Bits::zeros(records);
                for test in tests {
                    marked.or(&test.mark_stored(rows, segment, records));
                }
                marked
            }
            Self::Not(test) => {
                let mut marked = test.mark_stored(rows, segment, records);
                marked.flip();
                marked
            }
            Self::Cells(cells) => {
                let mut marked = Bits::zeros(records);
                for (field, test) in cells {
                    marked.or(&test.mark(rows.column(segment, *field), records));
                }
                marked
            }
            Self::Message(field, test) => {
                let mut marked = Bits::zeros(records);
                let Some(messages) = rows.segment_messages(segment) else { return marked };
                let concerns = |other: FieldNumber| field.is_none_or(|field| field == other);
                let marks = messages.marks(|message| test.fits(message));
                marks.filter(|(_, other)| concerns(*other)).for_each(|(row, _)| marked.set(row as usize));
                marked
            }
        }
    }

    /// Whether it holds for a record.
    pub(super) fn fits(&self, rows: &Rows, place: Place) -> bool {
        match self {
            Self::And(tests) => tests.iter().all(|test| test.fits(rows, place)),
            Self::Or(tests) => tests.iter().any(|test| test.fits(rows, place)),
            Self::Not(test) => !test.fits(rows, place),
            Self::Cells(cells) => cells.iter().any(|(field, test)| test.fits(rows.text(place, *field))),
            Self::Message(field, test) => {
                let concerns = |other: FieldNumber| field.is_none_or(|field| field == other);
                rows.messages(place).iter().any(|(other, message)| concerns(*other) && test.fits(message))
            }
        }
    }
}
