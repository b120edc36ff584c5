//! The people of the account, and the guests of an environment.

use std::collections::{BTreeSet, HashMap};

use super::secrets::spaces_of;
use super::{Asker, id, refused};
use crate::domain::access::Operation;
use crate::domain::guest::{Grant, Parts};
use crate::domain::ids::{EnvironmentId, Id, SpaceId};
use crate::domain::tenant::Environment;
use crate::rpc::RpcError;
use crate::rpc::people::{
    GuestAddress, GuestDraft, GuestList, GuestRow, GuestSpace, PeopleList, PersonDraft, PersonRow,
    SavedPerson, SpaceChoice,
};
use crate::service::grants::NewGrant;
use crate::service::guests::{GuestChange, GuestWithGrants, NewGuest};
use crate::service::roles::{Assignment, BuiltInRole, role_id};
use crate::service::user_invitations::NewUser;
use crate::service::users::Colleague;
use crate::service::{Page, ServiceError};
use crate::store::now;
use crate::store::users::UserFilter;

/// People that are listed, and guests.
const MOST: u64 = 500;

pub async fn people(environment_id: String) -> Result<PeopleList, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let found = service.colleagues(actor, Page::first(MOST)).await?;
    let mut roles = service.roles(actor).await?;
    roles.retain(|role| !role.is_of_guests);
    let account = service.account(actor).await?.id.to_string();
    let mut places = vec![(account, "The whole account".to_string())];
    let place = |environment: Environment| {
        (environment.id.to_string(), format!("The environment {}", environment.name))
    };
    places.extend(service.environments(actor, Page::first(MOST)).await?.items.into_iter().map(place));
    if !environment_id.is_empty() {
        let spaces = spaces_of(&asker, &id(&environment_id)?).await?;
        places.extend(spaces.into_iter().map(|(id, name)| (id, format!("The space {name}"))));
    }
    Ok(PeopleList {
        people: found.items.into_iter().map(|found| person(found, &roles)).collect(),
        total: found.total,
        roles: roles.into_iter().map(|role| (role.id.to_string(), role.name.to_string())).collect(),
        places,
        manages: actor.may(Operation::ManageUsers),
        now: now().0,
    })
}

fn person(found: Colleague, roles: &[BuiltInRole]) -> PersonRow {
    let place = found.role.as_ref().map(|role| role.resource_id()).unwrap_or_default();
    let account = &found.profile.account_id;
    let role = found.role.and_then(|has| {
        let of_role = |role: &&BuiltInRole| role_id(account, has.role).is_ok_and(|id| id == role.id);
        roles.iter().find(of_role).map(|role| role.id.to_string())
    });
    PersonRow {
        id: found.profile.id.to_string(),
        name: found.profile.name,
        email: found.profile.email,
        role: role.unwrap_or_default(),
        place,
        last_seen_at: found.profile.last_seen_at.map(|at| at.0),
        is_invited: found.is_invited,
    }
}

pub async fn save_person(draft: PersonDraft) -> Result<SavedPerson, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let assignment = Assignment { role_id: draft.role, resource_id: draft.place };
    let saved = if draft.id.is_empty() {
        let own = draft.email.trim().split('@').next().unwrap_or_default().to_string();
        let name = if draft.name.trim().is_empty() { own } else { draft.name };
        let new = NewUser { email: draft.email, name, roles: vec![assignment] };
        service.invite_user(actor, new).await.map(|made| made.link)
    } else {
        service.change_user_role(actor, &id(&draft.id)?, &assignment).await.map(|_| None)
    };
    match saved {
        Ok(link) => Ok(link.map_or(SavedPerson::Kept, SavedPerson::Link)),
        Err(error) => refused(error, "email: ").map(SavedPerson::Refused),
    }
}

pub async fn invite_again(person_id: String) -> Result<Option<String>, RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.resend_invitation(&asker.actor, &id(&person_id)?).await?.link)
}

pub async fn password_link(person_id: String) -> Result<Option<String>, RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.password_link(&asker.actor, &id(&person_id)?).await?)
}

pub async fn remove_person(person_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_user(&asker.actor, &id(&person_id)?).await?)
}

pub async fn guests(environment_id: String, most: u64) -> Result<GuestList, RpcError> {
    let asker = Asker::of_request()?;
    let environment: EnvironmentId = id(&environment_id)?;
    let page = Page::first(most.clamp(1, MOST));
    let found = asker.service.guests_of_environment(&asker.actor, &environment, page).await?;
    let spaces = spaces_of(&asker, &environment).await?;
    let granted = found.items.iter().flat_map(|found| &found.grants).map(|grant| grant.space_id.to_string());
    let around: BTreeSet<String> = spaces.iter().map(|(id, _)| id.clone()).chain(granted).collect();
    let around = around.iter().map(|space| id(space)).collect::<Result<Vec<SpaceId>, _>>()?;
    let workbooks = asker.service.workbook_names(&asker.actor, &around).await?;
    let names: HashMap<&str, &str> = spaces
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()))
        .chain(workbooks.iter().map(|(_, id, name)| (id.as_str(), name.as_str())))
        .collect();
    let guests = found.items.into_iter().map(|found| guest(found, &names)).collect();
    let choice = |(id, name): &(String, String)| SpaceChoice {
        workbooks: workbooks
            .iter()
            .filter(|(space, ..)| space == id)
            .map(|(_, id, name)| (id.clone(), name.clone()))
            .collect(),
        id: id.clone(),
        name: name.clone(),
    };
    let choices = spaces.iter().map(choice).collect();
    Ok(GuestList { guests, total: found.total, spaces: choices, now: now().0 })
}

fn guest(found: GuestWithGrants, names: &HashMap<&str, &str>) -> GuestRow {
    let last = found.grants.iter().filter_map(|grant| grant.last_accessed_at).max();
    GuestRow {
        id: found.guest.id.to_string(),
        email: found.guest.email.unwrap_or_default(),
        name: found.guest.name,
        spaces: found.grants.into_iter().map(|grant| granted(grant, names)).collect(),
        last_here_at: last.map(|at| at.0),
    }
}

fn granted(grant: Grant, names: &HashMap<&str, &str>) -> GuestSpace {
    let called = |id: &str| names.get(id).map_or_else(|| id.to_string(), |name| (*name).to_string());
    let id = grant.space_id.to_string();
    let name = called(&id);
    let Some(Parts { workbooks, sheets }) = grant.only else {
        return GuestSpace { words: name.clone(), id, name, ..GuestSpace::default() };
    };
    let mut seen: Vec<String> = workbooks.iter().map(|id| called(id.as_str())).collect();
    match sheets.len() {
        0 => {}
        1 => seen.push("1 sheet".to_string()),
        several => seen.push(format!("{several} sheets")),
    }
    GuestSpace {
        words: format!("{name} ({})", seen.join(", ")),
        only: Some(workbooks.iter().map(ToString::to_string).collect()),
        sheets: sheets.iter().map(ToString::to_string).collect(),
        id,
        name,
    }
}

/// What a draft grants; a space of which nothing is chosen is refused, for nothing would mean all of it.
fn grant(space: &GuestSpace) -> Result<NewGrant, RpcError> {
    let workbooks = space.only.iter().flatten().map(|one| id(one)).collect::<Result<_, _>>()?;
    let sheets = space.sheets.iter().map(|one| id(one)).collect::<Result<_, _>>()?;
    let is_all = space.only.is_none() && space.sheets.is_empty();
    Ok(NewGrant { space_id: id(&space.id)?, only: (!is_all).then_some(Parts { workbooks, sheets }) })
}

pub async fn save_guest(draft: GuestDraft) -> Result<Option<String>, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    if let Some(space) = draft.spaces.iter().find(|space| space.is_empty()) {
        return Ok(Some(format!("Choose at least one workbook of {}", space.name)));
    }
    let spaces = draft.spaces.iter().map(grant).collect::<Result<Vec<NewGrant>, _>>()?;
    let is_new = draft.id.is_empty();
    let saved: Result<(), ServiceError> = if is_new {
        let environment_id = Some(id(&draft.environment_id)?);
        let new = NewGuest { environment_id, email: draft.email, name: draft.name, spaces };
        service.create_guests(actor, vec![new]).await.map(drop)
    } else {
        let email = Some(draft.email).filter(|email| !email.trim().is_empty());
        let change =
            GuestChange { email, name: Some(draft.name), spaces: Some(spaces), ..GuestChange::default() };
        service.update_guest(actor, &id(&draft.id)?, change).await.map(drop)
    };
    match saved {
        Ok(()) => Ok(None),
        Err(error) => refused(error, if is_new { "[0]: email: " } else { "email: " }).map(Some),
    }
}

pub async fn guest_link(guest_id: String, space_id: String) -> Result<GuestAddress, RpcError> {
    let asker = Asker::of_request()?;
    let link = asker.service.guest_link(&asker.actor, &id(&guest_id)?, &id(&space_id)?).await?;
    Ok(GuestAddress { address: link.address, once: link.once })
}

pub async fn delete_guest(guest_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_guest(&asker.actor, &id(&guest_id)?, None).await?)
}

/// What the people of the account are called, by their ids.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) async fn of(asker: &Asker) -> Result<Self, RpcError> {
        let found = asker.service.users(&asker.actor, UserFilter::default(), Page::first(MOST)).await?;
        Ok(Self(found.items.into_iter().map(|user| (user.id.to_string(), user.name)).collect()))
    }

    /// What people call the one who did something; nothing for nobody.
    pub(super) fn who(&self, asker: &Asker, id: &str) -> String {
        match self.0.get(id) {
            Some(name) => name.clone(),
            None if id.is_empty() => String::new(),
            None => asker.who(id),
        }
    }
}
