use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, insert};
use crate::{TestApp, on_each_database};

async fn with_people(app: &TestApp) -> (Contacts, Vec<String>) {
    let made = contacts(app).await;
    let people = [
        json!({ "name": "Ada", "age": 36, "email": "ada@example.com" }),
        json!({ "name": "Bob", "age": 7, "email": "bob@example.com" }),
        json!({ "name": null, "age": "old", "email": "eve@example.com" }),
        json!({ "name": "Bob", "age": null, "email": "ada@example.com" }),
    ];
    let ids = insert(app, &made.sheet, &people).await;
    (made, ids)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn records_are_found_by_the_query_language() {
    on_each_database(async |app: TestApp| {
        let (made, ids) = with_people(&app).await;
        for (q, expected) in [
            ("name eq Bob", vec![1, 3]),
            ("name eq Bob and age lt 10", vec![1]),
            ("age gte 7 or \"Name\" eq \"\"", vec![0, 1, 2]),
            ("email like \"%@example.com\" and (age gt 30 or is error)", vec![0, 2, 3]),
            ("age is error", vec![2]),
            ("email @message contains unique", vec![0, 3]),
            ("Email IS valid AND name ne Bob", vec![2]),
        ] {
            let path = format!("/v1/sheets/{}/records?q={}&includeLength=true", made.sheet, encoded(q));
            let data = app.get(&path).await.data();
            let found: Vec<&Value> =
                data["records"].as_array().unwrap().iter().map(|record| &record["id"]).collect();
            let expected: Vec<&String> = expected.into_iter().map(|place: usize| &ids[place]).collect();
            assert_eq!(json!(found), json!(expected), "{q}");
            assert_eq!(data["counts"]["total"], json!(expected.len()), "{q}");
            let path = format!("/v1/sheets/{}/counts?q={}", made.sheet, encoded(q));
            assert_eq!(app.get(&path).await.data()["counts"]["total"], json!(expected.len()), "{q}");
        }
        for (q, words) in [
            ("name eq", "q, character 8: expected a value after `eq`"),
            ("size eq 3", "`size` is neither the key nor the label"),
            ("age gt old", "`old` is no number"),
        ] {
            let answer = app.get(&format!("/v1/sheets/{}/records?q={}", made.sheet, encoded(q))).await;
            assert_eq!(answer.status, 400, "{q}");
            let message = answer.json()["errors"][0]["message"].to_string();
            assert!(message.contains(words), "{q}: {message}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_values_of_a_field_are_counted() {
    on_each_database(async |app: TestApp| {
        let (made, _) = with_people(&app).await;
        let path = format!("/v1/sheets/{}/cells", made.sheet);
        let cells = async |query: &str| app.get(&format!("{path}?{query}")).await.data();
        let names = cells("fieldKey=name&distinct=true&includeCounts=true").await;
        assert_eq!(
            names,
            json!({ "name": [
                { "value": "Bob", "valid": true, "messages": [], "counts": { "total": 2, "valid": 2, "error": 0 } },
                { "value": "Ada", "valid": true, "messages": [], "counts": { "total": 1, "valid": 1, "error": 0 } },
                { "value": null, "valid": false, "messages": [], "counts": { "total": 1, "valid": 0, "error": 1 } },
            ]})
        );
        for (query, field, expected) in [
            ("fieldKey=name&distinct=true&sortField=name&sortDirection=desc", "name", json!(["Bob", "Ada", null])),
            ("fieldKey=name&distinct=true&searchValue=B", "name", json!(["Bob"])),
            ("fieldKey=name&distinct=true&filter=error", "name", json!(["Ada", "Bob", null])),
            ("fieldKey=name&distinct=true&q=age%20lt%2010", "name", json!(["Bob"])),
            ("fieldKey=name&distinct=true&pageSize=1&pageNumber=2", "name", json!(["Ada"])),
            ("fieldKey=age", "age", json!([36, 7, "old", null])),
            ("fieldKey=age&sortField=age&pageSize=2", "age", json!([7, 36])),
            ("distinct=true&q=name%20eq%20Ada", "email", json!(["ada@example.com"])),
        ] {
            let found = cells(query).await;
            let values: Vec<&Value> = found[field].as_array().unwrap().iter().map(|cell| &cell["value"]).collect();
            assert_eq!(json!(values), expected, "{query}");
        }
        let bad = cells("fieldKey=age&searchValue=old").await;
        assert_eq!(bad["age"][0]["messages"][0]["type"], json!("error"));
        let unknown = app.get(&format!("{path}?fieldKey=size")).await;
        assert_eq!(unknown.status, 400);
        assert!(unknown.json()["errors"][0]["message"].to_string().contains("`size`"));
    })
    .await;
}

#[tokio::test]
async fn records_are_placed_in_a_view() {
    on_each_database(async |app: TestApp| {
        let (made, ids) = with_people(&app).await;
        let path = format!("/v1/sheets/{}/records/indices", made.sheet);
        let named = format!("ids={},{}", ids[1], ids[3]);
        for (query, expected) in [
            (named.clone(), json!([{ "id": ids[1], "index": 1 }, { "id": ids[3], "index": 3 }])),
            (
                format!("{named}&sortField=name&sortDirection=desc"),
                json!([{ "id": ids[1], "index": 0 }, { "id": ids[3], "index": 1 }]),
            ),
            (format!("{named}&filter=error"), json!([{ "id": ids[3], "index": 2 }])),
            (format!("{named}&q=age%20eq%207"), json!([{ "id": ids[1], "index": 0 }])),
        ] {
            assert_eq!(app.get(&format!("{path}?{query}")).await.json(), expected, "{query}");
        }
        let commit = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data()["commitId"].clone();
        let all = app.get(&format!("{path}?commitId={}", commit.as_str().unwrap())).await.json();
        assert_eq!(all.as_array().unwrap().len(), 4);
        assert_eq!(app.get(&path).await.status, 400);
        // A commit narrows a query, whatever else does.
        let wrong = format!("/v1/sheets/{}/records?filter=error&sortField=age&commitId=", made.sheet);
        let wrong = app.get(&format!("{wrong}{}", commit.as_str().unwrap())).await.data();
        let found: Vec<&Value> =
            wrong["records"].as_array().unwrap().iter().map(|record| &record["id"]).collect();
        assert_eq!(json!(found), json!([ids[0], ids[2], ids[3]]));
    })
    .await;
}

#[tokio::test]
async fn counts_are_told_for_each_field() {
    on_each_database(async |app: TestApp| {
        let (made, _) = with_people(&app).await;
        let path = format!("/v1/sheets/{}/counts", made.sheet);
        let counts =
            app.get(&format!("{path}?byField=true&q=name%20eq%20Bob")).await.data()["counts"].clone();
        assert_eq!(counts["errorsByField"], json!({ "email": 1 }));
        assert_eq!(counts["byField"]["age"], json!({ "total": 2, "valid": 2, "error": 0, "empty": 1 }));
        assert_eq!(counts["byField"]["email"], json!({ "total": 2, "valid": 1, "error": 1, "empty": 0 }));
        let found = app.get(&format!("{path}?byField=true&searchValue=eve")).await.data()["counts"].clone();
        assert_eq!(found["byField"]["name"], json!({ "total": 1, "valid": 0, "error": 1, "empty": 1 }));
    })
    .await;
}

#[tokio::test]
async fn named_records_are_meant_alone_or_left_out() {
    on_each_database(async |app: TestApp| {
        let (made, ids) = with_people(&app).await;
        let names = |places: &[usize]| places.iter().map(|place| &ids[*place]).collect::<Vec<_>>();
        let (one, other) = (&ids[1], &ids[2]);
        for (query, expected) in [
            (format!("ids={one}"), names(&[1])),
            (format!("ids[]={one}&ids[]={other}"), names(&[1, 2])),
            (format!("ids[0]={one}&ids[1]={other}"), names(&[1, 2])),
            (format!("ids%5B0%5D={one}"), names(&[1])),
            (format!("filter=all&ids={one}"), names(&[0, 2, 3])),
            (format!("filter=error&ids={other}"), names(&[0, 3])),
            (format!("filter=none&ids={one}"), names(&[1])),
            (format!("searchValue=Bob&ids={one}"), names(&[3])),
        ] {
            // The base of Flatfile's own documents is `/api/v1`.
            let data = app.get(&format!("/api/v1/sheets/{}/records?{query}", made.sheet)).await.data();
            let found: Vec<&Value> =
                data["records"].as_array().unwrap().iter().map(|record| &record["id"]).collect();
            assert_eq!(json!(found), json!(expected), "{query}");
        }
        let path =
            format!("/v1/sheets/{}/records/bulk-update?filter=all&ids[0]={one}&ids[1]={other}", made.sheet);
        app.patch(&path, json!({ "fieldUpdates": { "name": { "value": "Eve" } } })).await.data();
        let data = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
        let found: Vec<&Value> = data["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| &record["values"]["name"]["value"])
            .collect();
        assert_eq!(json!(found), json!(["Eve", "Bob", null, "Eve"]));
    })
    .await;
}
