//! What is written down of a job, its plan, and its signs of life.

use std::time::Duration;

use inlet::domain::access::{Actor, Role, Scope};
use inlet::domain::ids::Id;
use inlet::domain::job::JobType;
use inlet::domain::job::log::{LogKind, LogLevel, NewEntry};
use inlet::domain::time::Timestamp;
use inlet::service::ErrorKind;
use inlet::service::new_job::NewJob;
use inlet::store::jobs;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, text};
use crate::{TestApp, on_each_database};

async fn job(app: &TestApp, made: &Contacts) -> String {
    let body = json!({ "type": "sheet", "operation": "check", "source": made.sheet, "trigger": "immediate",
        "subject": { "type": "collection", "resource": "records", "params": { "sheetId": made.sheet },
            "query": { "filter": "all" } } });
    text(&app.post("/v1/jobs", body).await.data(), "id")
}

async fn log(app: &TestApp, id: &str, after: u64) -> Vec<Value> {
    app.get(&format!("/v1/jobs/{id}/log?after={after}")).await.data().as_array().unwrap().clone()
}

#[tokio::test]
async fn a_log_tells_what_happened_in_order() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = job(&app, &made).await;
        let post = async |verb: &str, body: Value| app.post(&format!("/v1/jobs/{id}/{verb}"), body).await;
        post("ack", json!({ "info": "Reading", "progress": 5 })).await.data();
        let lines =
            json!({ "lines": [{ "message": "first batch" }, { "level": "warn", "message": "slow" }] });
        post("log", lines).await.data();
        tokio::time::sleep(Duration::from_millis(110)).await;
        post("ack", json!({ "info": "Sending", "progress": 60 })).await.data();
        post("fail", json!({ "outcome": { "message": "No answer" }, "info": "CRM is down" })).await.data();
        post("retry", json!(null)).await.data();

        let entries = log(&app, &id, 0).await;
        let told: Vec<_> = entries
            .iter()
            .map(|entry| format!("{} {} {}", text(entry, "kind"), text(entry, "level"), text(entry, "text")))
            .collect();
        let expected = [
            "status info Started: Reading",
            "line info first batch",
            "line warn slow",
            "progress info Sending",
            "status error Failed: CRM is down",
            "status info Ready",
        ];
        assert_eq!(told, expected);
        assert_eq!(entries[3]["progress"], json!(60));
        assert_eq!((&entries[4]["attempt"], &entries[5]["attempt"]), (&json!(0), &json!(1)));
        assert_eq!(log(&app, &id, 4).await.len(), 2);

        let many: Vec<_> = (0..101).map(|_| json!({ "message": "x" })).collect();
        post("log", json!({ "lines": many })).await.refused(400);
        let neighbour = app.neighbours_key().await;
        app.call_as(&neighbour, "GET", &format!("/v1/jobs/{id}/log"), &Value::Null).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn progress_is_told_ten_times_a_second_at_most() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = job(&app, &made).await;
        let began = std::time::Instant::now();
        for percent in 0..60 {
            let ticked = app.post(&format!("/v1/jobs/{id}/ack"), json!({ "progress": percent })).await.data();
            assert_eq!(ticked["progress"], json!(percent));
        }
        let at_most = 2 + began.elapsed().as_millis() / 100;
        assert_eq!(app.get(&format!("/v1/jobs/{id}")).await.data()["progress"], json!(59));
        let events = app.get("/v1/events?topic=job:updated&pageSize=100").await.data();
        let told =
            events.as_array().unwrap().iter().filter(|event| event["context"]["jobId"] == json!(id)).count();
        assert!((1..=at_most).contains(&(told as u128)), "{told} of at most {at_most}");
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_reads_its_records_is_alive_and_one_that_is_watched_is_not() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = job(&app, &made).await;
        app.post(&format!("/v1/jobs/{id}/ack"), json!(null)).await.data();
        let ready = app.get("/v1/events?topic=job:ready").await.data();
        let event = text(&ready[0], "id");
        // Three quarters of the patience twice over.
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(3_000)).await;
            app.get(&format!("/v1/sheets/{}/records?for={event}", made.sheet)).await.data();
            app.service.end_overdue_jobs().await.unwrap();
            assert_eq!(app.get(&format!("/v1/jobs/{id}")).await.data()["status"], json!("executing"));
        }
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            app.get(&format!("/v1/jobs/{id}")).await.data();
        }
        app.service.end_overdue_jobs().await.unwrap();
        let after = app.get(&format!("/v1/jobs/{id}")).await.data();
        assert_eq!(after["status"], json!("failed"));
        let message = text(&after["outcome"], "message");
        assert!(
            message.starts_with("The listener of “sheet:check” has said nothing for 4 seconds."),
            "{message}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_put_read_and_changed_in_parts() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = job(&app, &made).await;
        let path = format!("/v1/jobs/{id}/plan");
        app.get(&path).await.refused(409);
        let edge = json!({ "sourceField": { "key": "Mail" }, "destinationField": { "key": "email" }, "preview": ["a@b"] });
        let whole = json!({ "fileId": "us_fl_1", "jobId": id, "fieldMapping": [edge], "unmappedSourceFields": [],
            "unmappedDestinationFields": [{ "destinationField": { "key": "phone" }, "preview": [] }] });
        let put = app.put(&path, whole).await.data();
        assert_eq!((&put["job"]["id"], &put["plan"]["fieldMapping"]), (&json!(id), &json!([edge])));
        let changed = app.patch(&path, json!({ "unmappedDestinationFields": [] })).await.data();
        assert_eq!(changed["plan"]["fieldMapping"], json!([edge]));
        assert_eq!(changed["plan"]["unmappedDestinationFields"], json!([]));
        app.put(&path, json!({ "fieldMapping": [{ "sourceField": "Mail" }] })).await.refused(400);
        app.post(&format!("/v1/jobs/{id}/complete"), json!({ "result": { "rows": 3 } })).await.data();
        assert_eq!(app.get(&path).await.data()["job"]["result"], json!({ "rows": 3 }));
        app.patch(&path, json!({ "fieldMapping": [] })).await.refused(409);
    })
    .await;
}

#[tokio::test]
async fn a_job_about_an_agent_belongs_to_the_environment() {
    on_each_database(async |app: TestApp| {
        let body =
            json!({ "type": "agent", "operation": "inspect", "source": "us_ag_x", "trigger": "immediate" });
        let made = app.post("/v1/jobs", body).await.data();
        assert_eq!((&made["spaceId"], &made["environmentId"]), (&Value::Null, &json!(app.environment_id)));
        let ready = app.get("/v1/events?topic=job:ready").await.data();
        assert_eq!(ready[0]["payload"]["job"], json!("agent:inspect"));
        let neighbour = app.neighbours_key().await;
        let path = format!("/v1/jobs/{}", text(&made, "id"));
        app.call_as(&neighbour, "GET", &path, &Value::Null).await.refused(404);

        // Who sees a whole account names an environment of it.
        let key = app.service.actor_of_bearer(&app.key).await.unwrap();
        let admin =
            |account_id| Actor { role: Role::Admin, scope: Scope::account(account_id), ..key.clone() };
        let job = || NewJob {
            environment_id: key.scope.environment_id.clone(),
            ..NewJob::new(JobType::Agent, "inspect", "us_ag_x")
        };
        app.service.create_job(&admin(key.scope.account_id.clone()), job()).await.unwrap();
        let other = crate::presence::other_account(&app).await;
        let refused = app.service.create_job(&admin(other), job()).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn the_beginning_and_the_end_of_a_long_log_are_shown() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = Id::parse(&job(&app, &made).await).unwrap();
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let shown = async || {
            let job = app.service.job(&actor, &id).await.unwrap();
            app.service.job_log_extract(&actor, &job).await.unwrap()
        };
        assert_eq!((shown().await.entries.len(), shown().await.left_out), (0, 0));
        // More than an earlier version read at all.
        const ENTRIES: u64 = 20_500;
        let mut written = 0;
        for (until, left_out) in [(200, 0), (201, 0), (400, 0), (401, 1), (ENTRIES, ENTRIES - 400)] {
            let mut tx = app.service.db.write().await.unwrap();
            while written < until {
                let (kind, level) = (LogKind::Progress, LogLevel::Info);
                let progress = Some((written * 100 / ENTRIES) as u8);
                let entry = NewEntry { kind, level, text: "x".repeat(200), progress };
                jobs::log::append(&mut tx, &id, 0, &entry, Timestamp(written as i64));
                written += 1;
            }
            tx.commit().await.unwrap();
            let log = shown().await;
            assert_eq!((log.entries.len() as u64, log.left_out), (until - left_out, left_out));
            let numbers: Vec<u64> = log.entries.iter().map(|entry| entry.number).collect();
            let listed = |number: &u64| *number <= 200 || *number > until - 200.min(until);
            assert_eq!(numbers, (1..=until).filter(listed).collect::<Vec<_>>());
            let (first, last) = (log.curve[0], log.curve.last().copied().unwrap());
            assert_eq!((first.0.0, last.0.0), (0, until as i64 - 1));
            assert!(log.curve.len() <= 400, "{}", log.curve.len());
        }
    })
    .await;
}
