//! The parts that pages are made of: native elements first, complete by keyboard.

mod button;
mod confirm;
mod dialog;
mod draft;
mod drop_zone;
mod empty_state;
mod follow_up;
mod form_field;
mod icon;
mod menu;
mod popover;
mod progress;
mod shown_once;
mod table;
mod tabs;
mod toast;
mod try_again;

pub use button::{Button, Look};
pub use confirm::{Confirm, Doubt};
pub use dialog::{Dialog, focus_first, open_while};
pub use draft::{Filling, Taken, draft_dialog, taken};
pub use drop_zone::{CSV_FILES, DropZone, Picked, dropped, picked};
pub use empty_state::EmptyState;
pub use follow_up::{FollowUp, FollowUpDeed};
pub use form_field::{Control, FormField, field_id};
pub use icon::{Icon, Sign, icon, sign};
#[cfg(feature = "hydrate")]
pub use menu::walk_items;
pub use menu::{MenuAt, MenuButton, MenuItem, menu_find};
pub use popover::{Popover, PopoverButton};
pub use progress::Progress;
pub use shown_once::{Secret, ShownOnce, copy};
pub use table::Table;
pub use tabs::{Tab, Tabs};
pub use toast::{Toast, ToastRegion, Toasts, Tone};
pub use try_again::TryAgain;
