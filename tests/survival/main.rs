//! The real program is killed in the middle of its work, and started again on the same data: every job
//! ends or goes on, and nothing is lost or doubled.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "util/process.rs"]
mod process;

use process::{Folder, Server};
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
    let dialect = json!({ "encoding": "UTF-8", "certain": true, "separator": 44, "quote": 34, "terminator": 10, "headerRow": 0 });
    let config = json!({ "fileId": file, "mapping": ["id", "name", "note"], "dialect": dialect });
    let job = json!({ "type": "sheet", "operation": "import", "source": sheet, "trigger": "immediate", "config": config });
    server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string()
}

fn counts(server: &Server, sheet: &str) -> (u64, u64) {
    let counts = server.get(&format!("/v1/sheets/{sheet}/counts"))["counts"].clone();
    (counts["total"].as_u64().unwrap(), counts["error"].as_u64().unwrap())
}

#[test]
fn an_import_that_is_killed_is_done_once_after_the_restart() {
    let rows = 100_000;
    let folder = Folder::new("killed-import");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let file = server.upload(&space, &environment, "people.csv", &csv(rows));
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
    let file = server.upload(&space, &environment, "people.csv", &csv(200_000));
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
    let file = server.upload(&space, &environment, "people.csv", &csv(200_000));
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

#[test]
fn a_submit_that_is_killed_ends_after_the_restart() {
    let folder = Folder::new("killed-submit");
    let server = Server::start(&folder.0, None);
    let spaces = server.get("/v1/spaces");
    let space = spaces.as_array().unwrap().iter().find(|space| space["name"] == "Demo").unwrap();
    let workbook =
        server.get(&format!("/v1/workbooks?spaceId={}", space["id"].as_str().unwrap()))[0]["id"].clone();
    let job = server.post(
        "/v1/jobs",
        json!({ "type": "workbook", "operation": "submitAction", "source": workbook, "trigger": "immediate" }),
    );
    let id = job["id"].as_str().unwrap().to_string();
    server.wait_for_job(&id, |job| job["status"] == "executing");
    server.kill();

    let server = Server::start(&folder.0, None);
    let ended = server.wait_for_job(&id, is_terminal);
    assert_eq!(ended["status"], "complete", "{ended}");
    let files = ended["outcome"]["next"]["files"].as_array().unwrap();
    assert_eq!(files.len(), 1);
    let (status, bytes) =
        server.raw("GET", &format!("/v1/files/{}/download", files[0]["fileId"].as_str().unwrap()), "", b"");
    assert_eq!((status, String::from_utf8(bytes).unwrap().lines().count()), (200, 13));
    let exported = server.get(&format!("/v1/files?spaceId={}&mode=export", space["id"].as_str().unwrap()));
    assert!(exported.as_array().unwrap().len() <= 2, "{exported}");
}

#[test]
fn an_action_that_nobody_handles_ends_in_words() {
    let folder = Folder::new("nobody");
    let server = Server::start(&folder.0, None);
    let (_, _, workbook, _) = space_with_sheet(&server);
    let job =
        json!({ "type": "workbook", "operation": "submit", "source": workbook, "trigger": "immediate" });
    let id = server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string();
    let ended = server.wait_for_job(&id, is_terminal);
    assert_eq!(ended["status"], "failed");
    let message = ended["outcome"]["message"].as_str().unwrap();
    assert!(message.starts_with("Nothing answered “workbook:submit” within 3 seconds."), "{message}");
}

#[test]
fn a_file_that_cannot_be_read_fails_in_words_and_leaves_nothing() {
    let cases: [(&str, &[u8], &str); 3] = [
        ("quote.csv", b"id,name,note\n1,Ada,x\n2,\"Grace,y\n3,Joan,z\n", "line 3"),
        ("empty.csv", b"", "the file is empty"),
        ("cut.csv", b"id,n\n\"", "line 2"),
    ];
    let folder = Folder::new("unreadable");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    for (name, bytes, words) in cases {
        let file = server.upload(&space, &environment, name, bytes);
        let ended = server.wait_for_job(&start_import(&server, &sheet, &file), is_terminal);
        assert_eq!(ended["status"], "failed", "{name}: {ended}");
        assert!(ended["outcome"]["message"].as_str().unwrap().contains(words), "{name}: {ended}");
        assert_eq!(counts(&server, &sheet), (0, 0), "{name}");
    }
}

#[test]
fn a_second_server_on_the_same_data_is_refused_by_name() {
    let folder = Folder::new("twice");
    let _server = Server::start(&folder.0, None);
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_inlet"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(&folder.0)
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another Inlet"), "{second:?}");
}

#[test]
fn a_server_that_others_can_reach_needs_a_password() {
    let folder = Folder::new("reachable");
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_inlet"))
        .args(["--listen", "0.0.0.0:0", "--data"])
        .arg(&folder.0)
        .env_remove("INLET_ADMIN_PASSWORD")
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("INLET_ADMIN_PASSWORD"), "{refused:?}");
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
    let file = server.upload(&space, &environment, "large.csv", &bytes);
    let job = start_import(&server, &sheet, &file);
    let begun = std::time::Instant::now();
    while !is_terminal(&server.get(&format!("/v1/jobs/{job}"))) {
        assert!(begun.elapsed().as_secs() < 600);
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(counts(&server, &sheet), (3_000_000, 30_000));
}
