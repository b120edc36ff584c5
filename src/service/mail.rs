//! Mails: queued in the commit of what they tell of, sent afterwards, tried again, given up after some days.
//!
//! A mail may hold a link that signs somebody in, so it is sealed until it is sent. One that a server was sending as
//! it died is sent again.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::secrets::new_token;
use super::{Result, Service, ServiceError};
use crate::domain::email;
use crate::domain::ids::SpaceId;
use crate::store::{Tx, mails, now};

/// How long a mail is tried.
const LIFE: i64 = 7 * 24 * 3600 * 1000;
/// How long after a link somebody without a key may have another mailed.
pub(super) const SENT_AGAIN_AFTER: i64 = 5 * 60 * 1000;
/// The longest time between two tries.
const LONGEST_WAIT: i64 = 6 * 3600 * 1000;

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// Whose it is.
    pub name: String,
    /// The line above it.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a document, for programs that show such.
    #[serde(default)]
    pub html: Option<String>,
}

/// What somebody who has no session wants mailed to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailWanted {
    /// A link by which a person chooses another password.
    Password,
    /// A link by which a guest comes into a space.
    Space(SpaceId),
    /// The invitation of a person once more; of a guest, where the space is said.
    Invitation(Option<SpaceId>),
}

/// A mail that this server is to send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    /// Its id in the queue.
    pub id: String,
    /// The mail.
    pub mail: Mail,
}

impl Service {
    /// Counts a question for a link by mail, and mails it later where there is somebody of that address for it. Nobody
    /// who asks is told whether there is: neither by the answer nor by its time.
    ///
    /// # Errors
    /// When there were too many questions, for that address of mail or from that address of the network.
    pub fn send_link_later(
        self: &Arc<Self>,
        email: &str,
        from: Option<IpAddr>,
        wanted: MailWanted,
    ) -> Result<()> {
        // The question has a name of its own, so that nobody keeps somebody else from signing in by it.
        self.tries.begin(&format!("mail to {}", email::as_kept(email)), from, Instant::now())?;
        let (service, email) = (self.clone(), email.to_string());
        tokio::spawn(async move {
            if let Err(error) = service.mail_link(&email, &wanted).await {
                tracing::warn!(%error, ?wanted, "a link that somebody asked for could not be mailed");
            }
        });
        Ok(())
    }

    async fn mail_link(&self, email: &str, wanted: &MailWanted) -> Result<()> {
        match wanted {
            MailWanted::Password => self.mail_password_link(email).await,
            MailWanted::Space(space) => self.mail_link_to(space, email).await,
            MailWanted::Invitation(space) => {
                self.mail_invitation_again(email).await?;
                match space {
                    Some(space) => self.mail_link_to(space, email).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// Queues a mail about somebody, in the place of those about them that were not sent yet.
    pub(super) async fn queue_mail(&self, tx: &mut Tx, about: &str, mail: &Mail) -> Result<()> {
        let id = new_token("");
        let text = serde_json::to_string(mail).map_err(ServiceError::internal)?;
        let sealed = self.secrets.seal(&purpose(&id), &text)?;
        Ok(mails::put(tx, &id, about, &sealed, now()).await?)
    }

    /// Takes the mail that has been due the longest. It is due again later, for the case that it cannot be sent now;
    /// after `first_wait` milliseconds the first time, then after twice as long each time.
    pub async fn take_mail(&self, first_wait: i64) -> Result<Option<TakenMail>> {
        let mut reading = self.db.read().await?;
        if mails::due(&mut reading, now()).await?.is_none() {
            return Ok(None);
        }
        drop(reading);
        let mut tx = self.db.write().await?;
        let mut taken = None;
        while let Some(queued) = mails::due(&mut tx, now()).await? {
            let text = self.secrets.open(&purpose(&queued.id), &queued.sealed);
            let mail = text.and_then(|text| serde_json::from_str(&text).ok());
            let Some(mail) = mail.filter(|_| now().since(queued.created_at) < LIFE) else {
                tracing::warn!(
                    mail = queued.id,
                    "a mail is given up: it could not be sent for a week, or not be read"
                );
                mails::delete(&mut tx, &queued.id).await?;
                continue;
            };
            let doubled = u32::try_from(queued.attempts).ok().and_then(|times| 1_i64.checked_shl(times));
            let wait = first_wait.saturating_mul(doubled.unwrap_or(i64::MAX)).clamp(1, LONGEST_WAIT);
            if mails::take(&mut tx, &queued, now().plus(wait)).await? {
                taken = Some(TakenMail { id: queued.id, mail });
            }
            break;
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// Forgets a mail that was sent, or that its receiver does not take.
    pub async fn forget_mail(&self, id: &str) -> Result<()> {
        let mut tx = self.db.write().await?;
        mails::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}

fn purpose(id: &str) -> String {
    format!("mail {id}")
}
