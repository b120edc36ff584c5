//! One transaction on either database, with the events that it will leave in the log.

use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Postgres, Transaction};

use super::convert::{count, integer};
use super::db::KnownAccounts;
use super::events::{self, Appending, EventDraft};
use super::idle::{IdleWorker, Promise};
use super::jobs::Claimed;
use super::sqlite::SqliteTransaction;
use super::statement::Statement;
use super::{Signals, StoreError, failpoint, notify};
use crate::domain::event::NewEvent;
use crate::domain::ids::EventId;

/// A transaction; dropping it undoes everything.
pub struct Tx {
    inner: Inner,
    signals: Arc<Signals>,
    emitted: Vec<EventDraft>,
    /// Statements that go with the next ones.
    waiting: Vec<Statement>,
    wakes_jobs: bool,
    wakes_mails: bool,
    changes_rights: bool,
    promised: Vec<Promise>,
    reads_only: bool,
}

enum Inner {
    Sqlite(SqliteTransaction),
    Postgres(Transaction<'static, Postgres>),
}

/// A row that both databases can give.
pub(crate) trait Row:
    for<'row> FromRow<'row, SqliteRow> + for<'row> FromRow<'row, PgRow> + Send + Unpin
{
}

impl<T> Row for T where T: for<'row> FromRow<'row, SqliteRow> + for<'row> FromRow<'row, PgRow> + Send + Unpin {}

impl Tx {
    pub(super) fn sqlite(transaction: SqliteTransaction, signals: Arc<Signals>) -> Self {
        Self::begun(Inner::Sqlite(transaction), signals)
    }

    pub(super) fn postgres(transaction: Transaction<'static, Postgres>, signals: Arc<Signals>) -> Self {
        Self::begun(Inner::Postgres(transaction), signals)
    }

    fn begun(inner: Inner, signals: Arc<Signals>) -> Self {
        Self {
            inner,
            signals,
            emitted: Vec::new(),
            waiting: Vec::new(),
            wakes_jobs: false,
            wakes_mails: false,
            changes_rights: false,
            promised: Vec::new(),
            reads_only: false,
        }
    }

    pub(super) fn only_reading(self) -> Self {
        Self { reads_only: true, ..self }
    }

    /// Whether it sees nothing but what is committed, so that others may be shown what it read.
    pub(crate) fn is_read_only(&self) -> bool {
        self.reads_only
    }

    /// Whether this is PostgreSQL, for the few statements that differ.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// What a SELECT ends with that keeps its rows for this transaction. On SQLite there is one writer.
    pub(crate) fn for_update(&self) -> &'static str {
        if self.is_postgres() { " FOR UPDATE" } else { "" }
    }

    /// Runs a statement whose answer nobody waits for. It goes to the database with others: before the next one
    /// that is waited for, and at the commit at the latest.
    pub(crate) fn later(&mut self, statement: Statement) {
        self.waiting.push(statement);
    }

    /// The same, in the place of one with the same text and the same last value that waits still.
    pub(crate) fn later_instead(&mut self, statement: Statement) {
        self.waiting.retain(|other| !statement.replaces(other));
        self.waiting.push(statement);
    }

    /// Runs what waits and then these, on SQLite in one trip; all rows that they give, of which what waits has none.
    async fn together<R: Row>(&mut self, statements: Vec<Statement>) -> Result<Vec<R>, StoreError> {
        let mut all = std::mem::take(&mut self.waiting);
        all.extend(statements);
        Ok(match &mut self.inner {
            Inner::Sqlite(transaction) => transaction.rows(all).await?,
            Inner::Postgres(transaction) => {
                let mut rows = Vec::new();
                for statement in all {
                    rows.extend(postgres_rows(transaction, statement).await?);
                }
                rows
            }
        })
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        if !self.waiting.is_empty() {
            self.together::<(i64,)>(Vec::new()).await?;
        }
        Ok(match &mut self.inner {
            Inner::Sqlite(transaction) => transaction.execute(statement).await?,
            Inner::Postgres(transaction) => {
                let (text, values) = statement.into_parts::<PgArguments>()?;
                let query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), values);
                query.execute(&mut **transaction).await?.rows_affected()
            }
        })
    }

    /// Every row of a query.
    pub(crate) async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, StoreError> {
        self.together(vec![statement]).await
    }

    /// The first row of a query that gives one at most.
    pub(crate) async fn optional<R: Row>(&mut self, statement: Statement) -> Result<Option<R>, StoreError> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// The row of a query that always gives one.
    pub(crate) async fn one<R: Row>(&mut self, statement: Statement) -> Result<R, StoreError> {
        self.optional(statement).await?.ok_or(StoreError::Other(sqlx::Error::RowNotFound))
    }

    /// One page of a list and how long the whole is. `rest` begins with `FROM`, `order` with `ORDER BY`.
    pub(crate) async fn page<R: Row>(
        &mut self,
        columns: &'static str,
        rest: Statement,
        order: &'static str,
        offset: u64,
        limit: u64,
    ) -> Result<(Vec<R>, u64), StoreError> {
        let (total,): (i64,) = self.one(rest.with_columns("COUNT(*)")).await?;
        let page = rest
            .with_columns(columns)
            .push(order)
            .push_bind(" LIMIT ", integer(limit))
            .push_bind(" OFFSET ", integer(offset));
        Ok((self.all(page).await?, count("a count", total)?))
    }

    /// Leaves an event in the log, in the same commit as what it tells of.
    pub fn emit(&mut self, event: NewEvent) -> EventId {
        self.emit_draft(event.into())
    }

    /// Leaves an event of a listener's own in the log.
    pub fn emit_draft(&mut self, draft: EventDraft) -> EventId {
        let id = draft.id.clone();
        self.emitted.push(draft);
        id
    }

    /// Wakes the workers after the commit.
    pub fn wake_jobs(&mut self) {
        self.wakes_jobs = true;
    }

    /// Has this server look for mails after the commit.
    pub(super) fn wake_mails(&mut self) {
        self.wakes_mails = true;
    }

    /// What somebody may do is another after the commit: nobody is taken then for who they were before.
    pub(super) fn rights_changed(&mut self) {
        self.changes_rights = true;
    }

    /// A worker that has nothing to do, for a job that this transaction makes; dropping it lets it wait on.
    pub fn idle_worker(&self) -> Option<IdleWorker> {
        self.signals.idle.take()
    }

    /// Gives a worker a job after the commit; its row says already that it is the worker's.
    pub fn give(&mut self, worker: IdleWorker, claimed: Claimed) {
        self.promised.push(Promise::new(worker, claimed));
    }

    /// Makes everything durable, then wakes those who wait for it.
    ///
    /// The events take their numbers as the last statements before the commit, so that the rows that
    /// hold the sequences are locked as shortly as can be.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let (shared, wakes_jobs, wakes_mails) = (self.signals.clone(), self.wakes_jobs, self.wakes_mails);
        let changes_rights = self.changes_rights;
        let (emitted, promised) = (std::mem::take(&mut self.emitted), std::mem::take(&mut self.promised));
        let Appending { statements, numbers, taken } = events::append(&mut self, emitted).await?;
        let signals = if self.is_postgres() {
            let signals = numbers.signals(taken);
            notify::tell_others(&mut self, &shared.server, &signals).await?;
            self.end::<(i64,)>(statements).await?;
            signals
        } else {
            numbers.signals(self.end(statements).await?)
        };
        failpoint("commit-after");
        if changes_rights {
            shared.rights.changed();
        }
        promised.into_iter().for_each(Promise::keep);
        shared.written.notify_one();
        for signal in signals {
            // Nobody listening is no error.
            let _ = shared.events.send(signal);
        }
        if wakes_jobs {
            shared.jobs.notify_waiters();
        }
        if wakes_mails {
            shared.mails.notify_one();
        }
        Ok(())
    }

    /// Runs what waits and the last statements, and commits.
    async fn end<R: Row>(mut self, statements: Vec<Statement>) -> Result<Vec<R>, StoreError> {
        let mut all = std::mem::take(&mut self.waiting);
        all.extend(statements);
        failpoint("commit-before");
        match self.inner {
            Inner::Sqlite(transaction) => Ok(transaction.commit(all).await?),
            Inner::Postgres(mut transaction) => {
                let mut rows = Vec::new();
                for statement in all {
                    rows.extend(postgres_rows(&mut transaction, statement).await?);
                }
                transaction.commit().await?;
                Ok(rows)
            }
        }
    }

    /// The accounts of environments that were looked up before.
    pub(super) fn accounts(&self) -> &KnownAccounts {
        &self.signals.accounts
    }

    pub(super) fn wakes_jobs(&self) -> bool {
        self.wakes_jobs
    }
}

async fn postgres_rows<R: Row>(
    transaction: &mut Transaction<'static, Postgres>,
    statement: Statement,
) -> Result<Vec<R>, sqlx::Error> {
    let (text, values) = statement.into_parts::<PgArguments>()?;
    let query = sqlx::query_as_with::<Postgres, R, _>(AssertSqlSafe(text), values);
    query.fetch_all(&mut **transaction).await
}
