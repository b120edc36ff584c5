//! Tokens that open one space: of pages that embed it, and of its guests. They are signed and not stored, and good
//! only while the space is there and the guest whom they name may enter it.

use std::time::Duration;

use super::grants::came_in;
use super::secrets::{GUEST_TOKEN_LIFE, SPACE_TOKEN_LIFE};
use super::{ErrorKind, Result, Service, ServiceError};
use crate::domain::access::{Actor, Role};
use crate::domain::guest::Grant;
use crate::domain::ids::{GuestId, Id, SpaceId};
use crate::domain::space::Space;
use crate::store::{Tx, grants, now, spaces};

/// What such tokens are signed for, and what their holders are.
const KINDS: [(&str, Role); 2] = [(EMBED, Role::Embed), (GUEST, Role::Guest)];
const EMBED: &str = "space";
const GUEST: &str = "guest";
/// Milliseconds between two notes of when a guest was last in a space.
const NOTED_EVERY: i64 = 60_000;

impl Service {
    /// Who holds a token that opens one space; nothing for a token of another kind.
    ///
    /// # Errors
    /// The space is gone, the guest may not enter it any more, or it was put away: then a page that embeds it still
    /// looks on, and guests stay outside.
    pub(super) async fn actor_of_space_token(&self, token: &str) -> Result<Option<Actor>> {
        let Some((subject, role)) = self.subject_of(token) else { return Ok(None) };
        let (space, guest) = read(&subject)?;
        let mut tx = self.db.read().await?;
        let (space, grant) = find(&mut tx, &space, guest.as_ref()).await?.ok_or_else(closed)?;
        let role = match (role, space.archived_at) {
            (role, None) => role,
            (Role::Embed, Some(_)) => Role::ArchivedEmbed,
            _ => return Err(closed()),
        };
        let guest = guest.as_ref().zip(grant.as_ref());
        let actor = came_in(&mut tx, &space, guest, role).await?;
        drop(tx);
        if let Some((guest, grant)) = guest {
            self.note_access(guest, grant).await;
        }
        Ok(Some(actor))
    }

    /// The space that a token names, with the guest after a dot where it names one, and what its holder is.
    pub(super) fn subject_of(&self, token: &str) -> Option<(String, Role)> {
        let moment = now();
        KINDS
            .into_iter()
            .find_map(|(purpose, role)| Some((self.secrets.verify(purpose, token, moment)?, role)))
    }

    /// Notes when a guest was last there. They come in whether or not it can be noted.
    pub(super) async fn note_access(&self, guest: &GuestId, grant: &Grant) {
        let moment = now();
        if grant.last_accessed_at.is_some_and(|last| moment.since(last) < NOTED_EVERY) {
            return;
        }
        let noted = async {
            let mut tx = self.db.write().await?;
            grants::note_access(&mut tx, guest, &grant.space_id, moment).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, %guest, "it was not noted that a guest came in");
        }
    }

    /// A token that opens just this space to whoever asks: to a guest as that guest for an hour, to everybody else as a
    /// page that embeds the space, for a day (sections 1.2 and 2.3).
    pub fn space_token(&self, actor: &Actor, space: &Space) -> String {
        let guest = GuestId::parse(&actor.id).ok();
        match (actor.role, guest) {
            (Role::Guest | Role::Viewer, Some(guest)) => {
                self.guest_token_for(&guest, &space.id, GUEST_TOKEN_LIFE)
            }
            (Role::Embed | Role::ArchivedEmbed, guest) => self.embed_token(&space.id, guest.as_ref()),
            _ => self.embed_token(&space.id, None),
        }
    }

    /// A token of a page that embeds the space, where a guest may be known to work.
    pub(super) fn embed_token(&self, space: &SpaceId, guest: Option<&GuestId>) -> String {
        self.sign_for_space(EMBED, space, guest, SPACE_TOKEN_LIFE)
    }

    /// A token by which a guest comes into a space.
    pub(super) fn guest_token_for(&self, guest: &GuestId, space: &SpaceId, life: Duration) -> String {
        self.sign_for_space(GUEST, space, Some(guest), life)
    }

    fn sign_for_space(
        &self,
        purpose: &str,
        space: &SpaceId,
        guest: Option<&GuestId>,
        life: Duration,
    ) -> String {
        let subject = match guest {
            Some(guest) => format!("{space}.{guest}"),
            None => space.to_string(),
        };
        self.secrets.sign(purpose, &subject, now().plus(life.as_millis() as i64))
    }

    /// The address of a space for whoever it is given to: with a token that opens it, unless guests come in by links of
    /// their own alone; then the page asks for an e-mail address.
    pub fn shared_link(&self, space: &Space, token: &str) -> String {
        match space.has_shared_link() {
            true => self.space_link(&space.id, token),
            false => format!("{}/space/{}", self.settings.public_url, space.id),
        }
    }

    /// The address that opens a space with a token.
    pub(super) fn space_link(&self, space: &SpaceId, token: &str) -> String {
        format!("{}/space/{space}?token={token}", self.settings.public_url)
    }
}

/// The space that a token opens, and the guest whom it names.
fn read(subject: &str) -> Result<(SpaceId, Option<GuestId>)> {
    let (space, guest) = match subject.split_once('.') {
        Some((space, guest)) => (space, Some(GuestId::parse(guest)?)),
        None => (subject, None),
    };
    Ok((SpaceId::parse(space)?, guest))
}

/// The space with the guest's grant; nothing when either is gone.
pub(super) async fn find(
    tx: &mut Tx,
    space: &SpaceId,
    guest: Option<&GuestId>,
) -> Result<Option<(Space, Option<Grant>)>> {
    let grant = match guest {
        Some(guest) => grants::find(tx, guest, space).await?,
        None => None,
    };
    if guest.is_some() && grant.is_none() {
        return Ok(None);
    }
    Ok(spaces::find_anywhere(tx, space).await?.map(|space| (space, grant)))
}

fn closed() -> ServiceError {
    let message = "this token opens nothing any more: the space was archived or deleted, or the guest may not enter it; \
        ask whoever invited you";
    ServiceError::new(ErrorKind::Unauthorized, message)
}
