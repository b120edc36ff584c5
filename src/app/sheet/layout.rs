//! The columns as the person has them: kept on the server a moment after they changed, and hidden by outcomes.

use leptos::task::spawn_local;

use super::SheetControl;
use super::turns::Turns;
use crate::app::components::{FollowUp, Toast, Tone};
use crate::app::format::counted;
#[cfg(feature = "hydrate")]
use crate::app::last_words;
use crate::app::plain::on_change;
use crate::app::signals::StoredValue;
use crate::domain::layout::SheetLayout;
use crate::rpc::layouts;

/// How long the columns have to rest before they are kept.
const REST_MILLISECONDS: u64 = 400;

/// Keeps each change of the layout, but for those of a view: a view is changed by its menu only.
pub fn follow(control: SheetControl) {
    let turns = Turns::new();
    let waits = StoredValue::new(false);
    #[cfg(feature = "hydrate")]
    last_words::at_the_end(move || {
        if waits.try_get_value() == Some(true)
            && let Some((sheet_id, layout)) = kept(control)
        {
            last_words::say(&layouts::KeepLayout { sheet_id, layout });
        }
    });
    on_change(
        move || control.grid.layout.get(),
        move |_| {
            if control.own_layout.with_value(Option::is_some) {
                return;
            }
            waits.set_value(true);
            let rested = move |_| {
                waits.set_value(false);
                keep(control);
            };
            turns.after(REST_MILLISECONDS, Box::new(rested));
        },
    );
    let hide = control.state.jobs.hidden_columns;
    on_change(
        move || hide.get(),
        move |asked| {
            if let Some((_, keys)) = asked.as_ref().filter(|(id, _)| control.is_of(id)) {
                control.hide(keys);
            }
        },
    );
}

/// What there is to keep of which sheet: nothing of a view, which may have been opened meanwhile.
fn kept(control: SheetControl) -> Option<(String, SheetLayout)> {
    if control.own_layout.try_with_value(Option::is_some) != Some(false) {
        return None;
    }
    let id = control.sheet.try_with_value(|sheet| sheet.id.clone())?;
    Some((id, control.grid.layout.try_get_untracked()?))
}

fn keep(control: SheetControl) {
    let Some((id, layout)) = kept(control) else { return };
    spawn_local(async move {
        if let Err(error) = layouts::keep_layout(id, layout).await {
            control.state.fail("The columns were not kept", error);
        }
    });
}

impl SheetControl {
    /// Arranges the columns otherwise.
    pub fn arrange(self, change: &dyn Fn(&mut SheetLayout)) {
        self.grid.arrange(&|layout| {
            change(layout);
            *layout = self.complete(layout);
        });
    }

    /// Whether it is the sheet of that id.
    fn is_of(self, id: &str) -> bool {
        self.sheet.with_value(|sheet| sheet.id == id)
    }

    /// What people read of a field; its key when there is no such field.
    pub fn label(self, key: &str) -> String {
        self.sheet.with_value(|sheet| {
            let column = sheet.columns.iter().find(|column| column.key == key);
            column.map_or(key, |column| &column.label).to_string()
        })
    }

    /// Puts the columns as the sheet has them, with a way back.
    pub fn reset_layout(self) {
        let before = self.grid.layout.get_untracked();
        self.arrange(&|layout| *layout = SheetLayout::default());
        let back = Box::new(move |layout: &mut SheetLayout| *layout = before.clone());
        self.offer_undo("The columns are as the sheet has them", "Undo", back);
    }

    fn offer_undo(self, title: &str, label: &str, back: Box<dyn Fn(&mut SheetLayout) + Send + Sync>) {
        let mut toast = Toast::new(Tone::Neutral, title);
        let back = move || {
            if !self.grid.layout.is_disposed() {
                self.arrange(&*back);
            }
        };
        toast.actions.push(FollowUp::run(label.into(), back));
        self.state.toasts.show(toast);
    }

    /// Hides columns and says so, with a way back.
    pub fn hide(self, keys: &[String]) {
        let before = self.grid.layout.get_untracked();
        self.arrange(&|layout| layout.hide(keys));
        let gone = self.grid.layout.with_untracked(|layout| layout.hidden()).saturating_sub(before.hidden());
        if gone == 0 {
            self.state.toasts.show(Toast::new(Tone::Neutral, "One column always stays"));
            return;
        }
        let words = [&counted(gone as u64, "column"), " hidden"].concat();
        self.offer_undo(&words, "Show all", Box::new(SheetLayout::show_all));
    }
}
