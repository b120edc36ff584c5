//! The filter builder: rows and groups of them, and the same filter as text beside it. Both say the same; what is
//! changed in one is seen in the other.

use std::time::Duration;

use leptos::prelude::*;

use super::super::SheetControl;
use super::draft::{Draft, DraftPart, DraftRow};
use super::row::row_view;
use super::{phrases, read, words};
use crate::app::components::{Icon, icon};
use crate::app::plain::{Any, each, flag, live, on_change, on_event, on_mouse, part};
use crate::app::signals::{RwSignal, StoredValue};
use crate::domain::query::{Condition, FilterForm, Join};

/// How long typing has to rest before the records are asked for.
const REST: Duration = Duration::from_millis(250);

/// What the builder works with.
#[derive(Clone, Copy)]
struct Builder {
    control: SheetControl,
    draft: Draft,
    /// The filter as text, complete or not.
    text: RwSignal<String>,
    /// Why the text cannot be read, or be shown as rows.
    problem: RwSignal<Option<String>>,
    /// The text is one that rows show.
    in_rows: RwSignal<bool>,
    typed: StoredValue<u32>,
}

/// The panel of the button "Filter".
pub fn filter_panel(control: SheetControl) -> AnyView {
    let builder = Builder {
        control,
        draft: Draft::new(),
        text: RwSignal::new(String::new()),
        problem: RwSignal::new(None),
        in_rows: RwSignal::new(true),
        typed: StoredValue::new(0),
    };
    builder.load(control.grid.question.with_untracked(|question| question.filter.clone()));
    if let Some(field) = control.filter_field.try_update(Option::take).flatten() {
        builder.add(Some(field), false);
    } else if builder.in_rows.get_untracked() && builder.draft.parts.with_untracked(Vec::is_empty) {
        builder.add(first_field(control), false);
    }
    on_change(move || builder.draft.condition(), move |condition| builder.rows_changed(condition.clone()));
    view! {
        <div class="filter-rows">
            {part(move || match builder.in_rows.get() {
                true => builder.rows(),
                false => view! {
                    <p class="popover-note">"This filter goes deeper than rows can show. It stays as text."</p>
                }
                .any(),
            })}
        </div>
        {builder.text_view()}
        <footer class="popover-foot">
            {part(move || builder.in_rows.get().then(|| builder.adders()))}
            <span class="grow"></span>
            <button type="button" class="button button-small" on:click=on_mouse(move |_| builder.clear())>"Clear"</button>
        </footer>
    }
    .any()
}

fn first_field(control: SheetControl) -> Option<String> {
    control.sheet.with_value(|sheet| sheet.columns.first().map(|column| column.key.clone()))
}

impl Builder {
    /// Takes a filter as text over into both halves.
    fn load(self, text: String) {
        match read(&text) {
            Err(problem) => self.problem.set(Some(problem)),
            Ok(condition) => {
                let form = match &condition {
                    Some(condition) => FilterForm::of(condition),
                    None => Some(FilterForm::default()),
                };
                self.in_rows.set(form.is_some());
                self.problem.set(None);
                let key_of = |name: &str| {
                    self.control.sheet.with_value(|sheet| {
                        words::find(&sheet.columns, name).map_or(name, |column| &column.key).to_string()
                    })
                };
                self.draft.fill(&form.unwrap_or_default(), key_of);
            }
        }
        self.text.set(text);
    }

    /// The rows say something else: so does the text, and the records follow.
    fn rows_changed(self, condition: Option<Condition>) {
        if !self.in_rows.get_untracked() || self.problem.with_untracked(Option::is_some) {
            return;
        }
        if read(&self.text.get_untracked()) == Ok(condition.clone()) {
            return;
        }
        let text = condition.map_or_else(String::new, |condition| condition.to_string());
        self.text.set(text.clone());
        self.apply_later(text);
    }

    /// The text says something else: when it can be read, so do the rows, and the records follow.
    fn text_changed(self, text: String) {
        self.load(text.clone());
        if self.problem.with_untracked(Option::is_none) {
            self.apply_later(text.trim().to_string());
        }
    }

    fn apply_later(self, text: String) {
        self.typed.update_value(|typed| *typed += 1);
        let mine = self.typed.get_value();
        let apply = move || {
            // A panel that was closed meanwhile has said all the same what it wants.
            if self.typed.try_get_value().is_none_or(|typed| typed == mine) {
                self.control.filter(text.clone());
            }
        };
        set_timeout(apply, REST);
    }

    fn clear(self) {
        self.load(String::new());
        self.add(first_field(self.control), false);
        self.control.filter(String::new());
    }

    fn add(self, field: Option<String>, is_group: bool) {
        let row = self.new_row(field);
        self.draft.add(row, is_group);
    }

    fn new_row(self, field: Option<String>) -> DraftRow {
        let kind = self.control.sheet.with_value(|sheet| {
            field.as_deref().and_then(|field| words::find(&sheet.columns, field)).map(|column| column.kind)
        });
        let test =
            phrases::offered(kind).next().map_or(crate::domain::query::Test::Filled, |phrase| phrase.test);
        self.draft.new_row(field, test)
    }

    fn rows(self) -> AnyView {
        let parts = self.draft.parts;
        let ids = move || parts.with(|parts| parts.iter().map(|part| part.id.to_string()).collect());
        each(ids, move |id| {
            let found =
                parts.with_untracked(|parts| parts.iter().find(|part| part.id.to_string() == id).copied());
            found.map(|part| self.part(part)).any()
        })
    }

    fn part(self, part: DraftPart) -> AnyView {
        let place = move || self.draft.parts.with(|parts| parts.iter().position(|other| other.id == part.id));
        let class = if part.is_group { "filter-part filter-group" } else { "filter-part" };
        view! {
            <div class=class role="group" aria-label=if part.is_group { "Group" } else { "Condition" }>
                {joint(self.draft.join, place)}
                <div class="filter-lines">{self.lines(part)}</div>
            </div>
        }
        .any()
    }

    /// The rows of a part.
    fn lines(self, group: DraftPart) -> AnyView {
        let ids = move || group.rows.with(|rows| rows.iter().map(|row| row.id.to_string()).collect());
        let line = move |id: String| {
            let found =
                group.rows.with_untracked(|rows| rows.iter().find(|row| row.id.to_string() == id).copied());
            let row = found.map(|row| {
                let place = move || group.rows.with(|rows| rows.iter().position(|other| other.id == row.id));
                view! {
                    <div class="filter-line">
                        {group.is_group.then(|| joint(group.join, place)).any()}
                        {row_view(self.control, self.draft, row)}
                    </div>
                }
            });
            row.any()
        };
        let add = on_mouse(move |_| {
            let row = self.new_row(first_field(self.control));
            group.rows.update(|rows| rows.push(row));
        });
        let adder = group.is_group.then(|| {
            view! {
                <button type="button" class="button button-ghost button-small" on:click=add>
                    {icon(Icon::Plus)}
                    "Condition in this group"
                </button>
            }
        });
        view! { {each(ids, line)} {adder.any()} }.any()
    }

    fn adders(self) -> AnyView {
        let adder = |label: &'static str, is_group: bool| {
            let press = on_mouse(move |_| self.add(first_field(self.control), is_group));
            view! {
                <button type="button" class="button button-ghost button-small" on:click=press>
                    {icon(Icon::Plus)}
                    {label}
                </button>
            }
            .any()
        };
        [adder("Condition", false), adder("Group", true)].into_iter().collect::<Vec<_>>().any()
    }

    fn text_view(self) -> AnyView {
        let problem = self.problem;
        view! {
            <div class="filter-text">
                <label for="filter-text">"As text"</label>
                <textarea
                    id="filter-text"
                    class="input"
                    rows="2"
                    spellcheck="false"
                    autocomplete="off"
                    placeholder="balance gt 100 and (plan eq team or email is error)"
                    aria-describedby="filter-problem"
                    aria-invalid=flag(move || problem.with(Option::is_some))
                    prop:value=live(move || self.text.get())
                    on:input=on_event(move |event| self.text_changed(event_target_value(&event)))
                ></textarea>
                <p id="filter-problem" class="field-error" role="status">
                    {part(move || problem.get().or_else(|| self.control.grid.refused.get()))}
                </p>
            </div>
        }
        .any()
    }
}

/// How a row or group goes with the one before it: `Where`, a list on the second, a word from then on.
fn joint(join: RwSignal<Join>, place: impl Fn() -> Option<usize> + Send + Sync + Copy + 'static) -> AnyView {
    let word = move || if join.get() == Join::And { "and" } else { "or" };
    part(move || match place() {
        Some(1) => {
            let choose = on_event(move |event| {
                join.set(if event_target_value(&event) == "or" { Join::Or } else { Join::And });
            });
            view! {
                <select class="input filter-joint" aria-label="How the conditions are joined" on:change=choose>
                    <option value="and" selected=untrack(word) == "and">"and"</option>
                    <option value="or" selected=untrack(word) == "or">"or"</option>
                </select>
            }
            .any()
        }
        Some(0) | None => view! { <span class="filter-joint">"Where"</span> }.any(),
        Some(_) => view! { <span class="filter-joint">{word()}</span> }.any(),
    })
    .any()
}
