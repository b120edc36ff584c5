use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn each_write_is_a_commit() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        insert(&app, &made.sheet, &[json!({ "name": "Bob" })]).await;
        let path = format!("/v1/sheets/{}/commits", made.sheet);
        let commits = app.get(&path).await.data();
        assert_eq!(commits.as_array().unwrap().len(), 2);
        let newest = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
        assert_eq!(commits[0]["id"], newest["commitId"]);
        assert_eq!(commits[0]["sheetId"], json!(made.sheet));
        let one = app.get(&format!("/v1/commits/{}", text(&commits[0], "id"))).await.data();
        assert_eq!(one, commits[0]);
        let complete =
            app.post(&format!("/v1/commits/{}/complete", text(&one, "id")), json!(null)).await.data();
        assert_eq!(complete, json!({ "success": true }));
        // Nobody has to answer a commit of a workbook that does not track changes.
        assert_eq!((&one["completedAt"], &one["completedBy"]), (&one["createdAt"], &Value::Null));
        assert_eq!(app.get(&format!("{path}?completed=false")).await.data(), json!([]));
        assert_eq!(app.get(&format!("{path}?completed=true")).await.data(), commits);
        let told = async |topic: &str| {
            let path = format!("/v1/events?spaceId={}&topic={topic}", made.space);
            app.get(&path).await.json()["data"].as_array().unwrap().clone()
        };
        assert_eq!(told("commit:created").await[0]["payload"]["trackChanges"], json!(false));
        assert!(told("commit:completed").await.is_empty());
        app.get("/v1/commits/us_vr_0000000000000000000000").await.refused(404);
    })
    .await;
}
