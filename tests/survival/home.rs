//! Where the data of a server lies: a folder, and with PostgreSQL a database beside it.

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
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(postgres::new_database(&address, &database));
        Some(Self { folder, database: Some(database) })
    }

    /// Starts a server on it.
    pub fn start(&self) -> Server {
        Server::start(&self.folder.0, self.database.as_deref())
    }

    /// The same; it dies at the failpoint.
    pub fn armed(&self, failpoint: &str) -> Server {
        let database = self.database.iter().map(|url| ("INLET_DATABASE_URL", url.as_str()));
        let settings: Vec<_> = database.chain([("INLET_FAILPOINT", failpoint)]).collect();
        Server::start_with(&self.folder.0, &settings)
    }
}
