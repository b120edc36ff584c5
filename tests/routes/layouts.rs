//! Each person has the columns of a sheet their own way.

use inlet::domain::ids::{Id, SheetId};
use inlet::domain::layout::{RowHeight, SheetLayout};
use inlet::service::ErrorKind;
use serde_json::json;

use crate::fixtures::{contacts, text};
use crate::{TestApp, on_each_database};

fn keys(layout: &SheetLayout) -> Vec<&str> {
    layout.columns.iter().map(|place| place.key.as_str()).collect()
}

#[tokio::test]
async fn a_layout_belongs_to_one_person_and_follows_the_blueprint() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = SheetId::parse(&made.sheet).unwrap();
        let service = &app.service;
        let one = service.actor_of_bearer(&app.key).await.unwrap();
        let session = service.sign_in_local().await.unwrap();
        let (other, _) = service.actor_of_session(&session.token).await.unwrap().unwrap();
        let sheet = service.sheet(&one, &id).await.unwrap();

        let mut layout = service.layout(&one, &sheet).await.unwrap();
        assert_eq!(keys(&layout), ["name", "age", "email"]);
        layout.change("email", |place| place.pinned = true);
        layout.set_width("age", 333.0);
        layout.row_height = RowHeight::Tall;
        service.keep_layout(&one, &id, layout.clone()).await.unwrap();
        layout.hide(&["name".to_string()]);
        service.keep_layout(&one, &id, layout.clone()).await.unwrap();
        assert_eq!(service.layout(&one, &sheet).await.unwrap(), layout);
        assert_eq!(
            service.layout(&other, &sheet).await.unwrap(),
            SheetLayout::default().complete(&["name", "age", "email"])
        );

        // An outcome hides columns of the person who reads it; what is no field is passed over.
        let hidden =
            service.hide_columns(&other, &id, &["age".to_string(), "gone".to_string()]).await.unwrap();
        assert_eq!((hidden.hidden(), keys(&hidden)), (1, vec!["name", "age", "email"]));

        // A field that comes later stands behind the one that is before it in the sheet.
        let field = json!({ "key": "city", "type": "string", "label": "City" });
        app.post(&format!("/v1/sheets/{}/fields?insertAtIndex=2", made.sheet), field).await.data();
        let sheet = service.sheet(&one, &id).await.unwrap();
        assert_eq!(keys(&service.layout(&one, &sheet).await.unwrap()), ["email", "name", "age", "city"]);

        layout.columns[0].width = Some(3);
        let refused = service.keep_layout(&one, &id, layout).await.unwrap_err();
        assert_eq!(
            (refused.kind, refused.message.as_str()),
            (ErrorKind::BadRequest, "columns: 3 is no width; use 48 to 1200")
        );
    })
    .await;
}

#[tokio::test]
async fn a_neighbour_has_no_layout_of_the_sheet() {
    on_each_database(async |app: TestApp| {
        let id = SheetId::parse(&contacts(&app).await.sheet).unwrap();
        let neighbour = app.service.actor_of_bearer(&app.neighbours_key().await).await.unwrap();
        let refused = app.service.hide_columns(&neighbour, &id, &["age".to_string()]).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::NotFound);
        let refused = app.service.keep_layout(&neighbour, &id, SheetLayout::default()).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_view_comes_back_under_its_id() {
    on_each_database(async |app: TestApp| {
        let sheet = contacts(&app).await.sheet;
        let config = json!({ "q": "age gt 3", "layout": { "columns": [{ "key": "age", "hidden": true }] } });
        let made =
            app.post("/v1/views", json!({ "sheetId": sheet, "name": "Old", "config": config })).await.data();
        let path = format!("/v1/views/{}", text(&made, "id"));
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
        assert_eq!(app.get(&format!("/v1/views?sheetId={sheet}")).await.json()["data"], json!([]));
        let id = inlet::domain::ids::ViewId::parse(&text(&made, "id")).unwrap();
        let neighbour = app.service.actor_of_bearer(&app.neighbours_key().await).await.unwrap();
        assert_eq!(app.service.restore_view(&neighbour, &id).await.unwrap_err().kind, ErrorKind::NotFound);
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let back = app.service.restore_view(&actor, &id).await.unwrap();
        assert_eq!(back.config.layout().unwrap().hidden(), 1);
        assert_eq!(app.get(&path).await.data()["name"], "Old");
        let bad = json!({ "sheetId": sheet, "name": "x", "config": { "layout": { "columns": 3 } } });
        assert!(app.post("/v1/views", bad).await.refused(400).contains("layout.columns"));
    })
    .await;
}
