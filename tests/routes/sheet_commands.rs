use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::query::RecordQuery;
use inlet::service::ErrorKind;
use inlet::service::authentication::actor_of_user;
use inlet::service::bulk::BulkChange;
use inlet::service::cell_edits::Typed;
use inlet::service::records::Audience;
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, row, text, typed};
use crate::{TestApp, on_each_database};

async fn person(app: &TestApp) -> Actor {
    actor_of_user(&app.service.sign_in_local().await.unwrap().user)
}

async fn records(app: &TestApp, sheet: &str) -> Vec<Value> {
    let read = app.get(&format!("/v1/sheets/{sheet}/records?includeMessages=true")).await.data();
    read["records"].as_array().unwrap().clone()
}

/// Values, messages, metadata and config, without what differs between two sheets.
fn contents(mut records: Vec<Value>) -> Vec<Value> {
    for record in &mut records {
        record.as_object_mut().unwrap().remove("id");
        for cell in record["values"].as_object_mut().unwrap().values_mut() {
            cell.as_object_mut().unwrap().remove("updatedAt");
        }
    }
    records
}

#[tokio::test]
async fn a_copy_of_a_sheet_has_its_records_and_goes_its_own_way() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let many: Vec<Value> =
            (0..4_200).map(|number| row(&json!({ "name": format!("Row {number}") }))).collect();
        app.post(&format!("/v1/sheets/{}/records", made.sheet), json!(many)).await.data();
        let ids =
            insert(&app, &made.sheet, &[json!({ "email": "a" }), json!({ "name": "B", "email": "a" })]).await;
        let change = json!([{
            "id": ids[1], "metadata": { "row": 2 }, "config": { "readonly": true },
            "values": { "name": { "value": "Ben", "messages": [{ "type": "warn", "message": "really?" }] } },
        }]);
        app.put(&format!("/v1/sheets/{}/records", made.sheet), change).await.data();
        app.patch(
            &format!("/v1/sheets/{}", made.sheet),
            json!({ "metadata": { "a": 1 }, "namespace": "green" }),
        )
        .await;

        let path = format!("/v1/sheets/{}/duplicate", made.sheet);
        let copy = app.post(&path, json!(null)).await.data();
        assert_eq!((&copy["name"], &copy["createdFrom"]), (&json!("Copy of Contacts"), &json!(made.sheet)));
        assert!(text(&copy, "slug").starts_with("contacts-copy-"), "{}", copy["slug"]);
        assert_eq!((&copy["metadata"], &copy["namespace"]), (&json!({ "a": 1 }), &json!("green")));
        assert_eq!(copy["recordCounts"], json!({ "total": 4202, "valid": 4200, "error": 2 }));
        let copy = text(&copy, "id");
        let (original, copied) = (records(&app, &made.sheet).await, records(&app, &copy).await);
        assert_ne!(original[0]["id"], copied[0]["id"]);
        assert_eq!(contents(original.clone()), contents(copied.clone()));

        // Each goes its own way, and the rules go on in the copy.
        let last = text(copied.last().unwrap(), "id");
        let change = json!([{ "id": last, "values": { "email": { "value": "b" } } }]);
        app.put(&format!("/v1/sheets/{copy}/records"), change).await.data();
        app.delete(&format!("/v1/sheets/{}/records?ids={}", made.sheet, text(&original[0], "id")))
            .await
            .data();
        let counts =
            async |sheet: &str| app.get(&format!("/v1/sheets/{sheet}")).await.data()["recordCounts"].clone();
        assert_eq!(counts(&copy).await, json!({ "total": 4202, "valid": 4201, "error": 1 }));
        assert_eq!(counts(&made.sheet).await, json!({ "total": 4201, "valid": 4199, "error": 2 }));
        insert(&app, &copy, &[json!({ "name": "C", "email": "b" })]).await;
        assert_eq!(counts(&copy).await, json!({ "total": 4203, "valid": 4200, "error": 3 }));

        let named = app.post(&path, json!({ "name": "Other", "slug": "other" })).await.data();
        assert_eq!((&named["name"], &named["slug"]), (&json!("Other"), &json!("other")));
        app.post(&path, json!({ "slug": "other" })).await.refused(400);
        let events = async |topic: &str| {
            let path = format!("/v1/events?spaceId={}&topic={topic}", made.space);
            app.get(&path).await.json()["data"].as_array().unwrap().clone()
        };
        assert_eq!(events("sheet:created").await.len(), 3);
        let told = events("workbook:updated").await;
        assert_eq!(told[0]["payload"]["changes"][0]["details"]["sheetId"], json!(copy));
        assert_eq!(events("sheet:created").await[1]["namespaces"], json!(["sheet:green"]));
    })
    .await;
}

#[tokio::test]
async fn a_locked_sheet_refuses_people_and_names_who_locked_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = SheetId::parse(&made.sheet).unwrap();
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let path = format!("/v1/sheets/{}", made.sheet);
        let person = person(&app).await;
        app.service.lock_sheet(&person, &id, true).await.unwrap();
        let locked = app.get(&path).await.data();
        assert_eq!(locked["lockedBy"], json!(person.id));
        assert!(locked["lockedAt"].is_string());
        app.post(&format!("{path}/lock"), json!(null)).await.data();
        assert_eq!(app.get(&path).await.data()["lockedBy"], json!(person.id), "the first lock holds");

        let edit = || typed(&ids[0], Some("Ada"), Some("Eve"));
        let refused = app.service.type_cell(&person, &id, edit()).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Forbidden);
        assert!(refused.message.starts_with("Contacts was locked by Admin"), "{}", refused.message);
        let all = [RecordQuery::default()];
        let deleted = app.service.delete_records(&person, &id, &all, &Audience::Everybody).await;
        assert_eq!(deleted.unwrap_err().kind, ErrorKind::Forbidden);
        assert_eq!(app.service.delete_sheet(&person, &id).await.unwrap_err().kind, ErrorKind::Forbidden);
        assert_eq!(
            app.service.remove_field(&person, &id, "age").await.unwrap_err().kind,
            ErrorKind::Forbidden
        );
        // Programs go on.
        insert(&app, &made.sheet, &[json!({ "name": "Bob" })]).await;

        app.post(&format!("{path}/unlock"), json!(null)).await.data();
        let unlocked = app.get(&path).await.data();
        assert_eq!((&unlocked["lockedBy"], &unlocked["lockedAt"]), (&json!(null), &json!(null)));
        assert!(matches!(app.service.type_cell(&person, &id, edit()).await.unwrap(), Typed::Written(_)));
        app.post(&format!("{path}/lock"), json!(null)).await.data();
        let refused = app.service.type_cell(&person, &id, edit()).await.unwrap_err();
        assert!(refused.message.contains("by a program"), "{}", refused.message);
        let events = app.get(&format!("/v1/events?spaceId={}&topic=sheet:updated", made.space)).await.json();
        assert_eq!(events["data"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn people_do_not_change_what_a_record_says_is_read_only() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = SheetId::parse(&made.sheet).unwrap();
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let ids = insert(
            &app,
            &made.sheet,
            &[json!({ "name": "a" }), json!({ "name": "b" }), json!({ "name": "c" })],
        )
        .await;
        let locked = json!([
            { "id": ids[0], "config": { "readonly": true } },
            { "id": ids[1], "config": { "fields": { "name": { "readonly": true } } } },
        ]);
        app.put(&path, locked).await.data();
        let person = person(&app).await;
        for (record, seen, message) in
            [(&ids[0], "a", "this record is read-only"), (&ids[1], "b", "Name of this record is read-only")]
        {
            let refused = app.service.type_cell(&person, &id, typed(record, Some(seen), Some("x"))).await;
            let refused = refused.unwrap_err();
            assert_eq!((refused.kind, refused.message.as_str()), (ErrorKind::Forbidden, message));
        }
        let edit = typed(&ids[2], Some("c"), Some("C"));
        assert!(matches!(app.service.type_cell(&person, &id, edit).await.unwrap(), Typed::Written(_)));

        // A change of many leaves them out.
        let names = async || {
            let records = records(&app, &made.sheet).await;
            records.iter().map(|record| text(&record["values"]["name"], "value")).collect::<Vec<_>>()
        };
        let update = |field: &str, value: &str| BulkChange::Update(vec![(field.to_string(), json!(value))]);
        let query = RecordQuery::default();
        app.service.change_in_bulk(&person, &id, &query, &update("name", "all"), false).await.unwrap();
        assert_eq!(names().await, ["a", "b", "all"]);
        app.service.change_in_bulk(&person, &id, &query, &update("email", "e"), false).await.unwrap();
        let emails: Vec<Value> = records(&app, &made.sheet)
            .await
            .iter()
            .map(|record| record["values"]["email"]["value"].clone())
            .collect();
        assert_eq!(emails, [json!(null), json!("e"), json!("e")]);

        let all = [RecordQuery::default()];
        let refused = app.service.delete_records(&person, &id, &all, &Audience::Everybody).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Forbidden);
        assert!(refused.message.contains("read-only (1)"), "{}", refused.message);
        let one = [RecordQuery { ids: vec![ids[1].clone()], ..RecordQuery::default() }];
        app.service.delete_records(&person, &id, &one, &Audience::Everybody).await.unwrap();

        // Programs change everything.
        let change = json!([{ "id": ids[0], "values": { "name": { "value": "program" } } }]);
        app.put(&path, change).await.data();
        assert_eq!(names().await, ["program", "all"]);
    })
    .await;
}

#[tokio::test]
async fn read_only_records_among_many_stay() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = SheetId::parse(&made.sheet).unwrap();
        let many: Vec<Value> = (0..5_000).map(|_| row(&json!({ "name": "a" }))).collect();
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let inserted = app.post(&path, json!(many)).await.data();
        let locked: Vec<Value> = [3, 4_500]
            .iter()
            .map(|row| json!({ "id": inserted["records"][*row as usize]["id"], "config": { "readonly": true } }))
            .collect();
        app.put(&path, json!(locked)).await.data();
        let change = BulkChange::Update(vec![("name".to_string(), json!("b"))]);
        let person = person(&app).await;
        let query = RecordQuery::default();
        let done = app.service.change_in_bulk(&person, &id, &query, &change, false).await.unwrap();
        assert_eq!(done.records, 4_998);
        let left = app.get(&format!("/v1/sheets/{}/counts?q=name eq a", made.sheet).replace(' ', "%20")).await.data();
        assert_eq!(left["counts"]["total"], json!(2));
        let refused = app.service.delete_records(&person, &id, &[query], &Audience::Everybody).await.unwrap_err();
        assert!(refused.message.contains("read-only (2)"), "{}", refused.message);
    })
    .await;
}

#[tokio::test]
async fn columns_come_to_something() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/sheets/{}/calculations", made.sheet);
        let empty = app.get(&path).await.data();
        let value = |calculations: &Value, field: &str, kind: &str| {
            let all = calculations.as_array().unwrap();
            let found = all.iter().find(|one| one["fieldKey"] == json!(field) && one["type"] == json!(kind));
            found.map(|one| one["value"].clone())
        };
        assert_eq!(value(&empty, "age", "AVERAGE"), Some(Value::Null));
        assert_eq!(value(&empty, "age", "PERCENT_EMPTY"), Some(Value::Null));
        let people = [
            json!({ "name": "Ada", "age": 36 }),
            json!({ "name": "Bob", "age": 12.5 }),
            json!({ "name": "Eve" }),
        ];
        insert(&app, &made.sheet, &people).await;
        let all = app.get(&path).await.data();
        for (field, kind, wanted) in [
            ("age", "COUNT_EMPTY", Some(json!(1.0))),
            ("age", "COUNT_NON_EMPTY", Some(json!(2.0))),
            ("name", "PERCENT_NON_EMPTY", Some(json!(100.0))),
            ("age", "SUM", Some(json!(48.5))),
            ("age", "AVERAGE", Some(json!(24.25))),
            ("age", "MIN", Some(json!(12.5))),
            ("age", "MAX", Some(json!(36.0))),
            ("name", "SUM", None),
        ] {
            assert_eq!(value(&all, field, kind), wanted, "{field} {kind}");
        }
        let ids: std::collections::BTreeSet<String> =
            all.as_array().unwrap().iter().map(|one| text(one, "id")).collect();
        assert_eq!(ids.len(), all.as_array().unwrap().len());
        let some = app.get(&format!("{path}?searchValue=Ada")).await.data();
        assert_eq!(value(&some, "age", "SUM"), Some(json!(36.0)));
        app.get(&format!("{path}?q=nothing")).await.refused(400);
    })
    .await;
}
