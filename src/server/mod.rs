//! The HTTP server: one router for the page, its files, the API, live events and health.

pub mod assets;
mod connections;
mod csp;
mod enter;
mod frames;
mod health;
mod icons;
mod invitation;
mod keys_file;
mod listen;
mod news;
mod notice;
mod origin;
mod pages;
mod password;
mod people;
mod presence;
mod problem;
mod router;
mod session;
mod sign_in;
mod start;
mod state;
mod stream;
mod transfer;
mod visit;

pub use listen::{Server, StartError};
pub use router::router;
pub use start::{OpenError, open, password_link};
pub use state::{ServerState, Trust};
