//! Jobs on virtual time: two servers whose clocks differ, workers that die and pause, listeners that are late, silent,
//! double and out of order, people who press, stop and retry; and after every step the invariants of jobs and events.
//!
//! A run is made of a seed and can be made again: `INLET_SIMULATION_SEED=7` runs that one,
//! `INLET_SIMULATION_SEEDS=1000` the first thousand.

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
        "a job put back",
        "a refused old attempt",
        "a repeated ending",
        "a split",
        "parts completed",
        "a time-out",
        "a retry",
        "a cancel",
        "a wait for another",
    ] {
        assert!(reached.contains(wanted), "no run reached {wanted}: {reached:?}");
    }
}
