//! The only place with SQL. One file per group of tables; the same text serves SQLite and PostgreSQL.
//!
//! Every function takes a [`Tx`]: a consistent read, or a write that is committed as a whole with the
//! events it emitted. Look-ups of a tenant's things take a [`Scope`](crate::domain::access::Scope),
//! so what belongs to another tenant is simply not found.
//!
//! Columns are texts, 64-bit integers, booleans and bytes only; times are milliseconds since 1970 and
//! structured values JSON in a text, so that both databases read alike.

mod db;
mod error;
pub mod events;
mod tx;

pub use db::{Db, DatabaseUrl, Signals, EventSignal};
pub use error::StoreError;
pub use tx::Tx;
pub(crate) use tx::on_tx;
