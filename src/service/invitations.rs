//! Invitations of guests: each is a link that opens a space to one of them. Whoever delivers them takes them from here.

use super::guests::{check_entry, find};
use super::secrets::INVITATION_LIFE;
use super::workbooks::at;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{GuestId, SpaceId};
use crate::store::Tx;

/// Most invitations of one request.
const MOST_AT_ONCE: usize = 1_000;

/// Whom somebody wants to invite.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The guest, who may enter the space already.
    pub guest_id: GuestId,
    /// The space.
    pub space_id: SpaceId,
    /// Who invites.
    pub from_name: Option<String>,
    /// What they say.
    pub message: Option<String>,
}

/// What is to be brought to a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where it goes.
    pub email: String,
    /// How the guest is called.
    pub name: String,
    /// How the space is called.
    pub space: String,
    /// The address that lets the guest in, for a day.
    pub link: String,
    /// Who invites.
    pub from_name: Option<String>,
    /// What they say.
    pub message: Option<String>,
}

impl Service {
    /// Invites guests into spaces, all or none.
    pub async fn invite(&self, actor: &Actor, invites: Vec<Invite>) -> Result<Vec<Invitation>> {
        allow(actor, Operation::ManageGuests)?;
        if invites.len() > MOST_AT_ONCE {
            return Err(ServiceError::bad_request(format!("at most {MOST_AT_ONCE} invitations at once")));
        }
        let mut tx = self.db.read().await?;
        let mut invitations = Vec::new();
        for (position, invite) in invites.into_iter().enumerate() {
            let made = self.invitation(&mut tx, actor, invite).await;
            invitations.push(made.map_err(|error| at(error, &format!("[{position}]")))?);
        }
        Ok(invitations)
    }

    async fn invitation(&self, tx: &mut Tx, actor: &Actor, invite: Invite) -> Result<Invitation> {
        let guest = find(tx, actor, &invite.guest_id).await?;
        let space = check_entry(tx, actor, &guest, &invite.space_id).await?;
        let email = guest.email.ok_or_else(|| {
            let message =
                format!("guestId: no e-mail address of `{}` is known; give them one first", guest.id);
            ServiceError::bad_request(message)
        })?;
        let token = self.guest_token_for(&guest.id, &space.id, INVITATION_LIFE);
        Ok(Invitation {
            email,
            name: guest.name,
            link: self.space_link(&space.id, &token),
            space: space.name,
            from_name: invite.from_name,
            message: invite.message,
        })
    }
}
