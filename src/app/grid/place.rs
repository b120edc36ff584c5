//! Where the person is: kept when rows move, and told to the chrome around the grid.

use super::block::Block;
use super::browser::Grid;
use super::geometry::Spot;
use super::rows::Rows;
use super::{Chosen, Place, SeenColumn, aria};

impl Grid {
    /// Tells the chrome which record the person is at, once its row is here.
    pub(super) fn tell_place(&mut self) {
        let head = self.pages.head(self.active.row);
        self.untold = head.is_none();
        let (Some(head), Some(field)) = (head, self.columns.get(self.active.column)) else { return };
        let place = Place {
            row: self.active.row,
            position: head.position,
            record: head.record.id(),
            field: field.key.clone(),
        };
        let known = self.control.place;
        if known.try_with_untracked(|known| known.as_ref() == Some(&place)) == Some(false) {
            known.set(Some(place));
        }
    }

    /// Whether the active cell is still in the record that the chrome knows of.
    pub(super) fn is_where_told(&self) -> bool {
        let Some(here) = self.pages.head(self.active.row).map(|head| head.record.id()) else { return false };
        let told = |place: &Option<Place>| place.as_ref().is_some_and(|place| place.record == here);
        self.control.place.try_with_untracked(told) == Some(true)
    }

    /// Tells the chrome which cells are chosen.
    pub(super) fn tell_range(&self) {
        let known = self.control.range;
        let chosen = self.chooses().then(|| {
            let fields = self.columns.iter().map(|field| field.key.clone()).collect();
            Chosen { ranges: self.ranges(), fields }
        });
        if known.try_with_untracked(|known| *known == chosen) == Some(false) {
            known.set(chosen);
            aria::mark_chosen(self);
        }
    }

    /// Whether more than the active cell is chosen.
    pub(super) fn chooses(&self) -> bool {
        self.active != self.anchor || !self.earlier.is_empty()
    }

    /// What is chosen of what is seen, where that is more than one cell.
    pub(super) fn chosen_seen(&self) -> Vec<Block> {
        if !self.chooses() {
            return Vec::new();
        }
        let rows = self.geometry.visible_rows(&self.view);
        self.ranges().keep_seen(&rows, &self.geometry.visible_columns(&self.view))
    }

    /// The keys of some columns.
    pub(super) fn keys(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().filter_map(|column| Some(self.columns.get(*column)?.key.clone())).collect()
    }

    /// Tells where the columns stand, while somebody wants to know.
    pub(super) fn tell_columns(&self) {
        let known = self.control.columns;
        if known.try_with_untracked(Option::is_some) != Some(true) {
            return;
        }
        let held = self.geometry.held(&self.view);
        let place = |column: usize| {
            let cell = self.geometry.cell(&self.view, Spot { row: 0, column });
            let field = self.columns.get(column)?.key.clone();
            Some(SeenColumn { field, left: cell.x, width: cell.width, held: column < held })
        };
        let numbers = SeenColumn { field: String::new(), left: 0.0, width: self.geometry.gutter, held: true };
        let seen = self.geometry.visible_columns(&self.view).each().filter_map(place);
        let places = Some(std::iter::once(numbers).chain(seen).collect());
        if known.try_with_untracked(|known| *known == places) == Some(false) {
            known.set(places);
        }
    }

    /// Remembers which record the active cell belongs to.
    pub(super) fn note_place(&mut self) {
        self.place = self.pages.head(self.active.row).map(|head| head.record);
    }

    /// Rows may have moved: the active cell and the editor go with their record, as far as it is seen.
    pub(super) fn keep_place(&mut self) {
        let seen = self.geometry.visible_rows(&self.view);
        for row in seen {
            let Some(head) = self.pages.head(row) else { continue };
            if let Some(editor) = &mut self.editor {
                editor.follow(head.record, row);
            }
            if Some(head.record) == self.place && row != self.active.row {
                if self.anchor == self.active {
                    self.anchor.row = row;
                }
                self.active.row = row;
            }
        }
        self.note_place();
        self.follow();
    }
}
