use inlet::domain::ids::Id;
use serde_json::{Value, json};

use crate::fixtures::{contacts, embed_token, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn an_event_has_the_shape_that_listeners_read() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let body =
            json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
        let job = text(&app.post("/v1/jobs", body).await.data(), "id");
        let listed = app.get("/v1/events?topic=job:ready").await.json();
        let event = &listed["data"][0];
        assert_eq!((&event["domain"], &event["payload"]["job"]), (&json!("job"), &json!("workbook:go")));
        let payload = &event["payload"];
        assert_eq!(
            (&payload["operation"], &payload["status"], &payload["domain"]),
            (&json!("go"), &json!("ready"), &json!("workbook"))
        );
        let context = &event["context"];
        assert_eq!((&context["jobId"], &context["spaceId"]), (&json!(job), &json!(made.space)));
        assert_eq!(
            (&context["workbookId"], &context["environmentId"]),
            (&json!(made.workbook), &json!(app.environment_id))
        );
        assert!(context["accountId"].is_string() && context["actorId"].is_string());
        assert_eq!(event["namespaces"], json!([]));
        assert!(
            event.as_object().unwrap().get("dataUrl").is_none_or(Value::is_string),
            "null breaks clients"
        );
        assert_eq!(event["callbackUrl"], json!(format!("/v1/events/{}/ack", text(event, "id"))));
    })
    .await;
}

#[tokio::test]
async fn acknowledged_events_leave_the_list() {
    on_each_database(async |app: TestApp| {
        contacts(&app).await;
        let listed = app.get("/v1/events?pageSize=100").await.json();
        let all = listed["data"].as_array().unwrap().clone();
        assert!(all.len() >= 3);
        let times: Vec<_> = all.iter().map(|event| text(event, "createdAt")).collect();
        assert!(times.is_sorted(), "oldest first: {times:?}");
        let id = text(&all[0], "id");
        assert_eq!(app.get(&format!("/v1/events/{id}")).await.data(), all[0]);
        app.post(&format!("/v1/events/{id}/ack"), json!(null)).await.data();
        let count = async |query: &str| {
            app.get(&format!("/v1/events?{query}")).await.json()["pagination"]["totalCount"].as_u64().unwrap()
        };
        assert_eq!(count("").await as usize, all.len() - 1);
        assert_eq!(count("includeAcknowledged=true").await as usize, all.len());
        assert_eq!(count("since=2100-01-01T00:00:00.000Z").await, 0);
        app.get("/v1/events?since=yesterday").await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn a_listener_puts_its_own_events_into_the_log() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let body = json!({ "topic": "space:updated", "domain": "space", "context": { "spaceId": made.space }, "payload": { "x": 1 } });
        let event = app.post("/v1/events", body).await.data();
        assert_eq!((&event["topic"], &event["payload"]), (&json!("space:updated"), &json!({ "x": 1 })));
        assert_eq!(app.get(&format!("/v1/events/{}", text(&event, "id"))).await.data(), event);
        app.post("/v1/events", json!({ "topic": "made:up", "context": { "spaceId": made.space } })).await.refused(400);
        app.post("/v1/events", json!({ "topic": "space:updated" })).await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn an_event_keeps_what_its_maker_says_of_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let data_url = format!("/v1/sheets/{}/records?filter=error&x=a b", made.sheet);
        let moment = "2025-01-31T12:00:00.000Z";
        let said = json!({
            "topic": "space:updated", "domain": "workbook", "payload": {}, "namespaces": ["space:red"],
            "context": { "spaceId": made.space, "precedingEventId": "us_evt_0000000000" },
            "attributes": { "targetUpdatedAt": moment, "progress": { "current": 1, "total": 4, "percent": 25 } },
            "callbackUrl": "/v1/events/mine/ack", "dataUrl": data_url, "target": "us_sh_1",
            "origin": { "id": "us_ag_1", "slug": "mine" },
        });
        let event = app.post("/v1/events", said.clone()).await.data();
        for (member, value) in said.as_object().unwrap().iter().filter(|(member, _)| *member != "context") {
            assert_eq!(event[member], *value, "{member}");
        }
        assert_eq!(event["context"]["precedingEventId"], json!("us_evt_0000000000"));
        let path = format!("/v1/events/{}", text(&event, "id"));
        assert_eq!(app.get(&path).await.data(), event);
        let found = app.get("/v1/events?topic=space:updated&domain=workbook").await.json();
        assert_eq!(found["data"], json!([event]));
        let logged = async |event: &Value| {
            let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
            app.service.event(&actor, &Id::parse(&text(event, "id")).unwrap()).await.unwrap()
        };
        // A webhook is sent addresses that lead here.
        let body = app.service.webhook_body(&logged(&event).await);
        assert_eq!(body["dataUrl"], json!(format!("http://inlet.test{data_url}")));
        assert_eq!(body["callbackUrl"], json!("http://inlet.test/v1/events/mine/ack"));

        // What is not said is as the server has it; an address may be empty.
        let context = json!({ "spaceId": made.space });
        let bare = json!({ "topic": "space:updated", "context": context, "dataUrl": "", "origin": null,
            "attributes": { "targetUpdatedAt": null, "progress": { "percent": 3 } } });
        let bare = app.post("/v1/events", bare).await.data();
        assert_eq!((&bare["domain"], &bare["dataUrl"]), (&json!("space"), &json!("")));
        assert_eq!((&bare["origin"], &bare["target"]), (&json!({}), &json!("")));
        assert_eq!(bare["attributes"], json!({ "targetUpdatedAt": bare["createdAt"], "progress": { "percent": 3 } }));
        assert_eq!(app.service.webhook_body(&logged(&bare).await)["dataUrl"], json!(""));
    })
    .await;
}

#[tokio::test]
async fn members_that_an_event_cannot_have_are_named() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let places =
            ["https://a.b/x?y=1", "//a.b/x", "/\\a.b/x", "/\t/a.b/x", "@a.b/x", ".a.b/x", "v1/x", " /v1"];
        let mut refused: Vec<(&str, Value, &str)> = vec![
            ("domain", json!("made-up"), "made-up"),
            ("domain", json!(""), "domain"),
            ("domain", json!(7), "domain"),
            ("target", json!({}), "target"),
            ("origin", json!("agent"), "origin"),
            ("attributes", json!([]), "attributes"),
            ("attributes", json!({ "targetUpdatedAt": "yesterday" }), "attributes.targetUpdatedAt"),
            ("attributes", json!({ "targetUpdatedAt": 7 }), "attributes.targetUpdatedAt"),
            ("context", json!({ "spaceId": made.space, "note": { "a": ["\u{0}"] } }), "context"),
        ];
        for place in places {
            refused
                .extend([("dataUrl", json!(place), "dataUrl"), ("callbackUrl", json!(place), "callbackUrl")]);
        }
        for (member, value, named) in refused {
            let mut said = json!({ "topic": "space:updated", "context": { "spaceId": made.space } });
            said[member] = value;
            let message = app.post("/v1/events", said.clone()).await.refused(400);
            assert!(message.contains(named), "{said}: {message}");
        }
        assert_eq!(app.get("/v1/events?topic=space:updated").await.json()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_event_of_an_environment_belongs_to_the_one_that_is_named() {
    on_each_database(async |app: TestApp| {
        let whole = crate::auth::admin(&app).await;
        let neighbour = app.neighbours_key().await;
        let own = app.environment_id.clone();
        let environments = app.call_as(&whole, "GET", "/v1/environments", &Value::Null).await.data();
        let ids = environments.as_array().unwrap().iter().map(|one| text(one, "id"));
        let other = ids.into_iter().find(|id| *id != own).unwrap();
        let said =
            |context: Value| json!({ "topic": "environment:updated", "context": context, "payload": {} });
        let named = |id: &str| said(json!({ "environmentId": id }));
        for (key, body, environment) in [
            (&whole, named(&own), &own),
            (&whole, named(&other), &other),
            (&app.key, named(&own), &own),
            (&app.key, said(json!({})), &own),
            (&neighbour, said(json!({})), &other),
        ] {
            let event = app.call_as(key, "POST", "/v1/events", &body).await.data();
            assert_eq!(event["context"]["environmentId"], json!(environment));
        }
        let heard = async |key: &str| {
            let path = "/v1/events?topic=environment:updated";
            app.call_as(key, "GET", path, &Value::Null).await.json()["data"].as_array().unwrap().len()
        };
        assert_eq!((heard(&app.key).await, heard(&neighbour).await), (3, 2));
        let refused = app.call_as(&whole, "POST", "/v1/events", &said(json!({}))).await.refused(400);
        assert!(refused.contains("spaceId") && refused.contains("environmentId"), "{refused}");
        app.call_as(&neighbour, "POST", "/v1/events", &named(&own)).await.refused(404);
        app.call_as(&whole, "POST", "/v1/events", &named("us_env_0000000000")).await.refused(404);
        let made = contacts(&app).await;
        let page = embed_token(&app, &made.space).await;
        app.call_as(&page, "POST", "/v1/events", &named(&own)).await.refused(403);
    })
    .await;
}
