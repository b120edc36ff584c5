use std::time::Duration;

use serde_json::{Value, json};

use crate::fixtures::{contacts, embed_token, guest_token, insert, text};
use crate::receiver::{Receiver, Reply, deliveries, eventually, hook, sending, status};
use crate::{TestApp, on_each_database};

/// An event of a space: its name changes.
async fn rename(app: &TestApp, space: &str, name: &str) {
    app.patch(&format!("/v1/spaces/{space}"), json!({ "name": name })).await.data();
}

#[tokio::test]
async fn an_event_arrives_signed_and_with_addresses_that_lead_back() {
    on_each_database(async |app: TestApp| {
        let (made, receiver) = (contacts(&app).await, Receiver::answering([]).await);
        let _sending = sending(&app);
        let (hook, secret) = hook(&app, &made.space, &receiver.url, &["records:created"]).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let request = receiver.wait_for(1).await.remove(0);
        let body = request.json();
        let event = app.get("/v1/events?topic=records:created").await.json()["data"][0].take();
        assert_eq!(request.header("webhook-id"), text(&event, "id"));
        assert_eq!((&body["id"], &body["topic"]), (&event["id"], &json!("records:created")));
        assert_eq!(text(&body, "dataUrl"), format!("http://inlet.test{}", text(&event, "dataUrl")));
        assert_eq!(request.header("content-type"), "application/json");
        assert!(request.is_signed_with(&secret) && secret.starts_with("whsec_"));
        assert!(!request.is_signed_with("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));

        let delivery = deliveries(&app, &hook, "delivered", 1).await.remove(0);
        assert_eq!((&delivery["status"], &delivery["tries"]), (&json!(200), &json!(1)));
        let one = app.get(&format!("{hook}/deliveries/{}", text(&delivery, "id"))).await.data();
        assert_eq!(one["request"], body);
        // Nothing but what was asked for.
        rename(&app, &made.space, "Other").await;
        let tested = app.post(&format!("{hook}/test"), Value::Null).await.data();
        let requests = receiver.wait_for(2).await;
        assert_eq!((requests.len(), &requests[1].json()["topic"]), (2, &json!("webhook:test")));
        assert_eq!(requests[1].header("webhook-id"), text(&tested, "eventId"));
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_made_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let body = json!({ "url": "https://example.com/hook", "name": " Ours ", "job": "workbook:*", "namespaces": ["space:red"] });
        let hook = app.post("/v1/webhooks", body).await.data();
        let path = format!("/v1/webhooks/{}", text(&hook, "id"));
        assert_eq!((&hook["topics"], &hook["state"]), (&json!(["job:ready"]), &json!("active")));
        assert_eq!((&hook["name"], &hook["environmentId"]), (&json!("Ours"), &json!(app.environment_id)));
        let read = app.get(&path).await.data();
        assert_eq!(read.get("secret"), None, "the secret is told once");
        let change = json!({ "topics": ["*"], "job": null, "namespaces": [], "paused": true });
        let changed = app.patch(&path, change).await.data();
        assert_eq!((&changed["job"], &changed["state"]), (&Value::Null, &json!("paused")));
        assert_eq!((&changed["topics"], &changed["url"]), (&json!(["*"]), &read["url"]));
        app.post(&format!("{path}/test"), Value::Null).await.refused(409);
        assert_eq!(app.post(&format!("{path}/enable"), Value::Null).await.data()["state"], "active");

        for (body, words) in [
            (json!({ "url": "ftp://example.com" }), "begins with https"),
            (json!({ "url": "https://a.b/", "topics": ["jobs:*"] }), "fits no event"),
            (json!({ "url": "https://a.b/", "topics": [] }), "at least one topic"),
        ] {
            let told = app.post("/v1/webhooks", body).await.refused(400);
            assert!(told.contains(words), "{told}");
        }
        let of_space = json!({ "url": "https://a.b/", "spaceId": made.space });
        app.post("/v1/webhooks", of_space.clone()).await.data();
        let listed = async |query: &str| {
            let path = format!("/v1/webhooks{query}");
            app.get(&path).await.json()["pagination"]["totalCount"].as_u64().unwrap()
        };
        assert_eq!((listed("").await, listed(&format!("?spaceId={}", made.space)).await), (2, 1));
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        assert_eq!(listed("").await, 1);

        // Who may not manage a space or an environment has no webhooks.
        let (guest, embed) = (guest_token(&app, &made.space).await, embed_token(&app, &made.space).await);
        for key in [&guest, &embed, &app.publishable] {
            app.call_as(key, "POST", "/v1/webhooks", &of_space).await.refused(403);
            app.call_as(key, "GET", "/v1/webhooks", &Value::Null).await.refused(403);
        }
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_fails_is_tried_again_under_the_same_id() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let receiver = Receiver::answering([status(500), status(302), status(404), status(200)]).await;
        let _sending = sending(&app);
        let (hook, secret) = hook(&app, &made.space, &receiver.url, &["space:updated"]).await;
        rename(&app, &made.space, "Other").await;
        let requests = receiver.wait_for(4).await;
        let id = requests[0].header("webhook-id");
        assert!(requests.iter().all(|request| request.header("webhook-id") == id));
        assert!(requests.iter().all(|request| request.is_signed_with(&secret)));
        let delivery = deliveries(&app, &hook, "delivered", 1).await.remove(0);
        assert_eq!((&delivery["tries"], &delivery["status"]), (&json!(4), &json!(200)));
        assert_eq!(app.get(&hook).await.data()["failingSince"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_fails_steps_aside_and_is_given_up_in_the_end() {
    on_each_database(async |app: TestApp| {
        let (made, receiver) = (contacts(&app).await, Receiver::answering([status(500), status(200)]).await);
        let _sending = sending(&app);
        let (hook, _) = hook(&app, &made.space, &receiver.url, &["space:updated"]).await;
        rename(&app, &made.space, "One").await;
        rename(&app, &made.space, "Two").await;
        let names: Vec<Value> = receiver
            .wait_for(3)
            .await
            .iter()
            .map(|request| request.json()["payload"]["changes"][0]["newValue"].clone())
            .collect();
        assert_eq!(names, ["One", "Two", "One"]);

        receiver.answer_with([Reply { body: "x".repeat(5_000), ..status(500) }]);
        rename(&app, &made.space, "Three").await;
        let failed = deliveries(&app, &hook, "failed", 1).await.remove(0);
        assert_eq!((&failed["tries"], &failed["status"]), (&json!(4), &json!(500)));
        assert_eq!(text(&failed, "answer").len(), 1024);
        let found = app.get(&hook).await.data();
        assert!(found["failingSince"].is_string() && found["state"] == "active", "{found}");

        receiver.answer_with([]);
        let again = app.post(&format!("{hook}/replay"), Value::Null).await.data();
        assert_eq!(again, json!({ "count": 1 }));
        deliveries(&app, &hook, "delivered", 3).await;
        assert_eq!(app.get(&hook).await.data()["failingSince"], Value::Null);
        let path = format!("{hook}/deliveries/{}/replay", text(&failed, "id"));
        let before = receiver.requests().len();
        assert_eq!(app.post(&path, Value::Null).await.data()["state"], "waiting");
        let last = receiver.wait_for(before + 1).await.pop().unwrap();
        assert_eq!(last.header("webhook-id"), text(&failed, "eventId"));
    })
    .await;
}

#[tokio::test]
async fn one_that_wants_nothing_more_is_disabled_and_goes_on_when_it_is_enabled() {
    on_each_database(async |app: TestApp| {
        let (made, receiver) = (contacts(&app).await, Receiver::answering([status(410)]).await);
        let _sending = sending(&app);
        let (hook, _) = hook(&app, &made.space, &receiver.url, &["space:updated"]).await;
        rename(&app, &made.space, "One").await;
        let found = eventually("the end", async || {
            let found = app.get(&hook).await.data();
            (found["state"] == "disabled").then_some(found)
        })
        .await;
        assert!(text(&found, "reason").contains("410"));
        app.patch(&hook, json!({ "paused": false })).await.refused(409);
        receiver.answer_with([]);
        rename(&app, &made.space, "Two").await;
        app.post(&format!("{hook}/enable"), Value::Null).await.data();
        rename(&app, &made.space, "Three").await;
        let last = receiver.wait_for(2).await.pop().unwrap();
        assert_eq!(last.json()["payload"]["changes"][0]["newValue"], "Three");
        // What it missed is sent when somebody asks for it.
        let since = text(&app.get(&hook).await.data(), "createdAt");
        let again = app.post(&format!("{hook}/replay?since={since}"), Value::Null).await.data();
        assert_eq!(again, json!({ "count": 3 }));
        let all = deliveries(&app, &hook, "delivered", 3).await;
        assert_eq!(all.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn one_that_asks_for_a_pause_is_left_alone() {
    on_each_database(async |app: TestApp| {
        let busy = Reply { retry_after: Some("1"), ..status(503) };
        let (made, receiver) = (contacts(&app).await, Receiver::answering([busy, status(200)]).await);
        let _sending = sending(&app);
        let (_, _) = hook(&app, &made.space, &receiver.url, &["space:updated"]).await;
        rename(&app, &made.space, "One").await;
        receiver.wait_for(1).await;
        rename(&app, &made.space, "Two").await;
        let requests = receiver.wait_for(3).await;
        for later in &requests[1..] {
            let waited = later.at - requests[0].at;
            assert!(waited >= Duration::from_millis(990), "{waited:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_slow_one_delays_no_other() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let slow = Receiver::answering([Reply { delay: Duration::from_secs(60), ..status(200) }]).await;
        let quick = Receiver::answering([]).await;
        let _sending = sending(&app);
        let (slow_hook, _) = hook(&app, &made.space, &slow.url, &["space:updated"]).await;
        hook(&app, &made.space, &quick.url, &["space:updated"]).await;
        for name in ["One", "Two", "Three"] {
            rename(&app, &made.space, name).await;
        }
        let names: Vec<Value> = quick
            .wait_for(3)
            .await
            .iter()
            .map(|request| request.json()["payload"]["changes"][0]["newValue"].clone())
            .collect();
        assert_eq!(names, ["One", "Two", "Three"]);
        assert!(slow.requests().len() <= 1, "the slow one was answered before its time");
        let retrying = deliveries(&app, &slow_hook, "retrying", 1).await.remove(0);
        assert!(text(&retrying, "note").starts_with("no answer within 2 seconds"), "{retrying}");
    })
    .await;
}

#[tokio::test]
async fn a_paused_one_is_sent_what_waited() {
    on_each_database(async |app: TestApp| {
        let (made, receiver) = (contacts(&app).await, Receiver::answering([]).await);
        let (hook, _) = hook(&app, &made.space, &receiver.url, &["space:updated"]).await;
        app.patch(&hook, json!({ "paused": true })).await.data();
        let _sending = sending(&app);
        rename(&app, &made.space, "One").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(receiver.requests().is_empty());
        app.patch(&hook, json!({ "paused": false })).await.data();
        receiver.wait_for(1).await;
    })
    .await;
}

#[tokio::test]
async fn the_secret_before_signs_too_for_a_while() {
    on_each_database(async |app: TestApp| {
        let (made, receiver) = (contacts(&app).await, Receiver::answering([]).await);
        let _sending = sending(&app);
        let (hook, old) = hook(&app, &made.space, &receiver.url, &["space:updated"]).await;
        let rotated = app.post(&format!("{hook}/rotate-secret"), Value::Null).await.data();
        let new = text(&rotated, "secret");
        assert!(new != old && rotated["previousSecretUntil"].is_string());
        rename(&app, &made.space, "One").await;
        let request = receiver.wait_for(1).await.remove(0);
        assert!(request.is_signed_with(&old) && request.is_signed_with(&new));
        assert_eq!(request.header("webhook-signature").split(' ').count(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_database_tells_no_secret() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (path, secret) = hook(&app, &made.space, "https://a.b/", &["*"]).await;
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = app.service.db.write().await.unwrap();
        let kept = inlet::store::webhooks::find_anywhere(&mut tx, &id).await.unwrap().unwrap();
        assert!(!format!("{kept:?}").contains(secret.trim_start_matches("whsec_")));
    })
    .await;
}
