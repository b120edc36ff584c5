use inlet::domain::time::Timestamp;
use inlet::store::now;
use serde_json::{Value, json};

use crate::actions::create;
use crate::fixtures::{contacts, insert, text};
use crate::{TestApp, on_each_database};

const HOUR: i64 = 3_600_000;

async fn jobs(app: &TestApp, operation: &str) -> Vec<Value> {
    let found = app.get("/v1/jobs?pageSize=100&sortDirection=asc").await.json();
    let all = found["data"].as_array().unwrap().clone();
    all.into_iter().filter(|job| job["operation"] == operation).collect()
}

async fn run_at(app: &TestApp, moment: Timestamp) -> usize {
    app.service.run_scheduled(moment).await.unwrap()
}

#[tokio::test]
async fn an_action_runs_once_a_period() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let start = now();
        create(
            &app,
            &made,
            json!({ "targetId": made.sheet, "operation": "tidy", "label": "Tidy", "schedule": "hourly" }),
        )
        .await;
        assert_eq!(run_at(&app, start).await, 0);
        let first = start.plus(HOUR + 60_000);
        // Several servers look at the same moment, and once more later.
        let (one, other) = tokio::join!(run_at(&app, first), run_at(&app, first));
        assert_eq!((one + other, run_at(&app, first.plus(1000)).await), (1, 0));
        let job = jobs(&app, "tidy").await.remove(0);
        assert_eq!(
            (&job["type"], &job["source"], &job["status"]),
            (&json!("sheet"), &json!(made.sheet), &json!("ready"))
        );
        assert_eq!(job["subject"]["params"], json!({ "sheetId": made.sheet }));
        let events = app.get("/v1/events?pageSize=500").await.json();
        let told: Vec<(String, String)> = events["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["context"]["jobId"] == job["id"])
            .map(|event| (text(event, "topic"), text(&event["payload"], "status")))
            .collect();
        let told: Vec<(&str, &str)> =
            told.iter().map(|(topic, status)| (topic.as_str(), status.as_str())).collect();
        assert_eq!(
            told,
            [("job:created", "created"), ("job:scheduled", "scheduled"), ("job:ready", "ready")]
        );
        // The next period has a job of its own, though the first one has not ended.
        assert_eq!(run_at(&app, first.plus(HOUR)).await, 1);
        // A server that was away for a day makes up for it once, and goes on as before.
        let late = first.plus(25 * HOUR);
        assert_eq!((run_at(&app, late).await, run_at(&app, late.plus(60_000)).await), (1, 0));
        assert_eq!(run_at(&app, late.plus(HOUR)).await, 1);
        assert_eq!(jobs(&app, "tidy").await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_schedule_follows_its_action_wherever_that_is_written() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let start = now();
        let action = |schedule: Value| json!([{ "operation": "tidy", "label": "Tidy", "schedule": schedule }]);
        let workbook = format!("/v1/workbooks/{}", made.workbook);
        app.patch(&workbook, json!({ "actions": action(json!("hourly")) })).await.data();
        assert_eq!(run_at(&app, start.plus(HOUR + 60_000)).await, 1);
        // Other changes leave the time as it is; another period begins anew.
        app.patch(&workbook, json!({ "name": "Other" })).await.data();
        assert_eq!(run_at(&app, start.plus(2 * HOUR + 60_000)).await, 1);
        app.patch(&workbook, json!({ "actions": action(json!("daily")) })).await.data();
        assert_eq!(run_at(&app, start.plus(4 * HOUR)).await, 0);
        assert_eq!(run_at(&app, start.plus(25 * HOUR)).await, 1);
        app.patch(&workbook, json!({ "actions": action(json!(null)) })).await.data();
        assert_eq!(run_at(&app, start.plus(1000 * HOUR)).await, 0);
        // By the action's own address, of a field's list too.
        let field = json!({ "key": "code", "type": "string", "actions": [{ "operation": "check", "label": "Check", "schedule": "weekly" }] });
        app.post(&format!("/v1/sheets/{}/fields", made.sheet), field).await.data();
        assert_eq!(run_at(&app, start.plus(24 * 7 * HOUR + 60_000)).await, 1);
        assert_eq!(jobs(&app, "check").await[0]["subject"]["params"]["columnKey"], json!("code"));
        let all = app.get(&format!("/v1/actions?spaceId={}", made.space)).await.json();
        let check = all.as_array().unwrap().iter().find(|action| action["operation"] == "check").unwrap();
        app.delete(&format!("/v1/actions/{}", text(check, "id"))).await.data();
        assert_eq!(run_at(&app, start.plus(24 * 70 * HOUR)).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_refuses_a_press_refuses_the_schedule() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let start = now();
        let new = json!({ "targetId": made.space, "mount": { "type": "sheet" }, "operation": "tidy", "label": "Tidy",
            "schedule": "hourly", "constraints": [{ "type": "hasData" }] });
        create(&app, &made, new).await;
        let form = json!({ "type": "simple", "fields": [{ "key": "why", "label": "Why", "type": "string",
            "constraints": [{ "type": "required" }] }] });
        create(&app, &made, json!({ "targetId": made.workbook, "operation": "ask", "label": "Ask", "schedule": "hourly", "inputForm": form })).await;
        assert_eq!(run_at(&app, start.plus(HOUR + 60_000)).await, 0);
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        // The period that was passed over is not made up for.
        assert_eq!(run_at(&app, start.plus(HOUR + 120_000)).await, 0);
        assert_eq!(run_at(&app, start.plus(2 * HOUR + 60_000)).await, 1);
        // What belongs to a thing that is gone does not run.
        app.delete(&format!("/v1/workbooks/{}", made.workbook)).await.data();
        assert_eq!(run_at(&app, start.plus(9 * HOUR)).await, 0);
    })
    .await;
}

#[tokio::test]
async fn actions_of_documents_have_addresses_and_schedules() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let start = now();
        let actions = json!([{ "operation": "remind", "label": "Remind", "schedule": "hourly" }]);
        let path = format!("/v1/spaces/{}/documents", made.space);
        let document =
            app.post(&path, json!({ "title": "Read me", "body": "", "actions": actions })).await.data();
        let id = text(&document, "id");
        let listed = async || -> Vec<Value> {
            let all = app.get(&format!("/v1/actions?spaceId={}", made.space)).await.json();
            let is_own = |action: &&Value| action["targetId"] == json!(id);
            all.as_array().unwrap().iter().filter(is_own).cloned().collect()
        };
        let own = listed().await;
        assert_eq!((own.len(), &own[0]["operation"]), (1, &json!("remind")), "{own:?}");
        assert_eq!(run_at(&app, start.plus(HOUR + 60_000)).await, 1);
        let job = jobs(&app, "remind").await.remove(0);
        assert_eq!((&job["type"], &job["source"]), (&json!("document"), &json!(id)));
        // One that is mounted at documents runs at each.
        create(
            &app,
            &made,
            json!({ "targetId": made.space, "mount": { "type": "document" }, "operation": "count",
            "label": "Count", "schedule": "hourly" }),
        )
        .await;
        assert_eq!(run_at(&app, start.plus(2 * HOUR + 120_000)).await, 2);

        let address = format!("/v1/actions/{}", text(&own[0], "id"));
        app.patch(&address, json!({ "label": "Remind all" })).await.data();
        let changed = app.get(&format!("{path}/{id}")).await.data();
        assert_eq!(changed["actions"][0]["label"], "Remind all");
        app.delete(&address).await.data();
        assert!(listed().await.is_empty());
        app.delete(&format!("{path}/{id}")).await.data();
        assert_eq!(run_at(&app, start.plus(9 * HOUR)).await, 0);
    })
    .await;
}
