//! What can be done with every sheet and column: pressed as a person presses it, run by the server, and taken back.

use inlet::domain::access::{Actor, Role};
use inlet::domain::ids::{Id, JobId, SheetId};
use inlet::domain::job::{Job, JobType};
use inlet::domain::query::{Filter, RecordQuery};
use inlet::service::authentication::actor_of_user;
use inlet::service::run_action::ActionRun;
use inlet::service::transfers::{TransferKind, Wanted};
use inlet::service::{ErrorKind, ServiceError};
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, ended, guest_token, insert, text};
use crate::{TestApp, on_each_database};

async fn person(app: &TestApp) -> Actor {
    actor_of_user(&app.service.sign_in_local().await.unwrap().user)
}

/// A press in the menu of a sheet, or of the column of that key.
fn pressed(sheet: &str, column: Option<&str>, operation: &str, input: Value) -> ActionRun {
    let Value::Object(input) = input else { panic!("{input} is no form") };
    let column = column.map(str::to_string);
    ActionRun { column, input, ..ActionRun::new(JobType::Sheet, sheet, operation) }
}

async fn press(app: &TestApp, run: ActionRun) -> Result<Job, ServiceError> {
    app.service.run_action(&person(app).await, run).await
}

/// Presses, waits for the end and gives what was said then, with the id of the job.
async fn done(app: &TestApp, run: ActionRun) -> (String, JobId) {
    let job = press(app, run).await.unwrap();
    let job = ended(app, job.id.as_str()).await;
    assert_eq!(job["status"], "complete", "{job}");
    (text(&job["outcome"], "message"), JobId::parse(&text(&job, "id")).unwrap())
}

async fn undo(app: &TestApp, job: &JobId) {
    let person = person(app).await;
    let made = app.service.job(&person, job).await.unwrap();
    assert!(app.service.can_undo_job(&person, &made).await.unwrap());
    app.service.undo_job(&person, job).await.unwrap();
    assert!(!app.service.can_undo_job(&person, &made).await.unwrap());
}

/// The texts of a field, in the order of the sheet.
async fn column(app: &TestApp, sheet: &str, key: &str) -> Vec<Value> {
    let records = app.get(&format!("/v1/sheets/{sheet}/records")).await.data();
    let records = records["records"].as_array().unwrap();
    records.iter().map(|record| record["values"][key]["value"].clone()).collect()
}

async fn labels(app: &TestApp, sheet: &str) -> Vec<String> {
    let sheet = app.get(&format!("/v1/sheets/{sheet}")).await.data();
    let fields = sheet["config"]["fields"].as_array().unwrap().clone();
    fields.iter().map(|field| text(field, "label")).collect()
}

async fn people(app: &TestApp) -> Contacts {
    let made = contacts(app).await;
    let rows = [
        json!({ "name": "Ann", "age": 1, "email": "a@x.com" }),
        json!({ "name": null, "age": 2, "email": "b@x.com" }),
        json!({ "name": "Bob", "age": null, "email": "A@x.com" }),
        json!({ "name": null, "age": 4, "email": "a@x.com" }),
        json!({ "name": null, "age": null, "email": null }),
    ];
    insert(app, &made.sheet, &rows).await;
    made
}

/// A second sheet of the workbook, two of whose columns are called alike.
async fn with_archive(app: &TestApp) -> (Contacts, String) {
    let made = people(app).await;
    let archive = json!({ "name": "Archive", "slug": "archive", "fields": [
        { "key": "mail", "type": "string", "label": "Email" },
        { "key": "name", "type": "string", "label": "Who" },
    ] });
    let path = format!("/v1/workbooks/{}", made.workbook);
    let workbook = app.patch(&path, json!({ "sheets": [archive] })).await.data();
    let archive = text(&workbook["sheets"][1], "id");
    (made, archive)
}

fn valid(sheet: &str) -> Option<(SheetId, RecordQuery)> {
    let query = RecordQuery { filter: Some(Filter::Valid), ..RecordQuery::default() };
    Some((SheetId::parse(sheet).unwrap(), query))
}

#[tokio::test]
async fn a_column_is_cleared_kept_as_a_version_and_brought_back() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let before = column(&app, &made.sheet, "email").await;
        let run = pressed(&made.sheet, Some("email"), "clear-column", json!({}));
        let (words, job) = done(&app, run).await;
        assert_eq!(words, "4 records changed in Contacts");
        assert_eq!(column(&app, &made.sheet, "email").await, [const { Value::Null }; 5]);
        let kept = app.get(&format!("/v1/snapshots?sheetId={}", made.sheet)).await.data();
        assert_eq!(kept[0]["label"], "Before “Clear column”", "{kept}");
        undo(&app, &job).await;
        assert_eq!(column(&app, &made.sheet, "email").await, before);
    })
    .await;
}

#[tokio::test]
async fn empty_cells_are_filled_with_a_value_or_from_above() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let run = |input: Value| pressed(&made.sheet, Some("name"), "fill-column", input);
        let refused = press(&app, run(json!({ "with": "value" }))).await.unwrap_err();
        assert_eq!(refused.fields[0].message, "Value is required");
        let (_, job) = done(&app, run(json!({ "with": "value", "value": "Eve" }))).await;
        assert_eq!(column(&app, &made.sheet, "name").await, ["Ann", "Eve", "Bob", "Eve", "Eve"]);
        undo(&app, &job).await;
        let (words, _) = done(&app, run(json!({ "with": "above" }))).await;
        assert_eq!(words, "3 records changed in Contacts");
        assert_eq!(column(&app, &made.sheet, "name").await, ["Ann", "Ann", "Bob", "Bob", "Bob"]);

        // Upside down, and of the records that are shown only.
        let query = RecordQuery {
            sort_field: Some("email".to_string()),
            search_value: Some("x.com".to_string()),
            ..RecordQuery::default()
        };
        let records = Some((SheetId::parse(&made.sheet).unwrap(), query));
        let run = pressed(&made.sheet, Some("age"), "fill-column", json!({ "with": "above" }));
        done(&app, ActionRun { records, ..run }).await;
        // By email: A@ (empty), a@ (1), a@ (4), b@ (2): nothing stands above the empty one.
        let ages = column(&app, &made.sheet, "age").await;
        assert_eq!(ages, [json!(1), json!(2), json!(null), json!(4), json!(null)]);
    })
    .await;
}

#[tokio::test]
async fn many_gaps_are_filled_whatever_their_number() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let rows: Vec<Value> = (0..9_000)
            .map(|row| json!({ "name": if row % 7 == 0 { json!(format!("n{row}")) } else { json!(null) } }))
            .collect();
        insert(&app, &made.sheet, &rows).await;
        done(&app, pressed(&made.sheet, Some("name"), "fill-column", json!({ "with": "above" }))).await;
        let names = column(&app, &made.sheet, "name").await;
        assert!(names.iter().enumerate().all(|(row, name)| *name == format!("n{}", row / 7 * 7)));
    })
    .await;
}

#[tokio::test]
async fn of_records_that_are_the_same_one_stays() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let run = |input: Value| pressed(&made.sheet, None, "remove-duplicates", input);
        let refused = press(&app, run(json!({ "fields": [], "keep": "first" }))).await.unwrap_err();
        assert_eq!(refused.fields[0].key, "fields");
        let (words, job) = done(&app, run(json!({ "fields": ["email"], "keep": "first" }))).await;
        assert_eq!(words, "1 duplicate removed from Contacts");
        let ages = [json!(1), json!(2), json!(null), json!(null)];
        assert_eq!(column(&app, &made.sheet, "age").await, ages);
        undo(&app, &job).await;

        let loosely = json!({ "fields": ["email"], "keep": "last", "loosely": true });
        let (words, _) = done(&app, run(loosely)).await;
        assert_eq!(words, "2 duplicates removed from Contacts");
        assert_eq!(column(&app, &made.sheet, "age").await, [json!(2), json!(4), json!(null)]);
        let (words, job) = done(&app, run(json!({ "fields": ["name", "email"], "keep": "first" }))).await;
        assert_eq!(words, "Contacts has no duplicates");
        let made = app.service.job(&person(&app).await, &job).await.unwrap();
        assert!(!app.service.can_undo_job(&person(&app).await, &made).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn records_are_copied_to_another_sheet_where_columns_are_called_alike() {
    on_each_database(async |app: TestApp| {
        let (made, archive) = with_archive(&app).await;
        let run = pressed(&made.sheet, None, "copy-records", json!({ "destination": archive }));
        let (words, job) = done(&app, run).await;
        assert_eq!(words, "5 records copied to Archive. Without a column there: Age");
        let mails = column(&app, &made.sheet, "email").await;
        assert_eq!(column(&app, &archive, "mail").await, mails);
        assert_eq!(column(&app, &archive, "name").await[..3], [json!("Ann"), json!(null), json!("Bob")]);
        assert_eq!(mails.len(), 5);
        undo(&app, &job).await;
        assert!(column(&app, &archive, "mail").await.is_empty());
        let elsewhere = json!({ "destination": "us_sh_0123456789" });
        let refused = press(&app, pressed(&made.sheet, None, "copy-records", elsewhere)).await.unwrap_err();
        assert_eq!(refused.fields[0].key, "destination");
    })
    .await;
}

#[tokio::test]
async fn valid_records_are_moved_and_both_sheets_go_back() {
    on_each_database(async |app: TestApp| {
        let (made, archive) = with_archive(&app).await;
        // The name is required: three records have none, and two have the same address.
        let run =
            pressed(&made.sheet, None, "move-records", json!({ "destination": archive, "onlyValid": true }));
        let (words, job) = done(&app, run).await;
        assert_eq!(words, "1 record moved to Archive. Without a column there: Age");
        assert_eq!(column(&app, &archive, "name").await, ["Bob"]);
        assert_eq!(column(&app, &made.sheet, "name").await.len(), 4);
        undo(&app, &job).await;
        assert!(column(&app, &archive, "name").await.is_empty());
        assert_eq!(column(&app, &made.sheet, "name").await.len(), 5);

        let run = pressed(&made.sheet, None, "move-records", json!({ "destination": archive }));
        let (words, _) = done(&app, ActionRun { records: valid(&made.sheet), ..run }).await;
        assert!(words.starts_with("1 record moved"), "{words}");
    })
    .await;
}

#[tokio::test]
async fn columns_are_added_renamed_removed_and_brought_back_with_what_was_in_them() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let add = json!({ "label": "Shirt size", "type": "enum", "options": "S\n M \n\nL" });
        let (_, added) = done(&app, pressed(&made.sheet, None, "add-field", add)).await;
        let sheet = app.get(&format!("/v1/sheets/{}", made.sheet)).await.data();
        let field = &sheet["config"]["fields"][3];
        assert_eq!((&field["key"], &field["type"]), (&json!("shirt_size"), &json!("enum")));
        let options = field["config"]["options"].as_array().unwrap();
        assert_eq!(options.iter().map(|option| text(option, "value")).collect::<Vec<_>>(), ["S", "M", "L"]);

        let rename = pressed(&made.sheet, Some("email"), "rename-field", json!({ "label": " Mail " }));
        let (words, renamed) = done(&app, rename).await;
        assert_eq!(words, "Email is called Mail now");
        let before = column(&app, &made.sheet, "email").await;
        let remove = pressed(&made.sheet, Some("email"), "remove-field", json!({}));
        let (words, removed) = done(&app, remove).await;
        assert_eq!(words, "Mail is no longer a column of Contacts");
        assert_eq!(labels(&app, &made.sheet).await, ["Name", "Age", "Shirt size"]);
        undo(&app, &removed).await;
        assert_eq!(labels(&app, &made.sheet).await, ["Name", "Age", "Mail", "Shirt size"]);
        assert_eq!(column(&app, &made.sheet, "email").await, before);
        undo(&app, &renamed).await;
        undo(&app, &added).await;
        assert_eq!(labels(&app, &made.sheet).await, ["Name", "Age", "Email"]);
    })
    .await;
}

#[tokio::test]
async fn a_column_that_a_rule_needs_stays() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let rule = json!([{ "type": "unique", "name": "both", "fields": ["name", "email"] }]);
        let sheet = json!({ "slug": "contacts", "constraints": rule });
        app.patch(&format!("/v1/workbooks/{}", made.workbook), json!({ "sheets": [sheet] })).await.data();
        let job = press(&app, pressed(&made.sheet, Some("email"), "remove-field", json!({}))).await.unwrap();
        let job = ended(&app, job.id.as_str()).await;
        assert_eq!(job["status"], "failed");
        assert!(text(&job, "info").contains("a rule over several fields needs `email`"), "{job}");
        assert_eq!(labels(&app, &made.sheet).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_developers_action_of_the_same_name_comes_first_and_is_for_listeners() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let action = json!({ "operation": "remove-duplicates", "label": "Ours", "confirm": false });
        let sheet = json!({ "slug": "contacts", "actions": [action] });
        app.patch(&format!("/v1/workbooks/{}", made.workbook), json!({ "sheets": [sheet] })).await.data();
        let job = press(&app, pressed(&made.sheet, None, "remove-duplicates", json!({}))).await.unwrap();
        assert_eq!((job.label.as_deref(), job.managed, job.config), (Some("Ours"), false, None));
        let found = app.get(&format!("/v1/jobs/{}", job.id)).await.data();
        assert_eq!((&found["status"], &found["managed"]), (&json!("ready"), &json!(false)));
        let acknowledged =
            app.post(&format!("/v1/jobs/{}/ack", job.id), json!({ "progress": 1 })).await.data();
        assert_eq!(acknowledged["status"], "executing");
    })
    .await;
}

#[tokio::test]
async fn a_space_goes_without_what_it_omits() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let names = |actions: Vec<inlet::domain::action::Action>| -> Vec<String> {
            actions.into_iter().filter_map(|action| action.operation).collect()
        };
        let actor = person(&app).await;
        let sheet = app.service.sheet(&actor, &SheetId::parse(&made.sheet).unwrap()).await.unwrap();
        let (of_sheet, of_columns) = app.service.built_in_actions(&actor, &sheet).await.unwrap();
        let all = ["remove-duplicates", "copy-records", "move-records", "validate", "add-field"];
        assert_eq!(names(of_sheet), all);
        assert_eq!(names(of_columns), ["fill-column", "clear-column", "rename-field", "remove-field"]);

        let omitted = json!(["records.deduplicate", "records.move", "column.clear", "unknown"]);
        let change = json!({ "settings": { "omitActions": omitted } });
        app.patch(&format!("/v1/spaces/{}", made.space), change).await.data();
        let (of_sheet, of_columns) = app.service.built_in_actions(&actor, &sheet).await.unwrap();
        assert_eq!(names(of_sheet), ["copy-records", "validate", "add-field"]);
        assert_eq!(names(of_columns), ["fill-column", "rename-field", "remove-field"]);
        let run = pressed(&made.sheet, Some("email"), "clear-column", json!({}));
        assert_eq!(press(&app, run).await.unwrap_err().kind, ErrorKind::NotFound);

        // A guest changes records, and no columns.
        let guest = Actor { role: Role::Guest, id: made.space.clone(), ..actor };
        let (of_sheet, of_columns) = app.service.built_in_actions(&guest, &sheet).await.unwrap();
        assert_eq!(names(of_sheet), ["copy-records", "validate"]);
        assert_eq!(names(of_columns), ["fill-column"]);
        let run = pressed(&made.sheet, None, "add-field", json!({ "label": "x", "type": "string" }));
        assert_eq!(app.service.run_action(&guest, run).await.unwrap_err().kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn nobody_does_by_a_job_what_they_may_not_do_by_hand() {
    on_each_database(async |app: TestApp| {
        let (made, archive) = with_archive(&app).await;
        let guest = guest_token(&app, &made.space).await;
        let field = json!({ "key": "email", "type": "string", "label": "Email", "readonly": true });
        let sheets = json!({ "sheets": [
            { "slug": "contacts", "fields": [{ "key": "name", "type": "string", "label": "Name" }, field] },
            { "slug": "archive", "access": ["edit"] },
        ] });
        app.patch(&format!("/v1/workbooks/{}", made.workbook), sheets).await.data();
        let job = |operation: &str, config: Value| {
            json!({ "type": "sheet", "operation": operation,
            "source": made.sheet, "trigger": "immediate", "config": config })
        };
        for (new, words) in [
            (job("remove-field", json!({ "fieldKey": "name" })), "ManageWorkbook"),
            (job("clear-column", json!({ "fieldKey": "email" })), "Email is read-only"),
            (
                job("bulk-update", json!({ "fieldUpdates": { "email": { "value": "x" } } })),
                "Email is read-only",
            ),
            (job("copy-records", json!({ "destination": archive })), "does not let people do this"),
            (
                json!({ "type": "workbook", "operation": "delete-records", "source": made.workbook,
                "trigger": "immediate", "config": { "sheet": archive } }),
                "does not let people do this",
            ),
        ] {
            let refused = app.call_as(&guest, "POST", "/v1/jobs", &new).await.refused(403);
            assert!(refused.contains(words), "{new}: {refused}");
        }
        // Everywhere means everywhere where they may write.
        let new = job("find-replace", json!({ "find": "a@x.com", "replace": "gone" }));
        let made_job = app.call_as(&guest, "POST", "/v1/jobs", &new).await.data();
        ended(&app, &text(&made_job, "id")).await;
        let mails = column(&app, &made.sheet, "email").await;
        assert_eq!(mails.iter().filter(|mail| **mail == json!("a@x.com")).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_begun_and_cut_off_is_done_once() {
    on_each_database(async |app: TestApp| {
        let (made, archive) = with_archive(&app).await;
        let run = pressed(&made.sheet, None, "move-records", json!({ "destination": archive }));
        let job = press(&app, run).await.unwrap();
        // The first attempt begins, and its server is gone.
        let system = Actor { role: Role::System, ..person(&app).await };
        let wanted = Wanted {
            kind: TransferKind::Move,
            source: SheetId::parse(&made.sheet).unwrap(),
            destination: SheetId::parse(&archive).unwrap(),
            query: RecordQuery::default(),
            only_valid: false,
            plan: None,
        };
        let mut transfer = app.service.begin_transfer(&system, &job, wanted).await.unwrap();
        while app.service.transfer_on(&system, &job, &mut transfer).await.unwrap() {}
        drop(transfer);
        assert_eq!(column(&app, &archive, "name").await.len(), 5);
        let ended = ended(&app, job.id.as_str()).await;
        assert_eq!(ended["status"], "complete", "{ended}");
        assert_eq!(column(&app, &archive, "name").await.len(), 5);
        assert!(column(&app, &made.sheet, "name").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mapping_has_a_plan_that_is_read_changed_and_followed() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let target = json!({ "name": "Target", "sheets": [{ "name": "Guests", "slug": "guests", "fields": [
            { "key": "name", "type": "string", "label": "Full name" },
            { "key": "years", "type": "number", "label": "Years" },
            { "key": "mail", "type": "enum", "label": "E-Mail", "config": { "options": [
                { "value": "first", "label": "a@x.com" }, { "value": "second", "alternativeNames": ["B@X.COM"] } ] } },
        ] }], "spaceId": made.space });
        let target = app.post("/v1/workbooks", target).await.data();
        let guests = text(&target["sheets"][0], "id");
        let job = json!({ "type": "workbook", "operation": "map", "source": made.workbook, "destination": target["id"],
            "managed": true, "config": { "sourceSheetId": made.sheet, "destinationSheetId": guests } });
        let job = app.post("/v1/jobs", job).await.data();
        let path = format!("/v1/jobs/{}", text(&job, "id"));
        assert_eq!((&job["status"], &job["managed"]), (&json!("planning"), &json!(true)));
        let updated = app.get("/v1/events?topic=job:updated").await.data();
        assert_eq!(updated[0]["payload"]["status"], "planning", "{updated}");

        let plan = app.get(&format!("{path}/plan")).await.data()["plan"].take();
        let edges = plan["fieldMapping"].as_array().unwrap();
        let ends = |edge: &Value| (text(&edge["sourceField"], "key"), text(&edge["destinationField"], "key"));
        let [name, mail] = edges.as_slice() else { panic!("{plan}") };
        assert_eq!((ends(name), ends(mail)), (("name".into(), "name".into()), ("email".into(), "mail".into())));
        let sure = |edge: &Value| text(&edge["metadata"], "certainty");
        assert_eq!((sure(name), sure(mail)), ("absolute".to_string(), "strong".to_string()));
        assert_eq!(plan["unmappedSourceFields"][0]["sourceField"]["key"], "age");
        assert_eq!(plan["unmappedDestinationFields"][0]["destinationField"]["key"], "years");
        assert_eq!(mail["enumDetails"]["mapping"].as_array().unwrap().len(), 3, "{mail}");

        // A person, or a program, says that ages are years.
        let mut mapping = edges.clone();
        mapping.push(json!({ "sourceField": { "key": "age" }, "destinationField": { "key": "years" } }));
        app.patch(&format!("{path}/plan"), json!({ "fieldMapping": mapping })).await.data();
        app.post(&format!("{path}/execute"), json!({})).await.data();
        let done = ended(&app, &text(&job, "id")).await;
        assert_eq!(done["status"], "complete", "{done}");
        assert_eq!(text(&done["outcome"], "message"), "5 records mapped into Guests");
        assert_eq!(column(&app, &guests, "years").await, [json!(1), json!(2), json!(null), json!(4), json!(null)]);
        let mails = column(&app, &guests, "mail").await;
        assert_eq!(mails, [json!("first"), json!("second"), json!("first"), json!("first"), json!(null)]);
        assert_eq!(app.get(&format!("{path}/plan")).await.data()["plan"]["fieldMapping"].as_array().unwrap().len(), 3);
        undo(&app, &JobId::parse(&text(&job, "id")).unwrap()).await;
        assert!(column(&app, &guests, "years").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mapping_of_sheets_that_are_not_there_is_refused_by_name() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let job = |config: Value| json!({ "type": "workbook", "operation": "map", "source": made.workbook, "config": config });
        let refused = app.post("/v1/jobs", job(json!({ "sourceSheetId": made.sheet }))).await.refused(400);
        assert!(refused.contains("destinationSheetId"), "{refused}");
        let elsewhere = json!({ "sourceSheetId": made.sheet, "destinationSheetId": "us_sh_0123456789" });
        app.post("/v1/jobs", job(elsewhere)).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn what_is_copied_is_checked_by_the_rules_of_the_other_sheet() {
    on_each_database(async |app: TestApp| {
        let made = people(&app).await;
        let sheets = json!([
            { "name": "Names", "slug": "names", "fields": [{ "key": "name", "type": "string", "constraints": [{ "type": "unique" }] }] },
            { "name": "Guests", "slug": "guests", "fields": [{ "key": "name", "type": "reference", "label": "Name",
                "config": { "ref": "names", "key": "name", "relationship": "has-one" } }] },
        ]);
        let path = format!("/v1/workbooks/{}", made.workbook);
        let workbook = app.patch(&path, json!({ "sheets": sheets })).await.data();
        let (names, guests) = (text(&workbook["sheets"][1], "id"), text(&workbook["sheets"][2], "id"));
        insert(&app, &names, &[json!({ "name": "Ann" })]).await;
        done(&app, pressed(&made.sheet, None, "copy-records", json!({ "destination": guests }))).await;
        // Bob is nobody there.
        let counts = app.get(&format!("/v1/sheets/{guests}/counts")).await.data()["counts"].take();
        assert_eq!((&counts["total"], &counts["error"]), (&json!(5), &json!(1)));
    })
    .await;
}
