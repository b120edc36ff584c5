use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::TestApp;
use crate::fixtures::{contacts, text};
use crate::util;

#[tokio::test]
async fn the_document_lists_operations_that_the_router_answers() {
    let app: TestApp = util::test_app::TestApp::on_sqlite().await;
    let document = app.get("/v1/openapi.json").await.json();
    let mut operations = 0;
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let address = fill(path);
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            assert!(
                names.insert(operation["operationId"].as_str().unwrap().to_string()),
                "{path} {method}: doubled id"
            );
            assert!(operation["summary"].is_string(), "{path} {method} says nothing of itself");
            assert!(operation["responses"]["200"].is_object(), "{path} {method}");
            let answer = app.call_as("sk_wrong", &method.to_uppercase(), &address, &Value::Null).await;
            // The key is looked at before anything else, and only where somebody answers. What needs none says so: what
            // signs in, and what has its key in the address.
            let refused: &[u16] = if operation["security"].is_null() { &[401] } else { &[400, 401] };
            assert!(refused.contains(&answer.status.as_u16()), "{method} {address}: {}", answer.status);
        }
    }
    assert!(operations >= 50, "{operations} operations");
    for reference in references(&document) {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn a_parameter_that_may_be_left_out_may_be_empty() {
    let app: TestApp = util::test_app::TestApp::on_sqlite().await;
    let made = contacts(&app).await;
    let snapshot = text(&app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.data(), "id");
    let ids = [("{sheetId}", &made.sheet), ("{workbookId}", &made.workbook), ("{snapshotId}", &snapshot)];
    let document = app.get("/v1/openapi.json").await.json();
    let mut asked = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let address = ids.iter().fold(path.clone(), |path, (name, id)| path.replace(name, id));
        for parameter in methods["get"]["parameters"].as_array().into_iter().flatten() {
            let (name, is_text) = (text(parameter, "name"), parameter["schema"]["type"] == json!("string"));
            let is_list = parameter["schema"]["type"] == json!("array");
            let knows_words = parameter["schema"]["enum"].is_array();
            let says_so = parameter["allowEmptyValue"] == json!(true);
            let is_optional = parameter["in"] == json!("query") && parameter["required"] == json!(false);
            assert_eq!(says_so, is_optional && !is_list && (!is_text || knows_words), "{path} {name}");
            if says_so && !address.contains('{') {
                let without = app.get(&address).await.status;
                assert_eq!(app.get(&format!("{address}?{name}=")).await.status, without, "{address} {name}");
                asked.insert(name);
            }
        }
    }
    for name in ["pageSize", "includeSummary", "format", "filter", "archived"] {
        assert!(asked.contains(name), "{name} was not asked for: {asked:?}");
    }
    let body = json!({ "fieldUpdates": { "name": { "value": "Ada" } } });
    app.patch(&format!("/v1/sheets/{}/records/bulk-update?silent=", made.sheet), body).await.data();
}

/// The path with ids where it has names.
fn fill(path: &str) -> String {
    let parts =
        path.split('/').map(|part| if part.starts_with('{') { "us_xx_0000000000000000000000" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, inner)| match (name.as_str(), inner) {
                ("$ref", Value::String(reference)) => vec![reference.clone()],
                _ => references(inner),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn everything_else_is_refused_in_the_envelope() {
    let app = TestApp::on_sqlite().await;
    for (method, path, status) in [
        ("GET", "/v1", 404),
        ("GET", "/v1/", 404),
        ("GET", "/v1/nothing", 404),
        ("POST", "/v1/agents/a/b", 404),
        ("GET", "/v1/spaces/us_sp_00000000/nothing", 404),
        ("DELETE", "/v1/events", 405),
        ("PUT", "/v1/spaces", 405),
        ("TRACE", "/v1/spaces", 405),
        ("PATCH", "/v1/openapi.json", 405),
        ("DELETE", "/v2-alpha/records.jsonl", 405),
    ] {
        let answer = app.call(method, path, json!(null)).await;
        let message = answer.refused(status);
        assert!(message.contains(path), "{message}");
        assert_eq!(
            answer.headers.contains_key("allow"),
            status == 405,
            "{method} {path}: {:?}",
            answer.headers
        );
    }
    let answer = app.call("PUT", "/v1/spaces", json!(null)).await;
    assert_eq!(answer.headers["allow"], "GET,HEAD,POST,DELETE");
}

#[tokio::test]
async fn the_document_says_of_each_operation_all_that_a_client_needs() {
    let app = TestApp::on_sqlite().await;
    let document = app.get("/v1/openapi.json").await.json();
    assert_eq!(document["servers"], json!([{ "url": "/" }]));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(operation["tags"][0].is_string(), "{place}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let names: BTreeSet<_> = in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
            let wanted = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            assert_eq!(names, wanted.collect(), "{place}");
            for parameter in &parameters {
                let schema = &parameter["schema"];
                let name = parameter["name"].as_str().unwrap();
                assert!(schema["type"].is_string(), "{place}: {name} may be {schema}");
                if ["sortDirection", "filter", "mode", "format"].contains(&name) {
                    assert!(schema["enum"].is_array(), "{place}: {name} is one of some words");
                }
                if ["pageSize", "pageNumber"].contains(&name) {
                    assert_eq!((&schema["minimum"], &schema["format"]), (&json!(1), &Value::Null), "{place}");
                }
            }
            for status in ["400", "401", "403", "404", "409", "413", "429", "503"] {
                let content = &operation["responses"][status]["content"]["application/json"];
                assert_eq!(content["schema"]["$ref"], "#/components/schemas/Errors", "{place} {status}");
            }
            assert!(operation["responses"]["200"]["content"].is_object(), "{place}");
        }
    }
    let job = &document["components"]["schemas"]["Job"]["properties"];
    assert_eq!(job["createdAt"]["format"], "date-time");
    assert!(job["status"]["enum"].as_array().unwrap().contains(&json!("executing")), "{}", job["status"]);
}

/// A reader takes the items of a list for the members of an object, unless it is kept from it.
#[tokio::test]
async fn a_list_is_no_object() {
    let app = TestApp::on_sqlite().await;
    let job = json!([null, null]);
    for (method, path) in [
        ("PATCH", "/v1/accounts/current"),
        ("PATCH", "/v1/users/us_usr_00000000"),
        ("POST", "/v1/jobs/us_jb_00000000/ack"),
    ] {
        let message = app.call(method, path, job.clone()).await.refused(400);
        assert_eq!(message, "the body is a list; send an object", "{method} {path}");
    }
    let spaces = app.post("/v1/spaces", json!({ "settings": 0 })).await.refused(400);
    assert!(spaces.starts_with("settings: "), "{spaces}");
    let made = app.post("/v1/spaces", json!({ "name": "A" })).await.data();
    let workbook = json!({ "spaceId": made["id"], "name": "W", "settings": [] });
    assert!(app.post("/v1/workbooks", workbook).await.refused(400).starts_with("settings: "));
}
