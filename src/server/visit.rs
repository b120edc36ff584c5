//! Pages of visitors: who opens a link to one space, in a tab or in a frame of another site.
//!
//! The link carries a token in its query, as the published SDKs make it. The first answer is the page already, together
//! with the token of the visit; `public/visit.js` takes the link's token out of the address, keeps that of the visit in
//! the storage of its tab and sends it with each request. No cookie is needed: browsers keep those from frames. A frame
//! that is loaded anew has nothing to show in its first request, so it gets [`RESUME`], which sends the token as a form.

mod words;

use std::collections::HashMap;

use axum::body::to_bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use serde_json::json;

use super::problem::Problem;
use super::session::{self, Credential, SignedIn};
use super::{ServerState, csp, enter};
use crate::app::format::escape;
use crate::app::shell::{self, Events};
use crate::domain::embedding::{DefaultPage, Embedding};
use crate::domain::ids::{EventId, FileId, Id, SpaceId};
use crate::domain::route::Route;
use crate::service::visits::Visit;
use crate::service::{ErrorKind, Result, Service, ServiceError};

/// Opens a space's page in a new tab, where the storage of the tab that was visited is not. It opens nothing but pages:
/// what they ask for shows the token itself.
const COOKIE: &str = "inlet_visit";
/// Most bytes of a form with a token.
const MOST: usize = 8 * 1024;
/// A page that waits for its host to say what to open.
const WAIT: &str = include_str!("visit/wait.html");
/// A page that goes on with the visit of its tab.
const RESUME: &str = include_str!("visit/resume.html");
/// A page for a link that opens nothing any more.
const OVER: &str = include_str!("visit/over.html");

/// Knows a visitor by what the request shows. The answer, when it is another one than what was asked for.
pub async fn of_request(state: &ServerState, request: &mut Request) -> Result<Option<Response>> {
    let (service, asked) = (&state.service, query(request.uri()));
    if let (Some(file), Some(ticket)) = (downloaded(request.uri().path()), asked.get("ticket")) {
        if let Some((actor, person)) = service.visitor_of_ticket(ticket, &file).await? {
            request.extensions_mut().insert(SignedIn { actor, person, credential: Credential::Ticket });
        }
        return Ok(None);
    }
    let path = request.uri().path();
    let plain = path.strip_prefix("/s").filter(|rest| rest.starts_with("/space/")).unwrap_or(path);
    let Some(route) = Route::read(plain).filter(|route| route.space().is_some()) else { return Ok(None) };
    let plain = plain.to_string();
    // A link opens once, so it is taken from a form alone: whatever looks at addresses would use it up.
    let (link, sent) = match *request.method() {
        Method::POST => {
            let mut form = form(request).await;
            (form.remove("link"), form.remove("token"))
        }
        _ if session::is_page(request.method(), request.headers()) => (None, asked.get("token").cloned()),
        _ => return Ok(None),
    };
    let begun = match (link, sent.or_else(|| remembered(request.headers(), &route))) {
        (Some(link), _) => {
            service.open_link(&SpaceId::parse(route.space().unwrap_or_default())?, &link).await
        }
        (None, Some(token)) => service.begin_visit(&token).await,
        (None, None) => {
            return Ok((plain != request.uri().path()).then(|| Redirect::permanent(&plain).into_response()));
        }
    };
    let visit = match begun {
        Ok(visit) if route.space() == Some(visit.space.id.as_str()) => visit,
        Err(error) if error.kind != ErrorKind::Unauthorized => return Err(error),
        _ => return Ok(Some(over(service, &route).await?)),
    };
    if !is_framed(request.headers()) && may_already(service, request.headers(), &visit).await? {
        return Ok(Some(Redirect::to(&plain).into_response()));
    }
    let events = events(service, &visit, asked.get("replayEvents")).await;
    show(service, request, visit, (plain, route), events).await?;
    Ok(None)
}

/// What is shown to whom a link opens nothing any more: where guests are mailed links, the page that asks for an address.
async fn over(service: &Service, route: &Route) -> Result<Response> {
    let space = route.space().unwrap_or_default();
    Ok(match service.mails_links(space).await? {
        true => Redirect::to(&(enter::address(space) + enter::OVER)).into_response(),
        false => document(StatusCode::UNAUTHORIZED, OVER.to_string()),
    })
}

/// Where guests of the space come in who have nothing that opens it, when they are mailed links.
pub async fn mailed_to(service: &Service, uri: &Uri) -> Result<Option<String>> {
    let route = Route::read(uri.path());
    let Some(space) = route.as_ref().and_then(Route::space) else { return Ok(None) };
    Ok(service.mails_links(space).await?.then(|| enter::address(space)))
}

/// A page for a frame or tab that shows nothing by itself: the storage of its tab may have the token of a visit.
/// `otherwise` is where it goes when there is none.
pub fn resumed(request: &Request, otherwise: Option<&str>) -> Option<Response> {
    let headers = request.headers();
    let is_unsure =
        !headers.contains_key("sec-fetch-dest") && headers.contains_key("upgrade-insecure-requests");
    let visits = is_framed(headers) || is_unsure || session::cookie_of(headers, COOKIE).is_some();
    let is_space = Route::read(request.uri().path()).is_some_and(|route| route.space().is_some());
    let otherwise = otherwise.map(|address| format!("data-otherwise=\"{}\" data-does", escape(address)));
    let page = otherwise.map_or(RESUME.to_string(), |otherwise| RESUME.replace("data-does", &otherwise));
    (visits && is_space).then(|| document(StatusCode::OK, page))
}

/// `GET /embed`, `/space-init`: a page of nothing, which opens what the page around it says.
pub async fn wait() -> Response {
    document(StatusCode::OK, WAIT.to_string())
}

/// `POST /visit`: the token of the visit with a new life.
pub async fn renew(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
) -> std::result::Result<Response, Problem> {
    let token = state.service.renew_visit(token_of(&signed_in)?)?;
    Ok(Json(json!({ "token": token })).into_response())
}

/// `POST /files/{id}/ticket`: where the browser fetches a file, which it asks for without a token.
pub async fn ticket(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    Path(file): Path<String>,
) -> std::result::Result<Response, Problem> {
    let file = FileId::parse(&file).map_err(ServiceError::from)?;
    let ticket = state.service.file_ticket(token_of(&signed_in)?, &file)?;
    Ok(Json(json!({ "address": format!("/files/{file}/download?ticket={ticket}") })).into_response())
}

fn token_of(signed_in: &SignedIn) -> std::result::Result<&str, Problem> {
    match &signed_in.credential {
        Credential::Visit(token) => Ok(token),
        _ => Err(Problem::bad_request("this is for pages that were opened by a link")),
    }
}

/// Makes the request one for the page that opens, by the visitor.
async fn show(
    service: &Service,
    request: &mut Request,
    visit: Visit,
    (path, route): (String, Route),
    events: Events,
) -> Result<()> {
    let embedding = Embedding::of(visit.space.metadata.as_ref());
    let first = match (&route, &embedding.default_page) {
        (Route::Space { .. }, Some(page)) => opened(service, &visit, page).await,
        _ => None,
    };
    let address = first.map_or(path, |route| route.path());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = address.parse::<Uri>().map_err(ServiceError::internal)?;
    let rules = embedding.rules();
    let Visit { token, actor, person, space, .. } = visit;
    let words = words::of(&space, request.headers());
    let origins = service.embed_origins(&space).await?;
    let cookie = session::named_cookie(COOKIE, format!("{}:{token}", space.id), service).to_string();
    request.extensions_mut().insert(shell::Visit {
        token: token.clone(),
        space: space.id.to_string(),
        address,
        events,
        words,
        frame_ancestors: csp::ancestors(&origins),
        origins,
        rules,
        cookie,
    });
    request.extensions_mut().insert(SignedIn { actor, person, credential: Credential::Visit(token) });
    Ok(())
}

/// Which events the site around is told, as its `replayEvents` says: none of before (`false`), those after one, or all.
/// All is also what there is after one that is not kept any more.
async fn events(service: &Service, visit: &Visit, replays: Option<&String>) -> Events {
    match replays.map(String::as_str) {
        _ if visit.goes_on => Events::GoOn,
        Some("false") => Events::Now,
        Some(id) => happened(service, visit, id).await.map_or(Events::All, Events::After),
        None => Events::All,
    }
}

/// The event of that id, if it is one of the space.
async fn happened(service: &Service, visit: &Visit, id: &str) -> Option<EventId> {
    let event = service.event(&visit.actor, &EventId::parse(id).ok()?).await.ok()?;
    (event.space_id.as_ref() == Some(&visit.space.id)).then_some(event.id)
}

/// The page that the space's `sidebarConfig.defaultPage` names, if it is there.
async fn opened(service: &Service, visit: &Visit, page: &DefaultPage) -> Option<Route> {
    let (actor, space) = (&visit.actor, visit.space.id.to_string());
    match page {
        DefaultPage::Document(document) => {
            let document = service.document(actor, &visit.space.id, document).await.ok()?.id.to_string();
            Some(Route::Document { space, document })
        }
        DefaultPage::Workbook { workbook, sheet } => {
            let found = service.workbook(actor, workbook).await.ok()?;
            let mut sheets = found.sheets.iter();
            let sheet = match sheet {
                Some(id) => sheets.find(|found| found.id == *id)?,
                None => sheets.next()?,
            };
            Some(Route::Sheet { space, workbook: workbook.to_string(), sheet: sheet.id.to_string() })
        }
    }
}

/// Whether the person who is signed in sees the space without the link.
async fn may_already(service: &Service, headers: &HeaderMap, visit: &Visit) -> Result<bool> {
    let Some(session) = session::token_of(headers) else { return Ok(false) };
    let Some((actor, _)) = service.actor_of_session(&session).await? else { return Ok(false) };
    Ok(service.space(&actor, &visit.space.id).await.is_ok())
}

/// The token of an earlier visit of that space, for a page in a tab of its own.
fn remembered(headers: &HeaderMap, route: &Route) -> Option<String> {
    if is_framed(headers) || session::token_of(headers).is_some() {
        return None;
    }
    let cookie = session::cookie_of(headers, COOKIE)?;
    let (space, token) = cookie.split_once(':')?;
    (Some(space) == route.space()).then(|| token.to_string())
}

fn is_framed(headers: &HeaderMap) -> bool {
    let target = headers.get("sec-fetch-dest").and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["iframe", "frame", "embed", "object"].contains(&target)
}

/// The file of `/files/{id}/download`.
fn downloaded(path: &str) -> Option<FileId> {
    let id = path.strip_prefix("/files/")?.strip_suffix("/download")?;
    FileId::parse(id).ok()
}

fn query(uri: &Uri) -> HashMap<String, String> {
    Query::try_from_uri(uri).map(|Query(asked)| asked).unwrap_or_default()
}

async fn form(request: &mut Request) -> HashMap<String, String> {
    let body = std::mem::take(request.body_mut());
    let bytes = to_bytes(body, MOST).await.unwrap_or_default();
    let fields = String::from_utf8(bytes.to_vec()).ok().and_then(|text| format!("/?{text}").parse().ok());
    fields.map(|uri| query(&uri)).unwrap_or_default()
}

/// A document that is no page of the application. Its script is our own, and it may be framed by anybody: there is
/// nothing on it to press.
fn document(status: StatusCode, content: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, csp::VISIT_DOCUMENT),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "strict-origin"),
    ];
    (status, headers, Html(content)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_the_address_of_its_download_only() {
        assert!(downloaded("/files/us_fl_0123456789/download").is_some());
        for path in [
            "/files/us_fl_0123456789",
            "/files/us_sp_0123456789/download",
            "/space/us_fl_0123456789/download",
        ] {
            assert_eq!(downloaded(path), None, "{path}");
        }
    }

    #[test]
    fn another_visit_or_a_session_is_not_taken_for_this_one() {
        let route = Route::Space { space: "us_sp_1".into() };
        for (cookie, framed, token) in [
            ("inlet_visit=us_sp_1:t", None, Some("t")),
            ("inlet_visit=us_sp_2:t", None, None),
            ("inlet_visit=us_sp_1:t; inlet_session=s", None, None),
            ("inlet_visit=us_sp_1:t", Some("iframe"), None),
            ("inlet_visit=us_sp_1:t", Some("document"), Some("t")),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            if let Some(target) = framed {
                headers.insert("sec-fetch-dest", target.parse().unwrap());
            }
            assert_eq!(remembered(&headers, &route).as_deref(), token, "{cookie} {framed:?}");
        }
    }
}
