//! Keys, tokens and passwords: made, hashed, signed and compared here and nowhere else.
//!
//! Random tokens are stored as their SHA-256. Tokens of spaces, guests, agents and subscriptions are not stored:
//! they say what they open and until when, signed with the server's key.

use std::sync::LazyLock;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Result, ServiceError};
use crate::domain::ids::{WebhookId, base62};
use crate::domain::time::Timestamp;
use crate::store::random_bytes;

/// How long a token of a space opens it.
pub const SPACE_TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long a guest's token opens a space.
pub const GUEST_TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// How long the link of an invitation opens a space.
pub const INVITATION_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long a token of a subscription opens it.
pub const SUBSCRIPTION_TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// How long a token of an agent's process opens its environment.
pub const AGENT_TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// The server's own key.
pub struct Secrets {
    key: [u8; 32],
}

impl Secrets {
    /// Takes the key that is kept beside the database.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// A token that says what it opens (`purpose` and `subject`) and until when.
    pub fn sign(&self, purpose: &str, subject: &str, expires: Timestamp) -> String {
        let body = format!("{purpose}.{subject}.{}", expires.0);
        let signature = self.signature(&body);
        format!("{body}.{signature}")
    }

    /// The subject of a token of that purpose; nothing when it is forged or too old.
    pub fn verify(&self, purpose: &str, token: &str, now: Timestamp) -> Option<String> {
        let (body, signature) = token.rsplit_once('.')?;
        let expected = self.signature(body);
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return None;
        }
        let rest = body.strip_prefix(purpose)?.strip_prefix('.')?;
        let (subject, expires) = rest.rsplit_once('.')?;
        let expires = Timestamp(expires.parse().ok()?);
        (now < expires).then(|| subject.to_string())
    }

    /// The key itself, for what is sealed with it.
    pub(super) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The key that signs for a webhook. It is made of the server's key and what is stored, so that neither alone
    /// tells it, and it stands nowhere.
    pub fn webhook_key(&self, id: &WebhookId, salt: &str) -> [u8; 32] {
        self.mac(&format!("webhook-key.{id}.{salt}"))
    }

    fn signature(&self, body: &str) -> String {
        hex(&self.mac(body))
    }

    fn mac(&self, body: &str) -> [u8; 32] {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return [0; 32] };
        mac.update(body.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A new random token of 256 bits after `prefix`, such as `sk_…`.
pub fn new_token(prefix: &str) -> String {
    let halves: [u128; 2] = [u128::from_le_bytes(random_bytes()), u128::from_le_bytes(random_bytes())];
    format!("{prefix}{}{}", base62(halves[0], 22), base62(halves[1], 22))
}

/// What is stored of a random token.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What is stored of a password. Slow on purpose: call it on a blocking thread.
pub fn hash_password(password: &str) -> Result<String> {
    use argon2::{Argon2, PasswordHasher};
    let salt: [u8; 16] = random_bytes();
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(ServiceError::internal)
}

/// Whether a password is the one that was hashed. Slow on purpose: call it on a blocking thread. Where there is none to
/// compare with, it takes as long.
pub fn password_fits(password: &str, hash: Option<&str>) -> bool {
    use argon2::{Argon2, PasswordHash, PasswordVerifier};
    static NOBODYS: LazyLock<String> = LazyLock::new(|| hash_password("").unwrap_or_default());
    let (nobodys, is_kept) = (NOBODYS.as_str(), hash.is_some());
    let hash = hash.unwrap_or(nobodys);
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        && is_kept
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_what_it_says_until_it_is_too_old() {
        let secrets = Secrets::new([7; 32]);
        let token = secrets.sign("space", "us_sp_0123456789", Timestamp(1000));
        assert_eq!(secrets.verify("space", &token, Timestamp(999)).as_deref(), Some("us_sp_0123456789"));
        assert_eq!(secrets.verify("space", &token, Timestamp(1000)), None);
        assert_eq!(secrets.verify("events", &token, Timestamp(999)), None);
    }

    #[test]
    fn a_forged_token_opens_nothing() {
        let token = Secrets::new([7; 32]).sign("space", "us_sp_0123456789", Timestamp(1000));
        assert_eq!(Secrets::new([8; 32]).verify("space", &token, Timestamp(0)), None);
        let other = token.replace("0123456789", "9876543210");
        assert_eq!(Secrets::new([7; 32]).verify("space", &other, Timestamp(0)), None);
    }

    #[test]
    fn a_password_fits_only_itself() {
        let hash = hash_password("correct horse").unwrap();
        assert!(password_fits("correct horse", Some(&hash)));
        assert!(!password_fits("correct hors", Some(&hash)));
        assert!(!password_fits("", Some("not a hash")));
        assert!(!password_fits("", None), "nobody has no password");
    }
}
