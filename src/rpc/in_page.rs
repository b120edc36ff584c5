//! How answers stand in the page that the server sends: bytes as text.
//!
//! Most of an answer is text that people read, so it stays as it is, and packs as well as the rest of the page; as base64 it
//! is a third larger, packs badly, and costs every visitor the code that reads it.

use leptos::server::codee::{Decoder, Encoder};

/// Bytes that mean nothing to HTML, to scripts or to `{:?}` stand for themselves.
const PLAIN: std::ops::RangeInclusive<u8> = b' '..=b'~';
const SPECIAL: [u8; 3] = *b"\"\\<";
/// The others are letters from here on: all of them are printable.
const SHIFT: u32 = 0x100;

/// The form of answers in a page.
pub struct InPage;

/// A text that the server did not write.
#[derive(Debug, thiserror::Error)]
#[error("the page holds something that is not an answer")]
pub struct Misread;

impl Encoder<Vec<u8>> for InPage {
    type Error = Misread;
    type Encoded = String;

    fn encode(bytes: &Vec<u8>) -> Result<String, Misread> {
        let letter = |byte: &u8| match PLAIN.contains(byte) && !SPECIAL.contains(byte) {
            true => Some(char::from(*byte)),
            false => char::from_u32(SHIFT + u32::from(*byte)),
        };
        bytes.iter().map(letter).collect::<Option<String>>().ok_or(Misread)
    }
}

impl Decoder<Vec<u8>> for InPage {
    type Error = Misread;
    type Encoded = str;

    fn decode(text: &str) -> Result<Vec<u8>, Misread> {
        let byte = |letter| match u32::from(letter) {
            code if code < 2 * SHIFT => Ok((code % SHIFT) as u8),
            _ => Err(Misread),
        };
        text.chars().map(byte).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back_and_none_is_escaped() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = InPage::encode(&bytes).unwrap();
        assert_eq!(format!("{text:?}"), format!("\"{text}\""));
        assert!(!text.contains('<'));
        assert_eq!(InPage::decode(&text).unwrap(), bytes);
    }
}
