//! Origins: the sites whose pages may show spaces.

use serde::{Deserialize, Serialize};

/// Most characters of a host's name.
const MOST_HOST: usize = 253;
/// Most characters between two dots of it.
const MOST_LABEL: usize = 63;

/// A site as browsers name it: `https://host[:port]`, `https://*.example.com` for all below a name, or
/// `http://localhost[:port]`. It stands in headers as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl Origin {
    /// Takes an origin in any case of its letters; the port that is usual goes.
    ///
    /// # Errors
    /// What is wrong, and how an origin is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_ascii_lowercase();
        let named = |why: &str| format!("`{}` {why}", text.chars().take(80).collect::<String>());
        let (is_secure, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(named("is no origin: write `https://www.example.com`")),
        };
        if rest.contains(['/', '?', '#']) {
            return Err(named("has a path: an origin ends after its host or port"));
        }
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        if !is_secure && host != "localhost" {
            return Err(named("is not encrypted: only `http://localhost` may be; write `https://`"));
        }
        if !is_host(host) {
            return Err(named(
                "has no host that can be: letters, digits, dots and dashes, and `*.` before at least two names",
            ));
        }
        let port = match port.map(str::parse::<u16>) {
            None => None,
            Some(Ok(port)) if port > 0 => Some(port).filter(|port| *port != if is_secure { 443 } else { 80 }),
            Some(_) => return Err(named("has no port that can be: 1 to 65535")),
        };
        let scheme = if is_secure { "https" } else { "http" };
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{scheme}://{host}{port}")))
    }

    /// The origin as a header has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=MOST_LABEL).contains(&label.len())
            && label.bytes().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let name = match host.strip_prefix("*.") {
        Some(name) if name.contains('.') => name,
        Some(_) => return false,
        None => host,
    };
    host.len() <= MOST_HOST && name.split('.').all(label)
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> String {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_taken_as_browsers_name_them() {
        for (text, origin) in [
            ("https://www.example.com", "https://www.example.com"),
            (" HTTPS://Example.COM ", "https://example.com"),
            ("https://example.com:8443", "https://example.com:8443"),
            ("https://example.com:443", "https://example.com"),
            ("https://*.example.com", "https://*.example.com"),
            ("https://intranet", "https://intranet"),
            ("https://192.168.0.1:8080", "https://192.168.0.1:8080"),
            ("http://localhost", "http://localhost"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://localhost:80", "http://localhost"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), origin);
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_with_the_remedy() {
        for (text, why) in [
            ("example.com", "write `https://"),
            ("ftp://example.com", "write `https://"),
            ("", "write `https://"),
            ("*", "write `https://"),
            ("https://example.com/", "has a path"),
            ("https://example.com/app", "has a path"),
            ("https://example.com?x", "has a path"),
            ("http://example.com", "not encrypted"),
            ("https://", "no host"),
            ("https://*", "no host"),
            ("https://*.com", "no host"),
            ("https://a.*.com", "no host"),
            ("https://a b.com", "no host"),
            ("https://me@example.com", "no host"),
            ("https://example.com; script-src *", "no host"),
            ("https://-a.com", "no host"),
            ("https://a..com", "no host"),
            ("https://bücher.example", "no host"),
            ("https://example.com:0", "no port"),
            ("https://example.com:99999", "no port"),
            ("https://example.com:", "no port"),
        ] {
            let error = Origin::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
