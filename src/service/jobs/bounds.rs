//! How much a job may say. Words are shortened, so that a listener whose last words are too long still ends its job;
//! data that is too large is refused.

use serde::Serialize;

use crate::domain::outcome::Outcome;
use crate::service::{ErrorKind, Result, ServiceError};

/// Characters of what a job says in one go.
const WORDS: usize = 4_000;
/// Bytes of each of a job's values as JSON.
const BYTES: usize = 1 << 20;

/// A text of at most 4,000 characters.
pub(super) fn shortened(text: String) -> String {
    match text.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// An outcome with words that are not too long.
pub(super) fn outcome(outcome: Outcome) -> Result<Outcome> {
    let outcome = Outcome {
        heading: outcome.heading.map(shortened),
        message: outcome.message.map(shortened),
        button_text: outcome.button_text.map(shortened),
        ..outcome
    };
    check("outcome", Some(&outcome))?;
    Ok(outcome)
}

/// Refuses a value of more than a mebibyte.
pub(in crate::service) fn check(name: &str, value: Option<&impl Serialize>) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    let bytes = serde_json::to_vec(value).map_err(ServiceError::internal)?.len();
    if bytes <= BYTES {
        return Ok(());
    }
    let message =
        format!("{name}: {} KiB are more than a job takes (1,024); put it into a file", bytes >> 10);
    Err(ServiceError::new(ErrorKind::TooLarge, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_and_large_values_refused() {
        assert_eq!(shortened("ä".repeat(WORDS)), "ä".repeat(WORDS));
        assert_eq!(shortened("ä".repeat(WORDS + 1)), format!("{}…", "ä".repeat(WORDS)));
        assert!(check("metadata", Some(&"x".repeat(BYTES - 2))).is_ok());
        let refused = check("metadata", Some(&"x".repeat(BYTES))).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::TooLarge);
        assert!(refused.message.starts_with("metadata: 1024 KiB"), "{refused}");
    }
}
