//! Extractions that are killed: the file has one workbook after, with all of its records once.

use serde_json::Value;

use super::home::Home;
use super::process::Server;
use super::{counts, csv, events, is_terminal, space_with_sheet};

/// Where an extraction of 10,000 rows is killed; its first segment is a transaction, the others are the second.
const PLACES: [&str; 6] = [
    "extraction-begun",
    "import-segments:1",
    "import-between:1",
    "import-between:2",
    "import-end",
    "import-ended",
];

#[test]
fn an_extraction_that_is_killed_anywhere_is_done_once() {
    PLACES.into_iter().for_each(|place| killed_at(place, &Home::on_sqlite("extraction-place")));
}

#[test]
fn so_is_one_on_postgres() {
    Home::on_postgres("extraction-place").into_iter().for_each(|home| killed_at("import-between:1", &home));
}

fn killed_at(place: &str, home: &Home) {
    let rows = 10_000;
    let server = home.armed(place);
    let (environment, space, ..) = space_with_sheet(&server);
    // It may die before it has answered.
    let _ = server.try_upload(&space, &environment, "people.csv", &csv(rows));
    server.wait_for_death();

    let server = home.start();
    let listed = |path: &str| -> Vec<Value> { server.get(path).as_array().unwrap().clone() };
    let jobs = listed(&format!("/v1/jobs?spaceId={space}"));
    let [job] = jobs.as_slice() else { panic!("{place}: {jobs:?}") };
    let ended = server.wait_for_job(job["id"].as_str().unwrap(), is_terminal);
    assert_eq!(ended["status"], "complete", "{place}: {ended}");
    let words = ended["outcome"]["message"].as_str().unwrap();
    assert!(words.starts_with("10,000 records added"), "{place}: {words}");
    let workbooks = listed(&format!("/v1/workbooks?spaceId={space}&label=file"));
    let [workbook] = workbooks.as_slice() else { panic!("{place}: {workbooks:?}") };
    let file = listed(&format!("/v1/files?spaceId={space}")).remove(0);
    assert_eq!(
        (&file["status"], &file["workbookId"]),
        (&Value::from("complete"), &workbook["id"]),
        "{place}"
    );
    let sheet = workbook["sheets"][0]["id"].as_str().unwrap();
    assert_eq!(counts(&server, sheet), (rows as u64, 0), "{place}");
    assert_eq!(events(&server, &space, "job:completed"), 1, "{place}");
    lets_go(&server, sheet);
}

/// The sheet takes records.
fn lets_go(server: &Server, sheet: &str) {
    server
        .post(&format!("/v1/sheets/{sheet}/records"), serde_json::json!([{ "name": { "value": "Grace" } }]));
}
