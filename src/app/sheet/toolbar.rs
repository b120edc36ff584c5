//! The bar over the grid: which records, which actions.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::control::{Finding, Side};
use super::turns::Turns;
use super::view_controls::ViewControls;
use super::{Importing, SheetControl};
use crate::app::actions::{MOST_UNSOUGHT, button, menu_item};
use crate::app::components::{Button, Icon, Look, MenuButton, MenuItem, Tab, Tabs, icon};
use crate::app::format;
use crate::app::grid::change::Change;
use crate::app::plain::{Any, flag, live, on_change, on_event, on_key, on_mouse, part};
use crate::app::signals::{Memo, RwSignal, Signal, StoredValue};
use crate::app::state::SpaceState;
use crate::domain::export::ExportFormat;
use crate::rpc::actions::{ActionView, Place};
use crate::rpc::jobs;
use crate::rpc::records::Standing;

/// How long typing has to rest before the server is asked.
const REST_MILLISECONDS: u64 = 200;
/// Primary actions that are buttons; the others are in the menu.
const MOST_BUTTONS: usize = 3;
/// Items that the menu of every sheet has.
const OWN_ITEMS: usize = 8;
const STANDINGS: [Standing; 3] = [Standing::All, Standing::Valid, Standing::Invalid];

/// The toolbar of a sheet.
#[component]
pub fn Toolbar(
    /// The sheet.
    control: SheetControl,
    /// Where a file goes.
    importing: Importing,
) -> impl IntoView {
    let state = SpaceState::of_page();
    let question = control.grid.question;
    let count = move |pick: fn(&crate::domain::record::Counts) -> u64| {
        Signal::derive(move || Some(format::count(control.counts.with(pick))))
    };
    let tabs = vec![
        Tab { label: "All", count: count(|counts| counts.total), alarming: false },
        Tab { label: "Valid", count: count(|counts| counts.valid), alarming: false },
        Tab { label: "Invalid", count: count(|counts| counts.error), alarming: true },
    ];
    let chosen = Signal::derive(move || {
        let standing = question.with(|question| question.standing);
        STANDINGS.iter().position(|other| *other == standing).unwrap_or(0)
    });
    let choose = move |place: usize| question.update(|question| question.standing = STANDINGS[place]);
    let (permits, omits) = control.sheet.with_value(|sheet| (sheet.permits, sheet.omits));
    let actions = Memo::new(move |_| control.toolbar_actions());
    let blocked = control.blocked;
    let place = StoredValue::new(Place::Sheet(control.id()));
    let items = menu(state, control, actions, blocked);
    let scope = Memo::new(move |_| control.scope());
    let waits = control.waits;
    let primary = move || {
        let (primary, _) = split(actions.get());
        primary
            .into_iter()
            .map(|action| button(state, action, Look::Plain, place.get_value(), scope, waits))
            .collect::<Vec<_>>()
    };
    let unless_blocked =
        move |reason: Option<&'static str>| move || blocked.get().or(reason.map(str::to_string));
    let import_reason =
        Signal::derive(unless_blocked((!permits.import).then_some("This sheet takes no files")));
    let add_reason =
        Signal::derive(unless_blocked((!permits.add).then_some("This sheet takes no records by hand")));
    view! {
        <div class="toolbar" role="group" aria-label="Sheet">
            <Tabs label="Which records" tabs=tabs chosen=chosen choose=choose controls="records" />
            {errors_button(control)}
            <SearchBox control=control />
            <ViewControls control=control />
            {steps(control)}
            <div class="toolbar-end">
            <Button label="Add record" before=Icon::Plus look=Look::Ghost bare=true reason=add_reason press=move |()| control.add_record() />
            {(!omits.import).then(|| view! { <Button label="Add file" before=Icon::Upload look=Look::Ghost reason=import_reason press=move |()| importing.pick() /> }).any()}
            {part(primary)}
            {(!omits.download).then(|| view! { <MenuButton id="download-menu".to_string() label="Download".to_string() bare=Icon::Download items=downloads(state, control, blocked) /> }).any()}
            <MenuButton id="sheet-menu".to_string() label="Actions".to_string() items=items most=MOST_UNSOUGHT + OWN_ITEMS />
            </div>
        </div>
    }
    .any()
}

/// The actions that are buttons, and those of the menu.
fn split(actions: Vec<ActionView>) -> (Vec<ActionView>, Vec<ActionView>) {
    let mut buttons = 0;
    actions.into_iter().partition(|action| {
        buttons += usize::from(action.primary);
        action.primary && buttons <= MOST_BUTTONS
    })
}

/// Opens what is wrong, by field and message.
fn errors_button(control: SheetControl) -> AnyView {
    let is_open = move || control.side.get() == Some(Side::Errors);
    // Of the whole sheet, whatever is searched.
    let invalid = control.invalid_in_all;
    view! {
        <button
            type="button"
            class="button button-ghost errors-button"
            class:alarming=live(move || invalid.get() > 0)
            title="What is wrong, by column and message (Ctrl+Shift+E)"
            aria-pressed=flag(is_open)
            on:click=on_mouse(move |_| control.toggle_side(Side::Errors))
        >
            {icon(Icon::Alert)}
            <span>"Errors"</span>
            <small>{part(move || format::count(invalid.get()))}</small>
        </button>
    }
    .any()
}

/// The way back and forth through what the person did here.
fn steps(control: SheetControl) -> AnyView {
    if !control.sheet.with_value(|sheet| sheet.permits.edit) {
        return ().any();
    }
    let none = |count: u64, words: &str| (count == 0).then(|| words.to_string());
    let undo = Signal::derive(move || none(control.steps.get().0, "You have changed nothing here yet"));
    let redo = Signal::derive(move || none(control.steps.get().1, "Nothing was undone"));
    view! {
        <Button label="Undo" before=Icon::Undo look=Look::Ghost bare=true reason=undo press=move |()| control.make(Change::Step(false)) />
        <Button label="Redo" before=Icon::Redo look=Look::Ghost bare=true reason=redo press=move |()| control.make(Change::Step(true)) />
    }
    .any()
}

/// The forms in which the records that are chosen can be had.
fn downloads(
    state: SpaceState,
    control: SheetControl,
    blocked: Memo<Option<String>>,
) -> Signal<Vec<MenuItem>> {
    let export = move |format: ExportFormat| {
        let (id, scope) = (control.sheet.with_value(|sheet| sheet.id.clone()), untrack(|| control.scope()));
        spawn_local(async move {
            match jobs::start_export(id, scope.choosing, format).await {
                Ok(card) => state.jobs.heard_of(card),
                Err(error) => state.fail("The download did not start", error),
            }
        });
    };
    Signal::derive(move || {
        let nothing = (control.grid.shown.get() == 0).then(|| "There is nothing to download".to_string());
        let nothing = blocked.get().or(nothing);
        let item = |format: ExportFormat| {
            MenuItem::new(format.label(), Icon::Download, move || export(format)).unless(nothing.clone())
        };
        ExportFormat::ALL.into_iter().map(item).collect()
    })
}

/// The menu of the sheet: the actions that are no buttons, and what every sheet has.
fn menu(
    state: SpaceState,
    control: SheetControl,
    actions: Memo<Vec<ActionView>>,
    blocked: Memo<Option<String>>,
) -> Signal<Vec<MenuItem>> {
    let delete = move || control.ask_to_delete();
    let (permits, omits) = control.sheet.with_value(|sheet| (sheet.permits, sheet.omits));
    Signal::derive(move || {
        let (scope, waits, blocked) = (control.scope(), control.waits.get(), blocked.get());
        let place = Place::Sheet(control.id());
        let (_, rest) = split(actions.get());
        let mut items: Vec<MenuItem> = rest
            .into_iter()
            .map(|action| menu_item(state, action, place.clone(), scope.clone(), waits.clone()))
            .collect();
        let why_not = match (permits.delete, scope.standing.selected) {
            (false, _) => Some("Records of this sheet may not be deleted".to_string()),
            (true, 0) => Some("Select records first".to_string()),
            (true, _) => None,
        };
        if !omits.replace {
            let find = move || control.finding.set(Some(Finding::Replace));
            items.push(MenuItem::new("Find and replace", Icon::Search, find).unless(blocked.clone()));
        }
        items.push(MenuItem::new("Versions", Icon::History, move || control.side.set(Some(Side::Versions))));
        if !omits.delete {
            let delete = MenuItem::new("Delete selected records", Icon::Trash, delete).dangerous();
            items.push(delete.unless(blocked.or(why_not)));
        }
        items
    })
}

/// The search box; it asks when typing rests. After `filter:` it takes the query language.
#[component]
fn SearchBox(control: SheetControl) -> impl IntoView {
    let question = control.grid.question;
    let text = RwSignal::new(question.with_untracked(|question| question.search.clone()));
    let turns = Turns::new();
    // The search may be changed from elsewhere, as by a view or the way back.
    on_change(
        move || question.with(|question| question.search.clone()),
        move |search| {
            if text.with_untracked(|text| text.trim() != search) {
                text.set(search.clone());
            }
        },
    );
    let ask = move || {
        let wanted = text.get_untracked().trim().to_string();
        // The query language has a place of its own.
        if let Some(filter) = wanted.strip_prefix("filter:") {
            let filter = filter.trim().to_string();
            text.set(String::new());
            question.update(|question| {
                question.search.clear();
                question.filter = filter;
            });
            return;
        }
        if question.with_untracked(|question| question.search != wanted) {
            question.update(|question| question.search = wanted);
        }
    };
    let input = move |event| {
        text.set(event_target_value(&event));
        let later = move |_| {
            // A condition is asked for when it is complete: with Enter.
            if !text.with_untracked(|text| text.starts_with("filter:")) {
                ask();
            }
        };
        turns.after(REST_MILLISECONDS, Box::new(later));
    };
    view! {
        <div class="search">
            {icon(Icon::Search)}
            <input
                type="search"
                aria-label="Search the records"
                placeholder="Search"
                prop:value=live(move || text.get())
                on:input=on_event(input)
                on:keydown=on_key(move |event| {
                    if event.key() == "Enter" {
                        ask();
                    }
                })
            />
        </div>
    }
    .any()
}
