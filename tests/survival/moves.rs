//! Records that move to another sheet while the server is killed: each is in one of the two sheets, once.

use serde_json::json;

use super::home::Home;
use super::{counts, events, is_terminal, space_with_sheet};

/// Where a move of 9,000 records is killed: at each of its two segments, and around the commit that ends it.
const PLACES: [&str; 5] =
    ["import-segments:1", "import-segments:2", "import-between:1", "transfer-end", "transfer-ended"];

#[test]
fn a_move_that_is_killed_anywhere_is_done_once() {
    PLACES.into_iter().for_each(|place| killed_at(place, &Home::on_sqlite("move-place")));
}

#[test]
fn so_is_one_on_postgres() {
    Home::on_postgres("move-place").into_iter().for_each(|home| killed_at("transfer-end", &home));
}

#[test]
#[ignore = "waits for leases; `make test-all` runs it"]
fn so_is_one_on_postgres_anywhere() {
    for place in PLACES {
        Home::on_postgres("move-place").into_iter().for_each(|home| killed_at(place, &home));
    }
}

fn killed_at(place: &str, home: &Home) {
    let records = 9_000;
    let server = home.armed(place);
    let (_, space, workbook, sheet) = space_with_sheet(&server);
    let archive = json!({ "name": "Archive", "fields": [
        { "key": "id", "type": "number", "constraints": [{ "type": "unique" }] },
        { "key": "name", "type": "string" } ] });
    let path = format!("/v1/workbooks/{workbook}");
    let (status, answer) = server.send(
        "PATCH",
        &path,
        "application/json",
        json!({ "sheets": [archive] }).to_string().as_bytes(),
    );
    assert_eq!(status, 200, "{answer}");
    let archive = answer["data"]["sheets"][1]["id"].as_str().unwrap().to_string();
    let rows: Vec<_> =
        (0..records).map(|row| json!({ "id": { "value": row }, "name": { "value": "Ada" } })).collect();
    server.post(&format!("/v1/sheets/{sheet}/records"), rows.into());
    let job = json!({ "type": "sheet", "operation": "move-records", "source": sheet, "trigger": "immediate",
        "config": { "destination": archive } });
    let job = server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string();
    server.wait_for_death();

    let server = home.start();
    let ended = server.wait_for_job(&job, is_terminal);
    assert_eq!(ended["status"], "complete", "{place}: {ended}");
    assert_eq!((counts(&server, &sheet), counts(&server, &archive)), ((0, 0), (records, 0)), "{place}");
    let words = ended["outcome"]["message"].as_str().unwrap();
    assert!(words.starts_with("9,000 records moved to Archive"), "{place}: {words}");
    assert_eq!(events(&server, &space, "job:completed"), 1, "{place}");
    // Both sheets are let go.
    for sheet in [&sheet, &archive] {
        server.post(
            &format!("/v1/sheets/{sheet}/records"),
            json!([{ "id": { "value": -1 }, "name": { "value": "Grace" } }]),
        );
    }
}
