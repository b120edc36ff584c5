//! The HTTP server: one router for the page, its files and health.

pub mod assets;
mod csp;
mod health;
mod listen;
mod pages;
mod router;
mod state;

pub use listen::{Server, StartError};
pub use router::router;
pub use state::ServerState;
