//! What the tests of the whole server share.

#[path = "../../src/store/testing/database.rs"]
pub mod database;

use inlet::store::{DatabaseUrl, Db};
