//! The one error of the service. A caller acts on its kind; the message is for people and names the
//! thing and the remedy. What went wrong inside is logged here and never sent.

use crate::domain::email::NotAnEmail;
use crate::domain::form::FormError;
use crate::domain::ids::IdError;
use crate::domain::job::Refusal;
use crate::domain::limits::LimitError;
use crate::domain::parse::ParseError;
use crate::files::{FileError, WriteError};
use crate::sheets::SheetError;
use crate::store::StoreError;

/// What kind of error it is, and so which status it has over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was sent does not fit.
    BadRequest,
    /// Nobody known asks.
    Unauthorized,
    /// Somebody known asks for what it may not do.
    Forbidden,
    /// It does not exist, or not for this actor.
    NotFound,
    /// It does not fit the present state.
    Conflict,
    /// More than a limit allows.
    TooLarge,
    /// It was tried too often.
    TooMany,
    /// Try again shortly.
    Unavailable,
    /// A mistake of ours.
    Internal,
}

/// An error of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ServiceError {
    /// What kind it is.
    pub kind: ErrorKind,
    /// For people.
    pub message: String,
    /// What is wrong with each input of a form.
    pub fields: Vec<FormError>,
    /// After how many seconds it may be tried again.
    pub retry_after: Option<u64>,
}

impl ServiceError {
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after: None }
    }

    /// What was sent does not fit.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    /// The same error, seen from the document around it.
    pub fn within(self, outer: &str) -> Self {
        Self { message: format!("{outer}: {}", self.message), ..self }
    }

    /// Inputs of a form do not fit.
    pub fn form(fields: Vec<FormError>) -> Self {
        let message = fields.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ");
        Self { fields, ..Self::bad_request(message) }
    }

    /// It was tried too often: once more after `wait`.
    pub fn too_many(what: &str, wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
        let message = format!("{what}; try again in {seconds} seconds");
        Self { retry_after: Some(seconds), ..Self::new(ErrorKind::TooMany, message) }
    }

    /// It does not fit the present state.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// `what` with that id does not exist for this actor.
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, format!("there is no {what} `{id}` here"))
    }

    /// A mistake of ours: logged with its reason, answered without.
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        tracing::error!(%reason, "internal error");
        Self::new(ErrorKind::Internal, "something went wrong on the server; its log says what")
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::conflict("this exists already"),
            StoreError::Unavailable(reason) => {
                tracing::warn!(%reason, "the database is not available");
                Self::new(
                    ErrorKind::Unavailable,
                    "the database is busy or cannot be reached; try again shortly",
                )
            }
            other => Self::internal(other),
        }
    }
}

impl From<SheetError> for ServiceError {
    fn from(error: SheetError) -> Self {
        match error {
            SheetError::Store(error) => error.into(),
            conflict @ SheetError::Conflict => Self::conflict(conflict.to_string()),
            unknown @ SheetError::UnknownVersion(_) => Self::conflict(unknown.to_string()),
            many @ (SheetError::TooManyRecords(_) | SheetError::TooManyPlaces(_)) => {
                Self::bad_request(many.to_string())
            }
            kept @ SheetError::ReadOnly(_) => Self::new(ErrorKind::Forbidden, kept.to_string()),
            SheetError::Query(message) => Self::bad_request(message),
            other => Self::internal(other),
        }
    }
}

impl From<FileError> for ServiceError {
    fn from(error: FileError) -> Self {
        match error {
            full @ FileError::Full => Self::new(ErrorKind::Unavailable, full.to_string()),
            missing @ FileError::Missing(_) => Self::new(ErrorKind::NotFound, missing.to_string()),
            large @ FileError::TooLarge(_) => Self::new(ErrorKind::TooLarge, large.to_string()),
            other => Self::internal(other),
        }
    }
}

impl From<WriteError> for ServiceError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::TooMuchForExcel | WriteError::TooLongForExcel { .. } => {
                Self::bad_request(error.to_string())
            }
            WriteError::Io(error) => FileError::from(error).into(),
            WriteError::Excel(_) => Self::internal(error),
        }
    }
}

impl From<ParseError> for ServiceError {
    fn from(error: ParseError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<NotAnEmail> for ServiceError {
    fn from(error: NotAnEmail) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<LimitError> for ServiceError {
    fn from(error: LimitError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<IdError> for ServiceError {
    /// A malformed id is the id of nothing.
    fn from(error: IdError) -> Self {
        Self::new(ErrorKind::NotFound, error.to_string())
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::conflict(refusal.to_string())
    }
}
