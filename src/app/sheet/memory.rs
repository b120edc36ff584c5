//! What this browser remembers of a person's choices. The server's half remembers nothing.

/// What was remembered under a name.
pub fn remembered(name: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    return crate::app::dom::remembered(name);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = name;
        None
    }
}

/// Remembers a text under a name.
pub fn remember(name: &str, text: &str) {
    #[cfg(feature = "hydrate")]
    crate::app::dom::remember(name, text);
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, text);
}
