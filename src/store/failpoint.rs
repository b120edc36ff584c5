//! Named places where a test stops the process dead, as SIGKILL would.
//!
//! `INLET_FAILPOINT=name` stops at the first arrival there, `name:3` at the third. A release build has
//! none of this.

/// Stops the process when the test asked for it here.
pub fn failpoint(name: &str) {
    #[cfg(test)]
    super::testing::pretended::arrive(name);
    #[cfg(debug_assertions)]
    armed::arrive(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ARMED: LazyLock<Option<Armed>> =
        LazyLock::new(|| Armed::parse(&std::env::var("INLET_FAILPOINT").ok()?));

    /// The place to stop at, and how often it may still be passed.
    pub(super) struct Armed {
        pub(super) name: String,
        pub(super) left: AtomicU64,
    }

    impl Armed {
        pub(super) fn parse(text: &str) -> Option<Self> {
            let (name, nth) = text.split_once(':').unwrap_or((text, "1"));
            let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
            Some(Self { name: name.to_string(), left: AtomicU64::new(nth) })
        }

        /// Whether this arrival is the one to stop at.
        pub(super) fn is_due(&self, name: &str) -> bool {
            self.name == name && self.left.fetch_sub(1, Ordering::Relaxed) == 1
        }
    }

    pub(super) fn arrive(name: &str) {
        if ARMED.as_ref().is_some_and(|armed| armed.is_due(name)) {
            std::process::abort();
        }
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::armed::Armed;

    #[test]
    fn a_failpoint_is_due_once() {
        let armed = Armed::parse("fold-chunks:3").unwrap();
        let due: Vec<bool> = ["fold-chunks", "commit-before", "fold-chunks", "fold-chunks", "fold-chunks"]
            .map(|name| armed.is_due(name))
            .into();
        assert_eq!(due, [false, false, false, true, false]);
        assert!(Armed::parse("commit-after").unwrap().is_due("commit-after"));
        for text in ["fold-chunks:0", "fold-chunks:x"] {
            assert!(Armed::parse(text).is_none(), "{text}");
        }
    }
}
