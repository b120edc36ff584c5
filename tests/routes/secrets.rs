use inlet::service::authentication::actor_of_user;
use inlet::service::stored_secrets::SecretPlace;
use inlet::store::accounts;
use serde_json::{Value, json};

use crate::fixtures::text;
use crate::{TestApp, on_each_database};

async fn store(app: &TestApp, body: Value) -> Vec<Value> {
    app.post("/v1/secrets", body).await.data().as_array().unwrap().clone()
}

/// Names and values, as a listener asks for them.
async fn held(app: &TestApp, query: &str) -> Vec<(String, String)> {
    let found = app.get(&format!("/v1/secrets{query}")).await.data();
    let pair = |secret: &Value| (text(secret, "name"), text(secret, "value"));
    found.as_array().unwrap().iter().map(pair).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

async fn space(app: &TestApp, namespace: &str) -> String {
    let body = json!({ "name": "Secrets", "namespace": namespace });
    text(&app.post("/v1/spaces", body).await.data(), "id")
}

#[tokio::test]
async fn a_space_and_an_actor_have_secrets_of_their_own_and_inherit_the_others() {
    on_each_database(async |app: TestApp| {
        let (red, blue, user) = (space(&app, "red").await, space(&app, "blue").await, "us_usr_00000000");
        let all = store(&app, json!({ "name": "TOP", "value": "everywhere" })).await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0]["environmentId"], json!(app.environment_id));
        assert!(text(&all[0], "id").starts_with("us_sec_") && all[0]["spaceId"].is_null());
        store(&app, json!({ "name": "OTHER", "value": "too", "environmentId": app.environment_id })).await;
        let of_red = store(&app, json!({ "name": "TOP", "value": "in red", "spaceId": red })).await;
        assert_eq!(of_red.len(), 2, "the list is what holds in the space");
        store(&app, json!({ "name": "TOP", "value": "theirs", "actorId": user })).await;
        store(&app, json!({ "name": "TOP", "value": "theirs in red", "spaceId": red, "actorId": user }))
            .await;

        let query = |space: &str, actor: &str| {
            let environment = &app.environment_id;
            format!("?environmentId={environment}&spaceId={space}&actorId={actor}")
        };
        let top = async |query: String| held(&app, &query).await;
        assert_eq!(top(String::new()).await, pairs(&[("OTHER", "too"), ("TOP", "everywhere")]));
        let nobody = "us_key_00000000";
        assert_eq!(top(query(&blue, nobody)).await, pairs(&[("OTHER", "too"), ("TOP", "everywhere")]));
        assert_eq!(top(query(&red, nobody)).await, pairs(&[("OTHER", "too"), ("TOP", "in red")]));
        assert_eq!(top(query(&blue, user)).await, pairs(&[("OTHER", "too"), ("TOP", "theirs")]));
        assert_eq!(top(query(&red, user)).await, pairs(&[("OTHER", "too"), ("TOP", "theirs in red")]));
        assert_eq!(top(format!("?spaceId={red}")).await, pairs(&[("OTHER", "too"), ("TOP", "in red")]));

        // The secrets of a space go with it.
        app.delete(&format!("/v1/spaces/{red}")).await.data();
        app.get(&format!("/v1/secrets?spaceId={red}")).await.refused(404);
        let id = of_red.iter().find(|secret| secret["name"] == "TOP").unwrap();
        app.delete(&format!("/v1/secrets/{}", text(id, "id"))).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_secret_of_one_name_and_place_is_replaced_and_each_change_is_told() {
    on_each_database(async |app: TestApp| {
        let space = space(&app, "red").await;
        let body = |value: &str| json!({ "name": "KEY", "value": value, "spaceId": space });
        let made = store(&app, body("one")).await.remove(0);
        let again = store(&app, body("two")).await.remove(0);
        assert_eq!((&again["id"], &again["value"]), (&made["id"], &json!("two")));
        let left = app.delete(&format!("/v1/secrets/{}", text(&made, "id"))).await.data();
        assert_eq!(left, json!([]));
        app.delete(&format!("/v1/secrets/{}", text(&made, "id"))).await.refused(404);

        let log = app.get(&format!("/v1/events?spaceId={space}&domain=secret")).await.json();
        let events = log["data"].as_array().unwrap();
        let topics: Vec<&Value> = events.iter().map(|event| &event["topic"]).collect();
        assert_eq!(topics, ["secret:created", "secret:updated", "secret:deleted"]);
        let payload =
            json!({ "secretId": made["id"], "spaceId": space, "environmentId": app.environment_id });
        for event in events {
            assert_eq!((&event["payload"], &event["namespaces"]), (&payload, &json!(["space:red"])));
            assert_eq!(event["context"]["spaceId"], json!(space));
        }
        assert!(!log.to_string().contains("two"), "an event tells no value");
    })
    .await;
}

#[tokio::test]
async fn values_are_shown_to_programs_alone() {
    on_each_database(async |app: TestApp| {
        let space = app.post("/v1/spaces", json!({ "name": "Secrets" })).await.data();
        store(&app, json!({ "name": "KEY", "value": "hunter-2-hunter" })).await;
        for key in [&text(&space, "accessToken"), &app.publishable] {
            for path in ["/v1/secrets".to_string(), format!("/v1/secrets?spaceId={}", text(&space, "id"))] {
                app.call_as(key, "GET", &path, &Value::Null).await.refused(403);
            }
            let body = json!({ "name": "KEY", "value": "mine" });
            app.call_as(key, "POST", "/v1/secrets", &body).await.refused(403);
        }
        let mut tx = app.service.db.read().await.unwrap();
        let admin = actor_of_user(&accounts::first_admin(&mut tx).await.unwrap().unwrap());
        drop(tx);
        let environment = Some(app.environment_id.parse().unwrap());
        let place = SecretPlace { environment_id: environment, ..SecretPlace::default() };
        let shown = app.service.stored_secrets(&admin, place.clone()).await.unwrap();
        assert_eq!((shown[0].secret.name.as_str(), shown[0].value.as_str()), ("KEY", ""));
        let shown = app.service.store_secret(&admin, place, "NEW".to_string(), "x").await.unwrap();
        assert!(shown.len() == 2 && shown.iter().all(|secret| secret.value.is_empty()));
        app.service.stored_secrets(&admin, SecretPlace::default()).await.unwrap_err();

        let text = String::from_utf8_lossy(&app.bytes_on_disk()).into_owned();
        assert!(!text.contains("hunter-2-hunter"), "the value stands on the disk");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_named() {
    on_each_database(async |app: TestApp| {
        for (body, status, words) in [
            (json!({ "value": "x" }), 400, "name"),
            (json!({ "name": "A" }), 400, "value"),
            (json!({ "name": "", "value": "x" }), 400, "name: write 1 to 1024"),
            (json!({ "name": "A", "value": "x".repeat(1025) }), 400, "value: write 1 to 1024"),
            (json!({ "name": "A\nB", "value": "x" }), 400, "control characters"),
            (json!({ "name": "A", "value": "x", "actorId": "me" }), 400, "actorId"),
            (json!({ "name": "A", "value": "x", "spaceId": "us_sp_0000000000" }), 404, "no space"),
            (
                json!({ "name": "A", "value": "x", "environmentId": "us_env_0000000000" }),
                404,
                "no environment",
            ),
        ] {
            let told = app.post("/v1/secrets", body).await.refused(status);
            assert!(told.contains(words), "{told}");
        }
        assert_eq!(held(&app, "").await, []);
        let space = space(&app, "red").await;
        app.get(&format!("/v1/secrets?spaceId={space}&environmentId=us_env_0000000000")).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_secret_opens_in_its_place_alone() {
    on_each_database(async |app: TestApp| {
        let space = space(&app, "red").await;
        store(&app, json!({ "name": "KEY", "value": "one" })).await;
        let mut tx = app.service.db.write().await.unwrap();
        let environment = app.environment_id.parse().unwrap();
        let mut moved =
            inlet::store::secrets::holding(&mut tx, &environment, None, None).await.unwrap().remove(0);
        moved.id = inlet::store::new_id();
        moved.space_id = Some(space.parse().unwrap());
        inlet::store::secrets::keep(&mut tx, &moved, inlet::store::now()).await.unwrap();
        tx.commit().await.unwrap();
        let told = app.get(&format!("/v1/secrets?spaceId={space}")).await.refused(409);
        assert!(told.contains("`KEY`") && told.contains("store it anew"), "{told}");
        let body = json!({ "name": "KEY", "value": "two", "spaceId": space });
        assert_eq!(store(&app, body).await[0]["value"], "two");
    })
    .await;
}
