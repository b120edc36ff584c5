//! The one error of this layer: a kind, by which the page decides, and words for the person.

use std::fmt;

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use super::Wire;

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// What was sent does not fit.
    BadRequest,
    /// Nobody is signed in.
    Unauthorized,
    /// The person may not do it.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It does not go with the state things are in.
    Conflict,
    /// Too much was sent.
    TooLarge,
    /// The server is too busy, or stopping.
    Unavailable,
    /// The server's own fault.
    Internal,
    /// The server was not reached.
    Network,
}

/// Why a server function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RpcError {
    /// By which the page decides what to do.
    pub kind: ErrorKind,
    /// What happened and what to do.
    pub message: String,
}

impl RpcError {
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for RpcError {}

impl FromServerFnError for RpcError {
    type Encoder = Wire;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match error {
            E::Request(_) => Self::new(
                ErrorKind::Network,
                "The server cannot be reached. Check the connection and try again",
            ),
            E::Args(detail) | E::MissingArg(detail) => {
                Self::new(ErrorKind::BadRequest, format!("The request does not fit this server: {detail}"))
            }
            // As of a proxy whose server is away; or the server is a newer one.
            E::Deserialization(_) => {
                Self::new(ErrorKind::Unavailable, "The answer does not fit this page. Load the page again")
            }
            other => Self::new(ErrorKind::Internal, other.to_string()),
        }
    }
}
