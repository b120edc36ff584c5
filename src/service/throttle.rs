//! How often somebody may try to sign in, change a password or have a link mailed: by the name of the account and by the
//! address they come from.
//!
//! Each has a number of tries that comes back with time; one that succeeds is given back. A name that nobody has
//! counts as any other, so that nobody learns which names there are. Each server counts for itself.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::secrets::hash_token;
use super::{Result, ServiceError};

/// Tries that an account has at once, and after how long one more comes.
const OF_NAME: Allowance = Allowance { tries: 10.0, every: Duration::from_secs(30) };
/// The same of an address, behind which many people may be.
const OF_ADDRESS: Allowance = Allowance { tries: 100.0, every: Duration::from_secs(3) };
/// Counts that are remembered before those that are full again are swept out.
const REMEMBERED: usize = 100_000;

#[derive(Debug, Clone, Copy)]
struct Allowance {
    tries: f64,
    every: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    /// The hash of a name, however long it is.
    Name([u8; 32]),
    Address(IpAddr),
}

impl Key {
    fn allowance(self) -> Allowance {
        match self {
            Self::Name(_) => OF_NAME,
            Self::Address(_) => OF_ADDRESS,
        }
    }
}

/// What is left of an allowance, and when that was counted.
#[derive(Debug, Clone, Copy)]
struct Left {
    tries: f64,
    at: Instant,
}

/// Who tried something lately.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<Key, Left>>);

/// A try that was counted.
#[derive(Debug)]
pub(super) struct Try(Vec<Key>);

impl Throttle {
    /// Counts a try for that name from that address.
    ///
    /// # Errors
    /// When there were too many, with how long to wait.
    pub(super) fn begin(&self, name: &str, from: Option<IpAddr>, now: Instant) -> Result<Try> {
        let mut keys = vec![Key::Name(hash_token(&name.trim().to_lowercase()))];
        keys.extend(from.map(|address| Key::Address(network(address))));
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = keys.iter().map(|key| wait(&counted, *key, now)).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(ServiceError::too_many("too many tries", wait));
        }
        if counted.len() >= REMEMBERED {
            let all = counted.clone();
            counted.retain(|key, _| left(&all, *key, now) < key.allowance().tries);
            // Whoever has so many addresses is not stopped by counting, and must not fill the memory.
            if counted.len() >= REMEMBERED {
                counted.clear();
            }
        }
        for key in &keys {
            let tries = left(&counted, *key, now) - 1.0;
            counted.insert(*key, Left { tries, at: now });
        }
        Ok(Try(keys))
    }

    /// Gives a try back that succeeded: the name is as one that nobody tried, the address has one more.
    pub(super) fn succeeded(&self, tried: Try, now: Instant) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in tried.0 {
            match key {
                Key::Name(_) => {
                    counted.remove(&key);
                }
                Key::Address(_) => {
                    let tries = left(&counted, key, now) + 1.0;
                    counted.insert(key, Left { tries, at: now });
                }
            }
        }
    }
}

fn left(counted: &HashMap<Key, Left>, key: Key, now: Instant) -> f64 {
    let Allowance { tries, every } = key.allowance();
    let Some(last) = counted.get(&key) else { return tries };
    let back = now.saturating_duration_since(last.at).as_secs_f64() / every.as_secs_f64();
    (last.tries + back).min(tries)
}

/// How long until there is a whole try.
fn wait(counted: &HashMap<Key, Left>, key: Key, now: Instant) -> Duration {
    let missing = 1.0 - left(counted, key, now);
    if missing <= 0.0 { Duration::ZERO } else { key.allowance().every.mul_f64(missing) }
}

/// Who has an IPv6 address has all those that begin like it.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => four.into(),
            None => Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(throttle: &Throttle, name: &str, from: Option<IpAddr>, now: Instant) -> usize {
        (0..1_000).take_while(|_| throttle.begin(name, from, now).is_ok()).count()
    }

    #[test]
    fn an_account_is_tried_ten_times_and_then_now_and_then() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        assert_eq!(tries(&throttle, "Ann@x.example", None, start), 10);
        assert_eq!(tries(&throttle, " ann@X.example", None, start), 0, "the same name");
        assert_eq!(tries(&throttle, "bob@x.example", None, start), 10);
        let refused = throttle.begin("ann@x.example", None, start).unwrap_err();
        assert_eq!(refused.retry_after, Some(30));
        let later = start + Duration::from_secs(61);
        assert_eq!(tries(&throttle, "ann@x.example", None, later), 2);
        assert_eq!(tries(&throttle, "ann@x.example", None, later + Duration::from_secs(86_400)), 10);
    }

    #[test]
    fn an_address_tries_many_names_but_not_all() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let six = |text: &str| text.parse::<IpAddr>().ok();
        let all =
            |from| (0..1_000).take_while(|n| throttle.begin(&format!("{n}@x"), from, start).is_ok()).count();
        assert_eq!(all(six("192.0.2.1")), 100);
        assert_eq!(all(six("192.0.2.1")), 0);
        assert_eq!(throttle.begin("b@x", six("::ffff:192.0.2.1"), start).unwrap_err().retry_after, Some(3));
        assert!(throttle.begin("b@x", six("192.0.2.2"), start).is_ok());
        let (throttle, from) =
            (Throttle::default(), ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(six));
        for n in 0..100 {
            throttle.begin(&format!("{n}@y"), from[0], start).unwrap();
        }
        assert!(throttle.begin("a@y", from[1], start).is_err(), "of the same network");
        assert!(throttle.begin("a@y", from[2], start).is_ok());
    }

    #[test]
    fn what_succeeds_does_not_count() {
        let (throttle, start, from) = (Throttle::default(), Instant::now(), "192.0.2.1".parse().ok());
        for _ in 0..200 {
            let tried = throttle.begin("ann@x.example", from, start).unwrap();
            throttle.succeeded(tried, start);
        }
        assert_eq!(tries(&throttle, "ann@x.example", from, start), 10);
    }
}
