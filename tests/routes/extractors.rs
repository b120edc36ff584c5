//! What the published extractors ask on their way, in their order: section 5 of the contract.

use serde_json::{Value, json};

use crate::fixtures::contacts;
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn nothing_has_entitlements() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for query in
            ["", &format!("?resourceId={}", made.space), &format!("?resourceId={}", app.environment_id)]
        {
            let answer = app.get(&format!("/v1/entitlements{query}")).await;
            assert_eq!(answer.json(), json!({ "data": [] }), "{query}");
        }
        let account = app.get("/v1/accounts/current").await.data();
        let account = account["id"].as_str().unwrap();
        assert_eq!(app.get(&format!("/v1/entitlements?resourceId={account}")).await.data(), json!([]));
        for absent in ["us_sp_0000000000000000000000", "us_acc_0000000000000000000000", "nonsense", "%00"] {
            app.get(&format!("/v1/entitlements?resourceId={absent}")).await.refused(404);
        }
        app.call_as("sk_wrong", "GET", "/v1/entitlements", &Value::Null).await.refused(401);
    })
    .await;
}

/// `headerRow` is how many rows the extractor drops, `header` what it calls the columns.
#[tokio::test]
async fn the_header_of_a_table_is_found() {
    let app = TestApp::on_sqlite().await;
    let path = "/v1/files/detect-header";
    let data = json!([["Trip", "", ""], ["Name", "Age", "City"], ["Ada", 36, null], ["Eve", true, "Bonn"]]);
    let ask = async |options: Value| app.post(path, json!({ "options": options, "data": data })).await;
    let found =
        json!({ "header": ["Name", "Age", "City"], "headerRow": 2, "skip": 2, "letters": ["A", "B", "C"] });
    for algorithm in ["default", "aiDetection", "dataRowAndSubHeaderDetection"] {
        assert_eq!(ask(json!({ "algorithm": algorithm })).await.data(), found, "{algorithm}");
    }
    let rows = ask(json!({ "algorithm": "specificRows", "rowNumbers": [0, 1] })).await.data();
    assert_eq!((&rows["header"], &rows["headerRow"]), (&json!(["Trip Name", "Age", "City"]), &json!(2)));
    let given = ask(json!({ "algorithm": "explicitHeaders", "headers": ["x"], "skip": 1 })).await.data();
    assert_eq!((&given["header"], &given["headerRow"]), (&json!(["x"]), &json!(1)));
    for (options, named) in [
        (json!({ "algorithm": "explicitHeaders" }), "options.headers"),
        (json!({ "algorithm": "specificRows", "rowNumbers": [] }), "options.rowNumbers"),
        (json!({ "algorithm": "newfangled" }), "options.algorithm"),
        (json!({}), "options"),
        (json!({ "algorithm": "default", "rowsToSearch": -1 }), "options.rowsToSearch"),
    ] {
        let refused = ask(options).await;
        refused.refused(400);
        assert_eq!(refused.json()["errors"][0]["key"], json!(named));
    }
    app.post(path, json!({ "options": { "algorithm": "default" }, "data": [["a"], 7] })).await.refused(400);
    let empty = app.post(path, json!({ "options": { "algorithm": "default" }, "data": [] })).await.data();
    assert_eq!(empty, json!({ "header": [], "headerRow": 0, "skip": 0, "letters": [] }));
}
