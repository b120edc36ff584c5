use serde_json::{Value, json};

use crate::fixtures::{contacts, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn an_event_has_the_shape_that_listeners_read() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let body =
            json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
        let job = text(&app.post("/v1/jobs", body).await.data(), "id");
        let listed = app.get("/v1/events?topic=job:ready").await.json();
        let event = &listed["data"][0];
        assert_eq!((&event["domain"], &event["payload"]["job"]), (&json!("job"), &json!("workbook:go")));
        let payload = &event["payload"];
        assert_eq!(
            (&payload["operation"], &payload["status"], &payload["domain"]),
            (&json!("go"), &json!("ready"), &json!("workbook"))
        );
        let context = &event["context"];
        assert_eq!((&context["jobId"], &context["spaceId"]), (&json!(job), &json!(made.space)));
        assert_eq!(
            (&context["workbookId"], &context["environmentId"]),
            (&json!(made.workbook), &json!(app.environment_id))
        );
        assert!(context["accountId"].is_string() && context["actorId"].is_string());
        assert_eq!(event["namespaces"], json!([]));
        assert!(
            event.as_object().unwrap().get("dataUrl").is_none_or(Value::is_string),
            "null breaks clients"
        );
        assert_eq!(event["callbackUrl"], json!(format!("/v1/events/{}/ack", text(event, "id"))));
    })
    .await;
}

#[tokio::test]
async fn acknowledged_events_leave_the_list() {
    on_each_database(async |app: TestApp| {
        contacts(&app).await;
        let listed = app.get("/v1/events?pageSize=100").await.json();
        let all = listed["data"].as_array().unwrap().clone();
        assert!(all.len() >= 3);
        let times: Vec<_> = all.iter().map(|event| text(event, "createdAt")).collect();
        assert!(times.is_sorted(), "oldest first: {times:?}");
        let id = text(&all[0], "id");
        assert_eq!(app.get(&format!("/v1/events/{id}")).await.data(), all[0]);
        app.post(&format!("/v1/events/{id}/ack"), json!(null)).await.data();
        let count = async |query: &str| {
            app.get(&format!("/v1/events?{query}")).await.json()["pagination"]["totalCount"].as_u64().unwrap()
        };
        assert_eq!(count("").await as usize, all.len() - 1);
        assert_eq!(count("includeAcknowledged=true").await as usize, all.len());
        assert_eq!(count("since=2100-01-01T00:00:00.000Z").await, 0);
        app.get("/v1/events?since=yesterday").await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn a_listener_puts_its_own_events_into_the_log() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let body = json!({ "topic": "space:updated", "domain": "space", "context": { "spaceId": made.space }, "payload": { "x": 1 } });
        let event = app.post("/v1/events", body).await.data();
        assert_eq!((&event["topic"], &event["payload"]), (&json!("space:updated"), &json!({ "x": 1 })));
        assert_eq!(app.get(&format!("/v1/events/{}", text(&event, "id"))).await.data(), event);
        app.post("/v1/events", json!({ "topic": "made:up", "context": { "spaceId": made.space } })).await.refused(400);
        app.post("/v1/events", json!({ "topic": "space:updated" })).await.refused(400);
    })
    .await;
}
