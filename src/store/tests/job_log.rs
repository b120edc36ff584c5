//! What is read of a long log.

use crate::domain::ids::JobId;
use crate::domain::job::log::{LogKind, LogLevel, NewEntry};
use crate::domain::time::Timestamp;
use crate::store::jobs::{Executor, insert, log};
use crate::store::testing::{databases, samples};
use crate::store::{Db, Tx};

/// A job with an empty log.
async fn job(db: &Db) -> JobId {
    let tenant = samples::tenant(db).await;
    let mut tx = db.write().await.unwrap();
    let job = tenant.job();
    insert(&mut tx, &job, Executor::Listener, None, None).await.unwrap();
    tx.commit().await.unwrap();
    job.id
}

fn entry(progress: Option<u8>) -> NewEntry {
    let kind = if progress.is_some() { LogKind::Progress } else { LogKind::Line };
    NewEntry { kind, level: LogLevel::Info, text: "what it does".to_string(), progress }
}

fn write(tx: &mut Tx, job: &JobId, attempt: u32, entries: &[(i64, Option<u8>)]) {
    for (at, progress) in entries {
        log::append(tx, job, attempt, &entry(*progress), Timestamp(*at));
    }
}

async fn curve(db: &Db, job: &JobId, attempt: u32, most: u64) -> Vec<(i64, u8)> {
    let mut tx = db.read().await.unwrap();
    let points = log::curve(&mut tx, job, attempt, most).await.unwrap();
    points.into_iter().map(|(at, progress)| (at.0, progress)).collect()
}

#[tokio::test]
async fn a_curve_is_of_one_attempt_and_has_every_point_when_they_are_few() {
    for db in databases().await {
        let job = job(&db).await;
        assert!(curve(&db, &job, 0, 10).await.is_empty());
        let mut tx = db.write().await.unwrap();
        write(&mut tx, &job, 1, &[(0, Some(90)), (1, None)]);
        write(&mut tx, &job, 2, &[(2, None), (100, Some(0)), (110, None), (150, Some(25)), (300, Some(100))]);

        write(&mut tx, &job, 3, &[(301, None)]);
        tx.commit().await.unwrap();
        assert_eq!(curve(&db, &job, 1, 10).await, [(0, 90)]);
        assert_eq!(curve(&db, &job, 2, 10).await, [(100, 0), (150, 25), (300, 100)]);
        assert!(curve(&db, &job, 3, 10).await.is_empty());
        // With few places the first point and the last are there still.
        assert_eq!(curve(&db, &job, 2, 1).await, [(100, 0), (300, 100)]);
    }
}

#[tokio::test]
async fn of_a_long_log_some_points_are_given_from_all_of_its_length() {
    for db in databases().await {
        let job = job(&db).await;
        let mut tx = db.write().await.unwrap();
        // Each third entry is a line.
        let entries: Vec<(i64, Option<u8>)> =
            (0..3_000_u32).map(|at| (i64::from(at), (at % 3 > 0).then_some((at / 30) as u8))).collect();
        write(&mut tx, &job, 1, &entries);
        tx.commit().await.unwrap();
        let points = curve(&db, &job, 1, 300).await;
        assert!((300..=301).contains(&points.len()), "{}", points.len());
        assert_eq!((points[0], points.last().copied()), ((1, 0), Some((2_999, 99))));
        assert!(points.windows(2).all(|two| (1..=12).contains(&(two[1].0 - two[0].0))), "{points:?}");
    }
}
