//! The calls of the published embeds, in their order: JavaScript, React, and the older ones of React, Vue and Angular.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::fixtures::{blueprint, text};
use crate::util::test_app::Answer;
use crate::{TestApp, on_each_database};

const HOST: &str = "https://shop.example";

/// Asks as a page of another origin does: a plain text, no key but the one in the address, no preflight.
async fn init(app: &TestApp, query: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("/v1/internal/spaces/init{query}"))
        .header(header::ORIGIN, HOST)
        .header(header::ACCEPT, "text/plain")
        .header(header::CONTENT_TYPE, "text/plain");
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn made(app: &TestApp, body: &Value) -> Value {
    let answer = init(app, &format!("?publishableKey={}", app.publishable), body).await;
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    answer.data()
}

/// What `startFlatfile` sends for one sheet and a submit button.
fn startup() -> Value {
    let mut workbook = blueprint();
    workbook["actions"] = json!([{ "operation": "simpleSubmitAction", "mode": "foreground", "label": "Submit data",
        "description": "Action for handling data inside of onSubmit", "primary": true }]);
    workbook["defaultPage"] = json!(true);
    json!({
        "space": {
            "name": "Embedded Space", "autoConfigure": false, "labels": ["embedded", "shop"], "namespace": "portal",
            "languageOverride": "de", "translationsPath": "https://shop.example/de.json",
            "metadata": { "theme": { "root": { "primaryColor": "red" } }, "sidebarConfig": { "showSidebar": false },
                "userInfo": { "name": "Ann" } },
        },
        "workbook": workbook,
        "document": { "title": "Welcome", "body": "# Hello", "defaultPage": false },
    })
}

/// A page with the token of its space.
struct Page<'a> {
    app: &'a TestApp,
    token: String,
}

impl Page<'_> {
    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        self.app.call_as(&self.token, method, path, &body).await.data()
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await
    }
}

#[tokio::test]
async fn javascript_makes_a_space_and_submits() {
    on_each_database(async |app: TestApp| {
        let init = made(&app, &startup()).await;
        let (space, workbook) = (&init["space"], &init["workbooks"][0]);
        let (id, sheet) = (text(space, "id"), text(&workbook["sheets"][0], "id"));
        assert_eq!(space["labels"], json!(["embedded", "shop"]));
        assert_eq!((&space["namespace"], &space["languageOverride"]), (&json!("portal"), &json!("de")));
        assert_eq!(space["translationsPath"], json!("https://shop.example/de.json"));
        assert_eq!(space["metadata"], startup()["space"]["metadata"]);
        let token = text(space, "accessToken");
        assert_eq!(text(space, "guestLink"), format!("http://inlet.test/space/{id}?token={token}"));
        assert_eq!(workbook["sheets"][0]["slug"], json!("contacts"));
        assert_eq!(init["documents"][0]["title"], json!("Welcome"));
        assert_eq!((&init["entitlements"], &init["actor"]), (&json!([]), &Value::Null));
        let environment = &init["environment"];
        assert_eq!(
            (&environment["id"], &environment["hasAccess"]),
            (&json!(app.environment_id), &json!(true))
        );
        assert_eq!(app.get(&format!("/v1/jobs?spaceId={id}")).await.json()["data"], json!([]));

        let page = Page { app: &app, token };
        // updateDefaultPageInSpace
        let mut metadata = space["metadata"].clone();
        metadata["sidebarConfig"]["defaultPage"] = json!({ "workbook": { "workbookId": workbook["id"] } });
        let patched = page.call("PATCH", &format!("/v1/spaces/{id}"), json!({ "metadata": metadata })).await;
        assert_eq!(patched["metadata"], metadata);

        // Somebody types; onRecordHook answers the commit.
        let records = format!("/v1/sheets/{sheet}/records");
        page.call("POST", &records, json!([{ "name": { "value": "ada" } }])).await;
        let events = format!("/v1/events?spaceId={id}&topic=commit:created");
        let events = app.call_as(&page.token, "GET", &events, &Value::Null).await.json();
        let event = events["data"][0].clone();
        let data_url = text(&event, "dataUrl");
        let read = page.get(&data_url).await;
        let change = json!([{ "id": read["records"][0]["id"], "values": { "name": { "value": "Ada",
            "messages": [{ "type": "info", "message": "capitalised" }] } } }]);
        page.call("PUT", &data_url, change).await;
        let commit = text(&event["context"], "commitId");
        page.call("POST", &format!("/v1/commits/{commit}/complete"), Value::Null).await;

        // onSubmit
        let job = json!({ "type": "workbook", "operation": "simpleSubmitAction", "source": workbook["id"],
            "trigger": "immediate" });
        let job = format!("/v1/jobs/{}", text(&page.call("POST", "/v1/jobs", job).await, "id"));
        let ack = json!({ "info": "jobs.messages.startingJob", "progress": 10 });
        page.call("POST", &format!("{job}/ack"), ack).await;
        let sheets = page.get(&format!("/v1/sheets?workbookId={}", text(workbook, "id"))).await;
        assert_eq!(sheets[0]["id"], json!(sheet));
        page.get(&format!("/v1/sheets/{sheet}")).await;
        let read = page.get(&format!("{records}?filter=all")).await;
        assert_eq!(read["records"][0]["values"]["name"]["value"], json!("Ada"));
        assert_eq!(page.get(&format!("/v1/sheets/{sheet}/counts")).await["counts"]["total"], json!(1));
        page.get(&format!("{records}?pageNumber=1&pageSize=1000")).await;
        let outcome = json!({ "outcome": { "acknowledge": true, "message": "complete" } });
        page.call("POST", &format!("{job}/complete"), outcome).await;
        // deleteSpaceAfterSubmit; then the person closes what the frame still shows, which closes the frame.
        page.call("POST", &format!("/v1/spaces/{id}/archive"), Value::Null).await;
        page.call("POST", &format!("{job}/outcome/ack"), Value::Null).await;
        let closed = format!("/v1/events?spaceId={id}&topic=job:outcome-acknowledged");
        let closed = app.call_as(&page.token, "GET", &closed, &Value::Null).await.json();
        assert_eq!(closed["data"][0]["payload"]["status"], json!("complete"));
    })
    .await;
}

#[tokio::test]
async fn javascript_opens_a_space_again_and_gives_up() {
    on_each_database(async |app: TestApp| {
        let init = made(&app, &startup()).await;
        let id = text(&init["space"], "id");
        let first = Page { app: &app, token: text(&init["space"], "accessToken") };
        let seen = first.get(&format!("/v1/spaces/{id}")).await;
        let again = Page { app: &app, token: text(&seen, "accessToken") };
        assert_eq!(text(&seen, "guestLink"), format!("http://inlet.test/space/{id}?token={}", again.token));
        // An onSubmit that throws.
        let job = json!({ "type": "workbook", "operation": "simpleSubmitAction",
            "source": init["workbooks"][0]["id"], "trigger": "immediate" });
        let job = format!("/v1/jobs/{}", text(&again.call("POST", "/v1/jobs", job).await, "id"));
        again.call("POST", &format!("{job}/ack"), json!({ "progress": 10 })).await;
        again.call("POST", &format!("{job}/cancel"), Value::Null).await;
        assert_eq!(again.get(&job).await["status"], json!("canceled"));
    })
    .await;
}

#[tokio::test]
async fn the_provider_of_react_lets_its_listener_configure_the_space() {
    on_each_database(async |app: TestApp| {
        let init = made(&app, &json!({ "space": { "autoConfigure": true, "labels": [] } })).await;
        let space = &init["space"];
        assert_eq!((&space["name"], &space["metadata"]), (&json!("Embedded Space"), &json!({})));
        assert_eq!((&init["workbooks"], &init["documents"]), (&Value::Null, &Value::Null));
        let id = text(space, "id");
        let page = Page { app: &app, token: text(space, "accessToken") };

        let ready = format!("/v1/events?spaceId={id}&topic=job:ready");
        let ready = app.call_as(&page.token, "GET", &ready, &Value::Null).await.json()["data"][0].clone();
        assert_eq!(ready["payload"]["job"], json!("space:configure"));
        let job = format!("/v1/jobs/{}", text(&ready["context"], "jobId"));
        page.call("POST", &format!("{job}/ack"), json!({ "progress": 0 })).await;
        let mut workbook = blueprint();
        workbook["spaceId"] = json!(id);
        let workbook = text(&page.call("POST", "/v1/workbooks", workbook).await, "id");
        page.call("PATCH", &format!("/v1/spaces/{id}"), json!({ "primaryWorkbookId": workbook })).await;
        let document = json!({ "title": "Guide", "body": "text" });
        page.call("POST", &format!("/v1/spaces/{id}/documents"), document).await;
        page.call("POST", &format!("{job}/complete"), json!({ "outcome": {} })).await;

        // The provider comes back with the token.
        let seen = page.get(&format!("/v1/spaces/{id}")).await;
        let again = Page { app: &app, token: text(&seen, "accessToken") };
        assert_eq!(again.get(&format!("/v1/workbooks/{workbook}")).await["id"], json!(workbook));
    })
    .await;
}

#[tokio::test]
async fn the_older_embeds_make_the_space_first() {
    on_each_database(async |app: TestApp| {
        for namespace in [Value::Null, json!("portal")] {
            let new = json!({ "environmentId": app.environment_id, "name": "Embedded", "namespace": namespace,
                "labels": ["embedded"], "autoConfigure": false });
            let space = app.call_as(&app.publishable, "POST", "/v1/spaces", &new).await.data();
            let id = text(&space, "id");
            let page = Page { app: &app, token: text(&space, "accessToken") };
            let mut workbook = blueprint();
            workbook["spaceId"] = json!(id);
            workbook["environmentId"] = json!(app.environment_id);
            page.call("POST", "/v1/workbooks", workbook).await;
            let change = json!({ "environmentId": app.environment_id, "metadata": { "theme": {} } });
            page.call("PATCH", &format!("/v1/spaces/{id}"), change).await;
            let document = json!({ "title": "Guide", "body": "text" });
            page.call("POST", &format!("/v1/spaces/{id}/documents"), document).await;
            assert!(text(&page.get(&format!("/v1/spaces/{id}")).await, "guestLink").contains(&id));
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_person_is_the_same_guest() {
    on_each_database(async |app: TestApp| {
        let mut body = startup();
        body["externalActorId"] = json!("customer-7");
        let first = made(&app, &body).await;
        let guest = text(&first["actor"], "id");
        assert!(guest.starts_with("us_g_"));
        assert_eq!(
            (&first["actor"]["name"], &first["actor"]["externalId"]),
            (&json!("Ann"), &json!("customer-7"))
        );
        assert_eq!(first["space"]["createdByUserId"], json!(guest));
        // What is known of them is not told to whoever knows the name: the key is public.
        let at_guest = format!("/v1/guests/{guest}");
        app.patch(&at_guest, json!({ "email": "ann@example.com", "name": "Ann Miller" })).await.data();
        body["space"]["metadata"] = Value::Null;
        let second = made(&app, &body).await;
        assert_eq!(second["space"]["metadata"], json!({}));
        let actor = &second["actor"];
        assert_eq!(
            (&actor["id"], &actor["name"], &actor["email"]),
            (&json!(guest), &json!("customer-7"), &json!(""))
        );
        assert_eq!(actor["spaces"].as_array().unwrap().len(), 1);
        body["externalActorId"] = json!("customer-8");
        assert_ne!(made(&app, &body).await["actor"]["id"], json!(guest));
        let known = app.get(&at_guest).await.data();
        assert_eq!((&known["name"], known["spaces"].as_array().unwrap().len()), (&json!("Ann Miller"), 2));
        let space = text(&first["space"], "id");
        let listed = app.get(&format!("/v1/guests?spaceId={space}")).await.data();
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["id"]), (1, &json!(guest)));
        let added = app.get(&format!("/v1/events?spaceId={space}&topic=space:guestAdded")).await.json();
        assert_eq!(added["data"][0]["context"]["actorId"], json!(guest));

        // What is done with the token, they do; a renewed one is theirs, too.
        let page = Page { app: &app, token: text(&first["space"], "accessToken") };
        let renewed = text(&page.get(&format!("/v1/spaces/{space}")).await, "accessToken");
        let records = format!("/v1/sheets/{}/records", text(&first["workbooks"][0]["sheets"][0], "id"));
        for token in [&page.token, &renewed] {
            let done =
                app.call_as(token, "POST", &records, &json!([{ "name": { "value": "x" } }])).await.data();
            let commit = format!("/v1/commits/{}", text(&done, "commitId"));
            assert_eq!(app.get(&commit).await.data()["createdBy"], json!(guest));
        }
        app.delete(&format!("{at_guest}?spaceId={space}")).await.data();
        for token in [&page.token, &renewed] {
            app.call_as(token, "GET", &records, &Value::Null).await.refused(401);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_embedded_leaves_nothing() {
    on_each_database(async |app: TestApp| {
        let key = format!("?publishableKey={}", app.publishable);
        let secret = format!("?publishableKey={}", app.key);
        let with = |member: &str, value: Value| {
            let mut body = startup();
            body["externalActorId"] = json!("customer-7");
            body[member] = value;
            body
        };
        let sheet = json!({ "name": "S", "fields": [{ "key": "a", "type": "rocket" }] });
        for (query, body, status, words) in [
            ("", startup(), 401, "publishableKey"),
            ("?publishableKey=", startup(), 401, "publishableKey"),
            ("?publishableKey=pk_wrong", startup(), 401, "not known"),
            (&secret, startup(), 403, "publishable key"),
            (&key, json!("text"), 400, ""),
            (&key, with("space", json!({ "labels": "embedded" })), 400, "space.labels"),
            (&key, with("space", json!({ "environmentId": "us_env_0123456789" })), 404, "us_env_0123456789"),
            (&key, with("workbook", json!([])), 400, "workbook"),
            (&key, with("workbook", json!({ "sheets": [sheet] })), 400, "workbook.sheets[0].fields[0]"),
            (&key, with("document", json!({ "body": "no title" })), 400, "document: "),
            (&key, with("externalActorId", json!(" ")), 400, "externalActorId"),
        ] {
            let refused = init(&app, query, &body).await;
            assert_eq!(refused.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
            let refused = refused.refused(status);
            assert!(refused.contains(words), "{query} {body}: {refused}");
        }
        for path in ["/v1/spaces", "/v1/events", "/v1/jobs"] {
            assert_eq!(app.get(path).await.json()["data"], json!([]), "{path}");
        }
        let mut tx = app.service.db.read().await.unwrap();
        let environment = inlet::domain::ids::Id::parse(&app.environment_id).unwrap();
        let guest = inlet::store::guests::by_external_id(&mut tx, &environment, "customer-7").await.unwrap();
        assert_eq!(guest, None);
    })
    .await;
}
