use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, text};
use crate::{TestApp, on_each_database};

async fn names(app: &TestApp, sheet: &str) -> Vec<Value> {
    let page = app.get(&format!("/v1/sheets/{sheet}/records")).await.data();
    let name = |record: &Value| record["values"]["name"]["value"].clone();
    page["records"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_snapshot_tells_what_has_changed_and_brings_it_back() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let sheet = &made.sheet;
        let rows = [json!({ "name": "Ada" }), json!({ "name": "Bob" }), json!({ "name": "Cem" })];
        let ids = insert(&app, sheet, &rows).await;
        let kept = app.post("/v1/snapshots", json!({ "sheetId": sheet, "label": "first" })).await.data();
        assert_eq!((&kept["label"], &kept["sheetId"]), (&json!("first"), &json!(sheet)));
        let path = format!("/v1/snapshots/{}", text(&kept, "id"));
        let events = app.get(&format!("/v1/events?spaceId={}&pageSize=100", made.space)).await.data();
        let told =
            events.as_array().unwrap().iter().find(|event| event["topic"] == json!("snapshot:created"));
        assert_eq!(told.unwrap()["context"]["snapshotId"], kept["id"]);

        insert(&app, sheet, &[json!({ "name": "Dan" })]).await;
        let update = json!([{ "id": ids[0], "values": { "name": { "value": "Ida" } } }]);
        app.put(&format!("/v1/sheets/{sheet}/records"), update).await.data();
        app.delete(&format!("/v1/sheets/{sheet}/records?ids={}", ids[1])).await.data();
        assert_eq!(names(&app, sheet).await, ["Ida", "Cem", "Dan"]);

        let summary = app.get(&format!("{path}?includeSummary=true")).await.data()["summary"].clone();
        assert_eq!(summary["createdSince"]["total"], json!(1));
        assert_eq!(summary["updatedSince"], json!({ "total": 1, "byField": { "name": 1 } }));
        assert_eq!(summary["deletedSince"]["total"], json!(1));
        for (class, value, then) in [
            ("createdSince", json!("Dan"), json!(null)),
            ("updatedSince", json!("Ida"), json!("Ada")),
            ("deletedSince", json!(null), json!("Bob")),
        ] {
            let changed = app.get(&format!("{path}/records?changeType={class}")).await.data();
            assert_eq!(changed.as_array().unwrap().len(), 1, "{class}");
            let cell = &changed[0]["values"]["name"];
            assert_eq!((&cell["value"], &cell["snapshotValue"]), (&value, &then), "{class}");
        }
        let page = app.get(&format!("{path}/records?pageSize=1&pageNumber=3")).await.data();
        assert_eq!(page.as_array().unwrap().len(), 1);

        let some = json!({ "created": false, "updated": true, "deleted": true });
        app.post(&format!("{path}/restore"), some).await.data();
        assert_eq!(names(&app, sheet).await, ["Ada", "Bob", "Cem", "Dan"], "Bob stands where he stood");
        app.post(&format!("{path}/restore"), json!(null)).await.data();
        assert_eq!(names(&app, sheet).await, ["Ada", "Bob", "Cem"]);
        let again = app.get(&format!("/v1/sheets/{sheet}/records")).await.data();
        assert_eq!(again["records"][1]["id"], json!(ids[1]), "all of it brings back the same records");

        assert_eq!(app.get(&format!("/v1/snapshots?sheetId={sheet}")).await.data(), json!([kept]));
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        app.get("/v1/snapshots").await.refused(400);
        app.post("/v1/snapshots", json!({ "sheetId": "us_sh_0000000000000000000000" })).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_tells_which_fields_came_and_went_since() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let kept = app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.data();
        let path = format!("/v1/snapshots/{}?includeSummary=true", text(&kept, "id"));
        let fields = async || app.get(&path).await.data()["summary"]["schemaDiff"].clone();
        let same = json!({ "name": "unchanged", "age": "unchanged", "email": "unchanged" });
        assert_eq!(fields().await, same);
        let field = json!({ "key": "city", "type": "string" });
        app.post(&format!("/v1/sheets/{}/fields", made.sheet), field).await.data();
        app.delete(&format!("/v1/sheets/{}/fields/age", made.sheet)).await.data();
        let since = json!({ "name": "unchanged", "email": "unchanged", "city": "added", "age": "removed" });
        assert_eq!(fields().await, since);
    })
    .await;
}

#[tokio::test]
async fn a_record_has_a_history() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let sheet = &made.sheet;
        let ids = insert(&app, sheet, &[json!({ "name": "Ada" }), json!({ "name": "Bob" })]).await;
        for name in ["Ida", "Eda"] {
            let update = json!([{ "id": ids[0], "values": { "name": { "value": name } } }]);
            app.put(&format!("/v1/sheets/{sheet}/records"), update).await.data();
        }
        app.delete(&format!("/v1/sheets/{sheet}/records?ids={}", ids[0])).await.data();
        let path = format!("/v1/sheets/{sheet}/records/{}/history", ids[0]);
        let answer = app.get(&path).await.json();
        let entries = answer["data"].as_array().unwrap();
        let operations: Vec<_> = entries.iter().map(|entry| text(entry, "operation")).collect();
        assert_eq!(operations, ["deleted", "updated", "updated", "created"]);
        let change = json!([{ "fieldKey": "name", "previousValue": "Ida", "newValue": "Eda" }]);
        assert_eq!(entries[1]["changes"], change);
        assert!(text(&entries[1], "createdBy").starts_with("us_key_"));
        assert_eq!(answer["pagination"]["totalCount"], json!(4));
        let page = app.get(&format!("{path}?pageSize=1&pageNumber=2")).await.data();
        assert_eq!(page, json!([entries[1]]));
        app.get(&format!("/v1/sheets/{sheet}/records/us_rc_0000000000000000000000/history"))
            .await
            .refused(404);
        let key = app.neighbours_key().await;
        assert_eq!(app.call_as(&key, "GET", &path, &Value::Null).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn old_versions_are_forgotten_and_snapshots_are_not() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let sheet = &made.sheet;
        let rows: Vec<Value> = (0..600).map(|row| json!({ "name": format!("n{row}") })).collect();
        insert(&app, sheet, &rows).await;
        let kept = app.post("/v1/snapshots", json!({ "sheetId": sheet })).await.data();
        for name in ["Ada", "Ida"] {
            let body = json!({ "fieldUpdates": { "name": { "value": name } } });
            app.patch(&format!("/v1/sheets/{sheet}/records/bulk-update"), body).await.data();
        }
        let commits = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
        let after_a_month = inlet::store::now().plus(31 * 86_400_000);
        app.service.collect_at(after_a_month, 0).await.unwrap();
        app.service.collect_at(after_a_month.plus(1), 0).await.unwrap();
        let undo = format!("/v1/sheets/{sheet}/changes/{}/undo", text(&commits[0], "changeId"));
        assert!(app.post(&undo, json!(null)).await.refused(409).contains("no version"));
        assert_eq!(names(&app, sheet).await[0], json!("Ida"));
        let path = format!("/v1/snapshots/{}", text(&kept, "id"));
        let summary = app.get(&format!("{path}?includeSummary=true")).await.data()["summary"].clone();
        assert_eq!(summary["updatedSince"]["total"], json!(600));
        app.post(&format!("{path}/restore"), json!(null)).await.data();
        assert_eq!(names(&app, sheet).await[..2], [json!("n0"), json!("n1")]);
    })
    .await;
}
