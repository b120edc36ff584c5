//! What a person sees, rendered by the server and taken over by the browser.

mod actions;
pub mod components;
mod developers;
#[cfg(feature = "hydrate")]
mod dom;
mod following;
pub mod format;
mod frame;
pub mod grid;
mod jobs;
#[cfg(feature = "hydrate")]
mod last_words;
mod later;
#[cfg(feature = "hydrate")]
mod live;
mod pages;
mod plain;
mod router;
mod sheet;
pub mod shell;
pub mod signals;
mod state;
mod theme;
mod webhooks;

use leptos::prelude::*;

use crate::app::plain::{Any, part};
use crate::app::router::Router;
use crate::app::signals::Memo;
use crate::domain::route::Route;
use leptos_meta::{Title, provide_meta_context};

use frame::SpaceFrame;
#[cfg(feature = "hydrate")]
pub use later::arrive;
use pages::{NotFound, SheetPage, SpaceStart};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    theme::Theme::provide();
    let route = Router::provide().route;
    let around = Memo::new(move |_| route.with(|route| Around::of(route.as_ref())));
    sheet::Outbox::provide();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Inlet".to_owned() } else { format!("{page} · Inlet") } />
        {part(move || match around.get() {
            Around::Home => later::home(),
            Around::SignIn => later::sign_in(),
            Around::Developers => later::developers(),
            Around::Space(space) => view! { <SpaceFrame space=space page=page /> }.any(),
            Around::Nothing => view! { <NotFound /> }.any(),
        })}
    }
    .any()
}

/// What is around a page; it stays while one goes from page to page of a space.
#[derive(Clone, PartialEq)]
enum Around {
    Home,
    SignIn,
    Developers,
    Space(String),
    Nothing,
}

impl Around {
    fn of(route: Option<&Route>) -> Self {
        match route {
            None => Self::Nothing,
            Some(Route::Home) => Self::Home,
            Some(Route::SignIn) => Self::SignIn,
            Some(Route::Developers { .. }) => Self::Developers,
            Some(route) => route.space().map_or(Self::Nothing, |space| Self::Space(space.to_string())),
        }
    }
}

/// The page at a route of a space.
fn page(route: &Route) -> AnyView {
    match route {
        Route::Sheet { .. } => view! { <SheetPage /> }.any(),
        Route::Document { .. } => later::document_page(),
        Route::Files { .. } => later::files(),
        Route::Jobs { .. } => later::jobs(),
        Route::Webhooks { .. } => later::webhooks(),
        _ => view! { <SpaceStart /> }.any(),
    }
}
