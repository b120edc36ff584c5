use serde_json::{Value, json};

use crate::fixtures::{insert, row, text};
use crate::{TestApp, on_each_database};

struct Company {
    space: String,
    departments: String,
    people: String,
}

async fn company(app: &TestApp) -> Company {
    let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
    let boss = json!({ "key": "boss", "type": "reference", "config": { "ref": "people", "key": "name" } });
    let department = json!({ "key": "department", "type": "reference", "config": { "ref": "departments", "key": "code" } });
    let body = json!({ "spaceId": space, "name": "W", "sheets": [
        { "name": "Departments", "slug": "departments", "fields": [{ "key": "code", "label": "Code", "type": "string" }] },
        { "name": "People", "slug": "people", "fields": [{ "key": "name", "label": "Name", "type": "string" }, department, boss] },
    ] });
    let made = app.post("/v1/workbooks", body).await.data();
    let id = |place: usize| text(&made["sheets"][place], "id");
    Company { space, departments: id(0), people: id(1) }
}

async fn errors(app: &TestApp, sheet: &str) -> u64 {
    app.get(&format!("/v1/sheets/{sheet}/counts")).await.data()["counts"]["error"].as_u64().unwrap()
}

/// Waits until the sheet has so many errors.
async fn until(app: &TestApp, sheet: &str, wanted: u64) {
    for _ in 0..200 {
        if errors(app, sheet).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{wanted} errors were expected, not {}", errors(app, sheet).await);
}

fn follow(app: &TestApp) {
    let (service, stopping) = (app.service.clone(), app.stopping.clone());
    tokio::spawn(async move { service.follow_references(stopping).await });
}

#[tokio::test]
async fn an_edit_where_a_reference_leads_to_clears_its_error() {
    on_each_database(async |app: TestApp| {
        let made = company(&app).await;
        insert(&app, &made.departments, &[json!({ "code": "IT" })]).await;
        let people =
            [json!({ "name": "Ada", "department": "IT" }), json!({ "name": "Bob", "department": "HR" })];
        let path = format!("/v1/sheets/{}/records", made.people);
        let rows: Vec<Value> = people.iter().map(row).collect();
        let records = app.post(&path, Value::from(rows)).await.data()["records"].take();
        assert_eq!(errors(&app, &made.people).await, 1);
        let cell = &app.get(&path).await.data()["records"][1]["values"]["department"];
        assert_eq!(cell["messages"][0]["source"], json!("unlinked"));
        assert_eq!(cell["messages"][0]["message"], json!("No record of Departments has this value in Code"));
        assert_eq!((&cell["valid"], &records[0]["valid"]), (&json!(false), &json!(true)));

        follow(&app);
        let departments = insert(&app, &made.departments, &[json!({ "code": "HR" })]).await;
        until(&app, &made.people, 0).await;
        let change = json!([{ "id": departments[0], "values": { "code": { "value": "People" } } }]);
        app.put(&format!("/v1/sheets/{}/records", made.departments), change).await.data();
        until(&app, &made.people, 1).await;
        let commits = app.get(&format!("/v1/sheets/{}/commits", made.people)).await.data();
        assert_eq!(commits.as_array().unwrap().len(), 3, "one for each time, none where nothing changed");
    })
    .await;
}

#[tokio::test]
async fn a_reference_to_nowhere_is_refused_wherever_it_comes_from() {
    on_each_database(async |app: TestApp| {
        let made = company(&app).await;
        let field =
            json!({ "key": "place", "type": "reference", "config": { "ref": "places", "key": "name" } });
        let path = format!("/v1/sheets/{}", made.people);
        assert!(app.post(&format!("{path}/fields"), field.clone()).await.refused(400).contains("places"));
        let workbook = text(&app.get(&path).await.data(), "workbookId");
        let change = json!({ "sheets": [{ "slug": "people", "fields": [field] }] });
        let path = format!("/v1/workbooks/{workbook}");
        assert!(app.patch(&path, change.clone()).await.refused(400).contains("places"));
        // Both come together.
        let mut both = change;
        let places =
            json!({ "name": "Places", "slug": "places", "fields": [{ "key": "name", "type": "string" }] });
        both["sheets"].as_array_mut().unwrap().push(places);
        assert_eq!(app.patch(&path, both).await.data()["sheets"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_sheet_may_refer_to_itself() {
    on_each_database(async |app: TestApp| {
        let made = company(&app).await;
        follow(&app);
        let people = [json!({ "name": "Ada", "boss": "Ada" }), json!({ "name": "Bob", "boss": "Ada" })];
        let ids = insert(&app, &made.people, &people).await;
        until(&app, &made.people, 0).await;
        app.delete(&format!("/v1/sheets/{}/records?ids={}", made.people, ids[0])).await.data();
        until(&app, &made.people, 1).await;
    })
    .await;
}

#[tokio::test]
async fn the_record_that_a_reference_leads_to_is_found() {
    on_each_database(async |app: TestApp| {
        let made = company(&app).await;
        insert(&app, &made.departments, &[json!({ "code": "HR" }), json!({ "code": "IT" })]).await;
        let people = [
            json!({ "name": "Ada", "department": "IT", "boss": "Ada" }),
            json!({ "name": "Bob", "boss": "Eve" }),
        ];
        insert(&app, &made.people, &people).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let page = app
            .service
            .records(&actor, &inlet::domain::ids::Id::parse(&made.people).unwrap(), Default::default())
            .await
            .unwrap();
        let links = app.service.links_of(&actor, &page.sheet, &page.records, &page.fields).await.unwrap();
        let found = |record: usize, key: &str| {
            let field = page.sheet.field_number(key).unwrap();
            let (sheet, records) = links.of(page.records[record].number, field)?;
            Some((sheet.slug.clone(), records[0].cells[0].text.clone().unwrap()))
        };
        assert_eq!(found(0, "department"), Some(("departments".to_string(), "IT".to_string())));
        assert_eq!(found(0, "boss"), Some(("people".to_string(), "Ada".to_string())));
        assert_eq!((found(1, "boss"), found(1, "department"), found(0, "name")), (None, None, None));
    })
    .await;
}

/// An employee who leads to a department, one whose cell leads nowhere, and the ids of the departments.
async fn employees(app: &TestApp, made: &Company) -> Vec<String> {
    let departments =
        insert(app, &made.departments, &[json!({ "code": "HR" }), json!({ "code": "IT" })]).await;
    let people = [json!({ "name": "Ada", "department": "IT" }), json!({ "name": "Bob", "department": "??" })];
    insert(app, &made.people, &people).await;
    departments
}

#[tokio::test]
async fn what_references_lead_to_is_sent_along_when_it_is_asked_for() {
    on_each_database(async |app: TestApp| {
        let made = company(&app).await;
        let departments = employees(&app, &made).await;
        let path = format!("/v1/sheets/{}/records", made.people);
        let records = async |query: &str| {
            app.get(&format!("{path}?{query}")).await.data()["records"].as_array().unwrap().clone()
        };
        let found = records("includeLinks=true").await;
        let cell = &found[0]["values"]["department"];
        let linked = json!([{ "id": departments[1], "valid": true, "metadata": {}, "config": {},
            "values": { "code": { "value": "IT", "valid": true, "messages": [] } } }]);
        assert_eq!((&cell["value"], &cell["valid"], &cell["links"]), (&json!("IT"), &json!(true), &linked));
        let has_links = |record: &Value, key: &str| record["values"][key].get("links").is_some();
        assert!(!has_links(&found[1], "department"), "what leads nowhere has no links: {}", found[1]);
        assert_eq!(found[1]["values"]["department"]["messages"][0]["source"], json!("unlinked"));
        assert!(!has_links(&found[0], "name") && !has_links(&found[0], "boss"), "{}", found[0]);
        assert_eq!(records("includeLinks=true&fields=department").await[0]["values"]["department"], *cell);
        assert_eq!(records("includeLinks=true&fields=name").await[0]["values"].as_object().unwrap().len(), 1);
        assert!(!has_links(&records("").await[0], "department"));

        // A hook is sent them unasked.
        let events = format!("/v1/events?spaceId={}&topic=commit:created", made.space);
        let events = app.get(&events).await.data();
        let of_people = |event: &&Value| event["context"]["sheetId"] == json!(made.people);
        let url = text(events.as_array().unwrap().iter().find(of_people).unwrap(), "dataUrl");
        assert_eq!(app.get(&url).await.data()["records"][0]["values"]["department"]["links"], linked);
        let without = app.get(&format!("{url}&includeLinks=false")).await.data();
        assert!(!has_links(&without["records"][0], "department"));
    })
    .await;
}

#[tokio::test]
async fn lines_have_links_too() {
    on_each_database(async |app: TestApp| {
        let made = company(&app).await;
        let departments = employees(&app, &made).await;
        let path =
            format!("/v2-alpha/records.jsonl?sheetId={}&noContext=true&includeLinks=true", made.people);
        let answer = app.get(&path).await;
        let answer = String::from_utf8(answer.bytes).unwrap();
        let lines: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let linked =
            json!({ "__k": departments[1], "__s": made.departments, "__n": "departments", "code": "IT" });
        assert_eq!((&lines[0]["__l"], &lines[1]["__l"]), (&json!([linked]), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_filter_narrows_the_links_whichever_fields_are_asked_for() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
        let filter = json!({ "refField": "country", "recordField": "country" });
        let city = json!({ "key": "city", "type": "reference",
            "config": { "ref": "cities", "key": "name", "filter": filter } });
        let field = |key: &str| json!({ "key": key, "type": "string" });
        let body = json!({ "spaceId": space, "name": "W", "sheets": [
            { "name": "Cities", "slug": "cities", "fields": [field("name"), field("country")] },
            { "name": "People", "slug": "people", "fields": [field("country"), city] },
        ] });
        let made = app.post("/v1/workbooks", body).await.data();
        let [cities, people] = [0, 1].map(|place| text(&made["sheets"][place], "id"));
        let of = |country: &str| json!({ "name": "Halle", "country": country });
        let ids = insert(&app, &cities, &[of("BE"), of("DE")]).await;
        insert(&app, &people, &[json!({ "country": "DE", "city": "Halle" })]).await;
        let path = format!("/v1/sheets/{people}/records?includeLinks=true&fields=city");
        let found = app.get(&path).await.data();
        assert_eq!(found["records"][0]["values"]["city"]["links"][0]["id"], json!(ids[1]));
    })
    .await;
}
