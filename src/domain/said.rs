//! Words that people read, and whose they are: ours, or those of the host, who wrote blueprint and listeners.
//!
//! Our own are put into the language of a page as a whole or by patterns; those of the host only where the whole text
//! is known (`public/language.js`).

use serde::{Deserialize, Serialize};

/// Some words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What is read.
    pub words: String,
    /// The host wrote them.
    pub hosts: bool,
}

impl Said {
    /// Words of the host.
    pub fn by_host(words: impl Into<String>) -> Self {
        Self { words: words.into(), hosts: true }
    }

    /// The class of the element that has them.
    pub fn class(&self) -> &'static str {
        class(self.hosts)
    }
}

impl<T: Into<String>> From<T> for Said {
    fn from(words: T) -> Self {
        Self { words: words.into(), hosts: false }
    }
}

/// The class of an element with words of the host, or with ours among them.
pub fn class(hosts: bool) -> &'static str {
    if hosts { "host" } else { "ours" }
}
