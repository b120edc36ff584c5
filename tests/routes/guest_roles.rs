//! What guests may do by their roles in spaces and workbooks.

use inlet::domain::ids::{Id, SheetId};
use inlet::service::ErrorKind;
use serde_json::{Value, json};

use crate::fixtures::{blueprint, contacts, guest_role, insert, invited, text, typed};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn a_viewer_looks_on_and_a_role_in_a_workbook_goes_first() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let mut other = blueprint();
        other["spaceId"] = json!(made.space);
        let other = app.post("/v1/workbooks", other).await.data();
        let other_sheet = text(&other["sheets"][0], "id");
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let token = text(&app.get(&format!("/v1/guests/{guest}/token")).await.data(), "token");
        let roles = format!("/v1/guests/{guest}/roles");
        let (viewer, editor) =
            (guest_role(&app, "Guest viewer").await, guest_role(&app, "Guest editor").await);
        let give = async |role: &str, resource: &str| {
            let given = app.post(&roles, json!({ "roleId": role, "resourceId": resource })).await.data();
            assert_eq!((&given["actorId"], &given["resourceId"]), (&json!(guest), &json!(resource)));
            text(&given, "id")
        };
        let row = json!([{ "name": { "value": "Bob" } }]);
        let writes = async |sheet: &str| {
            let path = format!("/v1/sheets/{sheet}/records");
            let answer = app.call_as(&token, "POST", &path, &row).await;
            app.call_as(&token, "GET", &path, &Value::Null).await.data();
            answer.status.is_success()
        };
        assert_eq!((writes(&made.sheet).await, writes(&other_sheet).await), (true, true));
        let in_space = give(&viewer, &made.space).await;
        assert_eq!((writes(&made.sheet).await, writes(&other_sheet).await), (false, false));
        let in_workbook = give(&editor, &made.workbook).await;
        assert_eq!((writes(&made.sheet).await, writes(&other_sheet).await), (true, false));
        assert_eq!(app.get(&roles).await.data().as_array().unwrap().len(), 2);
        app.delete(&format!("{roles}/{in_space}")).await.data();
        app.delete(&format!("{roles}/{in_workbook}")).await.data();
        give(&viewer, &made.workbook).await;
        assert_eq!((writes(&made.sheet).await, writes(&other_sheet).await), (false, true));

        // Nothing else that writes goes either.
        let record = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let sheet = &made.sheet;
        for (method, path, body) in [
            (
                "PUT",
                format!("/v1/sheets/{sheet}/records"),
                json!([{ "id": record, "values": { "name": { "value": "x" } } }]),
            ),
            ("DELETE", format!("/v1/sheets/{sheet}/records?ids={record}"), Value::Null),
            ("PUT", format!("/v1/sheets/{sheet}/find-replace"), json!({ "find": "A", "replace": "B" })),
            (
                "PATCH",
                format!("/v1/sheets/{sheet}/records/bulk-update"),
                json!({ "fieldUpdates": { "name": { "value": "x" } } }),
            ),
            ("POST", format!("/v1/sheets/{sheet}/validate"), Value::Null),
            ("POST", "/v1/snapshots".to_string(), json!({ "sheetId": sheet })),
            ("POST", "/v1/views".to_string(), json!({ "sheetId": sheet, "name": "x", "config": {} })),
            ("POST", "/v1/jobs".to_string(), json!({ "type": "sheet", "operation": "go", "source": sheet })),
            (
                "POST",
                "/v1/jobs".to_string(),
                json!({ "type": "workbook", "operation": "go", "source": made.workbook }),
            ),
        ] {
            app.call_as(&token, method, &path, &body).await.refused(403);
        }
        let actor = app.service.actor_of_bearer(&token).await.unwrap();
        let id = SheetId::parse(sheet).unwrap();
        let refused = app.service.type_cell(&actor, &id, typed(&record, Some("Ada"), Some("x"))).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::Forbidden);
        // Who is let in anew begins without roles.
        app.patch(&format!("/v1/guests/{guest}"), json!({ "spaces": [] })).await.data();
        assert_eq!(app.get(&roles).await.data(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_role_of_a_guest_is_named() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let roles = format!("/v1/guests/{guest}/roles");
        let (viewer, admin) = (guest_role(&app, "Guest viewer").await, guest_role(&app, "Admin").await);
        for (role, resource, status, words) in [
            (admin.as_str(), made.space.as_str(), 400, "roleId"),
            ("us_rol_0000000000", &made.space, 400, "roleId"),
            (&viewer, &app.environment_id, 400, "resourceId"),
            (&viewer, "us_wb_0000000000", 404, "us_wb_0000000000"),
            (&viewer, &other.space, 400, "may not enter"),
            (&viewer, &other.workbook, 400, "may not enter"),
        ] {
            let answer = app.post(&roles, json!({ "roleId": role, "resourceId": resource })).await;
            let refused = answer.refused(status);
            assert!(refused.contains(words), "{role} {resource}: {refused}");
        }
        let given = json!({ "roleId": viewer, "resourceId": made.workbook });
        app.post(&roles, given.clone()).await.data();
        assert!(app.post(&roles, given).await.refused(400).contains("already"));
        app.delete(&format!("{roles}/us_acr_0000000000")).await.refused(404);
        let token = text(&app.get(&format!("/v1/guests/{guest}/token")).await.data(), "token");
        app.call_as(&token, "GET", &roles, &Value::Null).await.refused(403);
    })
    .await;
}
