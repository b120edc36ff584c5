//! Commits in workbooks that track changes: open until a listener has answered them.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use inlet::domain::ids::Id;
use inlet::domain::job::JobType;
use inlet::service::ErrorKind;
use inlet::service::run_action::ActionRun;
use inlet::store::now;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, blueprint, contacts, insert, text};
use crate::transport::gzip;
use crate::{TestApp, on_each_database};

/// Milliseconds after which listeners are given up in tests.
const PATIENCE: i64 = 4_000;

/// A workbook that tracks changes, with an action of its sheet beside that of its own.
async fn tracked(app: &TestApp) -> Contacts {
    let space = text(&app.post("/v1/spaces", json!({ "name": "Tracked" })).await.data(), "id");
    let mut blueprint = blueprint();
    blueprint["spaceId"] = json!(space);
    blueprint["settings"] = json!({ "trackChanges": true });
    blueprint["sheets"][0]["actions"] = json!([{ "operation": "check", "label": "Check" }]);
    let mut other = blueprint["sheets"][0].clone();
    (other["name"], other["slug"]) = (json!("Others"), json!("others"));
    blueprint["sheets"].as_array_mut().unwrap().push(other);
    let workbook = app.post("/v1/workbooks", blueprint).await.data();
    Contacts { space, workbook: text(&workbook, "id"), sheet: text(&workbook["sheets"][0], "id") }
}

async fn events(app: &TestApp, space: &str, topic: &str) -> Vec<Value> {
    let path = format!("/v1/events?spaceId={space}&topic={topic}&pageSize=500");
    app.get(&path).await.json()["data"].as_array().unwrap().clone()
}

/// The ids of the commits of a sheet.
async fn commits(app: &TestApp, sheet: &str, query: &str) -> Vec<String> {
    let list = app.get(&format!("/v1/sheets/{sheet}/commits{query}")).await.data();
    list.as_array().unwrap().iter().map(|commit| text(commit, "id")).collect()
}

async fn open(app: &TestApp, sheet: &str) -> Vec<String> {
    commits(app, sheet, "?completed=false").await
}

/// The last event that asks listeners for an answer.
async fn asked(app: &TestApp, made: &Contacts) -> Value {
    events(app, &made.space, "commit:created").await.pop().unwrap()
}

fn say(record: &str, field: &str, message: &str) -> Value {
    let message = json!({ "type": "error", "message": message, "source": "custom-logic" });
    json!([{ "id": record, "values": { field: { "messages": [message] } } }])
}

#[tokio::test]
async fn a_hook_that_answers_completes_its_commit() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let id = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let event = asked(&app, &made).await;
        assert_eq!(event["payload"]["trackChanges"], json!(true));
        let commit = text(&event["context"], "commitId");
        assert_eq!(open(&app, &made.sheet).await, [&*commit]);
        let path = format!("/v1/commits/{commit}");
        let before = app.get(&path).await.data();
        assert_eq!((&before["completedAt"], &before["completedBy"]), (&Value::Null, &Value::Null));

        // As a record hook sends it.
        let body = gzip(say(&id, "name", "Who?").to_string().as_bytes());
        let request = Request::put(text(&event, "dataUrl"))
            .header(header::AUTHORIZATION, format!("Bearer {}", app.key))
            .header(header::CONTENT_ENCODING, "gzip")
            .body(Body::from(body));
        let answer = app.send(request.unwrap()).await.data();
        let layer = text(&answer, "commitId");
        assert_eq!((&answer["versionId"], layer == commit), (&json!(layer), false));

        let layers = events(&app, &made.space, "layer:created").await;
        let context = &layers[0]["context"];
        assert_eq!(layers[0]["payload"], json!({ "layerId": layer, "commitId": commit }));
        assert_eq!((&context["commitId"], &context["versionId"]), (&json!(commit), &json!(commit)));
        assert_eq!((&context["sheetId"], layers[0].get("dataUrl")), (&json!(made.sheet), None));
        assert_eq!(events(&app, &made.space, "commit:created").await.len(), 1);
        let done = events(&app, &made.space, "commit:completed").await;
        let (context, payload) = (&done[0]["context"], &done[0]["payload"]);
        assert_eq!((done.len(), &done[0]["domain"]), (1, &json!("workbook")));
        assert_eq!((&context["commitId"], &context["sheetSlug"]), (&json!(commit), &json!("contacts")));
        assert_eq!((&context["workbookId"], &context["versionId"]), (&json!(made.workbook), &json!(commit)));
        assert_eq!((&payload["commitId"], &payload["sheetId"]), (&json!(commit), &json!(made.sheet)));
        let after = app.get(&path).await.data();
        assert_eq!(after["completedBy"], after["createdBy"]);
        assert!(after["completedAt"].is_string(), "{after}");
        assert_eq!(open(&app, &made.sheet).await, [""; 0]);
        assert_eq!(commits(&app, &made.sheet, "?completed=true").await, [layer, commit]);
    })
    .await;
}

#[tokio::test]
async fn a_hook_with_nothing_to_say_completes_its_commit_once() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let id = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let commit = open(&app, &made.sheet).await.remove(0);
        let complete = format!("/v1/commits/{commit}/complete");
        for _ in 0..2 {
            assert_eq!(app.post(&complete, json!(null)).await.data(), json!({ "success": true }));
        }
        let done = events(&app, &made.space, "commit:completed").await;
        assert_eq!(done.len(), 1);
        assert_eq!(done[0]["payload"]["completedBy"], done[0]["context"]["actorId"]);

        // One that writes what is there already.
        let change = json!([{ "id": id, "values": { "name": { "value": "Bob" } } }]);
        let written = app.put(&format!("/v1/sheets/{}/records", made.sheet), change.clone()).await.data();
        assert_eq!(open(&app, &made.sheet).await, [text(&written, "commitId")]);
        let answer = app.put(&text(&asked(&app, &made).await, "dataUrl"), change).await.data();
        assert_eq!((&answer["commitId"], &answer["versionId"]), (&written["commitId"], &written["commitId"]));
        assert!(events(&app, &made.space, "layer:created").await.is_empty());
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 2);
        assert!(open(&app, &made.sheet).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_listeners_may_answer_one_commit() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let id = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let event = asked(&app, &made).await;
        let url = text(&event, "dataUrl");
        let complete = format!("/v1/commits/{}/complete", text(&event["context"], "commitId"));
        let (one, other, done) = tokio::join!(
            app.put(&url, say(&id, "name", "Who?")),
            app.put(&url, say(&id, "email", "Which?")),
            app.post(&complete, json!(null)),
        );
        done.data();
        let mut layers = [one, other].map(|answer| text(&answer.data(), "commitId"));
        layers.sort();
        let told = events(&app, &made.space, "layer:created").await;
        let mut known: Vec<String> = told.iter().map(|event| text(&event["payload"], "layerId")).collect();
        known.sort();
        assert_eq!(known, layers);
        assert!(told.iter().all(|layer| layer["payload"]["commitId"] == event["context"]["commitId"]));
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 1);
        let record = app.get(&url).await.data()["records"][0].clone();
        let words = |field: &str| record["values"][field]["messages"][0]["message"].clone();
        assert_eq!((words("name"), words("email")), (json!("Who?"), json!("Which?")));
    })
    .await;
}

#[tokio::test]
async fn what_a_write_answers_is_looked_at() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let other = contacts(&app).await;
        let id = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        insert(&app, &other.sheet, &[json!({ "name": "Bob" })]).await;
        let [event, foreign] = [asked(&app, &made).await, asked(&app, &other).await];
        let [commit, foreign_commit] = [&event, &foreign].map(|event| text(&event["context"], "commitId"));
        let [event, foreign] = [&event, &foreign].map(|event| text(event, "id"));
        let space = text(&events(&app, &made.space, "space:created").await[0], "id");
        let records = format!("/v1/sheets/{}/records", made.sheet);
        for (query, status, words) in [
            (format!("for={foreign}"), 400, "tells of nothing in Contacts"),
            (format!("for={space}"), 400, "tells of nothing in Contacts"),
            ("for=us_evt_0000000000000000000000".to_string(), 404, "no event"),
            ("for=yes".to_string(), 404, "yes"),
            (format!("commitId={foreign_commit}"), 404, "no commit"),
            ("versionId=us_vr_0000000000000000000000".to_string(), 404, "no commit"),
            (format!("for={event}&commitId={foreign_commit}"), 400, "is not of this commit"),
        ] {
            let told = app.put(&format!("{records}?{query}"), say(&id, "name", "x")).await.refused(status);
            assert!(told.contains(words), "{query}: {told}");
        }
        let neighbour = app.neighbours_key().await;
        let path = format!("{records}?for={event}");
        app.call_as(&neighbour, "PUT", &path, &say(&id, "name", "x")).await.refused(404);
        // An event of a client's own may name whatever it likes.
        let forged = json!({ "topic": "commit:created", "domain": "workbook", "payload": {}, "context": {
            "environmentId": app.environment_id, "spaceId": made.space, "sheetId": made.sheet, "commitId": foreign_commit } });
        let forged = text(&app.post("/v1/events", forged).await.data(), "id");
        app.put(&format!("{records}?for={forged}"), say(&id, "name", "x")).await.refused(404);
        // The event of a job of the workbook is of no commit.
        let job = json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
        app.post("/v1/jobs", job).await.data();
        let ready = text(&events(&app, &made.space, "job:ready").await[0], "id");
        app.put(&format!("{records}?for={ready}"), say(&id, "name", "w")).await.data();
        let layer = events(&app, &made.space, "layer:created").await.remove(0);
        assert_eq!(layer["payload"]["layerId"], layer["payload"]["commitId"]);
        assert_eq!(open(&app, &made.sheet).await, [&*commit]);

        app.put(&format!("{records}?for={event}&commitId={commit}"), say(&id, "name", "x")).await.data();
        assert!(open(&app, &made.sheet).await.is_empty());
        let change = json!([{ "id": id, "values": { "name": { "value": "Zoë" } } }]);
        let commit = text(&app.put(&records, change).await.data(), "commitId");
        app.put(&format!("{records}?versionId={commit}"), say(&id, "name", "y")).await.data();
        assert!(open(&app, &made.sheet).await.is_empty());
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_dies_is_given_up() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let commit = open(&app, &made.sheet).await.remove(0);
        let begun = now();
        let swept = async |moment| app.service.complete_silent_commits(moment).await.unwrap();
        assert_eq!(swept(begun.plus(PATIENCE / 2)).await, 0);
        // It reads what it was asked about, and is heard of no more.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        app.get(&text(&asked(&app, &made).await, "dataUrl")).await.data();
        assert_eq!(swept(begun.plus(PATIENCE + 1_000)).await, 0);
        assert_eq!(open(&app, &made.sheet).await, [&*commit]);
        let late = now().plus(PATIENCE);
        let (one, other) = tokio::join!(swept(late), swept(late));
        assert_eq!((one + other, swept(late).await), (1, 0));
        let after = app.get(&format!("/v1/commits/{commit}")).await.data();
        assert_eq!(after["completedBy"], Value::Null);
        assert!(after["completedAt"].is_string(), "{after}");
        let done = events(&app, &made.space, "commit:completed").await;
        assert_eq!((done.len(), done[0]["context"].get("actorId")), (1, None));
        assert_eq!(done[0]["payload"]["reason"], json!("no listener answered within 4 seconds"));
        // Its answer may still come.
        app.post(&format!("/v1/commits/{commit}/complete"), json!(null)).await.data();
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 1);
        // What was deleted meanwhile is told to nobody.
        insert(&app, &made.sheet, &[json!({ "name": "Bob" })]).await;
        app.delete(&format!("/v1/sheets/{}", made.sheet)).await.data();
        assert_eq!(swept(now().plus(PATIENCE)).await, 1);
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn actions_wait_for_the_listeners() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let workbook = app.get(&format!("/v1/workbooks/{}", made.workbook)).await.data();
        let other = text(&workbook["sheets"][1], "id");
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let press = async |job_type, source: &str, operation: &str| {
            app.service.run_action(&actor, ActionRun::new(job_type, source, operation)).await
        };
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        insert(&app, &made.sheet, &[json!({ "name": "Bob" })]).await;
        for (job_type, source, operation) in
            [(JobType::Workbook, &made.workbook, "submitAction"), (JobType::Sheet, &made.sheet, "check")]
        {
            let refused = press(job_type, source, operation).await.unwrap_err();
            assert_eq!(refused.kind, ErrorKind::Conflict);
            assert_eq!(refused.message, "Waiting for 2 checks of the records to finish");
        }
        // Other sheets, and what Inlet brings, wait for nobody.
        press(JobType::Sheet, &other, "check").await.unwrap();
        press(JobType::Sheet, &made.sheet, "validate").await.unwrap();
        // The page is told by the frame of the space.
        let waiting = async || {
            let space = Id::parse(&made.space).unwrap();
            let workbooks = app.service.workbooks(&actor, &space).await.unwrap();
            let checks = app.service.open_checks(&actor, &workbooks).await.unwrap();
            let sheets = &workbooks[0].sheets;
            (checks.reason(sheets), checks.reason(&sheets[..1]), checks.reason(&sheets[1..]))
        };
        let reason = Some("Waiting for 2 checks of the records to finish".to_string());
        assert_eq!(waiting().await, (reason.clone(), reason, None));
        for commit in open(&app, &made.sheet).await {
            press(JobType::Workbook, &made.workbook, "submitAction").await.unwrap_err();
            app.post(&format!("/v1/commits/{commit}/complete"), json!(null)).await.data();
        }
        assert_eq!(waiting().await, (None, None, None));
        press(JobType::Workbook, &made.workbook, "submitAction").await.unwrap();
        press(JobType::Sheet, &made.sheet, "check").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_scheduled_action_waits_and_is_not_passed_over() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let action =
            json!({ "targetId": made.sheet, "operation": "tidy", "label": "Tidy", "schedule": "hourly" });
        crate::actions::create(&app, &made, action).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let due = now().plus(3_700_000);
        assert_eq!(app.service.run_scheduled(due).await.unwrap(), 0);
        let commit = open(&app, &made.sheet).await.remove(0);
        app.post(&format!("/v1/commits/{commit}/complete"), json!(null)).await.data();
        assert_eq!(app.service.run_scheduled(due).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_workbook_lists_its_commits_and_may_cease_to_track_them() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let workbook = format!("/v1/workbooks/{}", made.workbook);
        let other = text(&app.get(&workbook).await.data()["sheets"][1], "id");
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        insert(&app, &other, &[json!({ "name": "Bob" })]).await;
        insert(&app, &made.sheet, &[json!({ "name": "Cleo" })]).await;
        let list = async |query: &str| {
            let list = app.get(&format!("{workbook}/commits{query}")).await.data();
            let list = list.as_array().unwrap().clone();
            list.iter().map(|commit| text(commit, "id")).collect::<Vec<_>>()
        };
        let [all, others] = [commits(&app, &made.sheet, "").await, commits(&app, &other, "").await];
        let mut sorted = list("").await;
        assert_eq!(sorted.iter().filter(|id| all.contains(id)).collect::<Vec<_>>(), [&all[0], &all[1]]);
        sorted.sort();
        let mut known = [all.clone(), others.clone()].concat();
        known.sort();
        assert_eq!(sorted, known);
        app.post(&format!("/v1/commits/{}/complete", all[1]), json!(null)).await.data();
        assert_eq!(list("?completed=true").await, [&*all[1]]);
        assert_eq!(list("?completed=false").await.len(), 2);
        app.get("/v1/workbooks/us_wb_0000000000/commits").await.refused(404);
        app.get(&format!("{workbook}/commits?completed=maybe")).await.refused(400);

        // Nobody is waited for any more, and nothing is said of it.
        app.patch(&workbook, json!({ "settings": { "trackChanges": false } })).await.data();
        assert_eq!(list("?completed=false").await, [""; 0]);
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 1);
        insert(&app, &made.sheet, &[json!({ "name": "Dora" })]).await;
        assert_eq!(list("?completed=false").await, [""; 0]);
        assert_eq!(asked(&app, &made).await["payload"]["trackChanges"], json!(false));
        app.patch(&workbook, json!({ "settings": { "trackChanges": true } })).await.data();
        insert(&app, &other, &[json!({ "name": "Emil" })]).await;
        assert_eq!(list("?completed=false").await, [commits(&app, &other, "").await[0].clone()]);
    })
    .await;
}

#[tokio::test]
async fn only_what_listeners_are_asked_about_is_open() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let id = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let commit = open(&app, &made.sheet).await.remove(0);
        // Told once more it stays what it is.
        let replay = format!("/v1/commits/{commit}/replay");
        app.post(&replay, json!(null)).await.data();
        assert_eq!(open(&app, &made.sheet).await, [&*commit]);
        app.post(&format!("/v1/commits/{commit}/complete"), json!(null)).await.data();
        app.post(&replay, json!(null)).await.data();
        assert_eq!(events(&app, &made.space, "commit:created").await.len(), 3);
        assert!(open(&app, &made.sheet).await.is_empty());
        // Messages alone, and silent changes, are no matter for hooks.
        let records = format!("/v1/sheets/{}/records", made.sheet);
        app.put(&records, say(&id, "name", "Who?")).await.data();
        let silent = json!({ "fieldUpdates": { "name": { "value": "Bob" } } });
        app.patch(&format!("{records}/bulk-update?silent=true"), silent).await.data();
        assert!(open(&app, &made.sheet).await.is_empty());
        // Lines may answer as well.
        let change = json!([{ "id": id, "values": { "name": { "value": "Cleo" } } }]);
        app.put(&records, change).await.data();
        let event = text(&asked(&app, &made).await, "id");
        let line = json!({ "__k": id, "__s": made.sheet, "name": "Dora" });
        app.post(&format!("/v2-alpha/records.jsonl?for={event}"), line).await.json();
        assert!(open(&app, &made.sheet).await.is_empty());
        assert_eq!(events(&app, &made.space, "commit:completed").await.len(), 2);
        // Nobody is waited for to check what is gone.
        app.delete(&format!("{records}?ids={id}")).await.data();
        assert!(open(&app, &made.sheet).await.is_empty());
    })
    .await;
}

/// How many records a listener reads for each event since the first few.
async fn read_for_each(app: &TestApp, made: &Contacts, after: usize) -> Vec<usize> {
    let mut counts = Vec::new();
    for event in events(app, &made.space, "commit:created").await.iter().skip(after) {
        counts.push(app.get(&text(event, "dataUrl")).await.data()["records"].as_array().unwrap().len());
    }
    counts
}

#[tokio::test]
async fn no_commit_has_more_records_than_a_listener_reads() {
    on_each_database(async |app: TestApp| {
        let made = tracked(&app).await;
        let row = |number: usize| json!({ "name": number.to_string() });
        let rows: Vec<Value> = (0..10_001).map(row).collect();
        let ids = insert(&app, &made.sheet, &rows).await;
        assert_eq!(ids.len(), 10_001);
        let page = app.get(&format!("/v1/sheets/{}/records?pageSize=10001", made.sheet)).await.data();
        let known: Vec<String> =
            page["records"].as_array().unwrap().iter().map(|record| text(record, "id")).collect();
        assert_eq!(known, ids, "one answer has all records, in their order");
        assert_eq!(read_for_each(&app, &made, 0).await, [8_192, 1_809]);
        // One undo takes all of them back.
        let list = app.get(&format!("/v1/sheets/{}/commits", made.sheet)).await.data();
        assert_eq!(list[0]["changeId"], list[1]["changeId"]);

        // All are checked again though no message changes, but for those that are gone.
        app.delete(&format!("/v1/sheets/{}/records?ids={},{}", made.sheet, ids[0], ids[9_000])).await.data();
        app.post(&format!("/v1/sheets/{}/validate", made.sheet), json!(null)).await.data();
        let counts = read_for_each(&app, &made, 2).await;
        assert_eq!(counts.iter().sum::<usize>(), 9_999, "{counts:?}");
        assert!(counts.iter().all(|count| *count <= 10_000), "{counts:?}");
        assert_eq!(open(&app, &made.sheet).await.len(), 2 + counts.len());
        let history = format!("/v1/sheets/{}/records/{}/history", made.sheet, ids[1]);
        let history = app.get(&history).await.json();
        assert_eq!(history["data"].as_array().unwrap().len(), 1, "a check is none of a record's changes");
    })
    .await;
}
