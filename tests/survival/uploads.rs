//! Uploads that are killed: a file that is listed is whole, and one that is not is nowhere.

use super::process::{Folder, Server};
use super::space_with_sheet;

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
}
