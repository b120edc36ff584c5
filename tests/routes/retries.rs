//! A job of the server's own that has ended is retried: it does its work once more. A worker that takes a run over
//! after a crash does not.

use inlet::domain::access::{Actor, Role};
use inlet::domain::ids::{Id, JobId, SheetId};
use inlet::jobs::kinds::KINDS;
use inlet::jobs::work::Work;
use inlet::service::authentication::actor_of_user;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::files::upload;
use crate::fixtures::{Contacts, contacts, ended, insert, text};
use crate::{TestApp, on_each_database};

/// A job as it is made by a program; gives its id.
async fn make(app: &TestApp, source: &str, operation: &str, config: Value) -> String {
    let kind = if operation == "delete-records" { "workbook" } else { "sheet" };
    let job = json!({ "type": kind, "operation": operation, "source": source, "trigger": "immediate",
        "config": config });
    text(&app.post("/v1/jobs", job).await.data(), "id")
}

/// What a job says at its end.
async fn words(app: &TestApp, job: &str) -> String {
    let job = ended(app, job).await;
    assert_eq!(job["status"], "complete", "{job}");
    text(&job["outcome"], "message")
}

async fn retry(app: &TestApp, job: &str) {
    app.post(&format!("/v1/jobs/{job}/retry"), json!({})).await.data();
}

async fn retried(app: &TestApp, job: &str) -> String {
    retry(app, job).await;
    words(app, job).await
}

async fn names(app: &TestApp, sheet: &str) -> Vec<String> {
    let records = app.get(&format!("/v1/sheets/{sheet}/records")).await.data();
    let records = records["records"].as_array().unwrap();
    records.iter().map(|record| text(&record["values"]["name"], "value")).collect()
}

async fn labels(app: &TestApp, sheet: &str) -> Vec<String> {
    let sheet = app.get(&format!("/v1/sheets/{sheet}")).await.data();
    sheet["config"]["fields"].as_array().unwrap().iter().map(|field| text(field, "label")).collect()
}

async fn person(app: &TestApp) -> Actor {
    actor_of_user(&app.service.sign_in_local().await.unwrap().user)
}

async fn undo(app: &TestApp, job: &str) {
    app.service.undo_job(&person(app).await, &JobId::parse(job).unwrap()).await.unwrap();
}

async fn people(app: &TestApp, names: &[&str]) -> Contacts {
    let made = contacts(app).await;
    more(app, &made.sheet, names).await;
    made
}

async fn more(app: &TestApp, sheet: &str, names: &[&str]) {
    let rows: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    insert(app, sheet, &rows).await;
}

#[tokio::test]
async fn what_is_sought_is_replaced_once_more() {
    on_each_database(async |app: TestApp| {
        let made = people(&app, &["Ann", "Bob"]).await;
        let config = json!({ "fieldKey": "name", "find": "Ann", "replace": "Eve" });
        let job = make(&app, &made.sheet, "find-replace", config).await;
        assert_eq!(words(&app, &job).await, "1 record changed in Contacts");
        more(&app, &made.sheet, &["Ann", "Ann"]).await;
        assert_eq!(retried(&app, &job).await, "2 records changed in Contacts");
        assert_eq!(names(&app, &made.sheet).await, ["Eve", "Bob", "Eve", "Eve"]);
        // The sheet was kept before each run, and what the last one did is taken back.
        let path = format!("/v1/snapshots?sheetId={}", made.sheet);
        assert_eq!(app.get(&path).await.data().as_array().unwrap().len(), 2);
        undo(&app, &job).await;
        assert_eq!(names(&app, &made.sheet).await, ["Eve", "Bob", "Ann", "Ann"]);
        assert_eq!(retried(&app, &job).await, "2 records changed in Contacts");
        assert_eq!(names(&app, &made.sheet).await, ["Eve", "Bob", "Eve", "Eve"]);
    })
    .await;
}

#[tokio::test]
async fn records_are_deleted_once_more() {
    on_each_database(async |app: TestApp| {
        let made = people(&app, &["Ann", "Bob"]).await;
        let config = json!({ "sheet": made.sheet, "q": "name eq Ann" });
        let job = make(&app, &made.workbook, "delete-records", config).await;
        assert_eq!(words(&app, &job).await, "1 record deleted from Contacts");
        more(&app, &made.sheet, &["Ann", "Ann"]).await;
        assert_eq!(retried(&app, &job).await, "2 records deleted from Contacts");
        assert_eq!(names(&app, &made.sheet).await, ["Bob"]);
        undo(&app, &job).await;
        assert_eq!(names(&app, &made.sheet).await, ["Bob", "Ann", "Ann"]);
    })
    .await;
}

#[tokio::test]
async fn duplicates_are_removed_once_more() {
    on_each_database(async |app: TestApp| {
        let made = people(&app, &["Ann", "Bob", "Ann"]).await;
        let job = make(&app, &made.sheet, "remove-duplicates", json!({ "fields": ["name"] })).await;
        assert_eq!(words(&app, &job).await, "1 duplicate removed from Contacts");
        more(&app, &made.sheet, &["Bob", "Ann"]).await;
        assert_eq!(retried(&app, &job).await, "2 duplicates removed from Contacts");
        assert_eq!(names(&app, &made.sheet).await, ["Ann", "Bob"]);
        undo(&app, &job).await;
        assert_eq!(names(&app, &made.sheet).await, ["Ann", "Bob", "Bob", "Ann"]);
        retried(&app, &job).await;
        assert_eq!(retried(&app, &job).await, "Contacts has no duplicates");
    })
    .await;
}

#[tokio::test]
async fn records_are_copied_once_more_and_the_last_copies_go() {
    on_each_database(async |app: TestApp| {
        let made = people(&app, &["Ann"]).await;
        let copies =
            json!({ "name": "Copies", "slug": "copies", "fields": [{ "key": "name", "type": "string" }] });
        let path = format!("/v1/workbooks/{}", made.workbook);
        let workbook = app.patch(&path, json!({ "sheets": [copies] })).await.data();
        let copies = text(&workbook["sheets"][1], "id");
        let job = make(&app, &made.sheet, "copy-records", json!({ "destination": copies })).await;
        words(&app, &job).await;
        let all = retried(&app, &job).await;
        assert!(all.starts_with("1 record copied to Copies"), "{all}");
        assert_eq!(names(&app, &copies).await, ["Ann", "Ann"]);
        undo(&app, &job).await;
        assert_eq!(names(&app, &copies).await, ["Ann"]);
    })
    .await;
}

/// A sheet into which a file of one record was imported, and the job that did it.
async fn imported(app: &TestApp) -> (Contacts, String) {
    let made = contacts(app).await;
    let file = upload(app, &[("spaceId", &made.space), ("file", "Name\nAnn\n")]).await.data();
    let dialect = json!({ "encoding": "UTF-8", "certain": true, "separator": 44, "quote": 34, "terminator": 10,
        "headerRow": 0 });
    let config = json!({ "fileId": file["id"], "mapping": ["name"], "dialect": dialect });
    let job = make(app, &made.sheet, "import", config).await;
    words(app, &job).await;
    (made, job)
}

#[tokio::test]
async fn a_file_is_imported_once_more_and_what_it_brought_last_goes() {
    on_each_database(async |app: TestApp| {
        let (made, job) = imported(&app).await;
        assert_eq!(retried(&app, &job).await, "1 record added.");
        assert_eq!(names(&app, &made.sheet).await, ["Ann", "Ann"]);
        undo(&app, &job).await;
        assert_eq!(names(&app, &made.sheet).await, ["Ann"]);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_cut_off_takes_nothing_back_of_the_run_before() {
    on_each_database(async |app: TestApp| {
        let (made, job) = imported(&app).await;
        retry(&app, &job).await;
        let (taken, actor) = app.service.take_jobs("test", 1).await.unwrap().remove(0);
        assert_eq!(taken.id.as_str(), job);
        let sheet = SheetId::parse(&made.sheet).unwrap();
        app.service.begin_import(&actor, &taken, &sheet).await.unwrap();
        app.post(&format!("/v1/jobs/{job}/cancel"), json!({})).await.data();
        // Its server is gone, and the next one looks what was left.
        let system = Actor { role: Role::System, ..person(&app).await };
        app.service.recover(&system, true).await.unwrap();
        assert_eq!(names(&app, &made.sheet).await, ["Ann"]);
        // The next run begins where one was cut off that nobody has taken back.
        retry(&app, &job).await;
        let (taken, actor) = app.service.take_jobs("test", 1).await.unwrap().remove(0);
        app.service.begin_import(&actor, &taken, &sheet).await.unwrap();
        app.post(&format!("/v1/jobs/{job}/cancel"), json!({})).await.data();
        assert_eq!(retried(&app, &job).await, "1 record added.");
        assert_eq!(names(&app, &made.sheet).await, ["Ann", "Ann"]);
    })
    .await;
}

#[tokio::test]
async fn columns_are_changed_once_more() {
    on_each_database(async |app: TestApp| {
        let Contacts { sheet, .. } = contacts(&app).await;
        let add = make(&app, &sheet, "add-field", json!({ "label": "Size" })).await;
        words(&app, &add).await;
        retried(&app, &add).await;
        assert_eq!(labels(&app, &sheet).await, ["Name", "Age", "Email", "Size", "Size"]);
        undo(&app, &add).await;
        let rename = json!({ "fieldKey": "size", "label": "Shirt" });
        let rename = make(&app, &sheet, "rename-field", rename).await;
        assert_eq!(words(&app, &rename).await, "Size is called Shirt now");
        assert_eq!(retried(&app, &rename).await, "The column is called Shirt already");
        undo(&app, &rename).await;
        let other = make(&app, &sheet, "rename-field", json!({ "fieldKey": "size", "label": "Shoe" })).await;
        words(&app, &other).await;
        assert_eq!(retried(&app, &rename).await, "Shoe is called Shirt now");
        undo(&app, &rename).await;
        let remove = make(&app, &sheet, "remove-field", json!({ "fieldKey": "size" })).await;
        assert_eq!(words(&app, &remove).await, "Shoe is no longer a column of Contacts");
        retry(&app, &remove).await;
        let refused = text(&ended(&app, &remove).await["outcome"], "message");
        assert!(refused.contains("`size` is not the key of a field"), "{refused}");
        undo(&app, &remove).await;
        retried(&app, &remove).await;
        assert_eq!(labels(&app, &sheet).await, ["Name", "Age", "Email"]);
    })
    .await;
}

/// Works on a job to its end, and dies before it says so.
async fn work_and_die(app: &TestApp, job: &str) {
    let (taken, actor) = app.service.take_jobs("test", 1).await.unwrap().remove(0);
    assert_eq!(taken.id.as_str(), job);
    let kind = KINDS.iter().find(|kind| kind.name.1 == taken.operation).unwrap();
    (kind.run)(Work::new(app.service.clone(), actor, taken, CancellationToken::new())).await.unwrap();
    let system = Actor { role: Role::System, ..person(app).await };
    app.service.recover(&system, true).await.unwrap();
}

/// What stands in a sheet, and by how many commits.
async fn stand(app: &TestApp, sheet: &str) -> (Vec<String>, Vec<String>, usize) {
    let commits = app.get(&format!("/v1/sheets/{sheet}/commits")).await.data();
    (names(app, sheet).await, labels(app, sheet).await, commits.as_array().unwrap().len())
}

#[tokio::test]
async fn whoever_takes_a_run_over_knows_what_it_has_done() {
    on_each_database(async |app: TestApp| {
        let made = people(&app, &["Ann", "Bob", "Ann"]).await;
        let (sheet, workbook) = (&made.sheet, &made.workbook);
        for (source, operation, config) in [
            (sheet, "find-replace", json!({ "fieldKey": "name", "find": "Ann", "replace": "Ann Ann" })),
            (sheet, "add-field", json!({ "label": "Size" })),
            (sheet, "remove-duplicates", json!({ "fields": ["name"] })),
            (workbook, "delete-records", json!({ "sheet": sheet, "q": "name like \"Ann%\"" })),
        ] {
            let job = make(&app, source, operation, config).await;
            for run in 0..2 {
                if run > 0 {
                    more(&app, sheet, &["Ann Ann", "Ann Ann"]).await;
                    retry(&app, &job).await;
                }
                let before = stand(&app, sheet).await;
                work_and_die(&app, &job).await;
                let between = stand(&app, sheet).await;
                assert_ne!(before, between, "{operation}, run {run}");
                words(&app, &job).await;
                assert_eq!(stand(&app, sheet).await, between, "{operation}, run {run}");
            }
        }
    })
    .await;
}
