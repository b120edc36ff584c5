//! A transaction on SQLite that begins in the trip of its first statements and ends in that of its last: a trip
//! to the thread that has the connection takes as long as a statement.

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow, Sqlite, SqlitePool};
use tokio::runtime::Handle;

use super::statement::Statement;

/// A transaction; dropping it undoes everything.
pub(super) struct SqliteTransaction {
    /// There until it is given back.
    connection: Option<PoolConnection<Sqlite>>,
    begin: &'static str,
    standing: Standing,
}

#[derive(PartialEq, Eq)]
enum Standing {
    NotBegun,
    Begun,
    Ended,
}

impl SqliteTransaction {
    /// Takes a connection; `begin` is the statement that begins the transaction.
    pub(super) async fn new(pool: &SqlitePool, begin: &'static str) -> Result<Self, sqlx::Error> {
        let connection = Some(pool.acquire().await?);
        Ok(Self { connection, begin, standing: Standing::NotBegun })
    }

    /// Runs statements; all rows that they give.
    pub(super) async fn rows<R>(&mut self, statements: Vec<Statement>) -> Result<Vec<R>, sqlx::Error>
    where
        R: for<'row> FromRow<'row, SqliteRow> + Send + Unpin,
    {
        let statement = self.begun_with(Statement::joined(statements));
        self.fetch(statement).await
    }

    /// Runs one statement; how many rows it changed.
    pub(super) async fn execute(&mut self, statement: Statement) -> Result<u64, sqlx::Error> {
        if self.standing == Standing::NotBegun {
            // What is counted of several statements is not what the last one changed.
            self.rows::<(i64,)>(Vec::new()).await?;
        }
        let (text, values) = statement.into_parts::<SqliteArguments>()?;
        let query = sqlx::query_with::<Sqlite, _>(AssertSqlSafe(text), values);
        Ok(query.execute(&mut **self.connection()?).await?.rows_affected())
    }

    /// Runs the last statements and makes everything durable; all rows that they give.
    pub(super) async fn commit<R>(mut self, statements: Vec<Statement>) -> Result<Vec<R>, sqlx::Error>
    where
        R: for<'row> FromRow<'row, SqliteRow> + Send + Unpin,
    {
        if statements.is_empty() && self.standing == Standing::NotBegun {
            return Ok(Vec::new());
        }
        let statement = self.begun_with(Statement::joined(statements).before("COMMIT"));
        let rows = self.fetch(statement).await?;
        self.standing = Standing::Ended;
        Ok(rows)
    }

    fn begun_with(&mut self, statement: Statement) -> Statement {
        if self.standing != Standing::NotBegun {
            return statement;
        }
        self.standing = Standing::Begun;
        statement.after(self.begin)
    }

    async fn fetch<R>(&mut self, statement: Statement) -> Result<Vec<R>, sqlx::Error>
    where
        R: for<'row> FromRow<'row, SqliteRow> + Send + Unpin,
    {
        let (text, values) = statement.into_parts::<SqliteArguments>()?;
        let query = sqlx::query_as_with::<Sqlite, R, _>(AssertSqlSafe(text), values);
        query.fetch_all(&mut **self.connection()?).await
    }

    fn connection(&mut self) -> Result<&mut PoolConnection<Sqlite>, sqlx::Error> {
        self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.standing != Standing::Begun {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            connection.close_on_drop();
            return;
        };
        // Nobody gets the connection before all is undone.
        runtime.spawn(async move {
            if sqlx::query("ROLLBACK").execute(&mut *connection).await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}
