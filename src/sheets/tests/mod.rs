//! The record store through its front door, on both databases.

mod batches;
mod changes;
mod crash;
mod formats;
mod frames;
mod imports;
mod measure;
mod measure_views;
mod model;
mod places;
mod references;
mod retention;
mod revalidate;
mod servers;
mod stories;
mod unique;
mod views;

use serde_json::{Value, from_value, json};

use super::limits::Limits;
use super::{CellInput, NewRecord, Sheets, View};
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, Record};
use crate::domain::workbook::Sheet;
use crate::store::testing::samples::{self, Tenant};
use crate::store::{Db, new_id};

const NAME: FieldNumber = FieldNumber(1);
const EMAIL: FieldNumber = FieldNumber(2);
const AGE: FieldNumber = FieldNumber(3);
const FIELDS: [FieldNumber; 3] = [NAME, EMAIL, AGE];
const KEYS: [&str; 3] = ["name", "email", "age"];
const BY: &str = "us_usr_00000000";

/// So small that a few records fill segments, go past the patch log, and make it fold.
const SMALL: Limits = Limits {
    sheet_records: 1_000_000,
    segment_records: 8,
    segment_bytes: 1 << 20,
    patched_records: 4,
    logged_records: 10,
    places: 1_000,
    commit_records: 20,
};

fn people() -> Value {
    json!({
        "name": "People",
        "slug": "people",
        "fields": [
            {"key": "name", "type": "string", "constraints": [{"type": "required"}]},
            {"key": "email", "type": "string", "constraints": [
                {"type": "unique", "config": {"caseSensitive": false, "ignoreEmpty": true}}
            ]},
            {"key": "age", "type": "number"}
        ],
        "constraints": [{
            "type": "unique", "name": "who", "fields": ["name", "age"], "requiredFields": ["age"]
        }]
    })
}

/// A sheet of its own in a database that has a tenant already.
async fn sheet_of(db: &Db, tenant: &Tenant, config: Value) -> Sheet {
    let id = new_id();
    let mut sheet = samples::sheet(&tenant.workbook, &format!("{id}"), &KEYS);
    sheet.id = id;
    sheet.config = std::sync::Arc::new(from_value(config).unwrap());
    let mut tx = db.write().await.unwrap();
    sheet.number = crate::store::sheets::insert(&mut tx, &sheet).await.unwrap();
    tx.commit().await.unwrap();
    sheet
}

/// The same sheet as the database has it now.
async fn again(db: &Db, tenant: &Tenant, sheet: &Sheet) -> Sheet {
    let mut tx = db.read().await.unwrap();
    let mut found = crate::store::sheets::find(&mut tx, &tenant.scope(), &sheet.id).await.unwrap().unwrap();
    found.number = sheet.number;
    found
}

fn text(text: impl Into<String>) -> CellInput {
    CellInput { text: Some(text.into()), messages: None }
}

fn person(name: &str, email: &str, age: &str) -> NewRecord {
    let given = [(NAME, name), (EMAIL, email), (AGE, age)];
    let cells = given.into_iter().filter(|(_, value)| !value.is_empty());
    NewRecord { cells: cells.map(|(field, value)| (field, text(value))).collect(), ..NewRecord::default() }
}

/// One commit in a transaction of its own.
macro_rules! write {
    ($sheets:expr, $db:expr, $sheet:expr, $method:ident($($argument:expr),*)) => {{
        let mut writer = $sheets.writer($sheet).await.unwrap();
        let mut tx = $db.write().await.unwrap();
        let committed = writer.$method(&mut tx, $crate::sheets::tests::BY, None, $($argument),*).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
        committed
    }};
}
use write;

/// All records of the head.
async fn all(sheets: &Sheets, db: &Db, sheet: &Sheet) -> Vec<Record> {
    let mut tx = db.read().await.unwrap();
    let head = crate::store::records::head(&mut tx, sheet.number).await.unwrap().unwrap();
    let view: View = sheets.view_at(&mut tx, sheet, head.version).await.unwrap();
    view.page(&mut tx, &RecordQuery::default(), 0, usize::MAX, None).await.unwrap()
}

/// For each record the texts of the messages on a field.
fn remarks(records: &[Record], field: FieldNumber) -> Vec<Vec<String>> {
    let place = FIELDS.iter().position(|other| *other == field).unwrap();
    let texts =
        |record: &Record| record.cells[place].messages.iter().map(|message| message.text.clone()).collect();
    records.iter().map(texts).collect()
}

/// The cells of a row of a file.
pub fn file_row<'a>(row: &'a [&'a str]) -> impl Fn(usize) -> Option<&'a str> {
    |column| row.get(column).copied()
}
