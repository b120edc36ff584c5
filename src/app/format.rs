//! How numbers, sizes and times are written for people. The same in both halves, so that a page reads
//! alike before and after the browser has taken over.

pub use crate::domain::wording::{counted, escape, grouped as count};

/// `812 B`, `1.4 kB`, `104 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let (mut tenths, mut unit) = ((bytes + 50) / 100, 0);
    while tenths >= 9_995 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    match tenths {
        0..100 => format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]),
        _ => format!("{} {}", (tenths + 5) / 10, UNITS[unit]),
    }
}

/// A span: `8 s`, `2 min 5 s`, `3 h 20 min`.
pub fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0).div_euclid(1000);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// How long ago: `now`, `5 minutes ago`, `3 days ago`.
pub fn ago(then: i64, now: i64) -> String {
    let minutes = now.saturating_sub(then).max(0) / 60_000;
    let say = |number: i64, unit: &str| format!("{} ago", counted(number.unsigned_abs(), unit));
    match minutes {
        0 => "now".to_string(),
        1..60 => say(minutes, "minute"),
        60..1440 => say(minutes / 60, "hour"),
        1440..44_640 => say(minutes / 1440, "day"),
        _ => say(minutes / 43_200, "month"),
    }
}

/// The beginning of a text, with three dots where there is more.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_string(),
    }
}

/// A text in small letters, by the browser's own tables: ours would be larger than the page.
pub fn lower(text: &str) -> String {
    #[cfg(feature = "hydrate")]
    return crate::app::dom::lower(text);
    #[cfg(not(feature = "hydrate"))]
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_two_figures_or_more() {
        for (bytes, text) in
            [(0, "0 B"), (1_400, "1.4 kB"), (99_960, "100 kB"), (999_900, "1.0 MB"), (104_000_000, "104 MB")]
        {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_are_said_in_words() {
        let minute = 60_000;
        for (then, text) in [
            (0, "now"),
            (minute, "1 minute ago"),
            (59 * minute, "59 minutes ago"),
            (25 * 60 * minute, "1 day ago"),
            (-5, "now"),
        ] {
            assert_eq!(ago(0, then), text);
        }
        assert_eq!(span(125_000), "2 min 5 s");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        for (text, most, wanted) in [("äöü", 2, "äö…"), ("äöü", 3, "äöü"), ("", 0, "")] {
            assert_eq!(shortened(text, most), wanted);
        }
    }

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
        assert_eq!(escape("plain"), "plain");
    }
}
