//! What a cell must be like, and which cells of a column are.

use std::cmp::Ordering;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::bits::Bits;
use super::column::{Column, Texts};
use super::like::{Pattern, contained};
use super::reading::Reading;
use super::search::{self, Substring};
use crate::domain::blueprint::FieldType;
use crate::domain::cell_edit::Find;
use crate::domain::query::Operator;
use crate::domain::value::{OptionIndex, items};

/// What a cell must be like.
#[derive(Debug, Clone)]
pub(super) enum CellTest {
    Empty,
    Is(String),
    /// Contains a text, whatever the case.
    Has(Substring),
    /// Contains a text with that very case.
    HasExactly(Arc<Finder<'static>>),
    Like(Pattern),
    /// Its reading compares with another one.
    Reads {
        reading: Reading,
        than: u64,
        accepts: fn(Ordering) -> bool,
    },
    /// Its text compares with another one.
    Sorts {
        than: String,
        accepts: fn(Ordering) -> bool,
    },
    /// It is the text, or means the same option.
    Means(Meaning),
    /// It is a list with that item.
    Lists(Meaning),
    /// It is what a person wants to find.
    Found(Find),
    Not(Box<CellTest>),
}

/// A text, and the option of an enum that it stands for.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    text: String,
    option: Option<(Arc<OptionIndex>, usize)>,
}

impl Meaning {
    fn of(text: &str, field_type: &FieldType) -> Self {
        let option = match field_type {
            FieldType::Enum(config) | FieldType::EnumList(config) => {
                let index = OptionIndex::new(config);
                index.find(text).map(|option| (Arc::new(index), option))
            }
            _ => None,
        };
        Self { text: text.to_string(), option }
    }

    fn is(&self, text: &str) -> bool {
        let same = |(index, option): &(Arc<OptionIndex>, usize)| index.find(text) == Some(*option);
        text == self.text || self.option.as_ref().is_some_and(same)
    }
}

impl CellTest {
    /// What a person typed into the search: in double quotes the whole text; `""` for empty cells.
    /// Nothing when nothing is sought.
    pub(super) fn search(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Some(match quoted {
            Some("") => Self::Empty,
            Some(exact) => Self::Is(exact.to_string()),
            None => Self::Has(Substring::new(text)),
        })
    }

    /// Cells that a person wants to find.
    pub(super) fn of_find(find: &Find) -> Self {
        match find {
            Find::Empty => Self::Empty,
            Find::Exactly(text) => Self::Is(text.clone()),
            Find::Within(part) if part.matches_case() => {
                Self::HasExactly(Arc::new(Finder::new(part.text()).into_owned()))
            }
            Find::Within(part) if part.text().is_ascii() => Self::Has(Substring::new(part.text())),
            Find::Within(_) | Find::Whole(_) | Find::Meant(..) | Find::Shown { .. } => {
                Self::Found(find.clone())
            }
        }
    }

    /// A comparison with the cells of a field; the error says what the value must be.
    pub(super) fn compare(operator: Operator, value: &str, field_type: &FieldType) -> Result<Self, String> {
        let reading = Reading::of(field_type);
        let ordered = |accepts| match (reading, reading.read_asked(value)) {
            (Reading::Text, _) => Ok(Self::Sorts { than: value.to_string(), accepts }),
            (_, Some(than)) => Ok(Self::Reads { reading, than, accepts }),
            (Reading::Number, None) => Err(format!("`{value}` is no number; write one, as 12.5")),
            (Reading::Date, None) => Err(format!("`{value}` is no day; write 2024-12-31 or 12/31/2024")),
            (Reading::Boolean, None) => Err(format!("`{value}` is neither true nor false")),
        };
        Ok(match operator {
            Operator::Eq if value.is_empty() => Self::Empty,
            Operator::Eq => match reading.read_asked(value) {
                Some(than) => Self::Reads { reading, than, accepts: Ordering::is_eq },
                None => Self::Means(Meaning::of(value, field_type)),
            },
            Operator::Ne => Self::Not(Box::new(Self::compare(Operator::Eq, value, field_type)?)),
            Operator::Lt => ordered(Ordering::is_lt)?,
            Operator::Gt => ordered(Ordering::is_gt)?,
            Operator::Lte => ordered(Ordering::is_le)?,
            Operator::Gte => ordered(Ordering::is_ge)?,
            Operator::Like => match contained(value) {
                Some(part) => Self::HasExactly(Arc::new(Finder::new(part).into_owned())),
                None => Self::Like(Pattern::read(value, false)),
            },
            Operator::Ilike => match contained(value) {
                Some(part) => Self::Has(Substring::new(part)),
                None => Self::Like(Pattern::read(value, true)),
            },
            Operator::Contains if field_type.is_list() => Self::Lists(Meaning::of(value, field_type)),
            Operator::Contains => Self::Has(Substring::new(value)),
        })
    }

    /// Whether a cell is like that.
    pub(super) fn fits(&self, text: Option<&str>) -> bool {
        match (self, text) {
            (Self::Not(test), text) => !test.fits(text),
            (Self::Empty, text) => text.is_none_or(str::is_empty),
            (Self::Found(find), text) => find.fits(text),
            (_, None) => false,
            (Self::Is(exact), Some(text)) => exact == text,
            (Self::Has(part), Some(text)) => part.is_in(text),
            (Self::HasExactly(part), Some(text)) => part.find(text.as_bytes()).is_some(),
            (Self::Like(pattern), Some(text)) => pattern.fits(text),
            (Self::Reads { reading, than, accepts }, Some(text)) => {
                reading.read(text).is_some_and(|read| accepts(read.cmp(than)))
            }
            (Self::Sorts { than, accepts }, Some(text)) => !text.is_empty() && accepts(text.cmp(than)),
            (Self::Means(meaning), Some(text)) => meaning.is(text),
            (Self::Lists(meaning), Some(text)) => items(text).any(|item| meaning.is(&item)),
        }
    }

    /// Which records of a segment have such a cell; a column that is not there is empty. A text of a
    /// dictionary is looked at once.
    pub(super) fn mark(&self, column: Option<&Column>, records: usize) -> Bits {
        let fits_nothing = self.fits(None);
        let Some(column) = column else {
            return if fits_nothing { Bits::all_on(records) } else { Bits::zeros(records) };
        };
        let marked = match &column.codes {
            Some(codes) => self.mark_codes(codes, &column.texts),
            None => self.mark_texts(&column.texts),
        };
        let Some(present) = &column.present else { return marked };
        let mut marked = marked;
        marked.and(present);
        if fits_nothing {
            let mut absent = present.clone();
            absent.flip();
            marked.or(&absent);
        }
        marked
    }

    fn mark_codes(&self, codes: &[u16], texts: &Texts) -> Bits {
        let fitting: Vec<u64> =
            (0..texts.len()).map(|place| self.fits(Some(texts.get(place))).into()).collect();
        let on = fitting.iter().sum::<u64>() as usize;
        if on == 0 || on == fitting.len() {
            return if on == 0 { Bits::zeros(codes.len()) } else { Bits::all_on(codes.len()) };
        }
        let words = codes.chunks(64).map(|codes| {
            let bit = |code: &u16| fitting.get(usize::from(*code)).copied().unwrap_or(0);
            codes.iter().enumerate().fold(0, |word, (place, code)| word | bit(code) << place)
        });
        Bits::of_words(words.collect(), codes.len())
    }

    fn mark_texts(&self, texts: &Texts) -> Bits {
        let mut marked = Bits::zeros(texts.len());
        match self {
            Self::Not(test) => {
                marked = test.mark_texts(texts);
                marked.flip();
            }
            Self::Has(part) => part.scan(texts, |place| marked.set(place)),
            Self::HasExactly(part) => search::scan(part, texts, |place| marked.set(place)),
            _ => {
                let fits = |place: &usize| self.fits(Some(texts.get(*place)));
                (0..texts.len()).filter(fits).for_each(|place| marked.set(place));
            }
        }
        marked
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::column::ColumnBuilder;
    use super::*;

    fn field_type(name: &str) -> FieldType {
        let config = json!({"options": [{"value": "us", "label": "United States"}, {"value": "de"}]});
        let field = json!({"key": "f", "type": name, "config": config});
        serde_json::from_value::<crate::domain::blueprint::Field>(field).unwrap().field_type
    }

    #[test]
    fn comparisons_follow_the_type_of_the_field() {
        use Operator::{Contains, Eq, Gt, Gte, Ilike, Like, Lt, Lte, Ne};
        for (name, operator, value, fitting, others) in [
            ("string", Eq, "10", vec!["10"], vec!["10.0", " 10", ""]),
            ("string", Eq, "", vec![""], vec!["a"]),
            ("string", Ne, "", vec!["a"], vec![""]),
            ("string", Ne, "a", vec!["b", ""], vec!["a"]),
            ("string", Lt, "b", vec!["a", "10"], vec!["b", "c", ""]),
            ("string", Like, "nn", vec!["Anna"], vec!["ANNA"]),
            ("string", Like, "%nn_", vec!["Anna"], vec!["Annab"]),
            ("string", Ilike, "NN", vec!["Anna"], vec!["Ana"]),
            ("string", Contains, "NN", vec!["Anna"], vec!["Ana", ""]),
            ("number", Eq, "1000", vec!["1,000", "1e3", "1000.0"], vec!["100", "", "x"]),
            ("number", Eq, "old", vec!["old"], vec!["1"]),
            ("number", Ne, "1", vec!["2", "x", ""], vec!["1.0"]),
            ("number", Lt, "9.5", vec!["9", "-10"], vec!["10", "9.5", "x", ""]),
            ("number", Gte, "9", vec!["9", "10"], vec!["8.9", "x"]),
            ("date", Eq, "1/2/2020", vec!["2020-01-02"], vec!["2020-02-01"]),
            ("date", Gt, "12/31/19", vec!["2020-01-01"], vec!["2019-12-31", "x"]),
            ("date", Lte, "2020-01-01", vec!["2020-01-01"], vec!["2020-01-02", ""]),
            ("boolean", Eq, "yes", vec!["true", "1", "Y"], vec!["no", "x", ""]),
            ("enum", Eq, "united states", vec!["us", "US", "United States"], vec!["de", ""]),
            ("enum", Ne, "us", vec!["de", ""], vec!["United States"]),
            ("string-list", Contains, "b", vec!["a, b", "[\"b\"]"], vec!["ab", "", "B"]),
            ("enum-list", Contains, "us", vec!["de; United States"], vec!["de"]),
        ] {
            let test = CellTest::compare(operator, value, &field_type(name)).unwrap();
            for text in fitting {
                assert!(test.fits(Some(text)), "{name} {text:?} {operator:?} {value:?}");
            }
            for text in others {
                assert!(!test.fits(Some(text)), "{name} {text:?} {operator:?} {value:?}");
            }
        }
        assert!(CellTest::compare(Operator::Lt, "old", &field_type("number")).is_err());
        assert!(CellTest::compare(Operator::Lt, "soon", &field_type("date")).is_err());
    }

    #[test]
    fn quotes_make_a_search_exact() {
        for (typed, text, fits) in [
            ("ann", Some("Joanna"), true),
            ("ann", None, false),
            ("\"Ann\"", Some("Ann"), true),
            ("\"Ann\"", Some("ann"), false),
            ("\"\"", None, true),
            ("\"\"", Some(""), true),
            ("\"\"", Some(" "), false),
            ("\"", Some("5\""), true),
        ] {
            assert_eq!(CellTest::search(typed).unwrap().fits(text), fits, "{typed:?} in {text:?}");
        }
        assert!(CellTest::search("").is_none());
    }

    proptest! {
        #[test]
        fn a_column_is_marked_as_its_cells_fit(
            cells in prop::collection::vec(prop::option::of("[aAbä1]{0,2}"), 1..200),
            operator in 0usize..9,
            value in "[aAbä1%_]{0,2}",
            number in any::<bool>(),
        ) {
            let kind = field_type(if number { "number" } else { "string" });
            let (operator, _) = Operator::ALL[operator];
            let Ok(test) = CellTest::compare(operator, &value, &kind) else { return Ok(()) };
            let mut builder = ColumnBuilder::default();
            cells.iter().for_each(|cell| _ = builder.push(cell.as_deref()));
            let marked = test.mark(Some(&builder.finish()), cells.len());
            for (row, cell) in cells.iter().enumerate() {
                prop_assert_eq!(marked.get(row), test.fits(cell.as_deref()), "{:?}", cell);
            }
            prop_assert_eq!(test.mark(None, 5).ones(), if test.fits(None) { 5 } else { 0 });
        }
    }
}
