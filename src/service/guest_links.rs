//! Links of guests' own: each lets one guest into one space once (`magic_link`, section 2.2 of the wire contract).
//!
//! A link holds a token that can be used once, for a day; what is stored is its hash. It stands behind the `#` of the
//! address, and the page there opens the space when its button is pressed: a program that looks at mails for their
//! receiver uses nothing up.

use super::guest_invitations::Wording;
use super::guests::{check_entry, find};
use super::mail::SENT_AGAIN_AFTER;
use super::secrets::{GUEST_TOKEN_LIFE, INVITATION_LIFE, hash_token, new_token};
use super::visits::{Visit, run_out};
use super::{Result, Service, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::email;
use crate::domain::guest::Guest;
use crate::domain::ids::{GuestId, Id, SpaceId};
use crate::domain::space::Space;
use crate::store::one_time_links::{self, Holder};
use crate::store::{Tx, grants, guests, mails, now, spaces};

/// With what the token of such a link begins.
const PREFIX: &str = "gl_";

/// The address by which a guest comes into a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestLink {
    /// The address.
    pub address: String,
    /// It opens once; otherwise as often as somebody has it, for a day.
    pub once: bool,
}

impl Service {
    /// The address by which a guest comes into a space within a day: once where the space lets guests in by links of
    /// their own, otherwise whoever has it.
    pub async fn guest_link(&self, actor: &Actor, id: &GuestId, space: &SpaceId) -> Result<GuestLink> {
        allow(actor, Operation::ManageGuests)?;
        let mut tx = self.db.write().await?;
        let guest = find(&mut tx, actor, id).await?;
        let space = check_entry(&mut tx, actor, &guest, space).await?;
        let link = self.link_for(&mut tx, &guest, &space).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// The same within a transaction, of a guest who may enter the space.
    pub(super) async fn link_for(&self, tx: &mut Tx, guest: &Guest, space: &Space) -> Result<GuestLink> {
        if !space.mails_links() {
            let token = self.guest_token_for(&guest.id, &space.id, INVITATION_LIFE);
            return Ok(GuestLink { address: self.space_link(&space.id, &token), once: false });
        }
        let (token, moment) = (new_token(PREFIX), now());
        let ends = moment.plus(INVITATION_LIFE.as_millis() as i64);
        one_time_links::put(tx, &hash_token(&token), &holder(&guest.id, &space.id), moment, ends).await?;
        let address = format!("{}/space/{}/enter#{token}", self.settings.public_url, space.id);
        Ok(GuestLink { address, once: true })
    }

    /// Mails a guest the links of spaces that they were just let into, where those let guests in by links of their own.
    pub(super) async fn mail_links(&self, tx: &mut Tx, guest: &Guest, entered: &[Space]) -> Result<()> {
        for space in entered.iter().filter(|space| lets_in(space)) {
            self.mail_invitation(tx, guest, space, Wording::default()).await?;
        }
        Ok(())
    }

    /// Mails a guest of that address a link into a space, unless the last one is only some minutes old. Where there is
    /// no such guest nothing happens, and nobody who asks is told of it.
    pub(super) async fn mail_link_to(&self, space: &SpaceId, email: &str) -> Result<()> {
        if self.settings.mail.is_none() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        let Some(space) = spaces::find_anywhere(&mut tx, space).await?.filter(lets_in) else {
            return Ok(());
        };
        let Some(guest) = guests::by_email(&mut tx, &space.environment_id, &email::as_kept(email)).await?
        else {
            return Ok(());
        };
        let made = one_time_links::made_at(&mut tx, &holder(&guest.id, &space.id)).await?;
        let is_new = made.is_some_and(|made| now().since(made) < SENT_AGAIN_AFTER);
        if is_new || grants::find(&mut tx, &guest.id, &space.id).await?.is_none() {
            return Ok(());
        }
        self.mail_invitation(&mut tx, &guest, &space, Wording::default()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Begins a visit of that space by a link, which opens nothing more; nor do the guest's others into the space.
    ///
    /// # Errors
    /// Unauthorized when the link was used, is too old or none of this space, or the guest may not enter it any more.
    pub async fn open_link(&self, space: &SpaceId, token: &str) -> Result<Visit> {
        let (guest, place) = self.use_up_link(token, Some(space)).await?.ok_or_else(run_out)?;
        self.visit_of(&format!("{place}.{guest}")).await?.ok_or_else(run_out)
    }

    /// Exchanges the token of a link for one that opens its space for an hour; nothing when it is not good.
    pub(super) async fn exchange_link(&self, token: &str) -> Result<Option<String>> {
        let used = self.use_up_link(token, None).await?;
        Ok(used.map(|(guest, space)| self.guest_token_for(&guest, &space, GUEST_TOKEN_LIFE)))
    }

    /// Whether guests come into that space by links of their own. An id that is none is that of no such space.
    pub async fn mails_links(&self, space: &str) -> Result<bool> {
        let Ok(id) = SpaceId::parse(space) else { return Ok(false) };
        let mut tx = self.db.read().await?;
        Ok(spaces::find_anywhere(&mut tx, &id).await?.is_some_and(|space| lets_in(&space)))
    }

    /// The guest and the space of a link, which ends by it.
    async fn use_up_link(&self, token: &str, space: Option<&SpaceId>) -> Result<Option<(GuestId, SpaceId)>> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let mut tx = self.db.write().await?;
        let found = one_time_links::holder(&mut tx, &hash_token(token), now()).await?;
        let Some(held) = found.filter(|held| space.is_none_or(|space| held.place == space.as_str())) else {
            return Ok(None);
        };
        one_time_links::end(&mut tx, &held).await?;
        tx.commit().await?;
        Ok(Some((GuestId::parse(&held.subject)?, SpaceId::parse(&held.place)?)))
    }
}

/// Whether guests come in by links of their own now.
fn lets_in(space: &Space) -> bool {
    space.mails_links() && space.archived_at.is_none()
}

fn holder(guest: &GuestId, space: &SpaceId) -> Holder {
    Holder { subject: guest.to_string(), place: space.to_string() }
}

/// What the mails to a guest about a space are about.
pub(super) fn about(guest: &GuestId, space: &SpaceId) -> String {
    format!("{guest} {space}")
}

/// Ends the links of a guest into a space, and those that are on their way.
pub(super) async fn end(tx: &mut Tx, guest: &GuestId, space: &SpaceId) -> Result<()> {
    one_time_links::end(tx, &holder(guest, space)).await?;
    Ok(mails::delete_about(tx, &about(guest, space)).await?)
}
