//! A clock, a source of chance and a place to die that a test sets, so that what it finds can be found again.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt;

use crate::domain::time::Timestamp;

tokio::task_local! {
    static WORLD: Pretended;
}

/// What the clock shows and the dice give inside [`within_life`].
#[derive(Debug, Clone)]
struct Pretended {
    now: i64,
    dice: std::rc::Rc<Cell<u64>>,
    death: std::rc::Rc<Cell<Option<Death>>>,
}

/// Where a process dies.
#[derive(Debug, Clone, Copy)]
pub struct Death {
    /// The failpoint.
    pub place: &'static str,
    /// At which arrival there, from 1.
    pub nth: u32,
}

/// What a process that died leaves of what it did.
struct Died;

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

/// Does something at a moment of the test's choosing, with ids from its dice, in a process that may die; nothing when
/// it did. What it had not committed is undone.
pub async fn within_life<T>(
    now: Timestamp,
    dice: &Dice,
    death: Option<Death>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let death = std::rc::Rc::new(Cell::new(death));
    let life = WORLD.scope(Pretended { now: now.0, dice: dice.0.clone(), death }, work);
    let is_death = |left: &Box<dyn Any + Send>| left.is::<Died>();
    match AssertUnwindSafe(life).catch_unwind().await {
        Ok(done) => Some(done),
        Err(left) if is_death(&left) => None,
        Err(left) => resume_unwind(left),
    }
}

/// Comes to a failpoint, where the process may die.
pub fn arrive(name: &str) {
    let is_the_end = |world: &Pretended| match world.death.take() {
        Some(Death { place, nth: 1 }) if place == name => true,
        Some(Death { place, nth }) => {
            let nth = if place == name { nth - 1 } else { nth };
            world.death.set(Some(Death { place, nth }));
            false
        }
        None => false,
    };
    if WORLD.try_with(is_the_end).unwrap_or(false) {
        resume_unwind(Box::new(Died));
    }
}

/// The moment that the test has set.
pub fn moment() -> Option<Timestamp> {
    WORLD.try_with(|world| Timestamp(world.now)).ok()
}

/// What the dice of the test give.
pub fn chance() -> Option<u64> {
    WORLD.try_with(|world| roll(&world.dice)).ok()
}
