//! What is not committed never was; what is committed is there without anything in memory.

use super::{BY, SMALL, again, all, people, person, sheet_of, write};
use crate::domain::query::RecordQuery;
use crate::domain::record::RecordNumber;
use crate::sheets::{SheetError, Sheets};
use crate::store::records::{self, At};
use crate::store::testing::{databases, samples};

fn many(count: usize) -> Vec<crate::sheets::NewRecord> {
    (0..count).map(|row| person(&format!("n{row}"), &format!("{row}@x"), "7")).collect()
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(sheets, database, &sheet, insert(many(10)));
        let before = all(&sheets, &database, &sheet).await;
        for count in [1, 30] {
            let mut writer = sheets.writer(&sheet).await.unwrap();
            let mut tx = database.write().await.unwrap();
            writer.insert(&mut tx, BY, None, many(count)).await.unwrap();
            writer.delete(&mut tx, BY, None, vec![RecordNumber(1)]).await.unwrap();
            drop(tx);
            drop(writer);
        }
        assert_eq!(all(&sheets, &database, &sheet).await, before);
        sheets.forget();
        assert_eq!(all(&sheets, &database, &sheet).await, before);
        let mut tx = database.read().await.unwrap();
        assert_eq!(again(&database, &tenant, &sheet).await.version, 1);
        assert_eq!(records::commits(&mut tx, sheet.number, None, 10).await.unwrap().len(), 1);
        let segments = records::segments(&mut tx, sheet.number, At::Head).await.unwrap();
        assert_eq!(segments.len(), 2);
        drop(tx);
        // The numbers go on where they were.
        let next = write!(sheets, database, &sheet, insert(many(1)));
        assert_eq!(next.numbers, [RecordNumber(11)]);
    }
}

#[tokio::test]
async fn what_was_committed_but_not_published_is_read() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(sheets, database, &sheet, insert(many(10)));
        let mut writer = sheets.writer(&sheet).await.unwrap();
        let mut tx = database.write().await.unwrap();
        writer.insert(&mut tx, BY, None, many(3)).await.unwrap();
        tx.commit().await.unwrap();
        drop(writer);
        assert_eq!(all(&sheets, &database, &sheet).await.len(), 13);
        let next = write!(sheets, database, &sheet, insert(vec![person("x", "1@X", "")]));
        assert_eq!(next.counts.total, 14);
        assert_eq!(next.counts.error, 7, "the index knows what was not published: {next:?}");
    }
}

#[tokio::test]
async fn a_second_server_sees_what_the_first_one_wrote() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let (one, other) = (Sheets::with_limits(1 << 20, SMALL), Sheets::with_limits(1 << 20, SMALL));
        for turn in 1..=6 {
            let sheets = if turn % 2 == 0 { &one } else { &other };
            write!(sheets, database, &sheet, insert(many(turn)));
        }
        assert_eq!(all(&one, &database, &sheet).await, all(&other, &database, &sheet).await);
        // Each knows the doubles that the other one wrote: only the last `5@x` is alone.
        assert_eq!(all(&one, &database, &sheet).await.iter().filter(|record| record.is_valid()).count(), 1);
        assert_eq!(again(&database, &tenant, &sheet).await.counts.error, 20);
    }
}

#[tokio::test]
async fn uncommitted_records_are_shown_to_nobody_else() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let mut writer = sheets.writer(&sheet).await.unwrap();
        let mut tx = database.write().await.unwrap();
        writer.insert(&mut tx, BY, None, many(3)).await.unwrap();
        // Somebody looks through the same transaction at a version that will never be.
        let mut seen = sheet.clone();
        seen.version = 1;
        let view = sheets.view(&mut tx, &seen).await.unwrap();
        assert_eq!(view.count(&mut tx, &RecordQuery::default()).await.unwrap(), 3);
        drop((tx, writer));
        let mut tx = database.read().await.unwrap();
        let gone = sheets.view(&mut tx, &seen).await;
        assert!(matches!(gone, Err(SheetError::UnknownVersion(1))));
    }
}
