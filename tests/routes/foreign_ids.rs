//! Ids of a neighbour inside one's own requests: they name as little as ids of nothing.

use serde_json::{Value, json};

use crate::fixtures::{Contacts, blueprint, contacts, insert, text};
use crate::{TestApp, on_each_database};

/// Things of an environment, by the name under which [`REQUESTS`] names them.
type Ids = Vec<(&'static str, String)>;

/// Requests about things of one's own (`$own_…`) which name things of others (`$…`).
fn requests() -> Vec<(&'static str, &'static str, Value)> {
    let job = |more: Value| {
        let mut body = json!({ "type": "workbook", "operation": "go", "source": "$own_workbook" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("POST", "/v1/jobs", body)
    };
    let records = "/v1/sheets/$own_sheet/records";
    let change = json!([{ "id": "$record", "values": { "name": { "value": "Eve" } } }]);
    let map = |from: &str, to: &str| json!({ "operation": "map", "config": { "sourceSheetId": from, "destinationSheetId": to } });
    let subject = json!({ "type": "collection", "resource": "records", "params": { "sheetId": "$sheet" } });
    vec![
        ("GET", "/v1/sheets/$own_sheet/records?ids=$record", Value::Null),
        ("GET", "/v1/sheets/$own_sheet/counts?ids=$record", Value::Null),
        ("GET", "/v1/sheets/$own_sheet/download?ids=$record", Value::Null),
        ("GET", "/v1/sheets/$own_sheet/records?for=$event", Value::Null),
        ("GET", "/v1/sheets/$own_sheet/records?commitId=$commit", Value::Null),
        ("GET", "/v1/sheets/$own_sheet/records?sinceCommitId=$commit", Value::Null),
        ("GET", "/v1/sheets/$own_sheet/records/$record/history", Value::Null),
        ("GET", "/v2-alpha/records.jsonl?sheetId=$sheet", Value::Null),
        ("DELETE", "/v1/sheets/$own_sheet/records?ids=$record", Value::Null),
        ("PUT", records, change.clone()),
        ("PUT", "/v1/sheets/$own_sheet/records?for=$event", change),
        (
            "PUT",
            "/v1/sheets/$own_sheet/find-replace",
            json!({ "find": "Ada", "replace": "Eve", "ids": ["$record"] }),
        ),
        ("POST", "/v2-alpha/records.jsonl?sheetId=$sheet", json!({ "name": "Eve" })),
        ("POST", "/v2-alpha/records.jsonl", json!({ "name": "Eve", "__s": "$sheet" })),
        ("POST", "/v1/sheets/$own_sheet/changes/$change/undo", Value::Null),
        job(map("$sheet", "$own_sheet")),
        job(map("$own_sheet", "$sheet")),
        job(json!({ "operation": "delete-records", "config": { "sheet": "$sheet", "filter": "all" } })),
        job(json!({ "destination": "$workbook" })),
        job(json!({ "predecessorIds": ["$job"] })),
        job(json!({ "parentId": "$job" })),
        job(json!({ "fileId": "$file" })),
        job(json!({ "subject": subject, "trigger": "immediate" })),
        ("PATCH", "/v1/spaces/$own_space", json!({ "primaryWorkbookId": "$workbook" })),
        ("PATCH", "/v1/files/$own_file", json!({ "workbookId": "$workbook" })),
        ("PATCH", "/v1/workbooks/$own_workbook", json!({ "sheets": [{ "id": "$sheet", "name": "Mine" }] })),
        (
            "POST",
            "/v1/actions?spaceId=$own_space",
            json!({ "targetId": "$sheet", "operation": "x", "label": "X" }),
        ),
        ("POST", "/v1/secrets", json!({ "name": "A", "value": "b", "spaceId": "$space" })),
        ("GET", "/v1/guests?spaceId=$space", Value::Null),
        ("GET", "/v1/jobs?parentId=$job", Value::Null),
        ("GET", "/v1/jobs?fileId=$file", Value::Null),
        ("GET", "/v1/events?since=$event", Value::Null),
    ]
}

/// Some of everything in the space.
async fn everything(app: &TestApp, key: &str, made: &Contacts) -> Ids {
    let call = async |method: &str, path: String, body: Value| app.call_as(key, method, &path, &body).await;
    let records = format!("/v1/sheets/{}/records", made.sheet);
    let rows = json!([{ "name": { "value": "Ada" } }]);
    let record = text(&call("POST", records.clone(), rows).await.data()["records"][0], "id");
    let commit = text(&call("GET", records, Value::Null).await.data(), "commitId");
    let change = text(&call("GET", format!("/v1/commits/{commit}"), Value::Null).await.data(), "changeId");
    let job = json!({ "type": "workbook", "operation": "go", "source": made.workbook });
    let job = text(&call("POST", "/v1/jobs".to_string(), job).await.data(), "id");
    let parts = [("spaceId", made.space.as_str()), ("file", "a,b")];
    let file = text(&crate::files::upload_as(app, key, "people.csv", &parts).await.data(), "id");
    let events = format!("/v1/events?spaceId={}&topic=commit:created", made.space);
    let event = text(&call("GET", events, Value::Null).await.json()["data"][0], "id");
    vec![
        ("space", made.space.clone()),
        ("workbook", made.workbook.clone()),
        ("sheet", made.sheet.clone()),
        ("record", record),
        ("commit", commit),
        ("change", change),
        ("job", job),
        ("file", file),
        ("event", event),
    ]
}

/// A space with a workbook of whoever has the key.
async fn own(app: &TestApp, key: &str) -> Contacts {
    let call = async |path: &str, body: Value| app.call_as(key, "POST", path, &body).await.data();
    let space = text(&call("/v1/spaces", json!({ "name": "Own" })).await, "id");
    let mut blueprint = blueprint();
    blueprint["spaceId"] = json!(space);
    let workbook = call("/v1/workbooks", blueprint).await;
    Contacts { space, sheet: text(&workbook["sheets"][0], "id"), workbook: text(&workbook, "id") }
}

/// The text with ids in place of their names.
fn filled(mut text: String, own: &Ids, others: &Ids) -> String {
    for (name, id) in own {
        text = text.replace(&format!("$own_{name}"), id);
    }
    others.iter().fold(text, |text, (name, id)| text.replace(&format!("${name}"), id))
}

#[tokio::test]
async fn ids_of_a_neighbour_in_own_requests_name_nothing() {
    on_each_database(async |app: TestApp| {
        let theirs = contacts(&app).await;
        insert(&app, &theirs.sheet, &[json!({ "name": "Grace" })]).await;
        let foreign = everything(&app, &app.key, &theirs).await;
        // Ids of the same kinds that name nothing.
        let absent: Ids = foreign
            .iter()
            .map(|(name, id)| (*name, format!("{}0000000000000000000000", &id[..=id.rfind('_').unwrap()])))
            .collect();
        let key = app.neighbours_key().await;
        let mine = own(&app, &key).await;
        let own = everything(&app, &key, &mine).await;
        let before = told(&app, &theirs).await;
        for (method, path, body) in requests() {
            let ask = async |others: &Ids| {
                let path = filled(path.to_string(), &own, others);
                let body = serde_json::from_str(&filled(body.to_string(), &own, others)).unwrap();
                let answer = app.call_as(&key, method, &path, &body).await;
                let text = String::from_utf8(answer.bytes).unwrap();
                // What a job is called differs each time, and that it was made at another moment.
                (
                    answer.status.as_u16(),
                    if answer.status.is_success() { String::new() } else { masked(&text) },
                    text,
                )
            };
            let (seen, unseen) = (ask(&foreign).await, ask(&absent).await);
            assert_eq!(
                (seen.0, &seen.1),
                (unseen.0, &unseen.1),
                "{method} {path} {body} tells the foreign from the absent"
            );
            assert!(seen.0 < 500 && !seen.2.contains("Grace"), "{method} {path} {body}: {}", seen.2);
        }
        assert_eq!(told(&app, &theirs).await, before, "and nothing was touched");
    })
    .await;
}

/// What there is to see of the space.
async fn told(app: &TestApp, made: &Contacts) -> [Value; 4] {
    [
        app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data(),
        app.get(&format!("/v1/workbooks/{}", made.workbook)).await.data(),
        app.get(&format!("/v1/files?spaceId={}", made.space)).await.json()["data"].clone(),
        app.get(&format!("/v1/jobs?spaceId={}", made.space)).await.json()["pagination"].clone(),
    ]
}

/// The text without ids.
fn masked(text: &str) -> String {
    let is_id = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.split_inclusive(|character| !is_id(character))
        .map(|word| if word.starts_with("us_") { "…" } else { word })
        .collect()
}
