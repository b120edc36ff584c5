//! Where time and chance come from.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::ids::Id;
use crate::domain::time::Timestamp;

/// The present moment.
pub fn now() -> Timestamp {
    #[cfg(test)]
    if let Some(moment) = super::testing::pretended::moment() {
        return moment;
    }
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

/// Bytes that nobody can guess.
#[expect(clippy::expect_used, reason = "without chance there are no ids and no secrets: nothing may go on")]
pub fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    #[cfg(test)]
    if let Some(first) = super::testing::pretended::chance() {
        let rest = std::iter::repeat_with(|| super::testing::pretended::chance().unwrap_or_default());
        let numbers = std::iter::once(first).chain(rest).flat_map(u64::to_le_bytes);
        bytes.iter_mut().zip(numbers).for_each(|(byte, random)| *byte = random);
        return bytes;
    }
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// An id that was never there before, such as `new_id::<SpaceId>()`.
pub fn new_id<T: Id>() -> T {
    loop {
        if let Some(id) = T::from_random(u128::from_le_bytes(random_bytes())) {
            return id;
        }
    }
}

/// Times that an id with the present moment in front is tried before one without it is taken.
const TRIES: usize = 8;
/// Random bits behind the moment.
const RANDOM_BITS: u32 = 80;

/// An id for a row of a log: those made later come later in an index, so that rows that are added together stand
/// on one page of it, and a commit writes that page alone.
pub fn new_log_id<T: Id>() -> T {
    let moment = u128::from(now().0.cast_unsigned()) << RANDOM_BITS;
    let random = || u128::from_le_bytes(random_bytes()) >> (u128::BITS - RANDOM_BITS);
    (0..TRIES).find_map(|_| T::from_random(moment | random())).unwrap_or_else(new_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SpaceId;

    #[test]
    fn no_id_comes_twice() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| new_id::<SpaceId>()).collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn ids_of_a_log_come_in_order() {
        let first = new_log_id::<SpaceId>();
        std::thread::sleep(std::time::Duration::from_millis(2));
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| new_log_id::<SpaceId>()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| *id > first));
    }

    #[test]
    fn now_is_between_2025_and_2100() {
        assert!((1_735_689_600_000..4_102_444_800_000).contains(&now().0));
    }
}
