//! What every handler can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;

use super::assets::Assets;
use super::news::News;
use super::presence::Presence;
use crate::app::shell;
use crate::service::Service;

/// What every handler can reach.
#[derive(Clone, FromRef)]
pub struct ServerState {
    /// Leptos' settings: where the page finds its script.
    pub leptos: LeptosOptions,
    /// The page's files.
    pub assets: Arc<dyn Assets>,
    /// The product.
    pub service: Arc<Service>,
    /// Who is signed in without a password.
    pub trust: Trust,
    /// Who is where.
    pub presence: Presence,
    /// What happens in the spaces that are watched.
    pub news: News,
    /// Cancelled when the server is told to stop: open streams end, and no new work is taken.
    pub stopping: CancellationToken,
}

/// Who is signed in without a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Browsers on this machine: the server listens on a loopback address only.
    Loopback,
    /// Nobody.
    Nobody,
}

impl ServerState {
    /// The state of a server that has just started.
    pub fn new(service: Arc<Service>, assets: Arc<dyn Assets>, trust: Trust) -> Self {
        Self {
            leptos: shell::leptos_options(),
            assets,
            service,
            trust,
            presence: Presence::default(),
            news: News::default(),
            stopping: CancellationToken::new(),
        }
    }
}
