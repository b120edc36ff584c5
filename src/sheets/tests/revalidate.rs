//! A change of the blueprint: the messages are those that the same records would get if they came anew.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::model::remark;
use super::{AGE, BY, EMAIL, FIELDS, NAME, SMALL, again, all, person, sheet_of, text, write};
use crate::domain::blueprint::Level;
use crate::domain::record::{FieldNumber, Message, Record, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{CellInput, NewRecord, RecordUpdate, Sheets, Stale};
use crate::store::Db;
use crate::store::testing::databases;
use crate::store::testing::samples;

/// What the fields may be like; the same key, other rules.
fn configs() -> Vec<Value> {
    let field = |key: &str, kind: &str, constraints: Value, config: Value| json!({"key": key, "type": kind, "constraints": constraints, "config": config});
    let free = || field("email", "string", json!([]), json!({}));
    let who =
        json!([{"type": "unique", "name": "who", "fields": ["name", "age"], "requiredFields": ["age"]}]);
    vec![
        json!({"name": "S", "fields": [field("name", "string", json!([]), json!({})), free(), field("age", "string", json!([]), json!({}))]}),
        json!({"name": "S", "fields": [
            field("name", "string", json!([{"type": "required"}]), json!({})),
            field("email", "string", json!([{"type": "unique", "config": {"caseSensitive": false}}]), json!({})),
            field("age", "number", json!([]), json!({}))], "constraints": who}),
        json!({"name": "S", "fields": [
            field("name", "enum", json!([{"type": "required", "config": {"level": "warn"}}]), json!({"options": [{"value": "a"}, {"value": "b"}]})),
            field("age", "boolean", json!([{"type": "unique"}]), json!({}))]}),
        json!({"name": "S", "fields": [
            field("email", "string", json!([{"type": "required"}, {"type": "external", "validator": "length", "config": {"min": 2}}]), json!({})),
            field("name", "date", json!([{"type": "unique", "config": {"ignoreEmpty": true, "message": "Twice"}}]), json!({})),
            field("age", "number", json!([{"type": "external", "validator": "range", "config": {"min": 8}}]), json!({}))],
            "constraints": [{"type": "unique", "name": "both", "fields": ["email", "age"], "config": {"level": "info"}}]}),
        // The second once more, but for what is said of empty cells.
        json!({"name": "S", "fields": [
            {"key": "name", "label": "Full name", "type": "string", "constraints": [{"type": "required"}]},
            field("email", "string", json!([{"type": "required"}, {"type": "unique", "config": {"caseSensitive": false}}]), json!({})),
            field("age", "number", json!([{"type": "required", "config": {"message": "How old?", "level": "warn"}}]), json!({}))],
            "constraints": who}),
    ]
}

/// What one run of the property does.
#[derive(Debug, Clone)]
struct Case {
    from: usize,
    to: usize,
    /// Texts of records; how they are written depends on the place.
    rows: Vec<[&'static str; 3]>,
    /// Cells that are changed afterwards, with a listener's remark or without.
    edits: Vec<(usize, usize, &'static str, bool)>,
    deleted: Vec<usize>,
    fold: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let cell =
        || prop::sample::select(vec!["", " ", "a", "A", "b", "7", "7.0", "12", "yes", "2001-02-03", "x y"]);
    let rows = prop::collection::vec([cell(), cell(), cell()], 1..40);
    let edits = prop::collection::vec((any::<usize>(), 0..3usize, cell(), any::<bool>()), 0..12);
    let deleted = prop::collection::vec(any::<usize>(), 0..4);
    (0..5usize, 0..5usize, rows, edits, deleted, any::<bool>())
        .prop_map(|(from, to, rows, edits, deleted, fold)| Case { from, to, rows, edits, deleted, fold })
}

async fn revalidate(sheets: &Sheets, db: &Db, sheet: &Sheet, stale: &Stale) -> u64 {
    let mut commits = 0;
    let mut from = Some(RecordNumber(0));
    while let Some(begin) = from {
        let mut writer = sheets.writer(sheet).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let done = writer.revalidate(&mut tx, BY, None, (sheet, stale), begin).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
        commits += u64::from(done.committed.commit.is_some());
        from = done.rest;
    }
    commits
}

/// Records without their numbers, their messages in a fixed order.
fn plain(records: Vec<Record>) -> Vec<Vec<(Option<String>, Vec<Message>)>> {
    let cells = |record: Record| {
        let cells = record.cells.into_iter().map(|mut cell| {
            cell.messages.sort();
            (cell.text, cell.messages)
        });
        cells.collect()
    };
    records.into_iter().map(cells).collect()
}

/// The same records as somebody would bring them, with the remarks of listeners.
fn anew(records: &[Record], sheet: &Sheet) -> Vec<NewRecord> {
    let fields: Vec<FieldNumber> = sheet.columns().map(|(number, _)| number).collect();
    let cell = |field: FieldNumber, cell: &crate::domain::record::Cell| {
        let custom = cell.messages.iter().filter(|message| !message.derived).cloned().collect();
        (field, CellInput { text: cell.text.clone(), messages: Some(custom) })
    };
    let record = |record: &Record| NewRecord {
        cells: fields.iter().zip(&record.cells).map(|(field, it)| cell(*field, it)).collect(),
        ..NewRecord::default()
    };
    records.iter().map(record).collect()
}

async fn check(db: &Db, tenant: &samples::Tenant, case: Case) {
    let configs = configs();
    let before = sheet_of(db, tenant, configs[case.from].clone()).await;
    let sheets = Sheets::with_limits(1 << 20, SMALL);
    let rows = case.rows.iter().map(|[name, email, age]| person(name, email, age)).collect::<Vec<_>>();
    for part in rows.chunks(7) {
        write!(sheets, db, &before, insert(part.to_vec()));
    }
    // A listener speaks of fields that are there.
    let there =
        |field: FieldNumber| if before.columns().any(|(number, _)| number == field) { field } else { NAME };
    let pick = |pick: usize| RecordNumber(1 + (pick % case.rows.len()) as u64);
    let update = |(row, field, value, remarked): &(usize, usize, &str, bool)| RecordUpdate {
        number: pick(*row),
        cells: vec![(
            there(FIELDS[*field]),
            CellInput {
                text: Some(value.to_string()).filter(|value| !value.is_empty()),
                messages: remarked.then(|| vec![remark("odd", Level::Error)]),
            },
        )],
        metadata: None,
        config: None,
    };
    for edits in case.edits.chunks(3) {
        write!(sheets, db, &before, update(edits.iter().map(update).collect()));
    }
    write!(sheets, db, &before, delete(case.deleted.iter().map(|row| pick(*row)).collect()));
    if case.fold {
        let mut writer = sheets.writer(&before).await.unwrap();
        let mut tx = db.write().await.unwrap();
        writer.fold(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
    }
    let mut after = again(db, tenant, &before).await;
    after.config = serde_json::from_value(configs[case.to].clone()).unwrap();
    let stale = Stale::between(&before, &after);
    assert_eq!(stale.is_empty(), case.from == case.to);
    revalidate(&sheets, db, &after, &stale).await;
    sheets.forget();
    let found = all(&sheets, db, &after).await;

    let fresh = sheet_of(db, tenant, configs[case.to].clone()).await;
    write!(sheets, db, &fresh, insert(anew(&found, &after)));
    let expected = all(&sheets, db, &fresh).await;
    assert_eq!(plain(found.clone()), plain(expected), "{case:?}");
    let (one, other) = (again(db, tenant, &after).await, again(db, tenant, &fresh).await);
    assert_eq!(one.counts, other.counts, "{case:?}");
    assert_eq!(one.counts.error, found.iter().filter(|record| !record.is_valid()).count() as u64);
    assert_eq!(revalidate(&sheets, db, &after, &Stale::all(&after)).await, 0, "nothing was left to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_those_of_records_that_come_anew() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let cases_run = if database.name == "SQLite" { 48 } else { 16 };
        let mut runner = TestRunner::new(Config { cases: cases_run, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            runner.run(&cases(), |case| {
                handle.block_on(check(&database, &tenant, case));
                Ok(())
            })
        })
        .unwrap();
    }
}

#[tokio::test]
async fn only_the_messages_of_changed_segments_are_written() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let before = sheet_of(&database, &tenant, configs()[0].clone()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let rows = (0..64).map(|row| person("a", "", if row == 20 { "bad" } else { "7" })).collect();
        write!(sheets, database, &before, insert(rows));
        let mut after = again(&database, &tenant, &before).await;
        std::sync::Arc::make_mut(&mut after.config).fields[2].field_type =
            crate::domain::blueprint::FieldType::Number;
        assert_eq!(revalidate(&sheets, &database, &after, &Stale::between(&before, &after)).await, 1);
        let mut tx = database.read().await.unwrap();
        let head = crate::store::records::head(&mut tx, before.number).await.unwrap().unwrap();
        assert_eq!((head.version, head.invalid), (2, 1));
        let columns = crate::store::records::columns(&mut tx, before.number, crate::store::records::At::Head)
            .await
            .unwrap();
        assert_eq!(columns.iter().filter(|column| column.part == -2).count(), 1);
        drop(tx);
        let old = again(&database, &tenant, &before).await;
        let mut tx = database.read().await.unwrap();
        let view = sheets.view_at(&mut tx, &old, 1).await.unwrap();
        assert_eq!(view.counts().error, 0, "the version before it is what it was");
    }
}

#[tokio::test]
async fn an_edit_after_it_goes_by_the_new_rules() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let before = sheet_of(&database, &tenant, configs()[0].clone()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(sheets, database, &before, insert(vec![person("a", "x", "7"), person("b", "X", "8")]));
        let mut after = again(&database, &tenant, &before).await;
        after.config = serde_json::from_value(configs()[1].clone()).unwrap();
        revalidate(&sheets, &database, &after, &Stale::between(&before, &after)).await;
        let records = all(&sheets, &database, &after).await;
        assert!(records.iter().all(|record| record.cells[1].messages.len() == 1), "both are doubles");
        let update = RecordUpdate {
            number: RecordNumber(2),
            cells: vec![(EMAIL, text("y")), (AGE, text("9")), (NAME, text("c"))],
            metadata: None,
            config: None,
        };
        let done = write!(sheets, database, &after, update(vec![update]));
        assert_eq!(done.counts.error, 0);
    }
}
