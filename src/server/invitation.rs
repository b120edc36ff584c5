//! The page to which the link of an invitation leads: a person chooses a name and a password and is signed in.
//!
//! The token stands behind the `#` of the address, which browsers keep to themselves; a script of one line puts it
//! into the form.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::notice::{self, Input};
use super::{ServerState, session};
use crate::api::status_of;

/// Puts the token into the form.
const TAKE_TOKEN: &str = "document.getElementById('token').value||=location.hash.slice(1)";

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
    let error = wrong.map(notice::wrong);
    let more = if error.is_some() { "aria-describedby=\"wrong\"" } else { "" };
    let inputs = [
        Input { name: "name", label: "Name", kind: "text", complete: "name", value: name, more },
        Input {
            name: "password",
            label: "Password, at least 10 characters",
            kind: "password",
            complete: "new-password",
            value: "",
            more: &format!("minlength=\"10\" {more}"),
        },
    ];
    let inputs: String = inputs.iter().map(Input::html).collect();
    let parts = format!(
        "<p>Choose how you are called and a password.</p>\
         <form method=\"post\" action=\"/invitation\" class=\"sign-in\">\
         <input type=\"hidden\" id=\"token\" name=\"token\" value=\"{}\">{}{inputs}\
         <button type=\"submit\" class=\"button button-primary\">Join</button></form>\
         <noscript><p class=\"field-error\">This page needs JavaScript to read the link.</p></noscript>",
        notice::escape(token),
        error.unwrap_or_default(),
    );
    notice::page(status, headers, "Welcome to Inlet", &parts, TAKE_TOKEN)
}
