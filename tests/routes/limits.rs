//! What is more than a limit is refused with words of its own; what is as large as it may be goes through.

use axum::body::Body;
use axum::http::Request;
use inlet::domain::limits::Limits;
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, text};
use crate::{TestApp, on_each_database, on_each_database_within};

const SMALL: Limits =
    Limits { columns: 4, cell_bytes: 100, row_bytes: 150, rows: 5, file_bytes: 1_000, body_bytes: 2_000 };

#[tokio::test]
async fn every_limit_that_an_operator_sets_is_kept() {
    on_each_database_within(SMALL, async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let word = |length: usize| "x".repeat(length);
        let id = insert(&app, &made.sheet, &[json!({ "name": word(100) })]).await.remove(0);
        let cases = [
            (
                json!([{ "name": { "value": word(101) } }]),
                "name: a cell holds at most 100 bytes, this value has 101",
            ),
            (
                json!([{ "name": { "value": word(80) }, "email": { "value": word(80) } }]),
                "[0]: a record holds at most 150 bytes, this one has 160",
            ),
            (Value::from(vec![json!({ "name": { "value": "Ada" } }); 5]), "a sheet has at most 5 records"),
        ];
        for (body, words) in cases {
            let message = app.post(&path, body).await.refused(400);
            assert!(message.contains(words), "{message}");
        }
        let change = json!([{ "id": id, "values": { "name": { "value": word(101) } } }]);
        assert!(app.put(&path, change).await.refused(400).contains("at most 100 bytes"));
        // Up to the limit, and after a deletion again.
        insert(&app, &made.sheet, &vec![json!({ "name": "Ada" }); 4]).await;
        app.post(&path, json!([{ "name": { "value": "one more" } }])).await.refused(400);
        app.delete(&format!("{path}?ids={id}")).await.data();
        insert(&app, &made.sheet, &[json!({ "name": "in its place" })]).await;

        let field = |number: usize| json!({ "key": format!("f{number}"), "type": "string" });
        let sheets =
            |fields: usize| json!([{ "name": "Wide", "fields": (0..fields).map(field).collect::<Vec<_>>() }]);
        let body = |fields: usize| json!({ "spaceId": made.space, "name": "W", "sheets": sheets(fields) });
        let message = app.post("/v1/workbooks", body(5)).await.refused(400);
        assert!(
            message.contains("sheets[0].fields") && message.contains("5 fields are more than the 4"),
            "{message}"
        );
        let workbook = text(&app.post("/v1/workbooks", body(4)).await.data(), "id");
        let wider =
            json!({ "sheets": [{ "name": "Wide", "slug": "wide", "fields": sheets(5)[0]["fields"] }] });
        let message = app.patch(&format!("/v1/workbooks/{workbook}"), wider).await.refused(400);
        assert!(message.contains("more than the 4"), "{message}");

        let long = json!([{ "name": { "value": word(2_000) } }]);
        assert!(app.post(&path, long).await.refused(413).contains("larger than 2000 bytes"));
        assert!(
            upload(&app, &made.space, &word(1_001)).await.refused(413).contains("larger than 1000 bytes")
        );
        upload(&app, &made.space, &word(1_000)).await.data();
    })
    .await;
}

async fn upload(app: &TestApp, space: &str, text: &str) -> crate::Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"spaceId\"\r\n\r\n{space}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{text}\r\n--x--\r\n"
    );
    let request = Request::post("/v1/files")
        .header("authorization", format!("Bearer {}", app.key))
        .header("content-type", "multipart/form-data; boundary=x");
    app.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn the_widest_sheet_and_the_largest_cell_go_through() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({ "name": "Wide" })).await.data(), "id");
        let field = |number: usize| json!({ "key": format!("f{number}"), "type": "string" });
        let body = |fields: usize| {
            let fields: Vec<Value> = (0..fields).map(field).collect();
            json!({ "spaceId": space, "name": "Wide", "sheets": [{ "name": "Wide", "fields": fields }] })
        };
        let message = app.post("/v1/workbooks", body(16_385)).await.refused(400);
        assert!(message.contains("16385 fields are more than the 16384"), "{message}");
        let workbook = app.post("/v1/workbooks", body(16_384)).await.data();
        let path = format!("/v1/sheets/{}/records", text(&workbook["sheets"][0], "id"));

        let cells = (0..16_384).map(|number| (format!("f{number}"), json!({ "value": number.to_string() })));
        let mut record: serde_json::Map<String, Value> = cells.collect();
        let large = "é".repeat(1 << 19);
        record.insert("f7".to_string(), json!({ "value": large }));
        let id = text(&app.post(&path, json!([record])).await.data()["records"][0], "id");
        let read = app.get(&format!("{path}?fields=f0,f7,f16383")).await.data();
        let values = &read["records"][0]["values"];
        assert_eq!((&values["f0"]["value"], &values["f16383"]["value"]), (&json!("0"), &json!("16383")));
        assert!(values["f7"]["value"] == json!(large), "the largest cell came back changed");

        let change = json!([{ "id": id, "values": { "f7": { "value": format!("{large}x") } } }]);
        let message = app.put(&path, change).await.refused(400);
        assert!(message.contains("f7: a cell holds at most 1048576 bytes"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_character_that_cannot_be_stored_is_removed_and_the_cell_says_so() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let ids =
            insert(&app, &made.sheet, &[json!({ "name": "A\u{0}da" }), json!({ "name": "Grace" })]).await;
        let flag = json!([{ "type": "warn", "source": "custom-logic", "field": "name",
            "message": "A character that cannot be stored was removed" }]);
        let cells = async || app.get(&path).await.data()["records"].take();
        let found = cells().await;
        assert_eq!(
            (&found[0]["values"]["name"]["value"], found[0]["valid"].as_bool()),
            (&json!("Ada"), Some(true))
        );
        assert_eq!(found[0]["values"]["name"]["messages"], flag);
        assert_eq!(found[1]["values"]["name"]["messages"], json!([]));

        let put = async |id: &str, key: &str, value: &str| {
            let change = json!([{ "id": id, "values": { key: { "value": value } } }]);
            app.put(&path, change).await.data();
        };
        // It stays when another cell changes, goes when its own does, and comes with an edit.
        put(&ids[0], "age", "12").await;
        put(&ids[1], "name", "Gra\u{0}ce\u{0} H").await;
        let found = cells().await;
        assert_eq!(found[0]["values"]["name"]["messages"], flag);
        assert_eq!(
            found[1]["values"]["name"],
            json!({ "value": "Grace H", "messages": flag, "valid": true })
        );
        put(&ids[0], "name", "Ada L").await;
        assert_eq!(cells().await[0]["values"]["name"]["messages"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn half_characters_are_refused_in_words() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for text in [r"\ud800", r"a\udc00b", r"\ud800\u0041"] {
            let body = format!(r#"[{{"name":{{"value":"{text}"}}}}]"#);
            let request = Request::post(format!("/v1/sheets/{}/records", made.sheet))
                .header("authorization", format!("Bearer {}", app.key));
            let message = app.send(request.body(Body::from(body)).unwrap()).await.refused(400);
            assert!(message.contains("not JSON") && message.contains("hex escape"), "{message}");
        }
        let counts = app.get(&format!("/v1/sheets/{}/counts", made.sheet)).await.data();
        assert_eq!(counts["counts"]["total"], 0);
    })
    .await;
}

#[tokio::test]
async fn no_text_with_such_a_character_breaks_anything() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let odd = "a\u{0}b";
        let space = json!({ "name": odd, "labels": [odd], "metadata": { odd: odd } });
        let space = text(&app.post("/v1/spaces", space).await.data(), "id");
        assert_eq!(app.get(&format!("/v1/spaces/{space}")).await.data()["name"], "ab");
        let sheet = json!([{ "name": odd, "slug": odd, "fields": [{ "key": "a", "type": "string", "label": odd }] }]);
        let job = json!({ "type": "workbook", "operation": odd, "source": made.workbook, "label": odd, "info": odd });
        let message = json!([{ "type": "warn", "message": odd }]);
        let records = format!("/v1/sheets/{}/records", made.sheet);
        for (path, body) in [
            ("/v1/workbooks", json!({ "spaceId": made.space, "name": odd, "namespace": odd, "sheets": sheet })),
            ("/v1/jobs", job),
            ("/v1/events", json!({ "topic": odd, "context": { "spaceId": made.space }, "payload": { odd: odd } })),
            ("/v1/environments", json!({ "name": odd, "isProd": false })),
            (&records, json!([{ "name": { "value": "Ada", "messages": message } }])),
        ] {
            let answer = app.post(path, body).await;
            assert!(answer.status.as_u16() < 500, "{path}: {answer:?}");
        }
        for query in ["searchValue=a%00b", "sortField=%00", "q=name%20like%20%00", "searchField=a%00&searchValue=b"] {
            let answer = app.get(&format!("{records}?{query}")).await;
            assert!(answer.status.as_u16() < 500, "{query}: {answer:?}");
        }
        assert!(upload(&app, &made.space, "a\u{0}b").await.status.is_success());
    })
    .await;
}
