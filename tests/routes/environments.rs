use inlet::domain::access::Actor;
use inlet::service::authentication::actor_of_user;
use inlet::service::environments::{AccountChange, EnvironmentChange};
use inlet::service::{ErrorKind, Page};
use serde_json::{Value, json};

use crate::fixtures::{contacts, text};
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

async fn admin(app: &TestApp) -> Actor {
    actor_of_user(&app.service.sign_in_local().await.unwrap().user)
}

async fn told(app: &TestApp, topic: &str) -> Vec<Value> {
    app.get(&format!("/v1/events?topic={topic}")).await.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_changed_environment_is_told_and_answered_bare() {
    on_each_database(async |app: TestApp| {
        let path = format!("/v1/environments/{}", app.environment_id);
        let change = json!({
            "name": "staging", "namespaces": ["red", ""], "translationsPath": "https://a.b/words.json",
            "languageOverride": "fr", "metadata": { "theme": { "a": 1 } }, "guestAuthentication": ["magic_link"],
            "embedOrigins": ["HTTPS://Shop.Example.com:443", "https://*.example.org", "http://localhost:3000"],
        });
        let answer = app.patch(&path, change.clone()).await.json();
        assert_eq!((&answer["name"], &answer["data"]["name"]), (&json!("staging"), &json!("staging")));
        let read = app.get(&path).await.data();
        assert_eq!(read["namespaces"], json!(["red"]));
        assert_eq!((&read["languageOverride"], &read["isProd"]), (&json!("fr"), &json!(false)));
        let origins = json!(["https://shop.example.com", "https://*.example.org", "http://localhost:3000"]);
        assert_eq!(read["embedOrigins"], origins);
        let listed = app.get("/v1/accounts/current").await.data()["embeddedDomainWhitelist"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 3, "{listed}");

        app.patch(&path, json!({ "name": "staging" })).await.json();
        let events = told(&app, "environment:updated").await;
        assert_eq!(events.len(), 1, "a change that changes nothing tells nothing");
        assert_eq!((&events[0]["domain"], &events[0]["context"]["spaceId"]), (&json!("environment"), &json!(null)));
        let changes = events[0]["payload"]["changes"].as_array().unwrap();
        assert_eq!(changes.len(), change.as_object().unwrap().len());
        let name = json!({ "field": "name", "previousValue": "development", "newValue": "staging" });
        assert!(changes.contains(&name), "{changes:?}");

        let cleared = app.patch(&path, json!({ "languageOverride": null, "translationsPath": "" })).await.json();
        assert_eq!((&cleared["languageOverride"], &cleared["translationsPath"]), (&json!(null), &json!(null)));
        for (change, place) in [
            (json!({ "embedOrigins": ["https://a.b/c"] }), "embedOrigins[0]"),
            (json!({ "guestAuthentication": ["password"] }), "guestAuthentication"),
            (json!({ "name": " " }), "name"),
            (json!({ "isProd": "yes" }), "isProd"),
        ] {
            let message = app.patch(&path, change).await.refused(400);
            assert!(message.contains(place), "{message}");
        }
    })
    .await;
}

#[tokio::test]
async fn spaces_take_from_their_environment_what_they_do_not_say() {
    on_each_database(async |app: TestApp| {
        let own = json!({
            "namespace": "own", "languageOverride": "de", "guestAuthentication": ["shared_link"],
            "metadata": { "theme": { "b": 2 } },
        });
        let own = format!("/v1/spaces/{}", text(&app.post("/v1/spaces", own).await.data(), "id"));
        let empty = text(&app.post("/v1/spaces", json!({ "languageOverride": "" })).await.data(), "id");
        let environment = json!({
            "namespaces": ["red", "green"], "translationsPath": "/words", "languageOverride": "fr",
            "metadata": { "theme": { "a": 1 }, "showSpaceInfo": true, "secret": 1 },
            "guestAuthentication": ["magic_link"],
        });
        app.patch(&format!("/v1/environments/{}", app.environment_id), environment).await.json();

        let space = app.get(&own).await.data();
        assert_eq!((&space["namespace"], &space["languageOverride"]), (&json!("own"), &json!("de")));
        assert_eq!(space["guestAuthentication"], json!(["shared_link"]));
        assert_eq!(space["translationsPath"], json!("/words"));
        assert_eq!(space["metadata"], json!({ "theme": { "b": 2 }, "showSpaceInfo": true }));

        let path = format!("/v1/spaces/{empty}");
        let space = app.get(&path).await.data();
        assert_eq!((&space["namespace"], &space["languageOverride"]), (&json!("red"), &json!("fr")));
        assert_eq!(space["guestAuthentication"], json!(["magic_link"]));
        // A word that means nothing opens nothing.
        for ways in [json!(["magic-link"]), json!("magic_link"), json!([1])] {
            let space = json!({ "name": "x", "guestAuthentication": ways });
            let words = app.post("/v1/spaces", space).await.refused(400);
            assert!(words.contains("guestAuthentication"), "{words}");
        }
        assert_eq!(space["metadata"], json!({ "theme": { "a": 1 }, "showSpaceInfo": true }));

        app.patch(&path, json!({ "name": "Other" })).await.data();
        let workbook = json!({ "spaceId": empty, "name": "W", "namespace": "blue", "sheets": [{ "name": "S", "fields": [] }] });
        app.post("/v1/workbooks", workbook).await.data();
        let events = app.get(&format!("/v1/events?spaceId={empty}&pageSize=100")).await.json();
        let namespaces = |topic: &str| {
            let events = events["data"].as_array().unwrap();
            events.iter().find(|event| event["topic"] == json!(topic)).unwrap()["namespaces"].clone()
        };
        assert_eq!(namespaces("space:created"), json!([]), "it had none to give then");
        assert_eq!(namespaces("space:updated"), json!(["space:red", "space:green"]));
        assert_eq!(namespaces("sheet:created"), json!(["space:red", "space:green", "workbook:blue"]));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_environment_takes_its_spaces_and_keys_with_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let neighbour = app.neighbours_key().await;
        let path = format!("/v1/environments/{}", app.environment_id);
        app.call_as(&neighbour, "DELETE", &path, &json!(null)).await.refused(404);
        assert_eq!(app.delete(&path).await.data(), json!({ "success": true }));
        app.get("/v1/environments").await.refused(401);
        let admin = admin(&app).await;
        let space = inlet::domain::ids::Id::parse(&made.space).unwrap();
        assert!(app.service.space(&admin, &space).await.is_err());
        let left = app.service.environments(&admin, Page::first(10)).await.unwrap();
        assert_eq!((left.total, left.items[0].is_prod), (1, true));
        let last = app.service.delete_environment(&admin, &left.items[0].id).await.unwrap_err();
        assert_eq!(last.kind, ErrorKind::Conflict);
        // The server starts with what is left.
        assert_eq!(app.service.ensure_account().await.unwrap().id, left.items[0].id);
    })
    .await;
}

#[tokio::test]
async fn only_who_sees_the_whole_account_changes_it() {
    on_each_database(async |app: TestApp| {
        let new = json!({ "name": "test", "isProd": false });
        let message = app.post("/v1/environments", new).await.refused(403);
        assert!(message.contains("an admin of the whole account"), "{message}");
        app.patch("/v1/accounts/current", json!({ "name": "Mine" })).await.refused(403);

        let admin = admin(&app).await;
        let mut new = EnvironmentChange { name: Some("test".to_string()), ..EnvironmentChange::default() };
        let made = app.service.create_environment(&admin, new.clone()).await.unwrap();
        assert_eq!(made.guest_authentication, ["shared_link"]);
        new.name = None;
        assert_eq!(
            app.service.create_environment(&admin, new).await.unwrap_err().kind,
            ErrorKind::BadRequest
        );
        let key = app.service.create_keys(&made.id).await.unwrap().secret;
        let events = app.call_as(&key, "GET", "/v1/events", &json!(null)).await.json();
        assert_eq!(events["data"][0]["topic"], json!("environment:created"));

        let change = AccountChange { name: Some("Mine".to_string()), default_app_id: None };
        app.service.update_account(&admin, change).await.unwrap();
        let account = app.get("/v1/accounts/current").await.data();
        assert_eq!((&account["name"], &account["defaultAppId"]), (&json!("Mine"), &json!(null)));
        assert!(text(&account, "updatedAt") >= text(&account, "createdAt"));
        let nameless = AccountChange { name: Some(String::new()), default_app_id: None };
        assert!(app.service.update_account(&admin, nameless).await.is_err());
    })
    .await;
}
