//! A form made ready: to be shown, and to be checked input by input.

use serde::{Deserialize, Serialize};

use super::blueprint::{InputField, InputForm, InputType, OptionSource};
use super::check::{self, FormError};
use super::constraint::{Rule, Test};
use super::pages::{self, Page};
use super::show::Shown;
use super::{Answer, is_empty};

/// A form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Its inputs, in order.
    pub inputs: Vec<Input>,
    /// Which of them stand together.
    pub pages: Vec<Page>,
    /// It ends with a last look at all answers.
    pub review: bool,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// The name in the job's input.
    pub key: String,
    /// What people read.
    pub label: String,
    /// A line of help.
    pub help: Option<String>,
    /// Which control it is.
    pub kind: InputType,
    /// What it holds at first.
    pub initial: Answer,
    /// What can be chosen.
    pub offer: Offer,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// When it is there.
    pub shown: Option<Shown>,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Offer {
    /// These.
    These(Vec<Choice>),
    /// What the server finds for a text.
    Found,
}

/// One of the choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// A line of help.
    pub help: Option<String>,
}

impl From<&InputForm> for Form {
    fn from(form: &InputForm) -> Self {
        let (pages, review) = pages::ready(form);
        Self { inputs: form.fields.iter().map(|field| input(field, form)).collect(), pages, review }
    }
}

fn input(field: &InputField, form: &InputForm) -> Input {
    let choice = |option: &super::InputOption| {
        let value = check::text(&option.value)?;
        let label = option.label.clone().unwrap_or_else(|| value.clone());
        Some(Choice { value, label, help: option.description.clone() })
    };
    let shown = field.show_if.as_ref().and_then(|show_if| {
        let input = form.fields.iter().position(|other| other.key == show_if.key)?;
        Some(Shown { input: input as u32, test: show_if.test().ok()? })
    });
    Input {
        key: field.key.clone(),
        label: field.label.clone(),
        help: field.description.clone(),
        kind: field.input_type,
        initial: field.default_value.as_ref().and_then(check::texts).unwrap_or_default(),
        offer: match field.source() {
            Some(OptionSource::Sheet { .. } | OptionSource::Listener { .. }) => Offer::Found,
            None => Offer::These(field.options().iter().filter_map(choice).collect()),
        },
        rules: field.constraints.iter().map(Rule::from).collect(),
        shown,
    }
}

impl Form {
    /// Which inputs are there, by the answers of those before them.
    pub fn shown(&self, answers: &[Answer]) -> Vec<bool> {
        let mut shown: Vec<bool> = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let is_shown = input.shown.as_ref().is_none_or(|condition| {
                let at = condition.input as usize;
                let there = shown.get(at).copied().unwrap_or_default();
                let answer = answers.get(at).filter(|_| there).map(Vec::as_slice);
                condition.test.holds(answer.unwrap_or_default())
            });
            shown.push(is_shown);
        }
        shown
    }

    /// What is wrong with the answers, each input once, in the order of the form.
    pub fn problems(&self, answers: &[Answer]) -> Vec<FormError> {
        let shown = self.shown(answers);
        let problem = |(at, input): (usize, &Input)| {
            let answer = answers.get(at).map(Vec::as_slice).unwrap_or_default();
            let message = shown[at].then(|| input.problem(answer)).flatten()?;
            Some(FormError { key: input.key.clone(), message })
        };
        self.inputs.iter().enumerate().filter_map(problem).collect()
    }
}

impl Input {
    /// Whether it must be filled in.
    pub fn is_required(&self) -> bool {
        self.rules.iter().any(|rule| rule.test == Test::Required)
    }

    /// What is wrong with an answer, in words for the person.
    pub fn problem(&self, answer: &[String]) -> Option<String> {
        let said = |words: &str| [&self.label, " ", words].concat();
        if is_empty(answer) {
            let rule = self.rules.iter().find(|rule| rule.test == Test::Required)?;
            return Some(rule.message.clone().unwrap_or_else(|| said("is required")));
        }
        if let Some(words) = check::misread(self, answer) {
            return Some(said(words));
        }
        self.rules.iter().find_map(|rule| {
            let complaint = rule.complaint(self.kind, answer)?;
            Some(rule.message.clone().unwrap_or_else(|| said(&complaint)))
        })
    }

    /// What people read of an answer.
    pub fn words(&self, answer: &[String]) -> Option<String> {
        if is_empty(answer) {
            return None;
        }
        let label = |text: &String| match &self.offer {
            Offer::These(choices) => {
                choices.iter().find(|choice| choice.value == *text).map(|choice| choice.label.clone())
            }
            Offer::Found => None,
        };
        Some(match self.kind {
            InputType::Secret => super::HIDDEN.to_string(),
            InputType::Boolean => if answer[0] == "true" { "Yes" } else { "No" }.to_string(),
            _ => {
                let words: Vec<String> =
                    answer.iter().map(|text| label(text).unwrap_or_else(|| text.clone())).collect();
                words.join(", ")
            }
        })
    }
}
