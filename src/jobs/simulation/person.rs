//! What people do in a run.

use super::invariants::BUTTON;
use super::world::World;
use crate::domain::access::Role;
use crate::domain::ids::JobId;
use crate::domain::job::{JobTrigger, JobType};
use crate::service::new_job::NewJob;

/// Somebody presses a button: a job of our own or of a listener, sometimes after others, sometimes pressed twice.
pub async fn press(world: &mut World) {
    let (number, service) = world.server();
    let built_in = world.dice.chance(40);
    let operation = if built_in { "validate" } else { "submit" };
    let source = world.tenant.sheet.id.to_string();
    let mut new = NewJob::new(JobType::Sheet, operation, &source);
    new.trigger = if world.dice.chance(90) { JobTrigger::Immediate } else { JobTrigger::Manual };
    for _ in 0..2 {
        if world.dice.chance(25)
            && let Some(before) = world.dice.one_of(&world.invariants.jobs(false))
        {
            new.predecessor_ids.push(before.clone());
        }
    }
    if world.dice.chance(10) {
        new.unique_key = Some(BUTTON.to_string());
        new.metadata = Some(BUTTON.into());
    }
    let actor = world.actor(Role::Member);
    // One that comes after a job that failed is refused.
    let made = world.press(number, service.create_job(&actor, new)).await;
    if made.is_some_and(|made| made.is_ok_and(|job| !job.predecessor_ids.is_empty())) {
        world.reach("a wait for another");
    }
}

/// Somebody stops a job or a part of one, starts one, or runs one again.
pub async fn change_mind(world: &mut World) {
    let with_parts = world.dice.chance(40);
    let of_workers = world.dice.chance(25);
    let jobs = if of_workers { world.in_hand() } else { world.invariants.jobs(with_parts) };
    let Some(id) = world.dice.one_of(&jobs) else { return };
    let (number, service) = world.server();
    let actor = world.actor(Role::Member);
    match world.dice.below(4) {
        0 => {
            let done = world.live(number, service.cancel_job(&actor, id, None)).await;
            done.into_iter().for_each(|done| drop(done.unwrap()));
            world.reach("a cancel");
            if world.dice.chance(30) {
                retry(world, id).await;
            }
        }
        1 => {
            let jobs = match world.dice.below(3) {
                0 if !world.invariants.parts_of_earlier_runs().is_empty() => {
                    world.invariants.parts_of_earlier_runs()
                }
                0 | 1 => world.invariants.jobs_with_failed_parts(),
                _ => world.invariants.ended_jobs(with_parts),
            };
            let Some(id) = world.dice.one_of(&jobs) else { return };
            retry(world, id).await;
        }
        2 => {
            let jobs = world.invariants.jobs_with_failed_parts();
            let Some(id) = world.dice.one_of(&jobs) else { return };
            world.invariants.is_retried(id);
            if let Some(Ok(_)) = world.live(number, service.retry_failed_parts(&actor, id)).await {
                world.reach("failed parts once more");
            }
        }
        _ => {
            let _ = world.live(number, service.execute_job(&actor, id)).await;
        }
    }
}

/// Somebody runs a job again.
async fn retry(world: &mut World, id: &JobId) {
    let (number, service) = world.server();
    let actor = world.actor(Role::Member);
    world.invariants.is_retried(id);
    if let Some(Ok(_)) = world.live(number, service.retry_job(&actor, id)).await {
        world.reach("a retry");
        if world.in_hand().contains(id) {
            world.reach("a job of ours run again while a worker has it");
        }
    }
}

/// Somebody starts all that waits to be started, or stops it where that is refused: others may come after it.
pub async fn start_all(world: &mut World) {
    let actor = world.actor(Role::Member);
    for id in world.invariants.jobs(false) {
        loop {
            let (number, service) = world.server();
            // Nobody answered: another is asked.
            let Some(started) = world.live(number, service.execute_job(&actor, &id)).await else { continue };
            if started.is_ok() || world.live(number, service.cancel_job(&actor, &id, None)).await.is_some() {
                break;
            }
        }
    }
}
