//! A person who types into a cell never writes over what they did not see, and the same edit may come twice.

use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId};
use inlet::service::ErrorKind;
use inlet::service::authentication::actor_of_user;
use inlet::service::cell_edits::{Typed, TypedCell};
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, typed};
use crate::{TestApp, on_each_database};

/// A sheet with Ann, a person and a program who may write to it.
async fn sheet_of_ann(app: &TestApp) -> (SheetId, String, Actor, Actor) {
    let made = contacts(app).await;
    let record = insert(app, &made.sheet, &[json!({ "name": "Ann" })]).await.remove(0);
    let person = actor_of_user(&app.service.sign_in_local().await.unwrap().user);
    let program = app.service.actor_of_bearer(&app.key).await.unwrap();
    (SheetId::parse(&made.sheet).unwrap(), record, person, program)
}

async fn name(app: &TestApp, sheet: &SheetId) -> Value {
    let records = app.get(&format!("/v1/sheets/{sheet}/records")).await.data();
    records["records"][0]["values"]["name"]["value"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_wrote_meanwhile_stays_and_is_told() {
    on_each_database(async |app: TestApp| {
        let (sheet, record, person, program) = sheet_of_ann(&app).await;
        let edit = async |actor: &Actor, cell| app.service.type_cell(actor, &sheet, cell).await.unwrap();
        let first = edit(&person, typed(&record, Some("Ann"), Some("Ada"))).await;
        let Typed::Written(first) = first else { panic!("{first:?}") };
        assert!(first.commit_id.is_some());

        let late = edit(&program, typed(&record, Some("Ann"), Some("Eve"))).await;
        let Typed::Changed { now, by } = late else { panic!("{late:?}") };
        assert_eq!((now.as_deref(), by.id), (Some("Ada"), person.id.clone()));
        assert!(by.name.is_some(), "a person is told by name");
        assert_eq!(name(&app, &sheet).await, json!("Ada"));

        // Over what is known of now it is written; another field of the record is nobody's conflict.
        assert!(matches!(edit(&program, typed(&record, Some("Ada"), Some("Eve"))).await, Typed::Written(_)));
        let age = TypedCell { field: "age".to_string(), ..typed(&record, None, Some("7")) };
        assert!(matches!(edit(&person, age).await, Typed::Written(_)));
        let late = edit(&person, typed(&record, Some("Ada"), None)).await;
        let Typed::Changed { now, by } = late else { panic!("{late:?}") };
        assert_eq!((now.as_deref(), by.id, by.name), (Some("Eve"), program.id.clone(), None));
        assert_eq!(name(&app, &sheet).await, json!("Eve"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_whose_answer_was_lost_may_come_again() {
    on_each_database(async |app: TestApp| {
        let (sheet, record, person, _) = sheet_of_ann(&app).await;
        let edit = async |cell| match app.service.type_cell(&person, &sheet, cell).await.unwrap() {
            Typed::Written(written) => written,
            other => panic!("{other:?}"),
        };
        let first = edit(typed(&record, Some("Ann"), Some("Ada"))).await;
        let again = edit(typed(&record, Some("Ann"), Some("Ada"))).await;
        assert_eq!((again.version, again.commit_id), (first.version, None), "nothing happens twice");
        // What was typed after it goes on from it.
        edit(typed(&record, Some("Ada"), Some("Ann"))).await;
        assert_eq!(name(&app, &sheet).await, json!("Ann"));
        // A character that cannot be kept is left out of the comparison, too.
        edit(typed(&record, Some("Ann"), Some("A\0da"))).await;
        edit(typed(&record, Some("Ann"), Some("A\0da"))).await;
        assert_eq!(name(&app, &sheet).await, json!("Ada"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_gone_and_a_stranger_are_told_apart() {
    on_each_database(async |app: TestApp| {
        let (sheet, record, person, _) = sheet_of_ann(&app).await;
        let neighbour = app.service.actor_of_bearer(&app.neighbours_key().await).await.unwrap();
        let cell = || typed(&record, Some("x"), Some("y"));
        let stranger = app.service.type_cell(&neighbour, &sheet, cell()).await.unwrap_err();
        assert_eq!(stranger.kind, ErrorKind::NotFound);
        app.delete(&format!("/v1/sheets/{sheet}/records?ids={record}")).await;
        assert_eq!(app.service.type_cell(&person, &sheet, cell()).await.unwrap(), Typed::Gone);
    })
    .await;
}
