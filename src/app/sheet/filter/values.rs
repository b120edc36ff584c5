//! The values of a field as a list to tick, with the number of their records under the other filters.

use leptos::prelude::*;

use super::super::SheetControl;
use super::super::turns::Turns;
use super::words;
use crate::app::components::{Icon, icon};
use crate::app::format;
use crate::app::grid::Question;
use crate::app::plain::{Any, each, live, on_event, part, watch};
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::domain::query::facet;
use crate::rpc::facets::{self, ValueList};
use crate::rpc::records::Choosing;

/// How long typing has to rest before the server is asked.
const REST_MILLISECONDS: u64 = 200;

/// What is known of the values.
#[derive(Clone, Copy)]
struct Values {
    control: SheetControl,
    key: StoredValue<String>,
    search: RwSignal<String>,
    answer: RwSignal<Option<Result<ValueList, String>>>,
    turns: Turns,
}

/// The list for a field.
pub fn value_list(control: SheetControl, key: String) -> AnyView {
    let values = Values {
        control,
        key: StoredValue::new(key),
        search: RwSignal::new(String::new()),
        answer: RwSignal::new(None),
        turns: Turns::new(),
    };
    let wanted = Memo::new(move |_| values.wanted());
    watch(move || {
        if let Some((choosing, search, _)) = wanted.get() {
            values.ask(choosing, search);
        }
    });
    let problem = move || control.condition().err();
    view! {
        <div class="popover-search">
            {icon(Icon::Search)}
            <input
                type="search"
                aria-label="Find a value"
                placeholder="Find a value"
                on:input=on_event(move |event| values.search.set(event_target_value(&event)))
            />
        </div>
        <ul class="popover-list value-list">
            {each(
                move || if problem().is_some() { Vec::new() } else { values.shown() },
                move |text| values.line(text),
            )}
        </ul>
        <p class="popover-note" role="status">
            {part(move || problem().map(|error| ["Put the filter right first. ", &error].concat()).or_else(|| values.note()))}
        </p>
    }
    .any()
}

impl Values {
    /// Of which records the values are wanted, with which text in them, in which version. Nothing while the filter
    /// cannot be read.
    fn wanted(self) -> Option<(Choosing, String, i64)> {
        let others = self.control.condition().map(|condition| {
            self.key.with_value(|key| facet::without_values(condition, key)).map(|left| left.to_string())
        });
        let asked = self.control.grid.question.with(Question::choosing);
        let choosing = Choosing { filter: others.ok()?.unwrap_or_default(), sort: None, ..asked };
        Some((choosing, self.search.get(), self.control.grid.version.get()))
    }

    /// Asks the server, once nothing newer is wanted.
    fn ask(self, choosing: Choosing, search: String) {
        let (sheet, key) = (self.control.id(), self.key.get_value());
        let rest = if self.answer.with_untracked(Option::is_none) { 0 } else { REST_MILLISECONDS };
        self.turns.ask(
            rest,
            move || facets::field_values(sheet, key, choosing, search),
            move |answer| {
                self.answer.set(Some(answer.map_err(|error| error.to_string())));
            },
        );
    }

    fn ticked(self) -> Vec<String> {
        let parts = self.control.condition().ok().flatten().map(facet::parts).unwrap_or_default();
        self.key.with_value(|key| parts.iter().find_map(|part| facet::values(part, key))).unwrap_or_default()
    }

    /// The values to show: those that are ticked and not among the answer come first.
    fn shown(self) -> Vec<String> {
        let found: Vec<String> = self.answer.with(|answer| match answer {
            Some(Ok(list)) => list.values.iter().map(|value| value.text.clone()).collect(),
            _ => Vec::new(),
        });
        let searching = self.search.with(|search| !search.is_empty());
        let mut shown = if searching { Vec::new() } else { self.ticked() };
        shown.retain(|text| !found.contains(text));
        shown.extend(found);
        shown
    }

    fn count(self, text: &str) -> Option<u64> {
        self.answer.with(|answer| {
            let list = answer.as_ref()?.as_ref().ok()?;
            list.values.iter().find(|value| value.text == text).map(|value| value.count)
        })
    }

    /// What the list does not say itself.
    fn note(self) -> Option<String> {
        self.answer.with(|answer| match answer {
            None => Some("Counting…".to_string()),
            Some(Err(error)) => Some(error.clone()),
            Some(Ok(list)) if list.total == 0 => Some("No value is like that.".to_string()),
            Some(Ok(list)) => {
                let more = list.total.saturating_sub(list.values.len() as u64);
                (more > 0).then(|| [&format::count(more), " more: search to find them."].concat())
            }
        })
    }

    fn line(self, text: String) -> AnyView {
        let label = self.control.sheet.with_value(|sheet| {
            let column = self.key.with_value(|key| words::find(&sheet.columns, key));
            words::value(column, &text)
        });
        let class = if text.is_empty() { "quiet" } else { "" };
        let text = StoredValue::new(text);
        let is_ticked = move || text.with_value(|text| self.ticked().contains(text));
        let tick = move |on: bool| {
            let text = text.get_value();
            let mut values = untrack(|| self.ticked());
            values.retain(|other| *other != text);
            if on {
                values.push(text);
            }
            if let Ok(condition) = untrack(|| self.control.condition()) {
                self.control
                    .filter_by(self.key.with_value(|key| facet::with_values(condition, key, &values)));
            }
        };
        let count = move || text.with_value(|text| self.count(text)).map(format::count);
        view! {
            <li>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=live(is_ticked)
                        on:change=on_event(move |event| tick(event_target_checked(&event)))
                    />
                    <span class=class>{label}</span>
                    <small>{part(count)}</small>
                </label>
            </li>
        }
        .any()
    }
}
