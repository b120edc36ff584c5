//! The address of an endpoint.

use std::net::IpAddr;

use reqwest::Url;

use crate::domain::webhook::reach::Reach;
use crate::service::{Result, ServiceError};

/// Most characters of an address.
const LONGEST: usize = 2_000;

/// An address that nothing is sent to, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not on the internet, and nothing is sent into the network of this server \
     (its operator can allow it: INLET_WEBHOOK_ALLOW_PRIVATE=true)"
)]
pub struct Forbidden(pub IpAddr);

/// Reads the address of an endpoint, and refuses one that says by itself that nothing is sent there. What a name leads
/// to is looked at with each connection.
pub fn address(text: &str, reach: Reach) -> Result<String> {
    let refuse = |words: &str| Err(ServiceError::bad_request(format!("url: {words}")));
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return refuse("an address has at most 2000 characters");
    }
    let Ok(url) = Url::parse(text) else {
        return refuse("write an address such as https://example.com/inlet");
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return refuse("an address begins with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("leave name and password out: the signature says who sends");
    }
    if let Some(forbidden) = literal(&url).filter(|address| !reach.allows(*address)) {
        return refuse(&Forbidden(forbidden).to_string());
    }
    Ok(url.into())
}

/// The IP address that an address is written with; nothing for a name.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// The same of an address that was read before.
pub fn literal_of(url: &str) -> Option<IpAddr> {
    Url::parse(url).ok().as_ref().and_then(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_lead_into_the_network_are_refused_however_they_are_written() {
        for (text, words) in [
            ("ftp://example.com", "begins with https"),
            ("javascript:alert(1)", "begins with https"),
            ("file:///etc/passwd", "begins with https"),
            ("example.com", "write an address"),
            ("https://", "write an address"),
            ("https://ann:secret@example.com", "leave name and password out"),
            ("http://127.0.0.1/", "not on the internet"),
            ("http://127.1/", "not on the internet"),
            ("http://2130706433/", "not on the internet"),
            ("http://0x7f.0.0.1/", "not on the internet"),
            ("http://0177.0.0.1/", "not on the internet"),
            ("http://１２７.0.0.1/", "not on the internet"),
            ("http://[::1]:8080/", "not on the internet"),
            ("http://[::ffff:10.0.0.1]/", "not on the internet"),
            ("http://[::ffff:a9fe:a9fe]/", "not on the internet"),
            ("http://169.254.169.254/latest", "not on the internet"),
            ("http://10.0.0.1", "not on the internet"),
            ("http://0/", "not on the internet"),
        ] {
            let error = address(text, Reach::Public).unwrap_err().message;
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn addresses_on_the_internet_are_taken() {
        for text in ["https://example.com/a?b=c", " http://93.184.216.34:8080/x ", "https://[2606:4700::1]/"]
        {
            assert_eq!(address(text, Reach::Public).unwrap(), Url::parse(text.trim()).unwrap().to_string());
        }
        assert!(address("http://127.0.0.1:3000/", Reach::Loopback).is_ok());
        assert!(address("http://10.0.0.1/", Reach::Loopback).is_err());
        assert!(address("http://10.0.0.1/", Reach::Anywhere).is_ok());
    }
}
