//! The language of a visitor's page: what the space says, else what the browser likes.

use axum::http::{HeaderMap, header};

use crate::app::shell::Words;
use crate::domain::language::{ENGLISH, of_tag, preferred};
use crate::domain::origin::Origin;
use crate::domain::space::Space;

/// The language of a page of this space.
pub fn of(space: &Space, headers: &HeaderMap) -> Words {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let liked = || accepted.and_then(preferred).unwrap_or(ENGLISH).to_string();
    let wanted = space.language_override().unwrap_or_else(liked);
    let hosts = space.translations_path();
    let origin = hosts.as_deref().and_then(site).map(|origin| origin.as_str().to_string());
    Words { language: of_tag(&wanted).unwrap_or(ENGLISH), wanted, hosts, origin }
}

/// The site of an address; nothing for one of our own.
fn site(address: &str) -> Option<Origin> {
    let (scheme, rest) = address.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Origin::parse(&format!("{scheme}://{}", &rest[..end])).ok()
}
