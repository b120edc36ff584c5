//! How a form is parted: pages with some of its inputs each, and a last look at all answers.

use serde::{Deserialize, Serialize};

use super::blueprint::InputForm;

/// A form with more inputs than this ends with a last look, even when it has one page.
const MOST_WITHOUT_REVIEW: usize = 7;

/// A page of a form as it stands in a blueprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputPage {
    /// What it is about.
    pub title: String,
    /// A line of help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Keys of the inputs that stand on it, in order.
    pub fields: Vec<String>,
}

/// A page made ready.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// What it is about; empty for the only page.
    pub title: String,
    /// A line of help.
    pub help: Option<String>,
    /// Places of its inputs.
    pub inputs: Vec<u32>,
}

/// Refuses pages that name an input twice, one that is not there, or that leave one out; and pages on which an input
/// stands before the one that its `showIf` looks at.
pub(super) fn check(form: &InputForm) -> Result<(), String> {
    if form.pages.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = form.pages.iter().flat_map(|page| &page.fields).map(String::as_str).collect();
    let place = |key: &str| named.iter().position(|name| *name == key);
    for (number, name) in named.iter().enumerate() {
        if !form.fields.iter().any(|field| field.key == *name) {
            return Err(format!("pages: there is no input `{name}`"));
        }
        if place(name) != Some(number) {
            return Err(format!("pages: the input `{name}` stands on them twice"));
        }
    }
    for field in &form.fields {
        let here =
            place(&field.key).ok_or_else(|| format!("pages: no page has the input `{}`", field.key))?;
        if let Some(looked_at) = field.show_if.as_ref().map(|show_if| show_if.key.as_str())
            && place(looked_at).is_none_or(|there| there > here)
        {
            let key = &field.key;
            return Err(format!("pages: `{key}` stands before `{looked_at}`, which its showIf looks at"));
        }
    }
    Ok(())
}

/// The pages of a form, and whether it ends with a last look.
pub(super) fn ready(form: &InputForm) -> (Vec<Page>, bool) {
    let place = |key: &String| form.fields.iter().position(|field| field.key == *key);
    let page = |page: &InputPage| Page {
        title: page.title.clone(),
        help: page.description.clone(),
        inputs: page.fields.iter().filter_map(place).map(|place| place as u32).collect(),
    };
    let count = form.fields.len();
    let whole = || Page { inputs: (0..count as u32).collect(), ..Page::default() };
    let pages = match form.pages.as_slice() {
        [] if count == 0 => Vec::new(),
        [] => vec![whole()],
        pages => pages.iter().map(page).collect(),
    };
    let review = pages.len() > 1 || count > MOST_WITHOUT_REVIEW;
    (pages, review)
}
