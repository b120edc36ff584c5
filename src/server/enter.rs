//! How guests come into a space that lets them in by links of their own: the page that asks for their e-mail address,
//! which is also where such a link leads to.
//!
//! A link is used by a press of its button, never by being looked at: programs that look at mails open what stands in
//! them. Whether an address is known cannot be told from the answer or its time.

use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::notice::{self, Frames, Input};
use super::problem::Problem;
use super::{ServerState, sign_in};
use crate::api::ClientAddress;
use crate::domain::ids::{Id, SpaceId};
use crate::service::ServiceError;
use crate::service::mail::MailWanted;

/// The heading of the page.
const HEADING: &str = "Come into the space";
/// Forgets the visit that the tab had: it is over.
const FORGET: &str = "try{sessionStorage.removeItem('inlet-visit-'+location.pathname.split('/')[2])}catch{};";

/// They came with something that opens nothing any more.
pub const OVER: &str = "?over";
/// They asked for a link.
const SENT: &str = "?sent";

/// Where guests come in who have no visit.
pub fn address(space: &str) -> String {
    ["/space/", space, "/enter"].concat()
}

/// Whether that is the address of such a page.
pub fn is_here(path: &str) -> bool {
    let rest = path.strip_prefix("/space/").and_then(|rest| rest.strip_suffix("/enter"));
    rest.is_some_and(|space| !space.contains('/'))
}

/// `GET /space/{space}/enter`: the form.
pub async fn form(
    State(state): State<ServerState>,
    Path(space): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let space = SpaceId::parse(&space).map_err(ServiceError::from)?;
    let asked = |word: &str| query.as_deref() == word.strip_prefix('?');
    if asked(SENT) {
        let (known, again) = ("was invited into this space", address(space.as_str()));
        return Ok(notice::sent(&headers, Frames::All, known, "a day", &again));
    }
    let wrong = match asked(OVER) {
        true => notice::wrong("this link does not open the space any more"),
        false => String::new(),
    };
    let without = match state.service.settings.mail {
        Some(_) => {
            let input = Input {
                name: "email",
                label: "E-mail",
                kind: "email",
                complete: "email",
                value: "",
                more: "",
            };
            format!(
                "{wrong}<p>Enter the e-mail address to which you were invited, and a link comes to you.</p>\
                 <form method=\"post\" action=\"{}\">{}\
                 <button type=\"submit\" class=\"button button-primary\">Send me a link</button></form>",
                address(space.as_str()),
                input.html(),
            )
        }
        None => format!("{wrong}<p>You come in by a link of your own. Ask whoever invited you for one.</p>"),
    };
    let without = format!(
        "{without}<a class=\"button button-ghost\" href=\"/sign-in?next=/space/{space}\">Sign in with a password</a>"
    );
    let with = format!(
        "<p>This link opens the space once, in this browser.</p><form method=\"post\" action=\"/space/{space}\">\
         <input type=\"hidden\" id=\"token\" name=\"link\">\
         <button type=\"submit\" class=\"button button-primary\">Open the space</button></form>"
    );
    let script = [FORGET, notice::TAKE_TOKEN].concat();
    let parts = notice::with_link_or_without(&with, &without, false);
    Ok(notice::page(StatusCode::OK, &headers, Frames::All, HEADING, &parts, &script))
}

/// The form of the page.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    email: String,
}

/// `POST /space/{space}/enter`: a link goes to that address if it was invited; the answer is the same if not.
pub async fn ask(
    State(state): State<ServerState>,
    Path(space): Path<String>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Form(Asked { email }): Form<Asked>,
) -> Result<Response, Problem> {
    let space = SpaceId::parse(&space).map_err(ServiceError::from)?;
    let back = address(space.as_str());
    match state.service.send_link_later(&email, from, MailWanted::Space(space)) {
        Ok(()) => Ok(Redirect::to(&(back + SENT)).into_response()),
        Err(error) => Ok(sign_in::too_many(&headers, Frames::All, &error, &back)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_known_by_its_address() {
        assert!(is_here(&address("us_sp_1")));
        for path in ["/space/us_sp_1", "/space/us_sp_1/files/enter", "/enter", "/s/space/us_sp_1/enter"] {
            assert!(!is_here(path), "{path}");
        }
    }
}
