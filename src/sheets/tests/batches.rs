//! What is read in batches is what is read as records, in every order.

use serde_json::json;

use super::{AGE, FIELDS, NAME, again, people, person, sheet_of, text, write};
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::{Cell, Record, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::import::ImportBuilder;
use crate::sheets::{BatchRecord, RecordUpdate, Sheets, View};
use crate::store::testing::{databases, samples};
use crate::store::{Db, Tx};

const ROWS: usize = 9_000;

fn row(row: usize) -> [String; 3] {
    let name = if row.is_multiple_of(7) { String::new() } else { format!("name {}", row % 3000) };
    [name, format!("{}@x", row * 7 % ROWS), (row * 31 % ROWS).to_string()]
}

fn queries() -> Vec<RecordQuery> {
    let query = RecordQuery::default;
    let sorted = || RecordQuery { sort_field: Some("age".to_string()), ..query() };
    vec![
        query(),
        RecordQuery { filter: Some(Filter::Error), ..query() },
        RecordQuery { filter: Some(Filter::Valid), ..query() },
        RecordQuery { filter: Some(Filter::None), ..query() },
        RecordQuery { search_value: Some("99".to_string()), ..query() },
        sorted(),
        RecordQuery { sort_direction: Some(SortDirection::Desc), filter: Some(Filter::Error), ..sorted() },
    ]
}

fn record(read: &BatchRecord<'_>) -> Record {
    let cell = |text: Option<&str>| Cell { text: text.map(str::to_string), messages: Vec::new() };
    let mut cells: Vec<Cell> = read.cells().map(cell).collect();
    for (place, message) in read.messages() {
        cells[place].messages.push(message.clone());
    }
    let (metadata, config) = (read.metadata().cloned(), read.config().cloned());
    Record { number: read.number(), cells, metadata, config }
}

/// The records from the third on, and how many batches they came in.
async fn walk(view: &View, tx: &mut Tx, query: &RecordQuery, fields: &[String]) -> (Vec<Record>, usize) {
    let positions = view.positions(tx, query).await.unwrap();
    let mut batches = view.batches(positions, 3..usize::MAX, Some(fields)).unwrap();
    let (mut records, mut count) = (Vec::new(), 0);
    while let Some(batch) = batches.next(tx).await.unwrap() {
        assert_eq!(batch.open().records().count(), batch.records());
        records.extend(batch.open().records().map(|read| record(&read)));
        count += 1;
    }
    assert_eq!(batches.left(), 0);
    (records, count)
}

async fn check(sheets: &Sheets, db: &Db, sheet: &Sheet) {
    let mut tx = db.read().await.unwrap();
    let view = sheets.view(&mut tx, sheet).await.unwrap();
    for query in queries() {
        for fields in [vec!["age".to_string(), "name".to_string()], super::KEYS.map(str::to_string).to_vec()]
        {
            let (read, batches) = walk(&view, &mut tx, &query, &fields).await;
            let expected = view.page(&mut tx, &query, 3, usize::MAX, Some(&fields)).await.unwrap();
            assert!(read == expected, "{query:?}");
            assert!(batches <= 5, "{query:?}: {batches} batches");
        }
    }
}

#[tokio::test]
async fn batches_are_the_records_in_every_order() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::new(1 << 20);
        let mut builder = ImportBuilder::new(&sheet, &FIELDS.map(Some));
        let push = |place| {
            let row = row(place);
            builder.push_row(|column| row.get(column).map(String::as_str))
        };
        let mut drafts: Vec<_> = (0..ROWS).filter_map(push).collect();
        drafts.extend(builder.finish());
        write!(sheets, database, &sheet, append(drafts));
        let update = |number: u64| RecordUpdate {
            number: RecordNumber(number),
            cells: vec![(AGE, text("old")), (NAME, text(format!("changed {number}")))],
            metadata: number.is_multiple_of(400).then(|| json!({ "seen": number })),
            config: Some(json!({ "readonly": true })),
        };
        write!(sheets, database, &sheet, update((1..40).map(|place| update(place * 200)).collect()));
        check(&sheets, &database, &again(&database, &tenant, &sheet).await).await;
        let tail = (0..9).map(|row| person("Tail", &format!("t{row}"), "1")).collect();
        write!(sheets, database, &sheet, insert(tail));
        let gone = (10..300).map(|place| RecordNumber(place * 30)).collect();
        write!(sheets, database, &sheet, delete(gone));
        check(&sheets, &database, &again(&database, &tenant, &sheet).await).await;
    }
}

#[tokio::test]
async fn records_that_are_too_long_for_one_batch_come_in_several() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::new(1 << 20);
        let long = "x".repeat(1 << 20);
        let all = (0..40).map(|row| person(&long, &format!("e{row}"), "")).collect();
        write!(sheets, database, &sheet, insert(all));
        let sheet = again(&database, &tenant, &sheet).await;
        let mut tx = database.read().await.unwrap();
        let view = sheets.view(&mut tx, &sheet).await.unwrap();
        let (read, batches) = walk(&view, &mut tx, &RecordQuery::default(), &["name".to_string()]).await;
        assert_eq!((read.len(), batches), (37, 2));
    }
}
