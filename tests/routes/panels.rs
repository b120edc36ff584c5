//! What the panels beside the grid ask of the service: found cells, calculations, kinds of messages, the history.

use std::ops::Range;
use std::slice::from_ref;

use inlet::domain::access::Actor;
use inlet::domain::cell_edit::Spelling;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::query::{RecordQuery, SortDirection};
use inlet::service::bulk::BulkChange;
use inlet::service::find::{Found, Sought};
use inlet::sheets::{Calculation, Seek};
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, write_cell};
use crate::{TestApp, on_each_database};

/// A sheet with so many people and who asks for them: every third of them Ann, the others Bob.
async fn people(app: &TestApp, count: usize) -> (Actor, SheetId, Vec<String>) {
    let made = contacts(app).await;
    let rows: Vec<Value> = (0..count)
        .map(|row| {
            let name = if row % 3 == 0 { "Ann" } else { "Bob" };
            let age = if row % 2 == 0 { json!(format!("{row}.25")) } else { json!(null) };
            json!({ "name": name, "age": age, "email": format!("ann{row}@x.example") })
        })
        .collect();
    let ids = insert(app, &made.sheet, &rows).await;
    let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
    (actor, SheetId::parse(&made.sheet).unwrap(), ids)
}

fn sought(text: &str, spelling: Spelling, fields: &[&str]) -> Sought {
    let fields = fields.iter().map(|key| key.to_string()).collect();
    Sought { text: text.to_string(), spelling, fields }
}

fn place(found: &Found) -> (u64, u64, u64, &str) {
    let next = found.next.as_ref().unwrap();
    (found.cells, next.place, next.row, &next.field)
}

#[tokio::test]
async fn cells_are_found_in_the_order_of_the_view() {
    on_each_database(async |app: TestApp| {
        let (actor, id, ids) = people(&app, 600).await;
        // One cell lies over the chunks.
        write_cell(&app, &id, &ids[1], "name", "Joanne").await;
        let find = async |query: &RecordQuery, sought: &Sought, seek: Seek| {
            app.service.find_cells(&actor, &id, query, sought, seek).await.unwrap()
        };
        let all = RecordQuery::default();
        let any = sought("ANN", Spelling::default(), &["name", "email"]);
        assert_eq!(place(&find(&all, &any, Seek::From((0, 0))).await), (801, 1, 0, "name"));
        assert_eq!(place(&find(&all, &any, Seek::After((0, 0))).await), (801, 2, 0, "email"));
        assert_eq!(place(&find(&all, &any, Seek::After((0, 1))).await), (801, 3, 1, "name"));
        assert_eq!(place(&find(&all, &any, Seek::Before((0, 0))).await), (801, 801, 599, "email"));
        let whole = Spelling { match_case: true, whole_cell: true };
        let found = find(&all, &sought("Ann", whole, &["name"]), Seek::After((0, 0))).await;
        assert_eq!(place(&found), (200, 2, 3, "name"));
        assert_eq!(found.next.unwrap().record_id, ids[3]);
        // Downwards by e-mail address, among the Anns only.
        let query = RecordQuery {
            search_value: Some("\"Ann\"".to_string()),
            sort_field: Some("email".to_string()),
            sort_direction: Some(SortDirection::Desc),
            ..RecordQuery::default()
        };
        let one = sought("ann99@", Spelling::default(), &["email"]);
        assert_eq!(place(&find(&query, &one, Seek::From((0, 0))).await), (1, 1, 1, "email"));
        let empty = sought("", Spelling::default(), &["age"]);
        assert_eq!(place(&find(&all, &empty, Seek::From((2, 0))).await), (300, 2, 3, "age"));
        let none = find(&all, &sought("nobody", Spelling::default(), &["name"]), Seek::From((0, 0))).await;
        assert_eq!((none.cells, none.next), (0, None));
        let unknown = sought("x", Spelling::default(), &["shoe"]);
        assert!(app.service.find_cells(&actor, &id, &all, &unknown, Seek::From((0, 0))).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn as_many_cells_are_replaced_as_were_found() {
    on_each_database(async |app: TestApp| {
        let (actor, id, _) = people(&app, 300).await;
        for (text, spelling) in [
            ("ann", Spelling { match_case: true, whole_cell: false }),
            ("ANN", Spelling { match_case: false, whole_cell: true }),
            ("", Spelling::default()),
        ] {
            let found = sought(text, spelling, &["name", "email", "age"]);
            let all = RecordQuery::default();
            let before = app.service.find_cells(&actor, &id, &all, &found, Seek::From((0, 0))).await.unwrap();
            assert!(before.writable > 0 && before.writable == before.cells, "{before:?}");
            let change = BulkChange::Replace {
                field: None,
                find: text.into(),
                spelling: Some(spelling),
                with: "7".into(),
            };
            let changed = app.service.change_in_bulk(&actor, &id, &all, &change, false).await.unwrap();
            assert_eq!(changed.records, before.cells, "{text}: one cell a record");
            let after = app.service.find_cells(&actor, &id, &all, &found, Seek::From((0, 0))).await.unwrap();
            assert_eq!(after.cells, 0, "{text}");
            app.service.undo_change(&actor, &id, &changed.change_id).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn any_rows_of_a_view_are_calculated() {
    on_each_database(async |app: TestApp| {
        let (actor, id, ids) = people(&app, 500).await;
        write_cell(&app, &id, &ids[4], "age", "much").await;
        let wanted = |field: &str, distinct| Calculation { field: field.to_string(), distinct, rows: None };
        let all = RecordQuery::default();
        let fields = [wanted("age", false), wanted("name", true)];
        let (_, found) = app.service.calculate(&actor, &id, &all, &fields).await.unwrap();
        let numbers = found[0].numbers.unwrap();
        assert_eq!((found[0].cells, found[0].empty, found[0].invalid), (500, 250, 1));
        assert_eq!((numbers.count, numbers.digits), (249, 2));
        // 0, 2, … 498 without 4, and a quarter each.
        assert_eq!(numbers.total(), 249.0 * 250.0 - 4.0 + 249.0 * 0.25);
        assert_eq!((numbers.least, numbers.most), (0.25, 498.25));
        assert_eq!((found[1].distinct, found[1].numbers), (Some(2), None));

        let query = RecordQuery {
            sort_field: Some("age".to_string()),
            sort_direction: Some(SortDirection::Desc),
            ..RecordQuery::default()
        };
        // Downwards the text comes first, then the largest number; empty cells are last in any order.
        let rows = async |query: &RecordQuery, rows: &[Range<u64>]| {
            let wanted = Calculation { rows: Some(rows.to_vec()), ..wanted("age", false) };
            app.service.calculate(&actor, &id, query, &[wanted]).await.unwrap().1
        };
        let several = rows(&query, &[0..2, 1..3, 249..250]).await;
        assert_eq!((several[0].cells, several[0].empty), (4, 0), "rows that are named twice count once");
        let (first, last) =
            (rows(&query, from_ref(&(0..2))).await, rows(&query, from_ref(&(249..253))).await);
        assert_eq!((first[0].cells, first[0].empty, first[0].invalid), (2, 0, 1));
        assert_eq!(first[0].numbers.unwrap().most, 498.25);
        assert_eq!((last[0].cells, last[0].empty, last[0].invalid), (4, 3, 0));
        assert_eq!(last[0].numbers.unwrap().least, 0.25);
        let none = rows(&all, from_ref(&(500..600))).await;
        assert_eq!((none[0].cells, none[0].numbers), (0, None));
    })
    .await;
}

#[tokio::test]
async fn messages_that_differ_by_their_values_are_one_kind() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let rows: Vec<Value> = (0..40)
            .map(|row| json!({ "name": if row < 30 { "x" } else { "" }, "age": format!("a{row}") }))
            .collect();
        insert(&app, &made.sheet, &rows).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let id = SheetId::parse(&made.sheet).unwrap();
        let (_, kinds) = app.service.message_kinds(&actor, &id, &RecordQuery::default()).await.unwrap();
        let found: Vec<_> =
            kinds.iter().map(|kind| (kind.field.as_str(), kind.kind.as_str(), kind.count)).collect();
        assert_eq!(found, [("age", "“…” is not a number", 40), ("name", "Name is required", 10)]);
        for kind in kinds {
            let condition = inlet::domain::message_kind::condition(&kind.field, &kind.kind);
            let query = RecordQuery { q: Some(condition.to_string()), ..RecordQuery::default() };
            let counts = app.service.record_counts(&actor, &id, &query).await.unwrap();
            assert_eq!(counts.total, kind.count, "{condition}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_commits_of_one_change_are_one_line_of_the_history() {
    on_each_database(async |app: TestApp| {
        let (actor, id, ids) = people(&app, 12_000).await;
        let change = BulkChange::Update(vec![("name".to_string(), "Eve".into())]);
        let all = RecordQuery::default();
        app.service.change_in_bulk(&actor, &id, &all, &change, false).await.unwrap();
        write_cell(&app, &id, &ids[0], "name", "Mia").await;
        let changes = app.service.sheet_changes(&actor, &id, 2).await.unwrap();
        let said: Vec<_> = changes.iter().map(|change| (change.kind.as_str(), change.updated)).collect();
        assert_eq!(said, [("update", 1), ("update", 12_000)]);
        assert!(changes[1].can_undo);
        app.service.undo_change(&actor, &id, changes[1].id.as_ref().unwrap()).await.unwrap();
        let changes = app.service.sheet_changes(&actor, &id, 10).await.unwrap();
        let undone =
            changes.iter().find(|change| change.updated == 12_000 && change.kind == "update").unwrap();
        assert!(!undone.can_undo, "{changes:?}");
    })
    .await;
}
