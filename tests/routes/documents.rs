//! Documents: kept, told of, shown to guests, with buttons that start jobs.

use inlet::domain::ids::{Id, SpaceId};
use inlet::domain::job::JobType;
use inlet::service::authentication::actor_of_user;
use inlet::service::documents::Shown;
use inlet::service::run_action::ActionRun;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, guest_token, insert, text};
use crate::{TestApp, on_each_database};

fn path(made: &Contacts) -> String {
    format!("/v1/spaces/{}/documents", made.space)
}

async fn create(app: &TestApp, made: &Contacts, more: Value) -> Value {
    let mut document = json!({ "title": "Guide", "body": "# Begin here" });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(&path(made), document).await.data()
}

/// The contexts of the events of a topic, the oldest first.
async fn contexts(app: &TestApp, made: &Contacts, topic: &str) -> Vec<Value> {
    let events = app.get(&format!("/v1/events?spaceId={}&pageSize=100", made.space)).await.json();
    let events = events["data"].as_array().unwrap().clone();
    let mut found: Vec<Value> = events.into_iter().filter(|event| event["topic"] == json!(topic)).collect();
    found.sort_by_key(|event| text(event, "createdAt"));
    found.into_iter().map(|mut event| event["context"].take()).collect()
}

#[tokio::test]
async fn a_document_is_made_changed_listed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let action = json!({ "operation": "go", "label": "Go", "primary": true });
        let first = create(&app, &made, json!({ "treatments": ["ephemeral"], "actions": [action] })).await;
        let id = text(&first, "id");
        assert!(id.starts_with("us_dc_"), "{id}");
        assert_eq!((&first["title"], &first["body"]), (&json!("Guide"), &json!("# Begin here")));
        assert_eq!(first["spaceId"], json!(made.space));
        assert_eq!(first["environmentId"], json!(app.environment_id));
        assert_eq!(first["treatments"], json!(["ephemeral"]));
        assert_eq!(first["actions"][0]["operation"], json!("go"));
        let second = create(&app, &made, json!({ "title": "Second", "body": "" })).await;
        assert_eq!(app.get(&path(&made)).await.data(), json!([first, second]));

        let one = format!("{}/{id}", path(&made));
        assert_eq!(app.get(&one).await.data(), first);
        let changed = app.patch(&one, json!({ "body": "new" })).await.data();
        assert_eq!((&changed["title"], &changed["body"]), (&json!("Guide"), &json!("new")));
        assert_eq!(changed["actions"], first["actions"]);
        // The SDK sends the whole of it; what is the same is told to nobody.
        app.patch(&one, json!({ "title": "Guide", "body": "new" })).await.data();
        app.delete(&one).await.data();
        app.get(&one).await.refused(404);
        app.patch(&one, json!({ "title": "again" })).await.refused(404);
        assert_eq!(app.get(&path(&made)).await.data(), json!([second]));

        for (topic, times) in [("document:created", 2), ("document:updated", 1), ("document:deleted", 1)] {
            let contexts = contexts(&app, &made, topic).await;
            assert_eq!(contexts.len(), times, "{topic}");
            assert!(contexts.iter().any(|context| context["documentId"] == json!(id)), "{contexts:?}");
            assert!(contexts.iter().all(|context| context["spaceId"] == json!(made.space)), "{contexts:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_document_is_refused_by_name() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let long = "x".repeat((1 << 20) + 1);
        for (body, status, words) in [
            (json!({ "body": "a" }), 400, "title"),
            (json!({ "title": " ", "body": "a" }), 400, "title"),
            (json!({ "title": "a".repeat(256), "body": "a" }), 400, "256 characters"),
            (json!({ "title": "a" }), 400, "body"),
            (json!({ "title": "a", "body": long }), 413, "1048577"),
            (json!({ "title": 7, "body": "a" }), 400, "title"),
            (json!({ "title": "a", "body": "a", "actions": [{ "label": "Nameless" }] }), 400, "operation"),
        ] {
            let refused = app.post(&path(&made), body).await.refused(status);
            assert!(refused.contains(words), "{refused}");
        }
        assert_eq!(app.get(&path(&made)).await.data(), json!([]));
        let kept = create(&app, &made, json!({})).await;
        let one = format!("{}/{}", path(&made), text(&kept, "id"));
        app.patch(&one, json!({ "title": "" })).await.refused(400);
        app.patch(&one, json!({ "body": "x".repeat((1 << 20) + 1) })).await.refused(413);
        assert_eq!(app.get(&one).await.data(), kept);
    })
    .await;
}

#[tokio::test]
async fn a_guest_reads_and_another_space_has_none_of_it() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let document = create(&app, &made, json!({})).await;
        let id = text(&document, "id");
        let token = guest_token(&app, &made.space).await;
        let one = format!("{}/{id}", path(&made));
        assert_eq!(app.call_as(&token, "GET", &one, &Value::Null).await.data(), document);
        let list = app.call_as(&token, "GET", &path(&made), &Value::Null).await.data();
        assert_eq!(list, json!([document]));
        let body = json!({ "title": "mine", "body": "mine" });
        app.call_as(&token, "POST", &path(&made), &body).await.refused(403);
        app.call_as(&token, "PATCH", &one, &body).await.refused(403);
        app.call_as(&token, "DELETE", &one, &Value::Null).await.refused(403);
        // Of the same account, but of another space.
        app.get(&format!("{}/{id}", path(&other))).await.refused(404);
        app.delete(&format!("{}/{id}", path(&other))).await.refused(404);
        app.call_as(&token, "GET", &path(&other), &Value::Null).await.refused(404);
        // Another tenant.
        let neighbour = app.neighbours_key().await;
        app.call_as(&neighbour, "GET", &path(&made), &Value::Null).await.refused(404);
        app.call_as(&neighbour, "PATCH", &one, &body).await.refused(404);
        let job = json!({ "type": "document", "operation": "go", "source": id });
        app.call_as(&neighbour, "POST", "/v1/jobs", &job).await.refused(404);
        assert_eq!(app.get(&one).await.data(), document);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_space_takes_its_documents() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let document = create(&app, &made, json!({})).await;
        app.delete(&format!("/v1/spaces/{}", made.space)).await.data();
        app.get(&path(&made)).await.refused(404);
        app.get(&format!("{}/{}", path(&made), text(&document, "id"))).await.refused(404);
        let job = json!({ "type": "document", "operation": "go", "source": document["id"] });
        app.post("/v1/jobs", job).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn its_jobs_name_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = text(&create(&app, &made, json!({})).await, "id");
        let job = json!({ "type": "document", "operation": "go", "source": id, "trigger": "immediate" });
        let job = app.post("/v1/jobs", job).await.data();
        assert_eq!((&job["source"], &job["spaceId"]), (&json!(id), &json!(made.space)));
        app.post(&format!("/v1/jobs/{}/complete", text(&job, "id")), json!({})).await.data();
        for topic in ["job:created", "job:ready", "job:completed"] {
            let contexts = contexts(&app, &made, topic).await;
            assert_eq!(contexts.len(), 1, "{topic}");
            assert_eq!(contexts[0]["documentId"], json!(id), "{topic}");
        }
        let unknown = json!({ "type": "document", "operation": "go", "source": "us_dc_0000000000" });
        app.post("/v1/jobs", unknown).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn an_action_of_a_document_is_pressed_under_its_constraints() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let actions = json!([
            { "operation": "go", "label": "Go", "constraints": [{ "type": "hasData" }],
                "inputForm": { "type": "simple", "fields": [
                    { "key": "why", "label": "Why", "type": "string", "constraints": [{ "type": "required" }] } ] } },
        ]);
        let id = text(&create(&app, &made, json!({ "actions": actions })).await, "id");
        let person = actor_of_user(&app.service.sign_in_local().await.unwrap().user);
        let press = async |operation: &str, input: Value| {
            let input = input.as_object().unwrap().clone();
            let run = ActionRun { input, ..ActionRun::new(JobType::Document, &id, operation) };
            app.service.run_action(&person, run).await
        };
        let why = json!({ "why": "because" });
        assert_eq!(press("go", why.clone()).await.unwrap_err().message, "There are no records yet");
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        assert_eq!(press("go", json!({})).await.unwrap_err().fields[0].key, "why");
        assert!(press("stop", why.clone()).await.is_err());
        // One that stands on its own is mounted at a document that is there.
        let alone = |target: &str| json!({ "targetId": target, "operation": "stop", "label": "Stop" });
        app.post(&format!("/v1/actions?spaceId={}", made.space), alone("us_dc_0000000000")).await.refused(404);
        app.post(&format!("/v1/actions?spaceId={}", made.space), alone(&id)).await.data();
        assert_eq!(press("stop", json!({})).await.unwrap().name(), "document:stop");
        let job = press("go", why.clone()).await.unwrap();
        assert_eq!((job.name().as_str(), job.source.as_str()), ("document:go", id.as_str()));
        assert_eq!(press("go", why).await.unwrap().id, job.id, "pressed twice, it runs once");
        assert_eq!(contexts(&app, &made, "job:ready").await[0]["documentId"], json!(id));
    })
    .await;
}

#[tokio::test]
async fn only_sheets_of_its_space_are_embedded() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let body = format!(
            "one\n\n<embed type='embedded-sheet' name='People' sheetId='{}'>\n\ntwo\n\n\
             <embed type='embedded-sheet' sheetId='{}'>\n\n<embed type='embedded-sheet' sheetId='us_sh_0000000000'>\n\n\
             <embed type='embedded-diff' sheetId='{}'>\n\n<script>alert(1)</script>",
            made.sheet, other.sheet, made.sheet
        );
        let id = text(&create(&app, &made, json!({ "body": body })).await, "id");
        let person = actor_of_user(&app.service.sign_in_local().await.unwrap().user);
        let space = SpaceId::parse(&made.space).unwrap();
        let document = app.service.document(&person, &space, &id.parse().unwrap()).await.unwrap();
        let shown = app.service.shown_document(&person, &document).await.unwrap();
        let expected = [
            Shown::Html("<p>one</p>".to_string()),
            Shown::Sheet(made.sheet.parse().unwrap(), Some("People".to_string())),
            Shown::Html("<p>two</p>".to_string()),
        ];
        assert_eq!(shown, expected);
    })
    .await;
}
