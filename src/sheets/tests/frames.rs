//! A page of the grid from the columns is the page that its records would make.

use super::{AGE, EMAIL, NAME, SMALL, again, people, person, sheet_of, text, write};
use crate::domain::blueprint::Level;
use crate::domain::frame::{Frame, FrameColumn, FrameMessage, FrameRow, encode};
use crate::domain::ids::{Id, RecordId};
use crate::domain::place::InsertAt;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{CellInput, RecordUpdate, Sheets, View};
use crate::store::testing::{databases, samples};
use crate::store::{Db, Tx};

/// Numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// The page by way of its records.
async fn by_records(view: &View, tx: &mut Tx, sheet: &Sheet, query: &RecordQuery, offset: u64) -> Frame {
    let found = view.positions(tx, query).await.unwrap();
    let all = view.positions(tx, &RecordQuery::default()).await.unwrap();
    let page = found.page(offset as usize, 16);
    let records = view.at(tx, &page, None).await.unwrap();
    let mut frame = Frame { version: view.version(), total: found.len() as u64, offset, ..Frame::default() };
    frame.columns = sheet.columns().map(|(_, field)| FrameColumn::new(field.key.as_str())).collect();
    for (row, (record, position)) in records.iter().zip(page).enumerate() {
        let messages = || record.cells.iter().flat_map(|cell| &cell.messages);
        frame.rows.push(FrameRow {
            id: sheet.record_key.id(record.number).trim_start_matches(RecordId::PREFIX).to_string(),
            position: all.find(position).unwrap() as u64,
            flags: messages().map(|message| message.level).collect(),
        });
        for (column, cell) in record.cells.iter().enumerate() {
            frame.columns[column].push(cell.text.as_deref());
            frame.messages.extend(cell.messages.iter().map(|message| FrameMessage {
                row: row as u32,
                column: column as u32,
                level: message.level,
                hosts: !message.derived,
                text: message.text.clone(),
            }));
        }
    }
    frame
}

async fn change(sheets: &Sheets, db: &Db, sheet: &Sheet, chance: &mut Chance) {
    let names = ["Ann", "Bob", "", "Zoë", "Ann"];
    let name = |chance: &mut Chance| names[chance.below(5) as usize];
    match chance.below(5) {
        0 | 1 => {
            let count = 1 + chance.below(6);
            let fresh = |chance: &mut Chance| {
                let email = format!("{}@x", chance.below(12));
                person(name(chance), &email, ["7", "old", ""][chance.below(3) as usize])
            };
            let records = (0..count).map(|_| fresh(chance)).collect();
            let beside = RecordNumber(1 + chance.below(8));
            let at = [InsertAt::End, InsertAt::Before(beside), InsertAt::After(beside)];
            write!(sheets, db, sheet, insert_at(records, at[chance.below(3) as usize]));
        }
        2 => {
            let number = RecordNumber(1 + chance.below(40));
            write!(sheets, db, sheet, delete(vec![number]));
        }
        _ => {
            let remark = super::model::remark("look at this", Level::Info);
            let cell = CellInput { text: Some(name(chance).to_string()), messages: Some(vec![remark]) };
            let fields: [(FieldNumber, CellInput); 3] =
                [(NAME, cell), (EMAIL, text(format!("{}@x", chance.below(12)))), (AGE, CellInput::default())];
            let field = fields[chance.below(3) as usize].clone();
            let number = RecordNumber(1 + chance.below(40));
            let update = RecordUpdate { number, cells: vec![field], metadata: None, config: None };
            write!(sheets, db, sheet, update(vec![update]));
        }
    }
}

#[tokio::test]
async fn a_page_is_what_its_records_would_make() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let mut chance = Chance(7);
        for _ in 0..60 {
            change(&sheets, &database, &sheet, &mut chance).await;
            if chance.below(8) == 0 {
                sheets.forget();
            }
            let sheet = again(&database, &tenant, &sheet).await;
            let mut tx = database.read().await.unwrap();
            let view = sheets.view(&mut tx, &sheet).await.unwrap();
            let sorted = RecordQuery {
                sort_field: Some("age".to_string()),
                sort_direction: Some(SortDirection::Desc),
                ..RecordQuery::default()
            };
            let wrong = RecordQuery { filter: Some(Filter::Error), ..RecordQuery::default() };
            for query in [RecordQuery::default(), sorted, wrong] {
                let offset = chance.below(30);
                let frame = view.frame(&mut tx, &query, offset, 16).await.unwrap();
                let expected = by_records(&view, &mut tx, &sheet, &query, offset).await;
                assert_eq!(encode(&frame), encode(&expected), "{}: {query:?} from {offset}", database.name);
            }
        }
    }
}
