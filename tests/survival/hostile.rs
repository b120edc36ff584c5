//! Broken files through the front door: each ends with words of its own, and the server goes on.

use super::process::{Folder, Server};
use super::{counts, is_terminal, space_with_sheet, start_import};

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
