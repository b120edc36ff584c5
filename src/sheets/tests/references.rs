//! References to another sheet: what is known of its values follows its edits, and every way in is checked.

use serde_json::json;

use super::{AGE, BY, EMAIL, FIELDS, NAME, SMALL, again, all, file_row, person, sheet_of, text, write};
use crate::domain::record::{MessageSource, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::link_columns::{LinkColumn, LinkColumns};
use crate::sheets::reading::Reading;
use crate::sheets::{CellInput, RecordUpdate, Sheets, Stale};
use crate::store::Db;
use crate::store::testing::databases;
use crate::store::testing::samples::{self, Tenant};

/// A sheet whose slug is its own in the workbook, so that others can refer to it.
async fn departments(db: &Db, tenant: &Tenant) -> (Sheet, String) {
    let sheet = sheet_of(db, tenant, json!({"name": "Departments", "fields": [
        {"key": "name", "type": "string", "label": "Code"}, {"key": "email", "type": "string"}, {"key": "age", "type": "string"}]}))
    .await;
    let slug = sheet.slug.clone();
    (sheet, slug)
}

fn update(number: u64, cells: &[(crate::domain::record::FieldNumber, &str)]) -> RecordUpdate {
    let input = |value: &str| if value.is_empty() { CellInput::default() } else { text(value) };
    let cells = cells.iter().map(|(field, value)| (*field, input(value))).collect();
    RecordUpdate { number: RecordNumber(number), cells, metadata: None, config: None }
}

#[tokio::test]
async fn what_is_known_of_a_column_follows_its_edits() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let (sheet, _) = departments(&database, &tenant).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let mut seed = 7u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            (seed >> 33) % below
        };
        for step in 0..40 {
            let value = ["", "a", "b", " b ", "c"][random(5) as usize];
            match random(4) {
                0 => _ = write!(sheets, database, &sheet, delete(vec![RecordNumber(1 + random(30))])),
                1 => {
                    _ = write!(
                        sheets,
                        database,
                        &sheet,
                        update(vec![update(1 + random(30), &[(NAME, value)])])
                    )
                }
                2 => {
                    _ = write!(
                        sheets,
                        database,
                        &sheet,
                        update(vec![update(1 + random(30), &[(EMAIL, value)])])
                    )
                }
                _ => {
                    _ = write!(
                        sheets,
                        database,
                        &sheet,
                        insert(vec![person(value, "x", ""), person("d", value, "")])
                    )
                }
            }
            if step == 20 {
                sheets.forget();
            }
            let now = again(&database, &tenant, &sheet).await;
            let column = |field| LinkColumn::new(field, Reading::Text);
            for narrows in [None, Some(column(EMAIL))] {
                let columns = LinkColumns::new(column(NAME), narrows);
                let fresh = Sheets::with_limits(1 << 20, SMALL);
                let (one, other) =
                    (sheets.link_values(now.number, columns), fresh.link_values(now.number, columns));
                let mut tx = database.read().await.unwrap();
                one.follow(&sheets, &mut tx, &now, columns).await.unwrap();
                other.follow(&fresh, &mut tx, &now, columns).await.unwrap();
                assert_eq!(one.known(), other.known(), "step {step}");
            }
        }
    }
}

#[tokio::test]
async fn references_are_compared_as_the_column_is_read() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let config = json!({"name": "Prices", "fields": [{"key": "name", "type": "number"},
            {"key": "email", "type": "boolean"}, {"key": "age", "type": "string"}]});
        let prices = sheet_of(&database, &tenant, config).await;
        let filter = json!({"recordField": "age", "refField": "email"});
        let config = json!({"name": "Orders", "fields": [
            {"key": "name", "type": "reference", "config": {"ref": prices.slug, "key": "name", "filter": filter}},
            {"key": "email", "type": "reference-list", "config": {"ref": prices.slug, "key": "name"}},
            {"key": "age", "type": "string"}]});
        let orders = sheet_of(&database, &tenant, config).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(sheets, database, &prices, insert(vec![person("1,000", "yes", ""), person("x", "no", "")]));
        let rows =
            vec![person("1000", "1000.0, 1,000", "true"), person("1000", "x", "no"), person("X", "y", "no")];
        write!(sheets, database, &orders, insert(rows));
        let wrong: Vec<_> = all(&sheets, &database, &orders)
            .await
            .iter()
            .map(|record| record.cells.iter().map(|cell| cell.messages.len()).collect::<Vec<_>>())
            .collect();
        assert_eq!(wrong, [vec![0, 1, 0], vec![1, 0, 0], vec![1, 1, 0]]);

        let prices = again(&database, &tenant, &prices).await;
        let mut tx = database.read().await.unwrap();
        let view = sheets.view(&mut tx, &prices).await.unwrap();
        let wanted = ["1000", "1,000.00", "y"].map(|value| (value.to_string(), None)).into_iter().collect();
        let found = view.first_with(&mut tx, "name", None, &wanted).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|((value, _), number)| (value, number.0)).collect();
        assert_eq!(found, [("1,000.00".to_string(), 1), ("1000".to_string(), 1)]);
    }
}

#[tokio::test]
async fn every_way_in_is_checked() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let (departments, slug) = departments(&database, &tenant).await;
        let config = json!({"name": "People", "fields": [
            {"key": "name", "type": "reference", "config": {"ref": slug, "key": "name"}},
            {"key": "email", "type": "reference-list", "config": {"ref": slug, "key": "name"}},
            {"key": "age", "type": "string"}]});
        let people = sheet_of(&database, &tenant, config).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(sheets, database, &departments, insert(vec![person("A", "", ""), person("B", "", "")]));

        let made =
            write!(sheets, database, &people, insert(vec![person("A", "A, B", ""), person("C", "A; D", "")]));
        assert_eq!(made.counts.error, 1);
        let records = all(&sheets, &database, &people).await;
        let messages: Vec<_> = records[1].cells.iter().flat_map(|cell| &cell.messages).collect();
        assert_eq!(messages[0].text, "No record of Departments has this value in Code");
        assert_eq!(messages[1].text, "No record of Departments has “D” in Code");
        assert!(messages.iter().all(|message| message.source == MessageSource::Unlinked && message.derived));

        write!(sheets, database, &departments, update(vec![update(2, &[(NAME, "C")])]));
        let done = write!(sheets, database, &people, update(vec![update(2, &[(EMAIL, "C")])]));
        assert_eq!(done.counts.error, 1, "the cell that was not touched is checked by whoever follows");
        let mut writer = sheets.writer(&people).await.unwrap();
        let mut tx = database.write().await.unwrap();
        let what = (&people, &Stale::links(&people));
        let done = writer.revalidate(&mut tx, BY, None, what, RecordNumber(0)).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
        assert_eq!(
            (done.committed.counts.error, done.committed.numbers.len()),
            (1, 2),
            "one is freed, one is caught"
        );

        let mut tx = database.read().await.unwrap();
        let mut builder = sheets.import_builder(&mut tx, &people, &FIELDS.map(Some)).await.unwrap();
        drop(tx);
        let mut drafts = Vec::new();
        for name in ["A", "B", "C", "", "A"] {
            drafts.extend(builder.push_row(file_row(&[name, "", ""])));
        }
        drafts.extend(builder.finish());
        let done = write!(sheets, database, &people, append(drafts));
        assert_eq!(done.counts.error, 2, "of the five only B leads nowhere");
    }
}

#[tokio::test]
async fn a_filter_narrows_the_candidates() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let (places, slug) = departments(&database, &tenant).await;
        let config = json!({"name": "People", "fields": [
            {"key": "name", "type": "reference", "config": {"ref": slug, "key": "name",
                "filter": {"refField": "email", "recordField": "age"}}},
            {"key": "email", "type": "string"}, {"key": "age", "type": "string"}]});
        let people = sheet_of(&database, &tenant, config).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(
            sheets,
            database,
            &places,
            insert(vec![person("Springfield", "US", ""), person("Bern", "CH", "")])
        );
        let made = write!(
            sheets,
            database,
            &people,
            insert(vec![person("Bern", "", "CH"), person("Bern", "", "US")])
        );
        assert_eq!(made.counts.error, 1);
        let done = write!(
            sheets,
            database,
            &people,
            update(vec![update(2, &[(AGE, "CH")]), update(1, &[(AGE, "")])])
        );
        assert_eq!((done.counts.error, done.numbers.len()), (1, 2), "the other field decides, too");
    }
}
