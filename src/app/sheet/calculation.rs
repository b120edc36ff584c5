//! What the chosen cells come to, in the status bar: one result of the person's choice, the others in its menu.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::control::SheetControl;
use super::memory::{remember, remembered};
use super::turns::Turns;
use crate::app::format::counted;
use crate::app::grid::Chosen;
use crate::app::grid::block::Block;
use crate::app::plain::{Any, live, on_event, part, watch};
use crate::app::signals::RwSignal;
use crate::rpc::calculations::{Calculations, CellRange, Measure, calculate_ranges};

/// How long a choice of cells has to rest before it is calculated.
const REST_MILLISECONDS: u64 = 150;
/// Under which name the browser remembers the choice.
const NAME: &str = "inlet-calculation";

/// The results for the chosen cells; nothing while only one cell is chosen.
pub fn calculation(control: SheetControl) -> AnyView {
    let answer = RwSignal::new(None::<Calculations>);
    let chosen = RwSignal::new(None::<Measure>);
    let stale = RwSignal::new(false);
    let turns = Turns::new();
    watch(move || {
        if chosen.with_untracked(Option::is_none) {
            chosen.set(remembered(NAME).and_then(|label| Measure::read(&label)));
        }
    });
    watch(move || {
        control.grid.version.track();
        let Some(cells) = control.grid.range.get() else {
            turns.begin();
            answer.set(None);
            return;
        };
        if cells.ranges.are_several() {
            control.grid.say(cells.words());
        }
        let choosing = control.shown();
        stale.set(true);
        turns.after(
            REST_MILLISECONDS,
            Box::new(move |turn| {
                let id = control.id();
                spawn_local(async move {
                    let found = calculate_ranges(id, choosing, cells.ranges()).await;
                    if turns.is_last(turn) {
                        answer.set(found.ok());
                        stale.set(false);
                    }
                });
            }),
        );
    });
    let cells = move || control.grid.range.with(|chosen| chosen.as_ref().map(Chosen::words));
    let choose = move |event| {
        let label = event_target_value(&event);
        remember(NAME, &label);
        chosen.set(Measure::read(&label));
    };
    // The sum where there are numbers, else what is filled; and what the person chose, where it can be had.
    let shown = move |results: &[(Measure, String)]| {
        let has = |measure: Measure| results.iter().any(|(other, _)| *other == measure);
        let wanted = chosen.get().filter(|measure| has(*measure));
        wanted.or_else(|| has(Measure::Sum).then_some(Measure::Sum)).unwrap_or(Measure::Filled)
    };
    let results = move || {
        let calculations = answer.get()?;
        let now = shown(&calculations.results);
        let option = |(measure, result): (Measure, String)| {
            let words = [measure.label(), " ", &result].concat();
            view! { <option value=measure.label() selected=measure == now>{words}</option> }.any()
        };
        Some(view! {
            <select class="calculation" class:stale=live(move || stale.get()) aria-label="Calculation of the chosen cells" on:change=on_event(choose)>
                {calculations.results.into_iter().map(option).collect_view().any()}
            </select>
        })
    };
    view! {
        <span class="chosen-cells" class:shown=live(move || control.grid.range.with(Option::is_some))>
            <b>{part(cells)}</b>
            {part(results)}
        </span>
    }
    .any()
}

impl Chosen {
    /// How many ranges and cells there are, in words.
    fn words(&self) -> String {
        let cells = counted(self.ranges.cells(), "cell");
        match self.ranges.blocks().len() as u64 {
            1 => cells,
            many => [&counted(many, "range"), ", ", &cells].concat(),
        }
    }

    /// The ranges as the server knows them.
    fn ranges(&self) -> Vec<CellRange> {
        let range = |block: &Block| CellRange {
            from: block.rows.start,
            to: block.rows.end,
            fields: self.fields.get(block.columns.clone()).unwrap_or_default().to_vec(),
        };
        self.ranges.blocks().iter().map(range).collect()
    }
}
