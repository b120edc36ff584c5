use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, insert, row, text};
use crate::{TestApp, on_each_database};

fn people() -> [Value; 4] {
    [
        json!({ "name": "Ada", "age": 36, "email": "ada@example.com" }),
        json!({ "name": "Bob", "age": 7, "email": "bob@example.com" }),
        json!({ "name": null, "age": "old", "email": "eve@example.com" }),
        json!({ "name": "Zoë", "age": null, "email": null }),
    ]
}

fn path(made: &Contacts) -> String {
    format!("/v1/sheets/{}/records", made.sheet)
}

async fn names(app: &TestApp, made: &Contacts, query: &str) -> Vec<Value> {
    let data = app.get(&format!("{}?{query}", path(made))).await.data();
    data["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["values"]["name"]["value"].clone())
        .collect()
}

#[tokio::test]
async fn a_record_has_exactly_the_members_that_clients_compare() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        let data = app.get(&path(&made)).await.data();
        assert_eq!(data["success"], json!(true));
        assert_eq!(data["versionId"], data["commitId"]);
        assert!(data["commitId"].as_str().unwrap().starts_with("us_vr_"));
        assert!(data.get("counts").is_none());
        assert_eq!(
            data["records"][0],
            json!({
                "id": ids[0],
                "values": {
                    "name": { "value": "Ada", "messages": [], "valid": true },
                    "age": { "value": 36, "messages": [], "valid": true },
                    "email": { "value": "ada@example.com", "messages": [], "valid": true },
                },
                "valid": true, "metadata": {}, "config": {},
            })
        );
        // The order of the cells is that of the fields.
        let bad = &data["records"][2];
        assert_eq!(bad["values"].as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "age", "email"]);
        assert_eq!(bad["valid"], json!(false));
        let name = &bad["values"]["name"];
        assert_eq!((&name["value"], &name["valid"]), (&Value::Null, &json!(false)));
        let message = name["messages"][0].as_object().unwrap();
        assert_eq!(message.keys().collect::<Vec<_>>(), ["type", "message", "source", "field"]);
        assert_eq!((&message["type"], &message["source"]), (&json!("error"), &json!("required-constraint")));
        assert_eq!(message["field"], json!("name"));
        assert_eq!(bad["values"]["age"]["value"], json!("old"));
        assert_eq!(bad["values"]["age"]["valid"], json!(false));
        let empty = &data["records"][3]["values"]["email"];
        assert_eq!(*empty, json!({ "value": null, "messages": [], "valid": true }));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_these_bytes() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &[json!({ "name": "A\"\n\u{1}é", "age": "1,000.50" })]).await;
        let change = json!([{ "id": ids[0], "metadata": { "b": 1, "a": [true] }, "values": { "email": { "messages": [
            { "type": "warn", "message": "\u{7f}odd" }, { "message": "wrong" }] } } }]);
        let commit = text(&app.put(&path(&made), change).await.data(), "commitId");
        let expected = format!(
            "{{\"data\":{{\"success\":true,\"records\":[{{\"id\":\"{}\",\"values\":{{\
             \"name\":{{\"value\":\"A\\\"\\n\\u0001é\",\"messages\":[],\"valid\":true}},\
             \"age\":{{\"value\":1000.5,\"messages\":[],\"valid\":true}},\
             \"email\":{{\"value\":null,\"messages\":[\
             {{\"type\":\"error\",\"message\":\"wrong\",\"source\":\"custom-logic\",\"field\":\"email\"}},\
             {{\"type\":\"warn\",\"message\":\"\u{7f}odd\",\"source\":\"custom-logic\",\"field\":\"email\"}}],\"valid\":false}}}},\
             \"valid\":false,\"metadata\":{{\"b\":1,\"a\":[true]}},\"config\":{{}}}}],\
             \"counts\":{{\"total\":1,\"valid\":0,\"error\":1}},\
             \"commitId\":\"{commit}\",\"versionId\":\"{commit}\"}}}}",
            ids[0]
        );
        let answer = app.get(&format!("{}?includeCounts=true", path(&made))).await;
        assert_eq!(String::from_utf8(answer.bytes).unwrap(), expected);
        assert_eq!(answer.headers["content-type"], "application/json");
    })
    .await;
}

#[tokio::test]
async fn a_page_may_be_the_whole_sheet() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for part in 0..3 {
            let rows: Vec<_> = (0..9_000)
                .map(|age| json!({ "name": { "value": "n" }, "age": { "value": part * 9_000 + age } }))
                .collect();
            app.post(&path(&made), Value::from(rows)).await.data();
        }
        let ages = async |query: &str| -> Vec<u64> {
            let data = app.get(&format!("{}?{query}", path(&made))).await.data();
            let records = data["records"].as_array().unwrap();
            records.iter().map(|record| record["values"]["age"]["value"].as_u64().unwrap()).collect()
        };
        assert_eq!(ages("").await, (0..10_000).collect::<Vec<_>>());
        assert_eq!(ages("pageSize=26000").await, (0..26_000).collect::<Vec<_>>());
        assert_eq!(ages("pageSize=26000&pageNumber=2").await, (26_000..27_000).collect::<Vec<_>>());
        let down = ages("pageSize=1000000&sortField=age&sortDirection=desc").await;
        assert_eq!(down, (0..27_000).rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn what_was_inserted_is_answered_in_order() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let rows: Vec<_> = people().iter().map(row).collect();
        let data = app.post(&path(&made), Value::from(rows)).await.data();
        let inserted: Vec<_> = data["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["values"]["email"]["value"].clone())
            .collect();
        assert_eq!(json!(inserted), json!(["ada@example.com", "bob@example.com", "eve@example.com", null]));
        assert_eq!(data["counts"]["total"], json!(4));
        assert_eq!(data["records"], app.get(&path(&made)).await.data()["records"]);
        let none = app.post(&path(&made), json!([])).await.data();
        assert_eq!((&none["records"], &none["success"]), (&json!([]), &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn records_are_found_by_every_parameter() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        for (query, expected) in [
            (String::new(), json!(["Ada", "Bob", null, "Zoë"])),
            ("pageSize=2&pageNumber=2".to_string(), json!([null, "Zoë"])),
            ("pageSize=2&pageNumber=9".to_string(), json!([])),
            ("filter=valid".to_string(), json!(["Ada", "Bob", "Zoë"])),
            ("filter=error".to_string(), json!([null])),
            ("filter=error&filterField=email".to_string(), json!([])),
            ("filter=none".to_string(), json!([])),
            ("searchValue=EXAMPLE".to_string(), json!(["Ada", "Bob", null])),
            ("searchValue=ada&searchField=name".to_string(), json!(["Ada"])),
            ("searchValue=%22%22&searchField=email".to_string(), json!(["Zoë"])),
            ("sortField=age&sortDirection=desc".to_string(), json!(["Ada", "Bob"])),
            (format!("ids={}&ids={}", ids[1], ids[3]), json!(["Bob", "Zoë"])),
            (format!("ids={},{}", ids[1], ids[3]), json!(["Bob", "Zoë"])),
            (format!("ids[]={}", ids[0]), json!(["Ada"])),
            (format!("filter=valid&ids={}", ids[0]), json!(["Bob", "Zoë"])),
        ] {
            let mut found = names(&app, &made, &query).await;
            if query.starts_with("sortField") {
                found.retain(|name| name == "Ada" || name == "Bob");
            }
            assert_eq!(json!(found), expected, "{query}");
        }
        let fields = app.get(&format!("{}?fields=email&fields=name", path(&made))).await.data();
        let keys: Vec<_> = fields["records"][0]["values"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["email", "name"]);
        assert_eq!(fields["records"][0]["values"]["name"]["value"], json!("Ada"));
        let counted =
            app.get(&format!("{}?filter=error&includeLength=true&pageSize=1", path(&made))).await.data();
        assert_eq!(counted["counts"]["total"], json!(1));
        let counted = app.get(&format!("{}?includeCounts=true", path(&made))).await.data();
        assert_eq!(counted["counts"], json!({ "total": 4, "valid": 3, "error": 1 }));
    })
    .await;
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_an_echo_changes_nothing() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        let before = app.get(&path(&made)).await.data();
        let echo = app.put(&path(&made), before["records"].clone()).await.data();
        assert_eq!(echo["success"], json!(true));
        assert_eq!((&echo["commitId"], &echo["versionId"]), (&before["commitId"], &before["commitId"]));
        assert_eq!(app.get(&path(&made)).await.data(), before);
        let commits = async || {
            let listed = app.get(&format!("/v1/sheets/{}/commits", made.sheet)).await.data();
            listed.as_array().unwrap().len()
        };
        assert_eq!(commits().await, 1);

        let change =
            json!([{ "id": ids[0], "values": { "age": { "value": "37" } }, "metadata": { "seen": true } }]);
        let answer = app.put(&path(&made), change).await.data();
        assert_eq!(answer["versionId"], answer["commitId"]);
        assert_ne!(answer["commitId"], before["commitId"]);
        assert_eq!(commits().await, 2);
        let after = app.get(&path(&made)).await.data();
        assert_eq!(after["records"][0]["values"]["age"]["value"], json!(37));
        assert_eq!(after["records"][0]["values"]["name"]["value"], json!("Ada"));
        assert_eq!(after["records"][0]["metadata"], json!({ "seen": true }));
        assert_eq!(text(&after["records"][0], "id"), ids[0]);

        let commit = text(&answer, "commitId");
        assert_eq!(names(&app, &made, &format!("commitId={commit}")).await, [json!("Ada")]);
        let first = text(&before, "commitId");
        assert_eq!(names(&app, &made, &format!("sinceCommitId={first}")).await, [json!("Ada")]);
    })
    .await;
}

#[tokio::test]
async fn messages_of_a_listener_stay_until_it_replaces_them() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        let say = async |message: Value| {
            let cell = json!({ "value": "Ada", "messages": message });
            app.put(&path(&made), json!([{ "id": ids[0], "values": { "name": cell } }])).await.data();
            app.get(&path(&made)).await.data()["records"][0].clone()
        };
        let record = say(json!([{ "type": "error", "message": "Who?", "source": "custom-logic" }])).await;
        let expected =
            json!([{ "type": "error", "message": "Who?", "source": "custom-logic", "field": "name" }]);
        assert_eq!((&record["values"]["name"]["messages"], &record["valid"]), (&expected, &json!(false)));
        let record = say(json!([{ "type": "info", "message": "Hm", "path": null }, {
            "type": "error", "message": "forged", "source": "required-constraint" }]))
        .await;
        let expected =
            json!([{ "type": "info", "message": "Hm", "source": "custom-logic", "field": "name" }]);
        assert_eq!((&record["values"]["name"]["messages"], &record["valid"]), (&expected, &json!(true)));
        assert_eq!(say(json!([])).await["values"]["name"]["messages"], json!([]));

        // Beside what the server says it comes first.
        let cell = json!({ "value": "old", "messages": [{ "type": "error", "message": "No age" }] });
        app.put(&path(&made), json!([{ "id": ids[0], "values": { "age": cell } }])).await.data();
        let record = app.get(&path(&made)).await.data()["records"][0].clone();
        let said = record["values"]["age"]["messages"].as_array().unwrap();
        assert_eq!((said.len(), &said[0]["message"]), (2, &json!("No age")), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn deleted_records_are_gone() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        let answer = app.delete(&format!("{}?ids={}&ids={}", path(&made), ids[0], ids[2])).await.data();
        assert_eq!(answer, json!({ "success": true }));
        assert_eq!(names(&app, &made, "").await, [json!("Bob"), json!("Zoë")]);
        app.delete(&path(&made)).await.refused(400);
        assert_eq!(names(&app, &made, "").await.len(), 2);

        // Their end is told, and no hook is asked to check them.
        let told = async |topic: &str| {
            let path = format!("/v1/events?spaceId={}&topic={topic}", made.space);
            app.get(&path).await.json()["data"].as_array().unwrap().len()
        };
        assert_eq!((told("records:deleted").await, told("commit:created").await), (1, 1));
        let forced = Request::delete(format!("{}?ids={}", path(&made), ids[1]))
            .header("authorization", format!("Bearer {}", app.key))
            .header("x-force-hooks", "true");
        app.send(forced.body(Body::empty()).unwrap()).await.data();
        assert_eq!((told("records:deleted").await, told("commit:created").await), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_an_event_tells_nobody_again() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        let created = async || {
            let path = format!("/v1/events?spaceId={}&topic=commit:created", made.space);
            app.get(&path).await.json()["data"].as_array().unwrap().clone()
        };
        let events = created().await;
        assert_eq!(events.len(), 1);
        let url = text(&events[0], "dataUrl");
        assert_eq!(url, format!("/v1/sheets/{}/records?for={}", made.sheet, text(&events[0], "id")));
        assert_eq!(events[0]["context"]["sheetSlug"], json!("contacts"));
        assert_eq!(events[0]["context"]["slugs"]["sheet"], json!("contacts"));

        // As the listener asks: the base ends in a slash, and so begins the address.
        let read = app.get(&format!("/{url}")).await.data();
        assert_eq!(read["records"].as_array().unwrap().len(), 4);
        let change = json!([{ "id": ids[0], "values": { "name": { "value": "ADA", "messages": [] } } }]);
        app.put(&url, change).await.data();
        assert_eq!(created().await.len(), 1);
        let layers = app.get(&format!("/v1/events?spaceId={}&topic=layer:created", made.space)).await.json();
        assert_eq!(layers["data"].as_array().unwrap().len(), 1);
        app.put(&path(&made), json!([{ "id": ids[0], "values": { "name": { "value": "Ada" } } }]))
            .await
            .data();
        assert_eq!(created().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn messages_are_counted_by_field_and_text() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let rows = [
            json!({ "name": null, "age": "old", "email": "a@b" }),
            json!({ "name": null, "email": "a@b" }),
            json!({ "name": null }),
            json!({ "name": "Ada", "email": "c@d" }),
        ];
        insert(&app, &made.sheet, &rows).await;
        let messages = format!("/v1/sheets/{}/messages", made.sheet);
        let answer = app.get(&messages).await.json();
        let groups = answer["data"].as_array().unwrap();
        let group = |place: usize| (text(&groups[place], "fieldKey"), groups[place]["count"].clone());
        assert_eq!((group(0), group(1)), (("name".into(), json!(3)), ("email".into(), json!(2))));
        assert_eq!((group(2), groups.len()), (("age".into(), json!(1)), 3));
        assert_eq!(
            (&groups[0]["type"], &groups[0]["source"]),
            (&json!("error"), &json!("required-constraint"))
        );
        assert!(groups[0]["message"].is_string(), "{}", groups[0]);
        let total = json!({ "currentPage": 1, "pageCount": 1, "totalCount": 3 });
        assert_eq!(answer["pagination"], total);
        let second = app.get(&format!("{messages}?pageSize=1&pageNumber=2")).await.json();
        assert_eq!((&second["data"][0], &second["pagination"]["pageCount"]), (&groups[1], &json!(3)));
        let narrowed = app.get(&format!("{messages}?searchValue=a%40b&searchField=email")).await.data();
        assert_eq!(narrowed[0]["count"], json!(2));
        assert_eq!(app.get(&format!("{messages}?filter=valid")).await.data(), json!([]));
        app.get(&format!("{messages}?q=nme%20eq%201")).await.refused(400);
        app.get("/v1/sheets/us_sh_0000000000000000000000/messages").await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn an_update_without_any_commit_names_none() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        // The client prints an error for each `null`.
        assert_eq!(app.put(&path(&made), json!([])).await.data(), json!({ "success": true }));
    })
    .await;
}

/// Section 1.3 of the contract: a write calls hooks when a value changed, one with `x-force-hooks` whatever it changed.
#[tokio::test]
async fn hooks_are_called_by_force() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &people()).await;
        let created = async || {
            let events = app.get(&format!("/v1/events?spaceId={}&topic=commit:created", made.space)).await.json();
            events["data"].as_array().unwrap().clone()
        };
        let put = async |address: &str, forced: Option<&str>, body: &Value| {
            let request = Request::put(address)
                .header("authorization", format!("Bearer {}", app.key))
                .header("x-disable-hooks", "true");
            let request = forced.into_iter().fold(request, |request, value| request.header("x-force-hooks", value));
            app.send(request.body(Body::from(body.to_string())).unwrap()).await.data();
            created().await.len()
        };
        let remark = |text: &str| {
            json!([{ "id": ids[0], "values": { "name": { "value": "Ada", "messages": [{ "message": text }] } } }])
        };
        assert_eq!(created().await.len(), 1);
        assert_eq!(put(&path(&made), None, &remark("a")).await, 1, "no value changed");
        assert_eq!(put(&path(&made), Some("true"), &remark("b")).await, 2);
        assert_eq!(put(&path(&made), Some("true"), &remark("b")).await, 2, "nothing changed at all");
        assert_eq!(put(&path(&made), Some("false"), &remark("c")).await, 2);
        let url = text(&created().await[0], "dataUrl");
        assert_eq!(put(&url, Some("true"), &remark("d")).await, 2, "a hook would call itself for ever");
        let change = json!([{ "id": ids[0], "values": { "name": { "value": "Eve" } } }]);
        assert_eq!(put(&path(&made), None, &change).await, 3, "a value changed, X-Disable-Hooks or not");
    })
    .await;
}

#[tokio::test]
async fn new_records_bring_columns_where_the_blueprint_takes_them() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let rows = json!([{ "name": { "value": "Ada" }, "shoe size": { "value": 38 } },
            { "shoe size": { "value": "39" }, "Hobby": { "value": null } }]);
        let message = app.post(&path(&made), rows.clone()).await.refused(400);
        assert!(message.contains("`shoe size` is not the key of a field"), "{message}");
        let open = json!({ "sheets": [{ "id": made.sheet, "allowAdditionalFields": true }] });
        app.patch(&format!("/v1/workbooks/{}", made.workbook), open).await.data();
        app.post(&path(&made), rows.clone()).await.data();
        app.post(&path(&made), rows).await.data();
        let records = app.get(&path(&made)).await.data()["records"].clone();
        assert_eq!(records.as_array().unwrap().len(), 4);
        assert_eq!(records[0]["values"]["shoe size"]["value"], json!("38"));
        let fields = app.get(&format!("/v1/sheets/{}", made.sheet)).await.data()["config"]["fields"].clone();
        let keys: Vec<_> = fields.as_array().unwrap().iter().map(|field| text(field, "key")).collect();
        assert_eq!(keys, ["name", "age", "email", "shoe size", "Hobby"]);
        assert_eq!(
            (&fields[3]["type"], &fields[3]["treatments"]),
            (&json!("string"), &json!(["user-defined"]))
        );
        let told = app.get(&format!("/v1/events?spaceId={}&topic=sheet:updated", made.space)).await.json();
        let changes = &told["data"].as_array().unwrap().last().unwrap()["payload"]["changes"];
        assert_eq!(changes[1], json!({ "type": "field_added", "details": { "fieldKey": "Hobby" } }));
        // A key that differs in the case of its letters alone is no other key.
        app.post(&path(&made), json!([{ "EMAIL": { "value": "a" } }])).await.refused(400);
        app.put(&path(&made), json!([{ "id": records[0]["id"], "values": { "new": { "value": "a" } } }]))
            .await
            .refused(400);
    })
    .await;
}
