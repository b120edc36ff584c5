//! Text as JSON, written straight into bytes: for answers with millions of cells.

/// For each byte what stands after the backslash; 0 where none is needed, `u` for the long form.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0A] = b'n';
    table[0x0C] = b'f';
    table[0x0D] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Appends a text in quotes, exactly as `serde_json` writes it.
pub fn put_text(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    loop {
        let (plain, after) = rest.split_at(plain_bytes(rest));
        out.extend_from_slice(plain);
        let Some((odd, after)) = after.split_first() else { break };
        match ESCAPES[usize::from(*odd)] {
            b'u' => {
                let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(odd >> 4), digit(odd & 15)]);
            }
            escape => out.extend_from_slice(&[b'\\', escape]),
        }
        rest = after;
    }
    out.push(b'"');
}

/// How many bytes at the beginning need no escape: eight are looked at together.
fn plain_bytes(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let odd = odd_bytes(u64::from_le_bytes(*word));
        if odd != 0 {
            return place * 8 + (odd.trailing_zeros() / 8) as usize;
        }
    }
    let odd = rest.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0);
    words.len() * 8 + odd.unwrap_or(rest.len())
}

/// A bit for bytes that need an escape; the lowest of them is never wrong.
fn odd_bytes(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64)) | control) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_written_as_serde_writes_them(text in "[a-z\"\\\\/\u{0}-\u{20}\u{7f}\u{80}é€𝄞]{0,40}") {
            let mut out = Vec::new();
            put_text(&mut out, &text);
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
        }
    }
}
