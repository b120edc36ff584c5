//! What a person sees, rendered by the server and taken over by the browser.

mod actions;
pub mod components;
#[cfg(feature = "hydrate")]
mod dom;
pub mod format;
mod frame;
pub mod grid;
mod jobs;
mod later;
#[cfg(feature = "hydrate")]
mod live;
mod pages;
mod plain;
mod sheet;
pub mod shell;
mod state;
mod theme;

use leptos::prelude::*;

use crate::app::plain::Any;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use frame::SpaceFrame;
use pages::{FilesPage, Home, JobsPage, NotFound, SheetPage, SignIn, SpaceStart};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    theme::Theme::provide();
    sheet::Outbox::provide();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Inlet".to_owned() } else { format!("{page} · Inlet") } />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=Home ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                <ParentRoute path=path!("/space/:space") view=SpaceFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=SpaceStart ssr=SsrMode::Async />
                    <Route path=path!("/workbook/:workbook/sheet/:sheet") view=SheetPage ssr=SsrMode::Async />
                    <Route path=path!("/files") view=FilesPage ssr=SsrMode::Async />
                    <Route path=path!("/jobs") view=JobsPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
    .any()
}
