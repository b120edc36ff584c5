//! Server functions: what the page asks of the server, and the small values that travel between them.
//!
//! Every function is a `POST /rpc/inlet/rpc/<file>/<name>` of packed values (see `wire.rs`). Their bodies are in [`bodies`], the only place
//! here that knows the service; rights are checked there, never in the page.

pub mod actions;
pub mod agents;
#[cfg(feature = "ssr")]
mod bodies;
pub mod calculations;
pub mod cells;
pub mod changes;
pub mod compare;
pub mod documents;
pub mod environments;
mod error;
pub mod events;
pub mod facets;
pub mod files;
pub mod find;
pub mod guests;
pub mod imports;
mod in_page;
pub mod job_history;
pub mod job_log;
pub mod jobs;
pub mod keys;
pub mod layouts;
pub mod messages;
pub mod people;
mod read;
pub mod record;
pub mod records;
pub mod reference;
pub mod secrets;
pub mod spaces;
pub mod tokens;
pub mod versions;
pub mod views;
pub mod webhooks;
mod wire;

pub use error::{ErrorKind, RpcError};
pub use read::{Reading, read};
pub use wire::Wire;
