//! The form of an action: what a blueprint says of it, and the one engine that shows and checks it in the browser
//! before it is sent and in the server before there is a job.
//!
//! [`InputForm`] is the form as it stands in a blueprint. [`Form`] is the same made ready: small, without names, so
//! that it travels to the page. An answer is a list of texts, empty where nothing was filled in; one text for most
//! inputs, one for each choice of a `multi-select`.

mod blueprint;
mod check;
mod constraint;
mod fields;
mod labels;
mod pages;
mod ready;
mod show;
#[cfg(test)]
mod tests;

pub use blueprint::{InputConfig, InputField, InputForm, InputOption, InputType, OptionSource};
pub use check::{FormError, check, partial};
pub use constraint::{Bound, InputConstraint, Rule, Test as RuleTest};
pub use labels::labelled;
pub use pages::{InputPage, Page};
pub use ready::{Choice, Form, Input, Offer};
pub use show::{ShowIf, Shown};

/// What was filled in of one input.
pub type Answer = Vec<String>;

/// What stands in the history in place of a secret.
pub const HIDDEN: &str = "••••";

/// Whether nothing was filled in.
pub fn is_empty(answer: &[String]) -> bool {
    answer.iter().all(|text| text.trim().is_empty())
}
