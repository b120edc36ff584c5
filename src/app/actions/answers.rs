//! What was filled in of a form, input by input, checked as the server checks it.

use super::file::give_up;
use crate::app::plain::on_change;
use crate::app::signals::{RwSignal, StoredValue};
use crate::domain::form::{Answer, Choice, Form, Input, InputType, Offer};
use crate::rpc::actions::Filled;

/// One input: what was filled in, and what is wrong with it.
#[derive(Clone)]
pub struct Entry {
    /// What is asked.
    pub input: Input,
    /// What was typed.
    pub text: RwSignal<String>,
    /// What was chosen, where choices are looked for or can be many; of a file, what was sent.
    pub chosen: RwSignal<Vec<Choice>>,
    /// What is wrong.
    pub error: RwSignal<Option<String>>,
    /// Something is still being sent.
    pub busy: RwSignal<bool>,
    /// Ids of the files that were sent for it and that no job carries.
    pub sent: StoredValue<Vec<String>>,
    /// The answer at first.
    initial: Answer,
}

impl Entry {
    fn new(mut input: Input) -> Self {
        if input.kind == InputType::Date {
            input.initial.iter_mut().filter(|day| *day == "today").for_each(|day| *day = today());
        }
        let initial = input.initial.clone();
        let is_no = input.kind == InputType::Boolean && initial.first().is_some_and(|text| text == "false");
        let (mut text, mut chosen) = (String::new(), Vec::new());
        if is_chosen(&input) {
            chosen = initial.iter().map(|value| choice_of(&input, value)).collect();
        } else if !is_no {
            text = initial.first().cloned().unwrap_or_default();
        }
        let mut entry = Self {
            input,
            text: RwSignal::new(text),
            chosen: RwSignal::new(chosen),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            sent: StoredValue::new(Vec::new()),
            initial,
        };
        entry.initial = entry.answer_untracked();
        let (text, chosen, error) = (entry.text, entry.chosen, entry.error);
        // What was wrong is being put right: the words about it go.
        on_change(move || (text.get(), chosen.with(Vec::len)), move |_| error.set(None));
        entry
    }

    /// What was filled in, and again when that changes.
    pub fn answer(&self) -> Answer {
        self.text.track();
        self.chosen.track();
        self.answer_untracked()
    }

    /// What was filled in.
    pub fn answer_untracked(&self) -> Answer {
        if is_chosen(&self.input) {
            return self
                .chosen
                .with_untracked(|chosen| chosen.iter().map(|choice| choice.value.clone()).collect());
        }
        let text = self.text.get_untracked();
        match self.input.kind {
            InputType::Boolean => vec![if text.is_empty() { "false" } else { "true" }.to_string()],
            _ if text.trim().is_empty() => Vec::new(),
            _ => vec![text],
        }
    }

    /// What people read of the answer.
    pub fn words(&self) -> Option<String> {
        let answer = self.answer();
        if is_chosen(&self.input) && !answer.is_empty() {
            let labels = self.chosen.with_untracked(|chosen| {
                chosen.iter().map(|choice| choice.label.clone()).collect::<Vec<_>>()
            });
            return Some(labels.join(", "));
        }
        self.input.words(&answer)
    }

    fn is_changed(&self) -> bool {
        self.busy.get_untracked() || self.answer_untracked() != self.initial
    }

    /// Says what is wrong with it, and whether nothing is.
    fn is_right(&self) -> bool {
        let problem = match self.busy.get_untracked() {
            true => Some(["Wait until ", &self.input.label, " is sent"].concat()),
            false => self.input.problem(&self.answer_untracked()),
        };
        let right = problem.is_none();
        self.error.set(problem);
        right
    }
}

/// What was filled in of a form.
#[derive(Clone, Copy)]
pub struct Answers {
    form: StoredValue<Form>,
    entries: StoredValue<Vec<Entry>>,
}

impl Answers {
    /// The answers at first: the form's defaults.
    pub fn new(form: Form) -> Self {
        let entries = form.inputs.iter().cloned().map(Entry::new).collect();
        Self { form: StoredValue::new(form), entries: StoredValue::new(entries) }
    }

    /// The input at that place.
    pub fn entry(self, place: u32) -> Option<Entry> {
        self.entries.try_with_value(|entries| entries.get(place as usize).cloned()).flatten()
    }

    /// Which inputs are there, and again when an answer changes that.
    pub fn shown(self) -> Vec<bool> {
        let answers: Vec<Answer> =
            self.entries.with_value(|entries| entries.iter().map(Entry::answer).collect());
        self.form.with_value(|form| form.shown(&answers))
    }

    /// The inputs of a page that are there.
    pub fn shown_of(self, page: usize) -> Vec<u32> {
        let shown = self.shown();
        let inputs = self.form.with_value(|form| form.pages.get(page).map(|page| page.inputs.clone()));
        let is_there = |place: &u32| shown.get(*place as usize) == Some(&true);
        inputs.unwrap_or_default().into_iter().filter(is_there).collect()
    }

    /// Title and help of a page.
    pub fn heading(self, page: usize) -> (String, Option<String>) {
        let heading = self
            .form
            .with_value(|form| form.pages.get(page).map(|page| (page.title.clone(), page.help.clone())));
        heading.unwrap_or_default()
    }

    /// How many pages there are, and whether a last look comes after them.
    pub fn pages(self) -> (usize, bool) {
        self.form.with_value(|form| (form.pages.len(), form.review))
    }

    /// The page on which an input stands.
    pub fn page_of(self, place: u32) -> usize {
        let page =
            self.form.with_value(|form| form.pages.iter().position(|page| page.inputs.contains(&place)));
        page.unwrap_or_default()
    }

    /// Says what is wrong with the inputs at these places; gives the first that is wrong.
    pub fn first_wrong(self, places: &[u32]) -> Option<u32> {
        let mut wrong = None;
        for place in places {
            let Some(entry) = self.entry(*place) else { continue };
            if !entry.is_right() && wrong.is_none() {
                wrong = Some(*place);
            }
        }
        wrong
    }

    /// Looks at an input that the person has just left.
    pub fn left(self, place: u32) {
        if let Some(entry) =
            self.entry(place).filter(|entry| !entry.busy.get_untracked() && entry.is_changed())
        {
            entry.is_right();
        }
    }

    /// Each input's key and answer. Secrets are left out where they are of no use.
    pub fn filled(self, with_secrets: bool) -> Filled {
        let told = |entry: &&Entry| with_secrets || entry.input.kind != InputType::Secret;
        let filled = |entry: &Entry| (entry.input.key.clone(), entry.answer_untracked());
        self.entries.with_value(|entries| entries.iter().filter(told).map(filled).collect())
    }

    /// Takes the files that were sent: each input's, whose they are no longer.
    pub fn take_sent(self) -> Vec<Vec<String>> {
        let take = |entry: &Entry| entry.sent.try_update_value(std::mem::take).unwrap_or_default();
        let all = self.entries.try_with_value(|entries| entries.iter().map(take).collect());
        all.unwrap_or_default()
    }

    /// Gives the files back that were taken; those of a dialog that is closed are deleted.
    pub fn put_back(self, sent: Vec<Vec<String>>) {
        for (place, files) in (0..).zip(sent) {
            match self.entry(place) {
                Some(entry) => entry.sent.set_value(files),
                None => give_up(files),
            }
        }
    }

    /// Whether something was filled in that would be lost.
    pub fn is_filled(self) -> bool {
        self.entries.try_with_value(|entries| entries.iter().any(Entry::is_changed)) == Some(true)
    }

    /// Says at each input what the server found wrong with it; gives the first of them.
    pub fn refuse(self, errors: Vec<(String, String)>) -> Option<u32> {
        // The dialog may have been closed before the answer came.
        let refused = self.entries.try_with_value(|entries| {
            let mut first = None;
            for (key, message) in errors {
                let Some(place) = entries.iter().position(|entry| entry.input.key == key) else { continue };
                entries[place].error.set(Some(message));
                first = first.or(Some(place as u32));
            }
            first
        });
        refused.flatten()
    }
}

/// Whether its answer is in what was chosen, not in a text.
pub fn is_chosen(input: &Input) -> bool {
    match input.kind {
        InputType::MultiSelect | InputType::File | InputType::Reference => true,
        InputType::Enum => input.offer == Offer::Found,
        _ => false,
    }
}

fn choice_of(input: &Input, value: &str) -> Choice {
    let known = match &input.offer {
        Offer::These(choices) => choices.iter().find(|choice| choice.value == value).cloned(),
        Offer::Found => None,
    };
    known.unwrap_or_else(|| Choice { value: value.to_string(), label: value.to_string(), help: None })
}

fn today() -> String {
    #[cfg(feature = "hydrate")]
    return crate::app::dom::today();
    #[cfg(not(feature = "hydrate"))]
    String::new()
}
