//! Signing in with a password; nobody sees it on loopback. A plain form that needs no script, so the browser half
//! does not carry it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::plain::Any;

/// The form.
#[component]
pub fn SignIn() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let form = form::html();
    #[cfg(not(feature = "ssr"))]
    let form = String::new();
    view! {
        <Title text="Sign in" />
        <main id="main" class="notice" inner_html=form></main>
    }
    .any()
}

#[cfg(feature = "ssr")]
mod form {
    use axum::extract::Query;
    use axum::http::request::Parts;
    use leptos::prelude::use_context;

    use crate::app::format::escape;

    /// The form, with where to go afterwards and what was wrong before.
    pub fn html() -> String {
        let asked = use_context::<Parts>().and_then(|request| Query::try_from_uri(&request.uri).ok());
        let Query::<Vec<(String, String)>>(values) = asked.unwrap_or_default();
        let value =
            |name: &str| values.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        let next = value("next").unwrap_or_else(|| "/".to_string());
        let wrong = value("wrong").is_some();
        let (error, describe) = match wrong {
            true => (
                "<p id=\"sign-in-error\" class=\"field-error\" role=\"alert\">This e-mail address and password do not go \
                 together.</p>",
                "aria-describedby=\"sign-in-error\" aria-invalid=\"true\"",
            ),
            false => ("", ""),
        };
        let field = |id: &str, label: &str, kind: &str, complete: &str| {
            format!(
                "<div class=\"field\"><label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{id}\" type=\"{kind}\" \
                 class=\"input\" autocomplete=\"{complete}\" required {describe}></div>"
            )
        };
        format!(
            "<span class=\"mark\"></span><h1>Sign in to Inlet</h1>\
             <form method=\"post\" action=\"/sign-in\" class=\"sign-in\"><input type=\"hidden\" name=\"next\" value=\"{}\">\
             {error}{}{}<button type=\"submit\" class=\"button button-primary\">Sign in</button></form>\
             <a class=\"button button-ghost\" href=\"/password\">Forgot your password?</a>",
            escape(&next),
            field("email", "E-mail", "email", "username"),
            field("password", "Password", "password", "current-password"),
        )
    }
}
