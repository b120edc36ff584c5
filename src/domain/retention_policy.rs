//! How long an environment keeps its data (section 2.17 of the wire contract).

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, EnvironmentId, RetentionPolicyId};
use super::parse::ParseError;
use super::time::Timestamp;

const DAY: i64 = 86_400_000;

/// From when on the days of a policy count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RetentionType {
    /// From when something last happened in a space.
    LastActivity,
    /// From when a space was made.
    SinceCreated,
}

/// After how many days the spaces of an environment expire, with all that is in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// Its id.
    pub id: RetentionPolicyId,
    /// Whose it is.
    pub account_id: AccountId,
    /// The environment whose data it is about.
    pub environment_id: EnvironmentId,
    /// From when on the days count.
    pub kind: RetentionType,
    /// How many days.
    pub period: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl RetentionPolicy {
    /// A space that was made, or last active, at this moment or before has expired at `moment`.
    pub fn cutoff(&self, moment: Timestamp) -> Timestamp {
        moment.plus(-self.period.saturating_mul(DAY))
    }
}

/// Refuses a number of days that cannot be meant.
pub fn check_period(days: i64) -> Result<i64, ParseError> {
    match days {
        1.. => Ok(days),
        _ => Err(ParseError::at("period", "write a number of days, 1 or more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_some_days() {
        assert!([1, 365, i64::MAX].into_iter().all(|days| check_period(days) == Ok(days)));
        for days in [i64::MIN, -1, 0] {
            assert_eq!(check_period(days).unwrap_err().path, "period", "{days}");
        }
    }
}
