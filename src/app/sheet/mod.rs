//! The sheet page's parts: toolbar, status bar, import.

pub mod address;
pub mod control;
mod import;
mod import_dialog;
mod layout;
mod status_bar;
mod toolbar;
#[cfg(feature = "hydrate")]
mod upload;
mod views;

pub use control::SheetControl;
pub use import::{Importing, Stage};
pub use import_dialog::{ImportColumns, ImportDialog};
pub use status_bar::StatusBar;
pub use toolbar::Toolbar;
