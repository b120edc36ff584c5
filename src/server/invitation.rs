//! The page to which the link of an invitation leads: a person chooses a name and a password and is signed in.
//!
//! The token stands behind the `#` of the address, which browsers keep to themselves; a script puts it into the form.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::notice::{self, Frames, Input};
use super::{ServerState, session};
use crate::api::status_of;

/// The form of the page.
#[derive(Deserialize)]
pub struct Acceptance {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// `GET /invitation`: the form.
pub async fn form(headers: HeaderMap) -> Response {
    shown(StatusCode::OK, &headers, "", "", None)
}

/// `POST /invitation`: home, signed in; or the form once more with what is wrong.
pub async fn accept(
    State(state): State<ServerState>,
    headers: HeaderMap,
    Form(form): Form<Acceptance>,
) -> Response {
    match state.service.accept_invitation(&form.token, &form.name, &form.password).await {
        Ok(session) => {
            let mut response = Redirect::to("/").into_response();
            session::set_cookie(response.headers_mut(), &session::cookie(session.token, &state.service));
            response
        }
        Err(error) => shown(status_of(error.kind), &headers, &form.token, &form.name, Some(&error.message)),
    }
}

fn shown(status: StatusCode, headers: &HeaderMap, token: &str, name: &str, wrong: Option<&str>) -> Response {
    let error = wrong.map(notice::wrong).unwrap_or_default();
    let has_link = !token.is_empty();
    let (with_error, without_error) = if has_link { (error.as_str(), "") } else { ("", error.as_str()) };
    let more = if with_error.is_empty() { "" } else { "aria-describedby=\"wrong\"" };
    let name = Input { name: "name", label: "Name", kind: "text", complete: "name", value: name, more };
    let with = format!(
        "<p>Choose how you are called and a password.</p><form method=\"post\" action=\"/invitation\">\
         <input type=\"hidden\" id=\"token\" name=\"token\" value=\"{}\">{with_error}{}{}\
         <button type=\"submit\" class=\"button button-primary\">Join</button></form>",
        notice::escape(token),
        name.html(),
        notice::new_password("Password", more),
    );
    let without = format!(
        "{without_error}<p>You come in by the link of your invitation: open it again, or ask whoever invited you for another.</p>\
         <a class=\"button\" href=\"/sign-in\">Sign in</a>"
    );
    let parts = notice::with_link_or_without(&with, &without, has_link);
    notice::page(status, headers, Frames::None, "Welcome to Inlet", &parts, notice::TAKE_TOKEN)
}
