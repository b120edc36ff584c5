//! What can go wrong below the service: three cases a caller can act on, and everything else.

/// An error of the database layer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is too busy: trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A value that must be unique stands there already.
    #[error("this already exists: {0}")]
    Conflict(String),
    /// A stored value cannot be read: another program wrote it, or the file is damaged.
    #[error("stored data cannot be read: {0}")]
    Damaged(String),
    /// Anything else; a mistake of ours.
    #[error(transparent)]
    Other(sqlx::Error),
}

/// Codes of both databases after which the same transaction may succeed: SQLite's busy, locked and
/// full, PostgreSQL's lost race, deadlock, too many connections, shutting down and full disk.
const PASSING: &[&str] =
    &["5", "6", "13", "261", "262", "517", "773", "40001", "40P01", "53100", "53300", "57P01", "57P03"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(ref inner) if inner.is_unique_violation() => {
                Self::Conflict(inner.to_string())
            }
            sqlx::Error::Database(ref inner)
                if inner.code().is_some_and(|code| PASSING.contains(&code.as_ref())) =>
            {
                Self::Unavailable(error)
            }
            other => Self::Other(other),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<crate::domain::ids::IdError> for StoreError {
    fn from(error: crate::domain::ids::IdError) -> Self {
        Self::Damaged(error.to_string())
    }
}
