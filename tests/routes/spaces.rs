use serde_json::json;

use crate::fixtures::text;
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn a_space_lives_and_dies() {
    on_each_database(async |app: TestApp| {
        let made = app
            .post("/v1/spaces", json!({ "name": "One", "metadata": { "a": 1 }, "displayOrder": 3 }))
            .await
            .data();
        let id = text(&made, "id");
        assert!(!id.to_lowercase().contains("env"), "{id}");
        assert!(made["guestLink"].as_str().unwrap().contains(&id));
        assert_eq!((&made["environmentId"], &made["displayOrder"]), (&json!(app.environment_id), &json!(3)));
        assert_eq!(made["guestAuthentication"], json!(["shared_link"]));

        let path = format!("/v1/spaces/{id}");
        let token = text(&app.get(&path).await.data(), "accessToken");
        let seen = app.call_as(&token, "GET", &path, &json!(null)).await.data();
        assert_eq!(text(&seen, "id"), id);
        assert!(seen["accessToken"].is_string());

        let patched = app
            .patch(&path, json!({ "name": "Two", "primaryWorkbookId": "", "metadata": null }))
            .await
            .data();
        assert_eq!((&patched["name"], &patched["metadata"]), (&json!("Two"), &json!({ "a": 1 })));

        assert_eq!(
            app.post(&format!("{path}/archive"), json!(null)).await.data(),
            json!({ "success": true })
        );
        assert_eq!(app.get("/v1/spaces").await.json()["pagination"]["totalCount"], json!(0));
        assert_eq!(app.get("/v1/spaces?archived=true").await.json()["pagination"]["totalCount"], json!(1));
        assert!(app.patch(&path, json!({ "archivedAt": null })).await.data()["archivedAt"].is_null());

        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        app.call_as(&token, "GET", &path, &json!(null)).await.refused(401);
    })
    .await;
}

#[tokio::test]
async fn spaces_are_listed_in_pages_and_by_what_is_asked() {
    on_each_database(async |app: TestApp| {
        for (name, namespace) in [("Apples", "red"), ("Pears", "green"), ("Plums", "")] {
            app.post("/v1/spaces", json!({ "name": name, "namespace": namespace })).await.data();
        }
        let count = async |query: &str| {
            app.get(&format!("/v1/spaces?{query}")).await.json()["pagination"]["totalCount"].clone()
        };
        for (query, expected) in
            [("", 3), ("search=app", 1), ("namespace=red", 1), ("namespace=", 1), ("archived=true", 0)]
        {
            assert_eq!(count(query).await, json!(expected), "{query}");
        }
        assert_eq!(count(&format!("environmentId={}", app.environment_id)).await, json!(3));
        let page = app.get("/v1/spaces?pageSize=2&pageNumber=2").await.json();
        assert_eq!(page["pagination"], json!({ "currentPage": 2, "pageCount": 2, "totalCount": 3 }));
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
        assert_eq!(page["data"][0]["workbooksCount"], json!(0));
    })
    .await;
}

#[tokio::test]
async fn a_space_that_configures_itself_has_a_job_ready() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({ "autoConfigure": true })).await.data(), "id");
        let jobs = app.get(&format!("/v1/jobs?spaceId={space}")).await.json();
        let job = &jobs["data"][0];
        assert_eq!((&job["type"], &job["operation"]), (&json!("space"), &json!("configure")));
        assert_eq!((&job["status"], &job["source"]), (&json!("ready"), &json!(space)));
        let ready = app.get(&format!("/v1/events?spaceId={space}&topic=job:ready")).await.json();
        assert_eq!(ready["data"].as_array().unwrap().len(), 1);
        let event = &ready["data"][0];
        assert_eq!(event["payload"]["job"], json!("space:configure"));
        assert_eq!(event["context"]["jobId"], job["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_publishable_key_only_makes_spaces() {
    on_each_database(async |app: TestApp| {
        let space =
            app.call_as(&app.publishable, "POST", "/v1/spaces", &json!({ "name": "Embedded" })).await.data();
        assert!(space["accessToken"].is_string());
        app.call_as(&app.publishable, "GET", "/v1/spaces", &json!(null)).await.refused(403);
        let token = text(&space, "accessToken");
        app.call_as(&token, "POST", "/v1/spaces", &json!({})).await.refused(403);
        let path = format!("/v1/spaces/{}", text(&space, "id"));
        app.call_as(&token, "DELETE", &path, &json!(null)).await.refused(403);
    })
    .await;
}
