//! The records as cards below one another, for a narrow screen. It is the same grid with the same rows, question,
//! selection and place, drawn otherwise; what draws the cards comes when they are first needed.

pub mod card;
#[cfg(feature = "hydrate")]
mod draw;
#[cfg(feature = "hydrate")]
mod events;
#[cfg(feature = "hydrate")]
mod hooks;

#[cfg(feature = "hydrate")]
pub use hooks::{Cards, activate, draw, follow_choice, is_here, look};

use super::GridControl;

/// Whether the records are cards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Listed {
    /// They are rows of the grid.
    #[default]
    No,
    /// They are cards, and what draws them is on its way.
    Coming,
    /// They are cards.
    Here,
}

/// What draws the cards is here.
pub fn arrived(control: GridControl) {
    #[cfg(feature = "hydrate")]
    hooks::arrived(control, draw::draw);
    #[cfg(not(feature = "hydrate"))]
    let _ = control;
}

/// Shows records as a list or as a grid on this narrow screen from now on.
pub fn choose(control: GridControl, list: bool) {
    #[cfg(feature = "hydrate")]
    hooks::choose(control, list);
    #[cfg(not(feature = "hydrate"))]
    let _ = (control, list);
}
