//! What tests above and beside the store build on: databases and things to put into them.

mod chunks;
pub mod database;
pub mod pretended;
pub mod samples;

pub use chunks::chunks;
pub use database::databases;

use super::{DatabaseUrl, Db};
