//! Listeners that do all of their work in the answer to a webhook.

use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, insert, text};
use crate::receiver::{Receiver, Reply, deliveries, eventually, hook, says, sending, status};
use crate::{TestApp, on_each_database};

/// A job for a listener; its address in the API.
async fn submit(app: &TestApp, made: &Contacts) -> String {
    let body = json!({ "type": "workbook", "operation": "submitAction", "source": made.workbook, "trigger": "immediate" });
    format!("/v1/jobs/{}", text(&app.post("/v1/jobs", body).await.data(), "id"))
}

/// Submits, and answers with that; the job when the delivery has ended, and the delivery.
async fn answered(app: &TestApp, made: &Contacts, reply: Reply) -> (Value, Value) {
    let receiver = Receiver::answering([reply]).await;
    let (hook, _) = hook(app, &made.space, &receiver.url, &["job:ready"]).await;
    let job = submit(app, made).await;
    let delivery = deliveries(app, &hook, "delivered", 1).await.remove(0);
    let request = receiver.requests().remove(0);
    assert_eq!(request.header("x-inlet-attempt"), request.json()["payload"]["attempt"].to_string());
    app.delete(&hook).await.data();
    (app.get(&job).await.data(), delivery)
}

#[tokio::test]
async fn the_answer_says_how_far_a_job_is_and_how_it_ended() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let _sending = sending(&app);
        let told = json!({ "message": "It is there" });
        for (reply, status, info, outcome) in [
            (status(200), "ready", Value::Null, Value::Null),
            (
                Reply { body: r#"{"fail": true}"#.to_string(), ..status(202) },
                "ready",
                Value::Null,
                Value::Null,
            ),
            (says(&json!({ "info": "On it", "progress": 30 })), "executing", json!("On it"), Value::Null),
            (says(&json!({ "outcome": told })), "complete", Value::Null, told.clone()),
            (
                says(&json!({ "fail": true, "info": "No", "outcome": told })),
                "failed",
                json!("No"),
                told.clone(),
            ),
            (says(&json!({ "status": "failed" })), "failed", Value::Null, Value::Null),
        ] {
            let (job, delivery) = answered(&app, &made, reply).await;
            assert_eq!(job["status"], status, "{job} {delivery}");
            assert_eq!((&job["info"], &job["outcome"]), (&info, &outcome), "{delivery}");
            if status == "executing" {
                assert_eq!(job["progress"], 30);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_not_understood_leaves_the_job_and_is_told() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let _sending = sending(&app);
        for (body, words) in [
            ("OK".to_string(), "not JSON"),
            (r#"{"progress": "half"}"#.to_string(), "progress"),
            (r#"{"rejections": []}"#.repeat(20_000), "too long"),
            (
                r#"{"outcome": {"next": {"type": "url", "url": "javascript:x"}}}"#.to_string(),
                "only addresses",
            ),
        ] {
            let (job, delivery) = answered(&app, &made, Reply { body, ..status(200) }).await;
            assert_eq!(job["status"], "ready", "{delivery}");
            let note = text(&delivery, "note");
            assert!(note.contains(words) && note.ends_with("the job was left as it is"), "{note}");
        }
    })
    .await;
}

#[tokio::test]
async fn rejections_become_errors_of_the_cells() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let _sending = sending(&app);
        let rows = [json!({ "name": "Ada", "age": 36 }), json!({ "name": "Bob" }), json!({ "name": "Cyd" })];
        let ids = insert(&app, &made.sheet, &rows).await;
        let values = json!([{ "field": "name", "message": "Taken" }, { "field": "age", "message": "Too old" },
            { "field": "age", "message": "And odd" }]);
        let rejections = json!({ "message": "Not all fit.", "records": [
            { "id": ids[0], "values": values },
            { "id": ids[1], "values": [{ "field": "shoe", "message": "No" }, { "field": "name", "message": "No" }] },
            { "id": "us_rc_0000000000", "values": [{ "field": "name", "message": "No" }] },
        ] });
        let (job, delivery) = answered(&app, &made, says(&json!({ "rejections": rejections }))).await;
        assert_eq!(job["status"], "complete");
        assert_eq!(
            job["outcome"]["message"],
            "Not all fit. 2 records were rejected; their cells say why. 2 rejections named records or fields that are not here."
        );
        let note = text(&delivery, "note");
        assert!(note.contains("2 records rejected; not placed: "), "{note}");
        assert!(note.contains("field `shoe` of Contacts") && note.contains("record `us_rc_0000000000`"), "{note}");
        let found = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
        let messages = |row: usize, field: &str| {
            let messages = found["records"][row]["values"][field]["messages"].as_array().unwrap().clone();
            messages.iter().map(|message| text(message, "message")).collect::<Vec<_>>()
        };
        assert_eq!(messages(0, "name"), ["Taken"]);
        assert_eq!(messages(0, "age").len(), 2);
        assert_eq!(messages(1, "name"), ["No"]);
        assert!(messages(2, "name").is_empty());
        let cell = &found["records"][0]["values"]["name"];
        assert_eq!((&cell["value"], &cell["valid"]), (&json!("Ada"), &json!(false)));
        assert_eq!(cell["messages"][0]["source"], "custom-logic");
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_is_deleted_when_the_answer_says_so() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let _sending = sending(&app);
        let rows = [json!({ "name": "Ada" }), json!({ "name": "Bob" }), json!({ "age": 3 })];
        let ids = insert(&app, &made.sheet, &rows).await;
        let reject = |id: &str| {
            json!({ "sheetId": made.sheet, "deleteSubmitted": true,
                "records": [{ "id": id, "values": [{ "field": "name", "message": "Taken" }] }] })
        };
        let left = async || {
            let found = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
            found["records"].as_array().unwrap().iter().map(|record| text(record, "id")).collect::<Vec<_>>()
        };
        // Where something is not placed, nothing goes.
        answered(&app, &made, says(&json!({ "rejections": reject("us_rc_0000000000") }))).await;
        assert_eq!(left().await, ids);
        let (job, _) = answered(&app, &made, says(&json!({ "rejections": [reject(&ids[0])] }))).await;
        assert_eq!(left().await, [ids[0].clone(), ids[2].clone()]);
        assert_eq!(
            job["outcome"]["message"],
            "1 record was rejected; its cells say why. 1 record that had arrived was deleted here."
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_an_old_attempt_changes_nothing() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let late = Reply {
            delay: std::time::Duration::from_millis(600),
            ..says(&json!({ "outcome": { "message": "Old" } }))
        };
        let receiver = Receiver::answering([late, status(202)]).await;
        let _sending = sending(&app);
        let (hook, _) = hook(&app, &made.space, &receiver.url, &["job:ready"]).await;
        let job = submit(&app, &made).await;
        receiver.wait_for(1).await;
        app.post(&format!("{job}/fail"), Value::Null).await.data();
        app.post(&format!("{job}/retry"), Value::Null).await.data();
        let delivered = deliveries(&app, &hook, "delivered", 2).await;
        let notes: Vec<&Value> = delivered.iter().map(|delivery| &delivery["note"]).collect();
        let note = notes.iter().find_map(|note| note.as_str()).unwrap();
        assert!(note.starts_with("409: this job is in its attempt"), "{note}");
        assert_eq!(app.get(&job).await.data()["status"], "ready");
        let requests = receiver.requests();
        assert_ne!(requests[0].header("x-inlet-attempt"), requests[1].header("x-inlet-attempt"));
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_a_job_that_ended_or_is_the_servers_own_changes_nothing() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let receiver = Receiver::answering([says(&json!({ "fail": true }))]).await;
        let (hook, _) = hook(&app, &made.space, &receiver.url, &["job:ready"]).await;
        let ended = submit(&app, &made).await;
        app.post(&format!("{ended}/complete"), Value::Null).await.data();
        let body =
            json!({ "type": "sheet", "operation": "validate", "source": made.sheet, "trigger": "immediate" });
        let own = format!("/v1/jobs/{}", text(&app.post("/v1/jobs", body).await.data(), "id"));
        let _sending = sending(&app);
        let notes: Vec<String> =
            deliveries(&app, &hook, "delivered", 2).await.iter().map(|one| text(one, "note")).collect();
        assert_eq!(notes[1], "the job had ended before: it is complete");
        assert!(notes[0].contains("Inlet itself"), "{notes:?}");
        assert_eq!(app.get(&ended).await.data()["status"], "complete");
        assert_ne!(app.get(&own).await.data()["status"], "failed");
    })
    .await;
}

#[tokio::test]
async fn a_listener_of_every_job_event_that_answers_always_comes_to_an_end() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let receiver = Receiver::answering([says(&json!({ "info": "On it" }))]).await;
        let _sending = sending(&app);
        let (hook, _) = hook(&app, &made.space, &receiver.url, &["job:*"]).await;
        submit(&app, &made).await;
        let topics = eventually("the queue's end", async || {
            let found = deliveries(&app, &hook, "delivered", 3).await;
            let waiting = app.get(&format!("{hook}/deliveries?state=waiting")).await.data();
            waiting.as_array().unwrap().is_empty().then_some(found)
        })
        .await;
        let mut topics: Vec<String> = topics.iter().map(|one| text(one, "topic")).collect();
        topics.sort();
        assert_eq!(topics, ["job:created", "job:ready", "job:updated"]);
    })
    .await;
}
