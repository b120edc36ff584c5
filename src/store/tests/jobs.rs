//! Jobs: kept and listed, handed out once, fenced, and missed when nobody works on them.

use std::collections::BTreeSet;

use serde_json::json;

use crate::domain::ids::JobId;
use crate::domain::job::log::{LINE_LENGTH, LogKind, LogLevel, NewEntry};
use crate::domain::job::plan::ExecutionPlan;
use crate::domain::job::{Job, JobStatus};
use crate::domain::time::Timestamp;
use crate::store::job_secrets;
use crate::store::jobs::*;
use crate::store::testing::{databases, samples};
use crate::store::{Db, StoreError, Tx, new_id};

pub(super) const LEASE: i64 = 1000;

pub(super) async fn ready(tx: &mut Tx, tenant: &samples::Tenant, executor: Executor, at: Timestamp) -> Job {
    let job = Job { updated_at: at, ..tenant.job() };
    assert_eq!(insert(tx, &job, executor, None, None).await.unwrap(), None);
    job
}

/// The one job that a worker is given.
async fn claim(tx: &mut Tx, worker: &str, now: Timestamp, lease: i64) -> Result<Option<Claimed>, StoreError> {
    Ok(super::super::jobs::claim(tx, worker, now, lease, 1).await?.pop())
}

async fn end(tx: &mut Tx, job: &Job, status: JobStatus) {
    update(tx, &Job { status, finished_at: Some(samples::THEN), ..job.clone() }).await.unwrap();
}

#[tokio::test]
async fn every_member_is_kept() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let mut job = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        assert_eq!(find(&mut tx, &tenant.scope(), &job.id).await.unwrap().as_ref(), Some(&job));
        job.status = JobStatus::Failed;
        job.progress = 100;
        job.config = None;
        job.input = None;
        job.subject = None;
        job.outcome = None;
        job.info = None;
        job.label = None;
        job.metadata = Some(json!(null));
        job.managed = false;
        job.attempt = 4;
        job.destination = None;
        (job.workbook_id, job.sheet_id, job.file_id) = (None, None, None);
        job.updated_at = samples::THEN.plus(9);
        (job.started_at, job.finished_at) = (Some(samples::THEN), Some(samples::THEN.plus(8)));
        (job.outcome_acknowledged_at, job.estimated_completion_at) = (None, None);
        (job.result, job.parts_ended_at) = (None, Some(samples::THEN));
        update(&mut tx, &job).await.unwrap();
        assert_eq!(find(&mut tx, &tenant.scope(), &job.id).await.unwrap().as_ref(), Some(&job));
        delete(&mut tx, &job.id, samples::THEN).await.unwrap();
        assert_eq!(find(&mut tx, &tenant.scope(), &job.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_list_is_narrowed_and_ordered() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let first = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        let second = Job {
            id: new_id(),
            parent_id: Some(first.id.clone()),
            status: JobStatus::Complete,
            created_at: samples::THEN.plus(1),
            source: "us_fl_00000000".to_string(),
            ..first.clone()
        };
        insert(&mut tx, &second, Executor::BuiltIn, None, None).await.unwrap();
        let all = JobFilter::default();
        for (filter, wanted) in [
            (all.clone(), vec![&second, &first]),
            (JobFilter { oldest_first: true, ..all.clone() }, vec![&first, &second]),
            (JobFilter { exclude_children: true, ..all.clone() }, vec![&first]),
            (JobFilter { unfinished: true, ..all.clone() }, vec![&first]),
            (JobFilter { parent_id: Some(first.id.clone()), ..all.clone() }, vec![&second]),
            (JobFilter { source: Some(first.source.clone()), ..all.clone() }, vec![&first]),
            (JobFilter { space_id: first.space_id.clone(), ..all.clone() }, vec![&second, &first]),
            (JobFilter { space_id: Some(new_id()), ..all.clone() }, vec![]),
            (JobFilter { environment_id: Some(new_id()), ..all.clone() }, vec![]),
            (JobFilter { workbook_id: Some(new_id()), ..all.clone() }, vec![]),
            (JobFilter { sheet_id: Some(new_id()), ..all.clone() }, vec![]),
            (JobFilter { file_id: Some(new_id()), ..all.clone() }, vec![]),
        ] {
            let (found, total) = list(&mut tx, &tenant.scope(), &filter, 0, 10).await.unwrap();
            assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{}: {filter:?}", database.name);
            assert_eq!(total as usize, wanted.len());
        }
    }
}

#[tokio::test]
async fn one_unfinished_job_a_key() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let (first, second, third) = (tenant.job(), tenant.job(), tenant.job());
        let key = Some("submit of this sheet");
        assert_eq!(insert(&mut tx, &first, Executor::Listener, key, None).await.unwrap(), None);
        assert_eq!(
            insert(&mut tx, &second, Executor::Listener, key, None).await.unwrap(),
            Some(first.id.clone())
        );
        assert_eq!(find(&mut tx, &tenant.scope(), &second.id).await.unwrap(), None);
        assert_eq!(insert(&mut tx, &third, Executor::Listener, Some("another"), None).await.unwrap(), None);
        for status in [JobStatus::Complete, JobStatus::Failed, JobStatus::Canceled] {
            end(&mut tx, &first, status).await;
            assert_eq!(
                insert(&mut tx, &second, Executor::Listener, key, None).await.unwrap(),
                None,
                "{status}"
            );
            let retried = Job { status: JobStatus::Ready, ..first.clone() };
            tx.commit().await.unwrap();
            tx = database.write().await.unwrap();
            let refused = update(&mut tx, &retried).await;
            assert!(matches!(refused, Err(StoreError::Conflict(_))), "{}: {refused:?}", database.name);
            drop(tx);
            tx = database.write().await.unwrap();
            tx.execute(
                crate::store::statement::Statement::new("DELETE FROM jobs WHERE id = $1").bind(&second.id),
            )
            .await
            .unwrap();
            update(&mut tx, &retried).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pressing_a_button_eight_times_at_once_starts_one_job() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let presses: Vec<_> = (0..8)
            .map(|_| {
                let (db, job): (Db, Job) = ((*database).clone(), tenant.job());
                tokio::spawn(async move {
                    let mut tx = db.write().await.unwrap();
                    let other = insert(&mut tx, &job, Executor::Listener, Some("key"), None).await.unwrap();
                    tx.commit().await.unwrap();
                    other.unwrap_or(job.id)
                })
            })
            .collect();
        let mut started = BTreeSet::new();
        for press in presses {
            started.insert(press.await.unwrap());
        }
        assert_eq!(started.len(), 1, "{}", database.name);
    }
}

#[tokio::test]
async fn the_job_that_waited_longest_comes_first() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let late = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN.plus(2)).await;
        let early = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN.plus(1)).await;
        ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        let now = samples::THEN.plus(10);
        let claimed = claim(&mut tx, "a", now, LEASE).await.unwrap().unwrap();
        assert_eq!(claimed.scope, tenant.space.scope());
        let wanted = Job {
            status: JobStatus::Executing,
            attempt: 1,
            started_at: Some(now),
            updated_at: now,
            ..early.clone()
        };
        assert_eq!(claimed.job, wanted);
        assert_eq!(claim(&mut tx, "a", now, LEASE).await.unwrap().unwrap().job.id, late.id);
        assert_eq!(claim(&mut tx, "a", now, LEASE).await.unwrap(), None);
    }
}

async fn work(db: Db, worker: String) -> Vec<JobId> {
    let mut claimed = Vec::new();
    loop {
        let mut tx = db.write().await.unwrap();
        let Some(job) = claim(&mut tx, &worker, samples::THEN, LEASE).await.unwrap() else { return claimed };
        tx.commit().await.unwrap();
        claimed.push(job.job.id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_job_is_given_to_one_worker() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        for _ in 0..40 {
            ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        }
        tx.commit().await.unwrap();
        let workers: Vec<_> =
            (0..4).map(|worker| tokio::spawn(work((*database).clone(), worker.to_string()))).collect();
        let mut claimed = Vec::new();
        for worker in workers {
            claimed.extend(worker.await.unwrap());
        }
        assert_eq!(claimed.len(), 40, "{}", database.name);
        assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>().len(), 40, "{}", database.name);
    }
}

#[tokio::test]
async fn two_workers_do_not_wait_for_one_another_on_postgresql() {
    for database in databases().await.into_iter().filter(|database| database.name == "PostgreSQL") {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let first = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let second = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN.plus(1)).await;
        tx.commit().await.unwrap();
        let mut one = database.write().await.unwrap();
        let mut two = database.write().await.unwrap();
        assert_eq!(claim(&mut one, "a", samples::THEN, LEASE).await.unwrap().unwrap().job.id, first.id);
        assert_eq!(claim(&mut two, "b", samples::THEN, LEASE).await.unwrap().unwrap().job.id, second.id);
    }
}

#[tokio::test]
async fn the_number_of_a_run_rises_once() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let job = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let claimed = claim(&mut tx, "a", samples::THEN, LEASE).await.unwrap().unwrap().job;
        assert_eq!(claimed.attempt, 1);
        // A retry has given the next run its number.
        update(&mut tx, &Job { attempt: 2, status: JobStatus::Ready, ..claimed }).await.unwrap();
        assert_eq!(held(&mut tx, &job.id, 1).await.unwrap(), None);
        assert_eq!(claim(&mut tx, "b", samples::THEN, LEASE).await.unwrap().unwrap().job.attempt, 2);
    }
}

#[tokio::test]
async fn a_job_that_was_begun_without_a_lease_is_a_workers() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let job = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        update(&mut tx, &Job { status: JobStatus::Executing, ..job.clone() }).await.unwrap();
        let claimed = claim(&mut tx, "a", samples::THEN, LEASE).await.unwrap().unwrap().job;
        assert_eq!((claimed.id, claimed.attempt), (job.id, 1));
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_is_refused() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let id = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await.id;
        claim(&mut tx, "a", samples::THEN, LEASE).await.unwrap().unwrap();

        let beat = samples::THEN.plus(500);
        assert!(heartbeat(&mut tx, &id, 1, beat.plus(LEASE), Some(40), Some("half"), beat).await.unwrap());
        assert!(heartbeat(&mut tx, &id, 1, beat.plus(LEASE), None, None, beat).await.unwrap());
        let job = held(&mut tx, &id, 1).await.unwrap().unwrap();
        assert_eq!((job.progress, job.info.as_deref(), job.updated_at), (40, Some("half"), beat));

        assert_eq!(claim(&mut tx, "b", beat.plus(LEASE - 1), LEASE).await.unwrap(), None);
        let end_of_lease = beat.plus(LEASE);
        let again = claim(&mut tx, "b", end_of_lease, LEASE).await.unwrap().unwrap().job;
        assert_eq!((again.attempt, again.started_at), (2, Some(samples::THEN)));
        assert_eq!(held(&mut tx, &id, 1).await.unwrap(), None);
        assert!(!heartbeat(&mut tx, &id, 1, end_of_lease, Some(99), None, end_of_lease).await.unwrap());
        assert_eq!(held(&mut tx, &id, 2).await.unwrap().unwrap().progress, 40);

        end(&mut tx, &again, JobStatus::Canceled).await;
        assert!(!heartbeat(&mut tx, &id, 2, end_of_lease, None, None, end_of_lease).await.unwrap());
        assert_eq!(held(&mut tx, &id, 2).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_job_that_is_deleted_is_lost_to_its_worker() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let id = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await.id;
        claim(&mut tx, "a", samples::THEN, LEASE).await.unwrap().unwrap();
        delete(&mut tx, &id, samples::THEN).await.unwrap();
        assert!(!heartbeat(&mut tx, &id, 1, samples::THEN, None, None, samples::THEN).await.unwrap());
        assert_eq!(claim(&mut tx, "b", samples::THEN.plus(LEASE), LEASE).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_retried_job_goes_to_the_end_of_the_queue() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let first = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let second = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN.plus(1)).await;
        end(&mut tx, &first, JobStatus::Failed).await;
        update(&mut tx, &Job { updated_at: samples::THEN.plus(2), ..first.clone() }).await.unwrap();
        let now = samples::THEN.plus(3);
        assert_eq!(claim(&mut tx, "a", now, LEASE).await.unwrap().unwrap().job.id, second.id);
        assert_eq!(claim(&mut tx, "a", now, LEASE).await.unwrap().unwrap().job.id, first.id);
    }
}

async fn late(tx: &mut Tx, after: i64, patience: &Patience) -> Vec<Overdue> {
    let jobs = overdue(tx, samples::THEN.plus(after), patience, None).await.unwrap();
    jobs.into_iter().map(|job| job.overdue).collect()
}

const PATIENCE: Patience = Patience { acknowledge: 50, silence: 100, parts: 20, total: i64::MAX / 4 };

#[tokio::test]
async fn a_listener_that_falls_silent_is_noticed() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let job = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        assert_eq!(late(&mut tx, 49, &PATIENCE).await, []);
        assert_eq!(late(&mut tx, 50, &PATIENCE).await, [Overdue::NotAcknowledged]);
        let found = overdue(&mut tx, samples::THEN.plus(50), &PATIENCE, Some(&job.id)).await.unwrap();
        assert_eq!((&found[0].id, &found[0].scope), (&job.id, &tenant.space.scope()));
        let other = overdue(&mut tx, samples::THEN.plus(50), &PATIENCE, Some(&new_id())).await.unwrap();
        assert_eq!(other, []);

        let began = samples::THEN.plus(50);
        let working =
            Job { status: JobStatus::Executing, started_at: Some(began), updated_at: began, ..job.clone() };
        update(&mut tx, &working).await.unwrap();
        assert_eq!(late(&mut tx, 149, &PATIENCE).await, []);
        assert_eq!(late(&mut tx, 150, &PATIENCE).await, [Overdue::Silent]);
        seen(&mut tx, &job.id, samples::THEN.plus(300)).await.unwrap();
        seen(&mut tx, &job.id, samples::THEN.plus(200)).await.unwrap();
        assert_eq!(late(&mut tx, 399, &PATIENCE).await, []);
        assert_eq!(late(&mut tx, 400, &PATIENCE).await, [Overdue::Silent]);
        note_progress(&mut tx, &job.id, Some(7), None, None, samples::THEN.plus(350)).await.unwrap();
        assert_eq!(find(&mut tx, &tenant.scope(), &job.id).await.unwrap().unwrap().progress, 7);
        assert_eq!(late(&mut tx, 449, &PATIENCE).await, []);
        end(&mut tx, &working, JobStatus::Complete).await;
        assert_eq!(late(&mut tx, 1000, &PATIENCE).await, []);
    }
}

#[tokio::test]
async fn a_job_of_our_own_has_a_last_moment_and_no_listener() {
    let bounded = Patience { total: 300, ..PATIENCE };
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        assert_eq!(late(&mut tx, 10_000, &bounded).await, []);
        claim(&mut tx, "a", samples::THEN.plus(100), LEASE).await.unwrap().unwrap();
        assert_eq!(late(&mut tx, 399, &bounded).await, []);
        assert_eq!(late(&mut tx, 400, &bounded).await, [Overdue::TooLong]);
    }
}

#[tokio::test]
async fn a_job_whose_parts_have_ended_waits_for_its_listener_a_moment() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let job = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        let resumed = Job {
            status: JobStatus::Executing,
            parts_ended_at: Some(samples::THEN),
            started_at: Some(samples::THEN),
            ..job.clone()
        };
        update(&mut tx, &resumed).await.unwrap();
        assert_eq!(late(&mut tx, 19, &PATIENCE).await, []);
        assert_eq!(late(&mut tx, 20, &PATIENCE).await, [Overdue::PartsEnded]);
        seen(&mut tx, &job.id, samples::THEN.plus(5)).await.unwrap();
        assert_eq!(late(&mut tx, 104, &PATIENCE).await, []);
        assert_eq!(late(&mut tx, 105, &PATIENCE).await, [Overdue::Silent]);
    }
}

#[tokio::test]
async fn parts_are_counted_for_the_attempt_that_made_them() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let parent = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        let part = |part, parent_attempt, status| Job {
            parent_id: Some(parent.id.clone()),
            parent_attempt: Some(parent_attempt),
            part: Some(part),
            status,
            ..tenant.job()
        };
        let old = part(0, 0, JobStatus::Executing);
        let parts =
            [part(1, 1, JobStatus::Waiting), part(0, 1, JobStatus::Complete), part(2, 1, JobStatus::Waiting)];
        for job in parts.iter().chain([&old]) {
            insert(&mut tx, job, Executor::Listener, None, None).await.unwrap();
        }
        let counts = order::parts(&mut tx, &parent.id, 1).await.unwrap();
        assert_eq!((counts.total, counts.completed, counts.ended()), (3, 1, 1));
        assert_eq!(order::next_part(&mut tx, &parent.id, 1).await.unwrap().as_ref(), Some(&parts[0].id));
        let unfinished = order::unfinished_parts(&mut tx, &parent.id).await.unwrap();
        assert_eq!(unfinished, [old.id.clone(), parts[0].id.clone(), parts[2].id.clone()]);
    }
}

#[tokio::test]
async fn a_job_waits_until_all_that_come_before_it_are_done() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let [first, second, last] = [tenant.job(), tenant.job(), tenant.job()];
        for job in [&first, &second, &last] {
            insert(&mut tx, job, Executor::Listener, None, None).await.unwrap();
        }
        for before in [&first, &second, &first] {
            order::wait_for(&mut tx, &last.id, &before.id).await.unwrap();
        }
        assert_eq!(order::successors(&mut tx, &first.id).await.unwrap(), std::slice::from_ref(&last.id));
        assert!(!order::release(&mut tx, &last.id, &first.id).await.unwrap());
        assert!(order::successors(&mut tx, &first.id).await.unwrap().is_empty());
        assert!(order::release(&mut tx, &last.id, &second.id).await.unwrap());
        order::wait_for(&mut tx, &last.id, &second.id).await.unwrap();
        order::waits_no_more(&mut tx, &last.id).await.unwrap();
        assert!(order::successors(&mut tx, &second.id).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_log_keeps_its_entries_in_order_and_a_plan_is_kept() {
    let line = |text: &str| NewEntry {
        kind: LogKind::Line,
        level: LogLevel::Warn,
        text: text.to_string(),
        progress: Some(3),
    };
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let job = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        assert_eq!(log::entries(&mut tx, &job.id).await.unwrap(), 0);
        for text in ["one", "two", &"x".repeat(3_000)] {
            log::append(&mut tx, &job.id, 1, &line(text), samples::THEN);
        }
        tx.commit().await.unwrap();
        let mut tx = database.write().await.unwrap();
        assert_eq!(log::entries(&mut tx, &job.id).await.unwrap(), 3);
        let found = log::after(&mut tx, &job.id, 1, 10).await.unwrap();
        assert_eq!(found.iter().map(|entry| entry.number).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(
            (found[0].text.as_str(), found[0].level, found[0].progress),
            ("two", LogLevel::Warn, Some(3))
        );
        assert_eq!(found[1].text.len(), LINE_LENGTH);

        assert_eq!(plan::plan(&mut tx, &job.id).await.unwrap(), None);
        let kept = ExecutionPlan { program_id: Some("us_mp_1".to_string()), ..ExecutionPlan::default() };
        plan::set_plan(&mut tx, &job.id, &kept).await.unwrap();
        assert_eq!(plan::plan(&mut tx, &job.id).await.unwrap(), Some(kept));
    }
}

#[tokio::test]
async fn secrets_go_with_their_job() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let job = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        let other = ready(&mut tx, &tenant, Executor::Listener, samples::THEN).await;
        for (job, key, sealed) in
            [(&job, "b", [1, 0]), (&job, "a", [2, 255]), (&job, "a", [9, 9]), (&other, "a", [3, 3])]
        {
            job_secrets::keep(&mut tx, &job.id, key, &sealed).await.unwrap();
        }
        let kept = vec![("a".to_string(), vec![2, 255]), ("b".to_string(), vec![1, 0])];
        assert_eq!(job_secrets::of_job(&mut tx, &job.id).await.unwrap(), kept, "{}", database.name);
        delete(&mut tx, &job.id, samples::THEN).await.unwrap();
        assert_eq!(job_secrets::of_job(&mut tx, &job.id).await.unwrap(), []);
        assert_eq!(job_secrets::of_job(&mut tx, &other.id).await.unwrap().len(), 1);
    }
}
