//! Texts that the database holds and must not be read from it: sealed with the server's own key by
//! ChaCha20-Poly1305. A sealed text opens only for what it was sealed for.

use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;

use super::{Result, Secrets, ServiceError};
use crate::store::random_bytes;

const KEY: usize = 32;
/// Bytes that SHA-256 takes at a time.
const BLOCK: usize = 64;
/// The first byte of what was sealed this way.
const FORM: u8 = 1;

impl Secrets {
    /// Seals a text for a purpose, such as a job and the key of an input.
    pub fn seal(&self, purpose: &str, text: &str) -> Result<Vec<u8>> {
        // Of random numbers as long as these, one comes twice after some 2^48.
        let nonce: [u8; NONCE_LEN] = random_bytes();
        let mut sealed = text.as_bytes().to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let done =
            self.cipher()?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed);
        done.map_err(|_| ServiceError::internal("a text could not be sealed"))?;
        Ok([&[FORM], nonce.as_slice(), &sealed].concat())
    }

    /// The text that was sealed for that purpose; nothing when it is another one's, or was changed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.strip_prefix(&[FORM])?.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = sealed.to_vec();
        let text =
            self.cipher().ok()?.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut bytes).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    fn cipher(&self) -> Result<LessSafeKey> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.part(b"inlet seal"));
        key.map(LessSafeKey::new).map_err(|_| ServiceError::internal("the key of the server cannot seal"))
    }

    /// A mark by which equal texts are known without being told.
    pub fn mark(&self, text: &str) -> String {
        let marked = authenticated(&self.part(b"inlet mark"), text.as_bytes());
        marked.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A key of its own for each use.
    fn part(&self, name: &[u8]) -> [u8; KEY] {
        authenticated(self.key(), name)
    }
}

fn authenticated(key: &[u8; KEY], text: &[u8]) -> [u8; KEY] {
    // A key that is shorter than a block stands at its beginning.
    let mut block = [0; BLOCK];
    block[..KEY].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let secrets = Secrets::new([7; 32]);
        for text in ["", "hunter2", "ä".repeat(100).as_str()] {
            let sealed = secrets.seal("job a", text).unwrap();
            assert_eq!(secrets.open("job a", &sealed).as_deref(), Some(text));
            assert_eq!(secrets.open("job b", &sealed), None);
            assert_eq!(Secrets::new([8; 32]).open("job a", &sealed), None);
            assert_ne!(secrets.seal("job a", text).unwrap(), sealed, "each sealing is another one");
            assert!(text.is_empty() || !sealed.windows(text.len()).any(|part| part == text.as_bytes()));
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert_eq!(secrets.open("job a", &changed), None, "byte {at}");
                assert_eq!(secrets.open("job a", &sealed[..at]), None, "the first {at} bytes");
            }
        }
    }

    #[test]
    fn a_mark_knows_equal_texts_and_tells_none() {
        let secrets = Secrets::new([7; 32]);
        assert_eq!(secrets.mark("a"), secrets.mark("a"));
        assert_ne!(secrets.mark("a"), secrets.mark("b"));
        assert_ne!(secrets.mark("a"), Secrets::new([8; 32]).mark("a"));
    }
}
