//! The people of the account.

use super::names::spaces_of;
use super::{Asker, id, refused};
use crate::domain::access::Operation;
use crate::domain::tenant::Environment;
use crate::rpc::RpcError;
use crate::rpc::people::{PeopleList, PersonDraft, PersonRow, SavedPerson};
use crate::service::Page;
use crate::service::roles::{Assignment, BuiltInRole, role_id};
use crate::service::user_invitations::NewUser;
use crate::service::users::Colleague;
use crate::store::now;

/// People that are listed.
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
