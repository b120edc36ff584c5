//! The guests of an environment: who comes into single spaces by a link.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, section};
use crate::app::components::{
    Button, Control, EmptyState, Filling, FormField, Icon, MenuButton, MenuItem, Table, draft_dialog, taken,
};
use crate::app::format;
use crate::app::plain::{Any, live, on_event};
use crate::app::signals::{RwSignal, Signal, StoredValue};
use crate::rpc::guests::{self, GuestDraft, GuestList, GuestRow, GuestSpace, SpaceChoice};

/// Guests that are shown first, and further ones with each press.
const STEP: u64 = 50;

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct Guests {
    developers: Developers,
    draft: RwSignal<Option<GuestDraft>>,
    /// Where they can be let in.
    spaces: StoredValue<Vec<SpaceChoice>>,
    most: RwSignal<u64>,
}

impl Guests {
    fn invite(self) {
        let environment_id = self.developers.environment.get_untracked();
        self.draft.set(Some(GuestDraft { environment_id, ..GuestDraft::default() }));
    }
}

/// The list, with a form for another one.
pub fn guests(developers: Developers) -> AnyView {
    let shared = Guests {
        developers,
        draft: RwSignal::new(None),
        spaces: StoredValue::new(Vec::new()),
        most: RwSignal::new(STEP),
    };
    let offer = view! { <Button label="Invite a guest".to_string() press=move |()| shared.invite() before=Icon::Plus /> };
    let ask = |environment, most: String| guests::guests(environment, most.parse().unwrap_or(STEP));
    view! {
        <h2 class="section-part">"Guests"</h2>
        {section::head("Guests have no password: a link brings each of them into the spaces of this environment that they were invited into.", offer.any())}
        {section::reading(developers, move || shared.most.get().to_string(), ask, move |list| shown(shared, list))}
        {dialog(shared)}
    }
    .any()
}

fn shown(shared: Guests, list: GuestList) -> AnyView {
    let GuestList { guests, total, spaces, now } = list;
    shared.spaces.set_value(spaces);
    if guests.is_empty() {
        return view! {
            <EmptyState sign=Icon::Link title="No guests yet" text="Invite somebody who is to work in one space, or in a workbook of it, and see nothing else.">
                {section::add("Invite a guest", move |()| shared.invite())}
            </EmptyState>
        }
        .any();
    }
    let more = total > guests.len() as u64;
    view! {
        <Table class="guests-table" caption="Guests" headings=&["E-mail", "Name", "Spaces", "Last here", ""]>
            {guests.into_iter().map(|guest| row(shared, guest, now)).collect_view().any()}
        </Table>
        {more.then(|| view! { <p class="more"><Button label="Show more guests".to_string() press=move |()| shared.most.update(|most| *most += STEP) /></p> }).any()}
    }
    .any()
}

fn row(shared: Guests, guest: GuestRow, now: i64) -> AnyView {
    let names: Vec<&str> = guest.spaces.iter().map(|space| space.words.as_str()).collect();
    let spaces = if names.is_empty() { "None".to_string() } else { names.join(", ") };
    let address =
        if guest.email.is_empty() { "Let in by a program".to_string() } else { guest.email.clone() };
    let name = guest.name.clone();
    let (menu, label) = (format!("menu-{}", guest.id), format!("Actions of {name}"));
    let here = guest.last_here_at.map_or("Never".to_string(), |at| format::ago(at, now));
    let items = Signal::derive(move || items(shared, &guest));
    view! {
        <tr>
            <th scope="row">{address}</th>
            <td>{name}</td>
            <td class="wide">{spaces}</td>
            <td>{here}</td>
            <td class="menu-cell"><MenuButton id=menu label=label bare=Icon::More items=items /></td>
        </tr>
    }
    .any()
}

fn items(shared: Guests, guest: &GuestRow) -> Vec<MenuItem> {
    let link = |space: &GuestSpace| {
        let (id, name, space) = (guest.id.clone(), &space.name, space.id.clone());
        MenuItem::new(format!("Link to {name}"), Icon::Link, move || {
            show_link(shared.developers, id.clone(), space.clone());
        })
    };
    let mut items: Vec<MenuItem> = guest.spaces.iter().map(link).collect();
    let (edited, doomed) = (guest.clone(), guest.clone());
    items.push(MenuItem::new("Change", Icon::Pencil, move || {
        let environment_id = shared.developers.environment.get_untracked();
        let GuestRow { id, email, name, spaces, .. } = edited.clone();
        shared.draft.set(Some(GuestDraft { id, environment_id, email, name, spaces }));
    }));
    items.push(
        MenuItem::new("Delete", Icon::Trash, move || ask_to_delete(shared.developers, &doomed)).dangerous(),
    );
    items
}

fn show_link(developers: Developers, guest: String, space: String) {
    spawn_local(async move {
        match guests::guest_link(guest, space).await {
            Ok(link) => developers.reveal(
                "The link of this guest",
                if link.once {
                    "Send it to them: it opens the space once, within a day."
                } else {
                    "Send it to them: it opens the space for a day, for whoever has it."
                },
                link.address,
            ),
            Err(error) => developers.toasts.fail("There is no link", error),
        }
    });
}

fn ask_to_delete(developers: Developers, guest: &GuestRow) {
    let (id, name) = (guest.id.clone(), guest.name.clone());
    developers.ask(
        format!("Delete {name}?"),
        "Their links open nothing any more. What they did stays.",
        "Delete",
        move || {
            let deed = guests::delete_guest(id.clone());
            developers.act("The guest was not deleted", deed, "The guest is deleted");
        },
    );
}

fn dialog(shared: Guests) -> AnyView {
    let heading = |draft: &GuestDraft| if draft.id.is_empty() { "Invite a guest" } else { "Change a guest" };
    draft_dialog("guest-form", shared.draft, heading, move |draft, filling| form(shared, draft, filling))
}

fn form(shared: Guests, draft: GuestDraft, filling: Filling) -> AnyView {
    let (email, name) = (RwSignal::new(draft.email.clone()), RwSignal::new(draft.name.clone()));
    let chosen = RwSignal::new(draft.spaces.clone());
    let (known, is_new) = (!draft.id.is_empty() && draft.email.is_empty(), draft.id.is_empty());
    let send = move || {
        let draft = GuestDraft {
            email: email.get_untracked(),
            name: name.get_untracked(),
            spaces: chosen.get_untracked(),
            ..draft.clone()
        };
        async move {
            match guests::save_guest(draft).await {
                Ok(Some(words)) => Err(words),
                Err(error) => Err(error.message),
                Ok(None) => Ok(taken(move || {
                    if is_new {
                        section::say(
                            shared.developers,
                            "They may come in: the menu beside them has their links",
                        );
                    }
                    shared.developers.read();
                })),
            }
        }
    };
    let fields = view! {
        <FormField name="guest-email".to_string() label="E-mail".to_string() control=Control::Line("email") value=email required=!known error=filling.error />
        <FormField name="guest-name".to_string() label="Name".to_string() control=Control::Line("text") value=name />
        <fieldset class="granted">
            <legend>"Spaces"</legend>
            {shared.spaces.get_value().into_iter().map(|space| space_choice(chosen, space)).collect_view().any()}
        </fieldset>
    };
    filling.form(if is_new { "Invite" } else { "Save" }, fields.any(), send)
}

/// A space that can be granted, and below it, while it is, which of its workbooks.
fn space_choice(chosen: RwSignal<Vec<GuestSpace>>, space: SpaceChoice) -> AnyView {
    let SpaceChoice { id, name, workbooks } = space;
    let of_space = StoredValue::new((id, name.clone()));
    let is_in =
        move || of_space.with_value(|(id, _)| chosen.with(|chosen| chosen.iter().any(|one| one.id == *id)));
    let change = move |event| {
        let is_in = event_target_checked(&event);
        let (id, name) = of_space.get_value();
        chosen.update(|chosen| {
            chosen.retain(|one| one.id != id);
            if is_in {
                chosen.push(GuestSpace { id, name, ..GuestSpace::default() });
            }
        });
    };
    let all = StoredValue::new(workbooks.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
    let legend = format!("Workbooks of {name}");
    let workbook = move |(workbook, label): (String, String)| {
        let workbook = StoredValue::new(workbook);
        let is_seen = move || {
            let here = of_space
                .with_value(|(id, _)| chosen.with(|chosen| chosen.iter().find(|one| one.id == *id).cloned()));
            here.is_some_and(|here| workbook.with_value(|workbook| here.shows(workbook)))
        };
        let change = move |event| {
            let (is_seen, (id, _)) = (event_target_checked(&event), of_space.get_value());
            let (all, workbook) = (all.get_value(), workbook.get_value());
            chosen.update(|chosen| {
                if let Some(here) = chosen.iter_mut().find(|one| one.id == id) {
                    here.show(&all, &workbook, is_seen);
                }
            });
        };
        choice(live(is_seen), on_event(change), label)
    };
    let several = workbooks.len() > 1;
    view! {
        {choice(live(is_in), on_event(change), name)}
        {several.then(|| view! {
            <fieldset class="granted part" prop:hidden=live(move || !is_in())>
                <legend>{legend}</legend>
                {workbooks.into_iter().map(workbook).collect_view().any()}
            </fieldset>
        }).any()}
    }
    .any()
}

fn choice(
    checked: Box<dyn FnMut() -> bool + Send>,
    change: Box<dyn FnMut(leptos::ev::Event)>,
    label: String,
) -> AnyView {
    view! { <label><input type="checkbox" class="check" prop:checked=checked on:change=change />" " {label}</label> }.any()
}
