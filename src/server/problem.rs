//! Errors of the browser's own routes: a status and `{"message": …}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::status_of;
use crate::service::ServiceError;

/// An error as the page reads it.
pub struct Problem {
    status: StatusCode,
    message: String,
}

impl Problem {
    /// Nobody is signed in.
    pub fn unauthorized() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            message: "your session has ended; sign in again".to_string(),
        }
    }

    /// Another site's page asks.
    pub fn foreign_origin() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            message: "this request did not come from a page of Inlet".to_string(),
        }
    }

    /// What was sent does not fit.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        Self { status: status_of(error.kind), message: error.message }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "message": self.message }))).into_response()
    }
}
