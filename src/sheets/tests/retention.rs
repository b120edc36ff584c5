//! What is forgotten is gone, and what is kept is what it was.

use super::changes::bulk;
use super::{SMALL, again, people, person, sheet_of, write};
use crate::domain::cell_edit::CellEdit;
use crate::domain::ids::SnapshotId;
use crate::domain::query::RecordQuery;
use crate::domain::record::Record;
use crate::domain::snapshot::Snapshot;
use crate::domain::time::Timestamp;
use crate::domain::workbook::Sheet;
use crate::sheets::{FieldEdit, SheetError, Sheets};
use crate::store::testing::{chunks, databases, samples};
use crate::store::{Db, new_id, now, retention, snapshots};

async fn at(sheets: &Sheets, db: &Db, sheet: &Sheet, version: i64) -> Result<Vec<Record>, SheetError> {
    let mut tx = db.read().await.unwrap();
    let view = sheets.view_at(&mut tx, sheet, version).await?;
    view.page(&mut tx, &RecordQuery::default(), 0, usize::MAX, None).await
}

#[tokio::test]
async fn old_versions_go_and_their_chunks_but_not_those_of_snapshots() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let sheet = sheet_of(&database, &tenant, people()).await;
        let sheets = Sheets::with_limits(1 << 20, SMALL);
        let rows = (0..30).map(|row| person(&format!("n{row}"), &format!("{row}@x"), "7")).collect();
        write!(sheets, database, &sheet, insert(rows));
        let mut pinned = None;
        for round in 0..12 {
            let edit = CellEdit::Set(Some(format!("round {round}")));
            let edit = FieldEdit { field: super::NAME, edit, character_removed: false };
            bulk(&sheets, &database, &sheet, RecordQuery::default(), vec![edit]).await;
            write!(sheets, database, &sheet, insert(vec![person("late", "", "")]));
            if round == 4 {
                let version = again(&database, &tenant, &sheet).await.version;
                let snapshot = Snapshot {
                    id: new_id::<SnapshotId>(),
                    sheet_id: sheet.id.clone(),
                    version,
                    config: None,
                    label: None,
                    thread_id: None,
                    created_by: super::BY.to_string(),
                    created_at: now(),
                };
                let mut tx = database.write().await.unwrap();
                snapshots::insert(&mut tx, sheet.number, &snapshot).await.unwrap();
                tx.commit().await.unwrap();
                pinned = Some((version, at(&sheets, &database, &sheet, version).await.unwrap()));
            }
        }
        let sheet = again(&database, &tenant, &sheet).await;
        let head = at(&sheets, &database, &sheet, sheet.version).await.unwrap();
        let (version, then) = pinned.unwrap();

        let mut tx = database.write().await.unwrap();
        let (before, _) = chunks(&mut tx).await;
        let oldest = retention::oldest_kept(&mut tx, sheet.number, 3, Timestamp(0)).await.unwrap();
        assert!(oldest > version && oldest < sheet.version, "{oldest} of {}", sheet.version);
        retention::keep_from(&mut tx, sheet.number, oldest).await.unwrap();
        while retention::forget(&mut tx, sheet.number, oldest, now()).await.unwrap() > 0 {}
        while retention::sweep_chunks(&mut tx, now().plus(1_000)).await.unwrap() > 0 {}
        let (after, unnamed) = chunks(&mut tx).await;
        assert!(after < before && unnamed == 0, "{after} of {before}, {unnamed} unnamed");
        tx.commit().await.unwrap();

        for _ in 0..2 {
            assert_eq!(at(&sheets, &database, &sheet, sheet.version).await.unwrap(), head);
            assert_eq!(at(&sheets, &database, &sheet, version).await.unwrap(), then);
            assert!(at(&sheets, &database, &sheet, oldest).await.is_ok());
            for gone in [1, version - 1, version + 1, oldest - 1] {
                let found = at(&sheets, &database, &sheet, gone).await;
                assert!(matches!(found, Err(SheetError::UnknownVersion(_))), "{gone}: {found:?}");
            }
            sheets.forget();
        }
        let back = write!(sheets, database, &sheet, roll_back(version));
        assert_eq!(at(&sheets, &database, &sheet, back.version).await.unwrap(), then);
    }
}
