//! Timetokens: 17 digits that rise. PubNub's are time in 10⁻⁷ seconds; ours are places in the log,
//! written so that they look alike.

use serde_json::{Value, json};

use crate::domain::time::Timestamp;

/// The timetoken of a log without events.
const BASE: u64 = 16_000_000_000_000_000;

/// A place in the log of an environment or a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timetoken(pub u64);

impl Timetoken {
    /// The timetoken of the event with that sequence.
    pub fn of(sequence: i64) -> Self {
        Self(BASE + u64::try_from(sequence).unwrap_or(0))
    }

    /// The sequence of the event with this timetoken; 0, before all, for one that is not ours.
    pub fn sequence(self) -> i64 {
        i64::try_from(self.0.saturating_sub(BASE)).unwrap_or(i64::MAX)
    }

    /// As answers have it, with the region.
    pub fn to_wire(self) -> Value {
        json!({ "t": self.0.to_string(), "r": 1 })
    }

    /// A moment in PubNub's unit, for the call that asks for the time.
    pub fn of_clock(now: Timestamp) -> Self {
        Self(u64::try_from(now.0).unwrap_or(0).saturating_mul(10_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timetoken_is_17_digits_and_read_back() {
        for sequence in [0, 1, 12_345, 999_999_999_999] {
            let timetoken = Timetoken::of(sequence);
            assert_eq!(timetoken.0.to_string().len(), 17);
            assert_eq!(timetoken.sequence(), sequence);
        }
        assert_eq!(Timetoken(7).sequence(), 0);
        assert_eq!(Timetoken::of_clock(Timestamp(1_738_324_800_007)).0.to_string().len(), 17);
    }
}
