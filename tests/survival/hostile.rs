//! Broken files through the front door: each ends with words of its own within ten seconds, in little
//! memory, and the server goes on.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::process::{Folder, Server};
use super::{counts, import_job, is_terminal, records, space_with_sheet, start_import};

const MIB: usize = 1 << 20;

/// What is fed, and how the job must end: the status, and words of its outcome.
fn broken() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let head = "id,name,note\n1,Ada,x\n";
    let with = |rest: &str| format!("{head}{rest}").into_bytes();
    let long = |length: usize| "x".repeat(length);
    vec![
        ("nothing", Vec::new(), "failed", "the file is empty"),
        ("a mark alone", b"\xEF\xBB\xBF".to_vec(), "failed", "the file is empty"),
        ("lines alone", "\n".repeat(MIB).into_bytes(), "failed", "the file is empty"),
        ("a megabyte of NUL", vec![0; MIB], "failed", "the file is empty"),
        ("a cut quote", b"id,n\n\"".to_vec(), "failed", "line 2, column 1: the quote that opens here"),
        (
            "a quote before another",
            with("2,\"Grace,y\n3,Joan,\"z\"\n"),
            "failed",
            "line 3, column 2: the quote that opens here",
        ),
        (
            "a quote that never closes",
            with(&format!("2,\"{}", "Grace,y\n3,Joan,z\n".repeat(200_000))),
            "failed",
            "line 3, column 2: the quote that opens here is never closed",
        ),
        (
            "a line of 64 MiB",
            with(&long(64 * MIB)),
            "failed",
            "line 3, column 1: the value is longer than 1048576 bytes",
        ),
        (
            "a quoted cell of 64 MiB",
            with(&format!("\"{}\",x,y\n", long(64 * MIB))),
            "failed",
            "line 3, column 1: the quote that opens here is never closed",
        ),
        (
            "a row of 66 MiB",
            with(&format!("2{}\n", format!(",{}", long(MIB)).repeat(66))),
            "failed",
            "line 3: the row is longer than 67108864 bytes",
        ),
        (
            "a million columns",
            format!("id{}\n1,2,3\n", ",x".repeat(1_000_000)).into_bytes(),
            "failed",
            "line 1: the row has more than 16384 columns",
        ),
        (
            "a million cells in a row",
            with(&",".repeat(1_000_000)),
            "failed",
            "line 3: the row has more than 16384 columns",
        ),
        (
            "a picture",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01".to_vec(),
            "failed",
            "this is a picture, not a CSV file",
        ),
        ("random bytes", noise(MIB), "complete", "no text in the encoding"),
        (
            "invalid text in the last row",
            [&with("")[..], b"2,\xFF,z\n"].concat(),
            "complete",
            "each became \u{FFFD}: 1 (line 3)",
        ),
        ("rows of all lengths", with("2\n3,a,b,c,d\n"), "complete", "Rows with fewer cells than the header"),
        ("carriage returns alone", b"id,name,note\r1,a,b\r".to_vec(), "complete", "0 records added"),
    ]
}

/// Bytes without a pattern, and without the quotes and separators that would make them a table.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(|_| next()).map(|byte| if b"\",\n".contains(&byte) { b'\n' } else { byte }).collect()
}

#[test]
fn a_broken_file_ends_in_words_of_its_own_and_the_server_goes_on() {
    let folder = Folder::new("broken");
    let server = Server::start(&folder.0, None);
    let (environment, space, workbook, _) = space_with_sheet(&server);
    let before = server.peak_memory();
    for (number, (name, bytes, status, words)) in broken().into_iter().enumerate() {
        let sheet = another_sheet(&server, &workbook, &format!("sheet-{number}"), &["id", "name", "note"]);
        let begun = Instant::now();
        let file = server.upload(&space, &environment, "broken.txt", &bytes);
        let ended = server.wait_for_job(&start_import(&server, &sheet, &file), is_terminal);
        assert!(begun.elapsed() < Duration::from_secs(10), "{name}: {:?}", begun.elapsed());
        assert_eq!(ended["status"], status, "{name}: {ended}");
        let message = ended["outcome"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{name}: {message}");
        if status == "failed" {
            assert_eq!(counts(&server, &sheet), (0, 0), "{name}");
        }
        let grown = (server.peak_memory() - before) >> 20;
        assert!(grown < 384, "{name}: the server has grown by {grown} MiB");
        let ada = json!([{ "id": { "value": -1 }, "name": { "value": "Ada" } }]);
        server.post(&format!("/v1/sheets/{sheet}/records"), ada);
    }
}

/// Adds a sheet of texts to a workbook.
fn another_sheet(server: &Server, workbook: &str, slug: &str, keys: &[&str]) -> String {
    let fields: Vec<Value> = keys.iter().map(|key| json!({ "key": key, "type": "string" })).collect();
    let change = json!({ "sheets": [{ "name": slug, "slug": slug, "fields": fields }] }).to_string();
    let path = format!("/v1/workbooks/{workbook}");
    let (status, answer) = server.send("PATCH", &path, "application/json", change.as_bytes());
    assert_eq!(status, 200, "{answer}");
    let sheets = answer["data"]["sheets"].as_array().unwrap();
    let sheet = sheets.iter().find(|sheet| sheet["slug"] == slug);
    sheet.unwrap()["id"].as_str().unwrap().to_string()
}

#[test]
fn jobs_that_cannot_be_done_end_in_words() {
    let folder = Folder::new("impossible");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let file = server.upload(&space, &environment, "people.txt", b"id,name,note\n1,Ada,x\n");
    let gone = server.upload(&space, &environment, "gone.txt", b"id,name,note\n1,Ada,x\n");
    std::fs::remove_file(folder.0.join("files").join(&gone)).unwrap();
    let changed = |member: &str, value: Value| {
        let mut job = import_job(&sheet, &file);
        job["config"][member] = value;
        job
    };
    let mut klingon = import_job(&sheet, &file);
    klingon["config"]["dialect"]["encoding"] = json!("klingon");
    for (job, words) in [
        (changed("fileId", json!(gone)), "are gone: upload the file again"),
        (changed("fileId", json!("nobody")), "fileId"),
        (changed("mapping", json!("id")), "mapping"),
        (klingon, "`klingon` is not an encoding"),
    ] {
        let id = server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string();
        let ended = server.wait_for_job(&id, is_terminal);
        let message = ended["outcome"]["message"].as_str().unwrap();
        assert!(ended["status"] == "failed" && message.contains(words), "{ended}");
        assert_eq!(counts(&server, &sheet), (0, 0));
    }
    let ended = server.wait_for_job(&start_import(&server, &sheet, &file), is_terminal);
    assert_eq!(ended["status"], "complete", "{ended}");
}

#[test]
fn the_widest_file_with_the_largest_cell_is_imported() {
    let folder = Folder::new("widest");
    let server = Server::start(&folder.0, None);
    let (environment, space, workbook, _) = space_with_sheet(&server);
    let keys: Vec<String> = (0..16_384).map(|number| format!("f{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let wide = another_sheet(&server, &workbook, "wide", &keys);
    let large = "x".repeat(MIB);
    let text = format!("{0}\n{0}\n{large}{1}\n", keys.join(","), ",y".repeat(16_383));
    let file = server.upload(&space, &environment, "wide.txt", text.as_bytes());
    let mut job = import_job(&wide, &file);
    job["config"]["mapping"] = json!(keys);
    let id = server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string();
    let ended = server.wait_for_job(&id, is_terminal);
    assert_eq!(ended["status"], "complete", "{ended}");
    let found = server.get(&format!("/v1/sheets/{wide}/records?fields=f0,f16383"))["records"].take();
    assert_eq!(found[0]["values"]["f16383"]["value"], "f16383");
    assert_eq!(found[1]["values"]["f0"]["value"].as_str().unwrap().len(), MIB);
    assert_eq!(found[1]["values"]["f16383"]["value"], "y");
}

#[test]
fn a_cell_of_a_file_that_lost_a_character_says_so() {
    let folder = Folder::new("nul");
    let server = Server::start(&folder.0, None);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let bytes = b"id,name,note\n1,A\0da,x\n2,\"Gr\0ace\",y\n3,Joan,z\n";
    let file = server.upload(&space, &environment, "nul.txt", bytes);
    let ended = server.wait_for_job(&start_import(&server, &sheet, &file), is_terminal);
    assert!(ended["outcome"]["message"].as_str().unwrap().contains("NUL characters"), "{ended}");
    let found = records(&server, &sheet);
    let names: Vec<&str> = found.iter().map(|(_, cells)| cells["name"].as_str()).collect();
    assert_eq!(names, ["Ada", "Grace", "Joan"]);
    let found = server.get(&format!("/v1/sheets/{sheet}/records"));
    for (row, flagged) in [(0, true), (1, true), (2, false)] {
        let messages = found["records"][row]["values"]["name"]["messages"].to_string();
        assert_eq!(messages.contains("A character that cannot be stored was removed"), flagged, "{messages}");
    }
}

/// What an operator sets holds for files, too, each with its own words.
#[test]
fn the_limits_of_the_operator_hold_for_files() {
    let folder = Folder::new("limits");
    // The demo is larger than these limits.
    Server::start(&folder.0, None).kill();
    let server = Server::start_with(
        &folder.0,
        &[
            ("INLET_MAX_COLUMNS", "4"),
            ("INLET_MAX_ROWS", "5"),
            ("INLET_MAX_CELL", "100"),
            ("INLET_MAX_ROW", "150"),
            ("INLET_MAX_FILE", "2KiB"),
            ("INLET_MAX_BODY", "1MiB"),
        ],
    );
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let path = format!("/v1/sheets/{sheet}/records");
    server.post(&path, json!([{ "id": { "value": -1 }, "name": { "value": "Ada" } }]));
    let long = |length: usize| "x".repeat(length);
    for (text, words) in [
        ("id,name,note\n1,2,3,4,5\n".to_string(), "line 2: the row has more than 4 columns"),
        (
            format!("id,name,note\n1,{},x\n", long(101)),
            "line 2, column 2: the value is longer than 100 bytes",
        ),
        (format!("id,name,note\n1,{0},{0}\n", long(90)), "line 2: the row is longer than 150 bytes"),
        (format!("id,name,note\n{}", "1,a,b\n".repeat(6)), "the file has more than 5 rows"),
        (format!("id,name,note\n{}", "1,a,b\n".repeat(5)), "a sheet has at most 5 records"),
    ] {
        let file = server.upload(&space, &environment, "large.txt", text.as_bytes());
        let ended = server.wait_for_job(&start_import(&server, &sheet, &file), is_terminal);
        let message = ended["outcome"]["message"].as_str().unwrap();
        assert!(ended["status"] == "failed" && message.contains(words), "{words}: {ended}");
        assert_eq!(counts(&server, &sheet).0, 1, "{words}");
    }
    let (status, answer) = server.try_upload(&space, &environment, "large.txt", &[b'x'; 2_049]).unwrap();
    assert_eq!(status, 413, "{answer}");
    assert!(answer.to_string().contains("larger than 2048 bytes"), "{answer}");
}
