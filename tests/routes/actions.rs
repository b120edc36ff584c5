use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::job::{Job, JobType};
use inlet::domain::query::{Filter, RecordQuery};
use inlet::service::run_action::ActionRun;
use inlet::service::{Result, ServiceError};
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, guest_token, insert, text};
use crate::{TestApp, on_each_database};

pub async fn create(app: &TestApp, made: &Contacts, action: Value) -> Value {
    app.post(&format!("/v1/actions?spaceId={}", made.space), action).await.data()
}

async fn list(app: &TestApp, space: &str) -> Vec<Value> {
    app.get(&format!("/v1/actions?spaceId={space}")).await.json().as_array().unwrap().clone()
}

fn names(list: &[Value]) -> Vec<String> {
    list.iter().map(|action| text(action, "operation")).collect()
}

async fn actor(app: &TestApp) -> Actor {
    app.service.actor_of_bearer(&app.key).await.unwrap()
}

async fn press(app: &TestApp, run: ActionRun) -> Result<Job> {
    app.service.run_action(&actor(app).await, run).await
}

fn refused(pressed: Result<Job>) -> ServiceError {
    pressed.unwrap_err()
}

/// The topics of the events of an action.
async fn told(app: &TestApp, id: &str) -> Vec<String> {
    let events = app.get("/v1/events?pageSize=500").await.json();
    let events = events["data"].as_array().unwrap().clone();
    let of_action = events.iter().filter(|event| event["context"]["actionId"] == id);
    of_action.map(|event| text(event, "topic")).collect()
}

#[tokio::test]
async fn an_action_is_made_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let new = json!({ "targetId": made.sheet, "operation": "send", "label": "Send", "tooltip": "Sends them",
            "mount": { "type": "sheet", "slugs": ["contacts"] }, "schedule": null });
        let action = create(&app, &made, new).await;
        let (id, path) = (text(&action, "id"), format!("/v1/actions/{}", text(&action, "id")));
        assert!(id.starts_with("us_act_"), "{id}");
        assert_eq!(
            (&action["targetId"], &action["mode"], &action["primary"], &action["confirm"]),
            (&json!(made.sheet), &json!("background"), &json!(false), &json!(true))
        );
        assert_eq!(app.get(&path).await.data(), action);
        assert_eq!(names(&list(&app, &made.space).await), ["submitAction", "send"]);

        let changed = app.patch(&path, json!({ "label": "Send all", "tooltip": null, "id": "x" })).await.data();
        assert_eq!((&changed["label"], changed.get("tooltip")), (&json!("Send all"), None));
        assert_eq!((&changed["id"], &changed["mount"]), (&action["id"], &action["mount"]));
        // What changes nothing tells nobody.
        app.patch(&path, json!({ "label": "Send all" })).await.data();
        assert_eq!(app.delete(&path).await.data(), json!({ "success": true }));
        app.get(&path).await.refused(404);
        app.patch(&path, json!({ "label": "x" })).await.refused(404);
        assert_eq!(told(&app, &id).await, ["action:created", "action:updated", "action:deleted"]);
        let events = app.get("/v1/events?topic=action:updated").await.json();
        let event = &events["data"][0];
        assert_eq!((&event["context"]["spaceId"], &event["context"]["sheetId"]), (&json!(made.space), &json!(made.sheet)));
        assert_eq!(event["payload"]["changes"][0]["field"], json!("label"), "{event}");
        assert_eq!((&event["payload"]["name"], &event["payload"]["type"]), (&json!("send"), &json!("sheet")));
    })
    .await;
}

#[tokio::test]
async fn several_are_made_together_or_not_at_all() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path = format!("/v1/actions/bulk?spaceId={}", made.space);
        let action =
            |operation: &str| json!({ "targetId": made.workbook, "operation": operation, "label": "x" });
        let both = app.post(&path, json!([action("one"), action("two")])).await.json();
        assert_eq!(names(both.as_array().unwrap()), ["one", "two"]);
        let refused =
            app.post(&path, json!([action("three"), { "targetId": made.workbook, "label": "x" }])).await;
        assert!(refused.refused(400).contains("needs an `operation`"));
        app.post(&path, json!([action("four"), action("four")])).await.refused(409);
        assert_eq!(names(&list(&app, &made.space).await), ["submitAction", "one", "two"]);
        assert!(app.post("/v1/actions", action("five")).await.refused(400).contains("spaceId"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_stand_is_refused_in_words() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let path = format!("/v1/actions?spaceId={}", made.space);
        for (target, mount, status, words) in [
            (&made.sheet, json!({ "type": "toolbar" }), 400, "`toolbar` is not a mount"),
            (&made.sheet, json!({ "type": "file" }), 400, "an action of a sheet cannot stand at a file"),
            (&made.sheet, json!({ "type": "field", "slugs": ["a"] }), 400, "takes no slugs"),
            (&"us_jb_0123456789".to_string(), json!(null), 400, "is not the id of a space, workbook"),
            (&"us_sh_0123456789".to_string(), json!(null), 404, "there is no sheet"),
            (&other.sheet, json!(null), 404, "there is no sheet"),
            (&other.space, json!(null), 404, "there is no space"),
        ] {
            let new = json!({ "targetId": target, "operation": "go", "label": "Go", "mount": mount });
            let refused = app.post(&path, new).await.refused(status);
            assert!(refused.contains(words), "{refused}");
        }
        // One operation stands once at a place of a target; other places and targets may have it, too.
        let go = |target: &str, mount: Value| json!({ "targetId": target, "operation": "go", "label": "Go", "mount": mount });
        let first = create(&app, &made, go(&made.workbook, json!({ "type": "field", "keys": ["age", "name"] }))).await;
        create(&app, &made, go(&made.workbook, json!({ "type": "field", "keys": ["email"] }))).await;
        create(&app, &made, go(&made.workbook, json!(null))).await;
        create(&app, &made, go(&made.sheet, json!(null))).await;
        for mount in [json!({ "type": "field", "keys": ["name"] }), json!({ "type": "field" }), json!(null)] {
            let refused = app.post(&path, go(&made.workbook, mount)).await.refused(409);
            assert!(refused.contains("`go` stands at this"), "{refused}");
        }
        let submit = json!({ "targetId": made.workbook, "operation": "submitAction", "label": "x" });
        app.post(&path, submit).await.refused(409);
        let wider = json!({ "mount": { "type": "field" } });
        app.patch(&format!("/v1/actions/{}", text(&first, "id")), wider).await.refused(409);
        // The same mount in a blueprint is refused with its place.
        let blueprint = json!({ "spaceId": made.space, "name": "W", "sheets": [],
            "actions": [{ "operation": "go", "label": "Go", "mount": { "type": "document" } }] });
        let refused = app.post("/v1/workbooks", blueprint).await.refused(400);
        assert!(refused.contains("actions[0].mount"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn an_action_of_a_blueprint_has_an_address_of_its_own() {
    on_each_database(async |app: TestApp| {
        let go = |name: &str| json!({ "operation": name, "label": name });
        let space = app.post("/v1/spaces", json!({ "name": "S", "actions": [go("ofSpace")] })).await.data();
        let space = text(&space, "id");
        let fields = json!([{ "key": "a", "type": "string", "actions": [go("ofField")] }, { "key": "b", "type": "string" }]);
        let sheets = json!([{ "name": "S", "slug": "s", "fields": fields, "actions": [go("ofSheet")] }]);
        let workbook = json!({ "spaceId": space, "name": "W", "sheets": sheets, "actions": [go("first"), go("ofWorkbook"), go("last")] });
        let workbook = app.post("/v1/workbooks", workbook).await.data();
        let (workbook, sheet) = (text(&workbook, "id"), text(&workbook["sheets"][0], "id"));
        let actions = json!([go("ofFile")]).to_string();
        let parts = [("spaceId", space.as_str()), ("actions", &actions), ("file", "a,b")];
        let file = text(&crate::files::upload(&app, &parts).await.data(), "id");

        let all = list(&app, &space).await;
        assert_eq!(names(&all), ["ofSpace", "first", "ofWorkbook", "last", "ofSheet", "ofField", "ofFile"]);
        let of = |operation: &str| all.iter().find(|action| action["operation"] == operation).unwrap().clone();
        assert_eq!(of("ofField")["mount"], json!({ "type": "field", "keys": ["a"] }));
        for (operation, target) in
            [("ofSpace", &space), ("ofWorkbook", &workbook), ("ofSheet", &sheet), ("ofField", &sheet), ("ofFile", &file)]
        {
            let action = of(operation);
            assert_eq!(action["targetId"], json!(target));
            let path = format!("/v1/actions/{}", text(&action, "id"));
            assert_eq!(app.get(&path).await.data()["operation"], json!(operation));
            let changed = app.patch(&path, json!({ "tooltip": "New", "primary": true })).await.data();
            assert_eq!((&changed["id"], &changed["tooltip"]), (&action["id"], &json!("New")));
        }
        // One option has changed where the action is written, and nothing beside it.
        let found = app.get(&format!("/v1/workbooks/{workbook}")).await.data();
        assert_eq!(names(found["actions"].as_array().unwrap()), ["first", "ofWorkbook", "last"]);
        assert_eq!((&found["actions"][1]["tooltip"], found["actions"][0].get("tooltip")), (&json!("New"), None));
        let found = app.get(&format!("/v1/sheets/{sheet}")).await.data();
        let field = &found["config"]["fields"][0]["actions"][0];
        assert_eq!((&field["tooltip"], field.get("mount")), (&json!("New"), None));
        assert_eq!(app.get(&format!("/v1/files/{file}")).await.data()["actions"][0]["tooltip"], json!("New"));
        assert_eq!(app.get(&format!("/v1/spaces/{space}")).await.data()["actions"][0]["tooltip"], json!("New"));
        let of_field = format!("/v1/actions/{}", text(&of("ofField"), "id"));
        let moved = app.patch(&of_field, json!({ "mount": { "type": "sheet" } })).await.refused(400);
        assert!(moved.contains("menu of its column"), "{moved}");

        for operation in ["ofWorkbook", "ofField", "ofFile", "ofSpace", "ofSheet"] {
            let id = text(&of(operation), "id");
            app.delete(&format!("/v1/actions/{id}")).await.data();
            assert_eq!(told(&app, &id).await.last().unwrap(), "action:deleted");
        }
        assert_eq!(names(&list(&app, &space).await), ["first", "last"]);
        // Pages are told that nothing but actions is another, so that they keep their records.
        let member = async |query: &str| {
            let events = app.get(&format!("/v1/events?pageSize=500&topic={query}")).await.json();
            let event = events["data"].as_array().unwrap().last().unwrap().clone();
            event["payload"]["changes"][0]["details"].clone()
        };
        assert_eq!(member("sheet:updated").await, json!({ "member": "actions" }));
        assert_eq!(member("workbook:updated").await, json!({ "member": "actions" }));
        app.patch(&format!("/v1/workbooks/{workbook}"), json!({ "name": "Other" })).await.data();
        assert_eq!(member("workbook:updated").await, json!({}));
        // Another operation is another action.
        let first = text(&of("first"), "id");
        let renamed = app.patch(&format!("/v1/actions/{first}"), json!({ "operation": "second" })).await.data();
        assert_ne!(renamed["id"], json!(first));
        app.get(&format!("/v1/actions/{first}")).await.refused(404);
        assert_eq!(names(&list(&app, &space).await), ["second", "last"]);
    })
    .await;
}

#[tokio::test]
async fn a_guest_sees_actions_and_changes_none() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let token = guest_token(&app, &made.space).await;
        let path = format!("/v1/actions?spaceId={}", made.space);
        let seen = app.call_as(&token, "GET", &path, &Value::Null).await.json();
        let id = text(&seen[0], "id");
        let new = json!({ "targetId": made.sheet, "operation": "go", "label": "Go" });
        app.call_as(&token, "POST", &path, &new).await.refused(403);
        app.call_as(&token, "PATCH", &format!("/v1/actions/{id}"), &json!({ "label": "x" }))
            .await
            .refused(403);
        app.call_as(&token, "DELETE", &format!("/v1/actions/{id}"), &Value::Null).await.refused(403);
        // The id tells in whose list the action is; a neighbour finds nothing there.
        let neighbour = app.neighbours_key().await;
        for method in ["GET", "PATCH", "DELETE"] {
            let path = format!("/v1/actions/{id}");
            app.call_as(&neighbour, method, &path, &json!({ "label": "x" })).await.refused(404);
        }
    })
    .await;
}

#[tokio::test]
async fn a_press_makes_a_job_of_the_place_where_the_action_stands() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let file = text(
            &crate::files::upload(&app, &[("spaceId", &made.space), ("file", "a,b")]).await.data(),
            "id",
        );
        let mounts = [
            ("anySheet", json!({ "type": "sheet" })),
            ("otherSheet", json!({ "type": "sheet", "slugs": ["others"] })),
            ("thisWorkbook", json!({ "type": "workbook", "slugs": ["all-contacts"] })),
            ("emailOnly", json!({ "type": "field", "keys": ["email"] })),
            ("anyFile", json!({ "type": "file" })),
            ("here", json!(null)),
        ];
        for (operation, mount) in mounts {
            let new = json!({ "targetId": made.space, "operation": operation, "label": "", "mount": mount });
            create(&app, &made, new).await;
        }
        for (job_type, source, operation) in [
            (JobType::Sheet, &made.sheet, "anySheet"),
            (JobType::Workbook, &made.workbook, "thisWorkbook"),
            (JobType::File, &file, "anyFile"),
            (JobType::Space, &made.space, "here"),
        ] {
            let job = press(&app, ActionRun::new(job_type, source, operation)).await.unwrap();
            assert_eq!(
                (job.job_type, &job.source, job.label.as_deref()),
                (job_type, source, Some(operation))
            );
            // Pressed again while it runs, it is the same job.
            assert_eq!(press(&app, ActionRun::new(job_type, source, operation)).await.unwrap().id, job.id);
        }
        for (job_type, source, operation) in [
            (JobType::Sheet, &made.sheet, "otherSheet"),
            (JobType::Sheet, &made.sheet, "emailOnly"),
            (JobType::Sheet, &made.sheet, "submitAction"),
            (JobType::Workbook, &made.workbook, "anySheet"),
        ] {
            let error = refused(press(&app, ActionRun::new(job_type, source, operation)).await);
            assert!(error.message.contains("there is no action"), "{error}");
        }
        // The job of a column says which column it is.
        let in_column = |key: &str| ActionRun {
            column: Some(key.into()),
            ..ActionRun::new(JobType::Sheet, &made.sheet, "emailOnly")
        };
        let job = press(&app, in_column("email")).await.unwrap();
        let job = app.get(&format!("/v1/jobs/{}", job.id)).await.data();
        assert_eq!(job["subject"]["params"], json!({ "sheetId": made.sheet, "columnKey": "email" }));
        refused(press(&app, in_column("age")).await);
    })
    .await;
}

#[tokio::test]
async fn the_records_of_a_press_are_those_of_its_event() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let rows: Vec<Value> =
            (0..6).map(|age| json!({ "name": if age == 5 { "" } else { "Ada" }, "age": age })).collect();
        let ids = insert(&app, &made.sheet, &rows).await;
        create(&app, &made, json!({ "targetId": made.sheet, "operation": "go", "label": "Go" })).await;
        let ages = |list: &[u64]| list.to_vec();
        let older = RecordQuery { q: Some("age gte 2".into()), ..RecordQuery::default() };
        let cases = [
            // Nothing is said: all of them.
            (None, ages(&[0, 1, 2, 3, 4, 5])),
            // A filter, and a standing.
            (Some(older.clone()), ages(&[2, 3, 4, 5])),
            (Some(RecordQuery { filter: Some(Filter::Valid), ..older.clone() }), ages(&[2, 3, 4])),
            // All but some of what a filter finds.
            (Some(RecordQuery { except: vec![ids[3].clone()], ..older.clone() }), ages(&[2, 4, 5])),
            (
                Some(RecordQuery { except: vec![ids[0].clone()], ..RecordQuery::default() }),
                ages(&[1, 2, 3, 4, 5]),
            ),
            // A selection counts before everything else.
            (
                Some(RecordQuery { ids: vec![ids[0].clone(), ids[4].clone()], ..RecordQuery::default() }),
                ages(&[0, 4]),
            ),
        ];
        for (query, wanted) in cases {
            let sheet = SheetId::parse(&made.sheet).unwrap();
            let records = query.clone().map(|query| (sheet, query));
            let job = press(&app, ActionRun { records, ..ActionRun::new(JobType::Sheet, &made.sheet, "go") })
                .await
                .unwrap();
            let events = app.get("/v1/events?topic=job:ready&pageSize=100").await.json();
            let events = events["data"].as_array().unwrap().clone();
            let event = events.iter().find(|event| event["context"]["jobId"] == json!(job.id)).unwrap();
            let read = app.get(&text(event, "dataUrl")).await.data();
            let mut found: Vec<u64> = read["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["values"]["age"]["value"].as_u64().unwrap())
                .collect();
            found.sort();
            assert_eq!(found, wanted, "{query:?}");
            let told = app.get(&format!("/v1/jobs/{}", job.id)).await.data();
            assert_eq!(told["subject"]["query"], serde_json::to_value(query.unwrap_or_default()).unwrap());
        }
    })
    .await;
}

#[tokio::test]
async fn constraints_are_looked_at_once_more_when_pressed() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let constrained = |operation: &str, constraint: Value| {
            json!({ "targetId": made.sheet, "operation": operation, "label": "Go", "constraints": [constraint] })
        };
        create(&app, &made, constrained("data", json!({ "type": "hasData" }))).await;
        create(&app, &made, constrained("chosen", json!({ "type": "hasSelection" }))).await;
        create(&app, &made, constrained("valid", json!({ "type": "hasAllValid" }))).await;
        create(&app, &made, constrained("allValid", json!({ "type": "hasAllValid", "ignoreSelection": true }))).await;
        let reason = async |operation: &str, ids: &[String]| {
            let query = RecordQuery { ids: ids.to_vec(), ..RecordQuery::default() };
            let records = (!ids.is_empty()).then(|| (SheetId::parse(&made.sheet).unwrap(), query));
            let pressed = press(&app, ActionRun { records, ..ActionRun::new(JobType::Sheet, &made.sheet, operation) }).await;
            pressed.err().map(|error| error.message)
        };
        assert_eq!(reason("data", &[]).await.as_deref(), Some("There are no records yet"));
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ada" }), json!({ "name": "" })]).await;
        assert_eq!(reason("data", &[]).await, None);
        assert_eq!(reason("chosen", &[]).await.as_deref(), Some("Select records first"));
        assert_eq!(reason("chosen", &ids).await, None);
        let whole = Some("1 record with errors: put them right first");
        assert_eq!(reason("valid", &[]).await.as_deref(), whole);
        assert_eq!(reason("valid", &ids[..1]).await, None);
        assert_eq!(reason("valid", &ids[1..]).await.as_deref(), Some("1 selected record with errors: put them right first"));
        assert_eq!(reason("allValid", &ids[..1]).await.as_deref(), whole);
    })
    .await;
}

#[tokio::test]
async fn pressed_three_times_it_is_one_job() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ann" })]).await;
        let pressed = async || {
            press(&app, ActionRun::new(JobType::Workbook, &made.workbook, "submitAction")).await.unwrap().id
        };
        let first = pressed().await;
        assert_eq!([pressed().await, pressed().await], [first.clone(), first.clone()]);
        app.post(&format!("/v1/jobs/{first}/complete"), json!({})).await.data();
        assert_ne!(pressed().await, first);
    })
    .await;
}
