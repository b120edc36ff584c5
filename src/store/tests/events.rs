//! The event log: order, addresses, acknowledgement, and messages between servers.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::domain::event::{Event, Topic};
use crate::domain::ids::{EventId, Id, SpaceId};
use crate::store::events::{EventDraft, EventFilter, Sequence, acknowledge, after_environment, after_space};
use crate::store::events::{find, last_sequence, list};
use crate::store::testing::database::TestDatabase;
use crate::store::testing::{databases, samples};
use crate::store::{Db, new_id, spaces};

const WRITERS: i64 = 8;
const COMMITS: i64 = 12;

/// Commits events from one writer: 1 to 3 a commit, some undone, some without a space.
async fn write(db: Db, tenant: std::sync::Arc<samples::Tenant>, spaces: [SpaceId; 2], writer: i64) -> i64 {
    let mut written = 0;
    for commit in 0..COMMITS {
        let mut tx = db.write().await.unwrap();
        let count = 1 + (writer + commit) % 3;
        for place in 0..count {
            let mut event = tenant.event(Topic::RecordsUpdated);
            // The two spaces come in either order, as in transactions that touch both.
            event.space_id = match (writer + place) % 3 {
                2 => None,
                space => Some(spaces[space as usize].clone()),
            };
            tx.emit(event);
        }
        spaces::touch(&mut tx, &spaces[(writer % 2) as usize], samples::THEN.plus(commit));
        if commit % 5 == 4 {
            drop(tx);
        } else {
            tx.commit().await.unwrap();
            written += count;
        }
    }
    written
}

fn sequence(events: &[Event], of: impl Fn(&Event) -> Option<i64>) -> Vec<i64> {
    events.iter().filter_map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sequences_have_no_gaps_whoever_writes() {
    for database in databases().await {
        let tenant = std::sync::Arc::new(samples::tenant(&database).await);
        let other = samples::space(&tenant.environment);
        let mut tx = database.write().await.unwrap();
        spaces::insert(&mut tx, &other).await.unwrap();
        tx.commit().await.unwrap();
        let both = [tenant.space.id.clone(), other.id.clone()];
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write((*database).clone(), tenant.clone(), both.clone(), writer)))
            .collect();
        let mut written = 0;
        for writer in writers {
            written += writer.await.unwrap();
        }
        let mut tx = database.read().await.unwrap();
        let environment = &tenant.environment.id;
        let events = after_environment(&mut tx, environment, 0, 1000).await.unwrap();
        let numbers = sequence(&events, |event| Some(event.environment_sequence));
        assert_eq!(numbers, (1..=written).collect::<Vec<_>>(), "{}", database.name);
        let last = last_sequence(&mut tx, &Sequence::Environment(environment.clone())).await.unwrap();
        assert_eq!(last, written);
        for space in both {
            let of_space = after_space(&mut tx, &space, 0, 1000).await.unwrap();
            let numbers = sequence(&of_space, |event| event.space_sequence);
            assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "{}", database.name);
            let order = sequence(&of_space, |event| Some(event.environment_sequence));
            assert!(order.is_sorted(), "{}: {order:?}", database.name);
            let last = last_sequence(&mut tx, &Sequence::Space(space)).await.unwrap();
            assert_eq!(last, numbers.len() as i64);
        }
        assert_eq!(events.iter().map(|event| &event.id).collect::<BTreeSet<_>>().len(), events.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_sees_a_number_sees_those_before_it() {
    for database in databases().await {
        let tenant = std::sync::Arc::new(samples::tenant(&database).await);
        let both = [tenant.space.id.clone(), tenant.space.id.clone()];
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write((*database).clone(), tenant.clone(), both.clone(), writer)))
            .collect();
        let mut seen = 0;
        while writers.iter().any(|writer| !writer.is_finished()) {
            let mut tx = database.read().await.unwrap();
            for event in after_environment(&mut tx, &tenant.environment.id, seen, 1000).await.unwrap() {
                assert_eq!(event.environment_sequence, seen + 1, "{}", database.name);
                seen = event.environment_sequence;
            }
        }
    }
}

async fn emitted(database: &TestDatabase, tenant: &samples::Tenant, topic: Topic) -> EventId {
    let mut tx = database.write().await.unwrap();
    let id = tx.emit(tenant.event(topic));
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn the_log_adds_what_clients_look_for() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let id = emitted(&database, &tenant, Topic::RecordsUpdated).await;
        let mut tx = database.read().await.unwrap();
        let event = find(&mut tx, &tenant.scope(), &id).await.unwrap().unwrap();
        assert_eq!(event.data_url, Some(format!("/v1/sheets/{}/records?for={id}", tenant.sheet.id)));
        let context = json!({"sheetId": tenant.sheet.id, "accountId": tenant.account.id,
            "environmentId": tenant.environment.id, "spaceId": tenant.space.id});
        assert_eq!(json!(event.context), context);
        assert_eq!((event.topic.as_str(), event.domain.as_str()), ("records:updated", "sheet"));
        assert_eq!((event.environment_sequence, event.space_sequence), (1, Some(1)));
        assert_eq!(json!([event.payload, event.namespaces]), json!([{"count": 1}, ["space:red"]]));
    }
}

#[tokio::test]
async fn a_listener_leaves_events_of_its_own() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut event = tenant.event(Topic::RecordsUpdated);
        event.data_path = Some("/v1/x?a=1".to_string());
        let mut draft = EventDraft::from(event);
        assert_eq!(draft.data_url, Some(format!("/v1/x?a=1&for={}", draft.id)));
        draft.topic = "space:guestAdded".to_string();
        draft.space_id = None;
        let mut tx = database.write().await.unwrap();
        let id = tx.emit_draft(draft);
        tx.commit().await.unwrap();
        let mut tx = database.read().await.unwrap();
        let event = find(&mut tx, &tenant.scope(), &id).await.unwrap().unwrap();
        assert_eq!((event.topic.as_str(), event.space_sequence), ("space:guestAdded", None));
        assert!(!event.context.contains_key("spaceId"));
    }
}

#[tokio::test]
async fn many_events_of_one_commit_keep_their_order() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let ids: Vec<_> = (0..1201).map(|_| tx.emit(tenant.event(Topic::JobUpdated))).collect();
        tx.commit().await.unwrap();
        let mut tx = database.read().await.unwrap();
        let events = after_space(&mut tx, &tenant.space.id, 0, 2000).await.unwrap();
        assert_eq!(events.into_iter().map(|event| event.id).collect::<Vec<_>>(), ids);
    }
}

#[tokio::test]
async fn a_list_is_narrowed_and_forgets_what_was_acknowledged() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let created = emitted(&database, &tenant, Topic::FileCreated).await;
        let ready = emitted(&database, &tenant, Topic::JobReady).await;
        let all = EventFilter::default();
        let mut tx = database.write().await.unwrap();
        let since = find(&mut tx, &tenant.scope(), &ready).await.unwrap().unwrap().created_at;
        for (filter, wanted) in [
            (all.clone(), vec![&created, &ready]),
            (EventFilter { topic: Some("job:ready".to_string()), ..all.clone() }, vec![&ready]),
            (EventFilter { topic_prefix: Some("job:".to_string()), ..all.clone() }, vec![&ready]),
            (EventFilter { domain: Some("file".to_string()), ..all.clone() }, vec![&created]),
            (EventFilter { since: Some(since), ..all.clone() }, vec![]),
            (EventFilter { since: Some(samples::THEN), ..all.clone() }, vec![&created, &ready]),
            (EventFilter { space_id: Some(new_id()), ..all.clone() }, vec![]),
            (EventFilter { environment_id: Some(new_id()), ..all.clone() }, vec![]),
        ] {
            let (found, total) = list(&mut tx, &tenant.scope(), &filter, 0, 10).await.unwrap();
            assert_eq!(found.iter().map(|event| &event.id).collect::<Vec<_>>(), wanted, "{filter:?}");
            assert_eq!(total as usize, wanted.len());
        }
        acknowledge(&mut tx, &created, "us_usr_00000001", samples::THEN).await.unwrap();
        acknowledge(&mut tx, &created, "us_usr_00000002", samples::THEN.plus(1)).await.unwrap();
        let event = find(&mut tx, &tenant.scope(), &created).await.unwrap().unwrap();
        assert_eq!(event.acknowledged_at, Some(samples::THEN));
        assert_eq!(event.acknowledged_by.as_deref(), Some("us_usr_00000001"));
        assert_eq!(list(&mut tx, &tenant.scope(), &all, 0, 10).await.unwrap().1, 1);
        let with = EventFilter { include_acknowledged: true, ..all };
        assert_eq!(list(&mut tx, &tenant.scope(), &with, 0, 10).await.unwrap().1, 2);
    }
}

#[tokio::test]
async fn whoever_waits_is_woken_after_the_commit() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut signals = database.signals().events.subscribe();
        let woken = database.signals().jobs.notified();
        let mut tx = database.write().await.unwrap();
        tx.emit(tenant.event(Topic::JobCreated));
        tx.emit(tenant.event(Topic::JobReady));
        tx.wake_jobs();
        assert!(signals.try_recv().is_err(), "{}: told before the commit", database.name);
        tx.commit().await.unwrap();
        let signal = signals.recv().await.unwrap();
        assert_eq!((signal.environment_sequence, signal.space_id), (2, Some(tenant.space.id.clone())));
        assert!(signals.try_recv().is_err(), "{}: told twice", database.name);
        woken.await;
    }
}

#[tokio::test]
async fn servers_over_one_postgresql_hear_of_one_another() {
    for database in databases().await.into_iter().filter(|database| database.name == "PostgreSQL") {
        let tenant = samples::tenant(&database).await;
        let second = Db::open(&database.url).await.unwrap();
        let mut signals = second.signals().events.subscribe();
        let mut own = database.signals().events.subscribe();
        let wait = Duration::from_secs(10);
        // The second server may still be about to listen: say it until it is heard.
        let heard = tokio::time::timeout(wait, async {
            loop {
                emitted(&database, &tenant, Topic::JobReady).await;
                if let Ok(signal) = tokio::time::timeout(Duration::from_millis(50), signals.recv()).await {
                    break signal.unwrap();
                }
            }
        });
        let heard = heard.await.unwrap();
        assert_eq!(heard.environment_id.as_str(), tenant.environment.id.as_str());
        assert_eq!(heard.space_id.as_ref(), Some(&tenant.space.id));

        let woken = second.signals().jobs.notified();
        let mut tx = database.write().await.unwrap();
        tx.wake_jobs();
        tx.commit().await.unwrap();
        tokio::time::timeout(wait, woken).await.unwrap();

        // A server's own messages come back to it but are not passed on twice.
        let mut told = Vec::new();
        while let Ok(signal) = own.try_recv() {
            told.push(signal.environment_sequence);
        }
        assert_eq!(told, (1..=told.len() as i64).collect::<Vec<_>>());
        second.close().await;
    }
}
