//! Choosing a value while a cell is edited: what the editor and the list beside it tell one another. The list itself
//! comes when it is first needed; until then a typed text counts as it is.

use crate::app::signals::RwSignal;
use crate::rpc::records::{Choice, ColumnKind, ColumnView};

/// The id of the list, for readers.
pub const LIST_ID: &str = "grid-choices";

/// What can be chosen for which cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// From the left of the window.
    pub x: f64,
    /// From its top; the list opens below.
    pub y: f64,
    /// Width and height of the editor.
    pub size: (f64, f64),
    /// The sheet's id.
    pub sheet_id: String,
    /// The record's id.
    pub record: String,
    /// The field.
    pub field: ColumnView,
    /// What the cell holds.
    pub before: Option<String>,
}

/// What the editor and the list tell one another.
#[derive(Clone, Copy)]
pub struct Picking {
    /// Where the list is open, and for what.
    pub open: RwSignal<Option<Pick>>,
    /// What is typed.
    pub typed: RwSignal<String>,
    /// The items of a list that is edited.
    pub items: RwSignal<Vec<String>>,
    /// What is offered now.
    pub offered: RwSignal<Vec<Choice>>,
    /// Which of them the arrow keys have come to.
    pub at: RwSignal<Option<usize>>,
    /// What was pressed.
    pub pressed: RwSignal<Option<String>>,
}

impl Picking {
    /// Nothing is edited.
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            items: RwSignal::new(Vec::new()),
            offered: RwSignal::new(Vec::new()),
            at: RwSignal::new(None),
            pressed: RwSignal::new(None),
        }
    }
}

impl Default for Picking {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether values of a field are chosen rather than typed.
pub fn picks(field: &ColumnView) -> bool {
    !matches!(field.kind, ColumnKind::Text | ColumnKind::Number)
}

/// The choices of a field that are known here.
pub fn choices(field: &ColumnView) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice { value: value.to_string(), label: label.to_string() };
    match field.kind {
        ColumnKind::Boolean => vec![choice("true", "Yes"), choice("false", "No")],
        _ => field.choices.clone(),
    }
}

/// Takes a value: it is the cell's, or one more item of its list.
pub fn choose(picking: Picking, value: String, is_list: bool) {
    if !is_list {
        // The grid watches, and closes the editor.
        picking.pressed.set(Some(value));
        return;
    }
    picking.items.update(|items| {
        if !items.contains(&value) {
            items.push(value);
        }
    });
    picking.typed.set(String::new());
    picking.at.set(None);
    #[cfg(feature = "hydrate")]
    if let Some(input) = crate::app::dom::focused() {
        let _ = js_sys::Reflect::set(&input, &"value".into(), &"".into());
    }
}

#[cfg(feature = "hydrate")]
mod browser {

    use super::super::shown::items;
    use super::{Pick, Picking, choices, choose};
    use crate::app::dom::lower;
    use crate::domain::value::SEPARATORS;
    use crate::rpc::records::{Choice, ColumnKind, ColumnView};

    impl Picking {
        /// A cell begins to be edited; the text that its input begins with.
        pub fn begin(
            self,
            (sheet_id, record): (String, String),
            field: &ColumnView,
            before: Option<&str>,
            typed: Option<&str>,
        ) -> String {
            let is_list = field.kind == ColumnKind::List;
            let text = match (typed, before) {
                (Some(typed), _) => typed.to_string(),
                (None, Some(before)) if !is_list => label(&choices(field), before),
                _ => String::new(),
            };
            self.items.set(if is_list { items(before.unwrap_or("")) } else { Vec::new() });
            self.typed.set(if typed.is_some() { text.clone() } else { String::new() });
            self.offered.set(Vec::new());
            self.at.set(None);
            self.pressed.set(None);
            self.open.set(Some(Pick {
                x: 0.0,
                y: 0.0,
                size: (0.0, 0.0),
                sheet_id,
                record,
                field: field.clone(),
                before: before.map(str::to_string),
            }));
            text
        }

        /// Opens the list at the editor.
        pub fn show(self, (x, y, width, height): (f64, f64, f64, f64)) {
            self.open.update(|open| {
                if let Some(open) = open {
                    (open.x, open.y, open.size) = (x, y, (width, height));
                }
            });
        }

        /// The cell is not edited any more.
        pub fn end(self) {
            self.open.set(None);
        }

        /// The text of the cell when this is typed, or something was chosen.
        pub fn text(self, typed: &str) -> String {
            if let Some(pressed) = self.pressed.get_untracked() {
                return pressed;
            }
            self.open.with_untracked(|open| match open {
                Some(pick) if pick.field.kind == ColumnKind::List => {
                    let typed = value(&choices(&pick.field), typed.trim());
                    let mut all = self.items.get_untracked();
                    all.extend(Some(typed).filter(|typed| !typed.is_empty()));
                    joined(&all, pick.before.as_deref().unwrap_or(""))
                }
                Some(pick) => value(&choices(&pick.field), typed),
                None => typed.to_string(),
            })
        }

        fn move_to(self, step: isize) {
            let count = self.offered.with_untracked(Vec::len) as isize;
            if count > 0 {
                let first = if step > 0 { 0 } else { count - 1 };
                let at = self.at.get_untracked().map_or(first, |at| (at as isize + step).rem_euclid(count));
                self.at.set(Some(at as usize));
            }
        }
    }

    /// What a key does to the list; false for keys that are the editor's.
    pub fn key(picking: Picking, key: &str) -> bool {
        let is_list = picking
            .open
            .with_untracked(|open| open.as_ref().is_some_and(|pick| pick.field.kind == ColumnKind::List));
        match key {
            "ArrowDown" => picking.move_to(1),
            "ArrowUp" => picking.move_to(-1),
            "Enter" => {
                let at = picking.at.get_untracked();
                let chosen =
                    at.and_then(|at| picking.offered.with_untracked(|offered| offered.get(at).cloned()));
                let typed = picking.typed.get_untracked();
                match chosen {
                    Some(choice) => choose(picking, choice.value, is_list),
                    None if is_list && !typed.trim().is_empty() => {
                        let known = picking.offered.get_untracked();
                        choose(picking, value(&known, typed.trim()), true);
                    }
                    None => return false,
                }
            }
            "Backspace" if is_list && picking.typed.with_untracked(String::is_empty) => {
                picking.items.update(|items| _ = items.pop());
            }
            _ => return false,
        }
        true
    }

    /// The value that a typed text names: that of the choice with this label, or the text itself.
    fn value(choices: &[Choice], typed: &str) -> String {
        let wanted = lower(typed);
        let named = choices.iter().find(|choice| lower(&choice.label) == wanted);
        named.map_or_else(|| typed.to_string(), |choice| choice.value.clone())
    }

    fn label(choices: &[Choice], value: &str) -> String {
        let named = choices.iter().find(|choice| choice.value == value);
        named.map_or(value, |choice| choice.label.as_str()).to_string()
    }

    /// Items as one text, in the way that the text before was written where that can hold them.
    fn joined(items: &[String], before: &str) -> String {
        let as_array =
            before.trim_start().starts_with('[') || items.iter().any(|item| item.contains(SEPARATORS));
        if !as_array {
            return items.join(", ");
        }
        let array: js_sys::Array =
            items.iter().map(|item| leptos::wasm_bindgen::JsValue::from_str(item)).collect();
        js_sys::JSON::stringify(&array).ok().map(String::from).unwrap_or_default()
    }
}

#[cfg(feature = "hydrate")]
pub use browser::key;
