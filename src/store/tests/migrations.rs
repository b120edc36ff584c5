//! Both databases have the same tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::statement::Statement;
use crate::store::testing::databases;

const FOLDERS: [&str; 2] = ["migrations/sqlite", "migrations/postgres"];
/// What both databases call themselves, and what only the book-keeping of migrations has.
const NOT_OURS: &[&str] = &["_sqlx_migrations", "sqlite_sequence"];

fn files(folder: &str) -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn both_folders_hold_the_same_files() {
    assert_eq!(files(FOLDERS[0]), files(FOLDERS[1]), "give each migration a file of the same name in both");
    assert_eq!(
        sqlx::migrate!("migrations/sqlite").iter().count(),
        files(FOLDERS[0]).len(),
        "a migration is not in the binary: touch src/store/db.rs and build again"
    );
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let mut seen: Vec<BTreeMap<String, BTreeSet<(String, bool)>>> = Vec::new();
    for database in databases().await {
        let statement = match database.name {
            "SQLite" => {
                "SELECT t.name, c.name, c.\"notnull\" = 0 FROM sqlite_master t, pragma_table_info(t.name) c
                WHERE t.type = 'table'"
            }
            _ => {
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), is_nullable = 'YES'
                FROM information_schema.columns WHERE table_schema = 'public'"
            }
        };
        let mut tables: BTreeMap<String, BTreeSet<(String, bool)>> = BTreeMap::new();
        let mut tx = database.read().await.unwrap();
        for (table, column, nullable) in
            tx.all::<(String, String, bool)>(Statement::new(statement)).await.unwrap()
        {
            if !NOT_OURS.contains(&table.as_str()) {
                // SQLite calls a number that it gives itself nullable; it is not.
                let nullable = nullable && (table.as_str(), column.as_str()) != ("sheets", "number");
                tables.entry(table).or_default().insert((column, nullable));
            }
        }
        assert!(tables.len() > 10, "{}: {:?}", database.name, tables.keys());
        seen.push(tables);
    }
    if let [sqlite, postgres] = seen.as_slice() {
        assert_eq!(sqlite, postgres);
    }
}

#[tokio::test]
async fn a_database_is_opened_again() {
    for database in databases().await {
        crate::store::Db::open(&database.url).await.unwrap().close().await;
    }
}
