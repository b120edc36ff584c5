//! Numbers as people write them: sign, digits, thousands commas in proper groups, decimal point, exponent.

use serde_json::{Number, Value};

use super::trimmed;

/// Digits beyond which a number may leave the range of a 64-bit float.
const SURELY_FINITE: usize = 300;

/// What the scan of a well-formed number saw.
#[derive(Clone, Copy)]
struct Shape {
    commas: bool,
    whole: bool,
    may_overflow: bool,
}

/// Whether the text is written as numbers are, of whatever size.
pub fn looks_like_number(text: &str) -> bool {
    shape(trimmed(text).as_bytes()).is_some()
}

/// Whether the text is a number, without reading it.
pub fn is_number(text: &str) -> bool {
    match shape(trimmed(text).as_bytes()) {
        Some(shape) if shape.may_overflow => read_number(text).is_some(),
        shape => shape.is_some(),
    }
}

/// Reads a number; nothing when the text is none or is too large for a 64-bit float.
pub fn read_number(text: &str) -> Option<f64> {
    let text = trimmed(text);
    let commas = shape(text.as_bytes())?.commas;
    let value: f64 = if commas { text.replace(',', "").parse() } else { text.parse() }.ok()?;
    value.is_finite().then_some(value)
}

/// Bits that sort as the numbers do.
pub fn number_sort_key(value: f64) -> u64 {
    let bits = if value == 0.0 { 0 } else { value.to_bits() };
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The JSON number; whole numbers stay exact up to 64 bits.
pub(super) fn to_json(text: &str) -> Option<Value> {
    let whole = shape(trimmed(text).as_bytes())?.whole;
    if whole {
        let digits = trimmed(text).trim_start_matches('+').replace(',', "");
        let exact =
            digits.parse::<i64>().map(Number::from).or_else(|_| digits.parse::<u64>().map(Number::from));
        if let Ok(number) = exact {
            return Some(Value::Number(number));
        }
    }
    read_number(text).and_then(Number::from_f64).map(Value::Number)
}

fn shape(text: &[u8]) -> Option<Shape> {
    let text = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    let mut count = at;
    let mut commas = false;
    while text.get(at) == Some(&b',') {
        let group = digits(at + 1);
        if group != 3 || (!commas && !(1..=3).contains(&count)) {
            return None;
        }
        commas = true;
        count += 3;
        at += 4;
    }
    let mut whole = true;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        whole = false;
        count += fraction;
        at += 1 + fraction;
    }
    if count == 0 {
        return None;
    }
    let exponent = matches!(text.get(at), Some(b'e' | b'E'));
    if exponent {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        let power = digits(at);
        if power == 0 {
            return None;
        }
        at += power;
    }
    let may_overflow = exponent || count > SURELY_FINITE;
    (at == text.len()).then_some(Shape { commas, whole: whole && !exponent, may_overflow })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (text, value) in [
            ("0", Some(0.0)),
            ("-7", Some(-7.0)),
            ("+7", Some(7.0)),
            (" 12.50 ", Some(12.5)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1,234", Some(1234.0)),
            ("1,234,567.8", Some(1_234_567.8)),
            ("12,34", None),
            ("1234,567", None),
            ("1,2345", None),
            (",123", None),
            ("1e3", Some(1000.0)),
            ("1E-3", Some(0.001)),
            ("1e", None),
            ("1e999", None),
            ("12a.5", None),
            ("1.2.3", None),
            ("--1", None),
            ("1 000", None),
            (".", None),
            ("-", None),
            ("", None),
            ("inf", None),
            ("NaN", None),
            ("0x10", None),
        ] {
            assert_eq!(read_number(text), value, "{text:?}");
            assert_eq!(is_number(text), value.is_some(), "{text:?}");
        }
    }

    #[test]
    fn long_whole_numbers_stay_exact() {
        assert_eq!(
            to_json("9007199254740993").map(|value| value.to_string()).as_deref(),
            Some("9007199254740993")
        );
        assert_eq!(to_json("18446744073709551615").map(|value| value.is_u64()), Some(true));
    }

    #[test]
    fn keys_sort_as_the_numbers() {
        let numbers = [f64::MIN, -2.0, -1.5, -0.0, 0.5, 1.0, 1e9, f64::MAX];
        assert!(numbers.windows(2).all(|pair| number_sort_key(pair[0]) < number_sort_key(pair[1])));
        assert_eq!(number_sort_key(-0.0), number_sort_key(0.0));
    }
}
