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
        app.get("/v1/workbooks").await.refused(400);
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
