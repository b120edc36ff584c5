//! Guests: made, let into spaces, kept out of them; their tokens; invitations.

use inlet::domain::ids::{GuestId, Id, SpaceId};
use serde_json::{Value, json};

use crate::fixtures::{contacts, embed_token, guest_token, insert, invited, text};
use crate::{TestApp, on_each_database};

async fn space(app: &TestApp) -> String {
    text(&app.post("/v1/spaces", json!({ "name": "Space" })).await.data(), "id")
}

/// How many events of that topic a space has.
async fn told(app: &TestApp, space: &str, topic: &str) -> usize {
    let events = app.get(&format!("/v1/events?spaceId={space}&topic={topic}")).await.json();
    let events = events["data"].as_array().unwrap().clone();
    for event in &events {
        assert_eq!((&event["domain"], &event["payload"]), (&json!("space"), &json!({})));
        assert_eq!(event["context"]["spaceId"], json!(space));
    }
    events.len()
}

#[tokio::test]
async fn guests_are_made_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let (one, other) = (space(&app).await, space(&app).await);
        let environment = app.environment_id.clone();
        let new = json!([
            { "environmentId": environment, "email": "Ann@Example.com", "name": "Ann", "spaces": [{ "id": one }] },
            { "email": "bob@example.com", "name": "", "spaces": [{ "id": one, "workbooks": [], "sheets": null }] },
        ]);
        let made = app.post("/v1/guests", new.clone()).await.data();
        let (ann, bob) = (text(&made[0], "id"), text(&made[1], "id"));
        assert!(ann.starts_with("us_g_"));
        assert_eq!((&made[0]["email"], &made[0]["environmentId"]), (&json!("ann@example.com"), &json!(environment)));
        assert_eq!(made[1]["name"], json!("bob@example.com"));
        let space = json!({ "id": one, "workbooks": [], "sheets": [], "lastAccessed": null });
        assert_eq!(made[0]["spaces"], json!([space]));
        assert_eq!(told(&app, &one, "space:guestAdded").await, 2);
        // Sent twice it is done once.
        let again = app.post("/v1/guests", new).await.data();
        assert_eq!((&again[0]["id"], &again[1]["id"]), (&json!(ann), &json!(bob)));
        assert_eq!(told(&app, &one, "space:guestAdded").await, 2);

        let list = async |query: &str| app.get(&format!("/v1/guests?{query}")).await.data();
        assert_eq!(list(&format!("spaceId={one}")).await, again);
        assert_eq!(list(&format!("spaceId={one}&email=BOB@example.com")).await, json!([again[1]]));
        assert_eq!(list(&format!("spaceId={other}")).await, json!([]));

        let path = format!("/v1/guests/{ann}");
        let change = json!({ "name": "Anna", "spaces": [{ "id": other }], "environmentId": environment });
        let changed = app.patch(&path, change).await.data();
        assert_eq!((&changed["name"], &changed["spaces"][0]["id"]), (&json!("Anna"), &json!(other)));
        assert_eq!(changed["email"], json!("ann@example.com"));
        assert_eq!(app.get(&path).await.data(), changed);
        assert_eq!(told(&app, &one, "space:guestRemoved").await, 1);
        assert_eq!(told(&app, &other, "space:guestAdded").await, 1);

        app.patch(&path, json!({ "spaces": [{ "id": other }, { "id": one }] })).await.data();
        let success = json!({ "success": true });
        assert_eq!(app.delete(&format!("{path}?spaceId={one}")).await.data(), success);
        app.delete(&format!("{path}?spaceId={one}")).await.refused(404);
        assert_eq!(app.get(&path).await.data()["spaces"].as_array().unwrap().len(), 1);
        assert_eq!(app.delete(&path).await.data(), success);
        app.get(&path).await.refused(404);
        assert_eq!(told(&app, &other, "space:guestRemoved").await, 1);
        // Who is made again is another guest, who may go nowhere.
        let new = json!([{ "email": "ann@example.com", "name": "Ann" }]);
        let made = app.post("/v1/guests", new).await.data();
        assert_ne!(made[0]["id"], json!(ann));
        assert_eq!(made[0]["spaces"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_guest_is_named() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        assert!(app.get("/v1/guests").await.refused(400).contains("spaceId"));
        let ann = invited(&app, "ann@example.com", &[&made.space]).await;
        let bob = invited(&app, "bob@example.com", &[]).await;
        let narrowed = |member: &str, id: &str| json!([{ "email": "c@d.e", "name": "C", "spaces": [{ "id": made.space, (member): [{ "id": id }] }] }]);
        for (body, status, words) in [
            (json!({ "email": "c@d.e" }), 400, "a list"),
            (json!([{ "name": "C" }]), 400, "email"),
            (json!([{ "email": "c@d.e", "name": "C" }, { "email": "nobody" }]), 400, "[1]: email: `nobody`"),
            (json!([{ "email": "ann@example", "name": "C" }]), 400, "[0]: email: `ann@example`"),
            (json!([{ "email": "c@d.e", "spaces": [{ "id": "us_wb_0123456789" }] }]), 400, "[0].spaces[0].id"),
            (json!([{ "email": "c@d.e", "spaces": [{ "id": "us_sp_0123456789" }] }]), 404, "us_sp_0123456789"),
            (json!([{ "email": "c@d.e", "environmentId": "us_env_0123456789" }]), 404, "us_env_0123456789"),
            (narrowed("workbooks", "us_sp_0123456789"), 400, "[0].spaces[0].workbooks[0].id"),
            (narrowed("sheets", &made.workbook), 400, "[0].spaces[0].sheets[0].id"),
            (narrowed("workbooks", &other.workbook), 404, &other.workbook),
            (narrowed("sheets", &other.sheet), 404, &other.sheet),
        ] {
            let refused = app.post("/v1/guests", body.clone()).await.refused(status);
            assert!(refused.contains(words), "{body}: {refused}");
        }
        assert_eq!(app.get(&format!("/v1/guests?spaceId={}", made.space)).await.data().as_array().unwrap().len(), 1);
        let path = format!("/v1/guests/{bob}");
        assert!(app.patch(&path, json!({ "email": "ANN@example.com" })).await.refused(409).contains("ann@example.com"));
        app.patch(&path, json!({ "environmentId": "us_env_0123456789" })).await.refused(400);
        app.patch(&path, json!({ "name": "x".repeat(256) })).await.refused(400);
        let narrowed = json!({ "spaces": [{ "id": made.space, "sheets": [{ "id": other.sheet }] }] });
        app.patch(&path, narrowed).await.refused(404);
        assert_eq!(app.get(&path).await.data()["spaces"], json!([]));

        let token = |guest: &str, query: &str| format!("/v1/guests/{guest}/token{query}");
        assert!(app.get(&token(&bob, "")).await.refused(400).contains("spaceId"));
        app.get(&token(&bob, &format!("?spaceId={}", made.space))).await.refused(400);
        app.get(&token(&ann, "?spaceId=us_sp_0123456789")).await.refused(404);
        assert_eq!(app.get(&token(&ann, "")).await.data()["valid"], json!(true));
    })
    .await;
}

#[tokio::test]
async fn a_guest_comes_in_by_a_token_while_they_may() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let record = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let one = format!("/v1/guests/{guest}");
        let path = format!("{one}/token?spaceId={}", made.space);
        let token = text(&app.get(&path).await.data(), "token");
        let as_guest =
            async |method: &str, path: &str, body: Value| app.call_as(&token, method, path, &body).await;

        // What they do, they did.
        let records = format!("/v1/sheets/{}/records", made.sheet);
        let change = json!([{ "id": record, "values": { "name": { "value": "Grace" } } }]);
        let commit = text(&as_guest("PUT", &records, change).await.data(), "commitId");
        assert_eq!(app.get(&format!("/v1/commits/{commit}")).await.data()["createdBy"], json!(guest));
        let last = app.get(&one).await.data()["spaces"][0]["lastAccessed"].clone();
        assert!(last.is_string(), "{last}");

        // They are people, not pages or listeners. What the space tells them of itself opens no more.
        let at_space = format!("/v1/spaces/{}", made.space);
        let seen = as_guest("GET", &at_space, Value::Null).await.data();
        assert!(text(&seen, "guestLink").ends_with(&text(&seen, "accessToken")));
        let job =
            json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
        let job = format!("/v1/jobs/{}", text(&app.post("/v1/jobs", job).await.data(), "id"));
        for token in [&token, &text(&seen, "accessToken")] {
            app.call_as(token, "PATCH", &at_space, &json!({ "name": "mine" })).await.refused(403);
            app.call_as(token, "POST", &format!("{job}/ack"), &Value::Null).await.refused(403);
            app.call_as(token, "GET", &format!("/v1/guests?spaceId={}", made.space), &Value::Null)
                .await
                .refused(403);
        }

        app.post(&format!("{at_space}/archive"), Value::Null).await.data();
        as_guest("GET", &records, Value::Null).await.refused(401);
        app.get(&path).await.refused(409);
        app.post(&format!("{at_space}/unarchive"), Value::Null).await.data();
        as_guest("GET", &records, Value::Null).await.data();
        app.delete(&format!("{one}?spaceId={}", made.space)).await.data();
        as_guest("GET", &records, Value::Null).await.refused(401);
        // The grant is what counts, not when the token was made.
        app.patch(&one, json!({ "spaces": [{ "id": made.space }] })).await.data();
        as_guest("GET", &records, Value::Null).await.data();
        app.delete(&one).await.data();
        as_guest("GET", &records, Value::Null).await.refused(401);
        let token = guest_token(&app, &made.space).await;
        app.call_as(&token, "GET", &records, &Value::Null).await.data();
        app.delete(&at_space).await.data();
        app.call_as(&token, "GET", &records, &Value::Null).await.refused(401);
    })
    .await;
}

/// The published embeds archive a space after its submission and wait for the outcome to be closed.
#[tokio::test]
async fn the_token_of_an_archived_space_looks_on() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let token = embed_token(&app, &made.space).await;
        let as_page =
            async |method: &str, path: &str, body: Value| app.call_as(&token, method, path, &body).await;
        let job =
            json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
        let job = format!("/v1/jobs/{}", text(&app.post("/v1/jobs", job).await.data(), "id"));
        as_page("POST", &format!("{job}/ack"), json!({ "progress": 10 })).await.data();
        as_page("POST", &format!("{job}/complete"), json!({ "outcome": { "acknowledge": true } }))
            .await
            .data();
        let at_space = format!("/v1/spaces/{}", made.space);
        as_page("POST", &format!("{at_space}/archive"), Value::Null).await.data();

        let records = format!("/v1/sheets/{}/records", made.sheet);
        as_page("GET", &records, Value::Null).await.data();
        as_page("GET", &format!("/v1/events?spaceId={}", made.space), Value::Null).await.json();
        assert!(as_page("GET", &at_space, Value::Null).await.data()["accessToken"].is_string());
        as_page("POST", &format!("{job}/outcome/ack"), Value::Null).await.data();
        for (method, path, body) in [
            ("POST", records.clone(), json!([{ "name": { "value": "x" } }])),
            ("PATCH", at_space.clone(), json!({ "archivedAt": null })),
            ("POST", format!("{at_space}/unarchive"), Value::Null),
            ("POST", format!("{job}/retry"), Value::Null),
        ] {
            let refused = as_page(method, &path, body).await.refused(403);
            assert!(refused.contains("archived"), "{method} {path}: {refused}");
        }
        app.post(&format!("{at_space}/unarchive"), Value::Null).await.data();
        as_page("POST", &records, json!([{ "name": { "value": "x" } }])).await.data();
        as_page("DELETE", &at_space, Value::Null).await.refused(403);
        app.delete(&at_space).await.data();
        as_page("GET", &records, Value::Null).await.refused(401);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_a_link_that_opens_the_space() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let other = space(&app).await;
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let invite =
            json!([{ "guestId": guest, "spaceId": made.space, "fromName": "Bob", "message": "Hello" }]);
        assert_eq!(app.post("/v1/invitations", invite).await.data(), json!({ "success": true }));
        for (body, status) in [
            (json!([{ "guestId": guest, "spaceId": other }]), 400),
            (json!([{ "guestId": guest }]), 400),
            (json!([{ "guestId": "us_g_0123456789", "spaceId": made.space }]), 404),
        ] {
            app.post("/v1/invitations", body).await.refused(status);
        }

        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let (id, at) = (GuestId::parse(&guest).unwrap(), SpaceId::parse(&made.space).unwrap());
        let link = app.service.guest_link(&actor, &id, &at).await.unwrap();
        let (address, token) = link.address.split_once("?token=").unwrap();
        assert_eq!(address, format!("http://inlet.test/space/{}", made.space));
        let records = format!("/v1/sheets/{}/records", made.sheet);
        app.call_as(token, "GET", &records, &Value::Null).await.data();
        app.call_as(token, "DELETE", &format!("/v1/guests/{guest}"), &Value::Null).await.refused(403);
    })
    .await;
}
