//! Invitations of guests: each is a link that opens a space to one of them. A mail brings it where a mail server is set
//! up (section 2.2 of the wire contract).

use super::guest_links::about;
use super::guests::{check_entry, find};
use super::mail::Mail;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::guest::Guest;
use crate::domain::ids::{GuestId, SpaceId};
use crate::domain::space::Space;
use crate::domain::theme::letter::{self, Letter};
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
    /// Who invites, and what they say.
    pub wording: Wording,
}

/// What stands in an invitation beside its link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Who invites.
    pub from_name: Option<String>,
    /// What they say.
    pub message: Option<String>,
}

impl Service {
    /// Invites guests into spaces, all or none.
    pub async fn invite(&self, actor: &Actor, invites: Vec<Invite>) -> Result<()> {
        allow(actor, Operation::ManageGuests)?;
        if invites.len() > MOST_AT_ONCE {
            return Err(ServiceError::bad_request(format!("at most {MOST_AT_ONCE} invitations at once")));
        }
        let mut tx = self.db.write().await?;
        for (position, invite) in invites.into_iter().enumerate() {
            let made = self.invite_one(&mut tx, actor, invite).await;
            made.map_err(|error: ServiceError| error.within(&format!("[{position}]")))?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn invite_one(&self, tx: &mut Tx, actor: &Actor, invite: Invite) -> Result<()> {
        let guest = find(tx, actor, &invite.guest_id).await?;
        let space = check_entry(tx, actor, &guest, &invite.space_id).await?;
        if guest.email.is_none() {
            let message =
                format!("guestId: no e-mail address of `{}` is known; give them one first", guest.id);
            return Err(ServiceError::bad_request(message));
        }
        self.mail_invitation(tx, &guest, &space, invite.wording).await
    }

    /// Queues the mail with a link into a space, which the guest may enter; none where no address of theirs is known or
    /// no mails are sent.
    pub(super) async fn mail_invitation(
        &self,
        tx: &mut Tx,
        guest: &Guest,
        space: &Space,
        wording: Wording,
    ) -> Result<()> {
        let (Some(to), Some(_)) = (guest.email.clone(), &self.settings.mail) else { return Ok(()) };
        let link = self.link_for(tx, guest, space).await?;
        let from = wording.from_name.filter(|name| !name.trim().is_empty());
        let invited = match from {
            Some(name) => format!("{name} invites you into"),
            None => "you are invited into".to_string(),
        };
        let said = wording.message.filter(|said| !said.trim().is_empty()).unwrap_or_default();
        let until =
            if link.once { "It can be used once, within a day." } else { "It can be used for a day." };
        let footer = format!("{until} If you expected no invitation, there is nothing to do.");
        let subject = format!("Your link to {}", space.name.replace(char::is_control, " "));
        let hello = format!("Hello {},", guest.name);
        let letter = Letter {
            title: &subject,
            before: &[&hello, &format!("{invited} \"{}\".", space.name)],
            button: &format!("Open {}", space.name),
            address: &link.address,
            after: &said,
            footer: &footer,
        };
        let metadata = space.whole_metadata();
        let html = letter::html(metadata.as_ref().and_then(|metadata| metadata.get("theme")), &letter);
        let said = if said.is_empty() { said } else { format!("{said}\n\n") };
        let text = format!(
            "{hello}\n\n{invited} \"{}\". Open this link:\n\n{}\n\n{said}{footer}\n",
            space.name, link.address
        );
        let name = guest.name.replace(char::is_control, " ");
        let mail = Mail { to, name, subject, text, html: Some(html) };
        self.queue_mail(tx, &about(&guest.id, &space.id), &mail).await
    }
}
