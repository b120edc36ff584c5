//! The people of the account, and below them the guests of the environment.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, guests, section};
use crate::app::components::{
    Button, Control, Filling, FormField, Icon, Look, MenuButton, MenuItem, Table, draft_dialog, taken,
};
use crate::app::format;
use crate::app::plain::Any;
use crate::app::signals::{RwSignal, Signal, StoredValue};
use crate::rpc::people::{self, PeopleList, PersonDraft, PersonRow, SavedPerson};

/// What roles there are, and what for: id and name.
#[derive(Clone, Default)]
struct Choices {
    roles: Vec<(String, String)>,
    places: Vec<(String, String)>,
}

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct People {
    developers: Developers,
    draft: RwSignal<Option<PersonDraft>>,
    choices: StoredValue<Choices>,
}

/// Both lists.
pub fn people(developers: Developers) -> AnyView {
    let shared =
        People { developers, draft: RwSignal::new(None), choices: StoredValue::new(Choices::default()) };
    view! {
        {section::reading(developers, String::new, |environment, _| people::people(environment), move |list| shown(shared, list))}
        {dialog(shared)}
        {guests::guests(developers)}
    }
    .any()
}

fn shown(shared: People, list: PeopleList) -> AnyView {
    let PeopleList { people, total, roles, places, manages, now } = list;
    let more = total.saturating_sub(people.len() as u64);
    let first = |list: &[(String, String)]| list.last().map(|(id, _)| id.clone()).unwrap_or_default();
    let (role, place) = (first(&roles), places.first().map(|(id, _)| id.clone()).unwrap_or_default());
    shared.choices.set_value(Choices { roles, places });
    let invite = move |()| {
        let (role, place) = (role.clone(), place.clone());
        shared.draft.set(Some(PersonDraft { role, place, ..PersonDraft::default() }));
    };
    let offer = manages.then(|| view! { <Button label="Invite somebody".to_string() press=invite look=Look::Primary before=Icon::Plus /> });
    view! {
        {section::head("Who signs in here. Admins manage environments, keys, agents and people; members work with spaces.", offer.any())}
        <Table class="people-table" caption="People" headings=&["Name", "E-mail", "Role", "Last seen", ""]>
            {people.into_iter().map(|person| row(shared, person, manages, now)).collect_view().any()}
        </Table>
        {(more > 0).then(|| view! { <p class="quiet">{format!("{} more", format::count(more))}</p> }).any()}
        <p class="more"><a class="button" href="/password/own">"Change your own password"</a></p>
    }
    .any()
}

fn name_of(list: &[(String, String)], id: &str) -> String {
    list.iter().find(|(known, _)| known == id).map_or(id.to_string(), |(_, name)| name.clone())
}

fn row(shared: People, person: PersonRow, manages: bool, now: i64) -> AnyView {
    let (role, place) = shared.choices.with_value(|choices| {
        let place = name_of(&choices.places, &person.place);
        let whole = choices.places.first().is_some_and(|(id, _)| *id == person.place);
        let role = if person.role.is_empty() {
            "None: they can do nothing".to_string()
        } else {
            name_of(&choices.roles, &person.role)
        };
        (role, (!whole && !person.role.is_empty()).then_some(place))
    });
    let seen = match (person.last_seen_at, person.is_invited) {
        (Some(at), _) => format::ago(at, now),
        (None, true) => "Invited".to_string(),
        (None, false) => "Never".to_string(),
    };
    let (menu, label) = (format!("menu-{}", person.id), format!("Actions of {}", person.name));
    let (name, email) = (person.name.clone(), person.email.clone());
    let items = Signal::derive(move || items(shared, &person));
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="wide">{email}</td>
            <td>{role} {place.map(|place| view! { <small class="quiet">{place}</small> }).any()}</td>
            <td>{seen}</td>
            <td class="menu-cell">
                {manages.then(|| view! { <MenuButton id=menu label=label bare=Icon::More items=items /> }).any()}
            </td>
        </tr>
    }
    .any()
}

fn items(shared: People, person: &PersonRow) -> Vec<MenuItem> {
    let came = (!person.is_invited).then(|| "They have a password already.".to_string());
    let not_yet = person.is_invited.then(|| "They choose one by their invitation.".to_string());
    let (id, of_password) = (person.id.clone(), person.id.clone());
    let (changed, doomed) = (person.clone(), person.clone());
    vec![
        MenuItem::new("Change role", Icon::Pencil, move || {
            let PersonRow { id, name, email, role, place, .. } = changed.clone();
            shared.draft.set(Some(PersonDraft { id, email, name, role, place }));
        }),
        MenuItem::new("Invite again", Icon::Redo, move || invite_again(shared.developers, id.clone()))
            .unless(came),
        MenuItem::new("New password", Icon::Link, move || {
            new_password(shared.developers, of_password.clone())
        })
        .unless(not_yet),
        MenuItem::new("Remove", Icon::Trash, move || ask_to_remove(shared.developers, &doomed)).dangerous(),
    ]
}

fn invite_again(developers: Developers, id: String) {
    spawn_local(async move {
        match people::invite_again(id).await {
            Ok(link) => invited(developers, link),
            Err(error) => developers.toasts.fail("They were not invited again", error),
        }
    });
}

fn new_password(developers: Developers, id: String) {
    spawn_local(async move {
        match people::password_link(id).await {
            Ok(Some(link)) => developers.reveal(
                "The link for a new password",
                "No mail server is set up, so send it to them yourself. It can be used once, for an hour, and is not shown again.",
                link,
            ),
            Ok(None) => section::say(developers, "A mail with a link is on its way to them"),
            Err(error) => developers.toasts.fail("There is no link", error),
        }
    });
}

/// Shows the link of an invitation where no mail brings it.
fn invited(developers: Developers, link: Option<String>) {
    match link {
        Some(link) => developers.reveal(
            "The link of the invitation",
            "No mail server is set up, so send it to them yourself. It can be used once, for a week, and is not shown again.",
            link,
        ),
        None => section::say(developers, "A mail with the invitation is on its way"),
    }
    developers.read();
}

fn ask_to_remove(developers: Developers, person: &PersonRow) {
    let id = person.id.clone();
    developers.ask(
        format!("Remove {}?", person.name),
        "They are signed out at once, and their tokens open nothing any more. What they did stays.",
        "Remove",
        move || {
            let deed = people::remove_person(id.clone());
            developers.act("They were not removed", deed, "They are removed");
        },
    );
}

fn dialog(shared: People) -> AnyView {
    let heading = |draft: &PersonDraft| if draft.id.is_empty() { "Invite somebody" } else { "Change role" };
    draft_dialog("person-form", shared.draft, heading, move |draft, filling| form(shared, draft, filling))
}

fn form(shared: People, draft: PersonDraft, filling: Filling) -> AnyView {
    let is_new = draft.id.is_empty();
    let [email, name, role, place] =
        [draft.email.clone(), draft.name.clone(), draft.role.clone(), draft.place.clone()].map(RwSignal::new);
    let send = move || {
        let draft = PersonDraft {
            id: draft.id.clone(),
            email: email.get_untracked(),
            name: name.get_untracked(),
            role: role.get_untracked(),
            place: place.get_untracked(),
        };
        async move {
            match people::save_person(draft).await {
                Ok(SavedPerson::Refused(words)) => Err(words),
                Err(error) => Err(error.message),
                Ok(saved) => Ok(taken(move || match saved {
                    SavedPerson::Link(link) => invited(shared.developers, Some(link)),
                    _ if is_new => invited(shared.developers, None),
                    _ => shared.developers.read(),
                })),
            }
        }
    };
    let choices = shared.choices.get_value();
    let error = filling.error;
    let first = is_new.then(|| {
        view! {
            <FormField name="person-email".to_string() label="E-mail".to_string() control=Control::Line("email") value=email required=true error=error />
            <FormField name="person-name".to_string() label="Name".to_string() control=Control::Line("text") value=name />
        }
    });
    let of_role = Signal::derive(move || if is_new { None } else { error.get() });
    let fields = view! {
        {first.any()}
        <FormField name="person-role".to_string() label="Role".to_string() control=Control::Choice(choices.roles) value=role error=of_role />
        <FormField name="person-place".to_string() label="In".to_string() control=Control::Choice(choices.places) value=place help=Some("Who has a role in one environment or space sees nothing else.".to_string()) />
    };
    filling.form(if is_new { "Invite" } else { "Save" }, fields.any(), send)
}
