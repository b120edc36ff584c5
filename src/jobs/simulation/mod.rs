//! Jobs on virtual time: two servers whose clocks differ and that die before and after their commits, workers that die
//! and pause, listeners that are late, silent, double and out of order, people who press, stop and retry; and after every
//! call the invariants of jobs and events.
//!
//! A run is made of a seed and can be made again: `INLET_SIMULATION_SEED=7` runs that one,
//! `INLET_SIMULATION_SEEDS=1000` the first thousand.
//!
//! What was taken out of the product by hand, and what failed then (`invariants/tests.rs` has faults that stay):
//!
//! | taken out | failed |
//! |---|---|
//! | the look at the attempt of a call | J3: an old attempt ended a job |
//! | the attempt in the renewal of a lease | J3: the lease of another was renewed |
//! | the new number of a retry, of a job of ours or of failed parts | J3: two runs have the number, nothing may change |
//! | an end absorbs an acknowledgement | J2: told of after its end |
//! | an end absorbs a second completion | J2: two ends of one run |
//! | events in the commit of their change | D4: what was told, and what is so |
//! | an event told once | E1: told twice; of `job:ready` with other words J2: ready twice |
//! | what follows from an end, or the parts of a split, in the same commit | order: it waits for nothing |
//! | the wait for predecessors, or for all of them | order: it starts before another is complete |
//! | the failure of those that wait for a job that failed | order: it waits for nothing |
//! | the attempt in the count of parts | a split of another run is refused |
//! | the attempt of the parent when a part ends | J6: what was told of its parts |
//! | the end of parts with their job | order: it ends before its part |
//! | the unique key | J5: several jobs of one key |
//! | time-outs | J1: ready for too long |

mod invariants;
mod listener;
mod person;
mod world;

use crate::store::testing::database::{postgres, sqlite};
use world::World;

/// Steps of a run before nothing new happens any more.
const STEPS: usize = 220;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn seeds(few: u64) -> std::ops::Range<u64> {
    match number("INLET_SIMULATION_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("INLET_SIMULATION_SEEDS").unwrap_or(few),
    }
}

#[tokio::test]
async fn jobs_keep_their_promises_whatever_happens_on_sqlite() {
    for seed in seeds(12) {
        World::new(sqlite().await, seed).await.run(STEPS).await;
    }
}

#[tokio::test]
async fn jobs_keep_their_promises_whatever_happens_on_postgresql() {
    let Ok(server) = std::env::var("INLET_TEST_POSTGRES_URL") else { return };
    for seed in seeds(3) {
        World::new(postgres(&server).await, seed).await.run(STEPS).await;
    }
}

/// What the runs are worth: each of these comes about in some of them.
#[tokio::test]
async fn the_runs_reach_what_they_are_for() {
    let mut reached = std::collections::BTreeSet::new();
    for seed in 0..8 {
        let mut world = World::new(sqlite().await, seed).await;
        world.run(STEPS).await;
        reached.extend(world.reached());
    }
    for wanted in [
        "a crash",
        "a lease lost",
        "a job given to a worker as it was made",
        "a job put back",
        "a refused old attempt",
        "a repeated ending",
        "a split",
        "a split into a row",
        "a split of another run",
        "failed parts once more",
        "a death at a commit",
        "a job of ours that a listener began",
        "a job of ours run again while a worker has it",
        "parts completed",
        "a time-out",
        "a retry",
        "a cancel",
        "a wait for another",
    ] {
        assert!(reached.contains(wanted), "no run reached {wanted}: {reached:?}");
    }
}
