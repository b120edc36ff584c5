//! Inlet: an open, self-hosted data importer and workbook.
//!
//! Two halves of one crate: the feature `ssr` is the server, the feature `hydrate` the browser.
//! ARCHITECTURE.md is the map.

// Views are one type each, as deep as the page is nested.
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", unix))]
pub mod agents;
#[cfg(feature = "ssr")]
pub mod api;
pub mod app;
#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod files;
#[cfg(feature = "ssr")]
pub mod jobs;
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod sheets;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod telemetry;

/// Takes over the page that the server rendered. Called by the page's script. From then on the
/// document carries `data-hydrated`, which tests wait for.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let address = leptos::prelude::window().location().pathname().unwrap_or_default();
    if !app::arrive(&address).await {
        // What the server sent can still be read, and its links work.
        return;
    }
    leptos::mount::hydrate_body(app::App);
    if let Some(document) = leptos::prelude::document().document_element() {
        let _ = document.set_attribute("data-hydrated", "");
    }
}
