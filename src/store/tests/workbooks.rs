//! Workbooks, sheets and files.

use serde_json::json;

use crate::domain::file::{File, FileMode, FileStatus};
use crate::domain::record::FieldNumber;
use crate::domain::workbook::SheetLock;
use crate::store::statement::Statement;
use crate::store::testing::{databases, samples};
use crate::store::{StoreError, files, new_id, sheets, workbooks};

#[tokio::test]
async fn every_member_of_a_workbook_is_kept() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let mut workbook = tenant.workbook.clone();
        assert_eq!(
            workbooks::find(&mut tx, &tenant.scope(), &workbook.id).await.unwrap().as_ref(),
            Some(&workbook)
        );
        workbook.name = "Other".to_string();
        workbook.namespace = None;
        workbook.labels.clear();
        workbook.actions.clear();
        workbook.settings = None;
        workbook.metadata = None;
        workbook.extra.clear();
        workbook.updated_at = samples::THEN.plus(1);
        workbooks::update(&mut tx, &workbook).await.unwrap();
        let listed = workbooks::list(&mut tx, &tenant.scope(), &tenant.space.id).await.unwrap();
        assert_eq!(listed, [workbook.clone()]);
        workbooks::delete(&mut tx, &workbook.id, samples::THEN).await.unwrap();
        assert_eq!(workbooks::list(&mut tx, &tenant.scope(), &tenant.space.id).await.unwrap(), []);
        assert_eq!(sheets::find(&mut tx, &tenant.scope(), &tenant.sheet.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn every_member_of_a_sheet_is_kept() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let scope = tenant.scope();
        let mut tx = database.write().await.unwrap();
        let mut sheet = tenant.sheet.clone();
        assert_eq!(sheets::find(&mut tx, &scope, &sheet.id).await.unwrap().as_ref(), Some(&sheet));
        let importing = new_id();
        sheet.slug = "persons".to_string();
        sheet.position = 3;
        std::sync::Arc::make_mut(&mut sheet.config).fields.remove(0);
        sheet.field_numbers.insert("new".to_string(), FieldNumber(9));
        sheet.metadata = None;
        sheet.namespace = None;
        sheet.updated_at = samples::THEN.plus(1);
        sheet.importing = Some(importing);
        sheets::update_config(&mut tx, &sheet).await.unwrap();
        sheets::set_importing(&mut tx, &sheet.id, sheet.importing.as_ref()).await.unwrap();
        let by_slug = sheets::find_by_slug(&mut tx, &scope, &tenant.workbook.id, "persons").await.unwrap();
        assert_eq!(by_slug.as_ref(), Some(&sheet));
        assert_eq!(sheets::find_by_slug(&mut tx, &scope, &tenant.workbook.id, "people").await.unwrap(), None);
        sheets::set_lock(&mut tx, &sheet.id, Some(("us_key_00000000", samples::THEN))).await.unwrap();
        let lock = SheetLock { by: "us_key_00000000".to_string(), by_name: None, at: samples::THEN };
        assert_eq!(sheets::find(&mut tx, &scope, &sheet.id).await.unwrap().unwrap().lock, Some(lock));
        sheets::set_lock(&mut tx, &sheet.id, None).await.unwrap();
        sheets::set_importing(&mut tx, &sheet.id, None).await.unwrap();
        sheet.importing = None;
        assert_eq!(sheets::find(&mut tx, &scope, &sheet.id).await.unwrap(), Some(sheet));
    }
}

#[tokio::test]
async fn sheets_that_were_there_before_track_changes_as_their_workbooks_say() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let migration = match database.name {
            "SQLite" => include_str!("../../../migrations/sqlite/0015_commits.sql"),
            _ => include_str!("../../../migrations/postgres/0015_commits.sql"),
        };
        let update = &migration[migration.find("UPDATE sheets").unwrap()..];
        let mut tx = database.write().await.unwrap();
        let mut workbook = tenant.workbook.clone();
        let settings = [Some(json!({ "trackChanges": true })), Some(json!({ "trackChanges": "no" })), None];
        for (settings, tracked) in settings.into_iter().zip([true, false, false]) {
            workbook.settings = settings;
            workbooks::update(&mut tx, &workbook).await.unwrap();
            sheets::set_tracking(&mut tx, &workbook.id, false).await.unwrap();
            tx.execute(Statement::new(update)).await.unwrap();
            let sheet = sheets::find(&mut tx, &tenant.scope(), &tenant.sheet.id).await.unwrap().unwrap();
            assert_eq!(
                (sheet.tracks_changes, workbook.tracks_changes()),
                (tracked, tracked),
                "{}",
                database.name
            );
        }
    }
}

#[tokio::test]
async fn sheets_have_numbers_and_slugs_of_their_own() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let scope = tenant.scope();
        let mut tx = database.write().await.unwrap();
        let mut second = samples::sheet(&tenant.workbook, "firms", &["name"]);
        second.position = -1;
        second.number = sheets::insert(&mut tx, &second).await.unwrap();
        assert!(second.number > tenant.sheet.number);
        let listed = sheets::list(&mut tx, &scope, &tenant.workbook.id).await.unwrap();
        assert_eq!(listed, [second.clone(), tenant.sheet.clone()]);

        sheets::delete(&mut tx, &tenant.sheet.id, samples::THEN).await.unwrap();
        assert_eq!(sheets::list(&mut tx, &scope, &tenant.workbook.id).await.unwrap(), [second.clone()]);
        let third = samples::sheet(&tenant.workbook, "people", &["name"]);
        assert!(sheets::insert(&mut tx, &third).await.unwrap() > second.number);
        let fourth = samples::sheet(&tenant.workbook, "people", &["name"]);
        let taken = sheets::insert(&mut tx, &fourth).await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{}: {taken:?}", database.name);
    }
}

#[tokio::test]
async fn every_member_of_a_file_is_kept() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let scope = tenant.scope();
        let mut tx = database.write().await.unwrap();
        let mut file = tenant.file.clone();
        assert_eq!(files::find(&mut tx, &scope, &file.id).await.unwrap().as_ref(), Some(&file));
        file.name = "b.csv".to_string();
        file.mimetype = "text/plain".to_string();
        file.encoding = "latin1".to_string();
        file.status = FileStatus::Complete;
        file.size = 0;
        file.workbook_id = None;
        file.sheet_id = None;
        file.actions.clear();
        file.extra.clear();
        file.updated_at = samples::THEN.plus(1);
        files::update(&mut tx, &file).await.unwrap();
        assert_eq!(files::find(&mut tx, &scope, &file.id).await.unwrap().as_ref(), Some(&file));

        let made =
            File { id: new_id(), mode: FileMode::Export, created_at: samples::THEN.plus(1), ..file.clone() };
        files::insert(&mut tx, &made).await.unwrap();
        let space = &tenant.space.id;
        for (mode, offset, wanted, total) in [
            (None, 0, vec![&made, &file], 2),
            (None, 1, vec![&file], 2),
            (Some(FileMode::Import), 0, vec![&file], 1),
            (Some(FileMode::Export), 0, vec![&made], 1),
        ] {
            let (found, count) = files::list(&mut tx, &scope, Some(space), mode, offset, 10).await.unwrap();
            assert_eq!((found.iter().collect::<Vec<_>>(), count), (wanted, total), "{mode:?} {offset}");
        }
        files::delete(&mut tx, &made.id, samples::THEN).await.unwrap();
        assert_eq!(files::find(&mut tx, &scope, &made.id).await.unwrap(), None);
    }
}
