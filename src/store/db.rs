//! The database: SQLite in a file of ours, or PostgreSQL on a server.
//!
//! SQLite runs with WAL, `synchronous=FULL` (NORMAL loses acknowledged writes on a power cut), foreign
//! keys, one connection that writes and several that read.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, SqlitePool, Transaction};
use tokio::sync::{Notify, broadcast};
use tokio_util::task::AbortOnDropHandle;

use super::idle::IdleWorkers;
use super::rights::Rights;
use super::sqlite::SqliteTransaction;
use super::{StoreError, Tx, checkpoint, new_id, notify};
use crate::domain::ids::{AccountId, AgentId, EnvironmentId, SpaceId};

/// How long a caller waits for a connection before it is told that the database is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements that a connection to SQLite keeps prepared.
const STATEMENTS: usize = 256;
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long after a failure this server listens to others again.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
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
    /// Hears other servers on PostgreSQL, copies the log on SQLite.
    helper: Arc<AbortOnDropHandle<()>>,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool, copy: SqlitePool },
    Postgres(PgPool),
}

/// Wakes whoever waits for what a transaction changed, after it was committed.
#[derive(Debug)]
pub struct Signals {
    /// One message for each environment and space that a commit left events in.
    pub events: broadcast::Sender<EventSignal>,
    /// Something was written.
    pub(super) written: Notify,
    /// A job may have become ready. Take `notified()` before you look for one, so that none is missed.
    pub jobs: Notify,
    /// A mail is to be sent.
    pub mails: Notify,
    /// Workers that a job may be given to as it is made.
    pub idle: IdleWorkers,
    /// Moves when a commit changed what somebody may do.
    pub rights: Rights,
    /// By which this server knows its own messages to others.
    pub(super) server: String,
    /// Every event names its account, and an environment never changes it.
    pub(super) accounts: KnownAccounts,
}

/// The account of each environment that was asked for.
pub(super) type KnownAccounts = Mutex<HashMap<EnvironmentId, AccountId>>;

/// Events were committed; they are read from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSignal {
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// In which space.
    pub space_id: Option<SpaceId>,
    /// The place of the last of them in the environment's sequence.
    pub environment_sequence: i64,
}

/// How long events gather before they are read.
const GATHER: Duration = Duration::from_millis(20);

/// Waits until events are committed, and a moment for those that come with them.
pub async fn events_come(signals: &mut broadcast::Receiver<EventSignal>) {
    if let Err(broadcast::error::RecvError::Closed) = signals.recv().await {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GATHER).await;
    while signals.try_recv().is_ok() {}
}

impl Db {
    /// Opens the database and brings its tables up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let pools = match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path).await?,
            DatabaseUrl::Postgres(address) => open_postgres(address).await?,
        };
        let (events, _) = broadcast::channel(SIGNAL_CAPACITY);
        let server = new_id::<AgentId>().to_string();
        let signals = Arc::new(Signals {
            events,
            written: Notify::new(),
            jobs: Notify::new(),
            mails: Notify::new(),
            idle: IdleWorkers::default(),
            rights: Rights::default(),
            server,
            accounts: Mutex::default(),
        });
        let helper = match &pools {
            Pools::Sqlite { copy, .. } => checkpoint::keep(copy.clone(), signals.clone()),
            Pools::Postgres(pool) => hear(pool.clone(), signals.clone()),
        };
        Ok(Self { pools, signals, helper: Arc::new(helper) })
    }

    /// A consistent view of the database; nothing may be written through it.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let tx = match &self.pools {
            Pools::Sqlite { read, .. } => {
                Tx::sqlite(SqliteTransaction::new(read, "BEGIN").await?, self.signals.clone())
            }
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::postgres(begin_postgres(pool, begin).await?, self.signals.clone())
            }
        };
        Ok(tx.only_reading())
    }

    /// A transaction that writes. On SQLite it waits for its turn, so keep it short.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => {
                let transaction = SqliteTransaction::new(write, "BEGIN IMMEDIATE").await?;
                Tx::sqlite(transaction, self.signals.clone())
            }
            Pools::Postgres(pool) => Tx::postgres(begin_postgres(pool, "BEGIN").await?, self.signals.clone()),
        })
    }

    /// What wakes those who wait for events and jobs.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Closes all connections, after which the file can be opened by another process.
    pub async fn close(&self) {
        self.helper.abort();
        match &self.pools {
            Pools::Sqlite { read, write, copy } => {
                read.close().await;
                copy.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins a transaction, in a task of its own: when nobody waits for it any more, sqlx 0.9.0 gives the connection to
/// others with the transaction open (issue 4393 of sqlx), and what they write is refused.
async fn begin_postgres(
    pool: &PgPool,
    begin: &'static str,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(begin).await }).await;
    // The runtime stops.
    begun.unwrap_or(Err(sqlx::Error::PoolClosed))
}

/// Hears other servers until the database is closed, however often the connection is lost.
fn hear(pool: PgPool, signals: Arc<Signals>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        while !pool.is_closed() {
            if let Err(error) = notify::hear(pool.clone(), signals.clone()).await {
                tracing::debug!(%error, "other servers cannot be heard for a moment");
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    }))
}

async fn open_sqlite(path: &PathBuf) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", "-16000")
        .pragma("mmap_size", "268435456");
    // A file does not go away: asking each time whether the connection still lives costs a trip.
    let pool = || SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false);
    let writing = options.clone().pragma("wal_autocheckpoint", checkpoint::MOST_PAGES);
    let write = pool().max_connections(1).connect_with(writing).await?;
    sqlx::migrate!("migrations/sqlite").run(&write).await.map_err(migration)?;
    let copy = pool().max_connections(1).connect_lazy_with(options.clone());
    let read = pool().max_connections(SQLITE_READERS).connect_with(options.read_only(true)).await?;
    Ok(Pools::Sqlite { read, write, copy })
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
