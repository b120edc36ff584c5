//! How long things take. Run by hand: `cargo test --release --features ssr -- --ignored --nocapture measure`.

use std::time::Instant;

use super::{FIELDS, KEYS, NAME, again, person, sheet_of, text, write};
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::sheets::import::ImportBuilder;
use crate::sheets::{RecordUpdate, Sheets};
use crate::store::testing::{databases, samples};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long and proves nothing; prints times"]
async fn measure() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        import(&database, &tenant, database.name).await;
        let config = super::people();
        let sheet = sheet_of(&database, &tenant, config).await;
        let sheets = Sheets::new(256 << 20);
        let began = Instant::now();
        for row in 0..1000 {
            write!(sheets, database, &sheet, insert(vec![person("Ann", &format!("{row}@x"), "7")]));
        }
        println!("{}: 1,000 single inserts, a transaction each: {:?}", database.name, began.elapsed());
    }
}

async fn import(db: &crate::store::Db, tenant: &samples::Tenant, name: &str) {
    let fields: Vec<_> = (0..10)
        .map(|place| {
            let key = if place < 3 { KEYS[place].to_string() } else { format!("f{place}") };
            let unique = if place == 1 { vec![serde_json::json!({"type": "unique"})] } else { Vec::new() };
            serde_json::json!({"key": key, "type": if place == 2 { "number" } else { "string" }, "constraints": unique})
        })
        .collect();
    let mut sheet = sheet_of(db, tenant, serde_json::json!({"name": "Wide", "fields": fields})).await;
    for place in 3..10 {
        sheet.field_numbers.insert(format!("f{place}"), FieldNumber(place + 1));
    }
    let mapping: Vec<_> = (1..=10).map(|number| Some(FieldNumber(number))).collect();
    let rows: Vec<Vec<String>> = (0..100_000u64)
        .map(|row| {
            let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
            let cell = |place: u64| match place {
                0 => format!("First{} Last{}", mixed % 500, mixed % 3000),
                1 => format!("first.last{row}@example.com"),
                2 if mixed.is_multiple_of(50) => "bad".to_string(),
                2 => (mixed % 100).to_string(),
                3 => format!("City {}", mixed % 200),
                4 => format!("+49 {mixed}"),
                _ => format!("value {} {}", place, mixed % 10u64.pow(place as u32 % 4 + 1)),
            };
            (0..10).map(cell).collect()
        })
        .collect();
    let sheets = Sheets::new(256 << 20);
    let began = Instant::now();
    let mut builder = ImportBuilder::new(&sheet, &mapping);
    let mut drafts: Vec<_> = rows
        .iter()
        .filter_map(|row| builder.push_row(|column| row.get(column).map(String::as_str)))
        .collect();
    drafts.extend(builder.finish());
    println!("{name}: 100,000 × 10 checked and encoded: {:?}", began.elapsed());
    let began = Instant::now();
    let mut writer = sheets.writer(&sheet).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let mut drafts = drafts.into_iter().peekable();
    while drafts.peek().is_some() {
        writer.append(&mut tx, super::BY, None, drafts.by_ref().take(2).collect()).await.unwrap();
    }
    tx.commit().await.unwrap();
    writer.publish();
    println!("{name}: written: {:?}", began.elapsed());
    let sheet = again(db, tenant, &sheet).await;
    let mut tx = db.read().await.unwrap();
    let view = sheets.view(&mut tx, &sheet).await.unwrap();
    let query = RecordQuery::default;
    for (what, query, offset) in [
        ("a page", query(), 50_000),
        ("a page again", query(), 50_000),
        ("filter", RecordQuery { filter: Some(Filter::Error), ..query() }, 0),
        ("search", RecordQuery { search_value: Some("last99".to_string()), ..query() }, 0),
        ("sort", RecordQuery { sort_field: Some("name".to_string()), ..query() }, 0),
        ("sort again", RecordQuery { sort_field: Some("name".to_string()), ..query() }, 1_000),
    ] {
        let began = Instant::now();
        let page = view.page(&mut tx, &query, offset, 128, None).await.unwrap();
        println!("{name}: {what}: {:?} ({} records)", began.elapsed(), page.len());
    }
    drop(tx);
    for (what, count) in [("one cell", 1u64), ("one cell again", 1), ("1,000 cells", 1_000)] {
        let update = |place: u64| RecordUpdate {
            number: RecordNumber(1 + place * 97),
            cells: vec![(NAME, text(format!("{what} {place}")))],
            metadata: None,
            config: None,
        };
        let updates = (0..count).map(update).collect();
        let began = Instant::now();
        write!(sheets, db, &sheet, update(updates));
        println!("{name}: {what}: {:?}", began.elapsed());
    }
    assert_eq!(FIELDS.len(), 3);
}
