use inlet::domain::limits::Limits;
use inlet::domain::query::RecordQuery;
use inlet::service::bulk::BulkChange;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, ended, insert, text};
use crate::{TestApp, on_each_database, on_each_database_within};

/// A sheet with so many people: every third of them Ann, the others Bob, and an age for every second.
async fn people(app: &TestApp, count: usize) -> Contacts {
    let made = contacts(app).await;
    let rows: Vec<Value> = (0..count)
        .map(|row| {
            let name = if row % 3 == 0 { "Ann" } else { "Bob" };
            json!({ "name": name, "age": if row % 2 == 0 { json!(row) } else { json!(null) } })
        })
        .collect();
    insert(app, &made.sheet, &rows).await;
    made
}

async fn total(app: &TestApp, sheet: &str, query: &str) -> u64 {
    let answer = app.get(&format!("/v1/sheets/{sheet}/counts?{query}")).await.data();
    answer["counts"]["total"].as_u64().unwrap()
}

async fn topics(app: &TestApp, space: &str) -> Vec<String> {
    let events = app.get(&format!("/v1/events?spaceId={space}&pageSize=1000")).await.data();
    events.as_array().unwrap().iter().map(|event| text(event, "topic")).collect()
}

#[tokio::test]
async fn what_is_found_is_replaced() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, space, .. } = people(&app, 700).await;
        let path = format!("/v1/sheets/{sheet}/find-replace");
        let before = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        for (body, query, found) in [
            (json!({ "find": "an", "replace": "oan", "fieldKey": "name" }), "searchValue=%22oann%22", 234),
            (
                json!({ "find": "\"Bob\"", "replace": "Rob", "fieldKey": "name" }),
                "searchValue=%22Rob%22",
                466,
            ),
            (
                json!({ "find": null, "replace": 7, "fieldKey": "age" }),
                "searchValue=%227%22&searchField=age",
                350,
            ),
            (json!({ "find": "rob", "replace": "Eve" }), "searchValue=Eve", 466),
        ] {
            let body_text = body.to_string();
            let answer = app.put(&path, body).await.data();
            assert!(answer["versionId"].is_string(), "{body_text}: {answer}");
            assert_eq!(total(&app, &sheet, query).await, found, "{body_text}");
        }
        let none =
            app.put(&path, json!({ "find": "nobody", "replace": "x", "fieldKey": "name" })).await.data();
        let commits = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        let made = commits.as_array().unwrap().len() - before.as_array().unwrap().len();
        assert_eq!(made, 4, "what changes nothing makes no commit");
        assert_eq!(none["commitId"], commits[0]["id"]);
        let told = topics(&app, &space).await.into_iter().filter(|topic| topic == "records:updated").count();
        assert_eq!(told, 4);
        // What is not there, and what a search leaves out.
        app.put(&path, json!({ "find": "x", "replace": "y", "fieldKey": "shoe" })).await.refused(400);
        app.put(
            &format!("{path}?searchValue=%22oann%22"),
            json!({ "find": "7", "replace": "8", "fieldKey": "age" }),
        )
        .await
        .data();
        assert!(total(&app, &sheet, "searchValue=Eve&filter=all").await == 466);
    })
    .await;
}

#[tokio::test]
async fn records_get_the_same_values_and_the_rules_are_asked() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, space, .. } = people(&app, 900).await;
        let path = format!("/v1/sheets/{sheet}/records/bulk-update");
        let body = json!({ "fieldUpdates": { "name": { "value": null }, "age": { "value": "x" } } });
        app.patch(&format!("{path}?searchValue=ann&searchField=name&silent=true"), body).await.data();
        assert_eq!(total(&app, &sheet, "filter=error").await, 300);
        assert_eq!(total(&app, &sheet, "filter=error&filterField=name").await, 300);
        let topics = topics(&app, &space).await;
        let count = |wanted: &str| topics.iter().filter(|topic| *topic == wanted).count();
        assert_eq!((count("records:updated"), count("commit:created")), (1, 1), "silence is for hooks only");
        // Unique values move too.
        let body = json!({ "fieldUpdates": { "email": { "value": "a@b" } } });
        app.patch(&path, body).await.data();
        assert_eq!(total(&app, &sheet, "filter=error&filterField=email").await, 900);
        let page = app.get(&format!("/v1/sheets/{sheet}/records?pageSize=2")).await.data();
        let ids: Vec<String> =
            page["records"].as_array().unwrap().iter().map(|record| text(record, "id")).collect();
        let body = json!({ "fieldUpdates": { "email": { "value": null } } });
        app.patch(&format!("{path}?filter=error&ids={}", ids[0]), body).await.data();
        assert_eq!(total(&app, &sheet, "filter=error&filterField=email").await, 0);
        assert_eq!(total(&app, &sheet, "searchValue=a%40b").await, 1);
        app.patch(&path, json!({ "fieldUpdates": {} })).await.refused(400);
        app.patch(&path, json!({ "fieldUpdates": { "shoe": { "value": 1 } } })).await.refused(400);
        app.patch(&format!("{path}?filter=bad"), json!({ "fieldUpdates": { "age": {} } })).await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn a_job_does_the_same() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, .. } = people(&app, 600).await;
        let job = json!({
            "type": "sheet", "operation": "find-replace", "source": sheet, "trigger": "immediate",
            "config": { "fieldKey": "name", "find": "Ann", "replace": "Eve", "snapshotLabel": "before" },
        });
        let job = text(&app.post("/v1/jobs", job).await.data(), "id");
        assert_eq!(ended(&app, &job).await["status"], json!("complete"));
        assert_eq!(total(&app, &sheet, "searchValue=Eve").await, 200);
        let kept = app.get(&format!("/v1/snapshots?sheetId={sheet}")).await.data();
        assert_eq!(kept[0]["label"], json!("before"));
        let workbook = text(&app.get(&format!("/v1/sheets/{sheet}")).await.data(), "workbookId");
        let job = json!({
            "type": "workbook", "operation": "delete-records", "source": workbook, "trigger": "immediate",
            "config": { "sheet": sheet, "searchValue": "Eve", "snapshotLabel": "before the deletion" },
        });
        let job = text(&app.post("/v1/jobs", job).await.data(), "id");
        assert_eq!(ended(&app, &job).await["status"], json!("complete"));
        assert_eq!(total(&app, &sheet, "searchValue=Eve").await, 0);
        let kept = app.get(&format!("/v1/snapshots?sheetId={sheet}")).await.data();
        let labels: Vec<&str> =
            kept.as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
        assert!(labels.contains(&"before the deletion"), "{labels:?}");
        // Of a job that is no more nothing is told that somebody could take for another.
        app.delete(&format!("/v1/jobs/{job}")).await.data();
        let events = app.get("/v1/events?topic=job:deleted").await.json();
        assert_eq!(
            (&events["data"][0]["payload"], &events["data"][0]["context"]["jobId"]),
            (&json!({}), &json!(job))
        );
    })
    .await;
}

#[tokio::test]
async fn a_version_is_handed_out_and_a_commit_told_of_again() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, space, .. } = people(&app, 2).await;
        let version = app.post("/v1/versions", json!({ "sheetId": sheet })).await.data();
        assert!(text(&version, "versionId").starts_with("us_vr_"));
        let commits = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        let path = format!("/v1/commits/{}/replay", text(&commits[0], "id"));
        assert_eq!(app.post(&path, json!(null)).await.data(), json!({ "success": true }));
        let told = topics(&app, &space).await.into_iter().filter(|topic| topic == "commit:created").count();
        assert_eq!(told, 2);
    })
    .await;
}

#[tokio::test]
async fn a_change_is_taken_back_but_for_what_was_changed_since() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, .. } = people(&app, 600).await;
        let body = json!({ "find": "Ann", "replace": "Eve", "fieldKey": "name" });
        app.put(&format!("/v1/sheets/{sheet}/find-replace"), body).await.data();
        let commits = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        let undo = |change: &Value| format!("/v1/sheets/{sheet}/changes/{}/undo", text(change, "changeId"));
        let replaced = undo(&commits[0]);
        let page = app.get(&format!("/v1/sheets/{sheet}/records?pageSize=4")).await.data();
        let id = text(&page["records"][0], "id");
        let update = json!([{ "id": id, "values": { "name": { "value": "Mia" }, "age": { "value": 1 } } }]);
        app.put(&format!("/v1/sheets/{sheet}/records"), update).await.data();

        let undone = app.post(&replaced, json!(null)).await.data();
        assert_eq!(undone["skipped"], json!([{ "recordId": id, "fieldKey": "name" }]));
        assert_eq!(undone["skippedTotal"], json!(1));
        assert_eq!(total(&app, &sheet, "searchValue=Ann").await, 199);
        assert_eq!(total(&app, &sheet, "searchValue=Mia").await, 1);
        app.post(&replaced, json!(null)).await.refused(409);
        // Taking the undo back is doing it again.
        app.post(&undo(&undone), json!(null)).await.data();
        assert_eq!(total(&app, &sheet, "searchValue=Eve").await, 199);
        app.post(&replaced, json!(null)).await.data();
        assert_eq!(total(&app, &sheet, "searchValue=Ann").await, 199);
        app.post(&format!("/v1/sheets/{sheet}/changes/us_ch_0000000000000000000000/undo"), json!(null))
            .await
            .refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_cut_off_is_taken_back() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, .. } = people(&app, 9_000).await;
        let rows: Vec<Value> = (0..9_000).map(|_| json!({ "name": "Bob" })).collect();
        insert(&app, &sheet, &rows).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let (id, change) = (sheet.parse().unwrap(), inlet::store::new_id());
        let clear = BulkChange::Update(vec![("name".to_string(), Value::Null)]);
        let everything = RecordQuery::default();
        let named = (change, false);
        let mut run =
            app.service.begin_bulk(&actor, &id, &everything, &clear, named.clone(), 1).await.unwrap();
        let first = total(&app, &sheet, "filter=error").await;
        assert!(first > 0 && first <= 10_000, "{first}");
        assert_eq!(run.progress().1, 18_000);
        assert!(app.service.go_on(&actor, &mut run, 1).await.unwrap());
        assert!(total(&app, &sheet, "filter=error").await > first);
        drop(run);
        app.service.undo_unfinished(&actor, &id, &named.0).await.unwrap();
        assert_eq!(total(&app, &sheet, "filter=error").await, 0);
        let before = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        app.service.undo_unfinished(&actor, &id, &named.0).await.unwrap();
        assert_eq!(app.get(&format!("/v1/sheets/{sheet}/commits")).await.data(), before);
        // Run to its end, it is all of the records in a few commits of one change.
        let body = json!({ "fieldUpdates": { "name": { "value": "Eve" } } });
        app.patch(&format!("/v1/sheets/{sheet}/records/bulk-update"), body).await.data();
        let commits = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        let change = text(&commits[0], "changeId");
        let made = commits.as_array().unwrap().iter().filter(|commit| commit["changeId"] == json!(change));
        assert!((2..=3).contains(&made.count()), "commits hold ten thousand records at most");
        assert_eq!(total(&app, &sheet, "searchValue=Eve").await, 18_000);
    })
    .await;
}

/// A few records go into the patch log, many into segments that are made anew.
const FEW_AND_MANY: [usize; 2] = [4, 1_200];

#[tokio::test]
async fn a_character_that_cannot_be_stored_is_told_of_on_the_cells_that_change() {
    on_each_database(async |app: TestApp| {
        for count in FEW_AND_MANY {
            let Contacts { sheet, .. } = people(&app, count).await;
            let warned = async || total(&app, &sheet, "q=name%20%40message%20contains%20%22removed%22").await;
            let body = json!({ "find": "Ann", "replace": "E\u{0}ve", "fieldKey": "name" });
            app.put(&format!("/v1/sheets/{sheet}/find-replace"), body).await.data();
            let eves = total(&app, &sheet, "searchValue=%22Eve%22").await;
            assert_eq!((eves, warned().await), (count.div_ceil(3) as u64, eves), "of {count}");
            let page = app.get(&format!("/v1/sheets/{sheet}/records?pageSize=1")).await.data();
            let message = &page["records"][0]["values"]["name"]["messages"][0];
            assert_eq!(message["message"], json!("A character that cannot be stored was removed"));
            assert_eq!(message["type"], json!("warn"));
            // It goes with the next change of the cell.
            let body = json!({ "fieldUpdates": { "name": { "value": "Eva" } } });
            app.patch(&format!("/v1/sheets/{sheet}/records/bulk-update"), body).await.data();
            assert_eq!(warned().await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn cells_that_would_be_too_long_are_counted_and_told_of() {
    let limits = Limits { cell_bytes: 8, ..Limits::default() };
    on_each_database_within(limits, async |app: TestApp| {
        for count in FEW_AND_MANY {
            let Contacts { sheet, .. } = people(&app, count).await;
            insert(&app, &sheet, &[json!({ "name": "Bob Long" }), json!({ "name": "Bobbob" })]).await;
            let path = format!("/v1/sheets/{sheet}/find-replace");
            let answer = app.put(&path, json!({ "find": "bob", "replace": "Robin", "fieldKey": "name" })).await.data();
            assert_eq!(answer["tooLong"], json!(2), "{answer}");
            let words = "2 cells would have been longer than the limit and stayed as they were";
            assert_eq!(answer["message"], json!(words));
            assert_eq!(total(&app, &sheet, "searchValue=bob").await, 2, "they are as they were");
            assert_eq!(total(&app, &sheet, "searchValue=%22Robin%22").await, (count - count.div_ceil(3)) as u64);
            let answer = app.put(&path, json!({ "find": "robin", "replace": "Bob" })).await.data();
            assert_eq!((answer.get("tooLong"), answer.get("message")), (None, None));

            let config = json!({ "fieldKey": "name", "find": "long", "replace": "longest" });
            let job = json!({ "type": "sheet", "operation": "find-replace", "source": sheet, "trigger": "immediate",
                "config": config });
            let job = text(&app.post("/v1/jobs", job).await.data(), "id");
            let words = "0 records changed in Contacts. 1 cell would have been longer than the limit and stayed as it was.";
            assert_eq!(ended(&app, &job).await["outcome"]["message"], json!(words));
        }
    })
    .await;
}
