//! Find and replace: what the box over the grid can do. The server finds; the grid goes to what it found.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::changing::change_cells;
use super::control::{Finding, SheetControl};
use super::turns::Turns;
use crate::app::components::{Icon, icon};
use crate::app::format::{count, counted};
use crate::app::grid::Go;
use crate::app::plain::{Any, flag, live, on_change, on_event, on_key, on_mouse, part, watch, words};
use crate::app::signals::{Callback, Memo, RwSignal, StoredValue};
use crate::rpc::RpcError;
use crate::rpc::changes::CellsChange;
use crate::rpc::find::{Found, FoundCell, Sought, Way, find_cells};
use crate::rpc::records::Choosing;

/// How long typing has to rest before anything is sought.
const REST_MILLISECONDS: u64 = 180;
/// Why a cell that was found by a part of what it shows is not replaced.
const WHOLE_ONLY: &str = "Of an option, only the whole name or value is replaced; in lists, only values";
/// In every column.
const EVERY: &str = "";
/// In the column of the active cell.
const ACTIVE: &str = "\u{1}";

/// What is sought, and what was found.
#[derive(Clone, Copy)]
struct Search {
    control: SheetControl,
    text: RwSignal<String>,
    with: RwSignal<String>,
    match_case: RwSignal<bool>,
    whole_cell: RwSignal<bool>,
    empty: RwSignal<bool>,
    scope: RwSignal<String>,
    found: RwSignal<Option<Result<Found, RpcError>>>,
    /// Where the search stands: the person's cell, or what was found last, which may not be loaded yet.
    at: StoredValue<Option<(u64, String)>>,
    /// Steps that were asked for while the server looked.
    waiting: StoredValue<Vec<Way>>,
    busy: StoredValue<bool>,
    turns: Turns,
}

/// What stands beside the text that is sought: how much is found, steps, options, what is replaced.
pub fn find_tools(control: SheetControl) -> AnyView {
    let search = Search {
        control,
        text: control.sought,
        with: RwSignal::new(String::new()),
        match_case: RwSignal::new(false),
        whole_cell: RwSignal::new(false),
        empty: RwSignal::new(false),
        scope: RwSignal::new(EVERY.to_string()),
        found: RwSignal::new(None),
        at: StoredValue::new(None),
        waiting: StoredValue::new(Vec::new()),
        busy: StoredValue::new(false),
        turns: Turns::new(),
    };
    follow(search);
    let replaces = Memo::new(move |_| control.finding.get() == Some(Finding::Replace));
    let switch = move |_| {
        let other = if replaces.get_untracked() { Finding::Find } else { Finding::Replace };
        control.finding.set(Some(other));
    };
    let close = move || {
        control.finding.set(None);
        control.grid.go.set(Some(Go::Back));
    };
    view! {
        <button
            type="button"
            class="button button-ghost button-bare find-more"
            aria-label="Replace, too"
            title="Replace, too (Ctrl+H)"
            aria-expanded=flag(move || replaces.get())
            on:click=on_mouse(switch)
        >
            {icon(Icon::ChevronDown)}
        </button>
        <span class="find-count" role="status">{part(move || search.standing())}</span>
        {sign(Icon::ChevronUp, "Previous (Shift+Enter)", Box::new(move || search.step(Way::Before)))}
        {sign(Icon::ChevronDown, "Next (Enter)", Box::new(move || search.step(Way::After)))}
        {options(search)}
        {sign(Icon::Close, "Close", Box::new(close))}
        {part(move || replaces.get().then(|| replace_line(search)))}
    }
    .any()
}

fn sign(sign: Icon, label: &'static str, act: Box<dyn Fn()>) -> AnyView {
    let press = on_mouse(move |_| act());
    view! {
        <button type="button" class="button button-ghost button-bare" aria-label=label title=label on:click=press>
            {icon(sign)}
        </button>
    }
    .any()
}

/// Looks as soon as typing rests, and anew when others change something.
fn follow(search: Search) {
    let control = search.control;
    watch(move || {
        if let Some(place) = control.grid.place.get() {
            search.at.set_value(Some((place.row, place.field)));
        }
    });
    watch(move || {
        search.text.track();
        search.match_case.track();
        search.whole_cell.track();
        search.empty.track();
        search.scope.track();
        control.finding.track();
        control.grid.layout.track();
        search.seek(Way::From, REST_MILLISECONDS, true);
    });
    on_change(
        move || (control.grid.version.get(), control.grid.question.get()),
        move |_| search.seek(Way::From, REST_MILLISECONDS, false),
    );
    control.find_step.set(None);
    watch(move || match control.find_step.get() {
        Some(true) => search.step(Way::After),
        Some(false) => search.step(Way::Before),
        None => {}
    });
}

/// What is replaced, and how much of it there is.
fn replace_line(search: Search) -> AnyView {
    let with = search.with;
    let refusal = move |of_one: bool| -> Option<String> {
        match search.found.get() {
            Some(Ok(found)) if found.writable == 0 && found.partial > 0 => Some(WHOLE_ONLY.to_string()),
            Some(Ok(found)) if found.writable == 0 && found.cells > 0 => {
                Some("These cells may not be changed here".to_string())
            }
            Some(Ok(found)) if of_one && found.next.is_none() => Some("Nothing is found".to_string()),
            Some(Ok(found)) if found.writable > 0 => None,
            _ => Some("Nothing is found".to_string()),
        }
    };
    let one = move |_| {
        if refusal(true).is_none() {
            search.replace_one();
        }
    };
    let all = move |_| {
        if refusal(false).is_none() {
            search.replace_all();
        }
    };
    let enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && refusal(true).is_none() {
            event.prevent_default();
            search.replace_one();
        }
    };
    view! {
        <div class="find-second">
            <input
                class="input"
                aria-label="Replace with"
                placeholder="Replace with"
                autocomplete="off"
                prop:value=live(move || with.get())
                on:input=on_event(move |event| with.set(event_target_value(&event)))
                on:keydown=on_key(enter)
            />
            <button
                type="button"
                class="button"
                aria-disabled=flag(move || refusal(true).is_some())
                aria-description=words(move || refusal(true))
                title=words(move || refusal(true))
                on:click=on_mouse(one)
            >
                "Replace"
            </button>
            <button
                type="button"
                class="button button-primary"
                aria-disabled=flag(move || refusal(false).is_some())
                aria-description=words(move || refusal(false))
                title=words(move || refusal(false))
                on:click=on_mouse(all)
            >
                "Replace all"
            </button>
            <p class="find-preview" role="status">{part(move || search.preview())}</p>
        </div>
    }
    .any()
}

fn options(search: Search) -> AnyView {
    let columns = search.control.sheet.with_value(|sheet| sheet.columns.clone());
    let check = |label: &'static str, on: RwSignal<bool>| {
        view! {
            <label class="find-check">
                <input
                    type="checkbox"
                    class="check"
                    prop:checked=live(move || on.get())
                    on:change=on_event(move |event| on.set(event_target_checked(&event)))
                />
                {label}
            </label>
        }
        .any()
    };
    let option = |(key, label): (String, String)| view! { <option value=key>{label}</option> }.any();
    let scope = search.scope;
    view! {
        <div class="find-options">
            {check("Match case", search.match_case)}
            {check("Whole cell", search.whole_cell)}
            {check("Empty cells", search.empty)}
            <select
                class="input"
                aria-label="In which columns"
                prop:value=live(move || scope.get())
                on:change=on_event(move |event| scope.set(event_target_value(&event)))
            >
                <option value=EVERY>"All columns"</option>
                <option value=ACTIVE>"This column"</option>
                {columns.into_iter().map(|column| option((column.key, column.label))).collect_view().any()}
            </select>
        </div>
    }
    .any()
}

impl Search {
    /// The columns to look into.
    fn fields(self) -> Vec<String> {
        let scope = self.scope.get_untracked();
        match scope.as_str() {
            ACTIVE => self.control.grid.place.get_untracked().map(|place| place.field).into_iter().collect(),
            EVERY => {
                // In the order that is seen; what is hidden is replaced, too, but nobody is led there.
                let replaces = self.control.finding.get_untracked() == Some(Finding::Replace);
                self.control.grid.layout.with_untracked(|layout| {
                    let wanted = layout.columns.iter().filter(|column| replaces || !column.hidden);
                    let mut columns: Vec<_> = wanted.collect();
                    columns.sort_by_key(|column| (column.hidden, !column.pinned));
                    columns.into_iter().map(|column| column.key.clone()).collect()
                })
            }
            _ => vec![scope],
        }
    }

    fn sought(self) -> Option<Sought> {
        let empty = self.empty.get_untracked();
        let text = if empty { String::new() } else { self.text.get_untracked() };
        let fields = self.fields();
        let asks = (empty || !text.is_empty()) && !fields.is_empty();
        asks.then(|| Sought {
            text,
            match_case: self.match_case.get_untracked(),
            whole_cell: self.whole_cell.get_untracked(),
            fields,
        })
    }

    /// Looks for a cell from where the search stands, after a moment; `go` leads the grid there.
    fn seek(self, way: Way, milliseconds: u64, go: bool) {
        self.turns.after(milliseconds, Box::new(move |turn| self.ask(way, go, turn)));
    }

    /// Goes one cell on or back. Steps that come quicker than answers wait for their turn.
    fn step(self, way: Way) {
        if self.busy.get_value() {
            self.waiting.update_value(|waiting| waiting.push(way));
        } else {
            self.ask(way, true, self.turns.begin());
        }
    }

    fn ask(self, way: Way, go: bool, turn: u32) {
        let Some(sought) = self.sought() else {
            self.found.set(None);
            return;
        };
        let at = self.at.get_value().map_or((0, 0), |(row, field)| {
            let place = sought.fields.iter().position(|key| *key == field);
            (row, place.unwrap_or(0) as u32)
        });
        let (id, choosing) = (self.control.id(), untrack(|| self.control.shown()));
        self.busy.set_value(true);
        spawn_local(async move {
            let found = find_cells(id, choosing, sought, way, at).await;
            self.busy.try_update_value(|busy| *busy = false);
            if self.turns.is_last(turn) {
                self.show(found, go);
            }
        });
    }

    fn show(self, found: Result<Found, RpcError>, go: bool) {
        if let (Ok(Found { next: Some(cell), .. }), true) = (&found, go) {
            let field = Some(cell.field.clone());
            self.at.set_value(Some((cell.row, cell.field.clone())));
            self.control.grid.go.set(Some(Go::Cell { row: cell.row, field, focus: false }));
        }
        self.found.set(Some(found));
        let mut steps = self.waiting.get_value().into_iter();
        if let Some(step) = steps.next() {
            self.waiting.set_value(steps.collect());
            self.step(step);
        }
    }

    /// `3 of 62,000`.
    fn standing(self) -> String {
        match self.found.get() {
            None => String::new(),
            Some(Err(error)) => error.message,
            Some(Ok(Found { cells: 0, .. })) => "Nothing found".to_string(),
            Some(Ok(Found { cells, next, .. })) => {
                [&count(next.map_or(0, |next| next.place)), " of ", &count(cells)].concat()
            }
        }
    }

    /// `Replaces 62,000 cells in 3 columns`.
    fn preview(self) -> String {
        let Some(Ok(found)) = self.found.get() else { return String::new() };
        let locked = found.cells - found.writable - found.partial;
        let mut words = match found.writable {
            0 => String::new(),
            cells => {
                let verb = if self.with.with(String::is_empty) { "Empties " } else { "Replaces " };
                let verb = if self.empty.get() { "Fills " } else { verb };
                [verb, &counted(cells, "cell"), " in ", &counted(found.writable_fields, "column")].concat()
            }
        };
        let mut stay = |cells: u64, what: &str, why: &str| {
            if cells > 0 {
                words.push_str(if words.is_empty() { "" } else { "; " });
                words.push_str(&[&counted(cells, what), " stay", why].concat());
            }
        };
        stay(locked, "read-only cell", "");
        stay(found.partial, "cell", &[". ", WHOLE_ONLY].concat());
        words
    }

    fn change(self, sought: Sought) -> CellsChange {
        let with = self.with.get_untracked();
        let Sought { text: find, match_case, whole_cell, .. } = sought;
        CellsChange::Replace { find, with, match_case, whole_cell }
    }

    /// Replaces in the cell that was found, and goes on to the next.
    fn replace_one(self) {
        let Some(Ok(Found { next: Some(FoundCell { record, field, .. }), .. })) = self.found.get_untracked()
        else {
            return;
        };
        let Some(sought) = self.sought() else { return };
        let choosing = Choosing { selected: vec![record], ..Choosing::default() };
        let next = Callback::new(move |()| self.step(Way::After));
        change_cells(self.control, choosing, Some(field), self.change(sought), Some(next));
    }

    /// Replaces everywhere, as one change.
    fn replace_all(self) {
        let Some(sought) = self.sought() else { return };
        // Without a field every column that may be changed is meant.
        let field = (sought.fields.len() == 1).then(|| sought.fields[0].clone());
        let choosing = Choosing { sort: None, ..untrack(|| self.control.shown()) };
        change_cells(self.control, choosing, field, self.change(sought), None);
    }
}
