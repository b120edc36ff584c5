//! Jobs on virtual time: two servers whose clocks differ and that die before and after their commits, workers that die
//! and pause, listeners that are late, silent, double and out of order, people who press, stop and retry; and after every
//! call the invariants of jobs and events. Hours go by in other runs, of actions that run by themselves (`schedule`).
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
//! | the moment in the move of a schedule to its next time | S2: it ran, and its time had not come |
//! | the jobs of a schedule in the commit that moves it on | S2: no job for one time |
//! | the next time of a schedule as whole periods from the last | S3: it goes on at another time |
//! | times that went by, made up for once | S3: it goes on at a time that has come |
//! | an action that no longer runs by itself | S1: what runs by itself is not what is kept |
//! | the period and the time of a schedule that is forgotten | S1: the same, of one that was changed meanwhile |
//! | the last minute before a look | S4: what is due |
//! | an action that was found due | S4: it was passed over |

mod invariants;
mod listener;
mod person;
mod schedule;
mod world;

use crate::store::testing::database::{postgres, sqlite};
use schedule::Schedules;
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

/// Things that happen in a run of schedules.
const HAPPENINGS: usize = 300;

#[tokio::test]
async fn actions_run_by_themselves_once_a_time_whatever_happens_on_sqlite() {
    let mut reached = std::collections::BTreeSet::new();
    for seed in seeds(8) {
        let mut world = World::new(sqlite().await, seed).await;
        Schedules::run(&mut world, HAPPENINGS).await;
        reached.extend(world.reached());
    }
    for wanted in [
        "a death at a commit",
        "a moment that both servers found",
        "a period that changed while a server held it",
        "a schedule that went while a server held it",
        "times that went by",
    ] {
        assert!(
            number("INLET_SIMULATION_SEED").is_some() || reached.contains(wanted),
            "{wanted}: {reached:?}"
        );
    }
}

#[tokio::test]
async fn actions_run_by_themselves_once_a_time_whatever_happens_on_postgresql() {
    let Ok(server) = std::env::var("INLET_TEST_POSTGRES_URL") else { return };
    for seed in seeds(2) {
        Schedules::run(&mut World::new(postgres(&server).await, seed).await, HAPPENINGS).await;
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
