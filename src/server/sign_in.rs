//! Signing in and out by plain forms, which work without a script.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::notice::Frames;
use super::{ServerState, notice, session};
use crate::api::{ClientAddress, status_of};
use crate::service::{ErrorKind, ServiceError};

/// The form of the sign-in page.
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`: back to where the person wanted to go, or to the form once more.
pub async fn sign_in(
    State(state): State<ServerState>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<Credentials>,
) -> Response {
    match state.service.sign_in(&form.email, &form.password, from).await {
        Ok(session) => {
            let mut response = Redirect::to(local(&form.next)).into_response();
            session::set_cookie(response.headers_mut(), &session::cookie(session.token, &state.service));
            response
        }
        Err(error) if error.kind == ErrorKind::TooMany => {
            too_many(&headers, Frames::None, &error, "/sign-in")
        }
        Err(_) => {
            let next = session::percent_encoded(local(&form.next));
            Redirect::to(&format!("/sign-in?wrong=1&next={next}")).into_response()
        }
    }
}

/// That somebody must wait, and a way back.
pub(super) fn too_many(headers: &HeaderMap, frames: Frames, error: &ServiceError, back: &str) -> Response {
    let wait = error.retry_after.unwrap_or(1);
    let parts = format!("<p>Try again in {wait} seconds.</p><a class=\"button\" href=\"{back}\">Back</a>");
    let mut response = notice::page(status_of(error.kind), headers, frames, "Too many tries", &parts, "");
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// `POST /sign-out`: ends the session here and in the browser.
pub async fn sign_out(State(state): State<ServerState>, headers: HeaderMap) -> Response {
    if let Some(token) = session::token_of(&headers)
        && let Err(error) = state.service.sign_out(&token).await
    {
        tracing::warn!(%error, "a session could not be ended");
    }
    let mut response = Redirect::to("/sign-in").into_response();
    session::set_cookie(response.headers_mut(), &session::ended_cookie(&state.service));
    response
}

/// A path of this server, never another host.
fn local(next: &str) -> &str {
    // Browsers leave tabs and line ends out of addresses, and take a backslash for a slash.
    let odd = |character: char| character.is_control() || character == '\\';
    let outside = !next.starts_with('/') || next.starts_with("//") || next.contains(odd);
    if outside { "/" } else { next }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_to_another_host() {
        for (next, to) in [
            ("/space/a", "/space/a"),
            ("//evil", "/"),
            ("/\t/evil", "/"),
            ("https://evil", "/"),
            ("/\\evil", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(next), to);
        }
    }
}
