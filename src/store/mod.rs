//! The only place with SQL. One file per group of tables; the same text serves SQLite and PostgreSQL.
//!
//! Every function takes a [`Tx`]: a consistent read, or a write that is committed as a whole with the
//! events it emitted. Look-ups of a tenant's things take a [`Scope`](crate::domain::access::Scope),
//! so what belongs to another tenant is simply not found.
//!
//! Columns are texts, 64-bit integers, booleans and bytes only; times are milliseconds since 1970 and
//! structured values JSON in a text, so that both databases read alike.

pub mod access_tokens;
pub mod accounts;
pub mod actions;
pub mod agents;
pub mod app_constraints;
pub mod apps;
mod blueprints;
pub mod changes;
mod checkpoint;
mod convert;
pub mod copies;
mod db;
pub mod documents;
mod error;
pub mod event_retention;
pub mod events;
mod failpoint;
pub mod files;
mod fresh;
mod granted;
pub mod grants;
pub mod guest_roles;
pub mod guests;
mod idle;
pub mod job_secrets;
pub mod jobs;
pub mod keys;
pub mod layouts;
mod lock;
pub mod mails;
pub mod mapping_programs;
mod notify;
pub mod one_time_links;
pub mod open_commits;
pub mod places;
pub mod records;
pub mod retention;
pub mod retention_policies;
mod rights;
pub mod roles;
mod rows;
pub mod schedules;
pub mod secrets;
pub mod sessions;
pub mod sheets;
pub mod snapshots;
pub mod spaces;
mod sqlite;
mod statement;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tx;
pub mod user_invitations;
pub mod users;
pub mod views;
pub mod webhooks;
pub mod whereabouts;
pub mod workbooks;

pub use db::{DatabaseUrl, Db, EventSignal, Signals, events_come};
pub use error::StoreError;
pub use failpoint::failpoint;
pub use fresh::{new_id, new_log_id, now, random_bytes};
pub use idle::{Given, IdleWorker};
pub use lock::{DataLock, LockError};
pub use rights::Rights;
pub use tx::Tx;
