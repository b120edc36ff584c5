//! Files that the server itself makes workbooks of: what there is after, in which order it is told, and when it goes.

use inlet::domain::limits::Limits;
use serde_json::{Value, json};

use crate::files::{upload, upload_as};
use crate::fixtures::{Contacts, contacts, ended, text};
use crate::{TestApp, on_each_database, on_each_database_within};

const CSV: &str = "Full name,age,,Age_1\nAda,36,x,\n,,,\n\"Eve, B\",7,,=1+1\n,,,\n,,,\n";

/// The extractions of a space, the newest first.
async fn extractions(app: &TestApp, space: &str) -> Vec<Value> {
    let jobs = app.get(&format!("/v1/jobs?spaceId={space}")).await.data();
    jobs.as_array().unwrap().iter().filter(|job| job["operation"] == "extract").cloned().collect()
}

/// Uploads a file and waits for its extraction: the file, and the job.
async fn extracted(app: &TestApp, space: &str, name: &str, bytes: &str) -> (Value, Value) {
    let file = upload_as(app, &app.key, name, &[("spaceId", space), ("file", bytes)]).await.data();
    let jobs = extractions(app, space).await;
    let job = jobs.iter().find(|job| job["source"] == file["id"]).expect("a job for the file");
    let job = ended(app, &text(job, "id")).await;
    (app.get(&format!("/v1/files/{}", text(&file, "id"))).await.data(), job)
}

/// The workbooks of a space that were made of files.
async fn workbooks(app: &TestApp, space: &str) -> Vec<Value> {
    let found = app.get(&format!("/v1/workbooks?spaceId={space}&label=file")).await.data();
    found.as_array().unwrap().clone()
}

async fn topics(app: &TestApp, space: &str) -> Vec<Value> {
    let path = format!("/v1/events?spaceId={space}&pageSize=200&includeAcknowledged=true");
    app.get(&path).await.data().as_array().unwrap().clone()
}

/// The texts of the records of the first sheet of a workbook.
async fn values(app: &TestApp, workbook: &Value) -> Vec<Vec<Value>> {
    let sheet = text(&workbook["sheets"][0], "id");
    let found = app.get(&format!("/v1/sheets/{sheet}/records")).await.data()["records"].take();
    let cells = |record: &Value| {
        record["values"].as_object().unwrap().values().map(|cell| cell["value"].clone()).collect()
    };
    found.as_array().unwrap().iter().map(cells).collect()
}

#[tokio::test]
async fn a_file_becomes_a_workbook_and_all_of_it_is_told_in_order() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let before = topics(&app, &made.space).await.len();
        let (file, job) = extracted(&app, &made.space, "People.csv", CSV).await;
        assert_eq!(
            (&job["type"], &job["managed"], &job["status"]),
            (&json!("file"), &json!(true), &json!("complete"))
        );
        assert_eq!(job["config"]["driver"], "csv");
        assert!(text(&job["outcome"], "message").starts_with("2 records added."), "{job}");
        let found = workbooks(&app, &made.space).await;
        let [workbook] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((&file["status"], &file["workbookId"]), (&json!("complete"), &workbook["id"]));
        assert_eq!((&workbook["name"], &workbook["labels"]), (&json!("[file] People.csv"), &json!(["file"])));
        assert_eq!(workbook["treatments"], json!(["EXTRACTED_FROM_SOURCE"]));
        let sheet = &workbook["sheets"][0];
        assert_eq!((&sheet["name"], &sheet["slug"]), (&json!("People"), &json!("people")));
        let fields = sheet["config"]["fields"].as_array().unwrap();
        let keys: Vec<_> = fields.iter().map(|field| (text(field, "key"), text(field, "type"))).collect();
        let expected =
            ["Full name", "age", "Column 3", "Age_1"].map(|key| (key.to_string(), "string".to_string()));
        assert_eq!(keys, expected);
        let rows = [
            vec![json!("Ada"), json!("36"), json!("x"), json!(null)],
            vec![json!("Eve, B"), json!("7"), json!(null), json!("=1+1")],
        ];
        assert_eq!(values(&app, workbook).await, rows);

        let events = topics(&app, &made.space).await.split_off(before);
        let told: Vec<String> = events.iter().map(|event| text(event, "topic")).collect();
        let mut order: Vec<&str> = told
            .iter()
            .map(String::as_str)
            .filter(|topic| !["sheet:counts-updated", "job:updated"].contains(topic))
            .collect();
        order.dedup();
        assert_eq!(
            order,
            [
                "file:created",
                "job:created",
                "job:ready",
                "workbook:created",
                "sheet:created",
                "file:updated",
                "records:created",
                "commit:created",
                "file:updated",
                "job:completed"
            ]
        );
        let of = |topic: &str| events.iter().rfind(|event| event["topic"] == topic).unwrap();
        for topic in ["job:created", "job:ready", "job:updated", "job:completed"] {
            let event = of(topic);
            assert_eq!(event["payload"]["job"], "file:extract", "{event}");
            assert_eq!((&event["context"]["fileId"], &event["context"]["jobId"]), (&file["id"], &job["id"]));
        }
        assert_eq!(
            of("file:updated")["payload"],
            json!({ "status": "complete", "workbookId": workbook["id"] })
        );
        assert_eq!(of("commit:created")["context"]["sheetId"], sheet["id"]);
    })
    .await;
}

#[tokio::test]
async fn only_tables_that_came_in_by_the_api_are_extracted() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let space = ("spaceId", made.space.as_str());
        for (name, parts) in [
            ("people.txt", vec![space, ("file", CSV)]),
            ("people.xlsx", vec![space, ("file", CSV)]),
            ("people", vec![space, ("file", CSV)]),
            ("people.csv", vec![space, ("mode", "export"), ("file", CSV)]),
            ("people.csv", vec![space, ("sheetId", &made.sheet), ("file", CSV)]),
        ] {
            upload_as(&app, &app.key, name, &parts).await.data();
            assert_eq!(extractions(&app, &made.space).await, Vec::<Value>::new(), "{name}");
        }
        for (name, bytes) in
            [("a.TSV", "a,b\tc\n1,2\t3\n"), ("a.psv", "a,b|c\n1,2|3\n"), ("a.Csv", "\"a,b\";c\n\"1,2\";3\n")]
        {
            let (file, job) = extracted(&app, &made.space, name, bytes).await;
            assert_eq!(job["status"], "complete", "{job}");
            let workbook = app.get(&format!("/v1/workbooks/{}", text(&file, "workbookId"))).await.data();
            assert_eq!(workbook["sheets"][0]["config"]["fields"][0]["key"], "a,b", "{name}");
            assert_eq!(values(&app, &workbook).await, [[json!("1,2"), json!("3")]], "{name}");
        }
        // A copy is read as the file itself was.
        let file = text(&extractions(&app, &made.space).await[0], "source");
        app.post(&format!("/v1/files/{file}/clone"), Value::Null).await.data();
        assert_eq!(extractions(&app, &made.space).await.len(), 4);
        // A guest may upload, and so has it read.
        let token = text(&app.get(&format!("/v1/spaces/{}", made.space)).await.data(), "accessToken");
        upload_as(&app, &token, "guest.csv", &[space, ("file", CSV)]).await.data();
        let job = ended(&app, &text(&extractions(&app, &made.space).await[0], "id")).await;
        assert_eq!((&job["status"], &job["createdBy"]), (&json!("complete"), &json!(made.space)));
    })
    .await;
}

#[tokio::test]
async fn the_space_says_where_the_header_is() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({ "name": "S" })).await.data(), "id");
        let extract = async |options: Value| {
            let settings = json!({ "settings": { "extractionOptions": options } });
            app.patch(&format!("/v1/spaces/{space}"), settings).await.data();
            let (file, job) =
                extracted(&app, &space, "a.csv", "Home,,Work\nstreet,city,floor\nb,c,1\n").await;
            let Some(workbook) = file["workbookId"].as_str() else { return (job, Vec::new(), Vec::new()) };
            let workbook = app.get(&format!("/v1/workbooks/{workbook}")).await.data();
            let fields = workbook["sheets"][0]["config"]["fields"].as_array().unwrap().clone();
            let keys: Vec<String> = fields.iter().map(|field| text(field, "key")).collect();
            (job, keys, values(&app, &workbook).await)
        };
        let rows = json!({ "algorithm": "specificRows", "rowNumbers": [0, 1] });
        let (_, keys, found) = extract(rows).await;
        assert_eq!(
            (keys, found),
            (
                ["Home street", "city", "Work floor"].map(String::from).to_vec(),
                vec![vec![json!("b"), json!("c"), json!("1")]]
            )
        );
        let (_, keys, found) =
            extract(json!({ "algorithm": "explicitHeaders", "headers": ["x", "y"], "skip": 1 })).await;
        assert_eq!(keys, ["x", "y"]);
        assert_eq!(found, [[json!("street"), json!("city")], [json!("b"), json!("c")]]);
        let (_, keys, found) = extract(json!({ "algorithm": "default", "rowsToSearch": 1 })).await;
        assert_eq!((keys, found.len()), (["Home", "Column 2", "Work"].map(String::from).to_vec(), 2));
        let (_, keys, _) = extract(json!(null)).await;
        assert_eq!(keys, ["Home", "Column 2", "Work"], "two of three cells are enough of a header");
        for (options, words) in [
            (json!({ "algorithm": "explicitHeaders" }), "`explicitHeaders` needs at least one name"),
            (json!({ "algorithm": "newfangled" }), "settings.extractionOptions.algorithm"),
            (json!({ "algorithm": "specificRows", "rowNumbers": [7] }), "no names of columns"),
        ] {
            let (job, ..) = extract(options).await;
            let message = text(&job["outcome"], "message");
            assert!(job["status"] == "failed" && message.contains(words), "{job}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_leaves_no_workbook() {
    on_each_database_within(Limits { columns: 3, rows: 2, ..Limits::default() }, async |app: TestApp| {
        let made = contacts(&app).await;
        for (bytes, words) in [
            ("GIF89a,b\n1,2\n", "this is a picture"),
            ("", "the file is empty"),
            ("a,b\n1,2\n3,\"4\n", "line 3, column 2: the quote that opens here is never closed"),
            ("a,b,c,d\n1,2,3,4\n", "more than 3 columns"),
            ("a\n1\n2\n3\n", "more than 2 rows"),
        ] {
            let (file, job) = extracted(&app, &made.space, "a.csv", bytes).await;
            assert_eq!((&job["status"], &file["status"]), (&json!("failed"), &json!("failed")), "{job}");
            let message = text(&job["outcome"], "message");
            assert!(message.contains(words), "{message}");
            assert_eq!(
                (&file["workbookId"], workbooks(&app, &made.space).await.len()),
                (&json!(null), 0),
                "{words}"
            );
            let events = topics(&app, &made.space).await;
            let last = events.iter().rfind(|event| event["topic"] == "file:updated").unwrap();
            assert_eq!(last["payload"]["status"], "failed");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_made_of_a_file_goes_with_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (file, job) = extracted(&app, &made.space, "a.csv", "name,age\nAda,36\n").await;
        let (other, _) = extracted(&app, &made.space, "b.csv", "name\nEve\n").await;
        let path = |file: &Value| format!("/v1/files/{}", text(file, "id"));
        let sheet = text(&workbooks(&app, &made.space).await[0]["sheets"][0], "id");

        // Again: the workbook is another one, and the only one of the file.
        let again = json!({ "type": "file", "operation": "extract", "source": file["id"], "trigger": "immediate" });
        let again = ended(&app, &text(&app.post("/v1/jobs", again).await.data(), "id")).await;
        assert_eq!(again["status"], "complete", "{again}");
        assert_ne!(again["id"], job["id"]);
        assert_eq!(workbooks(&app, &made.space).await.len(), 2);
        app.get(&format!("/v1/sheets/{sheet}")).await.refused(404);
        let extracted = app.get(&path(&file)).await.data();
        assert_ne!(extracted["workbookId"], file["workbookId"]);

        // As automap goes on.
        let source = app.get(&format!("/v1/workbooks/{}", text(&extracted, "workbookId"))).await.data();
        let config = json!({ "sourceSheetId": source["sheets"][0]["id"], "destinationSheetId": made.sheet });
        let map = json!({ "type": "workbook", "operation": "map", "source": source["id"], "destination": made.workbook,
            "managed": true, "config": config, "input": { "isAutomap": true } });
        let map = app.post("/v1/jobs", map).await.data();
        assert_eq!(map["status"], "planning");
        app.post(&format!("/v1/jobs/{}/execute", text(&map, "id")), Value::Null).await.data();
        assert_eq!(ended(&app, &text(&map, "id")).await["status"], "complete");
        let counts = app.get(&format!("/v1/sheets/{}/counts", made.sheet)).await.data();
        assert_eq!(counts["counts"]["total"], json!(1));

        // An extractor's workbook is named at its file, and so is the one that a file was imported into.
        let theirs = json!({ "name": "[file] c.txt", "labels": ["file"], "spaceId": made.space, "sheets": [] });
        let theirs = text(&app.post("/v1/workbooks", theirs).await.data(), "id");
        let third = upload_as(&app, &app.key, "c.txt", &[("spaceId", &made.space), ("file", "a")]).await.data();
        app.patch(&path(&third), json!({ "workbookId": theirs })).await.data();
        let fourth = upload(&app, &[("spaceId", &made.space), ("mode", "export"), ("file", "a")]).await.data();
        app.patch(&path(&fourth), json!({ "workbookId": made.workbook })).await.data();
        for (file, left) in [(&fourth, 3), (&third, 2), (&file, 1), (&other, 0)] {
            app.delete(&path(file)).await.data();
            assert_eq!(workbooks(&app, &made.space).await.len(), left);
        }
        app.get(&format!("/v1/workbooks/{}", made.workbook)).await.data();
        let told = topics(&app, &made.space).await;
        let gone: Vec<&Value> = told.iter().filter(|event| event["topic"] == "workbook:deleted").collect();
        assert_eq!(gone.len(), 4);
        assert_eq!(gone[2]["context"]["workbookId"], extracted["workbookId"]);
        assert_eq!(told.iter().filter(|event| event["topic"] == "file:deleted").count(), 4);
    })
    .await;
}

/// A job that is canceled before it began leaves the file as it came.
#[tokio::test]
async fn an_extraction_is_stopped() {
    on_each_database(async |app: TestApp| {
        let Contacts { space, .. } = contacts(&app).await;
        let file = upload_as(&app, &app.key, "a.csv", &[("spaceId", &space), ("file", CSV)]).await.data();
        let job = text(&extractions(&app, &space).await[0], "id");
        app.post(&format!("/v1/jobs/{job}/cancel"), Value::Null).await.data();
        let (_, other) = extracted(&app, &space, "b.csv", CSV).await;
        assert_eq!(other["status"], "complete");
        assert_eq!(app.get(&format!("/v1/jobs/{job}")).await.data()["status"], "canceled");
        let file = app.get(&format!("/v1/files/{}", text(&file, "id"))).await.data();
        assert_eq!((&file["status"], &file["workbookId"]), (&json!("partial"), &json!(null)));
        assert_eq!(workbooks(&app, &space).await.len(), 1);
        // Retried, it is read all the same.
        app.post(&format!("/v1/jobs/{job}/retry"), Value::Null).await.data();
        assert_eq!(ended(&app, &job).await["status"], "complete");
        assert_eq!(workbooks(&app, &space).await.len(), 2);
    })
    .await;
}
