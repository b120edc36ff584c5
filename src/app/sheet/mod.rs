//! The sheet page's parts: toolbar, status bar, panels beside the grid, import.

mod calculation;
mod changing;
pub mod control;
mod errors;
mod find;
mod fix_all;
mod import;
mod import_dialog;
mod memory;
mod record;
mod record_field;
mod record_history;
pub mod shortcuts;
mod side;
mod status_bar;
mod summary_row;
mod toolbar;
mod turns;
#[cfg(feature = "hydrate")]
mod upload;
mod value_input;
mod versions;

pub use control::SheetControl;
pub use find::FindBox;
pub use import::{Importing, Stage};
pub use import_dialog::{ImportColumns, ImportDialog};
pub use side::SidePanel;
pub use status_bar::StatusBar;
pub use summary_row::SummaryRow;
pub use toolbar::Toolbar;
