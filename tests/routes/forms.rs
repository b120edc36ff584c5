//! The form of an action is checked before there is a job; its secrets are nowhere but with the worker.

use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::job::{Job, JobType};
use inlet::domain::query::RecordQuery;
use inlet::service::ServiceError;
use inlet::service::authentication::actor_of_user;
use inlet::service::form_options::OptionsWanted;
use inlet::service::run_action::ActionRun;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, guest_token, insert, text};
use crate::{TestApp, on_each_database};

const SECRET: &str = "correct horse battery";

/// A space whose workbook has the action `send` with these inputs, and a person who presses it.
async fn with_form(app: &TestApp, fields: Value) -> (Contacts, Actor) {
    let made = contacts(app).await;
    let action =
        json!({ "operation": "send", "label": "Send", "inputForm": { "type": "simple", "fields": fields } });
    app.patch(&format!("/v1/workbooks/{}", made.workbook), json!({ "actions": [action] })).await.data();
    let person = actor_of_user(&app.service.sign_in_local().await.unwrap().user);
    (made, person)
}

fn pressed(made: &Contacts, input: Value) -> ActionRun {
    let Value::Object(input) = input else { panic!("{input} is no form") };
    ActionRun { input, ..ActionRun::new(JobType::Workbook, &made.workbook, "send") }
}

async fn press(app: &TestApp, actor: &Actor, made: &Contacts, input: Value) -> Result<Job, ServiceError> {
    app.service.run_action(actor, pressed(made, input)).await
}

fn errors(refused: Result<Job, ServiceError>) -> Vec<(String, String)> {
    let error = refused.unwrap_err();
    error.fields.into_iter().map(|field| (field.key, field.message)).collect()
}

async fn jobs(app: &TestApp, made: &Contacts) -> usize {
    let found = app.get(&format!("/v1/jobs?spaceId={}", made.space)).await.json();
    found["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_form_is_checked_before_there_is_a_job() {
    on_each_database(async |app: TestApp| {
        let fields = json!([
            { "key": "name", "label": "Name", "type": "string", "constraints": [{ "type": "required" }] },
            { "key": "when", "label": "When", "type": "date", "defaultValue": "today" },
            { "key": "many", "label": "Many", "type": "number", "constraints": [{ "type": "max", "value": 5 }] },
            { "key": "why", "label": "Why", "type": "textarea", "showIf": { "key": "many", "equals": 3 },
                "constraints": [{ "type": "required", "message": "Say why" }] },
        ]);
        let (made, person) = with_form(&app, fields).await;
        let wrong = press(&app, &person, &made, json!({ "many": ["9"], "when": ["soon"] })).await;
        let said = errors(wrong);
        let expected = [("name", "Name is required"), ("when", "When is not a day, as 2026-01-31"), ("many", "Many must be at most 5")];
        assert_eq!(said, expected.map(|(key, words)| (key.to_string(), words.to_string())));
        let wrong = press(&app, &person, &made, json!({ "name": "a", "many": 3 })).await;
        assert_eq!(errors(wrong), [("why".to_string(), "Say why".to_string())]);
        assert_eq!(jobs(&app, &made).await, 0);

        let job = press(&app, &person, &made, json!({ "name": ["a"], "many": ["2"], "why": ["unseen"] })).await.unwrap();
        let input = app.get(&format!("/v1/jobs/{}", job.id)).await.data()["input"].take();
        assert_eq!((&input["name"], &input["many"], input.get("why")), (&json!("a"), &json!(2), None));
        assert_eq!(input["when"].as_str().map(str::len), Some("2026-01-31".len()));
    })
    .await;
}

#[tokio::test]
async fn a_blueprint_with_an_input_that_is_none_is_refused() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let action = |field: Value| json!({ "actions": [{ "operation": "send", "label": "Send", "inputForm": { "fields": [field] } }] });
        let path = format!("/v1/workbooks/{}", made.workbook);
        let unknown = app.patch(&path, action(json!({ "key": "a", "label": "A", "type": "colour" }))).await.refused(400);
        for known in ["string", "multi-select", "date", "secret", "reference", "file", "email", "url"] {
            assert!(unknown.contains(known), "{unknown} does not name {known}");
        }
        assert!(unknown.contains("actions[0].inputForm"), "{unknown}");
        let rule = json!({ "key": "a", "label": "A", "type": "file", "constraints": [{ "type": "min", "value": 1 }] });
        let refused = app.patch(&path, action(rule)).await.refused(400);
        assert!(refused.contains("`min` has no meaning for an input of type file"), "{refused}");
    })
    .await;
}

/// Everything that the API tells of jobs and events, and all bytes on the disk, the database of SQLite among them.
async fn everything(app: &TestApp) -> Vec<u8> {
    let mut all = app.get("/v1/jobs?pageSize=100").await.bytes;
    all.extend(app.get("/v1/events?pageSize=100").await.bytes);
    all.extend(app.bytes_on_disk());
    all
}

fn has(all: &[u8], text: &str) -> bool {
    all.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn a_secret_is_with_the_worker_and_nowhere_else() {
    on_each_database(async |app: TestApp| {
        let fields = json!([
            { "key": "password", "label": "Password", "type": "secret", "constraints": [{ "type": "required" }, { "type": "min", "value": 4 }] },
            { "key": "note", "label": "Note", "type": "string" },
        ]);
        let (made, person) = with_form(&app, fields).await;
        let wrong = press(&app, &person, &made, json!({ "password": "abc" })).await;
        assert_eq!(errors(wrong), [("password".to_string(), "Password needs at least 4 characters".to_string())]);

        let input = json!({ "password": SECRET, "note": "in clear" });
        let job = press(&app, &person, &made, input.clone()).await.unwrap();
        // Pressed again it is the same job; with another secret another one.
        assert_eq!(press(&app, &person, &made, input).await.unwrap().id, job.id);
        let other = press(&app, &person, &made, json!({ "password": "another one", "note": "in clear" })).await.unwrap();
        assert_ne!(other.id, job.id);

        let path = format!("/v1/jobs/{}", job.id);
        let seen = app.get(&path).await.data();
        assert_eq!(seen["input"]["password"], json!({ "type": "secret", "key": "password" }));
        app.post(&format!("{path}/ack"), json!(null)).await.data();
        app.post(&format!("{path}/complete"), json!({ "outcome": { "message": "Done" } })).await.data();
        let kept = everything(&app).await;
        assert!(has(&kept, "in clear"), "the dump does not have what it should");
        assert!(!has(&kept, "correct horse") && !has(&kept, "another one"), "a secret is in clear");

        // The worker reads it, after the end too, for a retry; others do not.
        let secrets = format!("{path}/secrets");
        assert_eq!(app.get(&secrets).await.data(), json!({ "password": SECRET }));
        app.call_as(&app.neighbours_key().await, "GET", &secrets, &Value::Null).await.refused(404);
        let guest = guest_token(&app, &made.space).await;
        app.call_as(&guest, "GET", &secrets, &Value::Null).await.refused(403);

        // It goes with the job.
        app.delete(&path).await.data();
        app.get(&secrets).await.refused(404);
        let others = app.get(&format!("/v1/jobs/{}/secrets", other.id)).await.data();
        assert_eq!(others, json!({ "password": "another one" }));
    })
    .await;
}

async fn upload(app: &TestApp, space: &str) -> String {
    let boundary = "XXXX";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"spaceId\"\r\n\r\n{space}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--{boundary}--\r\n"
    );
    let request = axum::http::Request::post("/v1/files")
        .header("authorization", format!("Bearer {}", app.key))
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .body(axum::body::Body::from(body))
        .unwrap();
    text(&app.send(request).await.data(), "id")
}

#[tokio::test]
async fn a_file_is_one_of_the_same_space() {
    on_each_database(async |app: TestApp| {
        let fields = json!([{ "key": "list", "label": "List", "type": "file" }]);
        let (made, person) = with_form(&app, fields).await;
        let elsewhere = contacts(&app).await;
        let (own, foreign) = (upload(&app, &made.space).await, upload(&app, &elsewhere.space).await);
        for wrong in [foreign.as_str(), "us_fl_nothing", "../../etc/passwd"] {
            let refused = press(&app, &person, &made, json!({ "list": wrong })).await;
            let words = "List is not a file of this space: choose it again".to_string();
            assert_eq!(errors(refused), [("list".to_string(), words)], "{wrong}");
        }
        let job = press(&app, &person, &made, json!({ "list": [own] })).await.unwrap();
        assert_eq!(job.input.unwrap()["list"], json!(own));
        app.delete(&format!("/v1/files/{own}")).await.data();
        assert_eq!(errors(press(&app, &person, &made, json!({ "list": own })).await).len(), 1);
    })
    .await;
}

fn wanted(field: &str, search: &str) -> OptionsWanted {
    OptionsWanted { field: field.to_string(), search: search.to_string(), asker: "1".to_string() }
}

#[tokio::test]
async fn choices_come_from_a_sheet_and_are_checked_against_it() {
    on_each_database(async |app: TestApp| {
        let fields = json!([
            { "key": "name", "label": "Name", "type": "enum", "config": { "source": { "sheet": "contacts", "value": "name" } } },
            { "key": "mails", "label": "Mails", "type": "multi-select",
                "config": { "source": { "sheet": "contacts", "value": "email", "label": "name", "filter": "age gte 18" } } },
            { "key": "who", "label": "Who", "type": "reference", "config": { "source": { "sheet": "contacts", "filter": "age gte 18" } } },
            { "key": "lost", "label": "Lost", "type": "reference", "config": { "source": { "sheet": "nowhere" } } },
        ]);
        let (made, person) = with_form(&app, fields).await;
        let rows = [
            json!({ "name": "Ada", "age": 36, "email": "ada@a.example" }),
            json!({ "name": "Bob", "age": 7, "email": "bob@a.example" }),
            json!({ "name": "Adam", "age": 40, "email": "adam@a.example" }),
            json!({ "name": "Ada", "age": 41, "email": "ada2@a.example" }),
        ];
        let ids = insert(&app, &made.sheet, &rows).await;
        let find = async |field: &str, search: &str| {
            let (choices, more) = app.service.options(&person, &pressed(&made, json!({})), wanted(field, search)).await.unwrap();
            assert!(!more);
            choices.into_iter().map(|choice| (choice.value, choice.label)).collect::<Vec<_>>()
        };
        let pair = |value: &str, label: &str| (value.to_string(), label.to_string());
        assert_eq!(find("name", "").await, [pair("Ada", "Ada"), pair("Adam", "Adam"), pair("Bob", "Bob")]);
        assert_eq!(find("name", "ADA").await, [pair("Ada", "Ada"), pair("Adam", "Adam")]);
        assert_eq!(find("mails", "ada").await, [pair("ada@a.example", "Ada"), pair("ada2@a.example", "Ada"), pair("adam@a.example", "Adam")]);
        assert_eq!(find("mails", "bob").await, []);
        assert_eq!(find("who", "adam").await, [pair(&ids[2], "Adam")]);
        let lost = app.service.options(&person, &pressed(&made, json!({})), wanted("lost", "")).await.unwrap_err();
        assert!(lost.message.contains("the sheet `nowhere`, which is not there"), "{}", lost.message);

        for (input, key, words) in [
            (json!({ "name": "Eve" }), "name", "Name is not one of the choices"),
            (json!({ "mails": ["ada@a.example", "bob@a.example"] }), "mails", "Mails is not one of the choices"),
            (json!({ "who": ids[1] }), "who", "Who is not one of the records: choose it again"),
            (json!({ "who": "us_rc_nothing" }), "who", "Who is not one of the records: choose it again"),
        ] {
            let refused = press(&app, &person, &made, input.clone()).await;
            assert_eq!(errors(refused), [(key.to_string(), words.to_string())], "{input}");
        }
        let input = json!({ "name": "Bob", "mails": ["ada@a.example", "adam@a.example"], "who": [ids[0]] });
        let job = press(&app, &person, &made, input).await.unwrap();
        let input = Value::Object(job.input.unwrap());
        assert_eq!((&input["name"], &input["mails"]), (&json!("Bob"), &json!(["ada@a.example", "adam@a.example"])));
        assert_eq!(input["who"], json!({ "sheetId": made.sheet, "recordId": ids[0], "label": "Ada" }));
    })
    .await;
}

#[tokio::test]
async fn a_sheet_of_another_space_offers_nothing() {
    on_each_database(async |app: TestApp| {
        let elsewhere = contacts(&app).await;
        insert(&app, &elsewhere.sheet, &[json!({ "name": "Ada" })]).await;
        let source = json!({ "sheet": elsewhere.sheet, "value": "name" });
        let fields =
            json!([{ "key": "name", "label": "Name", "type": "enum", "config": { "source": source } }]);
        let (made, person) = with_form(&app, fields).await;
        assert!(app.service.options(&person, &pressed(&made, json!({})), wanted("name", "")).await.is_err());
        assert!(press(&app, &person, &made, json!({ "name": "Ada" })).await.is_err());
    })
    .await;
}

/// The job by which a listener is asked, once it is there.
async fn question(app: &TestApp, made: &Contacts, query: &str) -> Value {
    for _ in 0..400 {
        let found = app.get(&format!("/v1/jobs?spaceId={}", made.space)).await.json();
        let asked = found["data"].as_array().unwrap().iter().find(|job| job["input"]["query"] == query);
        if let Some(job) = asked {
            return job.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nobody was asked for {query}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_offers_choices_while_somebody_types() {
    on_each_database(async |app: TestApp| {
        let fields = json!([
            { "key": "kind", "label": "Kind", "type": "string" },
            { "key": "password", "label": "Password", "type": "secret" },
            { "key": "city", "label": "City", "type": "enum", "config": { "source": { "listener": true } } },
            { "key": "named", "label": "Named", "type": "enum", "config": { "source": { "listener": "findCity" } } },
        ]);
        let (made, person) = with_form(&app, fields).await;
        let run = pressed(&made, json!({ "kind": "big", "password": SECRET }));
        let ask = |field: &str, search: &str| {
            let (service, person, run, wanted) = (app.service.clone(), person.clone(), run.clone(), wanted(field, search));
            tokio::spawn(async move { service.options(&person, &run, wanted).await })
        };
        // A newer question takes the place of the older one, whose job is canceled.
        let older = ask("city", "B");
        let first = question(&app, &made, "B").await;
        assert_eq!((&first["operation"], &first["mode"], &first["type"]), (&json!("sendOptions"), &json!("hidden"), &json!("workbook")));
        assert_eq!(first["input"], json!({ "field": "city", "query": "B", "values": { "kind": "big" } }));
        let newer = ask("city", "Be");
        let second = question(&app, &made, "Be").await;
        assert_eq!(older.await.unwrap().unwrap(), (vec![], false));
        assert_eq!(app.get(&format!("/v1/jobs/{}", text(&first, "id"))).await.data()["status"], json!("canceled"));

        let path = format!("/v1/jobs/{}", text(&second, "id"));
        app.post(&format!("{path}/ack"), json!(null)).await.data();
        let options = json!([{ "value": "ber", "label": "Berlin" }, { "value": 7 }, "Bergen"]);
        app.patch(&path, json!({ "metadata": { "options": options } })).await.data();
        app.post(&format!("{path}/complete"), json!(null)).await.data();
        let (choices, more) = newer.await.unwrap().unwrap();
        let offered: Vec<_> = choices.iter().map(|choice| (choice.value.as_str(), choice.label.as_str())).collect();
        assert_eq!((offered, more), (vec![("ber", "Berlin"), ("7", "7"), ("Bergen", "Bergen")], false));
        // It leaves nothing in the history.
        app.get(&path).await.refused(404);

        let named = ask("named", "x");
        let job = question(&app, &made, "x").await;
        assert_eq!(job["operation"], json!("findCity"));
        let failed = json!({ "outcome": { "message": "The register is closed" } });
        app.post(&format!("/v1/jobs/{}/fail", text(&job, "id")), failed).await.data();
        assert_eq!(named.await.unwrap().unwrap_err().message, "The register is closed");

        let nobody = ask("named", "y").await.unwrap().unwrap_err();
        assert!(nobody.message.starts_with("nobody answered"), "{}", nobody.message);
        assert!(!has(&everything(&app).await, SECRET), "a secret is in clear");
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_depends_on_the_records_in_scope() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let action = json!({ "operation": "send", "label": "Send", "description": "Send?", "invalidConditionalMessaging": true,
            "validRecordsMessage": "All will be sent", "invalidRecordsMessage": "Some are left out",
            "guide": { "content": "# How\n<script>alert(1)</script>" }, "guardrail": { "content": "**Careful**" } });
        app.patch(&format!("/v1/workbooks/{}", made.workbook), json!({ "actions": [action] })).await.data();
        let person = actor_of_user(&app.service.sign_in_local().await.unwrap().user);
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ada" }), json!({ "age": 3 })]).await;
        let asked = async |ids: &[String]| {
            let mut run = pressed(&made, json!({}));
            if !ids.is_empty() {
                let query = RecordQuery { ids: ids.to_vec(), ..RecordQuery::default() };
                run.records = Some((SheetId::parse(&made.sheet).unwrap(), query));
            }
            app.service.action_form(&person, &run).await.unwrap()
        };
        let form = asked(&[]).await;
        assert_eq!(form.question.as_deref(), Some("Some are left out"));
        assert_eq!(form.guide.as_deref(), Some("<h1>How</h1>\n"));
        assert_eq!(form.guardrail.as_deref(), Some("<p><strong>Careful</strong></p>\n"));
        assert_eq!(asked(&ids[..1]).await.question.as_deref(), Some("All will be sent"));
    })
    .await;
}
