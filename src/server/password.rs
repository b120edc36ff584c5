//! Passwords on pages of their own: who forgot theirs is mailed a link and chooses another there; who is signed in
//! changes theirs.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use super::notice::{self, Frames, Input};
use super::problem::Problem;
use super::session::{self, SignedIn};
use super::{ServerState, sign_in};
use crate::api::{ClientAddress, status_of};
use crate::service::mail::MailWanted;
use crate::service::{ErrorKind, ServiceError};

/// The heading of the page for who forgot theirs.
const HEADING: &str = "Choose a new password";
/// The heading of the page for who is signed in.
const CHANGE: &str = "Change your password";
/// Where links lead to.
const ADDRESS: &str = "/password";
/// Where a person changes theirs.
pub const OWN: &str = "/password/own";

/// The form of the page: with the token of a link and a password, or with an address that a link is to go to.
#[derive(Deserialize)]
pub struct Forgotten {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    email: String,
}

/// `GET /password`: the form; with `?sent` the word that a link is on its way.
pub async fn form(
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if query.as_deref() == Some("sent") {
        return notice::sent(&headers, Frames::None, "signs in here", "an hour", ADDRESS);
    }
    shown(&state, StatusCode::OK, &headers, "", None)
}

/// `POST /password`: home, signed in with the new password; or, with an address, the word that a link is on its way,
/// which is the same for addresses that nobody has.
pub async fn choose(
    State(state): State<ServerState>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Form(Forgotten { token, password, email }): Form<Forgotten>,
) -> Response {
    if token.is_empty() {
        return match state.service.send_link_later(&email, from, MailWanted::Password) {
            Ok(()) => Redirect::to("/password?sent").into_response(),
            Err(error) => sign_in::too_many(&headers, Frames::None, &error, ADDRESS),
        };
    }
    match state.service.choose_password(&token, &password).await {
        Ok(chosen) => {
            let mut response = Redirect::to("/").into_response();
            session::set_cookie(response.headers_mut(), &session::cookie(chosen.token, &state.service));
            response
        }
        Err(error) if error.kind == ErrorKind::NotFound => {
            shown(&state, status_of(error.kind), &headers, "", Some(&error))
        }
        Err(error) => shown(&state, status_of(error.kind), &headers, &token, Some(&error)),
    }
}

fn shown(
    state: &ServerState,
    status: StatusCode,
    headers: &HeaderMap,
    token: &str,
    error: Option<&ServiceError>,
) -> Response {
    let wrong = error.map(|error| notice::wrong(&error.message)).unwrap_or_default();
    let with = format!(
        "<p>Everywhere else you are signed out then.</p><form method=\"post\" action=\"{ADDRESS}\">\
         <input type=\"hidden\" id=\"token\" name=\"token\" value=\"{}\">{}{}\
         <button type=\"submit\" class=\"button button-primary\">Keep it and sign in</button></form>",
        notice::escape(token),
        if token.is_empty() { "" } else { &wrong },
        notice::new_password("New password", ""),
    );
    let wrong = if token.is_empty() { wrong } else { String::new() };
    let without = match state.service.settings.mail {
        Some(_) => format!(
            "{wrong}<p>Enter your e-mail address, and a link comes to you by which you choose another password.</p>\
             <form method=\"post\" action=\"{ADDRESS}\">{}\
             <button type=\"submit\" class=\"button button-primary\">Send me a link</button></form>",
            Input {
                name: "email",
                label: "E-mail",
                kind: "email",
                complete: "username",
                value: "",
                more: ""
            }
            .html(),
        ),
        None => format!(
            "{wrong}<p>This server sends no mails. Ask an administrator for a link: they make one beside your name, under \
             Developers, People.</p>"
        ),
    };
    let without =
        format!("{without}<a class=\"button button-ghost\" href=\"/sign-in\">Back to signing in</a>");
    let parts = notice::with_link_or_without(&with, &without, !token.is_empty());
    notice::page(status, headers, Frames::None, HEADING, &parts, notice::TAKE_TOKEN)
}

/// The form of a person who is signed in.
#[derive(Deserialize)]
pub struct Change {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}

/// `GET /password/own`: the form.
pub async fn own(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    own_shown(&state, &signed_in, &headers, None).await
}

/// `POST /password/own`: the other password holds, and the person is signed in here alone.
pub async fn change(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Form(Change { current, password }): Form<Change>,
) -> Result<Response, Problem> {
    match state.service.change_password(&signed_in.actor, &current, &password, from).await {
        Ok(changed) => {
            let parts = "<p>Everywhere else you are signed out.</p><a class=\"button\" href=\"/\">Go on</a>";
            let heading = "Your password is changed";
            let mut response = notice::page(StatusCode::OK, &headers, Frames::None, heading, parts, "");
            session::set_cookie(response.headers_mut(), &session::cookie(changed.token, &state.service));
            Ok(response)
        }
        Err(error) if error.kind == ErrorKind::TooMany => {
            Ok(sign_in::too_many(&headers, Frames::None, &error, OWN))
        }
        Err(error) if error.kind == ErrorKind::BadRequest => {
            own_shown(&state, &signed_in, &headers, Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn own_shown(
    state: &ServerState,
    signed_in: &SignedIn,
    headers: &HeaderMap,
    error: Option<&ServiceError>,
) -> Result<Response, Problem> {
    let current = Input {
        name: "current",
        label: "Your password of now",
        kind: "password",
        complete: "current-password",
        value: "",
        more: "",
    };
    let has_one = state.service.has_password(&signed_in.actor).await?;
    let parts = format!(
        "<p>Everywhere else you are signed out then. Your personal tokens stay.</p>\
         <form method=\"post\" action=\"{OWN}\" class=\"sign-in\">{}{}{}\
         <button type=\"submit\" class=\"button button-primary\">Change it</button></form><a class=\"button button-ghost\" href=\"/\">Back</a>",
        error.map(|error| notice::wrong(&error.message)).unwrap_or_default(),
        if has_one { current.html() } else { String::new() },
        notice::new_password("New password", ""),
    );
    let status = error.map_or(StatusCode::OK, |error| status_of(error.kind));
    Ok(notice::page(status, headers, Frames::None, CHANGE, &parts, ""))
}
