//! Whose browser it is: the session's cookie or a visit's token, and the sign-in of browsers on the server's own machine.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::problem::Problem;
use super::state::Trust;
use super::{ServerState, enter, visit};
use crate::api::bearer;
use crate::domain::access::Actor;
use crate::domain::tenant::Person;
use crate::service::{Result, Service};

const COOKIE: &str = "inlet_session";
/// What a person reaches without being signed in.
const OPEN: [&str; 4] = ["/sign-in", "/sign-out", "/invitation", "/password"];

/// The person behind a request, for handlers and pages.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What they may do.
    pub actor: Actor,
    /// Who they are.
    pub person: Person,
    /// What said so.
    pub credential: Credential,
}

/// What a browser shows to say who it is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The cookie of a session.
    Session(String),
    /// The token of a visit, which the page of a visitor sends with each request.
    Visit(String),
    /// What lets a visitor fetch one file.
    Ticket,
}

impl Credential {
    /// What a request shows. What it says itself goes before the cookie, which the browser sends unasked.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let visit = bearer(headers).map(|token| Self::Visit(token.to_string()));
        visit.or_else(|| token_of(headers).map(Self::Session))
    }

    /// Who shows it; nothing when it is good no more.
    pub async fn holder(&self, service: &Service) -> Result<Option<(Actor, Person)>> {
        match self {
            Self::Visit(token) => service.visitor(token).await,
            Self::Session(token) => {
                let known = service.actor_of_session(token).await?;
                Ok(known.map(|(actor, user)| (actor, Person::from(&user))))
            }
            Self::Ticket => Ok(None),
        }
    }
}

/// Finds out who asks; sends pages without anybody to the sign-in page, and refuses everything else.
pub async fn identify(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    match visit::of_request(&state, &mut request).await {
        Ok(None) => {}
        Ok(Some(answer)) => return answer,
        Err(error) => return Problem::from(error).into_response(),
    }
    if request.extensions().get::<SignedIn>().is_some() {
        return next.run(request).await;
    }
    let credential = Credential::of(request.headers());
    let known = match &credential {
        Some(credential) => match credential.holder(&state.service).await {
            Ok(known) => known,
            Err(error) => return Problem::from(error).into_response(),
        },
        None => None,
    };
    if let (Some((actor, person)), Some(credential)) = (known, credential) {
        request.extensions_mut().insert(SignedIn { actor, person, credential });
        return next.run(request).await;
    }
    let path = request.uri().path();
    if OPEN.contains(&path) || enter::is_here(path) {
        return next.run(request).await;
    }
    if !is_page(request.method(), request.headers()) {
        return Problem::unauthorized().into_response();
    }
    let by_mail = match visit::mailed_to(&state.service, request.uri()).await {
        Ok(by_mail) => by_mail,
        Err(error) => return Problem::from(error).into_response(),
    };
    if let Some(answer) = visit::resumed(&request, by_mail.as_deref()) {
        return answer;
    }
    if state.trust == Trust::Loopback && is_loopback_host(request.headers()) {
        return sign_in_here(&state.service, request, next).await;
    }
    if let Some(address) = by_mail {
        return Redirect::to(&address).into_response();
    }
    Redirect::to(&format!("/sign-in?next={}", percent_encoded(wanted(request.uri())))).into_response()
}

/// Where a person wanted to go, without the query when it has a token: it opened nothing, and goes into no other address.
fn wanted(uri: &Uri) -> &str {
    let has_token = uri.query().is_some_and(|query| query.split('&').any(|part| part.starts_with("token=")));
    let whole = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    if has_token { uri.path() } else { whole }
}

async fn sign_in_here(service: &Service, mut request: Request, next: Next) -> Response {
    let session = match service.sign_in_local().await {
        Ok(session) => session,
        Err(error) => return Problem::from(error).into_response(),
    };
    let actor = crate::service::authentication::actor_of_user(&session.user);
    let credential = Credential::Session(session.token.clone());
    request.extensions_mut().insert(SignedIn { actor, person: Person::from(&session.user), credential });
    let mut response = next.run(request).await;
    set_cookie(response.headers_mut(), &cookie(session.token, service));
    response
}

/// The session's secret in a request.
pub fn token_of(headers: &HeaderMap) -> Option<String> {
    cookie_of(headers, COOKIE)
}

/// The value of a cookie.
pub(super) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_string())
}

/// The cookie of a session. It goes over HTTPS only where people reach the server by HTTPS.
pub fn cookie(token: String, service: &Service) -> Cookie<'static> {
    named_cookie(COOKIE, token, service)
}

/// A cookie that only we read, and that other sites' pages do not make a browser send.
pub(super) fn named_cookie(name: &'static str, value: String, service: &Service) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(service.settings.public_url.starts_with("https:"))
        .build()
}

/// Puts a cookie into an answer.
pub fn set_cookie(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// A cookie that ends the session in the browser.
pub fn ended_cookie(service: &Service) -> Cookie<'static> {
    let mut cookie = cookie(String::new(), service);
    cookie.make_removal();
    cookie
}

pub(super) fn is_page(method: &Method, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    matches!(*method, Method::GET | Method::HEAD) && accept.contains("text/html")
}

/// A page of another site could reach a loopback address under a name of its own; such a name is not trusted.
fn is_loopback_host(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("");
    let Ok(uri) = format!("http://{host}/").parse::<Uri>() else { return false };
    matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

pub(super) fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_trusted() {
        for (host, trusted) in [
            ("localhost:3000", true),
            ("127.0.0.1:3000", true),
            ("[::1]:3000", true),
            ("127.0.0.1.evil.example", false),
            ("evil.example:3000", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(is_loopback_host(&headers), trusted, "{host}");
        }
    }
}
