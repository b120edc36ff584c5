//! A clock and a source of chance that a test sets, so that what it finds can be found again.

use std::cell::Cell;

use crate::domain::time::Timestamp;

tokio::task_local! {
    static WORLD: Pretended;
}

/// What the clock shows and the dice give inside [`within`].
#[derive(Debug, Clone)]
struct Pretended {
    now: i64,
    dice: std::rc::Rc<Cell<u64>>,
}

/// A source of chance that gives the same for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(std::rc::Rc<Cell<u64>>);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(std::rc::Rc::new(Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)))
    }

    /// Any number.
    pub fn next(&self) -> u64 {
        roll(&self.0)
    }

    /// A number below `limit`.
    pub fn below(&self, limit: u64) -> u64 {
        (self.next() >> 16) % limit.max(1)
    }

    /// Whether something happens that happens so many times of a hundred.
    pub fn chance(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn one_of<'a, T>(&self, several: &'a [T]) -> Option<&'a T> {
        several.get(self.below(several.len() as u64) as usize)
    }
}

/// The xorshift of Marsaglia, 64 bits.
fn roll(state: &Cell<u64>) -> u64 {
    let mut number = state.get();
    number ^= number << 13;
    number ^= number >> 7;
    number ^= number << 17;
    state.set(number);
    number.wrapping_mul(0x2545_F491_4F6C_DD1D)
}

/// Does something at a moment of the test's choosing, with ids from its dice.
pub async fn within<T>(now: Timestamp, dice: &Dice, work: impl Future<Output = T>) -> T {
    WORLD.scope(Pretended { now: now.0, dice: dice.0.clone() }, work).await
}

/// The moment that the test has set.
pub fn moment() -> Option<Timestamp> {
    WORLD.try_with(|world| Timestamp(world.now)).ok()
}

/// What the dice of the test give.
pub fn chance() -> Option<u64> {
    WORLD.try_with(|world| roll(&world.dice)).ok()
}
