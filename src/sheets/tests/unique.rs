//! Doubles: both records are marked, and a mark goes when its reason goes.

use super::{EMAIL, FIELDS, NAME, SMALL, all, file_row, people, person, remarks, sheet_of, text, write};
use crate::domain::record::RecordNumber;
use crate::sheets::import::ImportBuilder;
use crate::sheets::{CellInput, RecordUpdate, Sheets};
use crate::store::testing::{databases, samples};

const DOUBLE: &str = "This value must be unique";

fn update(number: u64, field: crate::domain::record::FieldNumber, cell: CellInput) -> Vec<RecordUpdate> {
    vec![RecordUpdate {
        number: RecordNumber(number),
        cells: vec![(field, cell)],
        metadata: None,
        config: None,
    }]
}

#[tokio::test]
async fn the_partner_is_marked_and_freed_in_the_same_commit() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let first = (0..20).map(|row| person(&format!("n{row}"), &format!("e{row}@x"), "")).collect();
        write!(sheets, database, &sheet, insert(first));
        let marked = |records: &[crate::domain::record::Record]| -> Vec<u64> {
            let marks = remarks(records, EMAIL);
            let of = records.iter().zip(marks).filter(|(_, texts)| !texts.is_empty());
            of.map(|(record, _)| record.number.0).collect()
        };

        let double = write!(sheets, database, &sheet, update(update(15, EMAIL, text("E3@X"))));
        assert_eq!(double.numbers, [RecordNumber(15)], "the partner is not what the commit is about");
        assert_eq!(double.counts.error, 2);
        assert_eq!(marked(&all(&sheets, &database, &sheet).await), [4, 15]);

        write!(sheets, database, &sheet, insert(vec![person("third", "e3@x", "")]));
        assert_eq!(marked(&all(&sheets, &database, &sheet).await), [4, 15, 21]);

        sheets.forget();
        write!(sheets, database, &sheet, delete(vec![RecordNumber(4)]));
        assert_eq!(marked(&all(&sheets, &database, &sheet).await), [15, 21]);

        let freed = write!(sheets, database, &sheet, update(update(21, EMAIL, CellInput::default())));
        assert_eq!(freed.counts.error, 0);
        assert_eq!(marked(&all(&sheets, &database, &sheet).await), Vec::<u64>::new());
    }
}

#[tokio::test]
async fn an_import_marks_doubles_within_itself_and_before_it() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(
            sheets,
            database,
            &sheet,
            insert(vec![person("old", "old@x", ""), person("other", "other@x", "")])
        );
        let mut builder = ImportBuilder::with_limits(&sheet, &FIELDS.map(Some), SMALL);
        let mut drafts = Vec::new();
        for row in 0..30 {
            let email = match row {
                5 | 25 => "twice@x".to_string(),
                9 => "OLD@x".to_string(),
                row => format!("{row}@x"),
            };
            drafts.extend(builder.push_row(file_row(&[&format!("n{row}"), &email, ""])));
        }
        drafts.extend(builder.finish());
        let committed = write!(sheets, database, &sheet, append(drafts));
        assert_eq!((committed.counts.total, committed.counts.error), (32, 4));
        let records = all(&sheets, &database, &sheet).await;
        let marks = remarks(&records, EMAIL);
        let marked: Vec<usize> = (0..32).filter(|place| !marks[*place].is_empty()).collect();
        assert_eq!(marked, [0, 7, 11, 27]);
        assert_eq!(marks[7].len(), 1);
        assert!(marks[7][0].len() <= DOUBLE.len() * 4);
    }
}

#[tokio::test]
async fn changed_rules_are_followed_from_the_next_write_on() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut config = people();
        config["fields"][1]["constraints"] = serde_json::json!([]);
        let mut sheet = sheet_of(&database, &tenant, config).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        write!(sheets, database, &sheet, insert(vec![person("a", "same@x", ""), person("b", "same@x", "")]));
        sheet.config = serde_json::from_value(people()).unwrap();
        write!(sheets, database, &sheet, insert(vec![person("c", "same@x", "")]));
        let marks = remarks(&all(&sheets, &database, &sheet).await, EMAIL);
        assert_eq!(marks[2].len(), 1, "the index was not built anew");
        let named = write!(sheets, database, &sheet, update(update(3, NAME, CellInput::default())));
        assert_eq!(named.changed_values[0].before.as_deref(), Some("c"));
    }
}
