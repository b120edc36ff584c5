//! How numbers are written for people, on the page and in what jobs say.

/// A number with commas between its thousands: `12,408`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"].map(str::to_string),
            [0, 999, 1000, 1_234_567].map(grouped)
        );
        assert_eq!(counted(1, "record"), "1 record");
        assert_eq!(counted(12_408, "record"), "12,408 records");
    }
}
