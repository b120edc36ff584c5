//! Patterns: `%` stands for any text, `_` for one character.

/// A pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
    ignores_case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    Any,
    One,
    Character(char),
}

/// What a text has to contain to be like `pattern`, when that is all: `%text%`, or a text without wildcards.
pub(super) fn contained(pattern: &str) -> Option<&str> {
    let within = match pattern.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')) {
        Some(within) => within,
        None => pattern,
    };
    (!within.contains(['%', '_'])).then_some(within)
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn read(text: &str, ignores_case: bool) -> Self {
        let lower = if ignores_case { text.to_lowercase() } else { text.to_string() };
        let piece = |character| match character {
            '%' => Piece::Any,
            '_' => Piece::One,
            other => Piece::Character(other),
        };
        let mut pieces: Vec<Piece> = lower.chars().map(piece).collect();
        pieces.dedup_by(|later, first| *later == Piece::Any && *first == Piece::Any);
        Self { pieces, ignores_case }
    }

    /// Whether a whole text is like it.
    pub(super) fn fits(&self, text: &str) -> bool {
        if self.ignores_case && !text.is_ascii() {
            return self.fits_characters(text.to_lowercase().chars());
        }
        match self.ignores_case {
            true => self.fits_characters(text.chars().map(|character| character.to_ascii_lowercase())),
            false => self.fits_characters(text.chars()),
        }
    }

    /// Goes back to the last `%` only, which is enough, since what comes before it has fitted already.
    fn fits_characters(&self, text: impl Iterator<Item = char> + Clone) -> bool {
        let mut rest = text;
        let mut place = 0;
        let mut back = None;
        loop {
            let piece = self.pieces.get(place).copied();
            if piece == Some(Piece::Any) {
                place += 1;
                back = Some((place, rest.clone()));
                continue;
            }
            let character = rest.next();
            match (piece, character) {
                (None, None) => return true,
                (Some(Piece::One), Some(_)) => place += 1,
                (Some(Piece::Character(one)), Some(other)) if one == other => place += 1,
                (_, None) => return false,
                _ => {
                    let Some((begin, mut from)) = back.take() else { return false };
                    from.next();
                    rest = from.clone();
                    place = begin;
                    back = Some((begin, from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_text() {
        for (pattern, text, ignores_case, fits) in [
            ("A%", "Anna", false, true),
            ("a%", "Anna", false, false),
            ("a%", "Anna", true, true),
            ("%nn%", "Anna", false, true),
            ("%na", "Anna", false, true),
            ("%na", "Annab", false, false),
            ("A__a", "Anna", false, true),
            ("A_a", "Anna", false, false),
            ("%a%b%c", "xaybzabc", false, true),
            ("%a%b%c", "xaybzab", false, false),
            ("_", "é", false, true),
            ("É%", "élan", true, true),
            ("%", "", false, true),
            ("_%", "", false, false),
            ("%ab", "aab", false, true),
        ] {
            let read = Pattern::read(pattern, ignores_case);
            assert_eq!(read.fits(text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn most_patterns_only_ask_for_a_part() {
        for (pattern, part) in [
            ("plain", Some("plain")),
            ("%nn%", Some("nn")),
            ("%", None),
            ("%%", Some("")),
            ("%a%b%", None),
            ("%a_b%", None),
            ("a%", None),
        ] {
            assert_eq!(contained(pattern), part, "{pattern}");
        }
    }
}
