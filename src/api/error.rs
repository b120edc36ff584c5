//! Errors of the API: a status, and the envelope `{"errors":[{"key","message"}]}` that clients read.
//!
//! Nothing a client sends may end in a 500: what cannot be read is a 400 that names the place, what
//! cannot be found a 404, whether it never existed or belongs to somebody else.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::domain::parse::ParseError;
use crate::service::{ErrorKind, ServiceError};

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorItem {
    /// The member or parameter that is wrong, or `general`.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every failed answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Errors {
    /// At least one.
    pub errors: Vec<ErrorItem>,
}

/// What every operation may answer instead of its result.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described in the OpenAPI document; answers are made by ApiError")]
pub enum Failures {
    /// Something in the request cannot be read; the message names it.
    #[response(status = 400)]
    BadRequest(Errors),
    /// No key, or one that is not valid (any more).
    #[response(status = 401)]
    Unauthorized(Errors),
    /// The key does not allow this.
    #[response(status = 403)]
    Forbidden(Errors),
    /// There is no such thing in the environment of the key.
    #[response(status = 404)]
    NotFound(Errors),
    /// The state of the thing does not allow this now.
    #[response(status = 409)]
    Conflict(Errors),
    /// The body is larger than the server takes.
    #[response(status = 413)]
    TooLarge(Errors),
    /// It was tried too often; `Retry-After` says when it may be tried again.
    #[response(status = 429)]
    TooMany(Errors),
    /// The server cannot do it at the moment; try again.
    #[response(status = 503)]
    Unavailable(Errors),
}

/// A failed request.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    status: StatusCode,
    key: String,
    message: String,
    retry_after: Option<u64>,
}

/// What every handler returns.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error of that status about the whole request.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, key: "general".to_string(), message: message.into(), retry_after: None }
    }

    /// A part of the request, named by `key`, cannot be read.
    pub fn bad(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::new(StatusCode::BAD_REQUEST, message) }
    }

    /// The body is larger than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        let limit = match limit >> 20 {
            0 => format!("{limit} bytes"),
            mebibytes => format!("{mebibytes} MiB"),
        };
        let message = format!("the body is larger than {limit}; send it in parts");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

impl From<ParseError> for ApiError {
    fn from(error: ParseError) -> Self {
        let key = if error.path.is_empty() { "general".to_string() } else { error.path.clone() };
        Self::bad(key, error.to_string())
    }
}

/// The status of an error over HTTP, for the API and for the browser's own routes.
pub fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        Self { retry_after: error.retry_after, ..Self::new(status_of(error.kind), error.message) }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Errors { errors: vec![ErrorItem { key: self.key, message: self.message }] };
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
