//! Where a person is: the address of the page, what it leads to, and the ways to another.
//!
//! One page is behind each address that [`Route`] knows. In the browser a press on a link to one of them changes the
//! address and what is shown without loading the document anew; every other link is the browser's own matter.

#[cfg(feature = "hydrate")]
mod browser;

use leptos::prelude::*;

use crate::app::plain::{Any, words};
use crate::app::signals::{Memo, RwSignal};
use crate::domain::route::Route;

/// The address of a page, as the page and the server see it.
#[derive(Clone, PartialEq, Debug)]
struct Address {
    path: String,
    /// What follows the question mark.
    query: String,
}

impl Address {
    fn read(text: &str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        Self { path: path.to_string(), query: query.to_string() }
    }
}

/// Where a person is.
#[derive(Clone, Copy)]
pub struct Router {
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "the server stays at the address it was asked for")
    )]
    address: RwSignal<Address>,
    /// The path of the address.
    pub path: Memo<String>,
    /// What follows the question mark in it.
    pub query: Memo<String>,
    /// What it leads to; nothing where it is mistyped.
    pub route: Memo<Option<Route>>,
}

impl Router {
    /// The router of the page that is rendered, for all that is in it.
    pub fn provide() -> Self {
        let address = RwSignal::new(Address::read(&asked()));
        let path = Memo::new(move |_| address.with(|address| address.path.clone()));
        let query = Memo::new(move |_| address.with(|address| address.query.clone()));
        let route = Memo::new(move |_| path.with(|path| Route::read(path)));
        let router = Self { address, path, query, route };
        provide_context(router);
        #[cfg(feature = "hydrate")]
        browser::listen(router);
        router
    }

    /// The router of the page that this is a part of.
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Goes to an address of the site, which the way back leads away from again.
    pub fn go(self, address: &str) {
        self.change(address, true);
    }

    /// Goes to an address in place of this one: the way back does not lead here.
    pub fn go_instead(self, address: &str) {
        self.change(address, false);
    }

    #[cfg(feature = "hydrate")]
    fn change(self, address: &str, step: bool) {
        if browser::write(address, step) {
            self.address.set(Address::read(address));
        }
    }

    /// The server answers with where to go.
    #[cfg(not(feature = "hydrate"))]
    fn change(self, address: &str, _step: bool) {
        #[cfg(feature = "ssr")]
        leptos_axum::redirect(address);
        #[cfg(not(feature = "ssr"))]
        let _ = address;
    }
}

#[cfg(feature = "hydrate")]
fn asked() -> String {
    browser::address()
}

#[cfg(feature = "ssr")]
fn asked() -> String {
    use_context::<axum::http::request::Parts>().map(|request| request.uri.to_string()).unwrap_or_default()
}

#[cfg(not(any(feature = "hydrate", feature = "ssr")))]
fn asked() -> String {
    String::new()
}

/// A link that says so when it leads to where one is.
#[component]
pub fn Link(
    /// The address.
    href: String,
    /// Its classes.
    #[prop(optional)]
    class: &'static str,
    /// What it is called where it shows no words.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let path = Router::of_page().path;
    let here = href.clone();
    let current = words(move || path.with(|path| *path == here).then(|| "page".to_string()));
    view! {
        <a href=href class=class aria-label=name title=name aria-current=current>
            {children()}
        </a>
    }
    .any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_and_a_query() {
        let read = |text: &str| {
            let Address { path, query } = Address::read(text);
            (path, query)
        };
        assert_eq!(
            read("/space/us_sp_1?tab=invalid&search=a%3Fb#main"),
            ("/space/us_sp_1".into(), "tab=invalid&search=a%3Fb".into())
        );
        assert_eq!(read("/"), ("/".into(), String::new()));
    }
}
