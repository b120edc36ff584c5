use serde_json::{Value, json};

use crate::fixtures::{blueprint, contacts, insert, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn a_workbook_comes_back_with_its_sheets() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let workbook = app.get(&format!("/v1/workbooks/{}", made.workbook)).await.data();
        assert_eq!((&workbook["name"], &workbook["labels"]), (&json!("All Contacts"), &json!(["pinned"])));
        assert_eq!(workbook["actions"][0]["operation"], json!("submitAction"));
        let sheet = &workbook["sheets"][0];
        assert_eq!((&sheet["slug"], &sheet["config"]["slug"]), (&json!("contacts"), &json!("contacts")));
        assert_eq!(sheet["config"]["fields"][1]["type"], json!("number"));
        assert_eq!(sheet["workbookId"], json!(made.workbook));
        for member in ["id", "spaceId", "environmentId", "createdAt", "updatedAt"] {
            assert!(workbook[member].is_string(), "{member}");
        }
    })
    .await;
}

#[tokio::test]
async fn workbooks_are_listed_by_what_is_asked() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let list = async |query: &str| {
            let path = format!("/v1/workbooks?spaceId={}&{query}", made.space);
            app.get(&path).await.data().as_array().unwrap().clone()
        };
        for (query, expected) in [
            ("", 1),
            ("label=pinned", 1),
            ("label=-pinned", 0),
            ("name=Other", 0),
            ("name=-Other", 1),
            ("namespace=x", 0),
        ] {
            assert_eq!(list(query).await.len(), expected, "{query}");
        }
        assert!(list("").await[0]["sheets"].is_array());
        assert!(list("includeSheets=false").await[0].get("sheets").is_none());
        assert_eq!(app.get("/v1/workbooks").await.data(), json!(list("").await));
    })
    .await;
}

#[tokio::test]
async fn changes_of_sheets_keep_the_records() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada", "age": 36, "email": "a@b.c" })]).await;
        let path = format!("/v1/workbooks/{}", made.workbook);
        let fields = json!([
            { "key": "name", "type": "string", "label": "Full name" },
            { "key": "city", "type": "string" },
        ]);
        let change = json!({
            "name": "Contacts 2", "actions": [],
            "sheets": [{ "slug": "contacts", "fields": fields }, { "name": "More", "fields": [{ "key": "a", "type": "string" }] }],
        });
        let workbook = app.patch(&path, change).await.data();
        assert_eq!((&workbook["name"], &workbook["actions"]), (&json!("Contacts 2"), &json!([])));
        assert_eq!(workbook["sheets"].as_array().unwrap().len(), 2);
        assert_eq!(workbook["sheets"][0]["id"], json!(made.sheet));
        let records = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
        let values = records["records"][0]["values"].as_object().unwrap();
        assert_eq!(values.keys().collect::<Vec<_>>(), ["name", "city"]);
        assert_eq!((&values["name"]["value"], &values["city"]["value"]), (&json!("Ada"), &Value::Null));
        app.delete(&path).await.data();
        app.get(&format!("/v1/sheets/{}", made.sheet)).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn every_type_and_option_of_a_field_is_taken_and_given_back() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
        let fields = json!([
            { "key": "a", "type": "string", "config": { "size": "normal" }, "description": "d", "readonly": true },
            { "key": "b", "type": "number", "constraints": [{ "type": "required" }, { "type": "computed" }] },
            { "key": "c", "type": "boolean", "config": { "allowIndeterminate": true } },
            { "key": "d", "type": "date", "alternativeNames": ["born"] },
            { "key": "e", "type": "enum", "config": { "options": [{ "value": 1, "label": "One" }], "allowCustom": true } },
            { "key": "f", "type": "enum-list", "config": { "options": [{ "value": "x" }] } },
            { "key": "g", "type": "string-list" },
            { "key": "h", "type": "reference", "config": { "ref": "self", "key": "a", "relationship": "has-one" } },
            { "key": "i", "type": "reference-list", "config": { "ref": "self", "key": "a" } },
        ]);
        let body = json!({ "spaceId": space, "name": "W", "sheets": [{ "name": "Self", "slug": "self", "fields": fields }] });
        let made = app.post("/v1/workbooks", body).await.data();
        let given = made["sheets"][0]["config"]["fields"].as_array().unwrap();
        for (given, sent) in given.iter().zip(fields.as_array().unwrap()) {
            for (member, value) in sent.as_object().unwrap().iter().filter(|(member, _)| *member != "config") {
                assert!(given[member] == *value || member == "constraints", "{given} lacks {member}");
            }
        }
        assert_eq!(given.len(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_space_may_have_several_workbooks() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let mut again = blueprint();
        again["spaceId"] = json!(made.space);
        app.post("/v1/workbooks", again).await.data();
        let listed = app.get(&format!("/v1/workbooks?spaceId={}", made.space)).await.data();
        assert_eq!(listed.as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn treatments_and_folder_are_kept() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
        let body = json!({
            "spaceId": space, "name": "[file] a.xlsx", "sheets": [], "folder": "Files",
            "treatments": ["EXTRACTED_FROM_SOURCE", "SMALL_DATA"],
        });
        let made = app.post("/v1/workbooks", body).await.data();
        let plain = app.post("/v1/workbooks", json!({ "spaceId": space, "name": "W", "sheets": [] })).await;
        let plain = plain.data();
        assert_eq!((&plain["treatments"], &plain["folder"]), (&json!([]), &json!(null)));
        let path = format!("/v1/workbooks/{}", text(&made, "id"));
        let read = app.get(&path).await.data();
        assert_eq!(read["folder"], json!("Files"));
        assert_eq!(read["treatments"], json!(["EXTRACTED_FROM_SOURCE", "SMALL_DATA"]));

        let count = async |query: &str| {
            let path = format!("/v1/workbooks?spaceId={space}&{query}");
            app.get(&path).await.data().as_array().unwrap().len()
        };
        for (query, expected) in [
            ("treatment=SMALL_DATA", 1),
            ("treatment[]=SMALL_DATA&treatment[]=EXTRACTED_FROM_SOURCE", 1),
            ("treatment=OTHER", 0),
            ("", 2),
        ] {
            assert_eq!(count(query).await, expected, "{query}");
        }
        let change = json!({ "folder": null, "treatments": ["SMALL_DATA"], "metadata": { "a": 1 } });
        let changed = app.patch(&path, change).await.data();
        assert_eq!((&changed["folder"], &changed["treatments"]), (&json!(null), &json!(["SMALL_DATA"])));
        assert!(app.patch(&path, json!({ "metadata": null })).await.data()["metadata"].is_null());
        app.patch(&path, json!({ "treatments": "SMALL_DATA" })).await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn a_workbook_tells_what_is_another() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/workbooks/{}", made.workbook);
        let told = async || {
            let path = format!("/v1/events?spaceId={}&topic=workbook:updated", made.space);
            let events = app.get(&path).await.json();
            let changes = events["data"].as_array().unwrap().iter();
            changes.map(|event| event["payload"]["changes"].clone()).collect::<Vec<_>>()
        };
        app.patch(&path, json!({ "name": "All Contacts", "labels": ["pinned"] })).await.data();
        // What changes in a sheet, the sheet tells.
        app.patch(&path, json!({ "sheets": [{ "slug": "contacts", "metadata": { "a": 1 } }] })).await.data();
        assert!(told().await.is_empty());

        let more = json!({ "name": "More", "fields": [{ "key": "a", "type": "string" }] });
        let workbook = app.patch(&path, json!({ "sheets": [more], "actions": [] })).await.data();
        let more = text(&workbook["sheets"][1], "id");
        let details = json!({ "sheetId": more, "name": "More", "slug": "more" });
        assert_eq!(
            told().await,
            [json!([
                { "type": "sheet_added", "details": details },
                { "type": "config_updated", "details": { "member": "actions" } },
            ])]
        );
        app.delete(&format!("/v1/sheets/{more}")).await.data();
        assert_eq!(told().await[1], json!([{ "type": "sheet_removed", "details": details }]));
        // What changes in the fields, the sheet tells field by field.
        let fields = json!([{ "key": "name", "type": "string", "label": "Full name" }, { "key": "city", "type": "string" }]);
        app.patch(&path, json!({ "sheets": [{ "slug": "contacts", "fields": fields }] })).await.data();
        let of_sheet = format!("/v1/events?spaceId={}&topic=sheet:updated", made.space);
        let events = app.get(&of_sheet).await.json();
        let change = |what: &str, key: &str| json!({ "type": what, "details": { "fieldKey": key } });
        assert_eq!(
            events["data"].as_array().unwrap().last().unwrap()["payload"]["changes"],
            json!([
                change("field_added", "city"),
                change("field_removed", "age"),
                change("field_removed", "email"),
                change("field_updated", "name"),
            ])
        );
        app.patch(&path, json!({ "name": "Other" })).await.data();
        assert_eq!(told().await[2], json!([{ "type": "config_updated", "details": {} }]));
    })
    .await;
}

#[tokio::test]
async fn metadata_of_a_listed_sheet_is_its_own() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/workbooks/{}", made.workbook);
        let entry = json!({ "id": made.sheet, "metadata": { "rowHeaders": [1] }, "config": { "metadata": { "b": 2 } } });
        let sheet = app.patch(&path, json!({ "sheets": [entry] })).await.data()["sheets"][0].clone();
        assert_eq!(sheet["metadata"], json!({ "rowHeaders": [1] }));
        assert_eq!(sheet["config"]["metadata"], json!({ "b": 2 }));
        let events = app.get(&format!("/v1/events?spaceId={}&topic=sheet:updated", made.space)).await.json();
        assert_eq!(events["data"].as_array().unwrap().len(), 1);
        let entry = json!({ "slug": "contacts", "metadata": null });
        let sheet = app.patch(&path, json!({ "sheets": [entry] })).await.data()["sheets"][0].clone();
        assert_eq!((&sheet["metadata"], &sheet["config"]["metadata"]), (&json!(null), &json!({ "b": 2 })));
    })
    .await;
}

#[tokio::test]
async fn events_name_the_space_and_the_workbook_around() {
    on_each_database(async |app: TestApp| {
        let space = app.post("/v1/spaces", json!({ "name": "My Space", "namespace": "red" })).await.data();
        let mut workbook = blueprint();
        workbook["spaceId"] = space["id"].clone();
        workbook["namespace"] = json!("blue");
        let workbook = app.post("/v1/workbooks", workbook).await.data();
        let sheet = text(&workbook["sheets"][0], "id");
        let ids = insert(&app, &sheet, &[json!({ "name": "Ada" })]).await;
        let change = json!([{ "id": ids[0], "values": { "name": { "value": "Bob" } } }]);
        app.put(&format!("/v1/sheets/{sheet}/records"), change).await.data();
        for (kind, source) in
            [("workbook", &workbook["id"]), ("sheet", &json!(sheet)), ("space", &space["id"])]
        {
            let job = json!({ "type": kind, "operation": "go", "source": source, "trigger": "immediate" });
            let job = text(&app.post("/v1/jobs", job).await.data(), "id");
            app.post(&format!("/v1/jobs/{job}/ack"), json!({})).await.data();
        }
        let path = format!("/v1/events?spaceId={}&pageSize=100", text(&space, "id"));
        let events = app.get(&path).await.json();
        let mut seen = std::collections::BTreeSet::new();
        for event in events["data"].as_array().unwrap() {
            let topic = text(event, "topic");
            let is_within = event["context"]["workbookId"].is_string();
            let namespaces =
                if is_within { json!(["space:red", "workbook:blue"]) } else { json!(["space:red"]) };
            assert_eq!(event["namespaces"], namespaces, "{topic}");
            let slugs = &event["context"]["slugs"];
            assert_eq!(slugs["space"], json!("my-space"), "{topic}");
            let workbook = if is_within { json!("all-contacts") } else { Value::Null };
            assert_eq!(slugs["workbook"], workbook, "{topic}");
            seen.insert((topic, is_within));
        }
        for topic in [
            "sheet:created",
            "records:created",
            "records:updated",
            "commit:created",
            "job:ready",
            "job:updated",
        ] {
            assert!(seen.contains(&(topic.to_string(), true)), "{topic} of {seen:?}");
        }
        assert!(seen.contains(&("job:ready".to_string(), false)));
    })
    .await;
}

#[tokio::test]
async fn a_sheet_that_comes_later_has_a_slug_of_its_own() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/workbooks/{}", made.workbook);
        let field = json!({ "key": "a", "type": "string", "meta": { "from": "crm" } });
        let unnamed = json!({ "name": "Contacts", "fields": [field] });
        let data = app.patch(&path, json!({ "sheets": [unnamed, unnamed] })).await.data();
        let slugs: Vec<&str> =
            data["sheets"].as_array().unwrap().iter().map(|sheet| sheet["slug"].as_str().unwrap()).collect();
        assert_eq!(slugs, ["contacts", "contacts-2", "contacts-3"]);
        assert_eq!(data["sheets"][1]["config"]["fields"][0]["metadata"], json!({ "from": "crm" }));
        let taken =
            json!({ "sheets": [{ "id": data["sheets"][1]["id"], "config": { "slug": "contacts" } }] });
        let words = app.patch(&path, taken).await.refused(400);
        assert!(words.contains("`contacts` is the slug of another sheet"), "{words}");
    })
    .await;
}
