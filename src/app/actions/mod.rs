//! Buttons and menu items of blueprints and of the API, and the dialog that asks before a job begins.

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

use super::components::{Button, Icon, Look, MenuButton, MenuItem, Toast, Tone};
use super::plain::{Any, part};
use super::state::{Asking, Deed, SpaceState};
use crate::app::signals::{Memo, Signal, StoredValue};
use crate::domain::action::Standing;
use crate::domain::job::JobMode;
use crate::domain::said::Said;
use crate::rpc::actions::{ActionView, Place, Started, run_action};
use crate::rpc::jobs::JobCard;
use crate::rpc::records::Choosing;
use crate::rpc::spaces::SpaceFrame;
pub use dialog::{ActionDialog, Question};

/// Items of a menu beyond which there is a box to find one.
pub const MOST_UNSOUGHT: usize = 7;

/// What the actions of a place would act on now.
#[derive(Clone, PartialEq, Default)]
pub struct Scope {
    /// In words.
    pub words: String,
    /// For the request.
    pub choosing: Choosing,
    /// For the reasons why not.
    pub standing: Standing,
}

impl Scope {
    /// Of a thing without records.
    pub fn of(words: &str) -> Self {
        Self { words: words.to_string(), ..Self::default() }
    }
}

/// What is acted on, and how much of it has errors.
pub fn with_errors(words: String, invalid: u64) -> String {
    let errors = [" · ", &super::format::count(invalid), " with errors"].concat();
    if invalid > 0 { words + &errors } else { words }
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
                state.toasts.show(Toast::new(Tone::Bad, Said::by_host(action.label)).saying(words.join(" ")));
            }
            Err(error) => state.fail(&[&action.label, " did not start"].concat(), error),
        }
    });
}

/// The job that actions wait for, in words: one of those that are meant, whose mode blocks.
pub fn waits_for(state: SpaceState, meant: &dyn Fn(&JobCard) -> bool) -> Option<String> {
    let blocks =
        |card: &&JobCard| matches!(card.mode, JobMode::Foreground | JobMode::ToolbarBlocking) && meant(card);
    state.jobs.running.with(|running| {
        running.iter().find(blocks).map(|card| ["Wait for “", &card.label.words, "”"].concat())
    })
}

/// Why no action can be pressed now: a cell is being edited, or one of the jobs that are meant blocks.
///
/// What outlives a page is read through a memo of the page: when that goes, nothing of it is asked any more.
pub fn waits(
    state: SpaceState,
    meant: impl Fn(&JobCard) -> bool + Send + Sync + 'static,
) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let editing = state.editing.get().then(|| "Finish the edit first".to_string());
        editing.or_else(|| waits_for(state, &meant))
    })
}

/// Why an action cannot be pressed now; nothing when it can.
pub fn refusal(action: &ActionView, standing: Standing, waits: Option<String>) -> Option<String> {
    let requirements = &action.requirements;
    requirements.never.clone().or(waits).or_else(|| requirements.refusal(standing))
}

/// An action as an item of a menu.
pub fn menu_item(
    state: SpaceState,
    action: ActionView,
    place: Place,
    scope: Scope,
    waits: Option<String>,
) -> MenuItem {
    let reason = refusal(&action, scope.standing, waits);
    let (label, icon, bare, hint) =
        (action.label.clone(), action.icon.clone(), action.bare, action.hint.clone());
    let run = move || press(state, action.clone(), place.clone(), scope.clone());
    MenuItem { bare, hosts: true, hint, ..MenuItem::new(label, icon, run).unless(reason) }
}

/// An action as a button.
pub fn button(
    state: SpaceState,
    action: ActionView,
    look: Look,
    place: Place,
    scope: Memo<Scope>,
    waits: Memo<Option<String>>,
) -> AnyView {
    let asked = StoredValue::new(action.clone());
    let reason =
        Signal::derive(move || asked.with_value(|action| refusal(action, scope.get().standing, waits.get())));
    view! {
        <Button
            label=action.label.clone()
            look=look
            before=action.icon
            bare=action.bare
            hosts=true
            reason=reason
            hint=action.hint
            press=move |()| press(state, asked.get_value(), place.clone(), scope.get_untracked())
        />
    }
    .any()
}

/// The actions at the top right of a page: the primary ones at the right end and filled; what is more than fits is in
/// a menu.
pub fn at_top(
    id: &'static str,
    actions: Memo<Vec<ActionView>>,
    place: Place,
    scope: Memo<Scope>,
    waits: Memo<Option<String>>,
) -> AnyView {
    let state = SpaceState::of_page();
    let place = StoredValue::new(place);
    // Primary ones last, which is to the right; at most three buttons.
    let buttons = move || {
        let (primary, mut actions): (Vec<_>, Vec<_>) =
            actions.get().into_iter().partition(|action| action.primary);
        actions.extend(primary);
        let shown = actions.split_off(actions.len().saturating_sub(3));
        (actions, shown)
    };
    let one = move |action: ActionView| {
        let look = if action.primary { Look::Primary } else { Look::Plain };
        button(state, action, look, place.get_value(), scope, waits)
    };
    part(move || {
        let (more, shown) = buttons();
        let some_more = !more.is_empty();
        let items = Signal::derive(move || {
            let item = |action: &ActionView| {
                menu_item(state, action.clone(), place.get_value(), scope.get(), waits.get())
            };
            more.iter().map(item).collect::<Vec<_>>()
        });
        view! {
            {some_more
                .then(|| view! { <MenuButton id=id.to_string() label="More actions".to_string() bare=Icon::More items=items most=MOST_UNSOUGHT /> })
                .any()}
            <span class="workbook-actions">{shown.into_iter().map(one).collect_view().any()}</span>
        }
    })
    .any()
}

/// The actions of a workbook.
#[component]
pub fn WorkbookActions(
    /// The workbook.
    workbook_id: String,
) -> impl IntoView {
    let state = SpaceState::of_page();
    let place = Place::Workbook(workbook_id.clone());
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
                0 | 1 => ["All ", &counted].concat(),
                many => format!("All {counted} of {many} sheets"),
            };
            let standing = Standing {
                records,
                invalid,
                invalid_in_all: invalid,
                of_workbook: true,
                ..Standing::default()
            };
            Scope { words: with_errors(words, invalid), choosing: Choosing::default(), standing }
        })
    });
    let is_here = move |card: &JobCard| workbook.with_value(|id| card.workbook_id.as_ref() == Some(id));
    at_top("workbook-menu", actions, place, scope, waits(state, is_here))
}

/// What the actions of a space would act on, and the job that they wait for.
fn of_space(state: SpaceState) -> (Memo<Scope>, Memo<Option<String>>) {
    let scope = Memo::new(move |_| Scope::of(&state.frame.with(|frame| frame.name.clone())));
    let space = state.id();
    (scope, waits(state, move |card| card.source == space))
}

/// The actions of the space, at the top right of its own page.
#[component]
pub fn SpaceActions() -> impl IntoView {
    let state = SpaceState::of_page();
    let actions = Memo::new(move |_| state.frame.with(|frame| frame.actions.clone()));
    let (scope, waits) = of_space(state);
    at_top("space-actions", actions, Place::Space(state.id()), scope, waits)
}

/// The actions of the space as a menu, which stands beside its name wherever one is.
#[component]
pub fn SpaceMenu() -> impl IntoView {
    let state = SpaceState::of_page();
    let actions = Memo::new(move |_| state.frame.with(|frame| frame.actions.clone()));
    let (scope, waits) = of_space(state);
    let items = Signal::derive(move || {
        let item =
            |action: ActionView| menu_item(state, action, Place::Space(state.id()), scope.get(), waits.get());
        actions.get().into_iter().map(item).collect::<Vec<_>>()
    });
    view! { <MenuButton id="space-menu".to_string() label="Actions of the space".to_string() bare=Icon::More items=items most=MOST_UNSOUGHT /> }
        .any()
}
