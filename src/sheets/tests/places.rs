//! Records that are inserted above and below others stand there, whatever is done to the sheet.

use super::{AGE, NAME, SMALL, again, people, person, sheet_of, text, write};
use crate::domain::place::InsertAt;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::RecordNumber;
use crate::domain::workbook::Sheet;
use crate::sheets::limits::Limits;
use crate::sheets::{NewRecord, RecordUpdate, SheetError, Sheets};
use crate::store::Db;
use crate::store::testing::databases;
use crate::store::testing::samples::{self, Tenant};

const ABOVE: fn(u64) -> InsertAt = |number| InsertAt::Before(RecordNumber(number));
const BELOW: fn(u64) -> InsertAt = |number| InsertAt::After(RecordNumber(number));

struct Desk<'a> {
    db: &'a Db,
    tenant: &'a Tenant,
    sheet: Sheet,
    sheets: Sheets,
}

impl<'a> Desk<'a> {
    async fn with(db: &'a Db, tenant: &'a Tenant, names: &str) -> Self {
        let sheet = sheet_of(db, tenant, people()).await;
        let desk = Self { db, tenant, sheet, sheets: Sheets::with_limits(1 << 20, SMALL) };
        write!(desk.sheets, desk.db, &desk.sheet, insert(called(names)));
        desk
    }

    async fn insert(&self, names: &str, at: InsertAt) {
        write!(self.sheets, self.db, &self.sheet, insert_at(called(names), at));
    }

    /// The first letters of the names that a query finds.
    async fn found(&self, sheets: &Sheets, query: &RecordQuery) -> String {
        let sheet = again(self.db, self.tenant, &self.sheet).await;
        let mut tx = self.db.read().await.unwrap();
        let view = sheets.view(&mut tx, &sheet).await.unwrap();
        let records = view.page(&mut tx, query, 0, usize::MAX, None).await.unwrap();
        records.into_iter().filter_map(|record| record.cells[0].text.clone()).collect()
    }

    /// The names in order: to this server, to one that read all before and to one that remembers nothing.
    async fn names(&self, other: &Sheets) -> String {
        let (query, fresh) = (RecordQuery::default(), Sheets::with_limits(1 << 20, SMALL));
        let names = self.found(&self.sheets, &query).await;
        assert_eq!(self.found(other, &query).await, names, "another server");
        assert_eq!(self.found(&fresh, &query).await, names, "after a restart");
        names
    }

    async fn fold(&self) {
        let mut writer = self.sheets.writer(&self.sheet).await.unwrap();
        let mut tx = self.db.write().await.unwrap();
        writer.fold(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
    }
}

/// A record for each letter.
fn called(names: &str) -> Vec<NewRecord> {
    names.chars().map(|name| person(&name.to_string(), "", "")).collect()
}

#[tokio::test]
async fn records_stand_where_they_were_inserted() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let desk = Desk::with(&database, &tenant, "abc").await;
        let other = Sheets::with_limits(1 << 20, SMALL);
        assert_eq!(desk.names(&other).await, "abc");
        desk.insert("x", ABOVE(2)).await;
        desk.insert("yz", BELOW(2)).await;
        assert_eq!(desk.names(&other).await, "axbyzc");
        desk.insert("v", ABOVE(2)).await;
        desk.insert("w", BELOW(5)).await;
        assert_eq!(
            desk.names(&other).await,
            "axvbywzc",
            "nearer than those before, and between two of a batch"
        );
        write!(desk.sheets, desk.db, &desk.sheet, insert(called("d")));
        let before = again(desk.db, desk.tenant, &desk.sheet).await.version;
        write!(desk.sheets, desk.db, &desk.sheet, delete(vec![RecordNumber(2), RecordNumber(5)]));
        assert_eq!(desk.names(&other).await, "axvwzcd", "neighbours may go");
        desk.insert("q", BELOW(1)).await;
        desk.fold().await;
        assert_eq!(desk.names(&other).await, "aqxvwzcd", "folded");
        desk.insert("klmnopqrst", BELOW(1)).await;
        assert_eq!(desk.names(&other).await, "aklmnopqrstqxvwzcd", "more than go into the patch log");
        let many = again(desk.db, desk.tenant, &desk.sheet).await.version;
        write!(desk.sheets, desk.db, &desk.sheet, roll_back(before));
        assert_eq!(desk.names(&other).await, "axvbywzcd", "undone");
        write!(desk.sheets, desk.db, &desk.sheet, roll_back(many));
        assert_eq!(desk.names(&other).await, "aklmnopqrstqxvwzcd", "redone");
    }
}

#[tokio::test]
async fn every_view_keeps_the_order() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let desk = Desk::with(&database, &tenant, "abcd").await;
        desk.insert("xyz", BELOW(1)).await;
        let all = RecordQuery::default();
        let query = |filter| RecordQuery { filter: Some(filter), ..all.clone() };
        let by = |field: &str, down: bool| RecordQuery {
            sort_field: Some(field.to_string()),
            sort_direction: down.then_some(SortDirection::Desc),
            ..all.clone()
        };
        // Asked before and after an edit, so that answers are handed on, too.
        for (number, age, sorted) in [(7, "-1", "zaxybcd"), (3, "0", "zcaxybd")] {
            let (number, cells) = (RecordNumber(number), vec![(AGE, text(age))]);
            let update = RecordUpdate { number, cells, metadata: None, config: None };
            write!(desk.sheets, desk.db, &desk.sheet, update(vec![update]));
            for (query, wanted) in [
                (all.clone(), "axyzbcd"),
                (query(Filter::Valid), "axyzbcd"),
                (
                    RecordQuery { q: Some("name eq z or name eq a or name eq y".to_string()), ..all.clone() },
                    "ayz",
                ),
                (
                    RecordQuery { except: vec![desk.sheet.record_key.id(RecordNumber(5))], ..all.clone() },
                    "ayzbcd",
                ),
                (by("age", false), sorted),
                // Empty ones come last both ways.
                (by("email", true), "axyzbcd"),
            ] {
                assert_eq!(desk.found(&desk.sheets, &query).await, wanted, "{query:?}");
            }
        }
        let sheet = again(desk.db, desk.tenant, &desk.sheet).await;
        let mut tx = desk.db.read().await.unwrap();
        let view = desk.sheets.view(&mut tx, &sheet).await.unwrap();
        let frame = view.frame(&mut tx, &all, 0, 16).await.unwrap();
        assert!(frame.rows.iter().map(|row| row.position).eq(0..7), "rows are counted as they stand");
        let some = ["x", "b"].map(|name| format!("name eq {name}")).join(" or ");
        let filtered = RecordQuery { q: Some(some), ..all.clone() };
        let frame = view.frame(&mut tx, &filtered, 0, 16).await.unwrap();
        assert!(frame.rows.iter().map(|row| row.position).eq([1, 4]));
        let changed = view.positions_of_numbers(&mut tx, &[2, 5].map(RecordNumber)).await.unwrap();
        let changed = view.at(&mut tx, &changed.page(0, 9), None).await.unwrap();
        assert!(changed.iter().map(|record| record.number.0).eq([5, 2]));
        let indices = view.indices(&mut tx, &all, &[RecordNumber(2), RecordNumber(6)]).await.unwrap();
        assert_eq!(indices, [(RecordNumber(2), 4), (RecordNumber(6), 2)]);
    }
}

#[tokio::test]
async fn a_sheet_holds_so_many_places() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut desk = Desk::with(&database, &tenant, "ab").await;
        desk.sheets = Sheets::with_limits(1 << 20, Limits { places: 2, ..SMALL });
        desk.insert("x", BELOW(1)).await;
        desk.insert("yz", BELOW(1)).await;
        let mut writer = desk.sheets.writer(&desk.sheet).await.unwrap();
        let mut tx = desk.db.write().await.unwrap();
        let refused = writer.insert_at(&mut tx, super::BY, None, called("w"), BELOW(1)).await;
        assert!(matches!(refused, Err(SheetError::TooManyPlaces(2))), "{refused:?}");
        drop((tx, writer));
        write!(desk.sheets, desk.db, &desk.sheet, insert(called("w")));
        assert_eq!(desk.names(&desk.sheets).await, "ayzxbw");
    }
}

#[tokio::test]
async fn what_was_deleted_comes_back_where_it_was_although_others_wrote_since() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let desk = Desk::with(&database, &tenant, "abcdef").await;
        desk.insert("x", BELOW(3)).await;
        let then = again(desk.db, desk.tenant, &desk.sheet).await.version;
        write!(desk.sheets, desk.db, &desk.sheet, delete([2, 3, 4, 7].map(RecordNumber).to_vec()));
        let cells = vec![(NAME, text("A"))];
        let update = RecordUpdate { number: RecordNumber(1), cells, metadata: None, config: None };
        write!(desk.sheets, desk.db, &desk.sheet, update(vec![update]));
        let mut writer = desk.sheets.writer(&desk.sheet).await.unwrap();
        let mut tx = desk.db.write().await.unwrap();
        let old = desk.sheets.view_at(&mut tx, &desk.sheet, then).await.unwrap();
        let left = desk.sheets.view_at(&mut tx, &desk.sheet, then + 1).await.unwrap();
        let author = (super::BY, &crate::store::new_id());
        let classes = crate::sheets::Classes::ALL;
        let restored = writer.restore(&mut tx, author, (&old, &left), classes, None).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
        assert_eq!((restored.commits.len(), restored.skipped_total), (1, 0));
        assert_eq!(desk.names(&desk.sheets).await, "Abcxdef");
    }
}
