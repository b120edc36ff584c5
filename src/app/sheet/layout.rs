//! The columns as the person has them: kept on the server a moment after they changed, and hidden by outcomes.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::SheetControl;
use crate::app::components::{FollowUp, Toast, Tone};
use crate::app::format::counted;
use crate::app::plain::on_change;
use crate::rpc::layouts;

/// How long the columns have to rest before they are kept.
const REST: Duration = Duration::from_millis(500);

/// Keeps each change of the layout, but for those of a view: a view is changed by its menu only.
pub fn follow(control: SheetControl) {
    let changes = StoredValue::new(0_u32);
    on_change(
        move || control.grid.layout.get(),
        move |_| {
            if control.own_layout.with_value(Option::is_some) {
                return;
            }
            changes.update_value(|count| *count += 1);
            let mine = changes.get_value();
            let keep_later = move || {
                if changes.try_get_value() == Some(mine) {
                    keep(control);
                }
            };
            set_timeout(keep_later, REST);
        },
    );
}

fn keep(control: SheetControl) {
    // Meanwhile a view may have been opened.
    if control.own_layout.with_value(Option::is_some) {
        return;
    }
    let (id, layout) =
        (control.sheet.with_value(|sheet| sheet.id.clone()), control.grid.layout.get_untracked());
    spawn_local(async move {
        if let Err(error) = layouts::keep_layout(id, layout).await {
            control.state.fail("The columns were not kept", error);
        }
    });
}

impl SheetControl {
    /// Hides columns and says so, with a way back.
    pub fn hide(self, keys: &[String]) {
        let before = self.grid.layout.get_untracked();
        self.grid.arrange(|layout| layout.hide(keys));
        let gone = self.grid.layout.with_untracked(|layout| layout.hidden()).saturating_sub(before.hidden());
        if gone == 0 {
            self.state.toasts.show(Toast::new(Tone::Neutral, "One column always stays"));
            return;
        }
        let words = format!("{} hidden", counted(gone as u64, "column"));
        let mut toast = Toast::new(Tone::Neutral, words);
        let show = move || {
            if !self.grid.layout.is_disposed() {
                self.grid.arrange(|layout| layout.show_all());
            }
        };
        toast.actions.push(FollowUp::run("Show all", show));
        self.state.toasts.show(toast);
    }
}
