//! Servers over one PostgreSQL tell one another what they committed. A message is only a hint, ids and
//! a number; what happened is read from the tables, and whoever waits also looks by himself now and then.

use std::sync::Arc;

use sqlx::PgPool;
use sqlx::postgres::PgListener;

use super::statement::Statement;
use super::{EventSignal, Signals, StoreError, Tx};
use crate::domain::ids::{EnvironmentId, Id, SpaceId};

const CHANNEL: &str = "inlet_events";
const NO_SPACE: &str = "-";

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hint {
    Event(EventSignal),
    Jobs,
}

/// Leaves messages that go out with the commit.
pub(super) async fn tell_others(
    tx: &mut Tx,
    server: &str,
    signals: &[EventSignal],
) -> Result<(), StoreError> {
    let mut hints: Vec<Hint> = signals.iter().cloned().map(Hint::Event).collect();
    if tx.wakes_jobs() {
        hints.push(Hint::Jobs);
    }
    for hint in hints {
        let statement = Statement::new("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(write(server, &hint));
        tx.execute(statement).await?;
    }
    Ok(())
}

/// Hears what other servers committed, until the pool is closed.
pub(super) async fn hear(pool: PgPool, signals: Arc<Signals>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Nothing means that the connection was lost and made anew: something may have been missed.
        let Some(message) = listener.try_recv().await? else {
            signals.jobs.notify_waiters();
            continue;
        };
        match read(message.payload()) {
            Some((server, _)) if server == signals.server => {}
            Some((_, Hint::Event(signal))) => {
                // Nobody listening is no error.
                let _ = signals.events.send(signal);
            }
            Some((_, Hint::Jobs)) => signals.jobs.notify_waiters(),
            None => {
                tracing::warn!(payload = message.payload(), "a message of another version is passed over")
            }
        }
    }
}

fn write(server: &str, hint: &Hint) -> String {
    match hint {
        Hint::Jobs => format!("{server} jobs"),
        Hint::Event(signal) => format!(
            "{server} event {} {} {}",
            signal.environment_id,
            signal.space_id.as_ref().map_or(NO_SPACE, Id::as_str),
            signal.environment_sequence
        ),
    }
}

fn read(payload: &str) -> Option<(&str, Hint)> {
    let parts: Vec<&str> = payload.split(' ').collect();
    match parts.as_slice() {
        [server, "jobs"] => Some((server, Hint::Jobs)),
        [server, "event", environment, space, sequence] => {
            let space_id = if *space == NO_SPACE { None } else { Some(SpaceId::parse(space).ok()?) };
            let signal = EventSignal {
                environment_id: EnvironmentId::parse(environment).ok()?,
                space_id,
                environment_sequence: sequence.parse().ok()?,
            };
            Some((server, Hint::Event(signal)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::new_id;

    #[test]
    fn messages_are_read_as_they_were_written() {
        for space_id in [None, Some(new_id())] {
            let signal = EventSignal { environment_id: new_id(), space_id, environment_sequence: 7 };
            for hint in [Hint::Jobs, Hint::Event(signal)] {
                assert_eq!(read(&write("a", &hint)), Some(("a", hint)));
            }
        }
        assert_eq!(read("a later version's message"), None);
    }
}
