//! Imports that are killed, paused, cancelled and deleted: all of the file is in the sheet, once, or nothing of it.

use serde_json::json;

use super::home::Home;
use super::process::{Folder, Server};
use super::{counts, csv, events, is_terminal, space_with_sheet, start_import, until};

#[test]
fn an_import_that_is_killed_is_done_once_after_the_restart() {
    let rows = 100_000;
    let folder = Folder::new("killed-import");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let file = server.upload(&space, &environment, "people.txt", &csv(rows));
    let job = start_import(&server, &sheet, &file);
    // Killed when some of the records are written and others are not.
    while counts(&server, &sheet).0 == 0 {}
    let written = counts(&server, &sheet).0;
    server.kill();
    assert!(written < rows as u64, "the import was over before it could be killed");

    let server = Server::start(&folder.0, None);
    let ended = server.wait_for_job(&job, is_terminal);
    assert_eq!(ended["status"], "complete", "{ended}");
    assert_eq!(counts(&server, &sheet), (rows as u64, rows as u64 / 100));
}

#[test]
fn a_cancelled_import_leaves_the_sheet_as_it_was() {
    let folder = Folder::new("cancelled-import");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    server.post(
        &format!("/v1/sheets/{sheet}/records"),
        json!([{ "id": { "value": 7 }, "name": { "value": "Grace" } }]),
    );
    let file = server.upload(&space, &environment, "people.txt", &csv(200_000));
    let job = start_import(&server, &sheet, &file);
    while counts(&server, &sheet).0 == 1 {}
    server.post(&format!("/v1/jobs/{job}/cancel"), json!({}));
    let begun = std::time::Instant::now();
    while counts(&server, &sheet) != (1, 0) {
        assert!(
            begun.elapsed().as_secs() < 10,
            "the records of a cancelled import stayed: {:?}",
            counts(&server, &sheet)
        );
    }
    assert_eq!(server.get(&format!("/v1/jobs/{job}"))["status"], "canceled");
}

#[test]
fn an_import_whose_job_is_deleted_lets_go_of_the_sheet() {
    let folder = Folder::new("deleted-import");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let file = server.upload(&space, &environment, "people.txt", &csv(200_000));
    let job = start_import(&server, &sheet, &file);
    while counts(&server, &sheet).0 == 0 {}
    assert_eq!(server.send("DELETE", &format!("/v1/jobs/{job}"), "application/json", b"").0, 200);
    let begun = std::time::Instant::now();
    while counts(&server, &sheet) != (0, 0) {
        assert!(begun.elapsed().as_secs() < 20, "the records stayed: {:?}", counts(&server, &sheet));
    }
    // People can write again, and so can the next server.
    let ada = json!([{ "id": { "value": 1 }, "name": { "value": "Ada" } }]);
    let begun = std::time::Instant::now();
    let path = format!("/v1/sheets/{sheet}/records");
    let body = ada.to_string();
    while server.send("POST", &path, "application/json", body.as_bytes()).0 == 409 {
        assert!(begun.elapsed().as_secs() < 20, "the sheet stayed locked");
    }
    server.kill();
    let server = Server::start(&folder.0, None);
    assert_eq!(counts(&server, &sheet), (1, 0));
}

/// Long: a hundred mebibytes.
#[test]
#[ignore = "takes a minute; `make test-all` runs it"]
fn a_large_file_is_imported_whole() {
    let folder = Folder::new("large");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let bytes = csv(3_000_000);
    assert!(bytes.len() > 100 << 20);
    let file = server.upload(&space, &environment, "large.txt", &bytes);
    let job = start_import(&server, &sheet, &file);
    let begun = std::time::Instant::now();
    while !is_terminal(&server.get(&format!("/v1/jobs/{job}"))) {
        assert!(begun.elapsed().as_secs() < 600);
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(counts(&server, &sheet), (3_000_000, 30_000));
}

/// Where an import of 10,000 rows is killed; its first segment is a transaction, the others are the second.
const PLACES: [&str; 7] = [
    "import-segments:1",
    "import-segments:2",
    "import-between:1",
    "import-between:2",
    "import-end",
    "import-ended",
    "fold-chunks",
];

#[test]
fn an_import_that_is_killed_anywhere_is_done_once() {
    PLACES.into_iter().for_each(|place| killed_at(place, &Home::on_sqlite("import-place")));
}

#[test]
fn so_is_one_on_postgres() {
    Home::on_postgres("import-place").into_iter().for_each(|home| killed_at("import-between:1", &home));
}

#[test]
#[ignore = "waits for leases; `make test-all` runs it"]
fn so_is_one_on_postgres_anywhere() {
    for place in PLACES {
        Home::on_postgres("import-place").into_iter().for_each(|home| killed_at(place, &home));
    }
}

fn killed_at(place: &str, home: &Home) {
    let rows = 10_000;
    let server = home.armed(place);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    // A record that lies in the patch log is folded by the import.
    let ada = json!([{ "id": { "value": 0 }, "name": { "value": "Ada" } }]);
    server.post(&format!("/v1/sheets/{sheet}/records"), ada);
    let file = server.upload(&space, &environment, "people.txt", &csv(rows));
    let job = start_import(&server, &sheet, &file);
    server.wait_for_death();

    let server = if place.starts_with("import-between") {
        // Killed once more, while the half import is taken back.
        let server = home.armed("import-undo");
        server.wait_for_death();
        home.start()
    } else {
        home.start()
    };
    let ended = server.wait_for_job(&job, is_terminal);
    assert_eq!(ended["status"], "complete", "{place}: {ended}");
    assert_eq!(counts(&server, &sheet), (rows as u64 + 1, rows as u64 / 100), "{place}");
    let words = ended["outcome"]["message"].as_str().unwrap();
    assert!(words.starts_with("10,000 records added"), "{place}: {words}");
    assert_eq!(events(&server, &space, "job:completed"), 1, "{place}");
    // The sheet is let go.
    let grace = json!([{ "id": { "value": -1 }, "name": { "value": "Grace" } }]);
    server.post(&format!("/v1/sheets/{sheet}/records"), grace);
}

/// A worker that slept beyond its lease wakes up beside the one that has its job now.
#[test]
fn an_import_whose_server_was_paused_beyond_its_lease_is_done_once() {
    let rows = 60_000;
    let folder = Folder::new("paused-import");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let file = server.upload(&space, &environment, "people.txt", &csv(rows));
    let job = start_import(&server, &sheet, &file);
    until("the first record", || counts(&server, &sheet).0 > 0);
    server.pause();
    std::thread::sleep(std::time::Duration::from_millis(3_500));
    server.wake();
    let ended = server.wait_for_job(&job, is_terminal);
    assert_eq!(ended["status"], "complete", "{ended}");
    assert_eq!(counts(&server, &sheet), (rows as u64, rows as u64 / 100));
    assert_eq!(events(&server, &space, "job:completed"), 1);
}
