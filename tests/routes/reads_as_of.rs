use inlet::store::now;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, insert, text};
use crate::{TestApp, on_each_database};

const DAY: i64 = 86_400_000;

/// The sheet after five commits, which these are: Ada and somebody without a name, Ada is 37, the other one goes, Ada is
/// called Countess, Eve comes.
async fn told(app: &TestApp) -> (Contacts, [String; 5]) {
    let made = contacts(app).await;
    let path = format!("/v1/sheets/{}/records", made.sheet);
    let people = [json!({ "name": "Ada", "age": 36 }), json!({ "age": 20, "email": "x@example.com" })];
    let ids = insert(app, &made.sheet, &people).await;
    let set = async |values: Value| {
        app.put(&path, json!([{ "id": ids[0], "values": values }])).await.data();
    };
    set(json!({ "age": { "value": 37 } })).await;
    app.delete(&format!("{path}?ids={}", ids[1])).await.data();
    set(json!({ "name": { "value": "Countess" } })).await;
    insert(app, &made.sheet, &[json!({ "name": "Eve" })]).await;
    let commits = app.get(&format!("/v1/sheets/{}/commits", made.sheet)).await.data();
    let mut commits: Vec<String> =
        commits.as_array().unwrap().iter().map(|commit| text(commit, "id")).collect();
    commits.reverse();
    (made, commits.try_into().unwrap())
}

/// Names and ages that a read shows.
fn people(data: &Value) -> Vec<(Value, Value)> {
    let person = |record: &Value| {
        (record["values"]["name"]["value"].clone(), record["values"]["age"]["value"].clone())
    };
    data["records"].as_array().unwrap().iter().map(person).collect()
}

#[tokio::test]
async fn a_commit_is_read_as_it_left_its_records() {
    on_each_database(async |app: TestApp| {
        let (made, commits) = told(&app).await;
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let read = async |query: String| app.get(&format!("{path}?{query}")).await.data();
        let (ada, nobody) = ((json!("Ada"), json!(36)), (Value::Null, json!(20)));
        let (older, countess) = ((json!("Ada"), json!(37)), (json!("Countess"), json!(37)));
        let eve = (json!("Eve"), Value::Null);
        let [first, aged, deleted, named, last] = commits.each_ref();

        // Also the record that was deleted since, and the values that were written over.
        for member in ["commitId", "versionId"] {
            let data = read(format!("{member}={first}&includeCounts=true")).await;
            assert_eq!(people(&data), [ada.clone(), nobody.clone()]);
            assert_eq!((&data["commitId"], &data["versionId"]), (&json!(first), &json!(first)));
            assert_eq!(data["counts"]["total"], 2, "of the sheet as it was");
        }
        for (query, expected) in [
            (format!("commitId={aged}"), vec![older.clone()]),
            (format!("commitId={deleted}"), vec![]),
            (format!("commitId={named}"), vec![countess.clone()]),
            (format!("commitId={last}"), vec![eve.clone()]),
            (format!("commitId={first}&filter=error"), vec![nobody.clone()]),
            (format!("commitId={first}&filter=valid"), vec![ada.clone()]),
            (format!("commitId={first}&q=age%20lt%2030"), vec![nobody.clone()]),
            (format!("commitId={first}&searchValue=ada"), vec![ada.clone()]),
            (format!("commitId={first}&sortField=age"), vec![nobody.clone(), ada.clone()]),
            (format!("commitId={first}&pageSize=1&pageNumber=2"), vec![nobody.clone()]),
            // What changed since one commit is as it is now, or as another one left it.
            (format!("sinceCommitId={first}"), vec![countess.clone(), eve.clone()]),
            (format!("sinceVersionId={named}"), vec![eve.clone()]),
            (format!("sinceCommitId={last}"), vec![]),
            (format!("sinceCommitId={first}&commitId={deleted}"), vec![older.clone()]),
            (format!("sinceCommitId={deleted}&versionId={first}"), vec![]),
        ] {
            assert_eq!(people(&read(query.clone()).await), expected, "{query}");
        }
        assert_eq!(
            read(format!("commitId={first}&filter=error&includeLength=true")).await["counts"]["total"],
            1
        );

        // Who answers an event goes on from what there is now.
        let events = app.get(&format!("/v1/events?spaceId={}&topic=commit:created", made.space)).await.json();
        let mut events = events["data"].as_array().unwrap().iter();
        let event = events.find(|event| event["context"]["commitId"] == json!(first)).unwrap();
        assert_eq!(people(&read(format!("for={}", text(event, "id"))).await), [countess]);

        // Places are those of now.
        let indices = app.get(&format!("{path}/indices?commitId={last}")).await.json();
        assert_eq!(indices[0]["index"], 1);
        let lines =
            app.get(&format!("/v2-alpha/records.jsonl?sheetId={}&commitId={first}", made.sheet)).await;
        let lines = String::from_utf8(lines.bytes).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            (&lines[0]["name"], &lines[1]["age"], &lines[1]["__v"]),
            (&ada.0, &nobody.1, &json!(first))
        );
    })
    .await;
}

#[tokio::test]
async fn the_records_of_commits_are_counted_and_downloaded() {
    on_each_database(async |app: TestApp| {
        let (made, commits) = told(&app).await;
        let sheet = format!("/v1/sheets/{}", made.sheet);
        let [first, _, deleted, named, _] = commits.each_ref();
        let counts =
            async |query: String| app.get(&format!("{sheet}/counts?{query}")).await.data()["counts"].take();
        assert_eq!(
            counts(format!("commitId={first}")).await,
            json!({ "total": 2, "valid": 1, "error": 1, "errorsByField": { "name": 1 } })
        );
        assert_eq!(counts(format!("versionId={first}&filter=valid")).await["total"], 1);
        let by_field = counts(format!("commitId={first}&byField=true")).await;
        assert_eq!(by_field["byField"]["name"], json!({ "total": 2, "valid": 1, "error": 1, "empty": 1 }));
        assert_eq!(by_field["errorsByField"], json!({ "name": 1 }));
        let since = counts(format!("sinceCommitId={first}&byField=true")).await;
        assert_eq!((&since["total"], &since["error"]), (&json!(2), &json!(0)));
        assert_eq!(since["byField"]["age"]["empty"], 1, "Eve's");
        assert_eq!(counts(format!("sinceVersionId={named}")).await["total"], 1);
        assert_eq!(counts(format!("commitId={deleted}")).await["total"], 0);
        assert_eq!(counts(String::new()).await["total"], 2);

        let download = async |query: String| {
            let answer = app.get(&format!("{sheet}/download?format=csv-raw&{query}")).await;
            String::from_utf8(answer.bytes).unwrap()
        };
        let calculations = app.get(&format!("{sheet}/calculations?commitId={first}")).await.data();
        let sum = calculations
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["fieldKey"] == "age" && one["type"] == "SUM");
        assert_eq!(sum.unwrap()["value"], json!(56.0));

        let first_file = "Name,Age,Email\nAda,36,\n,20,x@example.com\n";
        assert_eq!(download(format!("commitId={first}")).await, first_file);
        assert_eq!(
            download(format!("versionId={first}&filter=error")).await,
            "Name,Age,Email\n,20,x@example.com\n"
        );
        assert_eq!(download(format!("sinceCommitId={first}")).await, "Name,Age,Email\nCountess,37,\nEve,,\n");
        assert_eq!(download(format!("sinceVersionId={named}")).await, "Name,Age,Email\nEve,,\n");
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_cannot_be_read_is_named() {
    on_each_database(async |app: TestApp| {
        let (made, commits) = told(&app).await;
        let other = contacts(&app).await;
        insert(&app, &other.sheet, &[json!({ "name": "Other" })]).await;
        let foreign = app.get(&format!("/v1/sheets/{}/records", other.sheet)).await.data();
        let (first, sheet) = (&commits[0], format!("/v1/sheets/{}", made.sheet));
        let reads = [
            format!("{sheet}/records?"),
            format!("{sheet}/counts?"),
            format!("{sheet}/download?"),
            format!("{sheet}/calculations?"),
            format!("{sheet}/records/indices?"),
            format!("/v2-alpha/records.jsonl?sheetId={}&", made.sheet),
        ];
        for path in &reads {
            for (old, new) in [("versionId", "commitId"), ("sinceVersionId", "sinceCommitId")] {
                let told = app.get(&format!("{path}{new}={first}&{old}={first}")).await.refused(400);
                assert!(told.contains(old) && told.contains(&format!("`{new}`")), "{path} {told}");
                for id in ["us_vr_0000000000", "nonsense", &text(&foreign, "commitId")] {
                    app.get(&format!("{path}{new}={id}")).await.refused(404);
                }
            }
        }

        // Old versions are forgotten, but what a snapshot keeps.
        app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.data();
        let path = format!("{sheet}/records");
        insert(&app, &made.sheet, &[json!({ "name": "Zoe" })]).await;
        let newest = text(&app.get(&path).await.data(), "commitId");
        app.service.collect_at(now().plus(31 * DAY), 0).await.unwrap();
        for path in &reads[..4] {
            let told = app.get(&format!("{path}commitId={first}")).await.refused(404);
            assert!(told.contains("is forgotten") && told.contains("30 days"), "{told}");
            for kept in [&commits[4], &newest] {
                assert_eq!(app.get(&format!("{path}commitId={kept}")).await.status, 200);
            }
            assert_eq!(app.get(&format!("{path}sinceCommitId={first}")).await.status, 200);
        }
        let data = app.get(&format!("{path}?sinceCommitId={}", commits[3])).await.data();
        assert_eq!(people(&data).len(), 2, "what changed since then is read as it is now");
    })
    .await;
}

#[tokio::test]
async fn a_message_says_of_what_in_the_cell_it_is() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let message = json!({ "type": "warn", "message": "odd", "source": "custom-logic", "path": "$.value[0]" });
        let row = json!([{ "name": { "value": "Ada", "messages": [message] }, "email": { "value": "a@b" } }]);
        let made_now = app.post(&path, row).await.data();
        let shown = json!([{
            "type": "warn", "message": "odd", "source": "custom-logic", "field": "name", "path": "$.value[0]",
        }]);
        assert_eq!(made_now["records"][0]["values"]["name"]["messages"], shown);
        let put = async |message: Value| {
            let id = &made_now["records"][0]["id"];
            let change = json!([{ "id": id, "values": { "name": { "value": "Ada", "messages": [message] } } }]);
            let commit = app.put(&path, change).await.data()["commitId"].clone();
            (commit, app.get(&path).await.data()["records"][0]["values"]["name"]["messages"].take())
        };
        // The same says nothing new, the same of another item does.
        assert_eq!(put(message.clone()).await, (made_now["commitId"].clone(), shown));
        let mut other = message.clone();
        other["path"] = json!("$.value[1]");
        let (commit, now) = put(other).await;
        assert_eq!((commit != made_now["commitId"], &now[0]["path"]), (true, &json!("$.value[1]")));
        let mut whole = message;
        whole.as_object_mut().unwrap().remove("path");
        assert_eq!(put(whole).await.1[0].get("path"), None);

        let line = json!({ "__k": made_now["records"][0]["id"], "__i": [{ "x": "name", "m": "by line", "path": "$.value[2]" }] });
        let written = app.post(&format!("/v2-alpha/records.jsonl?sheetId={}", made.sheet), line).await;
        assert_eq!(written.status, 200);
        let lines = format!("/v2-alpha/records.jsonl?sheetId={}&includeMessages=true", made.sheet);
        let line: Value = serde_json::from_slice(&app.get(&lines).await.bytes).unwrap();
        assert_eq!((&line["__i"][0]["m"], &line["__i"][0]["path"]), (&json!("by line"), &json!("$.value[2]")));
    })
    .await;
}
