//! Texts that the database holds and must not be read from it: sealed with the server's own key.
//!
//! HMAC-SHA256 in counter mode makes the key stream, HMAC-SHA256 over everything, under a key of its own, the seal
//! (encrypt, then authenticate). A sealed text opens only for what it was sealed for.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Secrets;
use crate::store::random_bytes;

const NONCE: usize = 16;
const SEAL: usize = 32;
/// Bytes that SHA-256 takes at a time.
const BLOCK: usize = 64;
/// The first byte of what was sealed this way.
const FORM: u8 = 1;

impl Secrets {
    /// Seals a text for a purpose, such as a job and the key of an input.
    pub fn seal(&self, purpose: &str, text: &str) -> Vec<u8> {
        let nonce: [u8; NONCE] = random_bytes();
        let mut sealed = vec![FORM];
        sealed.extend(nonce);
        sealed.extend(self.mixed(&nonce, text.as_bytes()));
        let seal = self.proof(purpose, &sealed);
        sealed.extend(seal);
        sealed
    }

    /// The text that was sealed for that purpose; nothing when it is another one's, or was changed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<String> {
        let (body, seal) = sealed.split_at_checked(sealed.len().checked_sub(SEAL)?)?;
        if !bool::from(self.proof(purpose, body).ct_eq(seal)) {
            return None;
        }
        let (nonce, mixed) = body.strip_prefix(&[FORM])?.split_at_checked(NONCE)?;
        String::from_utf8(self.mixed(nonce, mixed)).ok()
    }

    /// A mark by which equal texts are known without being told.
    pub fn mark(&self, text: &str) -> String {
        let marked = authenticated(&self.part(b"inlet mark"), &[text.as_bytes()]);
        marked.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The bytes with the key stream over them, which is its own inverse.
    fn mixed(&self, nonce: &[u8], bytes: &[u8]) -> Vec<u8> {
        let key = self.part(b"inlet seal: stream");
        let blocks = bytes.chunks(SEAL).zip(0u64..);
        let mixed = blocks.flat_map(|(block, count)| {
            let stream = authenticated(&key, &[nonce, &count.to_be_bytes()]);
            block.iter().zip(stream).map(|(byte, mask)| byte ^ mask).collect::<Vec<_>>()
        });
        mixed.collect()
    }

    fn proof(&self, purpose: &str, body: &[u8]) -> [u8; SEAL] {
        let length = (purpose.len() as u64).to_be_bytes();
        authenticated(&self.part(b"inlet seal: proof"), &[&length, purpose.as_bytes(), body])
    }

    /// A key of its own for each use.
    fn part(&self, name: &[u8]) -> [u8; SEAL] {
        authenticated(self.key(), &[name])
    }
}

fn authenticated(key: &[u8; SEAL], parts: &[&[u8]]) -> [u8; SEAL] {
    // A key that is shorter than a block stands at its beginning.
    let mut block = [0; BLOCK];
    block[..SEAL].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let secrets = Secrets::new([7; 32]);
        for text in ["", "hunter2", "ä".repeat(100).as_str()] {
            let sealed = secrets.seal("job a", text);
            assert_eq!(secrets.open("job a", &sealed).as_deref(), Some(text));
            assert_eq!(secrets.open("job b", &sealed), None);
            assert_eq!(Secrets::new([8; 32]).open("job a", &sealed), None);
            assert_ne!(secrets.seal("job a", text), sealed, "each sealing is another one");
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
