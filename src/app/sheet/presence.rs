//! Who else is on the sheet: round initials in the top bar, frames in the grid.

use std::time::Duration;

use leptos::prelude::*;

use super::SheetControl;
use crate::app::grid::Go;
use crate::app::grid::others::Other;
use crate::app::grid::rows::RecordName;
use crate::app::later;
use crate::app::plain::{Any, each, on_mouse, part, watch};
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::domain::ids::{Id, RecordId};

/// Initials that are shown; the others are counted.
const MOST_SHOWN: usize = 4;
/// How long a name stays at a cell that somebody has just come to.
const NAME_MILLISECONDS: u64 = 2_500;

/// A page of somebody else's browser.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What it calls itself.
    pub page: String,
    /// The same for all pages of one person.
    pub person: String,
    /// What the person is called.
    pub name: String,
    /// Their colour.
    pub tone: usize,
    /// The sheet's id.
    pub sheet: String,
    /// The record's id; empty when they have not gone to a cell.
    pub record: String,
    /// The field's key.
    pub field: String,
}

/// A person with an avatar.
#[derive(Debug, Clone, PartialEq)]
struct Person {
    name: String,
    tone: usize,
    at: Option<(RecordName, String)>,
}

/// Who else is on the sheet. It comes once the page stands.
#[component]
pub fn Company(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    part(move || control.stands.get().then(|| later::company(control)))
}

/// Tells where this person is, and shows where the others are.
pub fn company(control: SheetControl) -> AnyView {
    let pages = RwSignal::new(Vec::<Page>::new());
    let own = StoredValue::new(String::new());
    #[cfg(feature = "hydrate")]
    super::presence_talk::follow(control, pages, own);
    // News may arrive as the page is left.
    let found = move |own: &String| pages.with(|pages| people(pages, own));
    let people = Memo::new(move |_| own.try_with_value(found).unwrap_or_default());
    frames(control, pages);
    let shown = move || {
        people.with(|people| people.iter().take(MOST_SHOWN).map(|(person, _)| person.clone()).collect())
    };
    let avatar = move |id: String| {
        let find = move || people.with(|people| people.iter().find(|(other, _)| *other == id).cloned());
        part(move || find().map(|(_, person)| avatar(control, person))).any()
    };
    let more = move || {
        let rest = people.with(|people| {
            people.iter().skip(MOST_SHOWN).map(|(_, person)| person.name.clone()).collect::<Vec<_>>()
        });
        (!rest.is_empty()).then(|| {
            let names = rest.join(", ");
            let count = ["+", &rest.len().to_string()].concat();
            view! { <li class="with-hint"><span class="avatar more" role="img" aria-label=names.clone()>{count}</span> <span class="hint" aria-hidden="true">{names.clone()}</span></li> }
        })
    };
    let is_any = Memo::new(move |_| people.with(|people| !people.is_empty()));
    part(move || {
        is_any.get().then(|| {
            view! {
                <ul class="people" aria-label="Also on this sheet">
                    {each(shown, avatar)}
                    {part(more)}
                </ul>
            }
        })
    })
    .any()
}

/// One entry a person, with their id; those of this person's other windows last.
fn people(pages: &[Page], own: &str) -> Vec<(String, Person)> {
    let mut people: Vec<(String, Person)> = Vec::new();
    for page in pages {
        let name =
            || if page.person == own { page.name.clone() + ", in another window" } else { page.name.clone() };
        let at = place(page).map(|record| (record, page.field.clone()));
        match people.iter_mut().find(|(person, _)| *person == page.person) {
            Some((_, known)) => known.at = known.at.take().or(at),
            None => people.push((page.person.clone(), Person { name: name(), tone: page.tone, at })),
        }
    }
    people.sort_by(|(one, first), (other, second)| {
        (one == own, &first.name).cmp(&(other == own, &second.name))
    });
    people
}

fn place(page: &Page) -> Option<RecordName> {
    RecordName::read(page.record.strip_prefix(RecordId::PREFIX)?)
}

fn avatar(control: SheetControl, person: Person) -> AnyView {
    let Person { name, tone, at } = person;
    let class = ["avatar person-", &tone.to_string()].concat();
    let label = match at {
        Some(_) => [&name, ": go to their cell"].concat(),
        None => name.clone(),
    };
    let go = move |_| {
        if let Some((record, field)) = &at {
            control.grid.go.set(Some(Go::Record { record: *record, field: field.clone() }));
        }
    };
    view! {
        <li class="with-hint">
            <button type="button" class=class aria-label=label on:click=on_mouse(go)>{initials(&name)}</button>
            <span class="hint" aria-hidden="true">{name.clone()}</span>
        </li>
    }
    .any()
}

/// The first letters of the first and the last word of a name.
fn initials(name: &str) -> String {
    let name = name.split(',').next().unwrap_or_default();
    let mut words = name.split([' ', '@', '.']).filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// The cells of the others, each with a name for a moment after it was come to.
fn frames(control: SheetControl, pages: RwSignal<Vec<Page>>) {
    let quiet = RwSignal::new(Vec::<(String, String, String)>::new());
    let cell = |page: &Page| (page.page.clone(), page.record.clone(), page.field.clone());
    watch(move || {
        let other = |page: &Page| {
            let is_new = quiet.with(|quiet| !quiet.contains(&cell(page)));
            let record = place(page)?;
            Some(Other {
                record,
                field: page.field.clone(),
                name: page.name.clone(),
                tone: page.tone,
                is_new,
            })
        };
        let others: Vec<Other> = pages.with(|pages| pages.iter().filter_map(other).collect());
        if control.grid.others.with_untracked(|known| *known != others) {
            control.grid.others.set(others);
        }
    });
    watch(move || {
        let seen: Vec<_> = pages.with(|pages| pages.iter().map(cell).collect());
        let later = move || {
            quiet.update(|quiet| {
                let still = pages.with_untracked(|pages| pages.iter().map(cell).collect::<Vec<_>>());
                *quiet =
                    still.into_iter().filter(|cell| seen.contains(cell) || quiet.contains(cell)).collect();
            });
        };
        set_timeout(later, Duration::from_millis(NAME_MILLISECONDS));
    });
    on_cleanup(move || {
        control.grid.others.set(Vec::new());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(page: &str, person: &str, name: &str, record: &str) -> Page {
        let [page, person, name, record] = [page, person, name, record].map(str::to_string);
        Page { page, person, name, tone: 0, sheet: "s".to_string(), record, field: "f".to_string() }
    }

    #[test]
    fn each_person_is_shown_once_and_oneself_last() {
        let record = "us_rc_0000000000000000000001";
        let pages = [
            page("1", "me", "Ann Lee", ""),
            page("2", "b", "Zoe", ""),
            page("3", "b", "Zoe", record),
            page("4", "c", "Bob", ""),
        ];
        let people = people(&pages, "me");
        let names: Vec<&str> = people.iter().map(|(_, person)| person.name.as_str()).collect();
        assert_eq!(names, ["Bob", "Zoe", "Ann Lee, in another window"]);
        assert!(people[1].1.at.is_some(), "the window that is at a cell says where they are");
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        for (name, wanted) in [
            ("Ada Lovelace", "AL"),
            ("ann", "A"),
            ("Juan Carlos de la Vega", "JV"),
            ("x@y.org", "XO"),
            ("", ""),
        ] {
            assert_eq!(initials(name), wanted, "{name}");
        }
    }
}
