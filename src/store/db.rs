//! The database: SQLite in a file of ours, or PostgreSQL on a server.
//!
//! SQLite runs with WAL, `synchronous=FULL` (NORMAL loses acknowledged writes on a power cut), foreign
//! keys, one connection that writes and several that read.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use tokio::sync::{Notify, broadcast};

use super::{StoreError, Tx};
use crate::domain::ids::{EnvironmentId, SpaceId};

/// How long a caller waits for a connection before it is told that the database is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Events that a slow subscriber may lag behind before it has to read the log instead.
const SIGNAL_CAPACITY: usize = 1024;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file; made when absent.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

/// Both databases behind one type; clones share the pools.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    signals: Arc<Signals>,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// Wakes whoever waits for what a transaction changed, after it was committed.
#[derive(Debug)]
pub struct Signals {
    /// One message for each committed event.
    pub events: broadcast::Sender<EventSignal>,
    /// A job may have become ready.
    pub jobs: Notify,
}

/// An event was committed; its content is read from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSignal {
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// In which space.
    pub space_id: Option<SpaceId>,
    /// Its place in the environment's sequence.
    pub environment_sequence: i64,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let pools = match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path).await?,
            DatabaseUrl::Postgres(address) => open_postgres(address).await?,
        };
        let (events, _) = broadcast::channel(SIGNAL_CAPACITY);
        Ok(Self { pools, signals: Arc::new(Signals { events, jobs: Notify::new() }) })
    }

    /// A consistent view of the database; nothing may be written through it.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Tx::sqlite(read.begin().await?, self.signals.clone()),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::postgres(pool.begin_with(begin).await?, self.signals.clone())
            }
        })
    }

    /// A transaction that writes. On SQLite it waits for its turn, so keep it short.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => Tx::sqlite(write.begin_with("BEGIN IMMEDIATE").await?, self.signals.clone()),
            Pools::Postgres(pool) => Tx::postgres(pool.begin().await?, self.signals.clone()),
        })
    }

    /// What wakes those who wait for events and jobs.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Closes all connections, after which the file can be opened by another process.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &PathBuf) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-16000")
        .pragma("mmap_size", "268435456");
    let pool = || SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    let write = pool().max_connections(1).connect_with(options.clone()).await?;
    sqlx::migrate!("migrations/sqlite").run(&write).await.map_err(migration)?;
    let read = pool().max_connections(SQLITE_READERS).connect_with(options.read_only(true)).await?;
    Ok(Pools::Sqlite { read, write })
}

async fn open_postgres(address: &str) -> Result<Pools, StoreError> {
    let options: PgConnectOptions = address.parse()?;
    let pool = PgPoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_connections(POSTGRES_CONNECTIONS)
        .connect_with(options)
        .await?;
    sqlx::migrate!("migrations/postgres").run(&pool).await.map_err(migration)?;
    Ok(Pools::Postgres(pool))
}

fn migration(error: sqlx::migrate::MigrateError) -> StoreError {
    StoreError::Damaged(format!("the tables cannot be brought up to date: {error}"))
}
