use serde_json::json;

use crate::{TestApp, on_each_database};

#[tokio::test]
async fn a_key_sees_its_own_environment() {
    on_each_database(async |app: TestApp| {
        let listed = app.get("/v1/environments?pageSize=100").await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 1);
        assert_eq!(listed["pagination"], json!({ "currentPage": 1, "pageCount": 1, "totalCount": 1 }));
        let environment = &listed["data"][0];
        assert_eq!(environment["id"], json!(app.environment_id));
        assert_eq!((&environment["name"], &environment["isProd"]), (&json!("development"), &json!(false)));
        assert_eq!(environment["guestAuthentication"], json!(["shared_link"]));
        assert_eq!((&environment["features"], &environment["metadata"]), (&json!({}), &json!({})));
        let one = app.get(&format!("/v1/environments/{}", app.environment_id)).await.data();
        assert_eq!(one, *environment);
        assert_eq!(app.get("/v1/accounts/current").await.data()["id"], environment["accountId"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_for_events_is_given_in_each_way_of_asking() {
    on_each_database(async |app: TestApp| {
        let id = &app.environment_id;
        for path in [
            format!("/v1/subscription?scope={id}"),
            "/v1/subscription".to_string(),
            format!("/v1/environments/subscription-token?environmentId={id}"),
        ] {
            let token = app.get(&path).await.data();
            assert_eq!(token["ttl"], json!(60), "{path}");
            for member in ["accountId", "subscribeKey", "token"] {
                assert!(!token[member].as_str().unwrap().is_empty(), "{path} {member}");
            }
        }
        app.get("/v1/subscription?scope=nonsense").await.refused(404);
    })
    .await;
}
