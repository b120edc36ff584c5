//! The cells that other people are on: outlined in their colour, with their name for a moment and when pointed at.

#[cfg(feature = "hydrate")]
use super::aria;
#[cfg(feature = "hydrate")]
use super::browser::{self, Grid, Shared};
#[cfg(feature = "hydrate")]
use super::geometry::Spot;
use super::rows::RecordName;
#[cfg(feature = "hydrate")]
use super::rows::Rows;

/// How many colours there are for people.
pub const TONES: usize = 8;

/// Somebody else at a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// The record.
    pub record: RecordName,
    /// The key of the field.
    pub field: String,
    /// What they are called.
    pub name: String,
    /// Their colour, from 0 on.
    pub tone: usize,
    /// They came there just now: their name is shown.
    pub is_new: bool,
}

/// Somebody moved, came or went.
#[cfg(feature = "hydrate")]
pub fn show(shared: &Shared, others: Vec<Other>) {
    shared.borrow_mut().others = others;
    aria::mark_others(shared);
    browser::repaint(shared);
}

#[cfg(feature = "hydrate")]
impl Grid {
    /// Where others are, as far as it is seen.
    pub(super) fn others_seen(&self) -> Vec<(Spot, &Other)> {
        if self.others.is_empty() {
            return Vec::new();
        }
        let mut seen = Vec::new();
        for row in self.geometry.visible_rows(&self.view) {
            let Some(head) = self.pages.head(row) else { continue };
            for other in self.others.iter().filter(|other| other.record == head.record) {
                if let Some(column) = self.columns.iter().position(|field| field.key == other.field) {
                    seen.push((Spot { row, column }, other));
                }
            }
        }
        seen
    }
}
