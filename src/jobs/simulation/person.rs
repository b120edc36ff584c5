//! What people do in a run.

use super::world::World;
use crate::domain::access::Role;
use crate::domain::job::{JobTrigger, JobType};
use crate::service::new_job::NewJob;
use crate::store::testing::pretended::within;

/// Somebody presses a button: a job of our own or of a listener, sometimes after another one, sometimes pressed twice.
pub async fn press(world: &mut World) {
    let (service, now) = world.server();
    let built_in = world.dice.chance(40);
    let operation = if built_in { "validate" } else { "submit" };
    let source = world.tenant.sheet.id.to_string();
    let mut new = NewJob::new(JobType::Sheet, operation, &source);
    new.trigger = if world.dice.chance(90) { JobTrigger::Immediate } else { JobTrigger::Manual };
    if world.dice.chance(20)
        && let Some(before) = world.dice.one_of(&world.jobs)
    {
        new.predecessor_ids = vec![before.clone()];
    }
    if world.dice.chance(10) {
        new.unique_key = Some("the same button".to_string());
    }
    let actor = world.actor(Role::Member);
    // One that comes after a job that failed is refused.
    if let Ok(job) = within(now, &world.dice, service.create_job(&actor, new)).await {
        if !job.predecessor_ids.is_empty() {
            world.reach("a wait for another");
        }
        world.jobs.push(job.id);
    }
}

/// Somebody stops a job, starts one, or runs one again.
pub async fn change_mind(world: &mut World) {
    let Some(id) = world.dice.one_of(&world.jobs).cloned() else { return };
    let (service, now) = world.server();
    let actor = world.actor(Role::Member);
    match world.dice.below(3) {
        0 => {
            within(now, &world.dice, service.cancel_job(&actor, &id, None)).await.unwrap();
            world.reach("a cancel");
        }
        1 => {
            if within(now, &world.dice, service.retry_job(&actor, &id)).await.is_ok() {
                world.invariants.was_retried(&id);
                world.reach("a retry");
            }
        }
        _ => {
            let _ = within(now, &world.dice, service.execute_job(&actor, &id)).await;
        }
    }
}

/// Somebody starts all that waits to be started, or stops it where that is refused: others may come after it.
pub async fn start_all(world: &mut World) {
    let actor = world.actor(Role::Member);
    for id in world.jobs.clone() {
        let (service, now) = world.server();
        let started = within(now, &world.dice, service.execute_job(&actor, &id)).await;
        if started.is_err() {
            within(now, &world.dice, service.cancel_job(&actor, &id, None)).await.unwrap();
        }
    }
}
