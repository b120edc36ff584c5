//! The document around the application. Whatever depends on where files are served from is here.

/// The colour theme that a person chose; without a choice the page follows the system.
///
/// It is kept in a cookie and not in the browser's storage, so that the server sends the first paint
/// in the right colours without a script.
pub const THEME_COOKIE: &str = "theme";
/// Set to `grid` where a person wants records as rows on a narrow screen, too.
pub const RECORDS_COOKIE: &str = "records";

#[cfg(feature = "ssr")]
pub use document::{Events, Visit, Words, leptos_options, shell};

#[cfg(feature = "ssr")]
mod document {
    use axum::http::{header, request::Parts};
    use leptos::nonce::use_nonce;
    use leptos::{config::LeptosOptions, prelude::*};
    use leptos_meta::MetaTags;

    use super::{RECORDS_COOKIE, THEME_COOKIE};
    use crate::app::App;
    use crate::domain::ids::EventId;
    use crate::domain::language::ENGLISH;

    /// The page is shown to a visitor, perhaps in a frame of another site.
    #[derive(Clone)]
    pub struct Visit {
        /// What the page shows with each request.
        pub token: String,
        /// The space that it opens.
        pub space: String,
        /// The address of the page, without a token.
        pub address: String,
        /// What the site around is told.
        pub events: Events,
        /// The language that it is in.
        pub words: Words,
        /// The sites that may show the page in a frame; any when empty.
        pub origins: Vec<String>,
        /// The same as the policy of the page has it.
        pub frame_ancestors: String,
        /// The space's own style.
        pub rules: String,
        /// The cookie that opens further tabs.
        pub cookie: String,
    }

    /// The language of a visitor's page.
    #[derive(Clone)]
    pub struct Words {
        /// What the space asks for, or the browser, as a tag.
        pub wanted: String,
        /// The one of those that pages are in.
        pub language: &'static str,
        /// Where the host's own words for what its blueprints name are, in one language.
        pub hosts: Option<String>,
        /// The site of these, where it is not ours.
        pub origin: Option<String>,
    }

    /// Which events of the space the site around is told.
    #[derive(Clone)]
    pub enum Events {
        /// Those of before, too.
        All,
        /// What happened after this one.
        After(EventId),
        /// What happens from now on.
        Now,
        /// What happened since the same page was left.
        GoOn,
    }

    impl Events {
        fn word(&self) -> String {
            match self {
                Self::All => "all".to_string(),
                Self::After(event) => event.to_string(),
                Self::Now => "now".to_string(),
                Self::GoOn => "go-on".to_string(),
            }
        }
    }

    /// What a visitor's page has before everything else: its token, and how it looks.
    #[component]
    fn Visiting(visit: Visit) -> impl IntoView {
        let wanted = visit.words.wanted.clone();
        view! {
            {language(visit.words)}
            <script
                nonce=use_nonce()
                src="/visit.js"
                data-token=visit.token
                data-space=visit.space
                data-address=visit.address
                data-events=visit.events.word()
                data-language=wanted
                data-origins=visit.origins.join(" ")
            ></script>
            <style nonce=use_nonce()>{visit.rules}</style>
        }
    }

    /// The scripts that put a page into another language: its words, and what finds their places.
    fn language(words: Words) -> impl IntoView {
        let is_english = words.language == ENGLISH;
        let dictionary = (!is_english).then(|| ["/languages/", words.language, ".js"].concat());
        view! {
            {dictionary.map(|address| view! { <script nonce=use_nonce() src=address></script> })}
            {(!is_english || words.hosts.is_some()).then(|| {
                view! {
                    <script
                        nonce=use_nonce()
                        src="/language.js"
                        data-wanted=words.wanted
                        data-translations=words.hosts
                    ></script>
                }
            })}
        }
    }

    /// The names that tools/build.sh gives to files, and `[package.metadata.leptos]` to cargo-leptos.
    pub fn leptos_options() -> LeptosOptions {
        LeptosOptions::builder().output_name("inlet").site_root("target/site").site_pkg_dir("pkg").build()
    }

    /// The document that the server sends.
    pub fn shell(options: LeptosOptions) -> impl IntoView {
        let chosen =
            |name, choices| use_context::<Parts>().and_then(|request| chosen(&request, name, choices));
        let theme = chosen(THEME_COOKIE, &["light", "dark"]);
        let records = chosen(RECORDS_COOKIE, &["grid"]);
        let visit = use_context::<Visit>();
        let language = visit.as_ref().map_or(ENGLISH, |visit| visit.words.language);
        view! {
            <!DOCTYPE html>
            <html lang=language data-theme=theme data-records=records>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f7f8f8" />
                    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#151a1b" />
                    <link
                        rel="preload"
                        href="/fonts/inter-latin-5.3.0.woff2"
                        r#as="font"
                        r#type="font/woff2"
                        crossorigin="anonymous"
                    />
                    <link rel="stylesheet" href="/pkg/inlet.css" />
                    <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                    {visit.map(|visit| view! { <Visiting visit=visit /> })}
                    <AutoReload options=options.clone() />
                    <HydrationScripts options />
                    <MetaTags />
                </head>
                <body>
                    <App />
                </body>
            </html>
        }
    }

    fn chosen(request: &Parts, name: &str, choices: &[&'static str]) -> Option<&'static str> {
        let cookies = request.headers.get_all(header::COOKIE).into_iter();
        let mut pairs = cookies.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        pairs.find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            choices.iter().find(|choice| key == name && value == **choice).copied()
        })
    }
}
