//! An edit of a cell that somebody else may have changed meanwhile: whether it may be written.

/// What becomes of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The cell is as the person saw it.
    Write,
    /// It holds what is to be written already, as when the answer to a first try was lost.
    Same,
    /// It holds what the person never saw.
    Changed,
}

/// Compares what a cell holds with what the person saw there and wants there.
pub fn verdict(now: Option<&str>, seen: Option<&str>, wanted: Option<&str>) -> Verdict {
    let [now, seen, wanted] = [now, seen, wanted].map(Option::unwrap_or_default);
    match now {
        now if now == wanted => Verdict::Same,
        now if now == seen => Verdict::Write,
        _ => Verdict::Changed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_person_saw_is_written_over() {
        for (now, seen, wanted, expected) in [
            (Some("a"), Some("a"), Some("b"), Verdict::Write),
            (None, None, Some("b"), Verdict::Write),
            (Some(""), None, Some("b"), Verdict::Write),
            (Some("a"), Some("a"), None, Verdict::Write),
            (Some("x"), Some("a"), Some("b"), Verdict::Changed),
            (Some("x"), None, Some("b"), Verdict::Changed),
            (None, Some("a"), Some("b"), Verdict::Changed),
            (Some("A"), Some("a"), Some("b"), Verdict::Changed),
            (Some("b"), Some("a"), Some("b"), Verdict::Same),
            (None, Some("a"), None, Verdict::Same),
            (Some("a"), Some("a"), Some("a"), Verdict::Same),
        ] {
            assert_eq!(verdict(now, seen, wanted), expected, "{now:?} {seen:?} {wanted:?}");
        }
    }

    #[test]
    fn an_edit_that_comes_twice_is_nobodys_conflict() {
        // The first try was written and its answer lost; the second finds its own text.
        assert_eq!(verdict(Some("a"), Some("a"), Some("b")), Verdict::Write);
        assert_eq!(verdict(Some("b"), Some("a"), Some("b")), Verdict::Same);
        // What was typed after it was typed over it.
        assert_eq!(verdict(Some("b"), Some("b"), Some("c")), Verdict::Write);
    }
}
