//! The code of agents, taken away as `flatfile download` does it.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::{Value, json};

use crate::agents::deploy;
use crate::fixtures::{ended, text};
use crate::users::{As, account, as_admin, joined};
use crate::{TestApp, on_each_database};

/// The files of an archive by their paths.
pub fn unpacked(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (path, text)
    });
    entries.collect()
}

fn job(agent: &str, config: Value) -> Value {
    json!({ "type": "agent", "operation": "agent-export", "source": agent, "config": config,
        "trigger": "immediate", "status": "executing" })
}

/// Has the code of an agent packed; the id of the archive.
pub async fn exported(app: &TestApp, agent: &str) -> String {
    let made = app.post("/v1/jobs", job(agent, json!({ "exportType": "SYSTEM_COMBINED" }))).await.data();
    let ended = ended(app, &text(&made, "id")).await;
    let url = text(&ended["outcome"]["next"], "url");
    url.split('/').nth(3).unwrap().to_string()
}

#[tokio::test]
async fn the_code_of_an_agent_is_taken_away() {
    on_each_database(async |app: TestApp| {
        let map = json!({
            "sources": ["../webpack://listener/./index.js", "../webpack://listener/./node_modules/a.js"],
            "sourcesContent": ["const mine = 1;", "not mine"], "x_package": "{\"name\":\"listener\"}",
        });
        let body = json!({ "slug": "my importer", "source": "the bundle", "sourceMap": map.to_string() });
        let agent = deploy(&app, body).await;
        let id = text(&agent, "id");
        let mut body = job(&id, json!({ "exportType": "SOURCE" }));
        body["environmentId"] = json!(app.environment_id);
        let made = app.post("/v1/jobs", body).await.data();
        assert_eq!((&made["managed"], &made["spaceId"]), (&json!(true), &Value::Null));
        let done = ended(&app, &text(&made, "id")).await;
        assert_eq!(done["status"], "complete", "{done}");
        let next = &done["outcome"]["next"];
        assert_eq!((&next["type"], &next["fileName"]), (&json!("download"), &json!("my-importer-1.tgz")));

        let answer = app.get(&text(next, "url")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &"application/gzip".parse().unwrap())
        );
        let named = answer.headers["content-disposition"].to_str().unwrap();
        assert!(named.contains("filename=\"my-importer-1.tgz\""), "{named}");
        let files = unpacked(&answer.bytes);
        let paths: Vec<&str> = files.keys().map(String::as_str).collect();
        let bundle = "my-importer/.flatfile/deploy.js";
        assert_eq!(
            paths,
            [bundle, &format!("{bundle}.map"), "my-importer/index.js", "my-importer/package.json"]
        );
        assert_eq!(
            (files[bundle].as_str(), files["my-importer/index.js"].as_str()),
            ("the bundle", "const mine = 1;")
        );

        // What was packed stays as it was.
        deploy(&app, json!({ "slug": "my importer", "source": "another" })).await;
        assert_eq!(unpacked(&app.get(&text(next, "url")).await.bytes), files);
    })
    .await;
}

#[tokio::test]
async fn what_was_packed_is_listed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let deployed =
            async |slug: &str| text(&deploy(&app, json!({ "slug": slug, "source": "1" })).await, "id");
        let (one, other) = (deployed("one").await, deployed("other").await);
        let [first, second, third] =
            [exported(&app, &one).await, exported(&app, &other).await, exported(&app, &one).await];
        let listed = async |query: &str| {
            let listed = app.get(&format!("/v1/agent-exports{query}")).await.json();
            let ids = listed["data"].as_array().unwrap().iter().map(|export| text(export, "id"));
            (ids.collect::<Vec<_>>(), listed["pagination"]["totalCount"].as_u64().unwrap())
        };
        assert_eq!(listed("").await, (vec![third.clone(), second.clone(), first.clone()], 3));
        let of_one = format!("?environmentId={}&agentId={one}", app.environment_id);
        assert_eq!(listed(&of_one).await, (vec![third.clone(), first.clone()], 2));
        assert_eq!(listed("?pageSize=1&pageNumber=2").await, (vec![second.clone()], 3));

        let path = format!("/v1/agent-exports/{first}");
        let export = app.get(&path).await.data();
        assert!(text(&export, "accountId").starts_with("us_acc_") && export["createdAt"].is_string());
        assert_eq!((&export["agentId"], &export["exportType"]), (&json!(one), &json!("SYSTEM_COMBINED")));
        assert_eq!(
            (&export["environmentId"], &export["updatedAt"]),
            (&json!(app.environment_id), &export["createdAt"])
        );
        assert_eq!(app.delete(&path).await.data(), json!({ "success": true }));
        for gone in [path.clone(), format!("{path}/download")] {
            app.get(&gone).await.refused(404);
        }
        app.delete(&path).await.refused(404);
        app.delete(&format!("/v1/agents/{one}")).await.data();
        assert_eq!(listed("").await, (vec![second.clone()], 1));

        for _ in 0..10 {
            exported(&app, &other).await;
        }
        let (kept, total) = listed("").await;
        assert_eq!((kept.len(), total, kept.contains(&second)), (10, 10, false));
    })
    .await;
}

#[tokio::test]
async fn who_may_not_manage_agents_gets_no_code() {
    on_each_database(async |app: TestApp| {
        let agent = text(&deploy(&app, json!({ "source": "1" })).await, "id");
        let export = exported(&app, &agent).await;
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let (_, As(_, member)) = joined(&app, &admin, "member@example.com", "Member", &account).await;
        let space = app.post("/v1/spaces", json!({ "name": "Agents" })).await.data();
        let mut asked = job(&agent, Value::Null);
        asked["environmentId"] = json!(app.environment_id);
        for token in [&member, &text(&space, "accessToken")] {
            for (method, path, body) in [
                ("GET", "/v1/agent-exports".to_string(), &Value::Null),
                ("GET", format!("/v1/agent-exports/{export}"), &Value::Null),
                ("GET", format!("/v1/agent-exports/{export}/download"), &Value::Null),
                ("DELETE", format!("/v1/agent-exports/{export}"), &Value::Null),
                ("POST", "/v1/jobs".to_string(), &asked),
            ] {
                app.call_as(token, method, &path, body).await.refused(403);
            }
        }
        for source in ["us_ag_0000000000", "us_sp_0000000000"] {
            let told = app.post("/v1/jobs", job(source, Value::Null)).await.refused(404);
            assert!(told.contains(source), "{told}");
        }
        let made = app.post("/v1/jobs", job(&agent, json!({ "exportType": "EVERYTHING" }))).await.data();
        let failed = ended(&app, &text(&made, "id")).await;
        let told = failed["outcome"]["message"].to_string();
        assert!(failed["status"] == "failed" && told.contains("config.exportType"), "{failed}");
    })
    .await;
}
