//! Where the data of a server lies: a folder, and with PostgreSQL a database beside it.

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use super::postgres;
use super::process::{Folder, Server};

/// The data of a server.
pub struct Home {
    folder: Folder,
    database: Option<String>,
}

impl Home {
    /// With SQLite.
    pub fn on_sqlite(name: &str) -> Self {
        Self { folder: Folder::new(name), database: None }
    }

    /// With a new database of PostgreSQL, when there is one.
    pub fn on_postgres(name: &str) -> Option<Self> {
        let address = postgres::cluster()?;
        let folder = Folder::new(name);
        let database = folder.0.file_name().unwrap().to_string_lossy().replace('-', "_");
        let database = runtime().block_on(postgres::new_database(&address, &database));
        Some(Self { folder, database: Some(database) })
    }

    /// Starts a server on it.
    pub fn start(&self) -> Server {
        Server::start(&self.folder.0, self.database.as_deref())
    }

    /// The same; it dies at the failpoint.
    pub fn armed(&self, failpoint: &str) -> Server {
        Server::start_with(&self.folder.0, &self.settings(failpoint))
    }

    /// The same, with the time-outs of real work, so that nothing is given up while the test goes on; nothing when it
    /// died while it started.
    pub fn armed_and_patient(&self, failpoint: &str) -> Option<Server> {
        Server::start_patient(&self.folder.0, &self.settings(failpoint))
    }

    /// One with the time-outs of real work that does not die.
    pub fn patient(&self) -> Server {
        self.armed_and_patient("none").expect("a server that starts")
    }

    fn settings<'a>(&'a self, failpoint: &'a str) -> Vec<(&'static str, &'a str)> {
        let database = self.database.iter().map(|url| ("INLET_DATABASE_URL", url.as_str()));
        database.chain([("INLET_FAILPOINT", failpoint)]).collect()
    }

    /// What lies in the database: the numbers of each row of a query. No server may be running.
    pub fn numbers(&self, query: &str) -> Vec<(i64, i64)> {
        let query = AssertSqlSafe(query.to_string());
        runtime().block_on(async {
            match &self.database {
                Some(url) => {
                    let pool = PgPool::connect(url).await.unwrap();
                    sqlx::query_as(query).fetch_all(&pool).await.unwrap()
                }
                None => {
                    let pool = SqlitePool::connect(&self.sqlite()).await.unwrap();
                    let rows = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
                    pool.close().await;
                    rows
                }
            }
        })
    }

    fn sqlite(&self) -> String {
        format!("sqlite://{}", self.folder.0.join("inlet.db").display())
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
