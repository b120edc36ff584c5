//! How numbers and texts are written for people, on pages, in mails and in what jobs say.

use std::borrow::Cow;

/// A number with commas between its thousands: `12,408`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    put_grouped(&digits, &mut text);
    text
}

/// A number with so many digits after the point: `-1,893.40`.
pub fn decimal(value: f64, digits: usize) -> String {
    let plain = format!("{:.digits$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::with_capacity(plain.len() + plain.len() / 3 + 1);
    // What is rounded to nothing has no sign.
    text.push_str(if value < 0.0 && plain.contains(|digit| ('1'..='9').contains(&digit)) { "-" } else { "" });
    put_grouped(whole, &mut text);
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn put_grouped(digits: &str, text: &mut String) {
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
}

/// `1 record`, `2,000 records`.
pub fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(number)) }
}

/// What is said of cells that a change of many leaves alone; nothing when there are none.
pub fn too_long(cells: u64) -> Option<String> {
    let (were, stayed) = if cells == 1 { ("it", "was") } else { ("they", "were") };
    let cells = (cells > 0).then(|| counted(cells, "cell"))?;
    Some(format!("{cells} would have been longer than the limit and stayed as {were} {stayed}"))
}

/// A text in HTML.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"].map(str::to_string),
            [0, 999, 1000, 1_234_567].map(grouped)
        );
        for (value, digits, text) in
            [(1893.4, 2, "1,893.40"), (-1e6, 0, "-1,000,000"), (-0.004, 2, "0.00"), (999.999, 2, "1,000.00")]
        {
            assert_eq!(decimal(value, digits), text);
        }
        assert_eq!(counted(1, "record"), "1 record");
        assert_eq!(counted(12_408, "record"), "12,408 records");
    }
}
