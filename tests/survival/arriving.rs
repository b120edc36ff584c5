//! Imports that run while their file arrives: the first records are there early, and a file that never becomes
//! whole leaves nothing.

use serde_json::json;

use super::process::{ArrivingUpload, Folder, Server};
use super::{counts, csv, is_terminal, space_with_sheet, until};

/// A server that has a tenth of a file of 200,000 records, and shows some of them.
fn with_a_tenth(folder: &Folder) -> (Server, String, String, ArrivingUpload) {
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let mut upload = server.begin_upload(&space, &environment, &sheet, &csv(200_000));
    upload.send(10);
    until("the first record", || counts(&server, &sheet).0 > 0);
    (server, space, sheet, upload)
}

fn import_of(server: &Server, space: &str) -> String {
    let jobs = server.get(&format!("/v1/jobs?spaceId={space}"));
    jobs[0]["id"].as_str().unwrap().to_string()
}

#[test]
fn the_first_records_are_there_before_a_tenth_of_the_file() {
    let folder = Folder::new("arriving");
    let (server, space, sheet, upload) = with_a_tenth(&folder);
    assert!(counts(&server, &sheet).0 < 20_000);
    let file = upload.finish();
    let ended = server.wait_for_job(&import_of(&server, &space), is_terminal);
    assert_eq!(ended["status"], "complete", "{ended}");
    assert_eq!(counts(&server, &sheet), (200_000, 2_000));
    assert_eq!(server.get(&format!("/v1/files/{file}"))["sheetId"], json!(sheet));
}

#[test]
fn an_upload_that_breaks_off_takes_its_import_back() {
    let folder = Folder::new("broken-off");
    let (server, space, sheet, upload) = with_a_tenth(&folder);
    drop(upload);
    let ended = server.wait_for_job(&import_of(&server, &space), is_terminal);
    assert_eq!(ended["status"], "failed", "{ended}");
    let words = ended["outcome"]["message"].as_str().unwrap();
    assert!(words.contains("the upload broke off"), "{words}");
    assert_eq!(counts(&server, &sheet), (0, 0));
    assert_eq!(server.get(&format!("/v1/files?spaceId={space}")), json!([]));
}

#[test]
fn a_server_that_is_killed_while_a_file_arrives_takes_its_import_back() {
    let folder = Folder::new("killed-arriving");
    let (server, space, sheet, _upload) = with_a_tenth(&folder);
    let job = import_of(&server, &space);
    server.kill();
    let server = Server::start(&folder.0, None);
    let ended = server.wait_for_job(&job, is_terminal);
    assert_eq!(ended["status"], "failed", "{ended}");
    assert!(ended["outcome"]["message"].as_str().unwrap().contains("upload the file again"), "{ended}");
    until("the empty sheet", || counts(&server, &sheet) == (0, 0));
}

#[test]
fn a_file_whose_columns_do_not_match_waits_to_be_asked_about() {
    let folder = Folder::new("asked");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    server.begin_upload(&space, &environment, &sheet, b"id,name,shoe size\n1,Ada,38\n").finish();
    assert_eq!(server.get(&format!("/v1/jobs?spaceId={space}")), json!([]));
    assert_eq!(counts(&server, &sheet), (0, 0));
}
