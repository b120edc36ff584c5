//! Visits: somebody comes into one space by a link, often in a frame of another site, and has no account here.
//!
//! The token of the link is exchanged at once for one of the visit, which the page keeps for the life of its tab. It
//! is not stored: it says which space it opens, who the visitor is and until when, signed with the server's key.

use super::grants::came_in;
use super::secrets::hash_token;
use super::{ErrorKind, Result, Service, ServiceError, space_tokens};
use crate::domain::access::{Actor, Role};
use crate::domain::ids::{FileId, GuestId, Id, SpaceId, base62};
use crate::domain::space::Space;
use crate::domain::tenant::Person;
use crate::store::{accounts, guests, now, random_bytes};

/// How long a visit lasts unless its page renews it.
const LIFE: i64 = 12 * 3600 * 1000;
/// How long a file can be fetched with a ticket: as long as a browser needs to begin.
const TICKET_LIFE: i64 = 60 * 1000;
/// What others call a visitor whom nobody named.
const NAMELESS: &str = "Guest";

/// A visit that has just begun.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What the page shows with everything that it asks for.
    pub token: String,
    /// What the visitor may do.
    pub actor: Actor,
    /// Who the visitor is.
    pub person: Person,
    /// Where.
    pub space: Space,
    /// It is one that the page had begun before.
    pub goes_on: bool,
}

impl Service {
    /// Begins a visit with the token of a link; goes on with it when that is the token of a visit already.
    ///
    /// # Errors
    /// Unauthorized when the token is forged or too old, its space is gone or put away, or the guest may not enter it.
    pub async fn begin_visit(&self, token: &str) -> Result<Visit> {
        let known = self.secrets.verify("visit", token, now());
        let subject = match (&known, self.subject_of(token)) {
            (Some(subject), _) => subject.clone(),
            (None, Some((guest, _))) if guest.contains('.') => guest,
            (None, Some((space, _))) => {
                format!("{space}.{}", base62(u128::from_le_bytes(random_bytes()), 22))
            }
            (None, None) => return Err(run_out()),
        };
        let visit = self.visit_of(&subject).await?.ok_or_else(run_out)?;
        Ok(match known {
            Some(_) => Visit { token: token.to_string(), goes_on: true, ..visit },
            None => visit,
        })
    }

    /// A visit that begins now; nothing when its visitor may not enter the space.
    pub(super) async fn visit_of(&self, subject: &str) -> Result<Option<Visit>> {
        let Some((actor, person, space)) = self.visitor_of(subject).await? else { return Ok(None) };
        let token = self.secrets.sign("visit", subject, now().plus(LIFE));
        Ok(Some(Visit { token, actor, person, space, goes_on: false }))
    }

    /// A visit's token with a whole life before it.
    ///
    /// # Errors
    /// Unauthorized when the visit is over.
    pub fn renew_visit(&self, token: &str) -> Result<String> {
        let subject = self.secrets.verify("visit", token, now()).ok_or_else(run_out)?;
        Ok(self.secrets.sign("visit", &subject, now().plus(LIFE)))
    }

    /// The visitor behind the token of a visit; nothing when it is over, or is none.
    pub async fn visitor(&self, token: &str) -> Result<Option<(Actor, Person)>> {
        let Some(subject) = self.secrets.verify("visit", token, now()) else { return Ok(None) };
        self.known_visitor(&subject).await
    }

    /// A ticket with which a visitor's browser fetches one file, for a minute.
    ///
    /// # Errors
    /// Unauthorized when the visit is over.
    pub fn file_ticket(&self, visit: &str, file: &FileId) -> Result<String> {
        let subject = self.secrets.verify("visit", visit, now()).ok_or_else(run_out)?;
        Ok(self.secrets.sign("file", &format!("{file}.{subject}"), now().plus(TICKET_LIFE)))
    }

    /// The visitor who may fetch that file with that ticket.
    pub async fn visitor_of_ticket(&self, ticket: &str, file: &FileId) -> Result<Option<(Actor, Person)>> {
        let subject = self.secrets.verify("file", ticket, now());
        match subject.as_deref().and_then(|subject| subject.split_once('.')) {
            Some((named, subject)) if named == file.as_str() => self.known_visitor(subject).await,
            _ => Ok(None),
        }
    }

    /// The sites that may show the pages of a space in a frame; any when empty.
    pub async fn embed_origins(&self, space: &Space) -> Result<Vec<String>> {
        let mut tx = self.db.read().await?;
        let environment = accounts::environment(&mut tx, &space.scope(), &space.environment_id).await?;
        let origins = environment.map(|environment| environment.embed_origins).unwrap_or_default();
        Ok(origins.iter().map(|origin| origin.as_str().to_string()).collect())
    }

    async fn known_visitor(&self, subject: &str) -> Result<Option<(Actor, Person)>> {
        let hash = hash_token(subject);
        let era = match self.visitors.get(&hash) {
            Ok(known) => return Ok(Some(known)),
            Err(era) => era,
        };
        let known = self.visitor_of(subject).await?.map(|(actor, person, _)| (actor, person));
        if let Some(known) = &known {
            self.visitors.remember(era, hash, known);
        }
        Ok(known)
    }

    async fn visitor_of(&self, subject: &str) -> Result<Option<(Actor, Person, Space)>> {
        let Some((space, visitor)) = subject.split_once('.') else { return Ok(None) };
        let (id, guest) = (SpaceId::parse(space)?, GuestId::parse(visitor).ok());
        let mut tx = self.db.read().await?;
        let found = space_tokens::find(&mut tx, &id, guest.as_ref()).await?;
        let is_open =
            |space: &Space| space.archived_at.is_none() && (guest.is_some() || space.has_shared_link());
        let Some((space, grant)) = found.filter(|(space, _)| is_open(space)) else {
            return Ok(None);
        };
        let actor = came_in(&mut tx, &space, guest.as_ref().zip(grant.as_ref()), Role::Guest).await?;
        let named = match &guest {
            Some(id) => guests::find(&mut tx, &actor.scope, id).await?,
            None => None,
        };
        drop(tx);
        if let (Some(guest), Some(grant)) = (&guest, grant) {
            self.note_access(guest, &grant).await;
        }
        let name = named.map_or_else(|| NAMELESS.to_string(), |guest| guest.name);
        let person = Person { id: visitor.to_string(), name };
        Ok(Some((actor, person, space)))
    }
}

pub(super) fn run_out() -> ServiceError {
    let message = "this link does not open the space any more; ask whoever sent it for a new one";
    ServiceError::new(ErrorKind::Unauthorized, message)
}
