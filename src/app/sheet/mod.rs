//! The sheet page's parts: toolbar, status bar, panels beside the grid, import.

mod calculation;
mod changing;
pub mod control;
pub mod errors;
pub mod find;
mod fix_all;
mod import;
mod import_dialog;
mod memory;
pub mod record;
mod record_field;
mod record_history;
pub mod shortcuts;
mod side;
mod status_bar;
pub mod summary_row;
mod toolbar;
mod turns;
#[cfg(feature = "hydrate")]
mod upload;
mod value_input;
pub mod versions;

pub use control::SheetControl;
pub use import::{Importing, Stage};
pub use import_dialog::{ImportColumns, ImportDialog};
pub use side::SidePanel;
pub use status_bar::StatusBar;
pub use toolbar::Toolbar;
