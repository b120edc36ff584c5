use inlet::domain::app::AppType;
use inlet::service::ErrorKind;
use inlet::service::apps::AppChange;
use inlet::service::authentication::actor_of_user;
use inlet::service::environments::AccountChange;
use serde_json::{Value, json};

use crate::fixtures::{blueprint, embed_token, guest_token, insert, text};
use crate::{TestApp, on_each_database};

pub async fn make(app: &TestApp, namespace: &str) -> String {
    let body = json!({ "name": "Imports", "namespace": namespace, "type": "PORTAL" });
    text(&app.post("/v1/apps", body).await.data(), "id")
}

async fn events(app: &TestApp, space: &str, topic: &str) -> Vec<Value> {
    let log = app.get(&format!("/v1/events?spaceId={space}&topic={topic}")).await.json();
    log["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_app_is_made_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let full = json!({
            "name": "Projects", "namespace": "projects", "type": "PROJECTS", "entity": "Project",
            "icon": "folder", "metadata": { "a": 1 }, "environmentFilters": [{ "id": "x" }],
            "blueprint": { "workbooks": [] },
        });
        let made = app.post("/v1/apps", full.clone()).await.data();
        for (name, value) in full.as_object().unwrap() {
            assert_eq!(made[name], *value, "{name}");
        }
        assert_eq!((&made["entityPlural"], &made["activatedAt"]), (&json!("Projects"), &json!(null)));
        assert_eq!(made["environmentId"], json!(app.environment_id));
        let other = make(&app, "portal").await;
        let listed = app.get("/v1/apps").await.data();
        let names: Vec<_> = listed.as_array().unwrap().iter().map(|one| text(one, "entity")).collect();
        assert_eq!(names, ["Project", "Space"]);

        let path = format!("/v1/apps/{}", text(&made, "id"));
        let change = json!({ "name": "All", "icon": null, "activatedAt": "2026-01-31T12:00:00.000Z" });
        let changed = app.patch(&path, change).await.data();
        assert_eq!((&changed["name"], &changed["icon"]), (&json!("All"), &json!(null)));
        assert_eq!((&changed["metadata"], &changed["entity"]), (&json!({ "a": 1 }), &json!("Project")));
        assert_eq!(changed["activatedAt"], json!("2026-01-31T12:00:00.000Z"));
        assert_eq!(app.get(&path).await.data(), changed);
        assert_eq!(app.patch(&path, json!({ "name": "All" })).await.data(), changed, "nothing is another");

        assert_eq!(app.delete(&path).await.json(), json!({ "success": true }));
        app.get(&path).await.refused(404);
        app.delete(&path).await.refused(404);
        assert_eq!(app.get("/v1/apps").await.data()[0]["id"], json!(other));

        for (body, place) in [
            (json!({ "name": "x", "namespace": "y" }), "type"),
            (json!({ "name": "x", "namespace": "y", "type": "GAME" }), "type"),
            (json!({ "name": "", "namespace": "y", "type": "CUSTOM" }), "name"),
            (json!({ "name": "x", "namespace": " ", "type": "CUSTOM" }), "namespace"),
        ] {
            let message = app.post("/v1/apps", body).await.refused(400);
            assert!(message.contains(place), "{place}: {message}");
        }
        let path = format!("/v1/apps/{other}");
        let message = app.patch(&path, json!({ "activatedAt": "soon" })).await.refused(400);
        assert!(message.contains("activatedAt"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn spaces_belong_to_an_app_and_live_on_without_it() {
    on_each_database(async |app: TestApp| {
        let made = make(&app, "imports").await;
        let space = app.post("/v1/spaces", json!({ "name": "One", "appId": made })).await.data();
        let (id, path) = (text(&space, "id"), format!("/v1/spaces/{}", text(&space, "id")));
        assert_eq!((&space["appId"], &space["namespace"]), (&json!(made), &json!("imports")));
        assert_eq!(space["isAppTemplate"], json!(false));
        let own = json!({ "name": "Two", "appId": made, "namespace": "own", "isAppTemplate": true });
        assert_eq!(app.post("/v1/spaces", own).await.data()["namespace"], json!("own"));

        let template = app.get(&format!("/v1/spaces?appId={made}&isAppTemplate=true")).await.data();
        assert_eq!((template.as_array().unwrap().len(), &template[0]["name"]), (1, &json!("Two")));
        let told = events(&app, &id, "space:created").await.remove(0);
        assert_eq!(told["context"]["appId"], json!(made));
        let payload = json!({
            "spaceId": id, "environmentId": app.environment_id, "name": "One", "appId": made,
        });
        assert_eq!((&told["payload"], &told["namespaces"]), (&payload, &json!(["space:imports"])));

        // A listener reads it from the context of a commit, to ask for the constraints of the app.
        let mut workbook = blueprint();
        workbook["spaceId"] = json!(id);
        let workbook = app.post("/v1/workbooks", workbook).await.data();
        let sheet = text(&workbook["sheets"][0], "id");
        insert(&app, &sheet, &[json!({ "name": "Ada" })]).await;
        let job = json!({ "type": "workbook", "operation": "go", "source": workbook["id"] });
        app.post("/v1/jobs", job).await.data();
        app.post("/v1/snapshots", json!({ "sheetId": sheet })).await.data();
        for topic in
            ["workbook:created", "sheet:created", "commit:created", "job:created", "snapshot:created"]
        {
            let told = events(&app, &id, topic).await.remove(0);
            assert_eq!(told["context"]["appId"], json!(made), "{topic}");
        }

        let other = make(&app, "other").await;
        app.patch(&path, json!({ "appId": "us_app_0000000000" })).await.refused(404);
        app.post("/v1/spaces", json!({ "appId": "us_app_0000000000" })).await.refused(404);
        let moved = app.patch(&path, json!({ "appId": other })).await.data();
        assert_eq!((&moved["appId"], &moved["namespace"]), (&json!(other), &json!("imports")));
        let change = events(&app, &id, "space:updated").await.pop().unwrap()["payload"]["changes"].clone();
        assert_eq!(change, json!([{ "field": "appId", "previousValue": made, "newValue": other }]));

        app.delete(&format!("/v1/apps/{other}")).await.json();
        let left = app.get(&path).await.data();
        assert_eq!((&left["appId"], &left["name"]), (&json!(null), &json!("One")));
        assert_eq!(app.get(&format!("/v1/spaces?appId={other}")).await.data(), json!([]));
        insert(&app, &sheet, &[json!({ "name": "Grace" })]).await;
        let told = events(&app, &id, "commit:created").await.pop().unwrap();
        assert!(told["context"].get("appId").is_none(), "{told}");
        app.patch(&path, json!({ "appId": made })).await.data();
        assert_eq!(app.patch(&path, json!({ "appId": "" })).await.data()["appId"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn constraints_are_stored_with_an_app_in_versions() {
    on_each_database(async |app: TestApp| {
        let made = make(&app, "imports").await;
        let all = format!("/v1/apps/{made}/constraints");
        let source = "(value, key, { record }) => { if (!value) record.addError(key, 'empty') }";
        let body = json!({
            "label": "Is an IBAN", "description": "of banks", "function": source, "options": { "strict": true },
        });
        let iban = app.post(&all, body).await.data();
        assert_eq!((&iban["validator"], &iban["appId"]), (&json!("is-an-iban"), &json!(made)));
        assert_eq!((&iban["function"], &iban["options"]["strict"]), (&json!(source), &json!(true)));
        let message = app.post(&all, json!({ "validator": "is-an-iban" })).await.refused(409);
        assert!(message.contains("is-an-iban"), "{message}");
        let nameless = app.post(&all, json!({})).await.data();
        assert_eq!((&nameless["validator"], &nameless["function"]), (&nameless["id"], &json!("")));
        app.post(&all, json!({ "validator": "" })).await.refused(400);
        app.post(&all, json!({ "validator": "a", "function": 7 })).await.refused(400);

        let path = format!("{all}/{}", text(&iban, "id"));
        let changed = app.patch(&path, json!({ "function": "x => x", "label": null })).await.data();
        assert_eq!((&changed["version"], &changed["label"]), (&json!(2), &json!(null)));
        assert_eq!((&changed["validator"], &changed["description"]), (&iban["validator"], &json!("of banks")));
        assert_eq!(changed["createdAt"], iban["createdAt"]);
        assert_eq!(app.patch(&path, json!({ "function": "x => x" })).await.data(), changed);
        assert_eq!(app.get(&path).await.data(), changed);
        let versions = app.get(&format!("{path}/versions")).await.data();
        assert_eq!(versions, json!([changed, iban]));
        assert_eq!(app.get(&format!("{path}/versions/1")).await.data(), iban);
        for none in ["0", "3", "x"] {
            app.get(&format!("{path}/versions/{none}")).await.refused(404);
        }
        let listed = app.get(&format!("{all}?includeBuiltins=true")).await.data();
        assert_eq!(listed, json!([changed, nameless]));

        let other = make(&app, "other").await;
        let elsewhere = format!("/v1/apps/{other}/constraints/{}", text(&iban, "id"));
        app.get(&elsewhere).await.refused(404);
        app.patch(&elsewhere, json!({ "label": "x" })).await.refused(404);
        app.delete(&elsewhere).await.refused(404);
        assert_eq!(app.delete(&path).await.json(), json!({ "success": true }));
        app.get(&path).await.refused(404);
        app.delete(&format!("/v1/apps/{made}")).await.json();
        app.get(&all).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_field_keeps_the_stored_constraints_that_it_names() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
        let stored = json!({
            "type": "stored", "validator": "is-an-iban", "version": 2, "label": "IBAN", "description": "of banks",
            "config": { "strict": true },
        });
        let fields = json!([
            { "key": "iban", "type": "string", "constraints": [stored, { "type": "stored", "validator": "b" }] },
        ]);
        let workbook = json!({ "spaceId": space, "name": "W", "sheets": [{ "name": "S", "fields": fields }] });
        let made = app.post("/v1/workbooks", workbook).await.data();
        let sheet = text(&made["sheets"][0], "id");
        let kept = app.get(&format!("/v1/sheets/{sheet}")).await.data()["config"]["fields"][0].clone();
        assert_eq!(kept["constraints"], json!([stored, { "type": "stored", "validator": "b" }]));
        let nameless = json!([{ "key": "a", "type": "string", "constraints": [{ "type": "stored" }] }]);
        let workbook = json!({ "spaceId": space, "name": "W", "sheets": [{ "name": "S", "fields": nameless }] });
        let message = app.post("/v1/workbooks", workbook).await.refused(400);
        assert!(message.contains("validator"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_page_reads_the_app_of_its_own_space_and_people_from_outside_none() {
    on_each_database(async |app: TestApp| {
        let (mine, other) = (make(&app, "mine").await, make(&app, "other").await);
        let space = text(&app.post("/v1/spaces", json!({ "appId": mine })).await.data(), "id");
        let page = embed_token(&app, &space).await;
        let ask = async |key: &str, method: &str, path: String, body: &Value| {
            app.call_as(key, method, &path, body).await
        };
        let constraints = |id: &str| format!("/v1/apps/{id}/constraints");
        ask(&page, "GET", constraints(&mine), &Value::Null).await.data();
        ask(&page, "GET", constraints(&other), &Value::Null).await.refused(404);
        let seen = ask(&page, "GET", "/v1/apps".to_string(), &Value::Null).await.data();
        assert_eq!((seen.as_array().unwrap().len(), &seen[0]["id"]), (1, &json!(mine)));
        ask(&page, "POST", constraints(&mine), &json!({ "validator": "x" })).await.refused(403);
        let takes = json!({ "appId": other });
        ask(&page, "PATCH", format!("/v1/spaces/{space}"), &takes).await.refused(404);
        for key in [guest_token(&app, &space).await, app.publishable.clone()] {
            ask(&key, "GET", constraints(&mine), &Value::Null).await.refused(403);
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_of_the_whole_account_is_seen_everywhere_and_changed_by_its_admins() {
    on_each_database(async |app: TestApp| {
        let admin = actor_of_user(&app.service.sign_in_local().await.unwrap().user);
        let new = |namespace: &str| AppChange {
            name: Some("All".to_string()),
            namespace: Some(namespace.to_string()),
            ..AppChange::default()
        };
        let made = app.service.create_app(&admin, AppType::Custom, new("all")).await.unwrap().id;
        let (path, neighbour) = (format!("/v1/apps/{made}"), app.neighbours_key().await);
        app.call_as(&neighbour, "GET", &path, &Value::Null).await.data();
        assert_eq!(app.get("/v1/apps").await.data()[0]["environmentId"], json!(null));
        let message = app.patch(&path, json!({ "name": "Mine" })).await.refused(403);
        assert!(message.contains("admin"), "{message}");
        app.delete(&path).await.refused(403);
        app.post(&format!("{path}/constraints"), json!({ "validator": "x" })).await.refused(403);
        let space = app.post("/v1/spaces", json!({ "appId": made.to_string() })).await.data();
        assert_eq!(space["namespace"], json!("all"));

        // Who sees the account may not put a space of one environment into an app of another.
        let foreign = json!({ "name": "Foreign", "namespace": "foreign", "type": "PORTAL" });
        let foreign = app.call_as(&neighbour, "POST", "/v1/apps", &foreign).await.data();
        let foreign: inlet::domain::ids::AppId = text(&foreign, "id").parse().unwrap();
        let id = text(&space, "id").parse().unwrap();
        let change = inlet::service::spaces::SpaceChange {
            app_id: Some(Some(foreign.clone())),
            ..inlet::service::spaces::SpaceChange::default()
        };
        let refused = app.service.update_space(&admin, &id, change).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::NotFound);

        let begin = |app| AccountChange { name: None, default_app_id: Some(Some(app)) };
        let nobody = "us_app_0000000000".parse().unwrap();
        assert!(app.service.update_account(&admin, begin(nobody)).await.is_err());
        app.service.update_account(&admin, begin(made.clone())).await.unwrap();
        assert_eq!(app.get("/v1/accounts/current").await.data()["defaultAppId"], json!(made.to_string()));
        app.service.delete_app(&admin, &made).await.unwrap();
        assert_eq!(app.get("/v1/accounts/current").await.data()["defaultAppId"], json!(null));
        let left = app.get(&format!("/v1/spaces/{id}")).await.data();
        assert_eq!((&left["appId"], &left["namespace"]), (&json!(null), &json!("all")));
    })
    .await;
}
