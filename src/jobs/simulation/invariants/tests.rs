//! The invariants notice what they are for: what no service does is done to the store.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use super::BUTTON;
use crate::domain::access::{Actor, Role};
use crate::domain::event::Topic;
use crate::domain::job::{Job, JobStatus, JobTrigger, JobType};
use crate::jobs::simulation::world::World;
use crate::service::Service;
use crate::service::jobs::Ending;
use crate::service::new_job::NewJob;
use crate::store::jobs;
use crate::store::testing::database::sqlite;

/// A world with a job that is ready, and what a fault needs.
struct Faulty {
    world: World,
    service: std::sync::Arc<Service>,
    actor: Actor,
    job: Job,
}

impl Faulty {
    async fn new() -> Self {
        let mut world = World::new(sqlite().await, 0).await;
        let (_, service) = world.server();
        let actor = world.actor(Role::SecretKey);
        let job = made(&world, &service, |_| ()).await;
        world.look().await;
        Self { world, service, actor, job }
    }

    /// Writes the job as it never becomes, and tells of it.
    async fn write(&self, job: Job, topics: &[Topic]) {
        let mut tx = self.service.db.write().await.unwrap();
        jobs::update(&mut tx, &job).await.unwrap();
        self.service.tell_of_job(&mut tx, &self.actor, &job, topics).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Looks, which must fail with these words.
    async fn must_notice(mut self, words: &str) {
        let left = AssertUnwindSafe(self.world.look()).catch_unwind().await.expect_err(words);
        let said = left.downcast_ref::<String>().unwrap();
        assert!(said.contains(words), "{said}");
    }
}

async fn made(world: &World, service: &Service, change: impl FnOnce(&mut NewJob)) -> Job {
    let source = world.tenant.sheet.id.to_string();
    let mut new = NewJob::new(JobType::Sheet, "submit", &source);
    new.trigger = JobTrigger::Immediate;
    change(&mut new);
    service.create_job(&world.actor(Role::SecretKey), new).await.unwrap()
}

#[tokio::test]
async fn a_change_that_is_not_told_is_noticed() {
    let it = Faulty::new().await;
    it.write(Job { status: JobStatus::Executing, ..it.job.clone() }, &[]).await;
    it.must_notice("D4: what was told, and what is so").await;
}

#[tokio::test]
async fn a_change_that_is_told_twice_is_noticed() {
    let it = Faulty::new().await;
    let job = Job { status: JobStatus::Executing, ..it.job.clone() };
    it.write(job, &[Topic::JobUpdated, Topic::JobUpdated]).await;
    it.must_notice("E1: job:updated was told twice").await;
}

#[tokio::test]
async fn a_change_of_what_has_ended_is_noticed() {
    let mut it = Faulty::new().await;
    let ended = it.service.complete_job(&it.actor, &it.job.id, Ending::default(), None).await.unwrap();
    it.world.look().await;
    it.write(Job { info: Some("or not".to_string()), ..ended }, &[]).await;
    it.must_notice("J2: an end is an end").await;
}

#[tokio::test]
async fn a_number_of_a_run_that_comes_again_is_noticed() {
    let mut it = Faulty::new().await;
    it.service.complete_job(&it.actor, &it.job.id, Ending::default(), None).await.unwrap();
    it.world.look().await;
    it.world.invariants.is_retried(&it.job.id);
    it.write(it.job.clone(), &[Topic::JobReady]).await;
    it.must_notice("J3: two runs have the number 0").await;
}

#[tokio::test]
async fn a_second_job_of_a_key_is_noticed() {
    let it = Faulty::new().await;
    for _ in 0..2 {
        made(&it.world, &it.service, |new| new.metadata = Some(BUTTON.into())).await;
    }
    it.must_notice("J5: 2 jobs of one key").await;
}

#[tokio::test]
async fn parts_that_are_told_to_have_ended_too_soon_are_noticed() {
    let it = Faulty::new().await;
    it.write(it.job.clone(), &[Topic::JobPartsCompleted]).await;
    it.must_notice("J6: what was told of its parts").await;
}

#[tokio::test]
async fn a_job_that_starts_before_another_has_ended_is_noticed() {
    let mut it = Faulty::new().await;
    let before = vec![it.job.id.clone()];
    let after = made(&it.world, &it.service, |new| new.predecessor_ids = before).await;
    it.world.look().await;
    it.write(Job { status: JobStatus::Ready, ..after }, &[Topic::JobReady]).await;
    it.must_notice("order: it starts before").await;
}

#[tokio::test]
async fn a_job_that_waits_for_nothing_is_noticed() {
    let it = Faulty::new().await;
    it.write(Job { status: JobStatus::Waiting, ..it.job.clone() }, &[Topic::JobUpdated]).await;
    it.must_notice("order: it waits for nothing").await;
}
