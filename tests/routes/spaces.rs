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

        let patched = app.patch(&path, json!({ "name": "Two", "primaryWorkbookId": "" })).await.data();
        assert_eq!((&patched["name"], &patched["metadata"]), (&json!("Two"), &json!({ "a": 1 })));
        let patched = app.patch(&path, json!({ "metadata": null, "displayOrder": null })).await.data();
        assert_eq!((&patched["name"], &patched["metadata"]), (&json!("Two"), &json!(null)));
        assert!(patched.get("displayOrder").is_none());

        assert_eq!(
            app.post(&format!("{path}/archive"), json!(null)).await.data(),
            json!({ "success": true })
        );
        assert_eq!(app.get("/v1/spaces").await.json()["pagination"]["totalCount"], json!(0));
        assert_eq!(app.get("/v1/spaces?archived=true").await.json()["pagination"]["totalCount"], json!(1));
        assert!(app.patch(&path, json!({ "archivedAt": null })).await.data()["archivedAt"].is_null());

        for no_moment in ["", "yesterday"] {
            let message = app.patch(&path, json!({ "archivedAt": no_moment })).await.refused(400);
            assert!(message.contains("archivedAt") && message.contains("2026-01-31T12:00"), "{message}");
        }

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

#[tokio::test]
async fn a_changed_space_tells_what_is_another() {
    on_each_database(async |app: TestApp| {
        let made = app.post("/v1/spaces", json!({ "name": "One", "namespace": "red" })).await.data();
        let path = format!("/v1/spaces/{}", text(&made, "id"));
        let events = async |topic: &str| {
            let path = format!("/v1/events?spaceId={}&topic={topic}", text(&made, "id"));
            app.get(&path).await.json()["data"].as_array().unwrap().clone()
        };
        assert_eq!(events("space:created").await[0]["context"]["slugs"], json!({ "space": "one" }));
        app.patch(&path, json!({ "name": "One", "labels": [] })).await.data();
        assert!(events("space:updated").await.is_empty(), "nothing was another");

        let change = json!({
            "labels": ["a"], "settings": { "omitActions": ["x"] }, "displayOrder": 2,
            "archivedAt": "2026-01-01T00:00:00.000Z",
        });
        assert!(app.patch(&path, change).await.data()["archivedAt"].is_string());
        let told = events("space:updated").await;
        let changes = told[0]["payload"]["changes"].as_array().unwrap();
        let change = |field: &str| changes.iter().find(|change| change["field"] == json!(field)).cloned();
        assert_eq!(changes.len(), 3, "{changes:?}");
        assert_eq!(
            change("labels"),
            Some(json!({ "field": "labels", "previousValue": [], "newValue": ["a"] }))
        );
        assert_eq!(change("displayOrder").unwrap()["newValue"], json!(2));
        assert_eq!(told[0]["namespaces"], json!(["space:red"]));
        assert_eq!(events("space:archived").await.len(), 1);

        app.post(&format!("{path}/unarchive"), json!(null)).await.data();
        assert_eq!(events("space:unarchived").await.len(), 1);
        assert_eq!(events("space:updated").await.len(), 1, "that it was taken back is told by its own topic");
    })
    .await;
}

#[tokio::test]
async fn spaces_are_sorted_and_chosen() {
    on_each_database(async |app: TestApp| {
        let app_id = crate::apps::make(&app, "imports").await;
        let first = json!({ "name": "b", "appId": app_id, "isAppTemplate": true, "labels": ["embedded"] });
        let first = app.post("/v1/spaces", first).await.data();
        assert_eq!((&first["isCollaborative"], &first["isAppTemplate"]), (&json!(false), &json!(true)));
        assert_eq!((&first["createdByUserId"], &first["createdByUserName"]), (&json!(null), &json!(null)));
        let second = app.post("/v1/spaces", json!({ "name": "a" })).await.data();
        assert_eq!(second["isCollaborative"], json!(true));
        let workbook = json!({ "spaceId": second["id"], "name": "W", "sheets": [] });
        app.post("/v1/workbooks", workbook).await.data();

        let names = async |query: &str| {
            let listed = app.get(&format!("/v1/spaces?{query}")).await.json();
            let spaces = listed["data"].as_array().unwrap();
            spaces.iter().map(|space| text(space, "name")).collect::<Vec<_>>().concat()
        };
        for (query, expected) in [
            ("sortField=name&sortDirection=asc", "ab"),
            ("sortField=name&sortDirection=desc", "ba"),
            ("sortField=createdAt&sortDirection=asc", "ba"),
            ("sortField=workbooksCount&sortDirection=desc", "ab"),
            ("sortField=filesCount&sortDirection=desc&search=a", "a"),
            (&format!("appId={app_id}"), "b"),
            (&format!("app={app_id}"), "b"),
            ("appId=us_app_012345678X", ""),
            ("isAppTemplate=true", "b"),
            ("isAppTemplate=false", "a"),
            ("isCollaborative=true", "a"),
            ("isCollaborative=false", "b"),
        ] {
            assert_eq!(names(query).await, expected, "{query}");
        }
        for field in ["environmentId", "createdByUserName", "lastActivityAt"] {
            assert_eq!(names(&format!("sortField={field}&sortDirection=asc")).await.len(), 2, "{field}");
        }
        app.get("/v1/spaces?sortField=colour").await.refused(400);
        app.get("/v1/spaces?sortField=name&sortDirection=up").await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn several_spaces_are_deleted_together_or_not_at_all() {
    on_each_database(async |app: TestApp| {
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.push(text(&app.post("/v1/spaces", json!({})).await.data(), "id"));
        }
        let path = format!("/v1/spaces?spaceIds={}&spaceIds=us_sp_0000000000&spaceIds={}", ids[0], ids[1]);
        app.delete(&path).await.refused(404);
        for id in &ids {
            app.get(&format!("/v1/spaces/{id}")).await.data();
        }
        app.delete(&format!("/v1/spaces?spaceIds={},{},{}", ids[0], ids[1], ids[0])).await.data();
        for id in &ids {
            app.get(&format!("/v1/spaces/{id}")).await.refused(404);
        }
        app.delete("/v1/spaces").await.refused(400);
    })
    .await;
}
