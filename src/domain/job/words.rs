//! The words of a job: what it is about, where it stands, how it is shown and how it starts.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $wanted:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// Every value, in the order in which messages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    format!("`{text}` is not {}; use one of {}", $wanted, words.join(", "))
                })
            }
        }
    };
}

words! {
    /// What kind of thing a job is about.
    JobType, "a job type" {
        /// A file.
        File = "file",
        /// A workbook.
        Workbook = "workbook",
        /// A sheet.
        Sheet = "sheet",
        /// A space.
        Space = "space",
        /// A document.
        Document = "document",
        /// An app.
        App = "app",
        /// An agent.
        Agent = "agent",
        /// Of the vendor's own; taken, never run.
        Autobuild = "autobuild",
        /// Of the vendor's own; taken, never run.
        Onboarding = "onboarding",
    }
}

words! {
    /// Where a job stands.
    JobStatus, "a job status" {
        /// Made; it waits to be started.
        Created = "created",
        /// Its plan is being worked out.
        Planning = "planning",
        /// It starts at its time.
        Scheduled = "scheduled",
        /// It may be taken.
        Ready = "ready",
        /// Somebody works on it.
        Executing = "executing",
        /// Ended well.
        Complete = "complete",
        /// Ended badly.
        Failed = "failed",
        /// Ended by a person.
        Canceled = "canceled",
        /// It waits for its parts, or for the jobs that come before it.
        Waiting = "waiting",
    }
}

words! {
    /// What the page does while a job runs.
    JobMode, "a job mode" {
        /// Covers what it is about.
        Foreground = "foreground",
        /// A pill and a card.
        Background = "background",
        /// The toolbar is disabled.
        ToolbarBlocking = "toolbarBlocking",
        /// Nothing is shown.
        Hidden = "hidden",
    }
}

words! {
    /// Whether a job starts by itself.
    JobTrigger, "a job trigger" {
        /// It waits for `execute`.
        Manual = "manual",
        /// At once.
        Immediate = "immediate",
    }
}

words! {
    /// How the parts of a job follow one another.
    PartExecution, "a way to run parts" {
        /// Each begins when the one before it has ended, however it ended.
        Sequential = "sequential",
        /// All at once.
        Parallel = "parallel",
    }
}

words! {
    /// How jobs stand that a list shows.
    JobStanding, "a standing of jobs" {
        /// They have not ended.
        Running = "running",
        /// They ended well.
        Complete = "complete",
        /// They ended badly.
        Failed = "failed",
        /// Somebody stopped them.
        Canceled = "canceled",
    }
}

impl JobStatus {
    /// Complete, failed and canceled absorb: nothing leads out of them but a retry.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Canceled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_others_refused() {
        for mode in JobMode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(*mode));
        }
        assert!("later".parse::<JobTrigger>().unwrap_err().contains("use one of manual, immediate"));
    }
}
