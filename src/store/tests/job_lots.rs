//! Several jobs taken, ended and put back together, on both databases.

use serde_json::json;

use super::jobs::{LEASE, ready};
use crate::domain::ids::JobId;
use crate::domain::job::log::{LogKind, LogLevel, NewEntry};
use crate::domain::job::{Job, JobStatus};
use crate::store::jobs::lots::Ended;
use crate::store::jobs::*;
use crate::store::testing::{databases, samples};

#[tokio::test]
async fn a_lot_comes_in_order_and_what_is_put_back_keeps_its_place() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let mut ids = Vec::new();
        for place in 0..40 {
            ids.push(ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN.plus(place / 2)).await.id);
        }
        let now = samples::THEN.plus(100);
        let lot = claim(&mut tx, "a", now, LEASE, 30).await.unwrap();
        let taken: Vec<JobId> = lot.iter().map(|claimed| claimed.job.id.clone()).collect();
        let places = |taken: &[JobId]| -> Vec<usize> {
            taken.iter().map(|id| ids.iter().position(|other| other == id).unwrap() / 2).collect()
        };
        assert_eq!(places(&taken), (0..30).map(|place| place / 2).collect::<Vec<_>>(), "{}", database.name);

        lots::put_back(&mut tx, &taken[10..], now).unwrap();
        let rest = claim(&mut tx, "b", now, LEASE, 100).await.unwrap();
        let again: Vec<JobId> = rest.iter().map(|claimed| claimed.job.id.clone()).collect();
        assert_eq!(places(&again), (10..40).map(|place| place / 2).collect::<Vec<_>>(), "{}", database.name);
        assert!(rest.iter().all(|claimed| claimed.job.started_at == Some(now)));
        let attempts: Vec<u32> = rest.iter().map(|claimed| claimed.job.attempt).collect();
        assert_eq!(attempts, [[2; 20].as_slice(), &[1; 10]].concat(), "{}", database.name);
    }
}

#[tokio::test]
async fn a_lot_ends_as_each_of_its_jobs_would() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let mut jobs = Vec::new();
        for place in 0..20 {
            jobs.push(ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN.plus(place)).await);
        }
        let mut ids: Vec<JobId> = jobs.iter().map(|job| job.id.clone()).collect();
        ids.sort();
        claim(&mut tx, "a", samples::THEN, LEASE, 20).await.unwrap();
        let now = samples::THEN.plus(50);
        let lot = lots::find_free_for_update(&mut tx, &ids).await.unwrap();
        assert!(lot.iter().map(|job| &job.id).is_sorted() && lot.len() == 20);
        let taken_at = samples::THEN;
        let mut lot: Vec<Ended> = lot.into_iter().map(|job| Ended { job, taken_at }).collect();
        for (place, Ended { job, .. }) in lot.iter_mut().enumerate() {
            job.status = if place % 2 == 0 { JobStatus::Complete } else { JobStatus::Failed };
            job.progress = place as u8;
            job.info = (place > 3).then(|| format!("job {place}"));
            job.result = (place > 5).then(|| json!({ "place": place }));
            (job.updated_at, job.finished_at) = (now, Some(now));
        }
        // One is another's by now, one was heard of, one has ended.
        lot[16].job.attempt = 2;
        note_progress(&mut tx, &lot[17].job.id, Some(5), None, None, samples::THEN.plus(1)).await.unwrap();
        assert_eq!(lots::end(&mut tx, &lot[18..19], now).await.unwrap().len(), 1);
        let kept = lots::end(&mut tx, &lot, now).await.unwrap();
        let wanted = lot.iter().take(16).chain(&lot[19..]).map(|ended| ended.job.id.clone());
        assert_eq!(kept, wanted.collect(), "{}", database.name);
        let left = lots::find_free_for_update(&mut tx, &ids).await.unwrap();
        assert!(left[16..18].iter().all(|job| job.status == JobStatus::Executing), "{}", database.name);
        let ids = [&ids[..16], &ids[18..]].concat();
        lot.drain(16..18);
        let lot: Vec<Job> = lot.into_iter().map(|ended| ended.job).collect();
        let entry = |job: &Job| NewEntry {
            kind: LogKind::Status,
            level: LogLevel::Info,
            text: job.id.to_string(),
            progress: None,
        };
        let entries: Vec<_> = lot.iter().map(|job| (job, entry(job))).collect();
        log::append_each(&mut tx, &entries, now).unwrap();
        log::append_each(&mut tx, &entries[..1], now).unwrap();
        assert_eq!(lots::find_free_for_update(&mut tx, &ids).await.unwrap(), lot, "{}", database.name);
        let first = log::after(&mut tx, &lot[0].id, 0, 10).await.unwrap();
        assert_eq!(first.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2], "{}", database.name);
        let last = log::after(&mut tx, &lot[17].id, 0, 10).await.unwrap();
        assert_eq!(last[0].text, lot[17].id.to_string());
        assert!(!heartbeat(&mut tx, &ids[0], 1, now, None, None, now).await.unwrap(), "its worker is gone");
    }
}

#[tokio::test]
async fn jobs_that_others_wait_for_are_known() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let parent = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let before = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let alone = ready(&mut tx, &tenant, Executor::BuiltIn, samples::THEN).await;
        let part = Job { parent_id: Some(parent.id.clone()), ..tenant.job() };
        assert_eq!(insert(&mut tx, &part, Executor::Listener, None, None).await.unwrap(), None);
        order::wait_for(&mut tx, &alone.id, &before.id).await.unwrap();
        let all = [parent.id.clone(), before.id.clone(), alone.id, part.id];
        let followed = lots::followed(&mut tx, &all).await.unwrap();
        assert_eq!(followed, [parent.id, before.id].into(), "{}", database.name);
    }
}
