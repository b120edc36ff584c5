use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::TestApp;
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
            // The key is looked at before anything else, and only where somebody answers. What needs no key says so.
            let needs_key = operation["security"].is_null();
            assert_eq!(answer.status, if needs_key { 401 } else { 400 }, "{method} {address}");
        }
    }
    assert!(operations >= 50, "{operations} operations");
    for reference in references(&document) {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{reference} leads nowhere");
    }
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
async fn everything_else_is_404_in_the_envelope() {
    let app = TestApp::on_sqlite().await;
    for (method, path) in [
        ("GET", "/v1"),
        ("GET", "/v1/"),
        ("GET", "/v1/nothing"),
        ("POST", "/v1/agents/a/b"),
        ("DELETE", "/v1/events"),
        ("PUT", "/v1/spaces"),
        ("PATCH", "/v1/openapi.json"),
        ("GET", "/v1/spaces/us_sp_00000000/nothing"),
    ] {
        let message = app.call(method, path, json!(null)).await.refused(404);
        assert!(message.contains(path), "{message}");
    }
}
