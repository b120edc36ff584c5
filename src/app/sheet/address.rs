//! What a sheet shows, in the query of its address: `?view=us_vi_…&tab=invalid&search=ann&filter=…&sort=age`, and with
//! `compare=us_ss_…` what has changed since a version.
//! A reload, a shared link and the way back show the same.

use leptos::prelude::*;

use super::SheetControl;
use super::control::Side;
use crate::app::grid::Question;
use crate::app::plain::on_change;
use crate::app::router::Router;
use crate::app::signals::StoredValue;
use crate::rpc::records::{Sort, Standing};

/// The words of the tabs.
const TABS: [(&str, Standing); 3] =
    [("all", Standing::All), ("valid", Standing::Valid), ("invalid", Standing::Invalid)];

/// What an address asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Address {
    /// The records; as the view has them, or all, when absent.
    pub question: Option<Question>,
    /// The id of the view.
    pub view: Option<String>,
    /// The id of the version that is compared.
    pub compare: Option<String>,
}

impl Address {
    /// Reads the query of an address. What it does not know is passed over.
    pub fn read(query: &str) -> Self {
        let pairs: Vec<(&str, String)> = query
            .trim_start_matches('?')
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, decode(value)))
            .collect();
        let get =
            |wanted| pairs.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value.as_str());
        let tab = TABS.iter().find(|(word, _)| *word == get("tab"));
        let sort = Sort { field: get("sort").to_string(), descending: get("direction") == "desc" };
        let question = Question {
            standing: tab.map(|(_, standing)| *standing).unwrap_or_default(),
            search: get("search").to_string(),
            filter: get("filter").to_string(),
            sort: Some(sort).filter(|sort| !sort.field.is_empty()),
        };
        let asks = tab.is_some() || question != Question::default();
        let named = |name| Some(get(name).to_string()).filter(|id| !id.is_empty());
        Self { question: asks.then_some(question), view: named("view"), compare: named("compare") }
    }

    /// The address of what is shown: nothing for what the view, or the sheet without one, shows anyway.
    pub fn of(question: &Question, view: Option<(&str, &Question)>) -> Self {
        let usual = view.map_or_else(Question::default, |(_, question)| question.clone());
        let view = view.map(|(id, _)| id.to_string());
        Self { question: (*question != usual).then(|| question.clone()), view, compare: None }
    }

    /// The query, with its question mark; empty for nothing.
    pub fn query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            encode(value, &mut query);
        };
        if let Some(view) = &self.view {
            add("view", view);
        }
        if let Some(compare) = &self.compare {
            add("compare", compare);
        }
        let Some(Question { standing, search, filter, sort }) = &self.question else { return query };
        // Beside a view the tab says that the question is one of its own.
        if *standing != Standing::All || self.view.is_some() {
            add("tab", TABS.iter().find(|(_, other)| other == standing).map_or("", |(word, _)| word));
        }
        for (name, text) in [("search", search), ("filter", filter)] {
            if !text.is_empty() {
                add(name, text);
            }
        }
        if let Some(Sort { field, descending }) = sort {
            add("sort", field);
            if *descending {
                add("direction", "desc");
            }
        }
        query
    }
}

/// Adds a text as it stands in an address. The router's own functions read a per cent sign twice, which filters have.
fn encode(text: &str, query: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                query.push(char::from(byte))
            }
            b' ' => query.push('+'),
            _ => {
                query.push('%');
                query.push(DIGITS[usize::from(byte >> 4)]);
                query.push(DIGITS[usize::from(byte & 15)]);
            }
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let digit = |at: usize| Some(char::from(*tail.get(at)?).to_digit(16)? as u8);
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = &tail[2..];
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Keeps the address and what is shown together. A tab or a view is a step that the way back takes; what is typed
/// is not.
pub fn follow(control: SheetControl) {
    let router = Router::of_page();
    let (path, query) = (router.path, router.query);
    let here = path.get_untracked();
    let shown = move || {
        let question = control.grid.question.get();
        let address = control.view.with(|view| {
            let of_view = view.as_ref().map(|view| (view.id.clone(), Question::of(view.choosing.clone())));
            Address::of(&question, of_view.as_ref().map(|(id, question)| (id.as_str(), question)))
        });
        let is_compared = control.side.get() == Some(Side::Compare);
        let compare = control.compared.get().filter(|_| is_compared);
        (Address { compare, ..address }, question.standing)
    };
    if let Some(version) = query.with_untracked(|query| Address::read(query)).compare {
        control.compared.set(Some(version));
        control.side.set(Some(Side::Compare));
    }
    let before = StoredValue::new(untrack(shown));
    let our_path = here.clone();
    on_change(shown, move |now| {
        let (address, standing) = now;
        let is_other = |before: &Address| before.view != address.view || before.compare != address.compare;
        let step = before.with_value(|before| before.1 != *standing || is_other(&before.0));
        before.set_value(now.clone());
        let known = query.with_untracked(|query| Address::read(query));
        if known == *address || path.get_untracked() != our_path {
            return;
        }
        let to = [our_path.as_str(), &address.query()].concat();
        if step { router.go(&to) } else { router.go_instead(&to) }
    });
    on_change(
        move || query.with(|query| Address::read(query)),
        move |asked| {
            if path.get_untracked() == here && *asked != untrack(shown).0 {
                control.show(asked.clone());
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        let question = Question {
            standing: Standing::Invalid,
            search: "ann".to_string(),
            filter: r#"a like "%b""#.to_string(),
            sort: Some(Sort { field: "age".to_string(), descending: true }),
        };
        let address = Address::of(&question, None);
        assert_eq!(
            address.query(),
            "?tab=invalid&search=ann&filter=a+like+%22%25b%22&sort=age&direction=desc"
        );
        assert_eq!(Address::read(&address.query()), address);
        assert_eq!(Address::of(&Question::default(), None).query(), "");
        assert_eq!(Address::read("?tab=none&sort=&other=1"), Address::default());
    }

    proptest! {
        #[test]
        fn every_text_comes_through_an_address(search in "\\PC{0,12}", filter in "[a-z %&+#=\"é]{0,12}", odd in "[?&=%a-f+]{0,12}") {
            let address = Address::of(&Question { search, filter, ..Question::default() }, None);
            prop_assert_eq!(Address::read(&address.query()), address);
            Address::read(&odd);
        }
    }

    #[test]
    fn a_view_is_named_alone_until_something_else_is_shown() {
        let of_view = Question { filter: "x".to_string(), ..Question::default() };
        let view = Some(("us_vi_1", &of_view));
        assert_eq!(Address::of(&of_view, view).query(), "?view=us_vi_1");
        let all = Address::of(&Question::default(), view);
        assert_eq!(all.query(), "?view=us_vi_1&tab=all");
        assert_eq!(Address::read(&all.query()), all);
    }
}
