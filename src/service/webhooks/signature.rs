//! Signatures as the Standard Webhooks specification has them: HMAC-SHA256 of id, time and body.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key of a secret.
pub type Key = [u8; 32];

/// What a receiver checks signatures with: `whsec_` and the key.
pub fn secret(key: &Key) -> String {
    format!("whsec_{}", base64(key))
}

/// The header `webhook-signature`: one signature a key. `seconds` is the header `webhook-timestamp`.
pub fn header(keys: &[Key], id: &str, seconds: i64, body: &[u8]) -> String {
    let signature = |key: &Key| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", base64(&mac.finalize().into_bytes()))
    };
    keys.iter().map(signature).collect::<Vec<_>>().join(" ")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let value =
            part.iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..4 {
            let digit = DIGITS[(value >> (18 - 6 * place)) as usize & 63];
            text.push(if place > part.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use standardwebhooks::Webhook;

    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("\u{3ff}>", "z78+"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text, "{bytes}");
        }
    }

    /// The signature was made by the libraries for Python (1.1.0) and JavaScript (1.1.1), which agree.
    #[test]
    fn a_signature_is_that_of_the_libraries_in_python_and_javascript() {
        let (key, body) = ([7; 32], r#"{"topic":"job:ready","name":"Zoë"}"#);
        assert_eq!(secret(&key), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        let signed = header(&[key], "us_evt_0123456789", 1_750_000_000, body.as_bytes());
        assert_eq!(signed, "v1,RGd0ZEaXpXuVG23yQQkOmChS2SS9oasy4/UvYHwbcyQ=");
    }

    #[test]
    fn the_library_of_receivers_finds_a_signature_right_and_a_forged_one_wrong() {
        let (key, other) = ([7; 32], [8; 32]);
        let body = r#"{"topic":"job:ready","name":"Zoë"}"#.as_bytes();
        let seconds = crate::store::now().0 / 1000;
        let headers = |signature: &str| {
            let mut headers = reqwest::header::HeaderMap::new();
            headers.insert("webhook-id", "us_evt_1".parse().unwrap());
            headers.insert("webhook-timestamp", seconds.into());
            headers.insert("webhook-signature", signature.parse().unwrap());
            headers
        };
        let signed = header(&[other, key], "us_evt_1", seconds, body);
        for key in [key, other] {
            let library = Webhook::new(&secret(&key)).unwrap();
            library.verify(body, &headers(&signed)).unwrap();
            assert!(library.verify(b"{}", &headers(&signed)).is_err());
        }
        let library = Webhook::new(&secret(&[9; 32])).unwrap();
        assert!(library.verify(body, &headers(&signed)).is_err());
    }
}
