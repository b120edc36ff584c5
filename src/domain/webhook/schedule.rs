//! When a delivery is tried, and what an answer means for it.

use super::{Endpoint, EndpointState};
use crate::domain::time::Timestamp;

/// How deliveries are tried; all times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The wait before each try, the first one at once. There are as many tries as waits.
    pub waits: &'static [i64],
    /// How long an endpoint may take for its whole answer.
    pub timeout: i64,
    /// How long every try may fail until the endpoint is disabled.
    pub disable_after: i64,
    /// How long a secret signs on after another one took its place.
    pub keep_secret: i64,
    /// How often is looked without a signal.
    pub look: i64,
    /// How long a server that is silent keeps an endpoint from others.
    pub lease: i64,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// The longest time that an endpoint may ask to be left alone.
const LONGEST_HOLD: i64 = 24 * HOUR;
/// How much a wait may become longer by chance, in thousandths, so that endpoints are not all tried together.
const JITTER: i64 = 200;

impl Schedule {
    /// For real work: ten tries in a little more than three days, disabled after five.
    pub const NORMAL: Self = Self {
        waits: &[
            0,
            5 * SECOND,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ],
        timeout: 15 * SECOND,
        disable_after: 5 * 24 * HOUR,
        keep_secret: 24 * HOUR,
        look: 2 * SECOND,
        lease: MINUTE,
    };
    /// For tests: four tries within two seconds.
    pub const FAST: Self = Self {
        waits: &[0, 100, 300, 1_000],
        timeout: 2 * SECOND,
        disable_after: 24 * HOUR,
        keep_secret: 24 * HOUR,
        look: 100,
        lease: 4 * SECOND,
    };
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// An answer; its `Retry-After` in seconds.
    Status(u16, Option<i64>),
    /// None.
    Nothing,
}

/// What becomes of the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Delivered,
    /// It did not, and the endpoint wants nothing more: it is disabled.
    Gone,
    /// There is another try after so many milliseconds; with `hold`, nothing else is sent until then either.
    Again {
        /// How long to wait.
        wait: i64,
        /// The endpoint asked for it.
        hold: bool,
    },
    /// That was the last try.
    GivenUp,
}

/// What an answer to try number `tries`, counted from 1, means. `chance` is any number: it makes the wait longer.
pub fn judge(schedule: &Schedule, tries: u32, reply: Reply, chance: u32) -> Verdict {
    let again = |asked: Option<i64>| {
        let Some(wait) = schedule.waits.get(tries as usize) else { return Verdict::GivenUp };
        let wait = wait + wait * (i64::from(chance) % JITTER) / 1_000;
        let asked = asked.map(|seconds| seconds.saturating_mul(SECOND).clamp(0, LONGEST_HOLD));
        Verdict::Again { wait: asked.map_or(wait, |asked| asked.max(wait)), hold: asked.is_some() }
    };
    match reply {
        Reply::Status(200..=299, _) => Verdict::Delivered,
        Reply::Status(410, _) => Verdict::Gone,
        Reply::Status(429 | 503, asked) => again(asked),
        Reply::Status(..) | Reply::Nothing => again(None),
    }
}

impl Endpoint {
    /// Notes what came of a try; words why it is disabled now, when it is.
    pub fn heard(&mut self, schedule: &Schedule, verdict: Verdict, now: Timestamp) -> Option<&str> {
        self.hold_until = None;
        match verdict {
            Verdict::Delivered => {
                self.failing_since = None;
                return None;
            }
            Verdict::Gone => {
                self.reason = Some("It answered 410: it wants nothing more.".to_string());
            }
            Verdict::Again { wait, hold } => {
                self.hold_until = hold.then(|| now.plus(wait));
                self.failing_since = self.failing_since.or(Some(now));
            }
            Verdict::GivenUp => self.failing_since = self.failing_since.or(Some(now)),
        }
        let silent = self.failing_since.map_or(0, |since| now.since(since));
        if verdict != Verdict::Gone && silent >= schedule.disable_after {
            let days = silent / (24 * HOUR);
            self.reason = Some(format!("Every try failed for {days} days."));
        } else if verdict != Verdict::Gone {
            return None;
        }
        self.state = EndpointState::Disabled;
        self.reason.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id;
    use crate::domain::webhook::filter::EventChoice;

    #[test]
    fn an_answer_means_what_the_table_says() {
        let again = |wait, hold| Verdict::Again { wait, hold };
        for (tries, reply, verdict) in [
            (1, Reply::Status(200, None), Verdict::Delivered),
            (10, Reply::Status(202, None), Verdict::Delivered),
            (1, Reply::Status(410, None), Verdict::Gone),
            (1, Reply::Status(301, None), again(5_000, false)),
            (1, Reply::Status(404, None), again(5_000, false)),
            (1, Reply::Status(500, Some(60)), again(5_000, false)),
            (1, Reply::Nothing, again(5_000, false)),
            (2, Reply::Nothing, again(300_000, false)),
            (9, Reply::Nothing, again(86_400_000, false)),
            (10, Reply::Nothing, Verdict::GivenUp),
            (10, Reply::Status(429, Some(60)), Verdict::GivenUp),
            (1, Reply::Status(429, None), again(5_000, false)),
            (1, Reply::Status(429, Some(60)), again(60_000, true)),
            (2, Reply::Status(503, Some(60)), again(300_000, true)),
            (1, Reply::Status(503, Some(i64::MAX)), again(86_400_000, true)),
            (1, Reply::Status(503, Some(-5)), again(5_000, true)),
        ] {
            assert_eq!(judge(&Schedule::NORMAL, tries, reply, 0), verdict, "{tries} {reply:?}");
        }
    }

    #[test]
    fn chance_makes_a_wait_longer_by_a_fifth_at_most() {
        for chance in [0, 1, 199, 200, u32::MAX] {
            let Verdict::Again { wait, .. } = judge(&Schedule::NORMAL, 2, Reply::Nothing, chance) else {
                panic!("given up");
            };
            assert!((300_000..360_000).contains(&wait), "{wait}");
        }
    }

    fn endpoint() -> Endpoint {
        Endpoint {
            id: Id::parse("us_wh_00000000").unwrap(),
            account_id: Id::parse("us_acc_00000000").unwrap(),
            environment_id: Id::parse("us_env_00000000").unwrap(),
            space_id: None,
            name: None,
            url: "https://example.com".to_string(),
            choice: EventChoice::default(),
            state: EndpointState::Active,
            reason: None,
            failing_since: None,
            hold_until: None,
            salt: String::new(),
            previous_salt: None,
            position: 0,
            created_by: String::new(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    #[test]
    fn an_endpoint_fails_until_something_arrives_and_is_disabled_in_the_end() {
        let (schedule, mut endpoint) = (Schedule::NORMAL, endpoint());
        let days = |days: i64| Timestamp(days * 24 * HOUR);
        let again = Verdict::Again { wait: 1_000, hold: true };
        assert_eq!(endpoint.heard(&schedule, again, days(1)), None);
        assert_eq!((endpoint.failing_since, endpoint.hold_until), (Some(days(1)), Some(days(1).plus(1_000))));
        assert_eq!(endpoint.heard(&schedule, Verdict::GivenUp, days(5)), None);
        assert_eq!((endpoint.failing_since, endpoint.hold_until), (Some(days(1)), None));
        assert_eq!(endpoint.heard(&schedule, Verdict::Delivered, days(5)), None);
        assert_eq!(endpoint.failing_since, None);
        assert_eq!(endpoint.heard(&schedule, Verdict::GivenUp, days(6)), None);
        assert_eq!(
            endpoint.heard(&schedule, Verdict::GivenUp, days(11)),
            Some("Every try failed for 5 days.")
        );
        assert_eq!(endpoint.state, EndpointState::Disabled);
    }

    #[test]
    fn gone_is_gone_at_once() {
        let mut endpoint = endpoint();
        assert!(endpoint.heard(&Schedule::NORMAL, Verdict::Gone, Timestamp(5)).unwrap().contains("410"));
        assert_eq!(endpoint.state, EndpointState::Disabled);
    }
}
