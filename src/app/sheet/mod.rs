//! The sheet page's parts: toolbar, status bar, import.

pub mod address;
mod cell_menu;
mod changes;
mod column_menu;
mod columns_panel;
pub mod control;
mod filter;
mod import;
mod import_dialog;
mod layout;
mod status_bar;
mod toolbar;
#[cfg(feature = "hydrate")]
mod upload;
mod view_controls;
mod views;
mod views_panel;

pub use cell_menu::{CellMenu, CellMenuAt};
pub use column_menu::column_menu;
pub use columns_panel::columns_panel;
pub use control::SheetControl;
pub use filter::{filter_chips, filter_panel};
pub use import::{Importing, Stage};
pub use import_dialog::{ImportColumns, ImportDialog};
pub use status_bar::StatusBar;
pub use toolbar::Toolbar;
pub use view_controls::{ColumnMenu, FilterBar};
pub use views_panel::views_panel;
