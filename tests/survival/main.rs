//! The real program is killed in the middle of its work, and started again on the same data: every job
//! ends or goes on, and nothing is lost or doubled. What it is fed is broken on purpose.
//!
//! `agents`, `imports`, `moves`, `arriving`, `writes`, `uploads`, `webhooks`, `job_steps` and `schedules` say what is killed, `power` what
//! a loss of power takes, `hostile` what is fed; `storm` does everything at once, for as long as one likes. On PostgreSQL
//! few places are tried, in the long run all.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agents;
mod arriving;
mod extraction;
mod home;
mod hostile;
mod imports;
mod job_steps;
mod jobs;
mod listeners;
mod moves;
#[path = "../util/postgres.rs"]
mod postgres;
mod power;
#[path = "../util/process.rs"]
mod process;
mod schedules;
mod start;
mod storm;
mod uploads;
mod webhooks;
mod writes;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use process::Server;
use serde_json::{Value, json};

fn is_terminal(job: &Value) -> bool {
    matches!(job["status"].as_str(), Some("complete" | "failed" | "canceled"))
}

/// A space with one sheet of three fields, outside the demo.
fn space_with_sheet(server: &Server) -> (String, String, String, String) {
    let environment = server.get("/v1/environments")[0]["id"].as_str().unwrap().to_string();
    let space = server.post("/v1/spaces", json!({ "environmentId": environment, "name": "Survival" }));
    let space = space["id"].as_str().unwrap().to_string();
    let workbook = server.post(
        "/v1/workbooks",
        json!({ "name": "People", "spaceId": space, "environmentId": environment,
            "actions": [{ "operation": "submit", "label": "Submit" }],
            "sheets": [{ "name": "People", "fields": [
                { "key": "id", "type": "number", "constraints": [{ "type": "unique" }] },
                { "key": "name", "type": "string", "constraints": [{ "type": "required" }] },
                { "key": "note", "type": "string" } ] }] }),
    );
    let sheet = workbook["sheets"][0]["id"].as_str().unwrap().to_string();
    (environment, space, workbook["id"].as_str().unwrap().to_string(), sheet)
}

fn csv(rows: usize) -> Vec<u8> {
    let mut text = String::from("id,name,note\n");
    for row in 1..=rows {
        let name = if row % 100 == 0 { "" } else { "Ada" };
        text.push_str(&format!("{row},{name},\"record, number {row}\"\n"));
    }
    text.into_bytes()
}

fn start_import(server: &Server, sheet: &str, file: &str) -> String {
    server.post("/v1/jobs", import_job(sheet, file))["id"].as_str().unwrap().to_string()
}

fn import_job(sheet: &str, file: &str) -> Value {
    let dialect = json!({ "encoding": "UTF-8", "certain": true, "separator": 44, "quote": 34, "terminator": 10, "headerRow": 0 });
    let config = json!({ "fileId": file, "mapping": ["id", "name", "note"], "dialect": dialect });
    json!({ "type": "sheet", "operation": "import", "source": sheet, "trigger": "immediate", "config": config })
}

fn counts(server: &Server, sheet: &str) -> (u64, u64) {
    let counts = server.get(&format!("/v1/sheets/{sheet}/counts"))["counts"].clone();
    (counts["total"].as_u64().unwrap(), counts["error"].as_u64().unwrap())
}

/// Every record of a sheet: its id and the texts of its cells by their keys.
fn records(server: &Server, sheet: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut found = Vec::new();
    for page in 1.. {
        let answer = server.get(&format!("/v1/sheets/{sheet}/records?pageSize=10000&pageNumber={page}"));
        let page = answer["records"].as_array().unwrap();
        found.extend(page.iter().map(|record| {
            let text = |cell: &Value| match &cell["value"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let cells = record["values"].as_object().unwrap().iter();
            let cells = cells.map(|(key, cell)| (key.clone(), text(cell))).collect();
            (record["id"].as_str().unwrap().to_string(), cells)
        }));
        if page.len() < 10_000 {
            break;
        }
    }
    found
}

/// How many events of a topic there are in a space, up to a thousand.
fn events(server: &Server, space: &str, topic: &str) -> usize {
    let path = format!("/v1/events?spaceId={space}&topic={topic}&pageSize=1000&includeAcknowledged=true");
    server.get(&path).as_array().unwrap().len()
}

/// Waits until something is so; fails after half a minute.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}
