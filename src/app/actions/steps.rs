//! The steps of the dialog before a job: a warning, the pages of its form, a last look at all answers.

use leptos::prelude::*;

use super::answers::Answers;
use super::dialog::Begin;
use super::fields::fields;
use super::file::give_up;
use super::leaving::guard;
use super::pick::Asks;
use super::review::review;
use crate::app::components::{Icon, focus_first, icon};
use crate::app::later;
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::{Callback, Memo, RwSignal, StoredValue};
use crate::app::state::Deed;
use crate::rpc::actions::ActionForm;

/// The dialog in which the steps are.
const DIALOG: &str = "action";

/// A step of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A warning to be read first.
    Warning,
    /// The question, and a page of the form when there is one.
    Page(usize),
    /// A last look at all answers.
    Review,
}

/// Where the person is.
#[derive(Clone, Copy)]
struct Walk {
    begin: Begin,
    answers: Answers,
    step: RwSignal<Step>,
    /// The steps that there are, as the answers have it.
    steps: Memo<Vec<Step>>,
    /// The person came from the last look and goes back to it.
    editing: RwSignal<bool>,
    /// The dialog asks whether what was filled in may be lost.
    leaving: RwSignal<bool>,
}

/// The steps of what was asked for.
pub fn steps(begin: Begin, asked: ActionForm) -> AnyView {
    let ActionForm { about_records, question, guardrail, guide, form } = asked;
    let answers = Answers::new(form.clone());
    let warns = guardrail.is_some();
    let steps = Memo::new(move |_| steps_of(warns, answers));
    let first = steps.with_untracked(|steps| steps.first().copied()).unwrap_or(Step::Page(0));
    let walk = Walk {
        begin,
        answers,
        step: RwSignal::new(first),
        steps,
        editing: RwSignal::new(false),
        leaving: RwSignal::new(false),
    };
    guard(walk.begin.open, answers, walk.leaving);
    on_cleanup(move || answers.take_sent().into_iter().for_each(give_up));
    focus_first(DIALOG);
    let asks = Asks { by: StoredValue::new(by(begin)), answers };
    let edit = Callback::new(move |place| {
        walk.editing.set(true);
        walk.go(Step::Page(answers.page_of(place)), Some(place));
    });
    let shown = StoredValue::new((question, guardrail, guide));
    let content = move || {
        let (question, guardrail, guide) = shown.get_value();
        match walk.step.get() {
            Step::Warning => warning(guardrail.unwrap_or_default()),
            Step::Review => review(answers, edit),
            Step::Page(page) => {
                let is_first = page == 0;
                let question = question.filter(|_| is_first).map(|text| view! { <p class="host">{text}</p> });
                let guide = guide.filter(|_| is_first).map(help);
                view! {
                    {question.any()}
                    {(is_first && about_records).then(|| begin.scope()).any()}
                    {guide.any()}
                    {part(move || page_help(answers, page))}
                    {fields(answers, page, asks)}
                }
                .any()
            }
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        walk.forward();
    };
    let class = if form.inputs.is_empty() { "steps" } else { "steps has-form" };
    view! {
        <form class=class on:submit=submit novalidate>
            {part(move || walk.heading())}
            <div class="dialog-body">{part(content)} {begin.trouble()}</div>
            {part(move || walk.foot())}
        </form>
    }
    .any()
}

fn steps_of(warns: bool, answers: Answers) -> Vec<Step> {
    let (pages, review) = answers.pages();
    let mut steps: Vec<Step> = warns.then_some(Step::Warning).into_iter().collect();
    // The first page has the question, whatever is on it.
    steps.extend(
        (0..pages.max(1)).filter(|page| *page == 0 || !answers.shown_of(*page).is_empty()).map(Step::Page),
    );
    steps.extend(review.then_some(Step::Review));
    steps
}

fn by(begin: Begin) -> (crate::rpc::actions::Place, String, String) {
    let deed = begin.asking.with_value(|asking| asking.deed.clone());
    #[cfg(feature = "hydrate")]
    let asker = crate::app::dom::now().to_string();
    #[cfg(not(feature = "hydrate"))]
    let asker = String::new();
    match deed {
        Deed::Act(action, place) => (place, action.operation, asker),
        Deed::DeleteRecords(sheet) => (crate::rpc::actions::Place::Sheet(sheet), String::new(), asker),
    }
}

impl Walk {
    /// The step, and the input that has the focus when it is not the first.
    fn go(self, step: Step, to: Option<u32>) {
        self.begin.trouble.set(None);
        if self.step.get_untracked() != step {
            self.step.set(step);
        }
        match to.and_then(|place| self.answers.entry(place)) {
            Some(entry) => super::leaving::focus_input(entry.input.key),
            None => focus_first(DIALOG),
        }
    }

    fn place(self) -> usize {
        let now = self.step.get();
        self.steps.with(|steps| steps.iter().position(|step| *step == now)).unwrap_or_default()
    }

    /// What the button to go on does.
    fn forward(self) {
        if self.leaving.get_untracked() {
            self.leaving.set(false);
            return;
        }
        let steps = self.steps.get_untracked();
        let now = self.step.get_untracked();
        if let Step::Page(page) = now
            && let Some(wrong) = self.answers.first_wrong(&untrack(|| self.answers.shown_of(page)))
        {
            self.go(now, Some(wrong));
            return;
        }
        let place = steps.iter().position(|step| *step == now).unwrap_or_default();
        let next = if self.editing.get_untracked() { steps.last() } else { steps.get(place + 1) };
        match next.filter(|next| **next != now) {
            Some(next) => {
                self.editing.set(false);
                self.go(*next, None);
            }
            None => self.finish(),
        }
    }

    /// Starts the job when all pages are right; otherwise the person is brought to what is not.
    fn finish(self) {
        let (pages, _) = self.answers.pages();
        for page in 0..pages {
            if let Some(wrong) = self.answers.first_wrong(&untrack(|| self.answers.shown_of(page))) {
                self.go(Step::Page(page), Some(wrong));
                return;
            }
        }
        // From here on a job may carry them, until the server says that it made none.
        let sent = self.answers.take_sent();
        let refused = move |errors: Vec<(String, String)>| {
            self.answers.put_back(sent);
            let words = errors.iter().map(|(_, message)| message.clone()).collect::<Vec<_>>().join(" ");
            match self.answers.refuse(errors) {
                Some(place) => self.go(Step::Page(self.answers.page_of(place)), Some(place)),
                None => self.begin.trouble.set(Some(words)),
            }
        };
        self.begin.begin(self.answers.filled(true), refused);
    }

    fn back(self) {
        let steps = self.steps.get_untracked();
        let place = untrack(|| self.place());
        if let Some(before) = place.checked_sub(1).and_then(|place| steps.get(place)) {
            self.editing.set(false);
            self.go(*before, None);
        }
    }

    /// How far the person is, to be seen and to be heard.
    fn heading(self) -> AnyView {
        let (place, many) = (self.place(), self.steps.with(Vec::len));
        if many < 2 {
            return ().any();
        }
        let title = match self.step.get() {
            Step::Warning => "Before you begin".to_string(),
            Step::Page(page) => self.answers.heading(page).0,
            Step::Review => "Check your answers".to_string(),
        };
        let [at, of] = [place + 1, many].map(|number| number.to_string());
        let joint = if title.is_empty() { "" } else { ": " };
        let spoken = ["Step ", &at, " of ", &of, joint, &title].concat();
        view! {
            <div class="step-head">
                {(!title.is_empty()).then(|| view! { <h3 class="host">{title}</h3> }).any()}
                <span aria-hidden="true">{[at.as_str(), " of ", &of].concat()}</span>
                <p class="sr-only" role="status">{spoken}</p>
            </div>
        }
        .any()
    }

    fn foot(self) -> AnyView {
        if self.leaving.get() {
            return super::leaving::question(self.begin.open, self.leaving);
        }
        let (place, many) = (self.place(), self.steps.with(Vec::len));
        let label = self.begin.asking.with_value(|asking| match &asking.deed {
            Deed::Act(action, _) => action.label.clone(),
            Deed::DeleteRecords(_) => String::new(),
        });
        let primary = "button button-primary";
        // Enter goes on from the last look, which has no input to press it in.
        let is_review = self.step.get() == Step::Review;
        let next = match self.step.get() {
            _ if place + 1 >= many => self.begin.button(label, "button button-primary host", is_review),
            Step::Warning => self.begin.button("Continue".to_string(), primary, false),
            _ if self.editing.get() => self.begin.button("Back to the answers".to_string(), primary, false),
            _ => self.begin.button("Next".to_string(), primary, false),
        };
        let cancel = on_mouse(move |_| super::leaving::leave(self.begin.open, self.answers, self.leaving));
        let back = (place > 0 && !self.editing.get()).then(|| {
            view! { <button type="button" class="button" on:click=on_mouse(move |_| self.back())>"Back"</button> }
        });
        view! {
            <footer class="dialog-foot">
                <button type="button" class="button foot-cancel" on:click=cancel>"Cancel"</button>
                {back.any()}
                {next}
            </footer>
        }
        .any()
    }
}

fn markdown(html: String) -> AnyView {
    view! {
        {later::style()}
        <div class="markdown later" inner_html=html></div>
    }
    .any()
}

fn warning(html: String) -> AnyView {
    view! {
        <div class="guardrail">
            {icon(Icon::Warning)}
            {markdown(html)}
        </div>
    }
    .any()
}

fn help(html: String) -> AnyView {
    view! {
        <details class="guide">
            <summary>"Help"</summary>
            {markdown(html)}
        </details>
    }
    .any()
}

fn page_help(answers: Answers, page: usize) -> AnyView {
    let (_, help) = answers.heading(page);
    help.map(|help| view! { <p class="page-help host">{help}</p> }).any()
}
