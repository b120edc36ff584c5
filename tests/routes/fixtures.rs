//! Things that most tests need first.

use std::time::Duration;

use inlet::domain::ids::SheetId;
use inlet::service::cell_edits::TypedCell;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::TestApp;

/// A space with one workbook of one sheet.
pub struct Contacts {
    pub space: String,
    pub workbook: String,
    pub sheet: String,
}

/// A workbook with a sheet of three fields and a Submit action.
pub fn blueprint() -> Value {
    json!({
        "name": "All Contacts", "labels": ["pinned"],
        "sheets": [{
            "name": "Contacts", "slug": "contacts",
            "fields": [
                { "key": "name", "type": "string", "label": "Name", "constraints": [{ "type": "required" }] },
                { "key": "age", "type": "number", "label": "Age" },
                { "key": "email", "type": "string", "label": "Email", "constraints": [{ "type": "unique" }] },
            ],
        }],
        "actions": [{ "operation": "submitAction", "label": "Submit", "primary": true }],
    })
}

pub async fn contacts(app: &TestApp) -> Contacts {
    let space = text(&app.post("/v1/spaces", json!({ "name": "Contacts" })).await.data(), "id");
    let mut blueprint = blueprint();
    blueprint["spaceId"] = json!(space);
    let workbook = app.post("/v1/workbooks", blueprint).await.data();
    let sheet = text(&workbook["sheets"][0], "id");
    Contacts { space, workbook: text(&workbook, "id"), sheet }
}

/// The token of a page that embeds the space.
pub async fn embed_token(app: &TestApp, space: &str) -> String {
    text(&app.get(&format!("/v1/spaces/{space}")).await.data(), "accessToken")
}

/// Lets a new guest into these spaces; gives its id.
pub async fn invited(app: &TestApp, email: &str, spaces: &[&str]) -> String {
    let spaces: Vec<Value> = spaces.iter().map(|id| json!({ "id": id })).collect();
    let guest =
        json!({ "environmentId": app.environment_id, "email": email, "name": "Guest", "spaces": spaces });
    text(&app.post("/v1/guests", json!([guest])).await.data()[0], "id")
}

/// The id of a role of that name.
pub async fn guest_role(app: &TestApp, name: &str) -> String {
    let roles = app.get("/v1/roles").await.data();
    text(roles.as_array().unwrap().iter().find(|role| role["name"] == name).unwrap(), "id")
}

/// The token of a person who was let into the space.
pub async fn guest_token(app: &TestApp, space: &str) -> String {
    let guest = invited(app, &format!("{}@example.com", space.to_lowercase()), &[space]).await;
    text(&app.get(&format!("/v1/guests/{guest}/token?spaceId={space}")).await.data(), "token")
}

/// Inserts records of these values; gives their ids.
pub async fn insert(app: &TestApp, sheet: &str, records: &[Value]) -> Vec<String> {
    let rows: Vec<Value> = records.iter().map(row).collect();
    let data = app.post(&format!("/v1/sheets/{sheet}/records"), Value::from(rows)).await.data();
    data["records"].as_array().unwrap().iter().map(|record| text(record, "id")).collect()
}

/// Changes one cell by the API.
pub async fn write_cell(app: &TestApp, sheet: &SheetId, record: &str, field: &str, value: &str) {
    let change = json!([{ "id": record, "values": { field: { "value": value } } }]);
    app.put(&format!("/v1/sheets/{sheet}/records"), change).await.data();
}

/// What a person types into the name of a record.
pub fn typed(record: &str, seen: Option<&str>, text: Option<&str>) -> TypedCell {
    let [seen, text] = [seen, text].map(|text| text.map(str::to_string));
    TypedCell { record: record.to_string(), field: "name".to_string(), text, seen }
}

/// `{"key": value}` as `{"key": {"value": value}}`.
pub fn row(values: &Value) -> Value {
    let cells =
        values.as_object().unwrap().iter().map(|(key, value)| (key.clone(), json!({ "value": value })));
    Value::Object(cells.collect())
}

/// Runs the server's jobs until this one has ended; gives it as it is then.
pub async fn ended(app: &TestApp, job: &str) -> Value {
    let stopping = CancellationToken::new();
    let tasks = inlet::jobs::start(&app.service, &stopping);
    let stop = stopping.drop_guard();
    for _ in 0..600 {
        let found = app.get(&format!("/v1/jobs/{job}")).await.data();
        if matches!(found["status"].as_str(), Some("complete" | "failed" | "canceled")) {
            // A worker that stops might be given the next job.
            drop(stop);
            tasks.wait().await;
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the job did not end");
}

#[track_caller]
pub fn text(object: &Value, member: &str) -> String {
    object[member].as_str().unwrap_or_else(|| panic!("no {member} in {object}")).to_string()
}
