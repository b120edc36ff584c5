//! The tree of conditions that the query language says in one line, and that a filter builder makes by hand.

use std::fmt;

/// What the messages of a cell are called in the query language. A field of that name is written in quotes.
pub const MESSAGE: &str = "@message";

/// What a record must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Each of them holds.
    And(Vec<Condition>),
    /// At least one of them holds.
    Or(Vec<Condition>),
    /// A cell compares with a value.
    Cell(Comparison),
    /// A message on a cell compares with a text.
    Message(Comparison),
    /// A cell, or the whole record, is valid or has something said against it.
    Is {
        /// The field; any when none is named.
        field: Option<String>,
        /// What it is.
        quality: Quality,
    },
}

/// A cell or its message, and what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Key or label of the field; any field when none is named.
    pub field: Option<String>,
    /// How.
    pub operator: Operator,
    /// With what.
    pub value: String,
}

/// How a cell compares with a value. Numbers compare as numbers, days as days, other cells as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Is the value; `""`: is empty.
    Eq,
    /// Is not the value, and may be empty.
    Ne,
    /// Is less.
    Lt,
    /// Is more.
    Gt,
    /// Is less or the same.
    Lte,
    /// Is more or the same.
    Gte,
    /// Is like the pattern: `%` stands for any text, `_` for one character. Without them: contains it.
    Like,
    /// The same, whatever the case of the letters.
    Ilike,
    /// A list has the item; any other cell contains the text, whatever the case.
    Contains,
}

impl Operator {
    /// Each with its word.
    pub const ALL: [(Self, &str); 9] = [
        (Self::Eq, "eq"),
        (Self::Ne, "ne"),
        (Self::Lt, "lt"),
        (Self::Gt, "gt"),
        (Self::Lte, "lte"),
        (Self::Gte, "gte"),
        (Self::Like, "like"),
        (Self::Ilike, "ilike"),
        (Self::Contains, "contains"),
    ];

    /// The operator of that word, in any case.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, other)| other.eq_ignore_ascii_case(word)).map(|(operator, _)| *operator)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(other, _)| *other == self).map_or("", |(_, word)| word)
    }
}

/// What the messages of a cell or record come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// It has an error.
    Error,
    /// It has none.
    Valid,
    /// It has a warning.
    Warning,
}

impl Quality {
    /// Each with its word.
    pub const ALL: [(Self, &str); 3] =
        [(Self::Error, "error"), (Self::Valid, "valid"), (Self::Warning, "warning")];

    /// The quality of that word, in any case.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, other)| other.eq_ignore_ascii_case(word)).map(|(quality, _)| *quality)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(other, _)| *other == self).map_or("", |(_, word)| word)
    }
}

/// The condition as the query language writes it.
impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(out, parts, " and "),
            Self::Or(parts) => joined(out, parts, " or "),
            Self::Cell(Comparison { field, operator, value }) => {
                put_field(out, field.as_deref())?;
                write!(out, "{} {}", operator.word(), Quoted(value))
            }
            Self::Message(Comparison { field, operator, value }) => {
                put_field(out, field.as_deref())?;
                write!(out, "{MESSAGE} {} {}", operator.word(), Quoted(value))
            }
            Self::Is { field, quality } => {
                put_field(out, field.as_deref())?;
                write!(out, "is {}", quality.word())
            }
        }
    }
}

fn joined(out: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        out.write_str(if place > 0 { word } else { "" })?;
        match part {
            Condition::And(_) | Condition::Or(_) => write!(out, "({part})")?,
            _ => write!(out, "{part}")?,
        }
    }
    Ok(())
}

fn put_field(out: &mut fmt::Formatter<'_>, field: Option<&str>) -> fmt::Result {
    match field {
        Some(field) => write!(out, "{} ", Quoted(field)),
        None => Ok(()),
    }
}

/// A text in double quotes.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
