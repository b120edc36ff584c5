//! The sheet page's parts: toolbar, status bar, panels beside the grid, import.

pub mod address;
pub mod calculation;
mod cell_menu;
mod changes;
mod changing;
mod column_menu;
mod columns_panel;
pub mod control;
pub mod errors;
mod filter;
pub mod find;
mod find_box;
mod fix_all;
mod import;
mod import_dialog;
mod layout;
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
mod view_controls;
mod views;
mod views_panel;

pub use cell_menu::{CellMenu, CellMenuAt};
pub use column_menu::column_menu;
pub use columns_panel::columns_panel;
pub use control::SheetControl;
pub use filter::{filter_chips, filter_panel};
pub use find_box::FindBox;
pub use import::{Importing, Stage};
pub use import_dialog::{ImportColumns, ImportDialog};
pub use side::SidePanel;
pub use status_bar::StatusBar;
pub use toolbar::Toolbar;
pub use view_controls::{ColumnMenu, FilterBar};
pub use views_panel::views_panel;
