//! The row of calculations under the grid: one for each column, over all records that are shown.

use leptos::prelude::*;

use super::control::SheetControl;
use super::memory::{remember, remembered};
use super::turns::Turns;
use crate::app::grid::SeenColumn;
use crate::app::plain::{Any, each, on_event, part, watch};
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::rpc::calculations::{Calculations, Measure, summarise};
use crate::rpc::records::ColumnKind;

/// How long edits and choices have to rest before they are calculated.
const REST_MILLISECONDS: u64 = 200;

/// The measures of the fields that have one.
type Choice = Vec<(String, Measure)>;

/// The row of calculations.
pub fn summary_row(control: SheetControl) -> AnyView {
    let chosen = RwSignal::new(known_choice(control));
    let answer = RwSignal::new(None::<(Choice, Calculations)>);
    let turns = Turns::new();
    let places = control.grid.columns;
    watch(move || {
        if places.with_untracked(Option::is_none) {
            places.set(Some(Vec::new()));
        }
    });
    on_cleanup(move || {
        places.set(None);
    });
    watch(move || {
        control.grid.version.track();
        let (wanted, choosing) = (chosen.get(), control.shown());
        if wanted.is_empty() {
            return;
        }
        let asked = wanted.clone();
        let question = move || summarise(control.id(), choosing, asked);
        turns.ask(REST_MILLISECONDS, question, move |found| {
            answer.set(found.ok().map(|found| (wanted, found)));
        });
    });
    let keys =
        move || places.with(|places| places.iter().flatten().map(|place| place.field.clone()).collect());
    view! {
        <div class="summary" role="group" aria-label="Calculations of the columns">
            {each(keys, move |field| cell(control, chosen, answer, field))}
        </div>
    }
    .any()
}

fn cell(
    control: SheetControl,
    chosen: RwSignal<Choice>,
    answer: RwSignal<Option<(Choice, Calculations)>>,
    field: String,
) -> AnyView {
    let places = control.grid.columns;
    let key = StoredValue::new(field.clone());
    let kind = control.sheet.with_value(|sheet| {
        let column = sheet.columns.iter().find(|column| column.key == field);
        column.map_or(ColumnKind::Text, |column| column.kind)
    });
    let measure = Memo::new(move |_| {
        key.with_value(|key| {
            chosen.with(|chosen| chosen.iter().find(|(field, _)| field == key).map(|(_, measure)| *measure))
        })
    });
    let result = move || {
        let measure = measure.get()?;
        answer.with(|answer| {
            let (wanted, found) = answer.as_ref()?;
            let place = key.with_value(|key| wanted.iter().position(|(field, _)| field == key))?;
            found.results.get(place).filter(|(other, _)| *other == measure).map(|(_, result)| result.clone())
        })
    };
    let element = NodeRef::<leptos::html::Div>::new();
    let is_numbers = field.is_empty();
    // The content policy refuses `style` attributes.
    watch(move || {
        let place = places.with(|places| {
            key.with_value(|key| places.iter().flatten().find(|place| place.field == *key).cloned())
        });
        if let (Some(element), Some(place)) = (element.get(), place) {
            put(&element, &place);
        }
    });
    let choose = move |event| {
        let wanted = Measure::read(&event_target_value(&event));
        chosen.update(|chosen| {
            key.with_value(|key| {
                chosen.retain(|(field, _)| field != key);
                chosen.extend(wanted.map(|measure| (key.clone(), measure)));
            });
        });
        chosen.with_untracked(|chosen| remember(&name(control), &written(chosen)));
    };
    let offered = Measure::ALL.iter().filter(move |(measure, _)| fits(kind, *measure));
    let options = move || {
        let now = measure.get();
        let option = |(measure, label): &(Measure, &'static str)| {
            view! { <option value=*label selected=Some(*measure) == now>{*label}</option> }.any()
        };
        offered.clone().map(option).collect_view()
    };
    if is_numbers {
        return view! { <div class="summary-cell" node_ref=element></div> }.any();
    }
    let label = ["Calculation of ", &control.label(&field)].concat();
    view! {
        <div class="summary-cell" class:number=kind == ColumnKind::Number node_ref=element>
            {part(move || match measure.get() {
                None => view! { <span class="summary-none" aria-hidden="true">"Calculate"</span> }.any(),
                Some(measure) => view! {
                    <span class="quiet" aria-hidden="true">{measure.label()}</span>
                    <b>{part(move || result().unwrap_or_else(|| "…".to_string()))}</b>
                }
                .any(),
            })}
            <select aria-label=label on:change=on_event(choose)>
                <option value="">"Nothing"</option>
                {part(move || options().any())}
            </select>
        </div>
    }
    .any()
}

/// Whether a measure says something of such a column.
fn fits(kind: ColumnKind, measure: Measure) -> bool {
    match measure {
        Measure::Sum | Measure::Average => kind == ColumnKind::Number,
        Measure::Least | Measure::Most => matches!(kind, ColumnKind::Number | ColumnKind::Date),
        _ => true,
    }
}

#[cfg(feature = "hydrate")]
fn put(element: &web_sys::HtmlDivElement, place: &SeenColumn) {
    crate::app::dom::set_lengths(element, &[("left", place.left), ("width", place.width)]);
    let _ = element.class_list().toggle_with_force("held", place.held);
}

#[cfg(not(feature = "hydrate"))]
fn put<T>(_element: &T, _place: &SeenColumn) {}

fn name(control: SheetControl) -> String {
    ["inlet-summary-", &control.id()].concat()
}

/// The choice as a text: one line for each field.
fn written(choice: &Choice) -> String {
    let mut text = String::new();
    for (field, measure) in choice {
        for piece in [measure.label(), " ", field, "\n"] {
            text.push_str(piece);
        }
    }
    text
}

/// What the person chose last for this sheet; at first the sums of numbers and what is filled of the first column.
fn known_choice(control: SheetControl) -> Choice {
    let columns = control.sheet.with_value(|sheet| sheet.columns.clone());
    match remembered(&name(control)) {
        Some(text) => {
            let line = |line: &str| {
                let (label, field) = line.split_once(' ')?;
                columns.iter().any(|column| column.key == field).then_some(())?;
                Some((field.to_string(), Measure::read(label)?))
            };
            text.lines().filter_map(line).collect()
        }
        None => {
            let first = columns.first().map(|column| (column.key.clone(), Measure::Filled));
            let numbers = columns.iter().skip(1).filter(|column| column.kind == ColumnKind::Number);
            first.into_iter().chain(numbers.map(|column| (column.key.clone(), Measure::Sum))).collect()
        }
    }
}
