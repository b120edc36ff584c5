//! What somebody reaches by naming it in a body, or by what another one began: never more than what they see.

use serde_json::{Value, json};

use crate::files::upload_as;
use crate::fixtures::{blueprint, contacts, ended, guest_role, guest_token, insert, invited, text};
use crate::users::{as_admin, joined};
use crate::{TestApp, on_each_database};

const CSV: &str = "Name,Age\nSecret,7\n";

fn import(sheet: &str, file: &str, arriving: Option<u64>) -> Value {
    let dialect = json!({ "encoding": "UTF-8", "certain": true, "separator": 44, "quote": 34, "terminator": 10, "headerRow": 0 });
    let mut config = json!({ "fileId": file, "mapping": ["name", "age"], "dialect": dialect });
    if let Some(size) = arriving {
        config["arriving"] = json!(size);
    }
    json!({ "type": "sheet", "operation": "import", "source": sheet, "trigger": "immediate", "config": config })
}

#[tokio::test]
async fn an_import_brings_in_files_that_its_maker_sees() {
    on_each_database(async |app: TestApp| {
        let (mine, other) = (contacts(&app).await, contacts(&app).await);
        let file = async |space: &str| {
            let parts = [("spaceId", space), ("file", CSV)];
            text(&upload_as(&app, &app.key, "people.csv", &parts).await.data(), "id")
        };
        let (own, foreign) = (file(&mine.space).await, file(&other.space).await);
        let token = guest_token(&app, &mine.space).await;
        let ask = async |body: Value| app.call_as(&token, "POST", "/v1/jobs", &body).await;
        ask(import(&mine.sheet, &foreign, None)).await.refused(404);
        let words = ask(import(&mine.sheet, &foreign, Some(20))).await.refused(400);
        assert!(words.contains("config.arriving"), "{words}");
        // Not by way of a job that is there, either; nor into a field that no column goes to.
        let mut later = import(&mine.sheet, &own, None);
        later["trigger"] = json!("manual");
        let job = text(&ask(later.clone()).await.data(), "id");
        let changed = json!({ "config": import(&mine.sheet, &foreign, None)["config"] });
        app.patch(&format!("/v1/jobs/{job}"), changed).await.refused(409);
        later["config"]["mapping"] = json!(["name", "salary"]);
        ask(later).await.refused(400);
        let job = text(&ask(import(&mine.sheet, &own, None)).await.data(), "id");
        assert_eq!(ended(&app, &job).await["status"], "complete");
        let names = app.get(&format!("/v1/sheets/{}/records", mine.sheet)).await.data();
        assert_eq!(names["records"][0]["values"]["name"]["value"], "Secret");
        // What a listener is told to go by is what its maker sees, as well.
        for named in [
            json!({ "fileId": foreign }),
            json!({ "destination": other.workbook }),
            json!({ "subject": { "type": "collection", "resource": "records", "params": { "sheetId": other.sheet } } }),
        ] {
            let mut job = json!({ "type": "workbook", "operation": "go", "source": mine.workbook });
            job.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
            app.call_as(&token, "POST", "/v1/jobs", &job).await.refused(404);
        }
        app.call_as(&token, "PATCH", &format!("/v1/files/{own}"), &json!({ "workbookId": other.workbook }))
            .await
            .refused(404);
    })
    .await;
}

#[tokio::test]
async fn nobody_runs_again_what_they_could_not_begin() {
    on_each_database(async |app: TestApp| {
        let hidden = contacts(&app).await;
        let mut seen = blueprint();
        (seen["spaceId"], seen["name"]) = (json!(hidden.space), json!("Seen"));
        let seen = app.post("/v1/workbooks", seen).await.data();
        let sheet = text(&seen["sheets"][0], "id");
        let only = json!({ "id": hidden.space, "workbooks": [{ "id": seen["id"] }] });
        let new = json!([{ "email": "only@example.com", "name": "Only", "spaces": [only] }]);
        let guest = text(&app.post("/v1/guests", new).await.data()[0], "id");
        let path = format!("/v1/guests/{guest}/token?spaceId={}", hidden.space);
        let token = text(&app.get(&path).await.data(), "token");
        insert(&app, &sheet, &[json!({ "name": "Ada" })]).await;

        let copy = json!({ "type": "sheet", "operation": "copy-records", "source": sheet, "trigger": "immediate",
            "config": { "destination": hidden.sheet } });
        app.call_as(&token, "POST", "/v1/jobs", &copy).await.refused(404);
        let job = text(&app.post("/v1/jobs", copy.clone()).await.data(), "id");
        assert_eq!(ended(&app, &job).await["status"], "complete");
        app.call_as(&token, "GET", &format!("/v1/jobs/{job}"), &Value::Null).await.data();
        app.call_as(&token, "POST", &format!("/v1/jobs/{job}/retry"), &Value::Null).await.refused(404);
        let mut waiting = copy;
        waiting["trigger"] = json!("manual");
        let job = text(&app.post("/v1/jobs", waiting).await.data(), "id");
        app.call_as(&token, "POST", &format!("/v1/jobs/{job}/execute"), &Value::Null).await.refused(404);
        let counts = app.get(&format!("/v1/sheets/{}/counts", hidden.sheet)).await.data();
        assert_eq!(counts["counts"]["total"], 1, "the admin's copy alone");

        let map = json!({ "type": "workbook", "operation": "map", "source": seen["id"], "config": {
            "sourceSheetId": sheet, "destinationSheetId": hidden.sheet } });
        let job = text(&app.post("/v1/jobs", map).await.data(), "id");
        let plan = json!({ "fieldMapping": [], "unmappedSourceFields": [], "unmappedDestinationFields": [] });
        app.call_as(&token, "PUT", &format!("/v1/jobs/{job}/plan"), &plan).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_role_for_one_space_reaches_its_guests_there_alone() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let (mine, other) = (contacts(&app).await, contacts(&app).await);
        let (_, member) = joined(&app, &admin, "space@example.com", "Member", &mine.space).await;
        let shared = invited(&app, "shared@example.com", &[&mine.space, &other.space]).await;
        let elsewhere = invited(&app, "elsewhere@example.com", &[&other.space]).await;
        let viewer = guest_role(&app, "Guest viewer").await;
        let give = async |space: &str| {
            let given = json!({ "roleId": viewer, "resourceId": space });
            text(&app.post(&format!("/v1/guests/{shared}/roles"), given).await.data(), "id")
        };
        let (here, there) = (give(&mine.space).await, give(&other.space).await);

        let seen = member.get(&format!("/v1/guests/{shared}")).await.data();
        assert_eq!(seen["spaces"].as_array().unwrap().len(), 1, "{seen}");
        let roles = member.get(&format!("/v1/guests/{shared}/roles")).await.data();
        assert_eq!(roles.as_array().unwrap().iter().map(|role| text(role, "id")).collect::<Vec<_>>(), [here]);
        let path = format!("/v1/guests/{shared}");
        member.call("DELETE", &format!("{path}/roles/{there}"), Value::Null).await.refused(404);
        for change in [json!({ "email": "me@example.com" }), json!({ "name": "Other" })] {
            member.call("PATCH", &path, change).await.refused(403);
        }
        member.call("DELETE", &path, Value::Null).await.refused(403);
        member.call("DELETE", &format!("{path}?spaceId={}", other.space), Value::Null).await.refused(404);
        member.get(&format!("/v1/guests/{elsewhere}")).await.refused(404);
        // What they say of the spaces is of theirs.
        member.call("PATCH", &path, json!({ "spaces": [] })).await.data();
        let left = app.get(&path).await.data();
        assert_eq!(left["spaces"][0]["id"], json!(other.space));
        // Whom they invite keeps their name, and what they may enter elsewhere is not told.
        let new = json!([{ "email": "elsewhere@example.com", "name": "Mallory", "spaces": [{ "id": mine.space }] }]);
        let made = member.post("/v1/guests", new).await.data();
        assert_eq!((&made[0]["name"], made[0]["spaces"].as_array().unwrap().len()), (&json!("Guest"), 1));
        // Who is theirs alone they change and delete.
        let own = invited(&app, "own@example.com", &[&mine.space]).await;
        member.call("PATCH", &format!("/v1/guests/{own}"), json!({ "name": "Ann" })).await.data();
        member.call("DELETE", &format!("/v1/guests/{own}"), Value::Null).await.data();
    })
    .await;
}

#[tokio::test]
async fn a_role_in_a_workbook_is_for_what_is_in_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        for (role, resource) in [("Guest viewer", &made.space), ("Guest editor", &made.workbook)] {
            let given = json!({ "roleId": guest_role(&app, role).await, "resourceId": resource });
            app.post(&format!("/v1/guests/{guest}/roles"), given).await.data();
        }
        let token = text(&app.get(&format!("/v1/guests/{guest}/token")).await.data(), "token");
        let ask =
            async |method: &str, path: &str, body: Value| app.call_as(&token, method, path, &body).await;
        let parts = [("spaceId", made.space.as_str()), ("file", CSV)];
        let file = text(&upload_as(&app, &app.key, "people.csv", &parts).await.data(), "id");
        ask("PATCH", &format!("/v1/files/{file}"), json!({ "name": "x.csv" })).await.refused(403);
        ask("DELETE", &format!("/v1/files/{file}"), Value::Null).await.refused(403);
        let of_space = json!({ "type": "space", "operation": "go", "source": made.space });
        ask("POST", "/v1/jobs", of_space.clone()).await.refused(403);
        ask("POST", "/v1/jobs", json!({ "type": "file", "operation": "go", "source": file }))
            .await
            .refused(403);
        let job = text(&app.post("/v1/jobs", of_space).await.data(), "id");
        ask("POST", &format!("/v1/jobs/{job}/cancel"), Value::Null).await.refused(403);
        ask("DELETE", &format!("/v1/jobs/{job}"), Value::Null).await.refused(403);
        // What they bring in themselves is theirs, and goes into their workbook.
        let own = text(&upload_as(&app, &token, "own.csv", &parts).await.data(), "id");
        ask("PATCH", &format!("/v1/files/{own}"), json!({ "name": "x.csv" })).await.data();
        ask("POST", "/v1/jobs", import(&made.sheet, &own, None)).await.data();
        ask("POST", "/v1/jobs", json!({ "type": "file", "operation": "go", "source": own })).await.data();
        ask("DELETE", &format!("/v1/files/{own}"), Value::Null).await.data();
        // Listeners hear of what they have not dealt with, whatever guests do.
        let event = app.get(&format!("/v1/events?spaceId={}", made.space)).await.json();
        let event = text(&event["data"][0], "id");
        ask("POST", &format!("/v1/events/{event}/ack"), Value::Null).await.refused(403);
    })
    .await;
}
