//! Jobs whose worker dies, and jobs that nobody answers.

use serde_json::json;

use super::process::{Folder, Server};
use super::{is_terminal, space_with_sheet};

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
