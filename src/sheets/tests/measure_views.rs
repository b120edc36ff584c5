//! How long views of a million records take. Run by hand:
//! `cargo test --release --lib --no-default-features --features ssr -- --ignored --nocapture measure_views`.

use std::time::Instant;

use super::{again, sheet_of, text, write};
use crate::domain::place::InsertAt;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::sheets::commit::Author;
use crate::sheets::import::ImportBuilder;
use crate::sheets::{NewRecord, RecordUpdate, Sheets, ValuesWanted};
use crate::store::testing::samples;

const ROWS: u64 = 1_000_000;

const FIELDS: [(&str, &str); 10] = [
    ("first_name", "string"),
    ("last_name", "string"),
    ("email", "string"),
    ("phone", "string"),
    ("birth_date", "date"),
    ("amount", "number"),
    ("quantity", "number"),
    ("status", "enum"),
    ("country", "enum"),
    ("company", "string"),
];

fn cells(row: u64) -> [String; 10] {
    let mixed = (row + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (row << 17);
    let a = mixed ^ (mixed >> 29);
    let first = ["Ada", "Amélie", "Barbara", "Björn", "Carl", "Dana", "Émile", "Grace"][(a % 8) as usize];
    let last = ["Lovelace", "Müller", "Turing", "Østergaard", "Naur", "Hopper"][(a / 8 % 6) as usize];
    [
        format!("{first}{}", a / 64 % 4),
        last.to_string(),
        format!("person.{}.{row}@example.com", a % 1000),
        format!("+49-{:03}-{:07}", a % 1000, a / 1000 % 10_000_000),
        format!("{}-{:02}-{:02}", 1940 + a % 65, 1 + a / 65 % 12, 1 + a / 780 % 28),
        format!("{}.{:02}", a % 100_000, a / 7 % 100),
        if row.is_multiple_of(50) { "12a".to_string() } else { (a % 1000).to_string() },
        ["active", "pending", "closed", "archived"][(a / 3 % 4) as usize].to_string(),
        ["US", "DE", "FR", "GB", "IN", "BR", "JP", "CN", "NG", "ZA"][(a / 5 % 10) as usize].to_string(),
        format!("Company {} Inc", a / 11 % 96),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long and proves nothing; prints times"]
async fn measure_views() {
    let database = crate::store::testing::database::sqlite().await;
    let tenant = samples::tenant(&database).await;
    let options = [
        "active", "pending", "closed", "archived", "US", "DE", "FR", "GB", "IN", "BR", "JP", "CN", "NG", "ZA",
    ];
    let options: Vec<_> = options.iter().map(|value| serde_json::json!({"value": value})).collect();
    let field = |(key, kind): &(&str, &str)| serde_json::json!({"key": key, "type": kind, "config": {"options": options}});
    let fields: Vec<_> = FIELDS.iter().map(field).collect();
    let mut sheet = sheet_of(&database, &tenant, serde_json::json!({"name": "Wide", "fields": fields})).await;
    sheet.field_numbers =
        (1..).map(FieldNumber).zip(FIELDS).map(|(number, (key, _))| (key.to_string(), number)).collect();
    let numbers = sheet.field_numbers.clone();
    let mapping: Vec<_> = (1..=10).map(|number| Some(FieldNumber(number))).collect();
    let sheets = Sheets::new(512 << 20);
    let mut builder = ImportBuilder::new(&sheet, &mapping);
    let mut writer = sheets.writer(&sheet).await.unwrap();
    let mut tx = database.write().await.unwrap();
    for row in 0..ROWS {
        let cells = cells(row);
        if let Some(draft) = builder.push_row(|column| cells.get(column).map(String::as_str)) {
            writer.append(&mut tx, super::BY, None, vec![draft]).await.unwrap();
        }
    }
    writer.append(&mut tx, super::BY, None, Vec::from_iter(builder.finish())).await.unwrap();
    tx.commit().await.unwrap();
    writer.publish();
    let mut sheet = again(&database, &tenant, &sheet).await;
    sheet.field_numbers = numbers.clone();

    let sorted = |key: &str, sort_direction| RecordQuery {
        sort_field: Some(key.to_string()),
        sort_direction: Some(sort_direction),
        ..RecordQuery::default()
    };
    let asked = |q: &str| RecordQuery { q: Some(q.to_string()), ..RecordQuery::default() };
    let sought = |text: &str| RecordQuery { search_value: Some(text.to_string()), ..RecordQuery::default() };
    let queries = [
        ("sort 32 values", sorted("first_name", SortDirection::Asc)),
        ("sort unique text", sorted("email", SortDirection::Asc)),
        ("sort unique text down", sorted("phone", SortDirection::Desc)),
        ("sort dates", sorted("birth_date", SortDirection::Asc)),
        ("sort numbers", sorted("amount", SortDirection::Desc)),
        ("two enums", asked("status eq active and country eq DE")),
        (
            "substring in four fields",
            asked(
                "first_name contains omp or email contains 9.77 or phone contains 123-4 or company contains 'y 7'",
            ),
        ),
        ("substring in all fields", sought("son.77")),
        ("substring beyond ASCII", sought("ÉMILE")),
        ("number between", asked("amount gte 100 and amount lt 2000")),
        ("errors", RecordQuery { filter: Some(Filter::Error), ..RecordQuery::default() }),
    ];
    for round in ["cold", "warm"] {
        for (what, query) in &queries {
            let mut tx = database.read().await.unwrap();
            let view = sheets.view(&mut tx, &sheet).await.unwrap();
            view.state.orders.forget();
            let began = Instant::now();
            let count = view.count(&mut tx, query).await.unwrap();
            let answered = began.elapsed();
            let page = view.page(&mut tx, query, 0, 100, None).await.unwrap();
            println!(
                "{round}: {what}: {answered:?}, first page after {:?} ({count}, {})",
                began.elapsed(),
                page.len()
            );
        }
    }
    let mut tx = database.read().await.unwrap();
    let view = sheets.view(&mut tx, &sheet).await.unwrap();
    for key in ["country", "email"] {
        let began = Instant::now();
        let wanted = ValuesWanted { field: key.to_string(), limit: 10, ..ValuesWanted::default() };
        let (_, total) = view.values(&mut tx, wanted).await.unwrap();
        println!("values of {key}: {:?} ({total})", began.elapsed());
    }
    let began = Instant::now();
    let messages = view.message_counts(&mut tx, &RecordQuery::default()).await.unwrap();
    println!("messages: {:?} ({})", began.elapsed(), messages.len());
    let sort = sorted("email", SortDirection::Asc);
    view.count(&mut tx, &sort).await.unwrap();
    drop(tx);
    let update = RecordUpdate {
        number: RecordNumber(500_000),
        cells: vec![(FieldNumber(3), text("aaa@example.com"))],
        metadata: None,
        config: None,
    };
    write!(sheets, database, &sheet, update(vec![update]));
    let mut sheet = again(&database, &tenant, &sheet).await;
    sheet.field_numbers = numbers;
    let mut tx = database.read().await.unwrap();
    let view = sheets.view(&mut tx, &sheet).await.unwrap();
    let began = Instant::now();
    let page = view.page(&mut tx, &sort, 0, 1, None).await.unwrap();
    println!("a sorted view after an edit: {:?} (record {:?})", began.elapsed(), page[0].number);
    drop(tx);
    for inserted in [1, 1_000, 90_000] {
        let mut writer = sheets.writer(&sheet).await.unwrap();
        let mut tx = database.write().await.unwrap();
        let spots = (1..=inserted).map(|place| (1, InsertAt::After(RecordNumber(place * (ROWS / inserted)))));
        let author = Author { by: super::BY, change: None };
        let records = vec![NewRecord::default(); inserted as usize];
        writer.insert_each(&mut tx, author, records, spots.collect()).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
        sheet.version = again(&database, &tenant, &sheet).await.version;
        let mut tx = database.read().await.unwrap();
        let view = sheets.view(&mut tx, &sheet).await.unwrap();
        for (what, query, offset) in [
            ("all", RecordQuery::default(), 0),
            ("all again, from the middle", RecordQuery::default(), ROWS / 2),
            ("sort 32 values", sorted("first_name", SortDirection::Asc), 0),
            ("sort unique text", sorted("email", SortDirection::Asc), 0),
        ] {
            let began = Instant::now();
            let frame = view.frame(&mut tx, &query, offset, 100).await.unwrap();
            println!("{inserted} inserted more: {what}: {:?} ({})", began.elapsed(), frame.total);
        }
    }
}
