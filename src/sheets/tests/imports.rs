//! Imports: what comes out is what a record-by-record insert would give.

use super::{AGE, FIELDS, NAME, SMALL, all, file_row, people, remarks, sheet_of, text, write};
use crate::domain::query::RecordQuery;
use crate::domain::record::RecordNumber;
use crate::sheets::import::ImportBuilder;
use crate::sheets::limits::Limits;
use crate::sheets::{NewRecord, SheetError, Sheets};
use crate::store::records;
use crate::store::testing::{databases, samples};

fn rows(count: usize) -> Vec<[String; 3]> {
    let row = |row: usize| {
        let name = if row.is_multiple_of(11) { String::new() } else { format!("name {}", row % 40) };
        let age = if row.is_multiple_of(7) { "old".to_string() } else { (row % 90).to_string() };
        [name, format!("{}@x", row - row % 2), age]
    };
    (0..count).map(row).collect()
}

#[tokio::test]
async fn an_import_gives_what_inserts_would_give() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let (one, other) =
            (sheet_of(&database, &tenant, people()).await, sheet_of(&database, &tenant, people()).await);
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let rows = rows(100);
        let mut builder = ImportBuilder::with_limits(&one, &FIELDS.map(Some), SMALL);
        let mut imported = 0;
        for row in &rows {
            if let Some(draft) = builder.push_row(|column| row.get(column).map(String::as_str)) {
                imported += draft.records() as usize;
                write!(sheets, database, &one, append(vec![draft]));
            }
        }
        let last = builder.finish();
        imported += last.as_ref().map_or(0, |draft| draft.records() as usize);
        write!(sheets, database, &one, append(Vec::from_iter(last)));
        assert_eq!(imported, 100);
        for row in &rows {
            let cells = FIELDS.into_iter().zip(row).filter(|(_, value)| !value.is_empty());
            let cells = cells.map(|(field, value)| (field, text(value.clone()))).collect();
            write!(sheets, database, &other, insert(vec![NewRecord { cells, ..NewRecord::default() }]));
        }
        assert_eq!(all(&sheets, &database, &one).await, all(&sheets, &database, &other).await);
    }
}

#[tokio::test]
async fn a_cancelled_import_leaves_the_sheet_as_it_was() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let cells = vec![(NAME, text("Ann"))];
        write!(sheets, database, &sheet, insert(vec![NewRecord { cells, ..NewRecord::default() }]));
        let before = all(&sheets, &database, &sheet).await;
        let mut builder = ImportBuilder::with_limits(&sheet, &[None, Some(NAME)], SMALL);
        for row in 0..40 {
            if let Some(draft) = builder.push_row(file_row(&["passed over", &format!("n{row}"), "too much"]))
            {
                write!(sheets, database, &sheet, append(vec![draft]));
            }
        }
        assert_eq!(all(&sheets, &database, &sheet).await.len(), 41);
        let undone = write!(sheets, database, &sheet, roll_back(1));
        assert_eq!(undone.counts.total, 1);
        assert_eq!(all(&sheets, &database, &sheet).await, before);

        let mut tx = database.read().await.unwrap();
        let view = sheets.view_at(&mut tx, &sheet, undone.version).await.unwrap();
        let touched = view.changed(&mut tx, undone.version).await.unwrap();
        assert!(touched.into_iter().eq((2..=41).map(RecordNumber)));
        let commit = records::commit(&mut tx, sheet.number, &undone.commit.unwrap()).await.unwrap().unwrap();
        assert_eq!((commit.kind.as_str(), commit.version, commit.live), ("rollback", 7, 1));
    }
}

#[tokio::test]
async fn a_cell_of_a_file_that_lost_a_character_says_so() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let mut builder = ImportBuilder::with_limits(&sheet, &[Some(AGE), None, Some(NAME)], SMALL);
        for number in 0..3 {
            if number == 1 {
                (1..9).for_each(|column| builder.flag(column));
            }
            let row = ["7", "passed over", "Ann"];
            assert!(builder.push_row(|column| row.get(column).copied()).is_none());
        }
        let drafts = Vec::from_iter(builder.finish());
        write!(sheets, database, &sheet, append(drafts));
        let flags: Vec<_> = remarks(&all(&sheets, &database, &sheet).await, NAME)
            .into_iter()
            .map(|texts| texts.iter().filter(|text| text.contains("was removed")).count())
            .collect();
        assert_eq!(flags, [0, 1, 0]);
    }
}

#[tokio::test]
async fn a_sheet_takes_as_many_records_as_it_may_have() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let limits = Limits { sheet_records: 10, ..SMALL };
        let sheets = Sheets::with_limits(1 << 20, limits);
        let many = |count: usize| vec![NewRecord::default(); count];
        write!(sheets, database, &sheet, insert(many(3)));
        write!(sheets, database, &sheet, insert(many(7)));
        for count in [1, 20] {
            let mut writer = sheets.writer(&sheet).await.unwrap();
            let mut tx = database.write().await.unwrap();
            let refused = writer.insert(&mut tx, super::BY, None, many(count)).await;
            assert!(matches!(refused, Err(SheetError::TooManyRecords(10))), "{refused:?}");
        }
        write!(sheets, database, &sheet, delete(vec![RecordNumber(1)]));
        write!(sheets, database, &sheet, insert(many(1)));
        assert_eq!(all(&sheets, &database, &sheet).await.len(), 10);
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_answered_is_refused_with_what_to_do() {
    let database = crate::store::testing::database::sqlite().await;
    let tenant = samples::tenant(&database).await;
    let sheet = sheet_of(&database, &tenant, people()).await;
    let sheets = Sheets::new(1 << 20);
    let mut tx = database.read().await.unwrap();
    let view = sheets.view(&mut tx, &sheet).await.unwrap();
    let asked = [
        (
            RecordQuery { q: Some("age gt".to_string()), ..RecordQuery::default() },
            "q, character 7: expected a value",
        ),
        (
            RecordQuery { q: Some("size gt 3".to_string()), ..RecordQuery::default() },
            "`size` is neither the key",
        ),
        (RecordQuery { q: Some("age gt old".to_string()), ..RecordQuery::default() }, "`old` is no number"),
        (
            RecordQuery { sort_field: Some("size".to_string()), ..RecordQuery::default() },
            "`size` is not the key",
        ),
        (RecordQuery { ids: vec!["nobody".to_string()], ..RecordQuery::default() }, "not a record id"),
    ];
    for (query, expected) in asked {
        let refusal = view.positions(&mut tx, &query).await.err().map(|error| match error {
            SheetError::Query(text) => text,
            other => panic!("{other}"),
        });
        assert!(refusal.as_ref().is_some_and(|text| text.contains(expected)), "{refusal:?}");
    }
    // Ids choose when nothing else narrows the query, and leave out when something does.
    write!(sheets, database, &sheet, insert(vec![NewRecord::default(), NewRecord::default()]));
    let mut tx = database.read().await.unwrap();
    let view = sheets.view_at(&mut tx, &sheet, 1).await.unwrap();
    let ids = vec![sheet.record_key.id(RecordNumber(2))];
    let chosen = RecordQuery { ids: ids.clone(), ..RecordQuery::default() };
    assert_eq!(view.numbers(&mut tx, &chosen).await.unwrap(), [RecordNumber(2)]);
    let filter = Some(crate::domain::query::Filter::Error);
    let others = RecordQuery { ids, filter, ..RecordQuery::default() };
    assert_eq!(view.numbers(&mut tx, &others).await.unwrap(), [RecordNumber(1)]);
}
