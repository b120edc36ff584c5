//! The shapes of the API's JSON, one file a resource: what clients send and what they are sent.
//!
//! They are types of their own, so that what the published clients rely on cannot change when the
//! domain does.

pub mod access_token;
pub mod action;
pub mod agent;
pub mod app;
pub mod calculation;
pub mod cell;
pub mod commit;
pub mod document;
pub mod embedding;
pub mod environment;
pub mod event;
pub mod file;
pub mod guest;
pub mod job;
pub mod json_line;
pub mod key;
pub mod linked;
pub mod mapping;
pub mod record;
pub mod record_writer;
pub mod retention_policy;
pub mod secret;
pub mod sheet;
pub mod snapshot;
pub mod space;
pub mod user;
pub mod view;
pub mod webhook;
pub mod workbook;

use serde::{Deserialize, Deserializer};

/// Tells a member that is `null` from one that is absent: `Some(None)` and `None`.
pub fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
