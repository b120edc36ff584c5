//! Jobs in parts: how one is split, and how its parts stand.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::words::JobStatus;
use crate::domain::parse::ParseError;

/// Parts that one job may have.
pub const MOST_PARTS: usize = 1_000;

/// Into what a job is split: so many parts, or one for each object.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Split {
    /// So many, without data.
    Number(u64),
    /// One for each, which it gets as its data.
    Each(Vec<Map<String, Value>>),
}

impl Split {
    /// The data of each part.
    ///
    /// # Errors
    /// None at all, or more than 1,000.
    pub fn parts(self) -> Result<Vec<Option<Map<String, Value>>>, ParseError> {
        let number = match &self {
            Self::Number(number) => usize::try_from(*number).unwrap_or(usize::MAX),
            Self::Each(parts) => parts.len(),
        };
        if !(1..=MOST_PARTS).contains(&number) {
            let message = format!("a job is split into 1 to {MOST_PARTS} parts, not {number}");
            return Err(ParseError::at("parts", message));
        }
        Ok(match self {
            Self::Number(_) => vec![None; number],
            Self::Each(parts) => parts.into_iter().map(Some).collect(),
        })
    }
}

/// How many parts a job has, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PartCounts {
    /// All.
    pub total: u64,
    /// Ended well.
    pub completed: u64,
    /// Ended badly.
    pub failed: u64,
    /// Stopped.
    pub canceled: u64,
}

impl PartCounts {
    /// Counts one more part.
    pub fn count(&mut self, status: JobStatus, parts: u64) {
        self.total += parts;
        match status {
            JobStatus::Complete => self.completed += parts,
            JobStatus::Failed => self.failed += parts,
            JobStatus::Canceled => self.canceled += parts,
            _ => {}
        }
    }

    /// Those that have ended.
    pub fn ended(self) -> u64 {
        self.completed + self.failed + self.canceled
    }

    /// Whether none is left.
    pub fn all_ended(self) -> bool {
        self.total > 0 && self.ended() == self.total
    }

    /// How far all of them are together, 0 to 100.
    pub fn percent(self) -> u8 {
        u8::try_from(self.ended() * 100 / self.total.max(1)).unwrap_or(100)
    }

    /// How they ended, for people.
    pub fn words(self) -> String {
        let mut words = format!("{} of {} parts done", self.completed, self.total);
        for (number, what) in [(self.failed, "failed"), (self.canceled, "canceled")] {
            if number > 0 {
                words.push_str(&format!(", {number} {what}"));
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_is_split_by_a_number_or_by_data() {
        let split = |value: Value| crate::domain::parse::from_value::<Split>(value).unwrap().parts();
        assert_eq!(split(json!(3)).unwrap(), vec![None, None, None]);
        let each = split(json!([{"from": 1}, {"from": 2}])).unwrap();
        assert_eq!(each[1].as_ref().and_then(|part| part.get("from")), Some(&json!(2)));
        for none in [json!(0), json!([]), json!(1_001)] {
            assert!(split(none.clone()).unwrap_err().to_string().contains("1 to 1000"), "{none}");
        }
    }

    #[test]
    fn the_parts_are_counted_by_how_they_ended() {
        let mut counts = PartCounts::default();
        assert!(!counts.all_ended());
        for (status, parts) in [(JobStatus::Complete, 2), (JobStatus::Failed, 1), (JobStatus::Executing, 1)] {
            counts.count(status, parts);
        }
        assert_eq!((counts.ended(), counts.percent(), counts.all_ended()), (3, 75, false));
        assert_eq!(counts.words(), "2 of 4 parts done, 1 failed");
    }
}
