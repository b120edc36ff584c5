//! The view that is open, and what becomes of the page when another is opened.

use super::SheetControl;
use super::address::Address;
use super::control::Side;
use crate::app::grid::Question;
use crate::domain::layout::SheetLayout;
use crate::rpc::views::SavedView;

impl SheetControl {
    /// Opens a view, or with none the sheet as it is without one.
    pub fn open_view(self, view: Option<SavedView>) {
        let question = view.as_ref().map(|view| Question::of(view.choosing.clone())).unwrap_or_default();
        self.enter(view);
        self.grid.question.set(question);
    }

    /// The open view is gone: what it shows stays, under no name.
    pub fn leave_view(self) {
        let shown = self.grid.layout.get_untracked();
        self.enter(None);
        self.arrange(&|layout| *layout = shown.clone());
    }

    /// Whether the open view would show something else than what is shown now.
    pub fn view_is_changed(self) -> bool {
        self.view.with(|view| {
            let Some(view) = view else { return false };
            let other = |layout| self.grid.layout.with(|shown| self.complete(layout) != *shown);
            self.grid.question.with(|question| *question != Question::of(view.choosing.clone()))
                || view.layout.as_ref().is_some_and(other)
        })
    }

    /// Shows what an address asks for, as after the way back.
    pub fn show(self, asked: Address) {
        if asked.compare.is_some() {
            self.compared.set(asked.compare.clone());
            self.side.set(Some(Side::Compare));
        } else if self.side.get_untracked() == Some(Side::Compare) {
            self.side.set(None);
        }
        let open = self.view.with_untracked(|view| view.as_ref().map(|view| view.id.clone()));
        if asked.view == open {
            let usual = self.view.with_untracked(|view| view.as_ref().map(|view| view.choosing.clone()));
            let usual = usual.map(Question::of).unwrap_or_default();
            self.grid.question.set(asked.question.unwrap_or(usual));
            return;
        }
        if asked.view.is_none() {
            self.enter(None);
            self.grid.question.set(asked.question.unwrap_or_default());
            return;
        }
        // The page is read anew, and the view with it.
        self.state.shape_moved.update(|moved| *moved += 1);
    }

    /// Takes the columns of a view, or gives the person's own back.
    fn enter(self, view: Option<SavedView>) {
        let layout = view.as_ref().and_then(|view| view.layout.as_ref()).map(|layout| self.complete(layout));
        let shown = self.grid.layout.get_untracked();
        let own = self.own_layout.get_value().unwrap_or(shown);
        // What is kept as the person's own is decided by the view that is open: it goes first.
        self.view.set(view);
        match layout {
            Some(layout) => {
                self.own_layout.set_value(Some(own));
                self.grid.arrange(&|shown| *shown = layout.clone());
            }
            None => {
                self.own_layout.set_value(None);
                self.grid.arrange(&|shown| *shown = own.clone());
            }
        }
    }

    /// A layout with every field of the sheet.
    pub fn complete(self, layout: &SheetLayout) -> SheetLayout {
        self.sheet.with_value(|sheet| {
            let fields: Vec<&str> = sheet.columns.iter().map(|column| column.key.as_str()).collect();
            layout.complete(&fields)
        })
    }
}
