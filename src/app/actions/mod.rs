//! Buttons and menu items of blueprints, and the dialog that asks before a job begins.

mod answers;
mod dialog;
mod fields;
mod file;
mod leaving;
mod pick;
mod review;
mod steps;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::components::{Button, Icon, Look, MenuButton, MenuItem};
use super::plain::{Any, part};
use super::state::{Asking, Deed, SpaceState};
use crate::app::signals::{Memo, Signal, StoredValue};
use crate::domain::action::Standing;
use crate::rpc::actions::{ActionView, Place, Started, run_action};
use crate::rpc::records::Choosing;
use crate::rpc::spaces::SpaceFrame;
pub use dialog::{ActionDialog, Question};

/// What the actions of a place would act on now.
#[derive(Clone, PartialEq)]
pub struct Scope {
    /// In words.
    pub words: String,
    /// For the request.
    pub choosing: Choosing,
    /// For the reasons why not.
    pub standing: Standing,
}

/// Asks before an action begins, or begins it when it asks nothing.
pub fn press(state: SpaceState, action: ActionView, place: Place, scope: Scope) {
    if action.asks {
        let deed = Deed::Act(Box::new(action), place);
        state.asking.set(Some(Asking { deed, scope: scope.words, choosing: scope.choosing, started: None }));
        return;
    }
    spawn_local(async move {
        match run_action(place, action.operation, scope.choosing, Vec::new()).await {
            Ok(Started::Job(card)) => state.jobs.heard_of(*card),
            Ok(Started::Refused(errors)) => {
                let words: Vec<String> = errors.into_iter().map(|(_, message)| message).collect();
                state.fail(&action.label, words.join(" "));
            }
            Err(error) => state.fail(&format!("{} did not start", action.label), error),
        }
    });
}

/// An action as an item of a menu.
pub fn menu_item(state: SpaceState, action: ActionView, place: Place, scope: Scope) -> MenuItem {
    let reason = action.requirements.refusal(scope.standing);
    let label = action.label.clone();
    MenuItem::new(label, Icon::Bolt, move || press(state, action.clone(), place.clone(), scope.clone()))
        .unless(reason)
}

/// The buttons of a workbook.
#[component]
pub fn WorkbookActions(
    /// The workbook.
    workbook_id: String,
) -> impl IntoView {
    let state = SpaceState::of_page();
    let workbook = StoredValue::new(workbook_id);
    let find = move |frame: &SpaceFrame| {
        frame.workbooks.iter().find(|entry| workbook.with_value(|id| entry.id == *id)).cloned()
    };
    let actions = Memo::new(move |_| state.frame.with(find).map(|entry| entry.actions).unwrap_or_default());
    let scope = Memo::new(move |_| {
        state.frame.with(|frame| {
            let found = find(frame);
            let sheets = found.as_ref().map_or(&[][..], |entry| entry.sheets.as_slice());
            let (records, invalid) =
                sheets.iter().fold((0, 0), |(all, bad), sheet| (all + sheet.records, bad + sheet.invalid));
            let counted = super::format::counted(records, "record");
            let words = match sheets.len() {
                0 | 1 => format!("All {counted}"),
                many => format!("All {counted} of {many} sheets"),
            };
            Scope {
                words,
                choosing: Choosing::default(),
                standing: Standing { records, invalid, ..Standing::default() },
            }
        })
    });
    buttons(actions, scope, Place::Workbook(workbook.get_value()))
}

/// Actions as buttons: the primary ones at the right end and filled; what is more than fits is in a menu.
pub fn buttons(actions: Memo<Vec<ActionView>>, scope: Memo<Scope>, of: Place) -> AnyView {
    let state = SpaceState::of_page();
    let of = StoredValue::new(of);
    let place = move || of.get_value();
    // Primary ones last, which is to the right; at most three buttons.
    let buttons = move || {
        let (primary, mut actions): (Vec<_>, Vec<_>) =
            actions.get().into_iter().partition(|action| action.primary);
        actions.extend(primary);
        let shown = actions.split_off(actions.len().saturating_sub(3));
        (actions, shown)
    };
    let button = move |action: ActionView| {
        let look = if action.primary { Look::Primary } else { Look::Plain };
        let (asked, pressed) = (action.requirements.clone(), action.clone());
        let reason = Signal::derive(move || asked.refusal(scope.get().standing));
        view! {
            <Button
                label=action.label.clone()
                look=look
                reason=reason
                hint=action.tooltip.clone()
                press=move |()| press(state, pressed.clone(), place(), scope.get_untracked())
            />
        }
    };
    view! {
        {part(move || {
            let (more, shown) = buttons();
            let some_more = !more.is_empty();
            let items = Signal::derive(move || {
                more.iter().map(|action| menu_item(state, action.clone(), place(), scope.get())).collect::<Vec<_>>()
            });
            view! {
                {some_more
                    .then(|| view! { <MenuButton id="workbook-menu".to_string() label="More actions".to_string() bare=Icon::More items=items /> })
                    .any()}
                <span class="workbook-actions">{shown.into_iter().map(button).collect_view().any()}</span>
            }
        })}
    }
    .any()
}
