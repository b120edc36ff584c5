use serde_json::{Value, json};

use crate::fixtures::{contacts, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn queries_are_kept_under_names() {
    on_each_database(async |app: TestApp| {
        let sheet = contacts(&app).await.sheet;
        let config =
            json!({ "filter": "error", "sortField": "age", "sortDirection": "desc", "pageSize": 20 });
        let made =
            app.post("/v1/views", json!({ "sheetId": sheet, "name": "Bad", "config": config })).await.data();
        assert_eq!(
            (&made["name"], &made["config"], &made["sheetId"]),
            (&json!("Bad"), &config, &json!(sheet))
        );
        let path = format!("/v1/views/{}", text(&made, "id"));
        assert_eq!(app.get(&path).await.data(), made);
        let changed = app.patch(&path, json!({ "config": { "q": "age gt 3" } })).await.data();
        assert_eq!((&changed["name"], &changed["config"]), (&json!("Bad"), &json!({ "q": "age gt 3" })));
        let listed = app.get(&format!("/v1/views?sheetId={sheet}")).await.json();
        assert_eq!(listed["data"], json!([changed]));
        assert_eq!(listed["pagination"], json!({ "currentPage": 1, "pageCount": 1, "totalCount": 1 }));
        let key = app.neighbours_key().await;
        for (method, body) in [("GET", Value::Null), ("PATCH", json!({})), ("DELETE", Value::Null)] {
            assert_eq!(app.call_as(&key, method, &path, &body).await.status, 404, "{method}");
        }
        let bad = json!({ "sheetId": sheet, "name": "x", "config": { "filter": "bad" } });
        app.post("/v1/views", bad).await.refused(400);
        app.post("/v1/views", json!({ "sheetId": sheet, "name": " ", "config": {} })).await.refused(400);
        app.get("/v1/views").await.refused(400);
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
    })
    .await;
}
