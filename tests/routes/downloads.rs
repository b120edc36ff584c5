use std::io::Read;

use inlet::domain::export::ExportFormat;
use inlet::domain::query::RecordQuery;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::files::upload;
use crate::fixtures::{Contacts, contacts, ended, insert, row, text};
use crate::{Answer, TestApp, on_each_database};

async fn download(app: &TestApp, made: &Contacts, query: &str) -> Answer {
    let answer = app.get(&format!("/v1/sheets/{}/download?{query}", made.sheet)).await;
    assert_eq!(answer.status, 200, "{query}: {}", String::from_utf8_lossy(&answer.bytes));
    answer
}

async fn downloaded(app: &TestApp, made: &Contacts, query: &str) -> String {
    String::from_utf8(download(app, made, query).await.bytes).unwrap()
}

#[tokio::test]
async fn a_sheet_is_downloaded_in_every_form_of_text() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people = [
            json!({ "name": "=1+1", "age": -36, "email": "a\"b@x" }),
            json!({ "name": null, "age": "old", "email": "é, f\n" }),
        ];
        insert(&app, &made.sheet, &people).await;
        for (format, expected) in [
            ("", "\u{FEFF}Name,Age,Email\r\n'=1+1,-36,\"a\"\"b@x\"\r\n,old,\"é, f\n\"\r\n"),
            ("format=csv-raw", "Name,Age,Email\n=1+1,-36,\"a\"\"b@x\"\n,old,\"é, f\n\"\n"),
            ("format=tsv", "Name\tAge\tEmail\n=1+1\t-36\t\"a\"\"b@x\"\n\told\t\"é, f\n\"\n"),
            (
                "format=jsonl",
                "{\"name\":\"=1+1\",\"age\":-36,\"email\":\"a\\\"b@x\"}\n{\"name\":null,\"age\":\"old\",\"email\":\"é, f\\n\"}\n",
            ),
        ] {
            assert_eq!(downloaded(&app, &made, format).await, expected, "{format}");
        }
        let array: Value = serde_json::from_str(&downloaded(&app, &made, "format=json").await).unwrap();
        assert_eq!(array, json!(people));
        let answer = download(&app, &made, "format=tsv").await;
        assert_eq!(answer.headers["content-type"], "text/tab-separated-values; charset=utf-8");
        let name = "attachment; filename=\"Contacts.tsv\"; filename*=UTF-8''Contacts.tsv";
        assert_eq!(answer.headers["content-disposition"], name);
        let path = format!("/v1/sheets/{}/download", made.sheet);
        assert!(app.get(&format!("{path}?format=pdf")).await.refused(400).contains("csv-raw"));
        app.get("/v1/sheets/us_sh_0000000000000000000000/download").await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_download_is_of_the_view_or_the_selection() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people: Vec<Value> =
            (0..9).map(|age| json!({ "name": format!("n{age}"), "age": 9 - age })).collect();
        let ids = insert(&app, &made.sheet, &people).await;
        let names = async |query: &str| -> Vec<String> {
            let lines = downloaded(&app, &made, &format!("format=jsonl&{query}")).await;
            lines.lines().map(|line| text(&serde_json::from_str(line).unwrap(), "name")).collect()
        };
        assert_eq!(names("sortField=age").await[..2], ["n8", "n7"]);
        assert_eq!(names("searchValue=n4").await, ["n4"]);
        assert_eq!(names(&format!("ids={},{}", ids[1], ids[6])).await, ["n1", "n6"]);
        assert!(names("filter=error").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_first_bytes_come_before_the_second_segment_is_read() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people: Vec<Value> = (0..9_000).map(|age| json!({ "name": "n", "age": age })).collect();
        insert(&app, &made.sheet, &people).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let (id, query) = (made.sheet.parse().unwrap(), RecordQuery::default());
        let mut export = app.service.export(&actor, &id, query, ExportFormat::Csv).await.unwrap();
        let mut bytes = export.next(&app.service).await.unwrap().unwrap();
        assert!(bytes.len() > 10_000);
        let (total, done) = export.progress();
        assert!(total == 9_000 && done <= 4_096, "{done} of {total}");
        while let Some(more) = export.next(&app.service).await.unwrap() {
            bytes.extend(more);
        }
        assert!(bytes == download(&app, &made, "").await.bytes);
    })
    .await;
}

/// One file of a ZIP archive.
fn unzipped(archive: &[u8], wanted: &str) -> String {
    let number = |at: usize, bytes: usize| {
        archive[at..at + bytes].iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
    };
    let end = archive.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
    let mut entry = number(end + 16, 4);
    loop {
        assert_eq!(&archive[entry..entry + 4], b"PK\x01\x02", "{wanted} is not in the archive");
        let (name, extra, comment) = (number(entry + 28, 2), number(entry + 30, 2), number(entry + 32, 2));
        if &archive[entry + 46..entry + 46 + name] == wanted.as_bytes() {
            break;
        }
        entry += 46 + name + extra + comment;
    }
    let (size, local) = (number(entry + 20, 4), number(entry + 42, 4));
    let data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&archive[data..data + size]).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_sheet_of_excel_has_typed_cells_and_says_what_is_wrong() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "=A<1>", "age": "1,200" }), json!({ "age": "old" })])
            .await;
        let answer = download(&app, &made, "format=xlsx").await;
        assert!(answer.headers["content-disposition"].to_str().unwrap().contains("Contacts.xlsx"));
        let sheet = unzipped(&answer.bytes, "xl/worksheets/sheet1.xml");
        for cell in ["<t>Name</t>", "<t>=A&lt;1&gt;</t>", "<c r=\"B2\"><v>1200</v></c>", "<t>old</t>"] {
            assert!(sheet.contains(cell), "{cell} in {sheet}");
        }
        let notes = unzipped(&answer.bytes, "xl/comments1.xml");
        assert!(notes.contains("ref=\"A3\"") && notes.contains("ref=\"B3\""), "{notes}");
        assert!(unzipped(&answer.bytes, "xl/styles.xml").contains("FFFFC7CE"));
        let long = "x".repeat(32_768);
        insert(&app, &made.sheet, &[json!({ "name": long })]).await;
        let refusal = app.get(&format!("/v1/sheets/{}/download?format=xlsx", made.sheet)).await.refused(400);
        assert!(refusal.starts_with("record 3, Name:"), "{refusal}");
    })
    .await;
}

async fn done(app: &TestApp, job: Value) -> Value {
    let job = ended(app, &text(&app.post("/v1/jobs", job).await.data(), "id")).await;
    assert_eq!(job["status"], json!("complete"), "{job}");
    job
}

fn texts() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        3 => "[ ,;\t|\"'=+@\r\na\u{e9}\u{feff}-]{1,6}".prop_map(Some),
        1 => "['=]{1,3}\\PC{0,8}".prop_map(Some),
        1 => "\\PC{1,12}".prop_map(Some),
    ]
}

#[tokio::test]
async fn what_is_exported_is_imported_again_as_it_was() {
    on_each_database(async |app: TestApp| {
        let (from, to, guarded) = (contacts(&app).await, contacts(&app).await, contacts(&app).await);
        let mut runner = TestRunner::deterministic();
        let record = (texts(), texts(), texts());
        let rows: Vec<Value> = (0..300)
            .map(|_| record.new_tree(&mut runner).unwrap().current())
            .filter(|(name, age, email)| name.is_some() || age.is_some() || email.is_some())
            .map(|(name, age, email)| row(&json!({ "name": name, "age": age, "email": email })))
            .collect();
        app.post(&format!("/v1/sheets/{}/records", from.sheet), Value::from(rows)).await.data();
        let expected = downloaded(&app, &from, "format=json").await;
        for (format, separator, terminator, exact, target) in
            [("csv-raw", 44, 10, true, &to), ("csv", 44, 10, false, &guarded)]
        {
            let config = json!({ "format": format });
            let job = done(&app, json!({ "type": "sheet", "operation": "export", "source": from.sheet,
                "trigger": "immediate", "config": config }))
            .await;
            let file = text(&job["outcome"]["next"]["files"][0], "fileId");
            let bytes = app.get(&format!("/v1/files/{file}/download")).await.bytes;
            let csv = String::from_utf8(bytes).unwrap();
            assert!(csv == downloaded(&app, &from, &format!("format={format}")).await);
            let parts = [("spaceId", target.space.as_str()), ("environmentId", &app.environment_id), ("file", &csv)];
            let file = text(&upload(&app, &parts).await.data(), "id");
            let dialect = json!({ "encoding": "UTF-8", "certain": true, "separator": separator, "quote": 34,
                "terminator": terminator, "headerRow": 0 });
            let config = json!({ "fileId": file, "mapping": ["name", "age", "email"], "dialect": dialect, "exact": exact });
            done(&app, json!({ "type": "sheet", "operation": "import", "source": target.sheet,
                "trigger": "immediate", "config": config }))
            .await;
            let found = downloaded(&app, target, "format=json").await;
            for (expected, found) in expected.lines().zip(found.lines()) {
                assert_eq!(expected, found, "{format}");
            }
            assert_eq!(expected.len(), found.len(), "{format}");
        }
    })
    .await;
}
