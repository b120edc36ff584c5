//! What has changed since a version that is kept: how much, which records, and the way back for each kind of change.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::control::{SheetControl, Side};
use super::record_history::texts;
use super::side::{focus_heading, panel as side_panel};
use super::turns::Turns;
use crate::app::components::{Button, EmptyState, Icon, Tab, Tabs, Toast, Tone, TryAgain};
use crate::app::format::{ago, count, counted};
use crate::app::grid::{Go, Question};
use crate::app::plain::{Any, on_mouse, part, watch};
use crate::app::signals::{Callback, RwSignal, Signal};
use crate::rpc::RpcError;
use crate::rpc::compare::{ChangedRow, Compared, changed_rows, compare_version, row_of_record};
use crate::rpc::record::Deed;
use crate::rpc::versions::restore_version;

/// How long edits have to rest before the versions are compared anew.
const REST_MILLISECONDS: u64 = 300;
const KINDS: [Option<Deed>; 4] = [None, Some(Deed::Created), Some(Deed::Updated), Some(Deed::Deleted)];

/// The panel, as far as it is read.
#[derive(Clone, Copy)]
struct Comparison {
    control: SheetControl,
    summary: RwSignal<Option<Result<Compared, RpcError>>>,
    rows: RwSignal<Option<Result<Vec<ChangedRow>, RpcError>>>,
    /// Which kind of change is listed.
    kind: RwSignal<usize>,
    /// How many pages of them.
    pages: RwSignal<u64>,
    turns: Turns,
    row_turns: Turns,
}

/// The panel of the version that is compared.
pub fn panel(control: SheetControl) -> AnyView {
    let comparison = Comparison {
        control,
        summary: RwSignal::new(None),
        rows: RwSignal::new(None),
        kind: RwSignal::new(0),
        pages: RwSignal::new(1),
        turns: Turns::new(),
        row_turns: Turns::new(),
    };
    watch(move || {
        control.grid.version.track();
        control.compared.track();
        comparison.ask();
    });
    watch(move || {
        comparison.kind.track();
        comparison.pages.track();
        comparison.ask_rows(0);
    });
    focus_heading();
    let inside = part(move || match comparison.summary.get() {
        None => view! { <p class="quiet" role="status">"Comparing…"</p> }.any(),
        Some(Err(error)) => {
            view! { <TryAgain message=error.message again=move |()| comparison.ask() /> }.any()
        }
        Some(Ok(found)) => comparison.found(found),
    });
    let back = move |_| control.side.set(Some(Side::Versions));
    let tools = view! { <button type="button" class="button button-ghost" on:click=on_mouse(back)>"All versions"</button> };
    let body = view! { <div class="side-body">{inside}</div> };
    side_panel(control, Signal::derive(|| "What changed".to_string()), tools.any(), body.any())
}

impl Comparison {
    fn version(self) -> String {
        self.control.compared.get_untracked().unwrap_or_default()
    }

    fn ask(self) {
        let first = self.summary.with_untracked(Option::is_none);
        let rest = if first { 0 } else { REST_MILLISECONDS };
        let take = move |found| self.summary.set(Some(found));
        self.turns.ask(rest, move || compare_version(self.version()), take);
        if !first {
            self.ask_rows(rest);
        }
    }

    fn ask_rows(self, rest: u64) {
        let (kind, pages) = (KINDS[self.kind.get_untracked()], self.pages.get_untracked());
        let question = move || async move {
            let mut rows = Vec::new();
            for page in 1..=pages {
                rows.extend(changed_rows(self.version(), kind, page).await?);
            }
            Ok(rows)
        };
        self.row_turns.ask(rest, question, move |found| self.rows.set(Some(found)));
    }

    fn found(self, found: Compared) -> AnyView {
        let Compared { label, who, when, now, created, updated, deleted, new_columns, gone_columns } = found;
        let title = label.unwrap_or_else(|| "Without a name".to_string());
        let counts = [created + updated + deleted, created, updated, deleted];
        let columns = [("New columns: ", new_columns), ("Columns that went: ", gone_columns)];
        let columns = columns.into_iter().filter(|(_, names)| !names.is_empty());
        let columns: Vec<_> =
            columns.map(|(words, names)| view! { <p>{[words, &names.join(", ")].concat()}</p> }).collect();
        let head = view! {
            <p class="history-head"><b>{title}</b></p>
            <p class="quiet">{[&ago(when, now), " · ", &who].concat()}</p>
            {columns.any()}
        };
        if counts[0] == 0 {
            let text = "Every record is as it was when this version was kept.";
            return view! { {head} <EmptyState sign=Icon::CheckCircle title="No record has changed" text=text /> }.any();
        }
        let labels = ["All", "New", "Changed", "Deleted"];
        let tab = |place: usize| Tab {
            label: labels[place],
            count: Signal::derive(move || Some(count(counts[place]))),
            alarming: false,
        };
        let tabs: Vec<Tab> = (0..labels.len()).map(tab).collect();
        let choose = move |place: usize| {
            self.pages.set(1);
            self.kind.set(place);
        };
        view! {
            {head}
            <Tabs label="Which changes" tabs=tabs chosen=self.kind choose=choose controls="changed-records" />
            {part(move || self.take_back(counts[self.kind.get()]))}
            <div id="changed-records">{part(move || self.list(counts[self.kind.get()]))}</div>
        }
        .any()
    }

    /// The way back for the changes that are listed.
    fn take_back(self, total: u64) -> AnyView {
        let kind = KINDS[self.kind.get()];
        // They would come back as new records, and stay in this list as those that went.
        if kind == Some(Deed::Deleted) {
            let words = "The list of all versions undoes each deletion.";
            return (total > 0).then(|| view! { <p class="quiet">{words}</p> }).any();
        }
        let may = self.control.sheet.with_value(|sheet| sheet.permits.edit);
        let reason = match (total, may) {
            (0, _) => Some("There is nothing to take back".to_string()),
            (_, false) => Some("This sheet may not be changed by hand".to_string()),
            _ => None,
        };
        let label = match kind {
            None => "Go back to it".to_string(),
            Some(Deed::Created) => ["Delete the ", &counted(total, "new record")].concat(),
            Some(_) => ["Bring back ", &counted(total, "record")].concat(),
        };
        let press = move |()| {
            spawn_local(async move {
                let control = self.control;
                match restore_version(self.version(), kind).await {
                    Ok(()) => {
                        let told =
                            Toast::new(Tone::Good, "Taken back").saying("How it was before is kept, too.");
                        control.state.toasts.show(told);
                        let sheet = Some(control.id());
                        control.state.sheet_moved.try_update(|moved| *moved = (moved.0 + 1, sheet));
                        self.ask();
                    }
                    Err(error) => control.state.fail("Nothing was taken back", error),
                }
            });
        };
        view! { <div class="fixes"><Button label=label reason=reason press=press /></div> }.any()
    }

    fn list(self, total: u64) -> AnyView {
        let rows = match self.rows.get() {
            None => return view! { <p class="quiet" role="status">"Reading the records…"</p> }.any(),
            Some(Err(error)) => {
                return view! { <TryAgain message=error.message again=move |()| self.ask_rows(0) /> }.any();
            }
            Some(Ok(rows)) => rows,
        };
        let more = total.saturating_sub(rows.len() as u64);
        let next = on_mouse(move |_| self.pages.update(|pages| *pages += 1));
        view! {
            <ul class="history">{rows.into_iter().map(|row| self.row(row)).collect_view().any()}</ul>
            {(more > 0)
                .then(|| view! { <button type="button" class="button" on:click=next>{["Show more of ", &counted(more, "other")].concat()}</button> })
                .any()}
        }
        .any()
    }

    fn row(self, row: ChangedRow) -> AnyView {
        let ChangedRow { id, name, deed, changes } = row;
        let word = match deed {
            Deed::Created => "came",
            Deed::Updated => "changed",
            Deed::Deleted => "went",
        };
        let name = name.unwrap_or_else(|| "Empty record".to_string());
        let first = changes.first().map(|(field, ..)| field.clone());
        let label = ["Show ", &name].concat();
        let go = Callback::new(move |()| self.go(id.clone(), first.clone()));
        let show = (deed != Deed::Deleted).then(|| {
            let press = on_mouse(move |_| go.run(()));
            view! { <button type="button" class="button button-small button-ghost" aria-label=label on:click=press>"Show"</button> }
        });
        let control = self.control;
        let change = move |(field, before, after): (String, Option<String>, Option<String>)| {
            view! {
                <div class="history-change">
                    <span class="quiet host">{control.label(&field)}</span>
                    {texts(before, after)}
                </div>
            }
            .any()
        };
        view! {
            <li>
                <div class="history-line">
                    <p class="history-head"><b>{name}</b> " " {word}</p>
                    {show.any()}
                </div>
                {changes.into_iter().map(change).collect_view().any()}
            </li>
        }
        .any()
    }

    /// Leads to a record in the grid; a filter that hides it is given up.
    fn go(self, record: String, field: Option<String>) {
        let control = self.control;
        spawn_local(async move {
            let shown = control.grid.question.get_untracked().choosing();
            let mut row = row_of_record(control.id(), record.clone(), shown).await;
            if let Ok(None) = row {
                control.grid.question.set(Question::default());
                row = row_of_record(control.id(), record, Question::default().choosing()).await;
            }
            match row {
                Ok(Some(row)) => control.grid.go.set(Some(Go::Cell { row, field, focus: true })),
                Ok(None) => {
                    let words = "This record is not there any more";
                    control.state.toasts.show(Toast::new(Tone::Neutral, words));
                }
                Err(error) => control.state.fail("The record was not found", error),
            }
        });
    }
}
