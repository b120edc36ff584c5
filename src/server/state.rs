//! What every handler can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;

use super::assets::Assets;
use crate::app::shell;

/// What every handler can reach.
#[derive(Clone, FromRef)]
pub struct ServerState {
    /// Leptos' settings: where the page finds its script.
    pub leptos: LeptosOptions,
    /// The page's files.
    pub assets: Arc<dyn Assets>,
    /// Cancelled when the server is told to stop: open streams end, and no new work is taken.
    pub stopping: CancellationToken,
}

impl ServerState {
    /// The state of a server that has just started.
    pub fn new(assets: Arc<dyn Assets>) -> Self {
        Self { leptos: shell::leptos_options(), assets, stopping: CancellationToken::new() }
    }
}
