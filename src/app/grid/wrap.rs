//! A text in several lines, as a tall row shows it. No browser in it: the painter says what fits.

/// The lines of a text, at most so many. A line ends where the text has one, before the word that does not fit, and
/// within a word that no line holds; the last one takes the rest of its line, which may not fit.
pub fn wrapped(text: &str, most: usize, fits: impl Fn(&str) -> bool) -> Vec<&str> {
    let mut lines = Vec::new();
    for mut line in text.split(['\n', '\r']).map(str::trim_end).filter(|line| !line.is_empty()) {
        while lines.len() + 1 < most && !fits(line) {
            let (first, rest) = line.split_at(end_of_line(line, &fits));
            lines.push(first.trim_end());
            line = rest.trim_start();
        }
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() >= most {
            break;
        }
    }
    lines.truncate(most);
    lines
}

/// Where the first line of a text ends that does not fit into one: after at least one letter.
fn end_of_line(text: &str, fits: impl Fn(&str) -> bool) -> usize {
    let words = text.match_indices(' ').map(|(place, _)| place).filter(|place| *place > 0);
    if let Some(end) = words.take_while(|end| fits(&text[..*end])).last() {
        return end;
    }
    let letters = text.char_indices().skip(1).map(|(place, _)| place);
    let first = text.chars().next().map_or(0, char::len_utf8);
    letters.take_while(|end| fits(&text[..*end])).last().unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str, most: usize) -> Vec<&str> {
        wrapped(text, most, |line| line.chars().count() <= 6)
    }

    #[test]
    fn words_stay_whole_and_long_ones_are_cut() {
        assert_eq!(lines("one two three", 3), ["one", "two", "three"]);
        assert_eq!(lines("one\n\ntwo", 3), ["one", "two"]);
        assert_eq!(lines("unbreakable", 3), ["unbrea", "kable"]);
        assert_eq!(lines("a b c d e f g h i j k l m", 2), ["a b c", "d e f g h i j k l m"]);
        assert_eq!(lines("", 3), [""; 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_before_the_last_line(text in "[a-zä \n]{0,60}", most in 1usize..5) {
            let lines = lines(&text, most);
            prop_assert!(lines.len() <= most);
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert!(letters(&text).starts_with(&letters(&lines.concat())));
            if lines.len() < most {
                prop_assert_eq!(letters(&text), letters(&lines.concat()));
            }
            for line in lines.iter().rev().skip(1) {
                prop_assert!(line.chars().count() <= 6);
            }
        }
    }
}
