//! Keys of environments, tokens of people, and what credentials are exchanged for.

use axum::http::StatusCode;
use inlet::domain::ids::AccountId;
use serde_json::{Value, json};

use crate::fixtures::text;
use crate::presence::{other_account, own_account};
use crate::{Answer, TestApp, on_each_database};

const PASSWORD: &str = "a long password";

/// An access token of the first admin, who has a password from then on.
pub async fn admin(app: &TestApp) -> String {
    app.service.set_admin_password(PASSWORD).await.unwrap();
    let body = json!({ "type": "userCredentials", "email": "admin@localhost", "password": PASSWORD });
    text(&app.call_as("", "POST", "/v1/auth", &body).await.json(), "accessToken")
}

/// Whether a token opens anything.
async fn opens(app: &TestApp, token: &str) -> bool {
    let answer = app.call_as(token, "GET", "/v1/accounts/current", &Value::Null).await;
    assert!(answer.status == StatusCode::OK || answer.status == StatusCode::UNAUTHORIZED, "{answer:?}");
    answer.status == StatusCode::OK
}

fn only<'a>(keys: &'a Value, kind: &str) -> Vec<&'a Value> {
    keys.as_array().unwrap().iter().filter(|key| key["type"] == kind).collect()
}

#[tokio::test]
async fn keys_are_listed_made_and_revoked() {
    on_each_database(async |app: TestApp| {
        let environment = &app.environment_id;
        let path = format!("/v1/auth/api-keys?environmentId={environment}");
        let keys = app.get(&path).await.data();
        let [secret] = only(&keys, "SECRET")[..] else { panic!("{keys}") };
        assert_eq!((&secret["rawKey"], &secret["environmentId"]), (&json!(app.key), &json!(environment)));
        assert_eq!(secret["operations"], json!([{ "path": "*", "method": "*" }]));
        assert_eq!(app.get("/v1/auth/api-keys").await.data(), keys, "a key's own environment");
        let publishable =
            app.get(&format!("/v1/auth/publishable-key?environmentId={environment}")).await.data();
        assert_eq!(publishable["rawKey"], json!(app.publishable));
        assert_eq!(publishable["operations"], json!([{ "path": "/v1/spaces", "method": "POST" }]));

        // A new one opens what it should at once.
        let path_of_new = format!("/v1/auth/api-key?environmentId={environment}&type=SECRET");
        let made = app.post(&path_of_new, Value::Null).await.data();
        let second = only(&made, "SECRET")[1];
        let token = text(second, "rawKey");
        assert!(token.starts_with("sk_") && text(second, "id").starts_with("us_key_"), "{second}");
        assert!(opens(&app, &token).await && opens(&app, &app.key).await);
        app.post("/v1/auth/api-key?type=PUBLISHABLE", Value::Null).await.data();
        let newest = text(&app.get("/v1/auth/publishable-key").await.data(), "rawKey");
        assert!(newest != app.publishable && newest.starts_with("pk_"));
        app.call_as(&newest, "POST", "/v1/spaces", &json!({ "name": "By the new key" })).await.data();

        // Both ways to name a key revoke it, at once.
        let revoke = async |key: &str| app.delete(&format!("/v1/auth/api-key?key={key}")).await;
        revoke(&text(second, "id")).await.data();
        assert!(!opens(&app, &token).await, "a revoked key opens nothing");
        revoke(&newest).await.data();
        app.call_as(&newest, "POST", "/v1/spaces", &json!({ "name": "Too late" })).await.refused(401);
        assert_eq!(app.get(&path).await.data().as_array().unwrap().len(), 2);
        let refused = revoke(&newest).await.refused(404);
        assert!(!refused.contains(&newest), "{refused}");

        // Nothing of it is kept in plain text.
        assert!(!contains(&app.bytes_on_disk(), app.key.as_bytes()));
    })
    .await;
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn bad_requests_for_keys_are_named() {
    on_each_database(async |app: TestApp| {
        for (method, path, word) in [
            ("POST", "/v1/auth/api-key", "type"),
            ("POST", "/v1/auth/api-key?type=MASTER", "MASTER"),
            ("DELETE", "/v1/auth/api-key", "key"),
        ] {
            let message = app.call(method, path, Value::Null).await.refused(400);
            assert!(message.contains(word), "{message}");
        }
        let admin = admin(&app).await;
        let message = app.call_as(&admin, "GET", "/v1/auth/api-keys", &Value::Null).await.refused(400);
        assert!(message.contains("environmentId"), "{message}");
        app.call_as(&app.publishable, "GET", "/v1/auth/api-keys", &Value::Null).await.refused(403);
        for _ in 2..100 {
            app.post("/v1/auth/api-key?type=SECRET", Value::Null).await.data();
        }
        app.post("/v1/auth/api-key?type=SECRET", Value::Null).await.refused(409);
    })
    .await;
}

#[tokio::test]
async fn the_keys_of_a_neighbour_are_not_there() {
    on_each_database(async |app: TestApp| {
        let neighbour = app.neighbours_key().await;
        let environment = &app.environment_id;
        let id = text(&app.get("/v1/auth/api-keys").await.data()[0], "id");
        for (method, path) in [
            ("GET", format!("/v1/auth/api-keys?environmentId={environment}")),
            ("GET", format!("/v1/auth/publishable-key?environmentId={environment}")),
            ("POST", format!("/v1/auth/api-key?environmentId={environment}&type=SECRET")),
            ("DELETE", format!("/v1/auth/api-key?environmentId={environment}&key={id}")),
            ("DELETE", format!("/v1/auth/api-key?key={id}")),
            ("DELETE", format!("/v1/auth/api-key?key={}", app.key)),
        ] {
            app.call_as(&neighbour, method, &path, &Value::Null).await.refused(404);
        }
        assert!(opens(&app, &app.key).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_from_before_has_no_text() {
    on_each_database(async |app: TestApp| {
        use inlet::domain::ids::{EnvironmentId, Id};
        use inlet::domain::tenant::KeyKind;
        use inlet::store::keys::{KeyRow, insert_key};
        let mut tx = app.service.db.write().await.unwrap();
        let row = KeyRow {
            id: inlet::store::new_id(),
            environment_id: EnvironmentId::parse(&app.environment_id).unwrap(),
            kind: KeyKind::Secret,
            hash: vec![1; 32],
            sealed: None,
            created_at: inlet::store::now(),
            last_used_at: None,
        };
        insert_key(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        let keys = app.get("/v1/auth/api-keys").await.data();
        let old = keys.as_array().unwrap().iter().find(|key| key["id"] == json!(row.id.to_string())).unwrap();
        assert_eq!(old.get("rawKey"), None);
    })
    .await;
}

#[tokio::test]
async fn the_last_use_is_kept_without_a_write_for_each_request() {
    on_each_database(async |app: TestApp| {
        let last = async || {
            let keys = app.get("/v1/auth/api-keys").await.data();
            only(&keys, "SECRET")[0]["lastUsedAt"].clone()
        };
        assert_eq!(last().await, Value::Null);
        app.service.write_uses().await.unwrap();
        let first = last().await;
        assert!(first.is_string());
        // What is known for a moment is not asked for again, so nothing is noted either.
        app.service.write_uses().await.unwrap();
        assert_eq!(last().await, first);
        tokio::time::sleep(std::time::Duration::from_millis(950)).await;
        last().await;
        app.service.write_uses().await.unwrap();
        assert_ne!(last().await, first);
    })
    .await;
}

async fn post_as(app: &TestApp, token: &str, path: &str, body: Value) -> Answer {
    app.call_as(token, "POST", path, &body).await
}

#[tokio::test]
async fn a_personal_access_token_acts_as_its_person() {
    on_each_database(async |app: TestApp| {
        let admin = admin(&app).await;
        let path = "/v1/auth/personal-access-tokens";
        let made = post_as(&app, &admin, path, json!({ "name": "Laptop" })).await.data();
        let (token, kept) = (text(&made, "token"), &made["personalAccessToken"]);
        assert!(token.starts_with("pat_") && text(kept, "id").starts_with("us_pat_"), "{made}");
        assert_eq!(kept["name"], json!("Laptop"));
        assert!(kept["createdAt"].is_string());

        // It sees the whole account, and is the actor of what it does.
        let get = async |path: &str| app.call_as(&token, "GET", path, &Value::Null).await;
        assert_eq!(get("/v1/environments").await.data().as_array().unwrap().len(), 2);
        let space = json!({ "name": "Mine", "environmentId": app.environment_id });
        let space = post_as(&app, &token, "/v1/spaces", space).await.data();
        assert_eq!(space["createdByUserId"], kept["id"]);
        get(&format!("/v1/auth/api-keys?environmentId={}", app.environment_id)).await.data();

        // It makes no others, and keys have none.
        post_as(&app, &token, path, json!({ "name": "Child" })).await.refused(403);
        app.get(path).await.refused(403);
        app.post(path, json!({ "name": "x" })).await.refused(403);
        for bad in ["", " ", &"x".repeat(201)] {
            assert!(post_as(&app, &admin, path, json!({ "name": bad })).await.refused(400).contains("name"));
        }
        post_as(&app, &admin, path, json!({})).await.refused(400);

        app.service.write_uses().await.unwrap();
        let listed = get(path).await.data();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!(listed[0]["id"], kept["id"]);
        assert!(listed[0]["lastUsedAt"].is_string() && listed[0].get("token").is_none(), "{listed}");

        app.call_as(&admin, "DELETE", &format!("{path}/{}", text(kept, "id")), &Value::Null).await.data();
        assert!(!opens(&app, &token).await);
        assert_eq!(app.call_as(&admin, "GET", path, &Value::Null).await.data(), json!([]));
        assert!(!contains(&app.bytes_on_disk(), token.as_bytes()));
    })
    .await;
}

#[tokio::test]
async fn credentials_become_an_access_token_in_each_shape() {
    on_each_database(async |app: TestApp| {
        let admin = admin(&app).await;
        let user = json!({ "email": "Admin@LOCALHOST", "password": PASSWORD });
        let answer = post_as(&app, "", "/v1/auth", user.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        let grant = answer.json();
        assert_eq!((&grant["expiresIn"], &grant["email"]), (&json!("43200"), &json!("admin@localhost")));
        let user_id = text(&grant, "userId");
        assert!(text(&grant, "expires").ends_with('Z') && text(&grant, "accountId").starts_with("us_acc_"));
        assert!(opens(&app, &text(&grant, "accessToken")).await);

        let path = format!("/v1/users/{user_id}/api-token?tenantId={}", text(&grant, "accountId"));
        let client = post_as(&app, &admin, &path, Value::Null).await.data();
        let listed = app.call_as(&admin, "GET", &path, &Value::Null).await.json();
        assert_eq!(
            (&listed["data"][0]["clientId"], &listed["pagination"]["totalCount"]),
            (&client["clientId"], &json!(1))
        );
        assert_eq!(listed["data"][0].get("secret"), None);
        let mut body = json!({ "clientId": client["clientId"], "secret": client["secret"] });
        let by_client = text(&post_as(&app, "", "/v1/auth", body.clone()).await.json(), "accessToken");
        body["type"] = json!("apiCredentials");
        assert!(
            opens(&app, &text(&post_as(&app, "", "/v1/auth", body.clone()).await.json(), "accessToken"))
                .await
        );
        assert!(opens(&app, &by_client).await);
        // The secret opens nothing by itself, and what it was exchanged for makes no tokens.
        assert!(!opens(&app, &text(&client, "secret")).await);
        post_as(&app, &by_client, "/v1/auth/personal-access-tokens", json!({ "name": "x" }))
            .await
            .refused(403);

        for wrong in [
            json!({ "email": "admin@localhost", "password": "wrong" }),
            json!({ "email": "nobody@localhost", "password": PASSWORD }),
            json!({ "clientId": client["clientId"], "secret": "wrong" }),
            json!({ "clientId": "us_pat_00000000", "secret": client["secret"] }),
        ] {
            post_as(&app, "", "/v1/auth", wrong).await.refused(401);
        }
        for (bad, word) in [
            (json!({}), "email"),
            (json!({ "type": "userCredentials", "email": "a@b.example" }), "password"),
            (json!({ "type": "apiCredentials", "clientId": "x" }), "secret"),
            (json!({ "secret": "x" }), "clientId"),
            (json!({ "type": "magic" }), "magic"),
        ] {
            assert!(post_as(&app, "", "/v1/auth", bad).await.refused(400).contains(word), "{word}");
        }

        // With the client ends what it was exchanged for.
        let id = text(&client, "clientId");
        let path = format!("/v1/auth/personal-access-tokens/{id}");
        app.call_as(&admin, "DELETE", &path, &Value::Null).await.data();
        assert!(!opens(&app, &by_client).await);
        post_as(&app, "", "/v1/auth", body).await.refused(401);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_ends_is_refreshed() {
    on_each_database(async |app: TestApp| {
        let refresh = async |token: &str| post_as(&app, token, "/v1/auth/refresh-token", json!(token)).await;
        let old = admin(&app).await;
        let answer = refresh(&old).await;
        assert_eq!(answer.status, StatusCode::OK);
        let new = text(&answer.json(), "accessToken");
        assert!(opens(&app, &new).await && !opens(&app, &old).await);
        refresh(&old).await.refused(401);

        let space = app.post("/v1/spaces", json!({ "name": "Mine" })).await.data();
        let of_space = refresh(&text(&space, "accessToken")).await.json();
        assert_eq!(of_space["expiresIn"], json!("86400"));
        let get = format!("/v1/spaces/{}", text(&space, "id"));
        app.call_as(&text(&of_space, "accessToken"), "GET", &get, &Value::Null).await.data();

        refresh(&app.key).await.refused(400);
        refresh("nonsense").await.refused(401);
        app.post("/v1/auth/refresh-token", json!({ "token": new })).await.refused(400);
        app.post("/v1/auth/refresh-token", Value::Null).await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_the_tokens_of_another_person() {
    on_each_database(async |app: TestApp| {
        let admin = admin(&app).await;
        let path = "/v1/auth/personal-access-tokens";
        let token = post_as(&app, &admin, path, json!({ "name": "Mine" })).await.data();
        let id = text(&token["personalAccessToken"], "id");
        let me = text(
            &post_as(&app, "", "/v1/auth", json!({ "email": "admin@localhost", "password": PASSWORD }))
                .await
                .json(),
            "userId",
        );
        let colleague = signed_in(&app, &own_account(&app).await, "Colleague").await;
        let stranger = signed_in(&app, &other_account(&app).await, "Stranger").await;
        for other in [&colleague, &stranger] {
            assert_eq!(app.call_as(other, "GET", path, &Value::Null).await.data(), json!([]));
            app.call_as(other, "DELETE", &format!("{path}/{id}"), &Value::Null).await.refused(404);
            app.call_as(other, "GET", &format!("/v1/users/{me}/api-token"), &Value::Null).await.refused(404);
            post_as(&app, other, &format!("/v1/users/{me}/api-token"), Value::Null).await.refused(404);
            let keys = format!("/v1/auth/api-keys?environmentId={}", app.environment_id);
            let refused = app.call_as(other, "GET", &keys, &Value::Null).await;
            assert!(refused.status == 403 || refused.status == 404, "{refused:?}");
        }
        assert!(opens(&app, &text(&token, "token")).await);
    })
    .await;
}

/// A bearer token of a member of that account.
pub async fn signed_in(app: &TestApp, account: &AccountId, name: &str) -> String {
    let router = crate::presence::page_router(app);
    crate::presence::person(app, &router, account, name).await.session
}
