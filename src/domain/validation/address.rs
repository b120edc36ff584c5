//! Addresses that people type: e-mail, web, telephone. Deliberately plain: they find slips of the
//! hand, not addresses that nobody answers.

/// The bytes of the part of an e-mail address before the `@`.
const NAME_BYTES: [bool; 256] = bytes_of(b"!#$%&'*+-/=?^_`{|}~.");
/// The bytes of a label of a host.
const LABEL_BYTES: [bool; 256] = bytes_of(b"-");

/// ASCII letters, digits, everything beyond ASCII, and these marks.
const fn bytes_of(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte >= 0x80 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        table[marks[mark] as usize] = true;
        mark += 1;
    }
    table
}

/// `name@host.domain`: one `@`, no spaces, a dotted host.
pub fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    is_name(name.as_bytes())
        && host.contains('.')
        && is_host(host)
        && (text.is_ascii() || is_free_of_odd_characters(text))
}

/// Dots stand between other bytes only.
fn is_name(name: &[u8]) -> bool {
    let mut after_dot = true;
    for byte in name {
        if !NAME_BYTES[usize::from(*byte)] || (after_dot && *byte == b'.') {
            return false;
        }
        after_dot = *byte == b'.';
    }
    !after_dot && name.len() <= 64
}

/// `https://host/…`, with `http` and `ftp` beside it.
pub fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if !["https", "http", "ftp"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let after_bracket = host_and_port.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host_is_good, port) = match after_bracket {
        Some((address, port)) => (address.parse::<std::net::Ipv6Addr>().is_ok(), port.strip_prefix(':')),
        None => match host_and_port.split_once(':') {
            Some((host, port)) => (is_host(host), Some(port)),
            None => (is_host(host_and_port), None),
        },
    };
    host_is_good && port.is_none_or(|port| port.parse::<u16>().is_ok()) && is_free_of_odd_characters(text)
}

/// 5 to 15 digits with the usual separators, perhaps a `+` before and an extension after.
pub(super) fn is_phone(text: &str) -> bool {
    let text = text.strip_prefix('+').unwrap_or(text);
    let mut digits = 0;
    let mut end = text.len();
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b' ' | b'-' | b'.' | b'(' | b')' | b'/' => {}
            b'x' | b'X' | b'e' | b'E' => {
                end = place;
                break;
            }
            _ => return false,
        }
    }
    (5..=15).contains(&digits)
        && text.starts_with(|first: char| first.is_ascii_digit() || first == '(')
        && is_extension(&text[end..])
}

fn is_extension(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    let number = ["ext.", "ext", "x"].iter().find_map(|word| lower.strip_prefix(word)).map(str::trim_start);
    number.is_some_and(|number| {
        (1..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Dotted labels of letters, digits and inner dashes; letters beyond ASCII are let through.
fn is_host(host: &str) -> bool {
    let mut length = 0;
    let mut last = b'-';
    for byte in host.bytes() {
        if byte == b'.' {
            if !(1..=63).contains(&length) || last == b'-' {
                return false;
            }
            length = 0;
        } else if !LABEL_BYTES[usize::from(byte)] || (length == 0 && byte == b'-') {
            return false;
        } else {
            length += 1;
        }
        last = byte;
    }
    (1..=63).contains(&length) && last != b'-' && host.len() <= 253
}

fn is_free_of_odd_characters(text: &str) -> bool {
    !text.chars().any(|character| character.is_whitespace() || character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_and_are_not() {
        type Check = fn(&str) -> bool;
        let table: [(Check, &[&str], &[&str]); 3] = [
            (
                is_email,
                &["a@b.co", "ada.lovelace+x@sub.example.com", "zoë@bücher.example", "o'neil@example.org"],
                &[
                    "",
                    "a",
                    "a@",
                    "@b.co",
                    "a@b",
                    "a b@c.co",
                    "a@b@c.co",
                    "a@b..co",
                    "a@-b.co",
                    "a..b@c.co",
                    ".a@b.co",
                    " a@b.co",
                    "a@b.co\n",
                    "a@b.co,c@d.co",
                    "a at b.co",
                ],
            ),
            (
                is_url,
                &[
                    "https://example.com",
                    "HTTP://a.b/c?d=e#f",
                    "http://localhost:3000/x",
                    "https://user:pw@a.b:8/",
                    "http://[::1]:80/",
                    "ftp://a.b",
                    "https://bücher.example/ü",
                ],
                &[
                    "",
                    "example.com",
                    "https://",
                    "https:///x",
                    "javascript://a",
                    "https://a b.c",
                    "https://a.b:x/",
                    "https://a.b:70000",
                    "http://[::g]/",
                    "mailto:a@b.c",
                ],
            ),
            (
                is_phone,
                &[
                    "+1-212-5551234",
                    "(030) 123 456",
                    "+49 30/1234.56",
                    "12345",
                    "+1 212 555 1234 x12",
                    "2125551234 ext. 7",
                ],
                &[
                    "",
                    "+49-CALL-ME",
                    "1234",
                    "+1234567890123456",
                    "--12345",
                    "++12345",
                    "12345 x",
                    "12345 extra",
                    "call 12345",
                ],
            ),
        ];
        for (row, (check, good, bad)) in table.into_iter().enumerate() {
            for text in good {
                assert!(check(text), "row {row}: {text:?} should be let through");
            }
            for text in bad {
                assert!(!check(text), "row {row}: {text:?} should be found");
            }
        }
    }
}
