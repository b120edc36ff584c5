//! Small pages that the server writes by itself, without the application: they look like the sign-in page and work
//! for people who have no session.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;

pub use crate::app::format::escape;
use crate::app::shell::THEME_COOKIE;
use crate::service::passwords::FEWEST;
use crate::service::secrets::new_token;

/// Which sites may show a page in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frames {
    /// None, not even this server.
    None,
    /// All: visitors come into spaces there.
    All,
}

/// A page with that heading over these parts. The script, where there is one, is the only one that may run.
pub fn page(
    status: StatusCode,
    headers: &HeaderMap,
    frames: Frames,
    heading: &str,
    parts: &str,
    script: &str,
) -> Response {
    let cookies = CookieJar::from_headers(headers);
    let theme = match cookies.get(THEME_COOKIE).map(|cookie| cookie.value()) {
        Some("light") => " data-theme=\"light\"",
        Some("dark") => " data-theme=\"dark\"",
        _ => "",
    };
    let nonce = new_token("");
    let script = match script {
        "" => String::new(),
        script => format!("<script nonce=\"{nonce}\">{script}</script>"),
    };
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"{theme}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{heading}</title>\
         <link rel=\"stylesheet\" href=\"/pkg/inlet.css\"><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         </head><body><main id=\"main\" class=\"notice\"><span class=\"mark\"></span><h1>{heading}</h1>{parts}</main>\
         {script}</body></html>"
    );
    let ancestors = match frames {
        Frames::None => "'none'",
        Frames::All => "*",
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'nonce-{nonce}'; \
         form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Takes the token of a link out of the address and shows the form for it: see [`with_link_or_without`].
pub const TAKE_TOKEN: &str = "const by=id=>document.getElementById(id),take=()=>{const link=location.hash.slice(1);\
    if(link){history.replaceState(null,'',location.pathname);by('token').value=link;by('with').hidden=false;\
    by('without').hidden=true}};take();addEventListener('hashchange',take)";

/// Two forms, of which one is seen: that of who comes by a link, with an input `token`, or the other.
pub fn with_link_or_without(with: &str, without: &str, has_link: bool) -> String {
    let (no_link, link) = if has_link { ("", " hidden") } else { (" hidden", "") };
    format!(
        "<section id=\"with\" class=\"sign-in\"{no_link}>{with}</section>\
         <section id=\"without\" class=\"sign-in\"{link}>{without}</section>\
         <noscript><p class=\"field-error\">This page needs JavaScript to read links.</p></noscript>"
    )
}

/// That a link is on its way, if there is somebody for it: `known` says when.
pub fn sent(headers: &HeaderMap, frames: Frames, known: &str, life: &str, again: &str) -> Response {
    let parts = format!(
        "<p>If that address {known}, a link is on its way to it. It can be used once, within {life}.</p>\
         <p>Nothing there after some minutes? Look among the unwanted mails, or ask again.</p>\
         <a class=\"button\" href=\"{again}\">Ask again</a>"
    );
    page(StatusCode::OK, headers, frames, "Look into your mailbox", &parts, "")
}

/// What is wrong with what was sent. The service names the part that is wrong, begins small and has no full stop.
pub fn wrong(message: &str) -> String {
    let words = message.split_once(": ").map_or(message, |(_, words)| words);
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let sentence = format!("{first}{}.", characters.as_str());
    format!("<p id=\"wrong\" class=\"field-error\" role=\"alert\">{}</p>", escape(&sentence))
}

/// A labelled input of a form.
pub struct Input<'a> {
    /// Its name and id.
    pub name: &'a str,
    /// What people read.
    pub label: &'a str,
    /// `text`, `password`.
    pub kind: &'a str,
    /// What a browser may fill in.
    pub complete: &'a str,
    /// What stands in it.
    pub value: &'a str,
    /// Further attributes.
    pub more: &'a str,
}

impl Input<'_> {
    /// Its HTML.
    pub fn html(&self) -> String {
        let Self { name, label, kind, complete, value, more } = self;
        let value = escape(value);
        format!(
            "<div class=\"field\"><label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" \
             type=\"{kind}\" class=\"input\" autocomplete=\"{complete}\" value=\"{value}\" required {more}></div>"
        )
    }
}

/// The input of a password that somebody chooses, as HTML; `more` are further attributes.
pub fn new_password(label: &str, more: &str) -> String {
    Input {
        name: "password",
        label: &format!("{label}, at least {FEWEST} characters"),
        kind: "password",
        complete: "new-password",
        value: "",
        more: &format!("minlength=\"{FEWEST}\" {more}"),
    }
    .html()
}
