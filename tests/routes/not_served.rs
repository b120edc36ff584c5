use serde_json::{Value, json};

use crate::fixtures::contacts;
use crate::{TestApp, on_each_database};

/// What a list of `docs/api.md` names, as methods and paths.
fn listed(name: &str) -> Vec<(String, String)> {
    let docs = include_str!("../../docs/api.md");
    let (_, after) = docs.split_once(&format!("<!-- {name}: made by a test -->")).unwrap();
    let rows = after.split("\n\n").next().unwrap().lines();
    // What, the endpoints, and in the second list what to use instead.
    let cells = rows.filter_map(|row| row.split('|').nth(2));
    let endpoints: Vec<_> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(|text| text.rsplit_once(' ').unwrap())
        .flat_map(|(methods, path)| {
            methods.split(' ').map(move |method| (method.to_string(), path.to_string()))
        })
        .collect();
    assert!(endpoints.len() > 90, "{name}: {endpoints:?}");
    endpoints
}

/// The path with something in place of each name.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "us_x" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn what_is_not_served_says_so() {
    let app = TestApp::on_sqlite().await;
    let document = app.get("/v1/openapi.json").await.json();
    for (method, path) in listed("not served") {
        let address = filled(&path);
        let message = app.call(&method, &address, Value::Null).await.refused(501);
        assert!(message.contains(&format!("{method} {path} (")), "{message}");
        assert!(message.split_once("). ").unwrap().1.len() > 20, "{message} says nothing else to do");
        let operation = &document["paths"][&path][method.to_lowercase()];
        assert!(operation.is_null(), "{method} {path} is described");
    }
    for (method, path) in listed("served") {
        assert!(document["paths"][&path][method.to_lowercase()].is_object(), "{method} {path}");
    }
}

#[tokio::test]
async fn only_the_exact_method_and_path_is_501() {
    let app = TestApp::on_sqlite().await;
    for (method, path, status) in [
        ("GET", "/v1/prompts", 501),
        ("PUT", "/v1/prompts", 405),
        ("GET", "/v1/prompts/us_pr_00000000/more", 404),
        ("POST", "/v1/prompts/us_pr_00000000", 405),
        ("GET", "/v1/prompt", 404),
        ("POST", "/v1/v1/workbooks/us_wb_00000000/flags", 501),
    ] {
        app.call(method, path, Value::Null).await.refused(status);
    }
}

#[tokio::test]
async fn jobs_that_nobody_does_are_refused() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let operation = "mutate-records";
        let body = json!({ "type": "workbook", "operation": operation, "source": made.workbook, "trigger": "immediate" });
        let message = app.post("/v1/jobs", body).await.refused(501);
        assert!(message.contains(operation), "{message}");
        let jobs = app.get("/v1/jobs").await.json();
        assert_eq!(jobs["pagination"]["totalCount"], 0);
    })
    .await;
}
