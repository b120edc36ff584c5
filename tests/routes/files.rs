use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::Request;
use inlet::domain::ids::{FileId, Id};
use serde_json::{Value, json};

use crate::fixtures::{contacts, ended, text};
use crate::{Answer, TestApp, on_each_database};

const CSV: &str = "name,age\nAda,36\n";

/// A form as the SDK writes it: chunked, with the parts in this order.
pub async fn upload(app: &TestApp, parts: &[(&str, &str)]) -> Answer {
    upload_as(app, &app.key, "Päople.csv", parts).await
}

/// The same with a key and for a file of that name.
pub async fn upload_as(app: &TestApp, key: &str, name_of_file: &str, parts: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, value) in parts {
        let file = format!("; filename=\"{name_of_file}\"\r\nContent-Type: text/csv");
        let file = if *name == "file" { file.as_str() } else { "" };
        body += &format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n");
    }
    body += "--b--\r\n";
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> =
        body.as_bytes().chunks(7).map(|part| Ok(part.to_vec())).collect();
    let request = Request::post("/v1/files")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "multipart/form-data; boundary=b");
    app.send(request.body(Body::from_stream(futures::stream::iter(chunks))).unwrap()).await
}

#[tokio::test]
async fn a_file_is_uploaded_with_its_parts_in_any_order_and_downloaded() {
    on_each_database(async |app: TestApp| {
        let space = contacts(&app).await.space;
        let action = r#"{"operation":"go","label":"Go"}"#;
        let environment = app.environment_id.clone();
        for parts in [
            vec![
                ("spaceId", space.as_str()),
                ("environmentId", &environment),
                ("file", CSV),
                ("actions", action),
                ("actions", action),
            ],
            vec![
                ("file", CSV),
                ("actions", action),
                ("actions", action),
                ("spaceId", &space),
                ("environmentId", &environment),
            ],
        ] {
            let file = upload(&app, &parts).await.data();
            let id = text(&file, "id");
            assert_eq!((&file["name"], &file["ext"]), (&json!("Päople.csv"), &json!("csv")));
            assert_eq!(
                (&file["mimetype"], &file["mode"], &file["status"]),
                (&json!("text/csv"), &json!("import"), &json!("partial"))
            );
            assert_eq!((&file["size"], &file["bytesReceived"]), (&json!(CSV.len()), &json!(CSV.len())));
            assert_eq!(file["actions"].as_array().unwrap().len(), 2);
            assert_eq!(app.get(&format!("/v1/files/{id}")).await.data(), file);
            let download = app.get(&format!("/v1/files/{id}/download")).await;
            assert_eq!((download.status.as_u16(), download.bytes.as_slice()), (200, CSV.as_bytes()));
            assert_eq!(download.headers["content-type"], "text/csv");
            assert_eq!(download.headers["x-content-type-options"], "nosniff");
            let name = download.headers["content-disposition"].to_str().unwrap();
            assert!(
                name.starts_with("attachment;") && name.contains("filename*=UTF-8''P%C3%A4ople.csv"),
                "{name}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn files_are_listed_by_mode_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        upload(&app, &[("spaceId", &made.space), ("file", CSV)]).await.data();
        let export =
            upload(&app, &[("spaceId", &made.space), ("mode", "export"), ("file", CSV)]).await.data();
        let list = async |query: &str| {
            app.get(&format!("/v1/files?spaceId={}{query}", made.space)).await.json()["data"].clone()
        };
        assert_eq!(list("").await.as_array().unwrap().len(), 1);
        assert_eq!(list("&mode=export").await[0]["id"], export["id"]);
        assert_eq!(app.get("/v1/files?mode=export").await.data(), list("&mode=export").await);
        let path = format!("/v1/files/{}", text(&export, "id"));
        let change =
            json!({ "name": "out.csv", "status": "complete", "workbookId": made.workbook, "actions": [] });
        let changed = app.patch(&path, change).await.data();
        assert_eq!((&changed["name"], &changed["status"]), (&json!("out.csv"), &json!("complete")));
        assert_eq!(changed["workbookId"], json!(made.workbook));
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        app.get(&format!("{path}/download")).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_file_is_copied() {
    on_each_database(async |app: TestApp| {
        let space = contacts(&app).await.space;
        let action = r#"{"operation":"go","label":"Go"}"#;
        let file = upload(&app, &[("spaceId", &space), ("file", CSV), ("actions", action)]).await.data();
        let path = format!("/v1/files/{}/clone", text(&file, "id"));
        for (body, name) in [
            (Value::Null, "Copy of Päople.csv"),
            (json!({}), "Copy of Päople.csv"),
            (json!({ "prefix": "Second " }), "Second Päople.csv"),
        ] {
            let copy = app.post(&path, body).await.data();
            assert_ne!(copy["id"], file["id"]);
            assert_eq!((text(&copy, "name").as_str(), &copy["actions"]), (name, &file["actions"]));
            assert_eq!((&copy["size"], &copy["mimetype"]), (&file["size"], &file["mimetype"]));
            let bytes = app.get(&format!("/v1/files/{}/download", text(&copy, "id"))).await.bytes;
            assert_eq!(bytes, CSV.as_bytes());
        }
        let created = app.get(&format!("/v1/events?spaceId={space}&topic=file:created")).await.json();
        assert_eq!(created["data"].as_array().unwrap().len(), 4);
        app.post("/v1/files/us_fl_0000000000000000000000/clone", Value::Null).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_broken_form_stores_nothing() {
    on_each_database(async |app: TestApp| {
        let space = contacts(&app).await.space;
        let other = "us_sp_0000000000000000000000";
        for (parts, status) in [
            (vec![("spaceId", space.as_str())], 400),
            (vec![("file", CSV)], 400),
            (vec![("spaceId", other), ("file", CSV)], 404),
            (vec![("spaceId", "nonsense"), ("file", CSV)], 404),
            (vec![("spaceId", &space), ("mode", "sideways"), ("file", CSV)], 400),
            (vec![("spaceId", &space), ("file", CSV), ("actions", "{")], 400),
        ] {
            upload(&app, &parts).await.refused(status);
        }
        let large = "x".repeat((4 << 20) + 1);
        upload(&app, &[("spaceId", &space), ("file", &large)]).await.refused(413);
        app.post("/v1/files", json!({ "spaceId": space })).await.refused(400);
        let truncated = Request::post("/v1/files")
            .header("authorization", format!("Bearer {}", app.key))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(Body::from(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhal",
            ));
        app.send(truncated.unwrap()).await.refused(400);
        assert_eq!(
            app.get(&format!("/v1/files?spaceId={space}")).await.json()["data"],
            Value::Array(Vec::new())
        );
    })
    .await;
}

#[tokio::test]
async fn an_import_of_what_is_no_csv_file_fails_in_words() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for (bytes, words) in [
            ("GIF89a,b,c\n1,2,3\n", "this is a picture, not a CSV file"),
            ("%PDF-1.7\n", "this is a PDF, not a CSV file"),
            ("SQLite format 3\0", "this is a database, not a CSV file"),
            ("", "the file is empty"),
        ] {
            let file = text(&upload(&app, &[("spaceId", &made.space), ("file", bytes)]).await.data(), "id");
            let dialect = json!({ "encoding": "UTF-8", "certain": true, "separator": 44, "quote": 34,
                "terminator": 10, "headerRow": 0 });
            let config = json!({ "fileId": file, "mapping": ["name"], "dialect": dialect });
            let job = json!({ "type": "sheet", "operation": "import", "source": made.sheet, "trigger": "immediate",
                "config": config });
            let job = ended(&app, &text(&app.post("/v1/jobs", job).await.data(), "id")).await;
            assert_eq!(job["status"], json!("failed"), "{job}");
            let said = text(&job["outcome"], "message");
            assert!(said.contains(words), "{said}");
            let counts = app.get(&format!("/v1/sheets/{}/counts", made.sheet)).await.data();
            assert_eq!(counts["counts"]["total"], json!(0));
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_that_no_file_has_are_thrown_away_when_they_are_old() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (files, soon) = (&app.service.files, SystemTime::now() + Duration::from_secs(60));
        let left = async |number: u128| {
            let id: FileId = Id::from_random(number).unwrap();
            std::fs::write(files.path(&id), "left").unwrap();
            id
        };
        // A database that knows none of the files is not theirs.
        let first = left(1).await;
        assert_eq!(app.service.sweep_files_before(soon).await.unwrap(), 0);
        let kept = text(&upload(&app, &[("spaceId", &made.space), ("file", CSV)]).await.data(), "id");
        std::fs::write(files.path(&first).with_file_name("notes.txt"), "not ours").unwrap();
        assert_eq!(app.service.sweep_orphaned_files().await.unwrap(), 0, "they are not an hour old");
        assert_eq!(app.service.sweep_files_before(soon).await.unwrap(), 1);
        assert!(!files.path(&first).exists() && files.path(&first).with_file_name("notes.txt").exists());
        assert_eq!(app.get(&format!("/v1/files/{kept}/download")).await.bytes, CSV.as_bytes());

        // What a deletion left that was cut off.
        let gone: FileId = kept.parse().unwrap();
        app.delete(&format!("/v1/files/{kept}")).await.data();
        std::fs::write(files.path(&gone), CSV).unwrap();
        let upload =
            app.service.start_upload(&app.service.actor_of_bearer(&app.key).await.unwrap()).await.unwrap();
        assert_eq!(app.service.sweep_files_before(soon).await.unwrap(), 1);
        assert!(!files.path(&gone).exists());
        drop(upload);
    })
    .await;
}
