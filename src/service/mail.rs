//! Mails: queued in the commit of what they tell of, sent afterwards, tried again, given up after some days.
//!
//! A mail may hold a link that signs somebody in, so it is sealed until it is sent. One that a server was sending as
//! it died is sent again.

use serde::{Deserialize, Serialize};

use super::secrets::new_token;
use super::{Result, Service, ServiceError};
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

/// A mail that this server is to send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    /// Its id in the queue.
    pub id: String,
    /// The mail.
    pub mail: Mail,
}

impl Service {
    /// Queues a mail about somebody, in the place of those about them that were not sent yet. Notify `mail_queued`
    /// after the commit.
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
