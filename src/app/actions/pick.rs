//! An input that is answered by looking for something: a record, values of a sheet, what a program offers, or some
//! of many choices. What was chosen stands as chips above the box to type into.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::answers::{Answers, Entry};
use super::fields::{described, frame, suffixed};
use crate::app::components::{Icon, field_id, icon};
use crate::app::format::lower;
use crate::app::plain::{Any, flag, live, on_event, on_key, on_mouse, on_pointer, part, watch, words};
use crate::app::sheet::turns::Turns;
use crate::app::signals::{RwSignal, StoredValue};
use crate::domain::form::{Choice, InputType, Offer};
use crate::rpc::actions::{Offered, OptionsWanted, Place, options};

/// How long typing has to rest before the server is asked.
const REST_MILLISECONDS: u64 = 250;

/// By what the choices of an action are asked for.
#[derive(Clone, Copy)]
pub struct Asks {
    /// Where the action stands, its operation, and what tells this dialog from others.
    pub by: StoredValue<(Place, String, String)>,
    /// What was filled in so far.
    pub answers: Answers,
}

/// What is known of the choices for what was typed.
#[derive(Clone, PartialEq)]
enum Known {
    /// They are being looked for.
    Coming,
    /// They are here, and perhaps there are more.
    Here(bool),
    /// They could not be had.
    Failed(String),
}

#[derive(Clone, Copy)]
struct Picking {
    typed: RwSignal<String>,
    open: RwSignal<bool>,
    offered: RwSignal<Vec<Choice>>,
    at: RwSignal<Option<usize>>,
    known: RwSignal<Known>,
    chosen: RwSignal<Vec<Choice>>,
    is_many: bool,
}

/// An input with choices to look for.
pub fn pick(entry: Entry, asks: Asks) -> AnyView {
    let Entry { input, chosen, error, .. } = entry;
    let picking = Picking {
        typed: RwSignal::new(String::new()),
        open: RwSignal::new(false),
        offered: RwSignal::new(Vec::new()),
        at: RwSignal::new(None),
        known: RwSignal::new(Known::Coming),
        chosen,
        is_many: input.kind == InputType::MultiSelect,
    };
    let turns = Turns::new();
    let (key, offer) = (input.key.clone(), input.offer.clone());
    watch(move || {
        if picking.open.get() {
            let typed = picking.typed.get();
            match &offer {
                Offer::These(choices) => picking.take(within(choices, &typed), false),
                Offer::Found => picking.ask(turns, asks, key.clone(), typed),
            }
        }
    });
    let id = field_id(&input.key);
    let (list_id, label_id) = (suffixed(&id, "list"), suffixed(&id, "label"));
    let required = input.is_required();
    let look = {
        let (id, list_id, label_id, input) = (id.clone(), list_id.clone(), label_id.clone(), input.clone());
        move || {
            let active = list_id.clone();
            let at = words(move || picking.at.get().map(|at| suffixed(&active, &at.to_string())));
            let keys = on_key(move |event| picking.key(&event));
            view! {
                <input
                    id=id.clone()
                    class="input"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Type to look for it"
                    aria-autocomplete="list"
                    aria-labelledby=label_id.clone()
                    aria-controls=list_id.clone()
                    aria-expanded=flag(move || picking.open.get())
                    aria-activedescendant=at
                    aria-required=required.to_string()
                    aria-invalid=flag(move || error.with(Option::is_some))
                    aria-describedby=described(&input, error)
                    prop:value=live(move || picking.typed.get())
                    on:input=on_event(move |event| {
                        picking.typed.set(event_target_value(&event));
                        picking.open.set(true);
                    })
                    on:click=on_mouse(move |_| picking.open.set(true))
                    on:keydown=keys
                    on:blur=move |_| picking.open.set(false)
                />
            }
        }
    };
    let is_full = move || !picking.is_many && chosen.with(|chosen| !chosen.is_empty());
    let chips_id = id;
    let control = view! {
        {part(move || chips(picking, chips_id.clone()))}
        {part(move || (!is_full()).then(look.clone()))}
        {part(move || picking.open.get().then(|| list(picking, list_id.clone(), label_id.clone())))}
    };
    frame(&input, error, control.any())
}

/// The choices that contain a text.
fn within(choices: &[Choice], typed: &str) -> Vec<Choice> {
    let wanted = lower(typed.trim());
    choices.iter().filter(|choice| lower(&choice.label).contains(&wanted)).cloned().collect()
}

impl Picking {
    /// Asks the server a moment later, unless somebody types on.
    fn ask(self, turns: Turns, asks: Asks, field: String, typed: String) {
        self.known.set(Known::Coming);
        let question = move || {
            let (place, operation, asker) = asks.by.get_value();
            let filled = asks.answers.filled(false);
            options(place, operation, OptionsWanted { field, search: typed, asker, filled })
        };
        turns.ask(REST_MILLISECONDS, question, move |answer| match answer {
            Ok(Offered { choices, more, trouble: None }) => self.take(choices, more),
            Ok(Offered { trouble: Some(words), .. }) => self.failed(words),
            Err(error) => self.failed(error.message),
        });
    }

    fn failed(self, words: String) {
        self.offered.set(Vec::new());
        self.known.set(Known::Failed(words));
    }

    /// Offers what was found, but for what is chosen already.
    fn take(self, mut choices: Vec<Choice>, more: bool) {
        let Some(chosen) = self.chosen.try_get_untracked() else { return };
        choices.retain(|choice| chosen.iter().all(|other| other.value != choice.value));
        self.at.set((!choices.is_empty() && !self.typed.with_untracked(String::is_empty)).then_some(0));
        self.offered.set(choices);
        self.known.set(Known::Here(more));
    }

    fn choose(self, choice: Choice) {
        let (is_many, value) = (self.is_many, choice.value.clone());
        self.chosen.update(|chosen| {
            if !is_many {
                chosen.clear();
            }
            chosen.push(choice);
        });
        self.offered.update(|offered| offered.retain(|choice| choice.value != value));
        self.at.set(None);
        self.open.set(false);
        self.typed.set(String::new());
    }

    fn key(self, event: &KeyboardEvent) {
        let many = self.offered.with_untracked(Vec::len);
        let at = self.at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !self.open.get_untracked() => self.open.set(true),
            "ArrowDown" if many > 0 => self.at.set(Some(at.map_or(0, |at| (at + 1) % many))),
            "ArrowUp" if many > 0 => self.at.set(Some(at.map_or(many - 1, |at| (at + many - 1) % many))),
            "Enter" if self.open.get_untracked() => {
                let choice =
                    at.and_then(|at| self.offered.with_untracked(|offered| offered.get(at).cloned()));
                if let Some(choice) = choice {
                    self.choose(choice);
                }
            }
            "Escape" if self.open.get_untracked() => {
                self.open.set(false);
                event.stop_propagation();
            }
            "Backspace" if self.typed.with_untracked(String::is_empty) => {
                self.chosen.update(|chosen| _ = chosen.pop());
                return;
            }
            _ => return,
        }
        event.prevent_default();
    }
}

/// What was chosen, each with a button that takes it away.
fn chips(picking: Picking, id: String) -> AnyView {
    let chip = |(place, choice): (usize, Choice)| {
        let remove = move |_| picking.chosen.update(|chosen| _ = chosen.remove(place));
        let words = ["Remove ", &choice.label].concat();
        // One that fills the input stands in its place.
        let id = (!picking.is_many).then(|| id.clone());
        view! {
            <li class="chip">
                <span class="host">{choice.label}</span>
                <button id=id type="button" class="ours" aria-label=words on:click=on_mouse(remove)>{icon(Icon::Close)}</button>
            </li>
        }
        .any()
    };
    let chosen = picking.chosen.get();
    let chips: Vec<AnyView> = chosen.into_iter().enumerate().map(chip).collect();
    (!chips.is_empty()).then(|| view! { <ul class="chips" aria-label="Chosen">{chips.any()}</ul> }).any()
}

fn list(picking: Picking, list_id: String, label_id: String) -> AnyView {
    let ids = list_id.clone();
    let option = move |(place, choice): (usize, Choice)| {
        let (label, help) = (choice.label.clone(), choice.help.clone());
        let press = on_mouse(move |_| picking.choose(choice.clone()));
        view! {
            <div
                role="option"
                id=suffixed(&ids, &place.to_string())
                class="choice"
                class:at=live(move || picking.at.get() == Some(place))
                aria-selected=flag(move || picking.at.get() == Some(place))
                on:click=press
            >
                {label} {help.map(|help| view! { <small>{help}</small> }).any()}
            </div>
        }
        .any()
    };
    let options = move || picking.offered.get().into_iter().enumerate().map(&option).collect::<Vec<_>>();
    let note = move || match picking.known.get() {
        Known::Coming => "Looking…".to_string(),
        Known::Failed(words) => words,
        Known::Here(_) if picking.offered.with(Vec::is_empty) => "Nothing contains this".to_string(),
        Known::Here(true) => "There are more: type to narrow them".to_string(),
        Known::Here(false) => String::new(),
    };
    // The focus stays in the input while something in the list is pressed.
    let stays = on_pointer(|event| event.prevent_default());
    view! {
        <div class="found" on:pointerdown=stays on:mousedown=on_mouse(|event| event.prevent_default())>
            <div id=list_id role="listbox" aria-labelledby=label_id>{part(options)}</div>
            <p class="choice-none" role="status">{part(note)}</p>
        </div>
    }
    .any()
}
