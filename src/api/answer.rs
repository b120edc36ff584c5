//! The envelopes of successful answers: `{"data": …}`, lists with `pagination`, and plain success.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ApiResult;
use crate::service::{Page, Paged};

/// What most operations give: a body, or what went wrong.
pub type Answer<T> = ApiResult<Json<T>>;

/// `{"data": …}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// The result.
    pub data: T,
}

/// Where a page of a list stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// Counted from 1.
    pub current_page: u64,
    /// How many pages there are.
    pub page_count: u64,
    /// How many things there are on all pages.
    pub total_count: u64,
}

/// `{"data": […], "pagination": …}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<T> {
    /// The things on this page.
    pub data: Vec<T>,
    /// Which page it is.
    pub pagination: Pagination,
}

/// `{"data": {"success": true}}`, the result of a command.
#[derive(Debug, Serialize, ToSchema)]
pub struct Success {
    /// Always `true`.
    pub success: bool,
}

/// Wraps a result.
pub fn data<T: Serialize>(result: T) -> Json<Data<T>> {
    Json(Data { data: result })
}

/// The answer of a command that has nothing to tell.
pub fn success() -> Json<Data<Success>> {
    data(Success { success: true })
}

/// Wraps one page of a list.
pub fn listed<S, T: Serialize>(page: Page, found: Paged<S>, wire: impl FnMut(S) -> T) -> Json<Listed<T>> {
    let pagination = Pagination {
        current_page: page.number,
        page_count: found.total.div_ceil(page.size.max(1)),
        total_count: found.total,
    };
    Json(Listed { data: found.items.into_iter().map(wire).collect(), pagination })
}
