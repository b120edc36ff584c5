//! Cells whose texts are not on the server: seen as the person wrote them, and where somebody else was there first,
//! the place for the choice.

use super::browser::{self, Grid, Shared};
use super::geometry::{HEADER_HEIGHT, Spot};
use super::rows::{RecordName, Rows};
use super::{aria, editor};
use crate::app::dom;
use crate::app::plain::between;
use crate::app::sheet::waiting::Sign;
use crate::domain::ids::{Id, RecordId};

/// A cell and how it stands with it.
pub type Pending = (RecordName, usize, Sign);

/// Other cells wait, or wait in another way.
pub fn show(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        let waiting = grid.control.waiting;
        let cells = waiting.with_untracked(|waiting| waiting.cells(&grid.sheet_id));
        if cells.is_empty() && grid.pending.is_empty() {
            return;
        }
        let (mut texts, mut pending) = (Vec::new(), Vec::new());
        for cell in cells {
            let name = cell.record.strip_prefix(RecordId::PREFIX).and_then(RecordName::read);
            let place = grid.fields.iter().position(|field| field.key == cell.field);
            let (Some(record), Some(place)) = (name, place) else { continue };
            if let Some(text) = &cell.text {
                texts.push(((record, place), text.as_deref().map(Into::into)));
            }
            pending.push((record, place, cell.sign));
        }
        grid.pages.lay(texts);
        grid.pending = pending;
        grid.tell_clash();
    }
    aria::mark_others(shared);
    editor::check(shared);
    browser::repaint(shared);
    browser::fetch_and_rest(shared);
}

impl Grid {
    /// Tells where the cell is that the person has to choose about: its left, top and bottom in the window.
    pub(super) fn tell_clash(&self) {
        let clash = self.pending.iter().find(|(_, _, sign)| *sign == Sign::Clash);
        let at = clash.and_then(|(record, place, _)| {
            let key = &self.fields.get(*place)?.key;
            let column = self.columns.iter().position(|field| field.key == *key)?;
            let is_it = |row: &u64| self.pages.head(*row).is_some_and(|head| head.record == *record);
            let row = self.geometry.visible_rows(&self.view).find(is_it)?;
            let cell = self.geometry.cell(&self.view, Spot { row, column });
            let (left, top, ..) = dom::place(&self.parts.host);
            let x = between(cell.x, self.geometry.gutter, self.view.width.max(self.geometry.gutter));
            let y = between(cell.y, HEADER_HEIGHT, self.view.height.max(HEADER_HEIGHT));
            Some((left + x, top + y, top + y + cell.height))
        });
        let known = self.control.clash_at;
        if known.try_with_untracked(|known| *known != at) == Some(true) {
            known.set(at);
        }
    }
}
