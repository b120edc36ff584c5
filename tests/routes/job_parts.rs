//! Jobs in parts, and jobs that come after others.

use std::time::Duration;

use inlet::domain::ids::{Id, JobId};
use inlet::domain::job::{Job, JobStatus};
use inlet::store::{jobs, now};
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, insert, text};
use crate::{TestApp, on_each_database};

async fn job(app: &TestApp, made: &Contacts, more: Value) -> String {
    let mut body = json!({ "type": "workbook", "operation": "submitAction", "source": made.workbook,
        "trigger": "immediate" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    text(&app.post("/v1/jobs", body).await.data(), "id")
}

async fn call(app: &TestApp, id: &str, verb: &str) -> Value {
    app.post(&format!("/v1/jobs/{id}/{verb}"), json!(null)).await.data()
}

async fn status(app: &TestApp, id: &str) -> String {
    text(&app.get(&format!("/v1/jobs/{id}")).await.data(), "status")
}

async fn parts(app: &TestApp, parent: &str) -> Vec<Value> {
    let listed = app.get(&format!("/v1/jobs?parentId={parent}&sortDirection=asc")).await.data();
    let mut parts = listed.as_array().unwrap().clone();
    parts.sort_by_key(|part| part["part"].as_u64());
    parts
}

async fn told(app: &TestApp, topic: &str, job: &str) -> Vec<Value> {
    let events = app.get(&format!("/v1/events?topic={topic}&pageSize=100")).await.data();
    let of_job = events.as_array().unwrap().iter().filter(|event| event["context"]["jobId"] == job);
    of_job.cloned().collect()
}

#[tokio::test]
async fn a_job_in_parallel_parts_goes_on_when_the_last_has_ended() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let parent = job(&app, &made, json!({ "input": { "to": "crm" } })).await;
        call(&app, &parent, "ack").await;
        let split = json!({ "parts": [{ "from": 1 }, { "from": 2 }, { "from": 3 }], "runInParallel": true });
        let answer = app.post(&format!("/v1/jobs/{parent}/split"), split.clone()).await.data();
        assert_eq!((&answer["id"], &answer["status"]), (&json!(parent), &json!("waiting")));
        app.post(&format!("/v1/jobs/{parent}/split"), split).await.refused(409);

        let parts = parts(&app, &parent).await;
        assert_eq!(parts.len(), 3);
        for (number, part) in parts.iter().enumerate() {
            assert_eq!(part["part"], json!(number));
            assert_eq!(part["partData"], json!({ "from": number + 1 }));
            assert_eq!((&part["status"], &part["partExecution"]), (&json!("ready"), &json!("parallel")));
            assert_eq!(
                (&part["operation"], &part["input"]),
                (&json!("submitAction"), &json!({ "to": "crm" }))
            );
            let ready = told(&app, "job:ready", &text(part, "id")).await;
            assert_eq!(ready[0]["payload"]["isPart"], json!(true));
            app.post(&format!("/v1/jobs/{}/split", text(part, "id")), json!({ "parts": 2 }))
                .await
                .refused(409);
        }
        let without =
            app.get(&format!("/v1/jobs?source={}&excludeChildJobs=true", made.workbook)).await.data();
        assert_eq!(without.as_array().unwrap().len(), 1);

        for (part, verb) in parts.iter().zip(["complete", "fail", "cancel"]) {
            assert_eq!(status(&app, &parent).await, "waiting");
            call(&app, &text(part, "id"), verb).await;
        }
        let after = app.get(&format!("/v1/jobs/{parent}")).await.data();
        assert_eq!(
            (&after["status"], &after["info"]),
            (&json!("executing"), &json!("1 of 3 parts done, 1 failed, 1 canceled"))
        );
        let completed = told(&app, "job:parts-completed", &parent).await;
        assert_eq!(completed.len(), 1);
        let counts = json!({ "total": 3, "completed": 1, "failed": 1, "canceled": 1 });
        assert_eq!(completed[0]["payload"]["parts"], counts);
        // A part that is run again after that tells nothing a second time.
        call(&app, &text(&parts[1], "id"), "retry").await;
        call(&app, &text(&parts[1], "id"), "complete").await;
        assert_eq!(told(&app, "job:parts-completed", &parent).await.len(), 1);
        assert_eq!(call(&app, &parent, "complete").await["status"], json!("complete"));
    })
    .await;
}

#[tokio::test]
async fn parts_in_sequence_follow_one_another_however_they_end() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let parent = job(&app, &made, json!({})).await;
        app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": 3 })).await.data();
        let ids: Vec<_> = parts(&app, &parent).await.iter().map(|part| text(part, "id")).collect();
        for (id, waits) in ids.iter().zip([0, 1, 1]) {
            let told = told(&app, "job:updated", id).await;
            assert_eq!(told.len(), waits);
            assert!(told.iter().all(|event| event["payload"]["status"] == "waiting"));
        }
        let mut expected = ["ready", "waiting", "waiting"];
        for (place, verb) in ["complete", "fail", "complete"].iter().enumerate() {
            for (id, status_now) in ids.iter().zip(expected) {
                assert_eq!(status(&app, id).await, status_now, "before part {place}");
            }
            assert_eq!(told(&app, "job:ready", &ids[place]).await.len(), 1);
            call(&app, &ids[place], verb).await;
            expected[place] = if *verb == "fail" { "failed" } else { "complete" };
            if place < 2 {
                expected[place + 1] = "ready";
            }
        }
        assert_eq!(status(&app, &parent).await, "executing");
    })
    .await;
}

#[tokio::test]
async fn a_job_ends_itself_when_nobody_does_after_its_parts() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for (verb, ended) in [("complete", "complete"), ("fail", "failed")] {
            let parent = job(&app, &made, json!({})).await;
            app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": 1 })).await.data();
            call(&app, &text(&parts(&app, &parent).await[0], "id"), verb).await;
            app.service.end_overdue_jobs().await.unwrap();
            assert_eq!(status(&app, &parent).await, "executing");
            tokio::time::sleep(Duration::from_millis(1_100)).await;
            app.service.end_overdue_jobs().await.unwrap();
            let after = app.get(&format!("/v1/jobs/{parent}")).await.data();
            assert_eq!(after["status"], json!(ended), "{after}");
            assert!(text(&after["outcome"], "message").contains("of 1 parts done"), "{after}");
        }
    })
    .await;
}

/// The sweep and the listener lock a part and its parent in the same order.
#[tokio::test]
async fn a_part_is_given_up_and_ended_at_once() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let parent = job(&app, &made, json!({})).await;
        app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": 1 })).await.data();
        let part = text(&parts(&app, &parent).await[0], "id");
        let [parent, part]: [JobId; 2] = [parent, part].map(|id| Id::parse(&id).unwrap());
        let scope = app.service.actor_of_bearer(&app.key).await.unwrap().scope;
        let mut tx = app.service.db.write().await.unwrap();
        let silent = jobs::find_for_update(&mut tx, &scope, &part).await.unwrap().unwrap();
        let silent = Job { status: JobStatus::Executing, updated_at: now().plus(-10_000), ..silent };
        jobs::update(&mut tx, &silent).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = app.service.db.write().await.unwrap();
        jobs::find_for_update(&mut tx, &scope, &parent).await.unwrap();
        let service = app.service.clone();
        let sweep = tokio::spawn(async move { service.end_overdue_jobs().await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        jobs::find_for_update(&mut tx, &scope, &part).await.unwrap();
        drop(tx);
        assert_eq!(sweep.await.unwrap().unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_stopped_stops_its_parts() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for verb in ["cancel", "complete", "fail"] {
            let parent = job(&app, &made, json!({})).await;
            app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": 3 })).await.data();
            call(&app, &parent, verb).await;
            for part in parts(&app, &parent).await {
                assert_eq!(part["status"], json!("canceled"), "{verb}");
                assert!(text(&part, "info").contains("has ended"));
            }
            assert!(told(&app, "job:parts-completed", &parent).await.is_empty());
            call(&app, &parent, "retry").await;
            app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": 2 })).await.data();
            assert_eq!(status(&app, &parent).await, "waiting");
        }
        let parent = job(&app, &made, json!({})).await;
        for none in [json!(0), json!([]), json!(1_001), json!("two")] {
            app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": none })).await.refused(400);
        }
    })
    .await;
}

#[tokio::test]
async fn a_job_waits_for_those_that_come_before_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let first = job(&app, &made, json!({})).await;
        let second = job(&app, &made, json!({})).await;
        let last = job(&app, &made, json!({ "predecessorIds": [first, second] })).await;
        assert_eq!(status(&app, &last).await, "waiting");
        assert!(told(&app, "job:ready", &last).await.is_empty());
        call(&app, &first, "complete").await;
        assert_eq!(status(&app, &last).await, "waiting");
        call(&app, &second, "complete").await;
        assert_eq!(status(&app, &last).await, "ready");
        assert_eq!(told(&app, "job:ready", &last).await.len(), 1);

        let third = job(&app, &made, json!({})).await;
        let manual = job(&app, &made, json!({ "predecessorIds": [third], "trigger": "manual" })).await;
        assert_eq!(status(&app, &manual).await, "created");
        call(&app, &manual, "execute").await;
        assert_eq!(status(&app, &manual).await, "waiting");
        call(&app, &third, "fail").await;
        let failed = app.get(&format!("/v1/jobs/{manual}")).await.data();
        assert_eq!(failed["status"], json!("failed"));
        assert!(text(&failed, "info").contains("which comes before, failed"), "{failed}");
        app.post(&format!("/v1/jobs/{manual}/retry"), json!(null)).await.refused(409);
        call(&app, &third, "retry").await;
        call(&app, &manual, "retry").await;
        assert_eq!(status(&app, &manual).await, "waiting");
        call(&app, &third, "complete").await;
        assert_eq!(status(&app, &manual).await, "ready");

        let nobody = json!({ "type": "workbook", "operation": "x", "source": made.workbook,
            "predecessorIds": ["us_jb_00000000000000000000aa"] });
        app.post("/v1/jobs", nobody).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn the_failed_parts_of_a_job_are_run_again() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let parent = job(&app, &made, json!({})).await;
        app.post(&format!("/v1/jobs/{parent}/split"), json!({ "parts": 3 })).await.data();
        let ids: Vec<_> = parts(&app, &parent).await.iter().map(|part| text(part, "id")).collect();
        for (id, verb) in ids.iter().zip(["fail", "complete", "fail"]) {
            call(&app, id, verb).await;
        }
        call(&app, &parent, "fail").await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let id = inlet::domain::ids::Id::parse(&parent).unwrap();
        app.service.retry_failed_parts(&actor, &id).await.unwrap();
        // A part that waits for another is not told to be ready, and each run has a number of its own.
        let expected = [("ready", 2, 1), ("complete", 1, 0), ("waiting", 1, 1)];
        for (id, (status, ready, attempt)) in ids.iter().zip(expected) {
            let part = app.get(&format!("/v1/jobs/{id}")).await.data();
            assert_eq!((&part["status"], &part["attempt"]), (&json!(status), &json!(attempt)));
            assert_eq!(told(&app, "job:ready", id).await.len(), ready, "{status}");
        }
        assert_eq!(status(&app, &parent).await, "waiting");
        call(&app, &ids[0], "complete").await;
        call(&app, &ids[2], "complete").await;
        assert_eq!(told(&app, "job:parts-completed", &parent).await.len(), 2);
        assert_eq!(status(&app, &parent).await, "executing");
        assert!(app.service.retry_failed_parts(&actor, &id).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_job_is_run_again_on_its_records_with_errors() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let both = insert(&app, &made.sheet, &[json!({ "age": 1 }), json!({ "name": "Ada" })]).await;
        let sheet_job = async |query: Value| {
            let subject = json!({ "type": "collection", "resource": "records", "params": { "sheetId": made.sheet },
                "query": query });
            job(&app, &made, json!({ "type": "sheet", "source": made.sheet, "subject": subject, "input": { "a": 1 } })).await
        };
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let again = async |id: &str| {
            let id = inlet::domain::ids::Id::parse(id).unwrap();
            app.service.run_again(&actor, &id, true).await
        };
        let all = sheet_job(json!({})).await;
        assert!(again(&all).await.is_err(), "it runs");
        call(&app, &all, "fail").await;
        let errors = app.get(&format!("/v1/sheets/{}/records?filter=error", made.sheet)).await.data();
        let errors = errors["records"].as_array().unwrap().len();
        assert!(errors > 0);
        let made_again = again(&all).await.unwrap();
        assert_eq!(made_again.input.unwrap().get("a"), Some(&json!(1)));
        let query = serde_json::to_value(made_again.subject).unwrap();
        assert_eq!(query["query"]["filter"], json!("error"));

        // Of records chosen by hand, those with errors are named.
        let chosen = sheet_job(json!({ "ids": both })).await;
        call(&app, &chosen, "fail").await;
        let subject = serde_json::to_value(again(&chosen).await.unwrap().subject).unwrap();
        let named = subject["query"]["ids"].as_array().unwrap();
        assert!(!named.is_empty() && named.len() < both.len(), "{subject}");
    })
    .await;
}
