use inlet::domain::ids::Id;
use inlet::store::new_id;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, insert, text};
use crate::{TestApp, on_each_database};

async fn counts(app: &TestApp, made: &Contacts) -> [u64; 2] {
    let counts = app.get(&format!("/v1/sheets/{}/counts", made.sheet)).await.data()["counts"].take();
    ["total", "error"].map(|member| counts[member].as_u64().unwrap())
}

async fn commits(app: &TestApp, made: &Contacts) -> usize {
    app.get(&format!("/v1/sheets/{}/commits", made.sheet)).await.data().as_array().unwrap().len()
}

/// Gives the sheet these fields.
async fn change(app: &TestApp, made: &Contacts, fields: Value) -> Value {
    let change = json!({ "sheets": [{ "slug": "contacts", "fields": fields }] });
    app.patch(&format!("/v1/workbooks/{}", made.workbook), change).await.data()
}

async fn topics(app: &TestApp) -> Vec<String> {
    let events = app.get("/v1/events?pageSize=100").await.json();
    events["data"].as_array().unwrap().iter().map(|event| text(event, "topic")).collect()
}

async fn people(app: &TestApp) -> Contacts {
    let made = contacts(app).await;
    let records = [
        json!({ "name": "Ada", "age": "36", "email": "a@b.c" }),
        json!({ "name": "Bob", "age": "old", "email": "b" }),
        json!({ "name": "Bob", "age": null, "email": "c" }),
    ];
    insert(app, &made.sheet, &records).await;
    made
}

#[tokio::test]
async fn the_records_are_checked_by_the_new_rules_at_once() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        assert_eq!(counts(&app, &made).await, [3, 1]);
        let fields = json!([
            { "key": "name", "type": "string", "constraints": [{ "type": "unique" }] },
            { "key": "age", "type": "string" },
            { "key": "email", "type": "string", "constraints": [{ "type": "external", "validator": "email" }] },
        ]);
        let workbook = change(&app, &made, fields.clone()).await;
        assert_eq!(workbook["sheets"][0]["recordCounts"]["error"], json!(2));
        assert_eq!((counts(&app, &made).await, commits(&app, &made).await), ([3, 2], 2));
        let by_field = app.get(&format!("/v1/sheets/{}/counts", made.sheet)).await.data();
        assert_eq!(by_field["counts"]["errorsByField"], json!({ "name": 2, "email": 2 }));
        let told = topics(&app).await;
        assert_eq!(told.iter().filter(|topic| *topic == "sheet:counts-updated").count(), 2, "{told:?}");
        // The same rules once more are nothing new, and other labels of free fields are not either.
        change(&app, &made, fields).await;
        assert_eq!(commits(&app, &made).await, 2);
        app.post(&format!("/v1/sheets/{}/validate", made.sheet), json!(null)).await.data();
        assert_eq!(commits(&app, &made).await, 3, "listeners are asked about all records");
        // What is said of a field goes with it.
        change(&app, &made, json!([{ "key": "age", "type": "string" }])).await;
        assert_eq!((counts(&app, &made).await, commits(&app, &made).await), ([3, 0], 4));
    })
    .await;
}

#[tokio::test]
async fn fields_are_added_and_removed_one_by_one() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let path = format!("/v1/sheets/{}/fields", made.sheet);
        let field = json!({ "key": "city", "type": "string", "label": "City", "constraints": [{ "type": "required" }] });
        let made_field = app.post(&format!("{path}?insertAtIndex=1"), field.clone()).await.data();
        assert_eq!((&made_field["key"], &made_field["label"]), (&json!("city"), &json!("City")));
        assert_eq!(counts(&app, &made).await, [3, 3]);
        let keys = async || {
            let sheet = app.get(&format!("/v1/sheets/{}", made.sheet)).await.data();
            let fields = sheet["config"]["fields"].as_array().unwrap().clone();
            fields.iter().map(|field| text(field, "key")).collect::<Vec<_>>()
        };
        assert_eq!(keys().await, ["name", "city", "age", "email"]);
        let events = app.get("/v1/events?topic=sheet:updated").await.json();
        assert_eq!(events["data"][0]["payload"]["changes"][0]["type"], json!("field_added"));

        assert!(app.post(&path, field).await.refused(400).contains("city"));
        let end = json!({ "key": "z", "type": "string" });
        app.post(&format!("{path}?insertAtIndex=9"), end.clone()).await.refused(400);
        app.post(&path, json!({ "key": "z", "type": "strng" })).await.refused(400);
        app.post(&path, end).await.data();
        assert_eq!(keys().await.last().unwrap(), "z");

        app.delete(&format!("{path}/city")).await.data();
        assert_eq!((counts(&app, &made).await, keys().await.len()), ([3, 1], 4));
        assert!(app.delete(&format!("{path}/city")).await.refused(404).contains("city"));
    })
    .await;
}

#[tokio::test]
async fn a_sheet_is_validated_on_request() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let path = format!("/v1/sheets/{}/validate", made.sheet);
        assert_eq!(app.post(&path, json!(null)).await.data(), json!({ "success": true }));
        assert_eq!(commits(&app, &made).await, 2, "listeners are asked though nothing changed");
        app.post("/v1/sheets/us_sh_0000000000000000000000/validate", json!(null)).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn rules_do_not_change_under_an_import() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let sheet = Id::parse(&made.sheet).unwrap();
        let mut tx = app.service.db.write().await.unwrap();
        inlet::store::sheets::set_importing(&mut tx, &sheet, Some(&new_id())).await.unwrap();
        tx.commit().await.unwrap();
        let body = json!({ "key": "z", "type": "string", "constraints": [{ "type": "required" }] });
        let path = format!("/v1/sheets/{}", made.sheet);
        assert!(app.post(&format!("{path}/fields"), body).await.refused(409).contains("imported"));
        assert!(app.post(&format!("{path}/validate"), json!(null)).await.refused(409).contains("imported"));
        assert_eq!(app.get(&path).await.data()["config"]["fields"].as_array().unwrap().len(), 3);
    })
    .await;
}

/// Runs a worker until the job has ended well; gives its message.
async fn work(app: &TestApp, job: &str) -> Value {
    let (service, stopping) = (app.service.clone(), app.stopping.clone());
    tokio::spawn(inlet::jobs::worker::run(service, &inlet::jobs::kinds::KINDS, 1, stopping));
    for _ in 0..100 {
        let job = app.get(&format!("/v1/jobs/{job}")).await.data();
        if job["status"] == json!("complete") {
            return job["outcome"]["message"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the job did not end: {}", app.get(&format!("/v1/jobs/{job}")).await.data());
}

#[tokio::test]
async fn a_validation_may_be_a_job() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let body =
            json!({ "type": "sheet", "operation": "validate", "source": made.sheet, "trigger": "immediate" });
        let job = text(&app.post("/v1/jobs", body).await.data(), "id");
        assert_eq!(work(&app, &job).await, json!("1 of 3 records have errors."));
    })
    .await;
}

#[tokio::test]
async fn many_records_are_checked_by_a_job() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let sheet = app.service.sheet(&actor, &Id::parse(&made.sheet).unwrap()).await.unwrap();
        // So many are not inserted here; the sheet only says so for a while.
        let say = async |live: u64| {
            let mut tx = app.service.db.write().await.unwrap();
            let head = inlet::store::records::lock_head(&mut tx, sheet.number).await.unwrap().unwrap();
            let said = inlet::store::records::SheetHead { live, ..head };
            inlet::store::records::move_head(&mut tx, sheet.number, &said);
            tx.commit().await.unwrap();
        };
        say(1_000_000).await;
        let email = json!({ "key": "email", "type": "string", "constraints": [{ "type": "external", "validator": "email" }] });
        change(&app, &made, json!([{ "key": "name", "type": "string" }, { "key": "age", "type": "string" }, email])).await;
        say(3).await;
        assert_eq!((counts(&app, &made).await, commits(&app, &made).await), ([3, 1], 1), "nothing is checked yet");
        let jobs = app.get("/v1/jobs").await.data();
        let job = jobs.as_array().unwrap().iter().find(|job| job["operation"] == json!("validate")).unwrap();
        assert_eq!(work(&app, &text(job, "id")).await, json!("2 of 3 records have errors."));
        assert_eq!(counts(&app, &made).await, [3, 2]);
    })
    .await;
}

/// The errors of a sheet, by their fields and texts.
async fn errors(app: &TestApp, made: &Contacts) -> Vec<String> {
    let page = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
    let mut found = Vec::new();
    for record in page["records"].as_array().unwrap() {
        for (key, cell) in record["values"].as_object().unwrap() {
            let messages = cell["messages"].as_array().unwrap().iter();
            found.extend(messages.map(|message| format!("{key}: {}", text(message, "source"))));
        }
    }
    found.sort();
    found
}

/// Rules that what is left in the sheet keeps, and what comes back does not.
async fn sharpen(app: &TestApp, made: &Contacts) {
    let fields = json!([
        { "key": "name", "type": "string", "constraints": [{ "type": "unique" }] },
        { "key": "age", "type": "number", "constraints": [{ "type": "required" }] },
    ]);
    change(app, made, fields).await;
}

/// What the sheet holds of Ada and Bob once both are there, by the rules of [`sharpen`].
const SHARPENED: [&str; 3] =
    ["age: required-constraint", "name: unique-constraint", "name: unique-constraint"];

/// Ada with her age, and the change that deleted another Ada without one.
async fn ada_alone(app: &TestApp) -> (Contacts, String, String) {
    let made = contacts(app).await;
    let path = format!("/v1/sheets/{}", made.sheet);
    let rows = [json!({ "name": "Ada", "age": 1 }), json!({ "name": "Ada" })];
    let ids = insert(app, &made.sheet, &rows).await;
    app.delete(&format!("{path}/records?ids={}", ids[1])).await.data();
    let commits = app.get(&format!("{path}/commits")).await.data();
    (made, ids[0].clone(), text(&commits[0], "changeId"))
}

#[tokio::test]
async fn what_an_undo_brings_back_is_checked_by_the_rules_of_today() {
    on_each_database(async |app: TestApp| {
        let (made, _, deletion) = ada_alone(&app).await;
        let path = format!("/v1/sheets/{}/changes", made.sheet);
        let before = commits(&app, &made).await;
        sharpen(&app, &made).await;
        assert_eq!((errors(&app, &made).await.len(), commits(&app, &made).await), (0, before));
        let undone = app.post(&format!("{path}/{deletion}/undo"), json!(null)).await.data();
        assert_eq!(
            (errors(&app, &made).await, counts(&app, &made).await),
            (SHARPENED.map(str::to_string).into(), [2, 2])
        );
        // It is one change, however many commits it took.
        app.post(&format!("{path}/{}/undo", text(&undone, "changeId")), json!(null)).await.data();
        assert_eq!((errors(&app, &made).await.len(), counts(&app, &made).await), (0, [1, 0]));
    })
    .await;
}

#[tokio::test]
async fn so_is_what_comes_back_record_by_record() {
    on_each_database(async |app: TestApp| {
        let (made, ada, deletion) = ada_alone(&app).await;
        let update = json!([{ "id": ada, "values": { "age": { "value": 2 } } }]);
        app.put(&format!("/v1/sheets/{}/records", made.sheet), update).await.data();
        sharpen(&app, &made).await;
        assert_eq!(errors(&app, &made).await.len(), 0);
        let undo = format!("/v1/sheets/{}/changes/{deletion}/undo", made.sheet);
        app.post(&undo, json!(null)).await.data();
        assert_eq!(errors(&app, &made).await, SHARPENED);
    })
    .await;
}

#[tokio::test]
async fn what_a_snapshot_brings_back_is_checked_by_the_rules_of_today() {
    on_each_database(async |app: TestApp| {
        for restore in [json!(null), json!({ "created": true, "updated": true, "deleted": false })] {
            let made = contacts(&app).await;
            let path = format!("/v1/sheets/{}", made.sheet);
            let rows = [json!({ "name": "Ada", "age": 1 }), json!({ "name": "Ada" })];
            let ids = insert(&app, &made.sheet, &rows).await;
            let kept = app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.data();
            let update = json!({ "name": { "value": "Bob" }, "age": { "value": 2 } });
            app.put(&format!("{path}/records"), json!([{ "id": ids[1], "values": update }])).await.data();
            sharpen(&app, &made).await;
            assert_eq!(errors(&app, &made).await.len(), 0);
            app.post(&format!("/v1/snapshots/{}/restore", text(&kept, "id")), restore.clone()).await.data();
            assert_eq!(errors(&app, &made).await, SHARPENED, "{restore}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reference_that_comes_back_is_checked_by_what_it_leads_to_today() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
        let city =
            json!({ "key": "city", "type": "reference", "config": { "ref": "cities", "key": "name" } });
        let body = json!({ "spaceId": space, "name": "W", "sheets": [
            { "name": "Cities", "slug": "cities", "fields": [{ "key": "name", "type": "string" }] },
            { "name": "People", "slug": "people", "fields": [city] },
        ] });
        let workbook = app.post("/v1/workbooks", body).await.data();
        let [cities, people] = [0, 1].map(|place| text(&workbook["sheets"][place], "id"));
        let halle = insert(&app, &cities, &[json!({ "name": "Halle" })]).await;
        let person = insert(&app, &people, &[json!({ "city": "Halle" })]).await;
        for (sheet, id) in [(&people, &person[0]), (&cities, &halle[0])] {
            app.delete(&format!("/v1/sheets/{sheet}/records?ids={id}")).await.data();
        }
        let commits = app.get(&format!("/v1/sheets/{people}/commits")).await.data();
        let undo = format!("/v1/sheets/{people}/changes/{}/undo", text(&commits[0], "changeId"));
        app.post(&undo, json!(null)).await.data();
        let made = Contacts { space, workbook: text(&workbook, "id"), sheet: people };
        assert_eq!(errors(&app, &made).await, ["city: unlinked"]);
    })
    .await;
}
