use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, ended, insert, text};
use crate::{TestApp, on_each_database};

/// Two sheets of which one field is called the same in both, one alike and one misspelt.
pub fn sheets(save: bool) -> Value {
    let fields = |keys: [&str; 3]| keys.map(|key| json!({ "key": key, "type": "string" }));
    json!({
        "source": { "name": "source sheet", "fields": fields(["name", "E-MAIL", "adress"]) },
        "destination": { "name": "destination sheet", "fields": fields(["name", "email", "address"]) },
        "save": save,
    })
}

/// A program that was saved.
pub async fn saved(app: &TestApp) -> Value {
    app.post("/v1/mapping", sheets(true)).await.data()
}

fn assign(from: &str, to: &str) -> Value {
    let config = json!({ "type": "assign", "sourceField": from, "destinationField": to });
    json!({ "name": "Own", "type": "assign", "config": config })
}

async fn topics(app: &TestApp) -> Vec<String> {
    let log = app.get("/v1/events?domain=program&pageSize=100").await.json();
    log["data"].as_array().unwrap().iter().map(|event| text(event, "topic")).collect()
}

#[tokio::test]
async fn rules_are_guessed_by_the_names_of_fields() {
    on_each_database(async |app: TestApp| {
        // As the vendor's mapping library asks, which reads `data.rules[].config`.
        let mut body = sheets(false);
        body.as_object_mut().unwrap().remove("save");
        let program = app.post("/v1/mapping", body.clone()).await.data();
        let configs: Vec<&Value> =
            program["rules"].as_array().unwrap().iter().map(|rule| &rule["config"]).collect();
        let pair = |from: &str, to: &str| assign(from, to)["config"].clone();
        assert_eq!(configs, [&pair("name", "name"), &pair("E-MAIL", "email"), &pair("adress", "address")]);
        let sure = |place: usize| program["rules"][place]["metadata"]["certainty"].clone();
        assert_eq!([sure(0), sure(1), sure(2)], [json!("absolute"), json!("strong"), json!("moderate")]);
        assert_eq!((&program["id"], &program["rules"][0]["id"]), (&json!(null), &json!(null)));
        assert_eq!(program["sourceKeys"], json!(["name", "E-MAIL", "adress"]));
        assert_eq!(program["destinationKeys"], json!(["name", "email", "address"]));
        assert_eq!(app.get("/v1/mapping").await.data(), json!([]), "it was not to be saved");
        assert_eq!(topics(&app).await, Vec::<String>::new());

        body["destination"]["mappingConfidenceThreshold"] = json!(1);
        let rules = app.post("/v1/mapping", body.clone()).await.data()["rules"].clone();
        assert_eq!(rules.as_array().unwrap().len(), 1, "{rules}");
        body["rules"] = json!([]);
        assert_eq!(
            app.post("/v1/mapping", body).await.data()["rules"],
            json!([]),
            "rules that are given count"
        );

        for (body, place) in [
            (json!({}), "source"),
            (json!({ "source": sheets(false)["source"] }), "destination"),
            (json!({ "source": { "name": "x" } }), "source"),
        ] {
            let message = app.post("/v1/mapping", body).await.refused(400);
            assert!(message.contains(place), "{message}");
        }
        let mut wrong = sheets(true);
        wrong["rules"] = json!([{ "name": "", "type": "assign" }]);
        let message = app.post("/v1/mapping", wrong).await.refused(400);
        assert!(message.contains("rules[0].name"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_saved_program_is_found_changed_and_deleted() {
    on_each_database(async |app: TestApp| {
        let mut body = sheets(true);
        body["namespace"] = json!("hr");
        body["familyId"] = json!("us_mf_0000000000");
        body["rules"] =
            json!([assign("name", "email"), { "name": "X", "type": "constant", "config": { "value": 1 } }]);
        let made = app.post("/v1/mapping", body).await.data();
        let path = format!("/v1/mapping/{}", text(&made, "id"));
        assert_eq!(made["rules"][1]["config"], json!({ "value": 1 }), "kept as it came");
        assert_eq!(app.get(&path).await.data(), made);
        let summary = json!({ "totalRuleCount": 2, "addedRuleCount": 0, "deletedRuleCount": 0 });
        assert_eq!(made["summary"], summary);
        saved(&app).await;

        let by = text(&made, "createdBy");
        for (query, found) in [
            ("", 2),
            ("namespace=hr", 1),
            ("familyId=us_mf_0000000000", 1),
            ("sourceKeys=adress&sourceKeys=name", 2),
            ("sourceKeys=adres", 0),
            ("destinationKeys=email", 2),
            ("destinationKeys=E-MAIL", 0),
            (&format!("createdBy={by}"), 2),
            ("createdBy=us_usr_00000000", 0),
            ("createdAfter=2100-01-01T00:00:00.000Z", 0),
            ("createdBefore=2100-01-01T00:00:00.000Z", 2),
            ("jobId=us_jb_0000000000", 0),
        ] {
            let listed = app.get(&format!("/v1/mapping?{query}")).await.json();
            assert_eq!(listed["pagination"]["totalCount"], json!(found), "{query}");
        }
        app.get("/v1/mapping?createdAfter=yesterday").await.refused(400);

        let changed = app.patch(&path, json!({ "rules": [assign("name", "name")] })).await.data();
        let summary = json!({ "totalRuleCount": 1, "addedRuleCount": 1, "deletedRuleCount": 2 });
        assert_eq!((&changed["summary"], &changed["namespace"]), (&summary, &json!("hr")));
        let anew = app.patch(&path, sheets(true)).await.data();
        assert_eq!(anew["rules"].as_array().unwrap().len(), 3);
        let (created, updated) = ("program:created", "program:updated");
        assert_eq!(
            topics(&app).await,
            [created, created, updated, "program:recomputing", "program:recomputed"]
        );
        let told = app.get("/v1/events?topic=program:updated").await.data();
        assert_eq!((&told[0]["context"]["programId"], &told[0]["payload"]), (&made["id"], &json!({})));
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        app.delete("/v1/mapping").await.data();
        assert_eq!(app.get("/v1/mapping").await.data(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn rules_are_changed_one_by_one_and_together() {
    on_each_database(async |app: TestApp| {
        let made = saved(&app).await;
        let path = format!("/v1/mapping/{}/rules", text(&made, "id"));
        assert_eq!(app.get(&path).await.data(), made["rules"]);
        let added = app.post(&path, json!([assign("a", "b"), assign("c", "d")])).await.data();
        assert_eq!((added.as_array().unwrap().len(), &added[0]["type"]), (2, &json!("assign")));
        let [first, second] = [0, 1].map(|place| text(&added[place], "id"));
        assert_eq!(app.get(&format!("{path}/{first}")).await.data(), added[0]);

        let change =
            json!({ "name": "Better", "acceptedAt": "2026-01-31T12:00:00.000Z", "acceptedBy": "us_usr_1" });
        let changed = app.patch(&format!("{path}/{first}"), change).await.data();
        assert_eq!((&changed["name"], &changed["config"]), (&json!("Better"), &added[0]["config"]));
        assert_eq!(changed["acceptedAt"], json!("2026-01-31T12:00:00.000Z"));
        let both =
            json!([{ "id": second, "name": "Two" }, { "id": first, "config": null, "acceptedAt": null }]);
        let both = app.patch(&path, both).await.data();
        assert_eq!((&both[0]["name"], &both[1]["config"]), (&json!("Two"), &json!(null)));
        let missing = json!([{ "id": second, "name": "No" }, { "id": "us_mr_0000000000", "name": "No" }]);
        app.patch(&path, missing).await.refused(404);
        let message = app.patch(&path, json!([{ "name": "No" }])).await.refused(400);
        assert!(message.contains("id"), "{message}");
        assert_eq!(app.get(&format!("{path}/{second}")).await.data()["name"], json!("Two"));

        app.call("DELETE", &path, json!({ "ruleIds": [first, "us_mr_0000000000"] })).await.refused(404);
        app.call("DELETE", &path, json!({ "ruleIds": [] })).await.refused(400);
        app.call("DELETE", &path, json!({ "ruleIds": [first] })).await.data();
        app.get(&format!("{path}/{first}")).await.refused(404);
        app.delete(&format!("{path}/{second}")).await.data();
        app.delete(&format!("{path}/{second}")).await.refused(404);
        let left = app.get(&format!("/v1/mapping/{}", text(&made, "id"))).await.data();
        assert_eq!(left["rules"], made["rules"]);
        let summary = json!({ "totalRuleCount": 3, "addedRuleCount": 2, "deletedRuleCount": 2 });
        assert_eq!(left["summary"], summary);
        let message = app.post(&path, json!([{ "type": "assign" }])).await.refused(400);
        assert!(message.contains("name"), "{message}");
    })
    .await;
}

/// The sheet of another workbook, where records of the first are mapped to, and that workbook.
async fn target(app: &TestApp, made: &Contacts) -> (String, String) {
    let fields = json!([
        { "key": "name", "type": "string", "label": "Name" },
        { "key": "mail", "type": "string", "label": "Mail address" },
    ]);
    let target = json!({ "name": "Target", "spaceId": made.space, "sheets": [{ "name": "Guests", "fields": fields }] });
    let target = app.post("/v1/workbooks", target).await.data();
    (text(&target, "id"), text(&target["sheets"][0], "id"))
}

/// A mapping job with these members in its configuration.
async fn mapped(app: &TestApp, made: &Contacts, (workbook, sheet): &(String, String), more: Value) -> Value {
    let mut config = json!({ "sourceSheetId": made.sheet, "destinationSheetId": sheet });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let job = json!({ "type": "workbook", "operation": "map", "source": made.workbook, "destination": workbook,
        "managed": true, "config": config });
    app.post("/v1/jobs", job).await.data()
}

async fn ways(app: &TestApp, job: &str) -> Vec<(String, String)> {
    let plan = app.get(&format!("/v1/jobs/{job}/plan")).await.data()["plan"].take();
    let ends = |edge: &Value| (text(&edge["sourceField"], "key"), text(&edge["destinationField"], "key"));
    plan["fieldMapping"].as_array().unwrap().iter().map(ends).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect()
}

#[tokio::test]
async fn a_plan_is_a_program_and_changes_with_it() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let target = target(&app, &made).await;
        let job = text(&mapped(&app, &made, &target, json!({})).await, "id");
        let path = format!("/v1/jobs/{job}/plan");
        let plan = app.get(&path).await.data()["plan"].take();
        let program = text(&plan, "programId");
        let kept = app.get(&format!("/v1/mapping/{program}")).await.data();
        assert_eq!((&kept["jobId"], &kept["spaceId"]), (&json!(job), &json!(made.space)));
        assert_eq!(kept["rules"].as_array().unwrap().len(), 1, "{kept}");
        assert_eq!(app.get(&format!("/v1/mapping?jobId={job}")).await.data(), json!([kept]));
        let told = app.get("/v1/events?topic=program:created").await.data()[0].clone();
        let context = &told["context"];
        assert_eq!((&context["programId"], &context["jobId"]), (&json!(program), &json!(job)));
        assert_eq!(
            (&context["workbookId"], &context["spaceId"]),
            (&json!(made.workbook), &json!(made.space))
        );

        let edges = json!([{ "sourceField": { "key": "email" }, "destinationField": { "key": "mail" } }]);
        app.patch(&path, json!({ "fieldMapping": edges })).await.data();
        app.patch(&path, json!({ "fieldMapping": edges })).await.data();
        let rules = app.get(&format!("/v1/mapping/{program}/rules")).await.data();
        assert_eq!(
            (rules.as_array().unwrap().len(), &rules[0]["config"]),
            (1, &assign("email", "mail")["config"])
        );
        assert_eq!(topics(&app).await, ["program:created", "program:updated"], "the same plan is no news");
        app.put(&path, json!({ "fieldMapping": edges })).await.data();
        assert_eq!(app.get(&path).await.data()["plan"]["programId"], json!(program), "it stays the plan's");

        // Without `canRecompute` the plan stays as it is.
        let rule = format!("/v1/mapping/{program}/rules/{}", text(&rules[0], "id"));
        app.patch(&rule, json!({ "config": assign("age", "mail")["config"] })).await.data();
        assert_eq!(ways(&app, &job).await, pairs(&[("email", "mail")]));

        // A saved program is followed, and stays as it was saved.
        let mut other = sheets(true);
        other["rules"] = json!([assign("name", "mail"), assign("nobody", "name")]);
        let other = app.post("/v1/mapping", other).await.data();
        let followed = app.patch(&path, json!({ "programId": other["id"] })).await.data()["plan"].take();
        assert_eq!(followed["programId"], other["id"]);
        assert_eq!(ways(&app, &job).await, pairs(&[("name", "mail")]));
        assert_eq!(followed["fieldMapping"][0]["metadata"]["source"], json!("program"));
        app.patch(&path, json!({ "fieldMapping": edges })).await.data();
        assert_eq!(app.get(&format!("/v1/mapping/{}", text(&other, "id"))).await.data(), other);
        app.patch(&path, json!({ "programId": "us_mp_0000000000" })).await.refused(404);

        app.delete(&format!("/v1/spaces/{}", made.space)).await.data();
        app.get(&format!("/v1/mapping/{program}")).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_job_is_told_what_goes_where_and_how_values_change() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let target = target(&app, &made).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada", "email": "a@x" }), json!({ "name": "Eve", "email": "e@x" })])
            .await;
        // Beside the type, as the vendor's library has it, or in `config`.
        let rules = json!([
            { "type": "assign", "sourceField": "email", "destinationField": "name" },
            assign("name", "mail"),
            { "type": "find-replace", "destinationField": "mail", "values": [{ "find": "Ada", "replace": "Lady" }] },
        ]);
        let more = json!({ "mappingRules": rules, "canRecompute": true });
        let job = text(&mapped(&app, &made, &target, more).await, "id");
        assert_eq!(ways(&app, &job).await, pairs(&[("name", "mail"), ("email", "name")]));
        let plan = app.get(&format!("/v1/jobs/{job}/plan")).await.data()["plan"].take();
        let all = format!("/v1/mapping/{}/rules", text(&plan, "programId"));
        let kept = app.get(&all).await.data();
        assert_eq!(kept.as_array().unwrap().len(), 3);

        // The plan follows its program.
        let change = json!({ "config": { "sourceField": "age", "destinationField": "name" } });
        app.patch(&format!("{all}/{}", text(&kept[0], "id")), change).await.data();
        assert_eq!(ways(&app, &job).await, pairs(&[("name", "mail"), ("age", "name")]));
        assert_eq!(
            topics(&app).await,
            ["program:created", "program:updated", "program:recomputing", "program:recomputed"]
        );
        let constant = json!([{ "name": "C", "type": "constant", "config": { "destinationField": "name", "value": 1 } }]);
        let message = app.post(&all, constant).await.refused(400);
        assert!(message.contains("rules[3]") && message.contains("constant"), "{message}");
        app.patch(&format!("{all}/{}", text(&kept[0], "id")), json!({ "config": kept[0]["config"] })).await.data();

        app.post(&format!("/v1/jobs/{job}/execute"), Value::Null).await.data();
        assert_eq!(ended(&app, &job).await["status"], "complete");
        let records = app.get(&format!("/v1/sheets/{}/records", target.1)).await.data();
        let cell = |place: usize, key: &str| records["records"][place]["values"][key]["value"].clone();
        assert_eq!([cell(0, "name"), cell(0, "mail")], [json!("a@x"), json!("Lady")]);
        assert_eq!([cell(1, "name"), cell(1, "mail")], [json!("e@x"), json!("Eve")]);

        for (rule, words) in [
            (json!({ "type": "concatenate", "sourceFields": [], "destinationField": "name" }), "concatenate"),
            (json!({ "type": "assign", "sourceField": "name" }), "destinationField"),
            (json!({ "sourceField": "name" }), "type"),
        ] {
            let config = json!({ "sourceSheetId": made.sheet, "destinationSheetId": target.1, "mappingRules": [rule] });
            let job = json!({ "type": "workbook", "operation": "map", "source": made.workbook, "config": config });
            let message = app.post("/v1/jobs", job).await.refused(400);
            assert!(message.contains("config.mappingRules[0]") && message.contains(words), "{message}");
        }
    })
    .await;
}
