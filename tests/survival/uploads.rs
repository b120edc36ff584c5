//! Uploads that are killed: a file that is listed is whole, and one that is not is nowhere.

use std::time::{Duration, SystemTime};

use super::process::{Folder, Server};
use super::{space_with_sheet, until};

#[test]
fn an_upload_that_is_killed_before_its_row_is_not_listed() {
    let folder = Folder::new("killed-upload");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, _) = space_with_sheet(&server);
    let kept = server.upload(&space, &environment, "kept.csv", b"a,b\n1,2\n");
    server.kill();
    let server = Server::armed(&folder.0, "file-synced");
    assert!(server.try_upload(&space, &environment, "lost.csv", b"a,b\n3,4\n").is_none());
    server.wait_for_death();

    let server = Server::start(&folder.0, None);
    let listed = server.get(&format!("/v1/files?spaceId={space}"));
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["kept.csv"]);
    let (status, bytes) = server.raw("GET", &format!("/v1/files/{kept}/download"), "", b"");
    assert_eq!((status, bytes.as_slice()), (200, &b"a,b\n1,2\n"[..]));
    server.upload(&space, &environment, "again.csv", b"a,b\n3,4\n");

    // Its bytes are young enough to get their row; later they are thrown away.
    let files = folder.0.join("files");
    let bytes = || std::fs::read_dir(&files).unwrap().map(|entry| entry.unwrap().path());
    let before = bytes().count();
    server.kill();
    for path in bytes() {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(3_700)).unwrap();
    }
    let server = Server::start(&folder.0, None);
    until("the end of the bytes without a file", || bytes().count() == before - 1);
    let (status, _) = server.raw("GET", &format!("/v1/files/{kept}/download"), "", b"");
    assert_eq!(status, 200);
}
