//! One transaction on either database, with the events that it will leave in the log.

use std::sync::Arc;

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Signals, StoreError, events};
use crate::domain::event::NewEvent;

/// A transaction; dropping it undoes everything.
pub struct Tx {
    pub(crate) inner: Inner,
    signals: Arc<Signals>,
    emitted: Vec<NewEvent>,
    wakes_jobs: bool,
}

pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body on whichever database the transaction is of; the body is type-checked for both.
macro_rules! on_tx {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.inner {
            $crate::store::tx::Inner::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::store::tx::Inner::Postgres(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}
pub(crate) use on_tx;

impl Tx {
    pub(super) fn sqlite(transaction: Transaction<'static, Sqlite>, signals: Arc<Signals>) -> Self {
        Self { inner: Inner::Sqlite(transaction), signals, emitted: Vec::new(), wakes_jobs: false }
    }

    pub(super) fn postgres(transaction: Transaction<'static, Postgres>, signals: Arc<Signals>) -> Self {
        Self { inner: Inner::Postgres(transaction), signals, emitted: Vec::new(), wakes_jobs: false }
    }

    /// Whether this is PostgreSQL, for the few statements that differ.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// Leaves an event in the log, in the same commit as what it tells of.
    pub fn emit(&mut self, event: NewEvent) {
        self.emitted.push(event);
    }

    /// Wakes the workers after the commit.
    pub fn wake_jobs(&mut self) {
        self.wakes_jobs = true;
    }

    /// Makes everything durable, then wakes those who wait for it.
    ///
    /// The events take their numbers as the last statements before the commit, so that the rows that
    /// hold the sequences are locked as shortly as can be.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let emitted = std::mem::take(&mut self.emitted);
        let committed = if emitted.is_empty() { Vec::new() } else { events::append(&mut self, emitted).await? };
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await?,
            Inner::Postgres(transaction) => transaction.commit().await?,
        }
        for signal in committed {
            // Nobody listening is no error.
            let _ = self.signals.events.send(signal);
        }
        if self.wakes_jobs {
            self.signals.jobs.notify_waiters();
        }
        Ok(())
    }
}
