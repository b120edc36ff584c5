//! Jobs that come after others, locked by several who change them at the same moment: always in the same order, so that
//! on PostgreSQL none waits for one who waits for it.

use std::time::Duration;

use inlet::domain::ids::JobId;
use inlet::domain::job::{JobStatus, JobTrigger, JobType};
use inlet::service::jobs::Ending;
use inlet::service::new_job::NewJob;
use inlet::service::{Result, Service};
use inlet::store::jobs;

use crate::fixtures::{Contacts, contacts};
use crate::{TestApp, on_each_database};

async fn after(app: &TestApp, made: &Contacts, before: &[&JobId]) -> Result<JobId> {
    let actor = app.service.actor_of_bearer(&app.key).await?;
    let mut new = NewJob::new(JobType::Workbook, "submitAction", &made.workbook);
    new.trigger = JobTrigger::Immediate;
    new.predecessor_ids = before.iter().map(|id| (*id).clone()).collect();
    Ok(app.service.create_job(&actor, new).await?.id)
}

/// Does `what`, while another has locked the first of these jobs and locks the second, as the end of the first does.
async fn while_locked<T: Send + 'static>(
    app: &TestApp,
    [first, second]: [&JobId; 2],
    what: impl Future<Output = Result<T>> + Send + 'static,
) -> T {
    let scope = app.service.actor_of_bearer(&app.key).await.unwrap().scope;
    let mut tx = app.service.db.write().await.unwrap();
    jobs::find_for_update(&mut tx, &scope, first).await.unwrap();
    let other = tokio::spawn(what);
    tokio::time::sleep(Duration::from_millis(200)).await;
    jobs::find_for_update(&mut tx, &scope, second).await.unwrap();
    drop(tx);
    other.await.unwrap().unwrap()
}

#[tokio::test]
async fn a_retry_locks_what_comes_before_first() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let one = after(&app, &made, &[]).await.unwrap();
        let two = after(&app, &made, &[&one]).await.unwrap();
        app.service.cancel_job(&actor, &two, None).await.unwrap();
        let (service, id) = (app.service.clone(), two.clone());
        let retry = async move { service.retry_job(&actor, &id).await };
        assert_eq!(while_locked(&app, [&one, &two], retry).await.status, JobStatus::Waiting);
    })
    .await;
}

#[tokio::test]
async fn those_that_come_before_are_locked_in_the_order_in_which_they_were_made() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let one = after(&app, &made, &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        let two = after(&app, &made, &[&one]).await.unwrap();
        let mut new = NewJob::new(JobType::Workbook, "submitAction", &made.workbook);
        new.trigger = JobTrigger::Immediate;
        new.predecessor_ids = vec![two.clone(), one.clone()];
        let (service, by) = (app.service.clone(), actor.clone());
        let make = async move { service.create_job(&by, new).await };
        let third = while_locked(&app, [&one, &two], make).await;
        assert_eq!(third.status, JobStatus::Waiting);

        app.service.cancel_job(&actor, &third.id, None).await.unwrap();
        let service = app.service.clone();
        let retry = async move { service.retry_job(&actor, &third.id).await };
        assert_eq!(while_locked(&app, [&one, &two], retry).await.status, JobStatus::Waiting);
    })
    .await;
}

/// Ends a job in one of the ways.
async fn end(service: &Service, key: &str, id: &JobId, well: bool) -> Result<()> {
    let actor = service.actor_of_bearer(key).await?;
    match well {
        true => service.complete_job(&actor, id, Ending::default(), None).await,
        false => service.fail_job(&actor, id, Ending::default(), None).await,
    }
    .map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_retry_and_the_end_of_what_comes_before_do_not_stop_one_another() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        for round in 0..30 {
            let one = after(&app, &made, &[]).await.unwrap();
            let two = after(&app, &made, &[&one]).await.unwrap();
            app.service.cancel_job(&actor, &two, None).await.unwrap();
            let (service, key, id) = (app.service.clone(), app.key.clone(), one.clone());
            let ending = tokio::spawn(async move { end(&service, &key, &id, round % 3 != 0).await });
            let (service, by, id) = (app.service.clone(), actor.clone(), two.clone());
            let retry = tokio::spawn(async move { service.retry_job(&by, &id).await });
            ending.await.unwrap().unwrap();
            let retried = retry.await.unwrap();
            let status = app.service.job(&actor, &two).await.unwrap().status;
            let wanted = match (round % 3 != 0, &retried) {
                (true, Ok(_)) => JobStatus::Ready,
                // It waited already when the other failed.
                (false, Ok(_)) => JobStatus::Failed,
                (false, Err(error)) if error.message.contains("failed. Retry that one first") => {
                    JobStatus::Canceled
                }
                (_, Err(error)) => panic!("{error}"),
            };
            assert_eq!(status, wanted, "{round}");
        }
    })
    .await;
}
