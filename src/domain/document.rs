//! Documents: markdown pages of a space.

use super::action::Action;
use super::ids::{AccountId, DocumentId, EnvironmentId, SpaceId};
use super::time::Timestamp;

/// Most bytes of the text of a document.
pub const MOST_BODY_BYTES: usize = 1 << 20;
/// Most characters of a title.
pub const MOST_TITLE: usize = 255;

/// The treatment by which a document fills the screen and is in no list.
const EPHEMERAL: &str = "ephemeral";

/// A markdown page of a space.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// Its space.
    pub space_id: SpaceId,
    /// What people read over it and in the sidebar.
    pub title: String,
    /// Its text: markdown.
    pub body: String,
    /// How it is shown: `ephemeral`, and words that Inlet keeps but does not know.
    pub treatments: Vec<String>,
    /// Its buttons.
    pub actions: Vec<Action>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Why something cannot be a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// There is no title, or nothing can be read in it.
    #[error("title: a document needs a title")]
    NoTitle,
    /// The title is too long.
    #[error("title: it has {0} characters, at most {MOST_TITLE} are allowed: shorten it")]
    LongTitle(usize),
    /// There is no text.
    #[error("body: a document needs a text in markdown; it may be empty")]
    NoBody,
    /// The text is too long.
    #[error("body: a document holds at most {MOST_BODY_BYTES} bytes, this one has {0}: make two of it")]
    LongBody(usize),
}

/// A title as it is kept.
///
/// # Errors
/// When there is none, or too much of it.
pub fn title(given: Option<String>) -> Result<String, DocumentError> {
    let title = given.map(|title| title.trim().to_string()).filter(|title| !title.is_empty());
    let title = title.ok_or(DocumentError::NoTitle)?;
    match title.chars().count() {
        length if length > MOST_TITLE => Err(DocumentError::LongTitle(length)),
        _ => Ok(title),
    }
}

/// A text as it is kept.
///
/// # Errors
/// When there is none, or too much of it.
pub fn body(given: Option<String>) -> Result<String, DocumentError> {
    let body = given.ok_or(DocumentError::NoBody)?;
    if body.len() > MOST_BODY_BYTES { Err(DocumentError::LongBody(body.len())) } else { Ok(body) }
}

impl Document {
    /// It fills the screen, and is not in the sidebar.
    pub fn is_ephemeral(&self) -> bool {
        self.treatments.iter().any(|treatment| treatment == EPHEMERAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_title_and_a_text_within_limits() {
        let some = |text: &str| Some(text.to_string());
        assert_eq!(title(some("  Guide ")), Ok("Guide".to_string()));
        assert_eq!(title(some(" ")), Err(DocumentError::NoTitle));
        assert_eq!(title(None), Err(DocumentError::NoTitle));
        assert_eq!(title(some(&"ä".repeat(MOST_TITLE + 1))), Err(DocumentError::LongTitle(MOST_TITLE + 1)));
        assert_eq!(body(some("")), Ok(String::new()));
        assert_eq!(body(None), Err(DocumentError::NoBody));
        let long = "x".repeat(MOST_BODY_BYTES + 1);
        assert_eq!(body(Some(long)), Err(DocumentError::LongBody(MOST_BODY_BYTES + 1)));
    }
}
