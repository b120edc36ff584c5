//! Addresses of mail: of guests, and of people who sign in.

use super::validation::is_email;

/// Most bytes of an address.
const MOST_BYTES: usize = 254;
/// Most characters that are said again of a text that is no address.
const SAID: usize = 80;

/// A text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("email: `{0}` is not an e-mail address")]
pub struct NotAnEmail(String);

/// A text as addresses are kept and looked for: without blanks around it, in lower case. It may be none: the first
/// administrator signs in by a name without a domain, and who looks for a text that is no address finds nobody.
pub fn as_kept(text: &str) -> String {
    text.trim().to_lowercase()
}

/// An address as it is kept.
///
/// # Errors
/// No mail could be sent to it.
pub fn parse(text: &str) -> Result<String, NotAnEmail> {
    let email = as_kept(text);
    // Beyond ASCII letters and digits alone, as programs that send mails have it.
    let is_written = email.chars().all(|character| character.is_ascii() || character.is_alphanumeric());
    if email.len() <= MOST_BYTES && is_email(&email) && is_written {
        return Ok(email);
    }
    Err(NotAnEmail(email.chars().take(SAID).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        assert_eq!(parse(" Ann@Example.COM "), Ok("ann@example.com".to_string()));
        assert_eq!(parse("zoë@bücher.example"), Ok("zoë@bücher.example".to_string()));
        for wrong in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@example",
            "a b@example.com",
            "ann@exam\nple.com",
            "ann@example.com, bob@example.com",
            "☺@example.com",
        ] {
            assert_eq!(parse(wrong), Err(NotAnEmail(wrong.to_string())), "{wrong:?}");
        }
        let host = format!("{}example", "a.".repeat(94));
        assert_eq!(parse(&format!("{}@{host}", "a".repeat(58))).map(|email| email.len()), Ok(254));
        let long = parse(&format!("{}@{host}", "a".repeat(59)));
        assert_eq!(long, Err(NotAnEmail(format!("{}@{}", "a".repeat(59), "a.".repeat(10)))));
    }
}
