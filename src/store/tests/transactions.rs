//! What a transaction puts off, undoes and keeps, on both databases.

use std::time::Duration;

use crate::domain::event::Topic;
use crate::store::statement::Statement;
use crate::store::testing::{databases, samples};
use crate::store::{Tx, mails, spaces};

async fn activity(tx: &mut Tx, tenant: &samples::Tenant) -> i64 {
    let space = spaces::find(tx, &tenant.scope(), &tenant.space.id).await.unwrap().unwrap();
    space.last_activity_at.0
}

#[tokio::test]
async fn what_waits_is_seen_by_whoever_asks_next() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let before = activity(&mut tx, &tenant).await;
        let later = tenant.space.last_activity_at.plus(5_000);
        spaces::touch(&mut tx, &tenant.space.id, later);
        assert_eq!(activity(&mut tx, &tenant).await, later.0, "{}", database.name);
        spaces::touch(&mut tx, &tenant.space.id, later.plus(5_000));
        let statement = Statement::new("UPDATE spaces SET name = $1 WHERE id = $2 AND last_activity_at = $3");
        let statement = statement.bind("Seen").bind(&tenant.space.id).bind(later.plus(5_000));
        assert_eq!(tx.execute(statement).await.unwrap(), 1, "{}", database.name);
        drop(tx);
        // All of it is undone, and the next one may write at once.
        let mut tx = database.write().await.unwrap();
        assert_eq!(activity(&mut tx, &tenant).await, before, "{}", database.name);
        spaces::touch(&mut tx, &tenant.space.id, later);
        tx.commit().await.unwrap();
        let mut tx = database.read().await.unwrap();
        assert_eq!(activity(&mut tx, &tenant).await, later.0, "{}", database.name);
    }
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        spaces::touch(&mut tx, &tenant.space.id, tenant.space.last_activity_at.plus(5_000));
        tx.later(Statement::new("INSERT INTO commits (id) VALUES ($1)").bind("not enough"));
        tx.emit(tenant.event(Topic::RecordsUpdated));
        assert!(tx.commit().await.is_err());
        let mut tx = database.write().await.unwrap();
        assert_eq!(activity(&mut tx, &tenant).await, tenant.space.last_activity_at.0, "{}", database.name);
        tx.emit(tenant.event(Topic::RecordsUpdated));
        tx.commit().await.unwrap();
        let mut tx = database.read().await.unwrap();
        let environment = &tenant.environment.id;
        let events = crate::store::events::after_environment(&mut tx, environment, 0, 10).await.unwrap();
        assert_eq!(events.last().unwrap().environment_sequence, events.len() as i64, "{}", database.name);
    }
}

#[tokio::test]
async fn a_commit_wakes_who_sends_mails_and_ends_what_was_known_of_callers() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let signals = database.signals();
        let era = signals.rights.era();
        let mut woken = Box::pin(signals.mails.notified());
        for is_kept in [false, true] {
            let mut tx = database.write().await.unwrap();
            mails::put(&mut tx, "one", "somebody", b"sealed", samples::THEN).await.unwrap();
            spaces::delete(&mut tx, &tenant.space.id, samples::THEN).await.unwrap();
            assert!(futures::poll!(&mut woken).is_pending(), "{}", database.name);
            assert_eq!(signals.rights.era(), era, "{}", database.name);
            if is_kept {
                tx.commit().await.unwrap();
            }
        }
        assert!(futures::poll!(&mut woken).is_ready(), "{}", database.name);
        assert!(signals.rights.era() > era, "{}", database.name);
        // What tells of neither is nobody's news.
        let (era, mut woken) = (signals.rights.era(), Box::pin(signals.mails.notified()));
        let mut tx = database.write().await.unwrap();
        spaces::touch(&mut tx, &tenant.space.id, samples::THEN.plus(5_000));
        tx.commit().await.unwrap();
        assert!(futures::poll!(&mut woken).is_pending() && signals.rights.era() == era, "{}", database.name);
    }
}

/// Whoever waits for a transaction may go at any moment: a client that closes its connection does.
#[tokio::test]
async fn a_beginning_that_nobody_waits_for_is_in_nobodys_way() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        for round in 0..100 {
            let mut beginning = Box::pin(database.read());
            for _ in 0..round % 10 {
                if futures::poll!(&mut beginning).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_micros(10)).await;
            }
            drop(beginning);
            let mut tx = database.write().await.unwrap();
            spaces::touch(&mut tx, &tenant.space.id, tenant.space.last_activity_at.plus(round));
            tx.commit().await.unwrap_or_else(|error| panic!("{} {round}: {error}", database.name));
        }
    }
}

#[tokio::test]
async fn a_reader_sees_one_moment() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut reader = database.read().await.unwrap();
        let before = activity(&mut reader, &tenant).await;
        let mut tx = database.write().await.unwrap();
        spaces::touch(&mut tx, &tenant.space.id, tenant.space.last_activity_at.plus(5_000));
        tx.commit().await.unwrap();
        assert_eq!(activity(&mut reader, &tenant).await, before, "{}", database.name);
        // A transaction that asked for nothing ends like any other.
        database.write().await.unwrap().commit().await.unwrap();
    }
}
