use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, embed_token, guest_role, guest_token, insert, invited, text};
use crate::{TestApp, on_each_database};

/// Tokens of the same environment that open nothing of the space: of a page that embeds another space, of a guest of
/// another, and the key by which pages make spaces.
async fn strangers(app: &TestApp) -> [String; 3] {
    let other = contacts(app).await;
    [embed_token(app, &other.space).await, guest_token(app, &other.space).await, app.publishable.clone()]
}

/// One of each thing that an address can name, about the sheet; by the names in the addresses.
pub(crate) async fn one_of_each(app: &TestApp, made: &Contacts) -> Vec<(&'static str, String)> {
    let record = insert(app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
    let body =
        json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
    let job = text(&app.post("/v1/jobs", body).await.data(), "id");
    let event = text(&app.get("/v1/events").await.json()["data"][0], "id");
    let commit = text(&app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data(), "commitId");
    let change = text(&app.get(&format!("/v1/commits/{commit}")).await.data(), "changeId");
    let snapshot = text(&app.post("/v1/snapshots", json!({ "sheetId": made.sheet })).await.data(), "id");
    let view = json!({ "sheetId": made.sheet, "name": "All", "config": {} });
    let view = text(&app.post("/v1/views", view).await.data(), "id");
    let upload = crate::files::upload(app, &[("spaceId", &made.space), ("file", "a,b")]).await.data();
    let file = text(&upload, "id");
    let guide = json!({ "title": "Guide", "body": "text" });
    let guide = app.post(&format!("/v1/spaces/{}/documents", made.space), guide).await.data();
    let guide = text(&guide, "id");
    let action = json!({ "targetId": made.sheet, "operation": "go", "label": "Go" });
    let action = text(&crate::actions::create(app, made, action).await, "id");
    let hook = json!({ "url": "http://127.0.0.1:9/", "spaceId": made.space });
    let webhook = text(&app.post("/v1/webhooks", hook).await.data(), "id");
    let delivery = app.post(&format!("/v1/webhooks/{webhook}/test"), Value::Null).await.data();
    let delivery = text(&delivery, "id");
    let secret = json!({ "name": "KEY", "value": "x", "spaceId": made.space });
    let secret = text(&app.post("/v1/secrets", secret).await.data()[0], "id");
    let guest = invited(app, "ann@example.com", &[&made.space]).await;
    let role = json!({ "roleId": guest_role(app, "Guest viewer").await, "resourceId": made.space });
    let role = text(&app.post(&format!("/v1/guests/{guest}/roles"), role).await.data(), "id");
    let agent = text(&crate::agents::deploy(app, json!({ "source": "exports.x = 1" })).await, "id");
    let versions = app.get(&format!("/v1/agents/{agent}/versions")).await.data();
    let version = text(&versions[0], "id");
    let agent_role = text(&app.get(&format!("/v1/agents/{agent}/roles")).await.data()[0], "id");
    let export = crate::agent_exports::exported(app, &agent).await;
    let own_app = crate::apps::make(app, "imports").await;
    let constraint = json!({ "validator": "x", "function": "x => x" });
    let constraint = app.post(&format!("/v1/apps/{own_app}/constraints"), constraint).await.data();
    let constraint = text(&constraint, "id");
    let policy = json!({ "type": "lastActivity", "period": 30 });
    let policy = text(&app.post("/v1/data-retention-policies", policy).await.data(), "id");
    let program = crate::mapping::saved(app).await;
    let (program, rule) = (text(&program, "id"), text(&program["rules"][0], "id"));
    vec![
        ("{environmentId}", app.environment_id.clone()),
        ("{spaceId}", made.space.clone()),
        ("{workbookId}", made.workbook.clone()),
        ("{sheetId}", made.sheet.clone()),
        ("{jobId}", job),
        ("{eventId}", event),
        ("{recordId}", record),
        ("{fieldKey}", "age".to_string()),
        ("{commitId}", commit),
        ("{changeId}", change),
        ("{snapshotId}", snapshot),
        ("{viewId}", view),
        ("{fileId}", file),
        ("{documentId}", guide),
        ("{actionId}", action),
        ("{webhookId}", webhook),
        ("{deliveryId}", delivery),
        ("{secretId}", secret),
        ("{guestId}", guest),
        ("{actorRoleId}", role),
        ("{agentId}", agent),
        ("{agentVersionId}", version),
        ("{agentRoleId}", agent_role),
        ("{agentExportId}", export),
        ("{appId}", own_app),
        ("{constraintId}", constraint),
        ("{version}", "1".to_string()),
        ("{policyId}", policy),
        ("{programId}", program),
        ("{mappingId}", rule),
    ]
}

/// The address of those things; a role is one of an agent where the path is about agents.
pub(crate) fn address_of(ids: &[(&'static str, String)], path: &str) -> String {
    let role = if path.starts_with("/v1/agents/") { "{agentRoleId}" } else { "{actorRoleId}" };
    let named = path.replace("{actorRoleId}", role);
    let address = ids.iter().fold(named, |path, (name, id)| path.replace(name, id));
    assert!(!address.contains('{'), "{path} has an id that this test does not know");
    address
}

/// What a request sends that is to be understood: what stands after the address, and the body.
pub(crate) fn understood(method: &str, path: &str, record: &str) -> (&'static str, Value) {
    match (method, path.ends_with("/records")) {
        ("post", true) => ("", json!([{ "name": { "value": "x" } }])),
        ("put", true) => ("", json!([{ "id": record, "values": { "name": { "value": "x" } } }])),
        ("delete", true) => ("?ids=us_rc_0000000000", Value::Null),
        ("post", _) if path.ends_with("/fields") => ("", json!({ "key": "x", "type": "string" })),
        ("put", _) if path.ends_with("/find-replace") => ("", json!({ "find": "A", "replace": "B" })),
        ("patch", _) if path.ends_with("/bulk-update") => {
            ("", json!({ "fieldUpdates": { "name": { "value": "x" } } }))
        }
        ("post", _) if path.ends_with("/roles") => {
            ("", json!({ "roleId": "us_rol_0000000000", "resourceId": "us_env_0000000000" }))
        }
        ("post", _) if path.ends_with("/split") => ("", json!({ "parts": 2 })),
        ("post", _) if path.ends_with("/log") => ("", json!({ "lines": [{ "message": "x" }] })),
        ("put", _) if path.ends_with("/plan") => ("", json!({ "fieldMapping": [] })),
        ("patch", _) if path.ends_with("/rules") => ("", json!([])),
        ("patch", _) => ("", json!({ "name": "taken over" })),
        _ => ("", Value::Null),
    }
}

/// The id of the thing that an address names so.
pub(crate) fn id_of<'a>(ids: &'a [(&'static str, String)], name: &str) -> &'a str {
    ids.iter().find(|(known, _)| *known == name).map(|(_, id)| id.as_str()).unwrap()
}

/// Every operation on a thing, with the key of another environment: as if it were not there. And with the tokens of
/// [`strangers`]: it is not there, or they may not do such a thing at all.
#[tokio::test]
async fn a_neighbour_finds_nothing() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = one_of_each(&app, &made).await;
        let [record, job, event, file, guest, agent, own_app] =
            ["{recordId}", "{jobId}", "{eventId}", "{fileId}", "{guestId}", "{agentId}", "{appId}"]
                .map(|name| id_of(&ids, name));
        let neighbour = app.neighbours_key().await;
        let strangers = strangers(&app).await;

        let document = app.get("/v1/openapi.json").await.json();
        let mut tried = 0;
        for (path, methods) in
            document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains('{'))
        {
            // What belongs to a person or to the account of both is tested with another account in auth.rs and users.rs.
            if ["/v1/users/", "/v1/auth/"].iter().any(|of_account| path.starts_with(of_account)) {
                continue;
            }
            let address = address_of(&ids, path);
            for method in methods.as_object().unwrap().keys() {
                let (query, body) = understood(method, path, record);
                let answer = app
                    .call_as(&neighbour, &method.to_uppercase(), &format!("{address}{query}"), &body)
                    .await;
                let told = answer.refused(404);
                for stranger in &strangers {
                    let path = format!("{address}{query}");
                    let answer = app.call_as(stranger, &method.to_uppercase(), &path, &body).await;
                    assert!(matches!(answer.status.as_u16(), 403 | 404), "{method} {path}: {answer:?}");
                }
                let absent = format!("{path}{query}")
                    .replace("{environmentId}", "us_env_0000000000")
                    .replace("{spaceId}", "us_sp_0000000000")
                    .replace("{workbookId}", "us_wb_0000000000")
                    .replace("{sheetId}", "us_sh_0000000000")
                    .replace("{jobId}", "us_jb_0000000000")
                    .replace("{eventId}", "us_evt_0000000000")
                    .replace("{recordId}", "us_rc_0000000000")
                    .replace("{fieldKey}", "age")
                    .replace("{commitId}", "us_vr_0000000000")
                    .replace("{changeId}", "us_ch_0000000000")
                    .replace("{snapshotId}", "us_ss_0000000000")
                    .replace("{viewId}", "us_vi_0000000000")
                    .replace("{fileId}", "us_fl_0000000000")
                    .replace("{documentId}", "us_dc_0000000000")
                    .replace("{actionId}", "us_act_0000000000")
                    .replace("{webhookId}", "us_wh_0000000000")
                    .replace("{deliveryId}", "us_wd_0000000000")
                    .replace("{secretId}", "us_sec_0000000000")
                    .replace("{guestId}", "us_g_0000000000")
                    .replace("{agentId}", "us_ag_0000000000")
                    .replace("{agentVersionId}", "us_agv_0000000000")
                    .replace("{agentExportId}", "us_age_0000000000")
                    .replace("{actorRoleId}", "us_acr_0000000000")
                    .replace("{appId}", "us_app_0000000000")
                    .replace("{constraintId}", "us_cn_0000000000")
                    .replace("{version}", "1")
                    .replace("{policyId}", "us_drp_0000000000")
                    .replace("{programId}", "us_mp_0000000000")
                    .replace("{mappingId}", "us_mr_0000000000");
                let same = app.call_as(&neighbour, &method.to_uppercase(), &absent, &body).await.refused(404);
                assert_eq!(masked(&told), masked(&same), "{method} {path} tells the foreign from the absent");
                tried += 1;
            }
        }
        assert!(tried > 35, "{tried}");

        // Lists, and ids that come in the query or the body.
        let foreign = [
            ("GET", format!("/v1/workbooks?spaceId={}", made.space), Value::Null),
            ("GET", format!("/v1/sheets?workbookId={}", made.workbook), Value::Null),
            ("GET", format!("/v1/files?spaceId={}", made.space), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={}", made.space), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={}", made.workbook), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={}", made.sheet), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={file}"), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/snapshots?sheetId={}", made.sheet), Value::Null),
            ("GET", format!("/v1/webhooks?spaceId={}", made.space), Value::Null),
            ("GET", format!("/v1/agents?environmentId={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/agents/logs?environmentId={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/agents/executions?environmentId={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/agent-exports?environmentId={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/agent-exports?agentId={agent}"), Value::Null),
            (
                "POST",
                "/v1/jobs".to_string(),
                json!({ "type": "agent", "operation": "agent-export", "source": agent, "trigger": "immediate" }),
            ),
            (
                "POST",
                format!("/v1/agents?environmentId={}", app.environment_id),
                json!({ "source": "exports.x = 2" }),
            ),
            ("GET", format!("/v1/secrets?spaceId={}", made.space), Value::Null),
            ("GET", format!("/v1/secrets?environmentId={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/data-retention-policies?environmentId={}", app.environment_id), Value::Null),
            (
                "POST",
                "/v1/data-retention-policies".to_string(),
                json!({ "type": "sinceCreated", "period": 1, "environmentId": app.environment_id }),
            ),
            (
                "POST",
                "/v1/secrets".to_string(),
                json!({ "name": "KEY", "value": "x", "environmentId": app.environment_id }),
            ),
            (
                "POST",
                "/v1/secrets".to_string(),
                json!({ "name": "KEY", "value": "x", "spaceId": made.space }),
            ),
            ("POST", "/v1/webhooks".to_string(), json!({ "url": "http://a.b/", "spaceId": made.space })),
            (
                "POST",
                "/v1/webhooks".to_string(),
                json!({ "url": "http://a.b/", "environmentId": app.environment_id }),
            ),
            ("GET", format!("/v1/events?since={event}"), Value::Null),
            ("GET", format!("/v1/events/stream?since={event}"), Value::Null),
            ("GET", format!("/v1/events/stream?spaceId={}", made.space), Value::Null),
            ("POST", "/v1/snapshots".to_string(), json!({ "sheetId": made.sheet })),
            ("GET", format!("/v1/views?sheetId={}", made.sheet), Value::Null),
            ("POST", "/v1/views".to_string(), json!({ "sheetId": made.sheet, "name": "x", "config": {} })),
            ("GET", format!("/v1/actions?spaceId={}", made.space), Value::Null),
            (
                "POST",
                format!("/v1/actions?spaceId={}", made.space),
                json!({ "targetId": made.space, "operation": "mine", "label": "x" }),
            ),
            (
                "POST",
                format!("/v1/actions/bulk?spaceId={}", made.space),
                json!([{ "targetId": made.space, "operation": "mine", "label": "x" }]),
            ),
            ("POST", "/v1/versions".to_string(), json!({ "sheetId": made.sheet })),
            ("GET", format!("/v1/subscription?scope={}", app.environment_id), Value::Null),
            ("GET", format!("/v1/subscription?scope={}", made.space), Value::Null),
            ("DELETE", format!("/v1/spaces?spaceIds={}", made.space), Value::Null),
            ("POST", "/v1/spaces".to_string(), json!({ "environmentId": app.environment_id })),
            ("POST", "/v1/spaces".to_string(), json!({ "appId": own_app })),
            ("GET", format!("/v1/guests?spaceId={}", made.space), Value::Null),
            (
                "POST",
                "/v1/guests".to_string(),
                json!([{ "email": "a@b.c", "name": "A", "spaces": [{ "id": made.space }] }]),
            ),
            (
                "POST",
                "/v1/guests".to_string(),
                json!([{ "email": "a@b.c", "name": "A", "environmentId": app.environment_id }]),
            ),
            ("POST", "/v1/invitations".to_string(), json!([{ "guestId": guest, "spaceId": made.space }])),
            (
                "POST",
                "/v1/workbooks".to_string(),
                json!({ "spaceId": made.space, "name": "W", "sheets": [] }),
            ),
            (
                "POST",
                "/v1/jobs".to_string(),
                json!({ "type": "sheet", "operation": "go", "source": made.sheet }),
            ),
            (
                "POST",
                "/v1/events".to_string(),
                json!({ "topic": "space:updated", "context": { "spaceId": made.space } }),
            ),
        ];
        for (method, path, body) in foreign {
            app.call_as(&neighbour, method, &path, &body).await.refused(404);
            for stranger in &strangers {
                if (stranger, path.as_str()) == (&app.publishable, "/v1/spaces") {
                    continue;
                }
                let answer = app.call_as(stranger, method, &path, &body).await;
                assert!(matches!(answer.status.as_u16(), 403 | 404), "{method} {path}: {answer:?}");
            }
        }
        // What the token of a space may do, in its own space.
        let environment = json!({ "environmentId": app.environment_id });
        let mapping = format!("/v1/mapping?environmentId={}", app.environment_id);
        app.call_as(&neighbour, "POST", &mapping, &crate::mapping::sheets(true)).await.refused(404);
        app.call_as(&neighbour, "DELETE", "/v1/mapping", &environment).await.refused(404);
        let elsewhere = app.call_as(&strangers[0], "GET", &mapping, &Value::Null).await;
        assert_eq!(elsewhere.json()["data"], json!([]));
        for path in ["/v1/spaces", "/v1/jobs", "/v1/events"] {
            for query in [
                String::new(),
                format!("?spaceId={}", made.space),
                format!("?environmentId={}", app.environment_id),
            ] {
                let listed =
                    app.call_as(&neighbour, "GET", &format!("{path}{query}"), &Value::Null).await.json();
                assert_eq!(listed["data"], json!([]), "{path}{query}");
                for stranger in &strangers {
                    let seen = app.call_as(stranger, "GET", &format!("{path}{query}"), &Value::Null).await;
                    let seen = seen.json().to_string();
                    assert!(!seen.contains(&made.space), "{path}{query}: {seen}");
                }
            }
        }
        for query in [String::new(), format!("?environmentId={}", app.environment_id)] {
            let listed = app.call_as(&neighbour, "GET", &format!("/v1/webhooks{query}"), &Value::Null).await;
            assert_eq!(listed.json()["data"], json!([]), "{query}");
        }
        for path in [
            "/v1/agents",
            "/v1/agent-exports",
            "/v1/apps",
            "/v1/mapping",
            &format!("/v1/mapping?jobId={job}"),
            "/v1/workbooks",
            "/v1/workbooks?label=pinned",
            "/v1/files",
        ] {
            let listed = app.call_as(&neighbour, "GET", path, &Value::Null).await;
            assert_eq!(listed.json()["data"], json!([]), "{path}");
        }
        // And nothing was touched.
        let workbook = app.get(&format!("/v1/workbooks/{}", made.workbook)).await.data();
        assert_eq!(workbook["name"], json!("All Contacts"));
        let records = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
        assert_eq!(records["records"][0]["values"]["name"]["value"], json!("Ada"));
        assert_eq!(app.get(&format!("/v1/jobs/{job}")).await.data()["status"], json!("ready"));
    })
    .await;
}

/// The message without the id that it names.
fn masked(message: &str) -> String {
    let words = message.split(' ').map(|word| if word.contains("us_") { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// A guest sees the space that they may enter and no other.
#[tokio::test]
async fn a_guest_stays_in_its_space() {
    on_each_database(async |app: TestApp| {
        let (mine, other) = (contacts(&app).await, contacts(&app).await);
        let token = guest_token(&app, &mine.space).await;
        let get = async |path: String| app.call_as(&token, "GET", &path, &Value::Null).await;
        get(format!("/v1/sheets/{}/records", mine.sheet)).await.data();
        for path in [
            format!("/v1/spaces/{}", other.space),
            format!("/v1/workbooks/{}", other.workbook),
            format!("/v1/sheets/{}/records", other.sheet),
            format!("/v1/workbooks?spaceId={}", other.space),
        ] {
            get(path).await.refused(404);
        }
        assert_eq!(get("/v1/spaces".to_string()).await.json()["data"].as_array().unwrap().len(), 1);
        for list in ["/v1/workbooks", "/v1/workbooks?name=All%20Contacts"] {
            assert_eq!(get(list.to_string()).await.data().as_array().unwrap().len(), 1);
        }
        for space in [&mine.space, &other.space] {
            crate::files::upload(&app, &[("spaceId", space), ("file", "a,b")]).await.data();
        }
        let files = get("/v1/files".to_string()).await.data();
        assert_eq!((files.as_array().unwrap().len(), &files[0]["spaceId"]), (1, &json!(mine.space)));
        let patch = json!({ "name": "mine now" });
        app.call_as(&token, "PATCH", &format!("/v1/workbooks/{}", mine.workbook), &patch).await.refused(403);
    })
    .await;
}

/// Read-only and computed fields bind people, one at a time or many; programs may write them.
#[tokio::test]
async fn a_guest_writes_no_field_that_is_kept_from_people() {
    on_each_database(async |app: TestApp| {
        let space = app.post("/v1/spaces", json!({ "name": "Kept" })).await.data();
        let fields = json!([
            { "key": "name", "type": "string", "label": "Name" },
            { "key": "kept", "type": "string", "label": "Kept", "readonly": true },
            { "key": "sum", "type": "string", "label": "Sum", "constraints": [{ "type": "computed" }] },
        ]);
        let workbook = json!({ "name": "W", "spaceId": space["id"], "sheets": [{ "name": "S", "fields": fields }] });
        let sheet = text(&app.post("/v1/workbooks", workbook).await.data()["sheets"][0], "id");
        let ids = insert(&app, &sheet, &[json!({ "name": "Ada", "kept": "by a program" })]).await;
        let path = format!("/v1/sheets/{sheet}/records");
        let token = guest_token(&app, &text(&space, "id")).await;
        for field in ["kept", "sum"] {
            let change = json!([{ "id": ids[0], "values": { "name": { "value": "Eve" }, (field): { "value": "x" } } }]);
            let refused = app.call_as(&token, "PUT", &path, &change).await.refused(403);
            assert!(refused.contains("read-only") || refused.contains("computed"), "{refused}");
            let new = json!([{ (field): { "value": "x" } }]);
            app.call_as(&token, "POST", &path, &new).await.refused(403);
        }
        let change = json!([{ "id": ids[0], "values": { "name": { "value": "Grace" } } }]);
        app.call_as(&token, "PUT", &path, &change).await.data();
    })
    .await;
}
