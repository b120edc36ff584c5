//! What the cells of a field are compared by: their reading where they have one, and else their text.

use crate::domain::blueprint::FieldType;
use crate::domain::value::{is_date, number_sort_key, read_boolean, read_number};

/// How the texts of a field are read for comparing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    Text,
    Number,
    Date,
    Boolean,
}

impl Reading {
    pub(super) fn of(field_type: &FieldType) -> Self {
        match field_type {
            FieldType::Number => Self::Number,
            FieldType::Date => Self::Date,
            FieldType::Boolean { .. } => Self::Boolean,
            _ => Self::Text,
        }
    }

    /// Bits that sort as the readings do; nothing for what cannot be read, and for text.
    pub(super) fn read(self, text: &str) -> Option<u64> {
        match self {
            Self::Text => None,
            Self::Number => read_number(text).map(number_sort_key),
            Self::Date => is_date(text).then(|| digits(text)),
            Self::Boolean => read_boolean(text).map(u64::from),
        }
    }

    /// Reads what a person writes into a query: days also as month/day/year.
    pub(super) fn read_asked(self, text: &str) -> Option<u64> {
        match self {
            Self::Date => self.read(text.trim()).or_else(|| self.read(&american(text)?)),
            _ => self.read(text),
        }
    }

    /// By what a cell is compared.
    pub(super) fn rank(self, text: Option<&str>) -> Rank<'_> {
        rank(text, |text| self.read(text))
    }
}

/// By what a cell is compared: readings come before texts before nothing.
pub(super) type Rank<'a> = (u8, u64, &'a str);

/// By what a cell is compared whose texts are read like that.
pub(super) fn rank(text: Option<&str>, read: impl FnOnce(&str) -> Option<u64>) -> Rank<'_> {
    match text.map(|text| (text, read(text))) {
        Some((_, Some(reading))) => (0, reading, ""),
        Some((text, None)) => (1, 0, text),
        None => (2, 0, ""),
    }
}

fn digits(text: &str) -> u64 {
    let digits = text.bytes().filter(u8::is_ascii_digit);
    digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}

/// The day behind `m/d/yy` and `m/d/yyyy`; years of two digits are 1969 to 2068.
fn american(text: &str) -> Option<String> {
    let mut parts = text.trim().split('/');
    let mut next = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next().filter(|part| lengths.contains(&part.len()))?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
    };
    let (month, day, year) = (next(1..=2)?, next(1..=2)?, next(2..=4)?);
    let year = match year {
        0..=68 => year + 2000,
        69..=99 => year + 1900,
        _ => year,
    };
    parts.next().is_none().then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, day) in [
            ("2020-02-29", Some(20_200_229)),
            ("2/29/20", Some(20_200_229)),
            ("02/29/2020", Some(20_200_229)),
            ("1/2/69", Some(19_690_102)),
            ("2/30/20", None),
            ("1/2", None),
            ("1/2/3/4", None),
            ("1/x/20", None),
            ("soon", None),
        ] {
            assert_eq!(Reading::Date.read_asked(text), day, "{text}");
        }
    }

    #[test]
    fn readings_come_first_and_empty_cells_last() {
        let mut given = [None, Some("x"), Some("10"), Some("9"), Some("a"), Some("-1")];
        given.sort_by_key(|text| Reading::Number.rank(*text));
        assert_eq!(given, [Some("-1"), Some("9"), Some("10"), Some("a"), Some("x"), None]);
    }
}
