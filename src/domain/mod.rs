//! The words of Inlet and their rules: no IO, no framework, the same code in the server and the browser.
//!
//! Everything that arrives from outside is parsed here into types that cannot be wrong; the layers
//! above never check the same thing again.

pub mod access;
pub mod action;
pub mod blueprint;
#[cfg(feature = "ssr")]
pub mod built_in_actions;
pub mod cell_edit;
pub mod clipboard;
pub mod document;
pub mod event;
pub mod export;
pub mod file;
pub mod fill;
pub mod form;
pub mod frame;
#[cfg(feature = "ssr")]
pub mod icon;
pub mod ids;
pub mod job;
pub mod json;
pub mod layout;
pub mod limits;
pub mod mapping;
pub mod message_kind;
pub mod mount;
pub mod origin;
pub mod outcome;
pub mod parse;
pub mod place;
pub mod query;
pub mod record;
pub mod route;
pub mod seen;
pub mod series;
pub mod shown;
pub mod snapshot;
pub mod space;
pub mod tenant;
pub mod time;
pub mod undo;
pub mod validation;
pub mod value;
pub mod view;
pub mod webhook;
pub mod whereabouts;
pub mod wording;
pub mod workbook;
