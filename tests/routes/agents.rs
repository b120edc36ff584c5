use inlet::domain::agent::AgentRun;
use inlet::domain::ids::Id;
use inlet::domain::time::Timestamp;
use inlet::store::agents::runs;
use inlet::store::{new_id, now};
use serde_json::{Value, json};

use crate::fixtures::text;
use crate::{TestApp, on_each_database};

/// Deploys an agent in the environment of the tests.
pub async fn deploy(app: &TestApp, body: Value) -> Value {
    app.post(&format!("/v1/agents?environmentId={}", app.environment_id), body).await.data()
}

/// Keeps runs of an agent: when each began, and whether it ended well.
pub async fn keep_runs(app: &TestApp, agent: &str, kept: &[(i64, bool)]) {
    let key = app.service.actor_of_bearer(&app.key).await.unwrap();
    let mut tx = app.service.db.write().await.unwrap();
    for (at, success) in kept {
        let run = AgentRun {
            id: new_id(),
            agent_id: Id::parse(agent).unwrap(),
            environment_id: key.scope.environment_id.clone().unwrap(),
            space_id: None,
            event_id: new_id(),
            topic: "job:ready".to_string(),
            context: Default::default(),
            namespaces: Vec::new(),
            success: *success,
            created_at: Timestamp(*at),
            completed_at: Timestamp(*at),
            queue_lag: 0,
            memory: None,
            log: String::new(),
        };
        runs::insert(&mut tx, &key.scope.account_id, &run).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn events(app: &TestApp, topic: &str) -> Vec<Value> {
    let log = app.get(&format!("/v1/events?topic={topic}&pageSize=100")).await.json();
    log["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_agent_is_deployed_again_by_its_slug() {
    on_each_database(async |app: TestApp| {
        let body = json!({
            "topics": ["job:ready", "commit:created"], "compiler": "js", "source": "exports.one = 1",
            "sourceMap": "{\"version\":3}", "namespace": "space:red", "packageVersions": { "a": "1.0.0" },
        });
        let made = deploy(&app, body).await;
        assert!(text(&made, "id").starts_with("us_ag_"));
        assert_eq!((&made["slug"], &made["version"]), (&json!("default"), &json!(1)));
        assert_eq!(made["environmentId"], json!(app.environment_id));
        assert_eq!((&made["isSystem"], &made["namespace"]), (&json!(false), &json!("space:red")));
        assert!(text(&made, "accountId").starts_with("us_acc_") && made.get("source").is_none());

        let again = deploy(&app, json!({ "source": "exports.two = 2", "slug": "default" })).await;
        assert_eq!((&again["id"], &again["version"]), (&made["id"], &json!(2)));
        assert_eq!((&again["topics"], &again["createdAt"]), (&json!([]), &made["createdAt"]));
        let path = format!("/v1/agents/{}", text(&made, "id"));
        let read = app.get(&format!("{path}?environmentId={}", app.environment_id)).await.data();
        assert_eq!((&read["source"], read.get("sourceMap")), (&json!("exports.two = 2"), None));

        let listed = app.get(&format!("/v1/agents?environmentId={}", app.environment_id)).await.json();
        assert_eq!(listed["pagination"], json!({ "currentPage": 1, "pageCount": 1, "totalCount": 1 }));
        let agent = &listed["data"][0];
        assert_eq!((&agent["slug"], &agent["topics"]), (&json!("default"), &json!([])));
        assert!(agent["updatedAt"].is_string() && agent.get("source").is_none());

        let roles = app.get(&format!("{path}/roles")).await.data();
        assert_eq!((&roles[0]["actorId"], &roles[0]["resourceId"]), (&made["id"], &made["environmentId"]));
        for list in [format!("{path}/logs"), "/v1/agents/logs".into(), "/v1/agents/executions".into()] {
            assert_eq!(app.get(&list).await.json()["data"], json!([]), "{list}");
        }
        app.get("/v1/agents/log/us_evt_00000000").await.refused(404);

        assert_eq!(app.delete(&path).await.data(), json!({ "success": true }));
        app.delete(&path).await.refused(404);
        app.get(&path).await.refused(404);
        let anew = deploy(&app, json!({ "source": "exports.three = 3" })).await;
        assert!(anew["id"] != made["id"] && anew["version"] == 1);

        let payload = json!({ "agentId": made["id"], "environmentId": app.environment_id });
        for (topic, count) in [("agent:created", 2), ("agent:updated", 1), ("agent:deleted", 1)] {
            let told = events(&app, topic).await;
            assert_eq!(told.len(), count, "{topic}");
            assert_eq!((&told[0]["payload"], &told[0]["domain"]), (&payload, &json!("space")), "{topic}");
            assert!(told[0]["context"].get("spaceId").is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn a_version_is_brought_back_as_a_new_one() {
    on_each_database(async |app: TestApp| {
        for number in 1..=12 {
            let (source, map) = (format!("exports.x = {number}"), format!("map {number}"));
            let topics = [format!("topic:{number}")];
            deploy(&app, json!({ "slug": "mine", "source": source, "sourceMap": map, "topics": topics }))
                .await;
        }
        let id = text(&app.get("/v1/agents").await.json()["data"][0], "id");
        let path = format!("/v1/agents/{id}");
        let versions = app.get(&format!("{path}/versions")).await.data();
        let numbers: Vec<&Value> = versions.as_array().unwrap().iter().map(|one| &one["version"]).collect();
        assert_eq!(json!(numbers), json!([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]));
        let fourth = &versions[8];
        assert_eq!((&fourth["origin"], &fourth["agent_id"]), (&json!(4), &json!(id)));
        assert_eq!((&fourth["slug"], &fourth["topics"]), (&json!("mine"), &json!(["topic:4"])));

        let revert = format!("{path}/versions/{}/revert", text(fourth, "id"));
        let back = app.get(&revert).await.data();
        assert_eq!((&back["version"], &back["origin"]), (&json!(13), &json!(4)));
        let agent = app.get(&path).await.data();
        assert_eq!((&agent["source"], &agent["sourceMap"]), (&json!("exports.x = 4"), &json!("map 4")));
        assert_eq!((&agent["topics"], &agent["version"]), (&json!(["topic:4"]), &json!(13)));
        let told = events(&app, "agent:updated").await.len();
        assert_eq!(app.get(&revert).await.data(), back, "it runs already");
        let own = format!("{path}/versions/{}/revert", text(&back, "id"));
        assert_eq!(app.get(&own).await.data(), back);
        assert_eq!(events(&app, "agent:updated").await.len(), told);
        app.get(&format!("{path}/versions/us_agv_00000000/revert")).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn lists_show_those_that_are_asked_for() {
    on_each_database(async |app: TestApp| {
        for (slug, system) in [("importer", false), ("100%", false), ("Exporter", true)] {
            deploy(&app, json!({ "slug": slug, "source": "1", "isSystem": system })).await;
        }
        for (query, slugs) in [
            ("", json!(["importer", "100%", "Exporter"])),
            ("?search=porter", json!(["importer", "Exporter"])),
            ("?search=%25", json!(["100%"])),
            ("?isSystem=true", json!(["Exporter"])),
            ("?isSystem=false&pageSize=1&pageNumber=2", json!(["100%"])),
        ] {
            let listed = app.get(&format!("/v1/agents{query}")).await.json();
            let found: Vec<&Value> =
                listed["data"].as_array().unwrap().iter().map(|one| &one["slug"]).collect();
            assert_eq!(json!(found), slugs, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_an_agent_is_named() {
    on_each_database(async |app: TestApp| {
        for (body, words) in [
            (json!({}), "source:"),
            (json!({ "source": " " }), "source:"),
            (json!({ "template": "automap", "templateOptions": {} }), "template `automap`"),
            (json!({ "source": "1", "compiler": "wasm" }), "compiler: `wasm`"),
            (json!({ "source": "1", "topics": [""] }), "topics:"),
            (json!({ "source": "1", "topics": "job:ready" }), "topics"),
            (json!({ "source": "1", "slug": "x".repeat(201) }), "slug:"),
        ] {
            let told = app.post("/v1/agents", body).await.refused(400);
            assert!(told.contains(words), "{told}");
        }
        let space = app.post("/v1/spaces", json!({ "name": "Agents" })).await.data();
        for key in [&text(&space, "accessToken"), &app.publishable] {
            app.call_as(key, "GET", "/v1/agents", &Value::Null).await.refused(403);
            app.call_as(key, "POST", "/v1/agents", &json!({ "source": "1" })).await.refused(403);
            app.call_as(key, "GET", "/v1/agents/logs", &Value::Null).await.refused(403);
        }
        assert_eq!(app.get("/v1/agents").await.json()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_bundle_of_megabytes_is_kept() {
    on_each_database(async |app: TestApp| {
        let source = "module.exports = 'ä';\n".repeat(250_000);
        let made = deploy(&app, json!({ "source": source, "sourceMap": source })).await;
        let read = app.get(&format!("/v1/agents/{}", text(&made, "id"))).await.data();
        assert!(read["source"] == source.as_str() && read["sourceMap"] == source.as_str());
    })
    .await;
}

#[tokio::test]
async fn the_timer_speaks_while_an_agent_asks_for_it() {
    const HOUR: i64 = 3_600_000;
    on_each_database(async |app: TestApp| {
        let moment = now();
        let told = async || events(&app, "cron:hourly").await.len();
        deploy(&app, json!({ "slug": "all", "source": "1" })).await;
        assert_eq!(app.service.run_crons(moment.plus(HOUR)).await.unwrap(), 0);
        let body = json!({ "slug": "clock", "source": "1", "topics": ["cron:hourly", "cron:daily"] });
        let clock = deploy(&app, body.clone()).await;
        assert_eq!(app.service.run_crons(moment).await.unwrap(), 0, "not before its time");
        let later = moment.plus(HOUR);
        app.service.run_crons(later).await.unwrap();
        assert_eq!(app.service.run_crons(later).await.unwrap(), 0, "once a period");
        assert_eq!(told().await, 1);
        // A deployment changes nothing, and what was missed is made up for once.
        deploy(&app, body).await;
        app.service.run_crons(later.plus(5 * HOUR)).await.unwrap();
        assert_eq!(told().await, 2);
        let event = &events(&app, "cron:hourly").await[0];
        assert_eq!((&event["domain"], &event["payload"]), (&json!("cron"), &json!({})));
        assert_eq!(event["context"]["environmentId"], json!(app.environment_id));

        app.delete(&format!("/v1/agents/{}", text(&clock, "id"))).await.data();
        assert_eq!(app.service.run_crons(moment.plus(100 * HOUR)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_agent_does_what_its_role_allows() {
    on_each_database(async |app: TestApp| {
        let made = deploy(&app, json!({ "slug": "mine", "source": "1" })).await;
        let path = format!("/v1/agents/{}/roles", text(&made, "id"));
        let id = Id::parse(&text(&made, "id")).unwrap();
        let (agent, _) = app.service.agent_now(&id).await.unwrap().unwrap();
        let token = app.service.agent_token(&agent);
        let [own, other] = [crate::fixtures::contacts(&app).await, crate::fixtures::contacts(&app).await];
        let asked = ["/v1/agents", "/v1/secrets", "/v1/environments"].map(str::to_string);
        let asked = asked.into_iter().chain([&own, &other].map(|made| format!("/v1/spaces/{}", made.space)));
        let asked: Vec<String> = asked.collect();
        let statuses = async || {
            let mut found = Vec::new();
            for path in &asked {
                found.push(app.call_as(&token, "GET", path, &Value::Null).await.status.as_u16());
            }
            found
        };
        let role = async |name: &str| {
            let roles = app.get("/v1/roles").await.data();
            text(roles.as_array().unwrap().iter().find(|role| role["name"] == name).unwrap(), "id")
        };
        let (admin, member) = (role("Admin").await, role("Member").await);
        assert_eq!(app.get(&path).await.data()[0]["roleId"], json!(admin));
        assert_eq!(statuses().await, [200, 200, 200, 200, 200]);

        let wish = |role: &str, resource: &str| json!({ "roleId": role, "resourceId": resource });
        for (role, resource, allowed) in [
            (&member, &app.environment_id, [403, 200, 200, 200, 200]),
            (&admin, &own.space, [403, 200, 403, 200, 404]),
            (&member, &own.space, [403, 200, 403, 200, 404]),
        ] {
            let told = app.post(&path, wish(role, resource)).await.refused(400);
            let has = text(&app.get(&path).await.data()[0], "id");
            assert!(told.contains(&format!("DELETE {path}/{has}")), "{told}");
            assert_eq!(app.delete(&format!("{path}/{has}")).await.data(), json!({ "success": true }));
            app.delete(&format!("{path}/{has}")).await.refused(404);
            assert_eq!(app.get(&path).await.data(), json!([]));
            assert_eq!(statuses().await, [401; 5], "without a role");
            let given = app.post(&path, wish(role, resource)).await.data();
            assert_eq!((&given["roleId"], &given["resourceId"]), (&json!(role), &json!(resource)));
            assert_eq!(app.get(&path).await.data(), json!([given]));
            assert_eq!(statuses().await, allowed, "{given}");
        }
        // Deploying anew changes nothing in it, and nobody gives themselves more.
        deploy(&app, json!({ "slug": "mine", "source": "2" })).await;
        assert_eq!(app.get(&path).await.data()[0]["resourceId"], json!(own.space));
        app.call_as(&token, "POST", &path, &wish(&admin, &app.environment_id)).await.refused(403);

        let has = text(&app.get(&path).await.data()[0], "id");
        app.delete(&format!("{path}/{has}")).await.data();
        let account = text(&made, "accountId");
        for (role, resource, status, words) in [
            ("us_rol_00000000", app.environment_id.as_str(), 400, "roleId"),
            (&admin, &account, 400, "resourceId"),
            (&admin, "us_ag_00000000", 400, "resourceId"),
            (&admin, "us_sp_00000000", 404, "us_sp_00000000"),
        ] {
            let told = app.post(&path, wish(role, resource)).await.refused(status);
            assert!(told.contains(words), "{told}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_agent_hears_where_it_has_a_role() {
    on_each_database(async |app: TestApp| {
        let made = deploy(&app, json!({ "source": "1", "topics": ["space:updated"] })).await;
        let path = format!("/v1/agents/{}/roles", text(&made, "id"));
        let [own, other] = [crate::fixtures::contacts(&app).await, crate::fixtures::contacts(&app).await];
        for space in [&own.space, &other.space] {
            app.patch(&format!("/v1/spaces/{space}"), json!({ "name": "Renamed" })).await.data();
        }
        let heard = async || {
            let id = Id::parse(&text(&made, "id")).unwrap();
            let (agent, role) = app.service.agent_now(&id).await.unwrap().unwrap();
            let (found, _) = app.service.events_for_agent(&agent, role.as_ref(), 0).await.unwrap();
            found.into_iter().map(|event| event.space_id.unwrap().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(heard().await, [own.space.clone(), other.space.clone()]);
        let has = app.get(&path).await.data()[0].take();
        app.delete(&format!("{path}/{}", text(&has, "id"))).await.data();
        assert!(heard().await.is_empty());
        app.post(&path, json!({ "roleId": has["roleId"], "resourceId": other.space })).await.data();
        assert_eq!(heard().await, std::slice::from_ref(&other.space));
    })
    .await;
}
