//! Spaces that a web page makes to embed them, by its publishable key: the space and what is in it at once, or nothing
//! (section 4.2 of the wire contract).

use serde_json::{Map, Value};

use super::documents::{DocumentChange, insert_document};
use super::grants::admit;
use super::guests::{self, GuestWithGrants};
use super::spaces::NewSpace;
use super::workbooks::WorkbookWithSheets;
use super::{ErrorKind, Result, Service, ServiceError, allow, environments};
use crate::domain::access::{Actor, Operation, Role};
use crate::domain::blueprint::WorkbookConfig;
use crate::domain::document::Document;
use crate::domain::guest::{Grant, Guest};
use crate::domain::space::Space;
use crate::domain::tenant::Environment;

/// How a space is called that the page does not name.
const UNNAMED: &str = "Embedded Space";

/// What a page wants to embed.
#[derive(Debug, Clone, Default)]
pub struct NewEmbed {
    /// The space.
    pub space: NewSpace,
    /// A workbook in it.
    pub workbook: Option<WorkbookConfig>,
    /// A document in it.
    pub document: Option<DocumentChange>,
    /// Who works in it, by the name under which the customer's program knows them.
    pub external_actor_id: Option<String>,
}

/// What a page embeds.
#[derive(Debug, Clone)]
pub struct Embedded {
    /// The page itself from then on: what its token opens.
    pub page: Actor,
    /// Where the space is.
    pub environment: Environment,
    /// The space.
    pub space: Space,
    /// The workbook in it.
    pub workbook: Option<WorkbookWithSheets>,
    /// The document in it.
    pub document: Option<Document>,
    /// Who works in it. A publishable key is public, so this tells nothing but what the request said.
    pub guest: Option<GuestWithGrants>,
}

impl Service {
    /// The actor of a publishable key, which stands in an address for everybody to read.
    ///
    /// # Errors
    /// The key is not known, or not publishable.
    pub async fn actor_of_publishable_key(&self, key: &str) -> Result<Actor> {
        let actor = self.actor_of_bearer(key).await?;
        if actor.role == Role::PublishableKey {
            return Ok(actor);
        }
        let message =
            "publishableKey: a publishable key is wanted, `pk_…`; others do not belong into an address";
        Err(ServiceError::new(ErrorKind::Forbidden, message))
    }

    /// Makes a space with what is in it. Who works in it counts as its maker where the page says who it is.
    pub async fn embed(&self, actor: &Actor, new: NewEmbed) -> Result<Embedded> {
        allow(actor, Operation::CreateSpace)?;
        let mut new_space = new.space;
        let called = named_user(&new_space).map(str::to_string);
        let mut tx = self.db.write().await?;
        let environment = environments::named_or_own(&mut tx, actor, new_space.environment_id.take()).await?;
        let guest = match &new.external_actor_id {
            Some(id) => Some(guests::of_program(&mut tx, &environment, id, called.as_deref()).await?),
            None => None,
        };
        new_space.name = new_space.name.filter(|name| !name.trim().is_empty()).or(Some(UNNAMED.to_string()));
        new_space.metadata.get_or_insert_with(|| Value::Object(Map::new()));
        let somebody = guest.as_ref().map(|guest| guest.id.to_string());
        let maker = Actor { id: somebody.clone().unwrap_or_else(|| actor.id.clone()), ..actor.clone() };
        let space = self.insert_space(&mut tx, &maker, &environment, new_space).await?;
        let id = somebody.unwrap_or_else(|| space.id.to_string());
        let page = Actor { id, role: Role::Embed, scope: space.scope() };
        if let Some(guest) = &guest {
            admit(&mut tx, &page, guest, &space).await?;
        }
        let workbook = match new.workbook {
            Some(config) => {
                let made = self.insert_workbook(&mut tx, &page, &space, config, Map::new()).await;
                Some(made.map_err(|error| error.within("workbook"))?)
            }
            None => None,
        };
        let document = match new.document {
            Some(new) => {
                let made = insert_document(&mut tx, &page, &space, new).await;
                Some(made.map_err(|error| error.within("document"))?)
            }
            None => None,
        };
        tx.commit().await?;
        let guest = guest.map(|guest| told(guest, called, &space));
        Ok(Embedded { page, environment, space, workbook, document, guest })
    }
}

/// How the page calls the person before it: `metadata.userInfo.name` (section 4.5).
fn named_user(space: &NewSpace) -> Option<&str> {
    space.metadata.as_ref()?.get("userInfo")?.get("name")?.as_str()
}

/// A guest as the page that named them is told: without their address, with the name that it said itself.
fn told(guest: Guest, called: Option<String>, space: &Space) -> GuestWithGrants {
    let name = called.or_else(|| guest.external_id.clone()).unwrap_or_default();
    let grants = vec![Grant::of_all(space.id.clone())];
    GuestWithGrants { guest: Guest { email: None, name, ..guest }, grants }
}
