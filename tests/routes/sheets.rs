use serde_json::json;

use crate::fixtures::{contacts, insert};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn a_sheet_is_listed_renamed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/sheets/{}", made.sheet);
        let listed = app.get(&format!("/v1/sheets?workbookId={}", made.workbook)).await.data();
        assert_eq!(listed, json!([app.get(&path).await.data()]));
        let change = json!({ "name": "People", "slug": "people", "metadata": { "rowHeaders": [1] } });
        let changed = app.patch(&path, change).await.data();
        assert_eq!((&changed["name"], &changed["slug"]), (&json!("People"), &json!("people")));
        assert_eq!(
            (&changed["config"]["name"], &changed["config"]["slug"]),
            (&json!("People"), &json!("people"))
        );
        assert_eq!(changed["metadata"], json!({ "rowHeaders": [1] }));
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        app.get("/v1/sheets").await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn counts_tell_the_valid_from_the_invalid() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let records = [
            json!({ "name": "Ada", "age": 1, "email": "a" }),
            json!({ "name": null, "age": "x", "email": "b" }),
            json!({ "name": "Bob", "age": null, "email": "b" }),
        ];
        insert(&app, &made.sheet, &records).await;
        let path = format!("/v1/sheets/{}/counts", made.sheet);
        let all = app.get(&path).await.data();
        assert_eq!(all["success"], json!(true));
        let counts = &all["counts"];
        assert_eq!((&counts["total"], &counts["valid"], &counts["error"]), (&json!(3), &json!(1), &json!(2)));
        assert_eq!(counts["errorsByField"], json!({ "name": 1, "age": 1, "email": 2 }));
        assert!(counts.get("byField").is_none());
        let by_field = app.get(&format!("{path}?byField=true")).await.data();
        let name = &by_field["counts"]["byField"]["name"];
        assert_eq!(*name, json!({ "total": 3, "valid": 2, "error": 1, "empty": 1 }));
        for (query, total) in
            [("filter=error", 2), ("filter=valid", 1), ("searchValue=bob", 1), ("filter=none", 0)]
        {
            assert_eq!(
                app.get(&format!("{path}?{query}")).await.data()["counts"]["total"],
                json!(total),
                "{query}"
            );
        }
    })
    .await;
}
