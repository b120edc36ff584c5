//! The guests of an environment.

use std::collections::{BTreeSet, HashMap};

use super::names::spaces_of;
use super::{Asker, id, refused};
use crate::domain::guest::{Grant, Parts};
use crate::domain::ids::{EnvironmentId, Id, SpaceId};
use crate::rpc::RpcError;
use crate::rpc::guests::{GuestAddress, GuestDraft, GuestList, GuestRow, GuestSpace, SpaceChoice};
use crate::service::grants::NewGrant;
use crate::service::guests::{GuestChange, GuestWithGrants, NewGuest};
use crate::service::{Page, ServiceError};
use crate::store::now;

/// Guests that are listed.
const MOST: u64 = 500;

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
