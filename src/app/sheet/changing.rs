//! Changes of many cells by one rule: asked of the server, told in a note, and taken back from there.

use leptos::task::spawn_local;

use super::SheetControl;
use crate::app::components::{FollowUp, Toast, Tone};
use crate::app::format::counted;
use crate::app::signals::Callback;
use crate::rpc::changes::{self, CellsChange, Changing};
use crate::rpc::records::Choosing;

/// Changes a field of the chosen records, or all fields, and calls `done` when it has begun or is done.
pub fn change_cells(
    control: SheetControl,
    choosing: Choosing,
    field: Option<String>,
    change: CellsChange,
    done: Option<Callback<()>>,
) {
    let id = control.id();
    spawn_local(async move {
        match changes::change_cells(id.clone(), choosing, field, change).await {
            Ok(Changing::Done { change, records, version }) => {
                if records > 0 {
                    control.stepped();
                }
                control.grid.note_version(version);
                told(control, id, change, records);
            }
            Ok(Changing::Job(card)) => control.state.jobs.heard_of(*card),
            Err(error) => {
                control.state.fail("Nothing was changed", error);
                return;
            }
        }
        control.state.refresh();
        if let Some(done) = done {
            done.try_run(());
        }
    });
}

fn told(control: SheetControl, sheet_id: String, change: String, records: u64) {
    if records == 0 {
        control.state.toasts.show(Toast::new(Tone::Neutral, "No cell had to be changed"));
        return;
    }
    offer_undo(control, sheet_id, [&counted(records, "record"), " changed"].concat(), change);
}

/// Tells of a change with the way back, which outlives the page of the sheet.
pub fn offer_undo(control: SheetControl, sheet_id: String, words: String, change: String) {
    let mut toast = Toast::new(Tone::Good, words);
    let undo = move || undo_change(control, sheet_id.clone(), change.clone());
    toast.actions.push(FollowUp::run("Undo".into(), undo));
    control.state.toasts.show(toast);
}

/// Takes a change back and says so.
pub fn undo_change(control: SheetControl, sheet_id: String, change: String) {
    spawn_local(async move {
        match changes::undo_change(sheet_id.clone(), change).await {
            Ok(skipped) => {
                let mut toast = Toast::new(Tone::Good, "Undone");
                if skipped > 0 {
                    let words = [&counted(skipped, "cell"), " stayed: changed again since"].concat();
                    toast = toast.saying(words);
                }
                control.state.toasts.show(toast);
                control.count_steps();
                control.state.sheet_moved.try_update(|moved| *moved = (moved.0 + 1, Some(sheet_id)));
            }
            Err(error) => control.state.fail("This cannot be undone", error),
        }
        control.state.refresh();
    });
}
