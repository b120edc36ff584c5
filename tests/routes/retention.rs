use inlet::domain::time::Timestamp;
use inlet::store::{now, retention};
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, embed_token, guest_token, insert, text};
use crate::{TestApp, on_each_database};

const DAY: i64 = 86_400_000;
const POLICIES: &str = "/v1/data-retention-policies";

async fn policy(app: &TestApp, kind: &str, period: i64) -> String {
    text(&app.post(POLICIES, json!({ "type": kind, "period": period })).await.data(), "id")
}

/// Lets go what has expired so many days from a moment of a space.
async fn expire(app: &TestApp, space: &str, member: &str, days: i64) -> usize {
    let space = app.get(&format!("/v1/spaces/{space}")).await.data();
    let moment = Timestamp::parse(&text(&space, member)).unwrap().plus(days * DAY);
    let mut all = 0;
    loop {
        match app.service.expire(moment).await.unwrap() {
            0 => return all,
            some => all += some,
        }
    }
}

async fn file(app: &TestApp, made: &Contacts) -> String {
    let form = [("spaceId", made.space.as_str()), ("file", "name\nhunter-of-secrets")];
    text(&crate::files::upload(app, &form).await.data(), "id")
}

/// The events of a space of that kind, with what they are about.
async fn expired(app: &TestApp, space: &str) -> Vec<Value> {
    let log = app.get(&format!("/v1/events?spaceId={space}&pageSize=500")).await.json();
    let events = log["data"].as_array().unwrap().iter();
    events.filter(|event| text(event, "topic").ends_with(":expired")).cloned().collect()
}

#[tokio::test]
async fn policies_are_made_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        assert_eq!(app.get(POLICIES).await.data(), json!([]));
        let body = json!({ "type": "lastActivity", "period": 30, "environmentId": app.environment_id });
        let made = app.post(POLICIES, body.clone()).await.data();
        assert!(text(&made, "id").starts_with("us_drp_"));
        for member in ["type", "period", "environmentId"] {
            assert_eq!(made[member], body[member]);
        }
        Timestamp::parse(&text(&made, "createdAt")).unwrap();
        let path = format!("{POLICIES}/{}", text(&made, "id"));
        assert_eq!(app.get(&path).await.data(), made);
        let other = app.post(POLICIES, json!({ "type": "sinceCreated", "period": 1 })).await.data();
        assert_eq!(other["environmentId"], json!(app.environment_id), "that of the key");
        assert_eq!(app.get(POLICIES).await.data(), json!([made, other]));
        let of_environment = format!("{POLICIES}?environmentId={}", app.environment_id);
        assert_eq!(app.get(&of_environment).await.data(), json!([made, other]));
        app.get(&format!("{POLICIES}?environmentId=us_env_0000000000")).await.refused(404);

        let changed = app.patch(&path, json!({ "type": "sinceCreated", "period": 365 })).await.data();
        assert_eq!((&changed["type"], &changed["period"]), (&json!("sinceCreated"), &json!(365)));
        assert_eq!(app.patch(&path, json!({ "period": 7 })).await.data()["type"], "sinceCreated");

        for (body, words) in [
            (json!({ "period": 30 }), "type: "),
            (json!({ "type": "lastActivity" }), "period: "),
            (json!({ "type": "never", "period": 30 }), "expected `lastActivity` or `sinceCreated`"),
            (json!({ "type": "lastActivity", "period": 0 }), "period: write a number of days"),
            (json!({ "type": "lastActivity", "period": -1 }), "period: "),
            (json!({ "type": "lastActivity", "period": 1.5 }), "period: "),
        ] {
            let told = app.post(POLICIES, body).await.refused(400);
            assert!(told.contains(words), "{told}");
        }
        assert!(app.patch(&path, json!({ "period": 0 })).await.refused(400).contains("period"));
        app.patch(&path, json!({ "environmentId": "us_env_0000000000" })).await.refused(404);
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        assert_eq!(app.get(POLICIES).await.data(), json!([other]));

        let made = contacts(&app).await;
        for key in [embed_token(&app, &made.space).await, guest_token(&app, &made.space).await] {
            app.call_as(&key, "GET", POLICIES, &Value::Null).await.refused(403);
            app.call_as(&key, "POST", POLICIES, &json!({ "type": "lastActivity", "period": 1 }))
                .await
                .refused(403);
        }
    })
    .await;
}

#[tokio::test]
async fn a_space_without_activity_expires_with_all_that_is_in_it() {
    on_each_database(async |app: TestApp| {
        let neighbour = app.neighbours_key().await;
        let theirs = app.call_as(&neighbour, "POST", "/v1/spaces", &json!({ "name": "Theirs" })).await.data();
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "hunter-of-secrets" })]).await;
        let file = file(&app, &made).await;
        let (guest, embed) = (guest_token(&app, &made.space).await, embed_token(&app, &made.space).await);
        // The other spaces are younger: nothing of them is due.
        let other = contacts(&app).await;

        assert_eq!(
            expire(&app, &made.space, "lastActivityAt", 9_999).await,
            0,
            "nothing expires without a policy"
        );
        let policy = policy(&app, "lastActivity", 7).await;
        assert_eq!(expire(&app, &made.space, "lastActivityAt", 6).await, 0);
        let shown = app.get(&format!("/v1/spaces/{}", made.space)).await.data();
        assert_eq!((&shown["expiredAt"], shown["accessToken"].is_string()), (&Value::Null, true));
        let due = Timestamp::parse(&text(&shown, "lastActivityAt")).unwrap().plus(7 * DAY);
        assert_eq!(expire(&app, &made.space, "lastActivityAt", 7).await, 3);

        // It is shown with the moment, and nothing opens it.
        let [space, workbook, file_path] = [
            format!("/v1/spaces/{}", made.space),
            format!("/v1/workbooks/{}", made.workbook),
            format!("/v1/files/{file}"),
        ];
        for path in [&space, &workbook, &file_path] {
            assert_eq!(text(&app.get(path).await.data(), "expiredAt"), due.to_string(), "{path}");
            app.patch(path, json!({ "name": "back" })).await.refused(404);
            app.delete(path).await.refused(404);
        }
        let shown = app.get(&space).await.data();
        assert_eq!((&shown["accessToken"], &shown["guestLink"]), (&Value::Null, &Value::Null));
        assert_eq!(app.get(&workbook).await.data()["sheets"], json!([]));
        assert_eq!(app.get(&file_path).await.data()["status"], "purged");
        app.get(&format!("{file_path}/download")).await.refused(404);
        app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.refused(404);
        app.get(&format!("/v1/workbooks?spaceId={}", made.space)).await.refused(404);
        app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.refused(404);
        for token in [&guest, &embed] {
            let answer = app.call_as(token, "GET", &space, &Value::Null).await;
            assert!(matches!(answer.status.as_u16(), 401 | 403 | 404), "{answer:?}");
        }
        let listed = app.get("/v1/spaces").await.json();
        assert_eq!(listed["pagination"]["totalCount"], 2, "lists go on showing it");
        let times: Vec<bool> =
            listed["data"].as_array().unwrap().iter().map(|space| space["expiredAt"].is_null()).collect();
        assert_eq!(times, [true, false]);

        let events = expired(&app, &made.space).await;
        let topics: Vec<&Value> = events.iter().map(|event| &event["topic"]).collect();
        assert_eq!(topics, ["workbook:expired", "file:expired", "space:expired"]);
        for (event, (member, id)) in
            events.iter().zip([("workbookId", &made.workbook), ("fileId", &file), ("spaceId", &made.space)])
        {
            let context = &event["context"];
            assert_eq!((&context[member], &context["spaceId"]), (&json!(id), &json!(made.space)));
            assert_eq!((&context["actorId"], &event["payload"]), (&json!(policy), &json!({})));
        }

        // Nobody else's, and nothing younger.
        for (key, id) in [(&neighbour, &text(&theirs, "id")), (&app.key, &other.space)] {
            let there = app.call_as(key, "GET", &format!("/v1/spaces/{id}"), &Value::Null).await.data();
            assert_eq!(there["expiredAt"], Value::Null);
        }
        app.get(&format!("/v1/sheets/{}/records", other.sheet)).await.data();
    })
    .await;
}

#[tokio::test]
async fn the_data_of_a_space_that_expired_is_gone() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.data();
        let file = file(&app, &made).await;
        let other = contacts(&app).await;
        insert(&app, &other.sheet, &[json!({ "name": "Bea" })]).await;
        policy(&app, "sinceCreated", 1).await;
        assert_eq!(expire(&app, &made.space, "createdAt", 1).await, 3);
        app.service.files.open(&file.parse().unwrap()).await.unwrap_err();

        let expired_sheets = async || {
            let mut tx = app.service.db.read().await.unwrap();
            let mut left = 0;
            for sheet in retention::sheets(&mut tx, 0).await.unwrap() {
                left += usize::from(retention::has_expired(&mut tx, sheet).await.unwrap());
            }
            left
        };
        assert_eq!(expired_sheets().await, 1);
        app.service.collect_at(now(), 0).await.unwrap();
        assert_eq!(expired_sheets().await, 0, "its records are forgotten");
        let kept = app.get(&format!("/v1/sheets/{}/records", other.sheet)).await.data();
        assert_eq!(kept["records"][0]["values"]["name"]["value"], "Bea");
    })
    .await;
}

#[tokio::test]
async fn a_space_with_very_many_things_expires_step_by_step() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for number in 0..120 {
            let workbook = json!({ "spaceId": made.space, "name": format!("Workbook {number}") });
            app.post("/v1/workbooks", workbook).await.data();
        }
        policy(&app, "sinceCreated", 1).await;
        let space = app.get(&format!("/v1/spaces/{}", made.space)).await.data();
        let moment = Timestamp::parse(&text(&space, "createdAt")).unwrap().plus(DAY);
        assert_eq!(app.service.expire(moment).await.unwrap(), 100, "one step");
        assert_eq!(app.get(&format!("/v1/spaces/{}", made.space)).await.data()["expiredAt"], Value::Null);
        assert_eq!(app.service.expire(moment).await.unwrap(), 22);
        assert_eq!(app.service.expire(moment).await.unwrap(), 0);
        let events = expired(&app, &made.space).await;
        assert_eq!((events.len(), &events[121]["topic"]), (122, &json!("space:expired")));
    })
    .await;
}

/// The topics that the log of the environment still has, from the beginning, and the place of the first.
async fn log(app: &TestApp) -> Vec<(i64, String)> {
    let mut tx = app.service.db.read().await.unwrap();
    let environment = app.environment_id.parse().unwrap();
    let events = inlet::store::events::after_environment(&mut tx, &environment, 0, 1_000).await.unwrap();
    events.into_iter().map(|event| (event.environment_sequence, event.topic)).collect()
}

#[tokio::test]
async fn old_events_are_forgotten_from_the_front() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let before = log(&app).await;
        assert!(before.len() >= 3 && before[0].0 == 1, "{before:?}");
        let day = |days: i64| now().plus(days * DAY);
        assert_eq!(app.service.forget_events(day(89)).await.unwrap(), 0);
        assert_eq!(log(&app).await, before);
        assert_eq!(app.service.forget_events(day(91)).await.unwrap(), before.len() as u64);

        // Numbers go on, and what is left is read as before.
        app.patch(&format!("/v1/spaces/{}", made.space), json!({ "name": "Other" })).await.data();
        let next = before.len() as i64 + 1;
        assert_eq!(log(&app).await, [(next, "space:updated".to_string())]);
        let listed = app.get(&format!("/v1/events?spaceId={}", made.space)).await.json();
        assert_eq!(listed["pagination"]["totalCount"], 1);
    })
    .await;
}

#[tokio::test]
async fn events_that_somebody_is_still_to_hear_of_stay() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let hook =
            json!({ "url": "http://127.0.0.1:9/", "spaceId": made.space, "topics": ["space:updated"] });
        let hook = text(&app.post("/v1/webhooks", hook).await.data(), "id");
        app.patch(&format!("/v1/webhooks/{hook}"), json!({ "paused": true })).await.data();
        let rename = async |name: &str| {
            app.patch(&format!("/v1/spaces/{}", made.space), json!({ "name": name })).await.data();
        };
        app.post("/v1/workbooks", json!({ "spaceId": made.space, "name": "Passed over" })).await.data();
        rename("One").await;
        let later = now().plus(91 * DAY);
        let all = log(&app).await;
        let first = all.iter().position(|(_, topic)| topic == "space:updated").unwrap();
        assert_eq!(app.service.forget_events(later).await.unwrap(), first as u64);
        assert_eq!(log(&app).await, all[first..]);

        // A listener inside of the server holds the log as well.
        app.delete(&format!("/v1/webhooks/{hook}")).await.data();
        let agent = json!({ "source": "exports.x = 1", "topics": ["workbook:created"] });
        let agent = text(&crate::agents::deploy(&app, agent).await, "id");
        rename("Two").await;
        app.post("/v1/workbooks", json!({ "spaceId": made.space, "name": "Awaited" })).await.data();
        app.service.forget_events(later).await.unwrap();
        assert_eq!(log(&app).await[0].1, "workbook:created");
        app.delete(&format!("/v1/agents/{agent}")).await.data();
        app.service.forget_events(later).await.unwrap();
        assert_eq!(log(&app).await, []);
    })
    .await;
}
