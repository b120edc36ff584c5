//! Guests to whom single workbooks and sheets of a space were granted: they see these and nothing else of it.

use std::collections::BTreeSet;

use inlet::domain::access::Actor;
use inlet::domain::export::ExportFormat;
use inlet::domain::ids::{GuestId, Id, SheetId, SpaceId};
use inlet::domain::query::RecordQuery;
use inlet::service::ErrorKind;
use inlet::service::subscriptions::Subscription;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, blueprint, contacts, ended, insert, text, typed};
use crate::tenants::{address_of, id_of, one_of_each, understood};
use crate::{TestApp, on_each_database};

/// A space of three workbooks: the guest sees none of the first, all of the second, and one sheet of the third.
struct Narrowed {
    hidden: Contacts,
    seen: Contacts,
    /// Of the third workbook, whose two sheets are the one that is seen and the one that is not.
    part: String,
    sheets: [String; 2],
    guest: String,
    token: String,
}

async fn workbook(app: &TestApp, space: &str, name: &str) -> Value {
    let mut config = blueprint();
    (config["spaceId"], config["name"]) = (json!(space), json!(name));
    app.post("/v1/workbooks", config).await.data()
}

async fn narrowed(app: &TestApp) -> Narrowed {
    let hidden = contacts(app).await;
    let space = hidden.space.clone();
    let made = workbook(app, &space, "Seen").await;
    let seen =
        Contacts { space: space.clone(), workbook: text(&made, "id"), sheet: text(&made["sheets"][0], "id") };
    let one = json!({ "name": "One", "slug": "one", "fields": [
        { "key": "name", "type": "string" },
        { "key": "code", "type": "reference", "config": { "ref": "two", "key": "code" } },
    ] });
    let two = json!({ "name": "Two", "slug": "two", "fields": [{ "key": "code", "type": "string" }, { "key": "secret", "type": "string" }] });
    let part = json!({ "spaceId": space, "name": "Part", "sheets": [one, two] });
    let part = app.post("/v1/workbooks", part).await.data();
    let sheets = [text(&part["sheets"][0], "id"), text(&part["sheets"][1], "id")];
    let only =
        json!({ "id": space, "workbooks": [{ "id": seen.workbook }], "sheets": [{ "id": sheets[0] }] });
    let new = json!([{ "email": "only@example.com", "name": "Only", "spaces": [only] }]);
    let made = app.post("/v1/guests", new).await.data();
    let kept = json!({ "id": space, "workbooks": [{ "id": seen.workbook }], "sheets": [{ "id": sheets[0] }], "lastAccessed": null });
    assert_eq!(made[0]["spaces"], json!([kept]));
    let guest = text(&made[0], "id");
    let token = text(&app.get(&format!("/v1/guests/{guest}/token?spaceId={space}")).await.data(), "token");
    Narrowed { hidden, seen, part: text(&part, "id"), sheets, guest, token }
}

impl Narrowed {
    async fn get(&self, app: &TestApp, path: &str) -> Value {
        app.call_as(&self.token, "GET", path, &Value::Null).await.json()
    }

    async fn actor(&self, app: &TestApp) -> Actor {
        app.service.actor_of_bearer(&self.token).await.unwrap()
    }
}

/// The ids of a list.
fn ids(list: &Value) -> BTreeSet<String> {
    list["data"].as_array().unwrap().iter().map(|one| text(one, "id")).collect()
}

/// Every operation of the document, asked by a guest about what they do not see: it is not there, or they may not do such
/// a thing at all. And every answer is without what is hidden from them.
#[tokio::test]
async fn every_operation_keeps_what_was_not_granted() {
    on_each_database(async |app: TestApp| {
        let world = narrowed(&app).await;
        let made = &world.hidden;
        let mut ids = one_of_each(&app, made).await;
        let of_hidden =
            app.get(&format!("/v1/events?spaceId={}&topic=records:created", made.space)).await.json();
        let event = text(&of_hidden["data"][0], "id");
        let known = ids.iter_mut().find(|(name, _)| *name == "{eventId}").unwrap();
        known.1 = event;
        let record = id_of(&ids, "{recordId}").to_string();
        // What stands in the space and belongs to no workbook.
        let open = ["{environmentId}", "{spaceId}", "{documentId}", "{version}", "{fieldKey}"];
        let mut secret: Vec<&str> =
            ids.iter().filter(|(name, _)| !open.contains(name)).map(|(_, id)| id.as_str()).collect();
        // Of the workbook of which one sheet is seen, the other is hidden as well.
        let beside = world.sheets[1].as_str();
        secret.push(beside);
        let is_silent = |answer: &str, asked: &str| {
            let told = secret.iter().find(|id| answer.contains(**id) && !asked.contains(**id));
            assert_eq!(told, None, "{asked}: {answer}");
            assert!(!answer.contains("All Contacts") && !answer.contains("Ada"), "{asked}: {answer}");
        };
        let document = app.get("/v1/openapi.json").await.json();
        let (mut refused, mut listed) = (0, 0);
        for (path, methods) in document["paths"].as_object().unwrap() {
            // What belongs to a person is tested with another person; a stream does not end.
            let of_person = ["/v1/users/", "/v1/auth/"].iter().any(|of_person| path.starts_with(of_person));
            if of_person || path == "/v1/events/stream" {
                continue;
            }
            let mut addresses = vec![address_of(&ids, path)];
            if path.contains("{sheetId}") {
                addresses.push(addresses[0].replace(&made.sheet, beside));
            }
            for (address, method) in addresses
                .iter()
                .flat_map(|address| methods.as_object().unwrap().keys().map(move |method| (address, method)))
            {
                let names_hidden = secret.iter().any(|id| address.contains(id));
                let (query, body) = understood(method, path, &record);
                let mut queries = vec![query.to_string()];
                if method == "get" && !path.contains('{') {
                    queries.extend([
                        format!("?spaceId={}", made.space),
                        format!("?workbookId={}", made.workbook),
                        format!("?sheetId={}", made.sheet),
                        format!("?spaceId={}&pageSize=100&includeAcknowledged=true", made.space),
                        format!("?environmentId={}", app.environment_id),
                    ]);
                }
                for query in queries {
                    let asked = format!("{address}{query}");
                    let answer = app.call_as(&world.token, &method.to_uppercase(), &asked, &body).await;
                    if names_hidden {
                        assert!(matches!(answer.status.as_u16(), 403 | 404), "{method} {asked}: {answer:?}");
                        refused += 1;
                    }
                    listed += 1;
                    is_silent(&String::from_utf8_lossy(&answer.bytes), &asked);
                }
            }
        }
        assert!(refused > 90 && listed > refused, "{refused} of {listed}");
        // What was hidden is as it was.
        let still = app.get(&format!("/v1/sheets/{}/records", made.sheet)).await.data();
        assert_eq!(still["records"][0]["values"]["name"]["value"], json!("Ada"));
    })
    .await;
}

/// The ids that come in a query or a body.
#[tokio::test]
async fn what_was_not_granted_is_not_found_by_the_way() {
    on_each_database(async |app: TestApp| {
        let world = narrowed(&app).await;
        let things = one_of_each(&app, &world.hidden).await;
        let (made, [_, two]) = (&world.hidden, &world.sheets);
        let (file, job) = (id_of(&things, "{fileId}"), id_of(&things, "{jobId}"));
        for (method, path, body) in [
            ("GET", format!("/v1/sheets?workbookId={}", made.workbook), Value::Null),
            ("GET", format!("/v1/snapshots?sheetId={two}"), Value::Null),
            ("GET", format!("/v1/views?sheetId={two}"), Value::Null),
            ("GET", format!("/v1/sheets/{two}/records"), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={}", made.workbook), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={two}"), Value::Null),
            ("GET", format!("/v1/entitlements?resourceId={file}"), Value::Null),
            ("POST", "/v1/snapshots".to_string(), json!({ "sheetId": two })),
            ("POST", "/v1/versions".to_string(), json!({ "sheetId": made.sheet })),
            ("POST", "/v1/views".to_string(), json!({ "sheetId": two, "name": "x", "config": {} })),
            ("POST", "/v1/jobs".to_string(), json!({ "type": "sheet", "operation": "export", "source": two })),
            ("POST", "/v1/jobs".to_string(), json!({ "type": "workbook", "operation": "go", "source": made.workbook })),
            ("POST", "/v1/jobs".to_string(), json!({ "type": "file", "operation": "extract", "source": file })),
            ("POST", format!("/v1/jobs/{job}/cancel"), Value::Null),
            ("POST", "/v1/jobs".to_string(), json!({
                "type": "sheet", "operation": "copy-records", "source": world.sheets[0], "trigger": "immediate",
                "managed": true, "config": { "destination": two },
            })),
        ] {
            let answer = app.call_as(&world.token, method, &path, &body).await;
            if body["operation"] == json!("copy-records") && answer.status.is_success() {
                // A program may make a job of that name for a listener; the server itself does not do it.
                assert_eq!(answer.data()["managed"], json!(false), "{answer:?}");
                continue;
            }
            answer.refused(404);
        }
        // A cell that is typed goes by another way.
        let actor = world.actor(&app).await;
        let record = insert(&app, two, &[json!({ "code": "K1" })]).await.remove(0);
        let refused = app.service.type_cell(&actor, &SheetId::parse(two).unwrap(), typed(&record, None, Some("x"))).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_guest_works_in_what_was_granted() {
    on_each_database(async |app: TestApp| {
        let world = narrowed(&app).await;
        let space = &world.hidden.space;
        let [one, two] = &world.sheets;
        let workbooks = world.get(&app, "/v1/workbooks").await;
        assert_eq!(ids(&workbooks), BTreeSet::from([world.seen.workbook.clone(), world.part.clone()]));
        let sheets =
            workbooks["data"].as_array().unwrap().iter().map(|one| one["sheets"].as_array().unwrap().len());
        assert!(sheets.eq([1, 1]), "{workbooks}");
        assert_eq!(world.get(&app, "/v1/workbooks?name=-x").await["data"], workbooks["data"]);
        let sheets = world.get(&app, &format!("/v1/sheets?workbookId={}", world.part)).await;
        assert_eq!(ids(&sheets), BTreeSet::from([one.clone()]));
        let part = world.get(&app, &format!("/v1/workbooks/{}", world.part)).await;
        assert_eq!(part["data"]["sheets"].as_array().unwrap().len(), 1);
        let listed = world.get(&app, "/v1/spaces").await;
        assert_eq!(
            (&listed["data"][0]["workbooksCount"], &listed["data"][0]["filesCount"]),
            (&json!(2), &json!(0))
        );
        app.patch(&format!("/v1/spaces/{space}"), json!({ "primaryWorkbookId": world.hidden.workbook }))
            .await
            .data();
        let own = world.get(&app, &format!("/v1/spaces/{space}")).await;
        assert_eq!(own["data"]["primaryWorkbookId"], Value::Null);
        assert_eq!(
            app.get(&format!("/v1/spaces/{space}")).await.data()["primaryWorkbookId"],
            json!(world.hidden.workbook)
        );

        // The value of a reference stays; what it leads to is not told.
        insert(&app, two, &[json!({ "code": "K1", "secret": "deep" })]).await;
        let path = format!("/v1/sheets/{one}/records");
        let row = json!([{ "name": { "value": "Bob" }, "code": { "value": "K1" } }]);
        let made = app.call_as(&world.token, "POST", &path, &row).await.data();
        let record = text(&made["records"][0], "id");
        let linked = world.get(&app, &format!("{path}?includeLinks=true&includeMessages=true")).await;
        let cell = &linked["data"]["records"][0]["values"]["code"];
        assert_eq!((&cell["value"], &cell["valid"]), (&json!("K1"), &json!(true)));
        assert!(!linked.to_string().contains("deep"), "{linked}");
        let whole = app.get(&format!("{path}?includeLinks=true")).await.json();
        assert!(whole.to_string().contains("deep"), "{whole}");
        let actor = world.actor(&app).await;
        let one_id = SheetId::parse(one).unwrap();
        assert!(app.service.referable(&actor, &one_id, (&record, "code"), "").await.unwrap().is_empty());
        let typing = app.service.type_cell(&actor, &one_id, typed(&record, Some("Bob"), Some("Eve"))).await;
        assert!(typing.is_ok());

        // Their own files and jobs, those of others about what they see, and no more.
        let upload =
            crate::files::upload_as(&app, &world.token, "Own.csv", &[("spaceId", space), ("file", "a,b")])
                .await
                .data();
        let elses = crate::files::upload(&app, &[("spaceId", space), ("file", "c,d")]).await.data();
        for list in ["/v1/files".to_string(), format!("/v1/files?spaceId={space}")] {
            assert_eq!(ids(&world.get(&app, &list).await), BTreeSet::from([text(&upload, "id")]));
        }
        app.call_as(&world.token, "GET", &format!("/v1/files/{}", text(&elses, "id")), &Value::Null)
            .await
            .refused(404);
        let job = |kind: &str, source: &str| json!({ "type": kind, "operation": "go", "source": source });
        let mut expected = BTreeSet::new();
        for (by, body, is_seen) in [
            (&world.token, job("sheet", one), true),
            (&world.token, job("workbook", &world.part), true),
            (&world.token, job("space", space), true),
            (&app.key, job("sheet", one), true),
            (&app.key, job("workbook", &world.seen.workbook), true),
            (&app.key, job("workbook", &world.part), false),
            (&app.key, job("sheet", two), false),
            (&app.key, job("space", space), false),
        ] {
            let made = app.call_as(by, "POST", "/v1/jobs", &body).await.data();
            expected.extend(is_seen.then(|| text(&made, "id")));
        }
        let jobs = world.get(&app, "/v1/jobs?pageSize=100").await;
        let told: BTreeSet<String> = ids(&jobs).into_iter().filter(|id| expected.contains(id)).collect();
        assert_eq!(told, expected);
        let foreign = jobs["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|job| !expected.contains(job["id"].as_str().unwrap()));
        assert!(
            foreign
                .clone()
                .all(|job| job["createdBy"] == json!(world.guest) || job["fileId"] == upload["id"]),
            "{jobs}"
        );
        // What an export writes is theirs.
        let started =
            app.service.start_export(&actor, &one_id, RecordQuery::default(), ExportFormat::default()).await;
        let export = started.unwrap().id.to_string();
        ended(&app, &export).await;
        let files = world.get(&app, &format!("/v1/files?spaceId={space}&mode=export")).await;
        let names: Vec<String> =
            files["data"].as_array().unwrap().iter().map(|file| text(file, "name")).collect();
        assert!(names.len() == 1 && names[0].starts_with("One"), "{names:?}");
    })
    .await;
}

#[tokio::test]
async fn a_guest_hears_of_what_was_granted() {
    on_each_database(async |app: TestApp| {
        let world = narrowed(&app).await;
        let space = SpaceId::parse(&world.hidden.space).unwrap();
        let guest = GuestId::parse(&world.guest).unwrap();
        let subscription = Subscription::Space(space.clone());
        let start = app.service.event_position(&subscription).await.unwrap();
        for sheet in [&world.hidden.sheet, &world.seen.sheet, &world.sheets[0], &world.sheets[1]] {
            insert(&app, sheet, &[json!({})]).await;
            app.post("/v1/jobs", json!({ "type": "sheet", "operation": "go", "source": sheet })).await.data();
        }
        app.post("/v1/jobs", json!({ "type": "space", "operation": "go", "source": space.to_string() }))
            .await
            .data();
        let (heard, place) = app.service.hear(&subscription, Some(&guest), start, 100).await.unwrap();
        assert_eq!(place, app.service.event_position(&subscription).await.unwrap());
        let about: BTreeSet<&str> =
            heard.iter().map(|event| event.context["sheetId"].as_str().unwrap()).collect();
        assert_eq!(about, BTreeSet::from([world.seen.sheet.as_str(), world.sheets[0].as_str()]));
        let topics: BTreeSet<&str> = heard.iter().map(|event| event.topic.as_str()).collect();
        assert!(topics.contains("records:created") && topics.contains("job:created"), "{topics:?}");
        // One at a time is the same, and ends at the same place.
        let (mut after, mut again) = (start, Vec::new());
        while after < place {
            let (some, next) = app.service.hear(&subscription, Some(&guest), after, 1).await.unwrap();
            assert!(next > after);
            again.extend(some);
            after = next;
        }
        assert_eq!(again, heard);
        // The same by the subscription of listeners.
        let path = format!("/v1/subscription?scope={space}");
        let token = text(&app.call_as(&world.token, "GET", &path, &Value::Null).await.data(), "token");
        let (opened, granted_to) =
            app.service.check_subscription(&token, &format!("space.{space}")).await.unwrap();
        assert_eq!((opened, granted_to), (subscription, Some(guest)));
    })
    .await;
}

#[tokio::test]
async fn a_grant_is_narrowed_and_widened_at_once() {
    on_each_database(async |app: TestApp| {
        let world = narrowed(&app).await;
        let (space, path) = (&world.hidden.space, format!("/v1/guests/{}", world.guest));
        let sees = async || ids(&world.get(&app, "/v1/workbooks").await).len();
        assert_eq!(sees().await, 2);
        let only = |parts: Value| json!({ "spaces": [parts] });
        let changed = app.patch(&path, only(json!({ "id": space, "workbooks": [{ "id": world.part }] }))).await.data();
        assert_eq!(changed["spaces"][0]["workbooks"], json!([{ "id": world.part }]));
        assert_eq!(changed["spaces"][0]["sheets"], json!([]));
        assert_eq!(sees().await, 1);
        let sheets = world.get(&app, &format!("/v1/sheets?workbookId={}", world.part)).await;
        assert_eq!(ids(&sheets).len(), 2, "a workbook that is named alone is seen whole");
        // Of a workbook of which a sheet is named, the others are not seen, whether or not it is named itself.
        let both = json!({ "id": space, "workbooks": [{ "id": world.part }], "sheets": [{ "id": world.sheets[1] }] });
        app.patch(&path, only(both)).await.data();
        let sheets = world.get(&app, &format!("/v1/sheets?workbookId={}", world.part)).await;
        assert_eq!(ids(&sheets), BTreeSet::from([world.sheets[1].clone()]));
        // What was granted and is gone is not all of it.
        app.delete(&format!("/v1/sheets/{}", world.sheets[1])).await.data();
        let sheets = world.get(&app, &format!("/v1/sheets?workbookId={}", world.part)).await;
        assert_eq!(ids(&sheets).len(), 0);
        app.delete(&format!("/v1/workbooks/{}", world.part)).await.data();
        assert_eq!(sees().await, 0);
        app.patch(&path, only(json!({ "id": space }))).await.data();
        assert_eq!(sees().await, 2);
        // Who is let in again sees what is said then.
        app.patch(&path, json!({ "spaces": [] })).await.data();
        app.call_as(&world.token, "GET", "/v1/workbooks", &Value::Null).await.refused(401);
        let parts = json!({ "id": space, "workbooks": [{ "id": world.seen.workbook }] });
        let new = json!([{ "email": "only@example.com", "name": "Only", "spaces": [parts] }]);
        app.post("/v1/guests", new).await.data();
        assert_eq!(sees().await, 1);
    })
    .await;
}
