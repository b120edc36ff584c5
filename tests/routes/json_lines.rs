use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, text};
use crate::{Answer, TestApp, on_each_database};

const PATH: &str = "/v2-alpha/records.jsonl";

async fn lines(app: &TestApp, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("{PATH}?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.headers["content-type"], "application/jsonl");
    let text = String::from_utf8(answer.bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Sends lines in parts that end anywhere.
async fn send(app: &TestApp, query: &str, sent: &[Value]) -> Answer {
    let body: String = sent.iter().map(|line| format!("{line}\n")).collect();
    let parts: Vec<Result<Vec<u8>, std::io::Error>> =
        body.as_bytes().chunks(777).map(|part| Ok(part.to_vec())).collect();
    let request = Request::post(format!("{PATH}?{query}"))
        .header("authorization", format!("Bearer {}", app.key))
        .header("content-type", "application/jsonl");
    app.send(request.body(Body::from_stream(futures::stream::iter(parts))).unwrap()).await
}

#[tokio::test]
async fn records_are_read_as_lines_with_what_is_asked_for() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people = [json!({ "name": "Ada", "age": 36 }), json!({ "name": null, "email": "a@b" })];
        let ids = insert(&app, &made.sheet, &people).await;
        let commit = text(&app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data(), "commitId");
        let sheet = format!("sheetId={}", made.sheet);
        assert_eq!(
            lines(&app, &sheet).await,
            [
                json!({ "__k": ids[0], "__v": commit, "name": "Ada", "age": 36, "__e": true }),
                json!({ "__k": ids[1], "__v": commit, "email": "a@b", "__e": false }),
            ]
        );
        // Flatfile's client asks so; there is no such moment to tell.
        assert!(lines(&app, &format!("{sheet}&includeTimestamps=true")).await[0].get("__u").is_none());
        let bare = lines(&app, &format!("{sheet}&noContext=true&fields=age&includeEmptyCells=true")).await;
        assert_eq!(bare[1], json!({ "__k": ids[1], "age": null }));
        let by_slug = format!("workbookId={}&sheetSlug=contacts&filter=error&noContext=true&stream=true", made.workbook);
        let all = "&includeMessages=true&includeMetadata=true&includeConfig=true&includeSheet=true&includeSheetSlug=true";
        let full = lines(&app, &format!("{by_slug}{all}")).await;
        assert_eq!(full.len(), 1);
        let message = &full[0]["__i"][0];
        assert_eq!((&message["x"], &message["type"]), (&json!("name"), &json!("error")));
        assert_eq!((&full[0]["__m"], &full[0]["__c"]), (&json!({}), &json!({})));
        assert_eq!((&full[0]["__s"], &full[0]["__n"]), (&json!(made.sheet), &json!("contacts")));
        assert_eq!(lines(&app, &format!("{sheet}&pageSize=1&pageNumber=2")).await.len(), 1);
        assert!(app.get(PATH).await.refused(400).contains("sheetId="));
        app.get(&format!("{PATH}?sheetSlug=contacts")).await.refused(400);
        app.get(&format!("{PATH}?workbookId={}&sheetSlug=none", made.workbook)).await.refused(404);
        app.get("/v2-alpha/records").await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn lines_insert_change_and_delete() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let sheet = format!("sheetId={}", made.sheet);
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ada" }), json!({ "name": "Bob" })]).await;
        let sent = [
            json!({ "__k": ids[0], "age": 36, "__i": [{ "x": "name", "m": "odd", "type": "warn" }], "__m": { "a": 1 } }),
            json!({ "name": "Cyd", "__s": made.sheet, "__i": {} }),
            json!({ "__k": ids[1], "__d": true }),
            json!({ "name": "Dan" }),
        ];
        let answer = send(&app, &sheet, &sent).await;
        assert_eq!(answer.json(), json!({ "success": true, "created": 2, "updated": 1, "deleted": 1 }));
        let query = format!("{sheet}&noContext=true&includeMetadata=true&includeMessages=true");
        let found = lines(&app, &query).await;
        let names: Vec<_> = found.iter().map(|line| line["name"].clone()).collect();
        assert_eq!(json!(names), json!(["Ada", "Cyd", "Dan"]));
        assert_eq!((&found[0]["age"], &found[0]["__m"]), (&json!(36), &json!({ "a": 1 })));
        assert_eq!(found[0]["__i"][0]["m"], json!("odd"));

        // More lines than are written together, after everything that was there.
        let many: Vec<Value> = (0..12_000).map(|age| json!({ "name": "n", "age": age })).collect();
        let answer = send(&app, &format!("{sheet}&truncate=true"), &many).await;
        assert_eq!(answer.json()["created"], json!(12_000), "{}", answer.status);
        let found = lines(&app, &format!("{sheet}&fields=age")).await;
        assert!(found.iter().map(|line| line["age"].as_u64().unwrap()).eq(0..12_000));
    })
    .await;
}

#[tokio::test]
async fn lines_that_cannot_be_taken_are_named() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let sheet = format!("sheetId={}", made.sheet);
        let good = json!({ "name": "Ada" });
        let refusal = send(&app, &sheet, &[good.clone(), json!([1])]).await.refused(400);
        assert!(refusal.starts_with("line 2: "), "{refusal}");
        let refusal = send(&app, &sheet, &[good.clone(), json!({ "nme": "Bob" })]).await.refused(400);
        assert!(refusal.starts_with("lines 1 to 2: [1]: `nme`"), "{refusal}");
        for (member, value) in [("__nk", json!("us_rc_new")), ("__i", json!({ "name": "odd" }))] {
            let mut line = good.clone();
            line[member] = value;
            let refusal = send(&app, &sheet, &[good.clone(), line]).await.refused(400);
            assert!(refusal.starts_with(&format!("line 2: `{member}`")), "{refusal}");
        }
        assert!(send(&app, "", std::slice::from_ref(&good)).await.refused(400).contains("__s"));
        assert!(
            send(&app, "truncate=true", std::slice::from_ref(&good)).await.refused(400).contains("sheetId")
        );
        // Nothing of these was written, and nothing truncated by lines that cannot be read.
        assert!(lines(&app, &sheet).await.is_empty());
        insert(&app, &made.sheet, &[json!({ "name": "Eve" })]).await;
        send(&app, &format!("{sheet}&truncate=true"), &[json!(7)]).await.refused(400);
        assert_eq!(lines(&app, &sheet).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn lines_are_written_after_a_snapshot_when_one_is_asked_for() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let query = format!("sheetId={}&snapshot=true", made.sheet);
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let many: Vec<Value> = (0..6_000).map(|age| json!({ "name": "n", "age": age })).collect();
        let mut sent = many.clone();
        sent.push(json!({ "__s": other.sheet, "name": "Bob" }));
        let answer = send(&app, &format!("{query}&truncate=true"), &sent).await.json();
        let kept = answer["snapshotIds"].as_array().unwrap();
        assert_eq!(kept.len(), 2, "one for each sheet, however many are written together: {answer}");
        assert_eq!(lines(&app, &query).await.len(), 6_000);
        let snapshots = app.get(&format!("/v1/snapshots?sheetId={}", made.sheet)).await.data();
        assert_eq!((&snapshots[0]["id"], &snapshots[1]), (&kept[0], &json!(null)));
        assert_eq!(snapshots[0]["label"], json!("Before lines were written"));
        app.post(&format!("/v1/snapshots/{}/restore", text(&snapshots[0], "id")), json!(null)).await.data();
        let names: Vec<_> = lines(&app, &query).await.iter().map(|line| line["name"].clone()).collect();
        assert_eq!(names, ["Ada"], "what was truncated is in the snapshot");
    })
    .await;
}

#[tokio::test]
async fn listeners_are_not_told_of_silent_lines() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ada" }), json!({ "name": "Bob" })]).await;
        let topics = async || -> Vec<String> {
            let events = app.get(&format!("/v1/events?spaceId={}&pageSize=1000", made.space)).await.data();
            let mut topics: Vec<_> =
                events.as_array().unwrap().iter().map(|event| text(event, "topic")).collect();
            topics.sort();
            topics
        };
        let before = topics().await;
        let sent = [
            json!({ "__k": ids[0], "name": "Ida" }),
            json!({ "__k": ids[1], "__d": true }),
            json!({ "name": "Cyd" }),
        ];
        let sheet = format!("sheetId={}", made.sheet);
        let answer = send(&app, &format!("{sheet}&silent=true"), &sent).await.json();
        assert_eq!(answer, json!({ "success": true, "created": 1, "updated": 1, "deleted": 1 }));
        let mut told = topics().await;
        told.retain(|topic| topic != "sheet:counts-updated");
        let counts =
            |topics: &[String]| topics.iter().filter(|topic| *topic == "sheet:counts-updated").count();
        assert_eq!(counts(&topics().await), counts(&before) + 3, "pages hear of it");
        assert_eq!(told.len(), before.len() - counts(&before), "{told:?}");
        let names: Vec<_> = lines(&app, &sheet).await.iter().map(|line| line["name"].clone()).collect();
        assert_eq!(names, ["Ida", "Cyd"]);
    })
    .await;
}
