//! Small pages that the server writes by itself, without the application: they look like the sign-in page and work
//! for people who have no session.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;

pub use crate::app::format::escape;
use crate::app::shell::THEME_COOKIE;
use crate::service::secrets::new_token;

/// A page with that heading over these parts. The script, where there is one, is the only one that may run.
pub fn page(status: StatusCode, headers: &HeaderMap, heading: &str, parts: &str, script: &str) -> Response {
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
    let policy = format!(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'nonce-{nonce}'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
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
