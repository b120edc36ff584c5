//! Fresh databases for tests: a SQLite file always, a PostgreSQL database when
//! `INLET_TEST_POSTGRES_URL` names a server. Both are gone when the test lets go of them.
//!
//! The tests of the whole server (`tests/`) use this file as well, so it names nothing of the crate but
//! what its parent brings.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{DatabaseUrl, Db};

/// Names a server and a database to make others from, as `postgres://user@host/postgres`.
const POSTGRES: &str = "INLET_TEST_POSTGRES_URL";

/// A database of one test's own.
pub struct TestDatabase {
    db: Db,
    /// Where it is, for a second server on the same database.
    pub url: DatabaseUrl,
    /// `SQLite` or `PostgreSQL`, for messages.
    pub name: &'static str,
}

/// One fresh database of each kind.
pub async fn databases() -> Vec<TestDatabase> {
    let mut databases = vec![sqlite().await];
    match std::env::var(POSTGRES) {
        Ok(server) => databases.push(postgres(&server).await),
        Err(_) => println!("{POSTGRES} is not set: not tested on PostgreSQL"),
    }
    databases
}

/// A fresh SQLite file.
pub async fn sqlite() -> TestDatabase {
    let folder = std::env::temp_dir().join(fresh_name());
    std::fs::create_dir_all(&folder).unwrap();
    open(DatabaseUrl::Sqlite(folder.join("inlet.db")), "SQLite").await
}

/// A fresh database on that PostgreSQL server.
pub async fn postgres(server: &str) -> TestDatabase {
    let name = fresh_name();
    run(server, &format!("CREATE DATABASE {name}")).await;
    open(DatabaseUrl::Postgres(with_database(server, &name)), "PostgreSQL").await
}

async fn open(url: DatabaseUrl, name: &'static str) -> TestDatabase {
    TestDatabase { db: Db::open(&url).await.unwrap(), url, name }
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let moment = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    format!("inlet_{}_{moment}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The address with another database in the place of its own.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server
        .split_once('?')
        .map_or((server, String::new()), |(address, query)| (address, format!("?{query}")));
    let (host, _) = address.rsplit_once('/').unwrap();
    format!("{host}/{name}{query}")
}

async fn run(server: &str, statement: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

impl Deref for TestDatabase {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.url {
            DatabaseUrl::Sqlite(file) => {
                let _ = std::fs::remove_dir_all(file.parent().map_or_else(PathBuf::new, PathBuf::from));
            }
            DatabaseUrl::Postgres(address) => {
                let Ok(server) = std::env::var(POSTGRES) else { return };
                let name = address.split('?').next().and_then(|address| address.rsplit('/').next());
                let statement = format!("DROP DATABASE {} WITH (FORCE)", name.unwrap_or_default());
                // The test's own runtime is busy with this drop.
                let dropped = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.unwrap().block_on(run(&server, &statement));
                });
                let _ = dropped.join();
            }
        }
    }
}
