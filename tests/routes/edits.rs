//! Edits that come at once share a commit to the disk and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId, SpaceId};
use inlet::domain::query::RecordQuery;
use inlet::service::cell_edits::{Typed, TypedCell};
use inlet::service::{ErrorKind, Service};
use inlet::store::events;
use inlet::store::records::{self, At};
use serde_json::json;

use crate::fixtures::{contacts, insert, typed};
use crate::{TestApp, on_each_database};

const WRITERS: usize = 32;
const EDITS: usize = 50;

/// Types one text after the other over the name of a record; the versions that they made.
async fn type_all(
    service: Arc<Service>,
    actor: Actor,
    sheet: SheetId,
    record: String,
    texts: Vec<String>,
) -> Vec<i64> {
    let mut versions = Vec::new();
    for pair in texts.windows(2) {
        let cell = typed(&record, Some(&pair[0]), Some(&pair[1]));
        let Typed::Written(written) = service.type_cell(&actor, &sheet, cell).await.unwrap() else {
            panic!("somebody else wrote {record}");
        };
        let now = service.sheet(&actor, &sheet).await.unwrap();
        assert!(now.version >= written.version, "an answer came before its commit");
        versions.push(written.version);
    }
    versions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_edit_of_many_writers_is_kept() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people: Vec<_> =
            (0..WRITERS).map(|writer| json!({ "name": format!("writer {writer}") })).collect();
        let ids = insert(&app, &made.sheet, &people).await;
        let sheet = SheetId::parse(&made.sheet).unwrap();
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let before = app.service.sheet(&actor, &sheet).await.unwrap().version;
        let writers: Vec<_> = (0..WRITERS)
            .zip(ids)
            .map(|(writer, record)| {
                // The last text of each writer takes the name away, which is an error.
                let rounds = (1..EDITS).map(|round| round.to_string());
                let texts = [format!("writer {writer}")].into_iter().chain(rounds).chain([String::new()]);
                let (service, actor, sheet) = (app.service.clone(), actor.clone(), sheet.clone());
                tokio::spawn(type_all(service, actor, sheet, record, texts.collect()))
            })
            .collect();
        let mut versions = BTreeSet::new();
        for writer in writers {
            let own = writer.await.unwrap();
            assert!(own.is_sorted());
            versions.extend(own);
        }
        let last = before + (WRITERS * EDITS) as i64;
        assert!(versions.into_iter().eq(before + 1..=last), "each edit has a version of its own");

        let counts = app.get(&format!("/v1/sheets/{sheet}/counts")).await.data()["counts"].clone();
        assert_eq!((&counts["total"], &counts["error"]), (&json!(WRITERS), &json!(WRITERS)));
        events_are_in_order(&app, &made.space).await;
    })
    .await;
}

/// The events of the edits in the log: without gaps, and those of each edit together.
async fn events_are_in_order(app: &TestApp, space: &str) {
    let mut tx = app.service.db.read().await.unwrap();
    let space = SpaceId::parse(space).unwrap();
    let events = events::after_space(&mut tx, &space, 0, 1_000_000).await.unwrap();
    let numbers = events.iter().filter_map(|event| event.space_sequence);
    assert!(numbers.eq(1..=events.len() as i64), "the numbers of the events have no gaps");
    let begin = events.iter().position(|event| event.topic == "records:updated").unwrap();
    let edits: Vec<_> = events[begin..].chunks(3).collect();
    assert_eq!(edits.len(), WRITERS * EDITS);
    let mut version = None;
    for edit in edits {
        let topics: Vec<&str> = edit.iter().map(|event| event.topic.as_str()).collect();
        assert_eq!(topics, ["records:updated", "commit:created", "sheet:counts-updated"]);
        assert_eq!(edit[0].context["commitId"], edit[1].context["commitId"]);
        let next = edit[2].payload["version"].as_i64();
        assert!(next > version, "{next:?} comes after {version:?}");
        version = next;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_that_is_refused_is_refused_alone() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ann" }), json!({ "name": "Bob" })]).await;
        let sheet = SheetId::parse(&made.sheet).unwrap();
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let neighbour = app.service.actor_of_bearer(&app.neighbours_key().await).await.unwrap();
        let edit = async |actor: &Actor, cell| app.service.type_cell(actor, &sheet, cell).await;
        let ann = || typed(&ids[0], Some("Ann"), Some("Ada"));
        let (one, no_field, no_record, stranger, other) = tokio::join!(
            edit(&actor, ann()),
            edit(&actor, TypedCell { field: "nothing".to_string(), ..ann() }),
            edit(&actor, typed("us_rc_0123456789", None, Some("x"))),
            edit(&neighbour, ann()),
            edit(&actor, typed(&ids[1], Some("Bob"), Some("Ben"))),
        );
        for written in [one, other] {
            assert!(matches!(written, Ok(Typed::Written(written)) if written.commit_id.is_some()));
        }
        for refused in [no_field, no_record, stranger] {
            assert_eq!(refused.unwrap_err().kind, ErrorKind::NotFound);
        }
        let records = app.get(&format!("/v1/sheets/{sheet}/records")).await.data();
        let name = |place: usize| records["records"][place]["values"]["name"]["value"].clone();
        assert_eq!((name(0), name(1)), (json!("Ada"), json!("Ben")));

        let nowhere = SheetId::parse("us_sh_0123456789").unwrap();
        let lost = app.service.type_cell(&actor, &nowhere, ann()).await;
        assert_eq!(lost.unwrap_err().kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_patch_log_is_folded_when_the_sheet_is_left_alone() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people: Vec<_> = (0..2_500).map(|place| json!({ "name": format!("{place}") })).collect();
        let ids = insert(&app, &made.sheet, &people).await;
        let path = format!("/v1/sheets/{}/records", made.sheet);
        for some in ids.chunks(500) {
            let update = |id: &String| json!({ "id": id, "values": { "name": { "value": "Ann" } } });
            app.put(&path, some.iter().map(update).collect()).await.data();
        }
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let sheet = app.service.sheet(&actor, &SheetId::parse(&made.sheet).unwrap()).await.unwrap();
        let mut tries = 0..100;
        loop {
            let mut tx = app.service.db.read().await.unwrap();
            let patches = records::patches(&mut tx, sheet.number, At::Head).await.unwrap();
            if patches.is_empty() {
                break;
            }
            assert!(tries.next().is_some(), "{} patches lie over the chunks still", patches.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let now = app.service.sheet(&actor, &sheet.id).await.unwrap();
        assert_eq!(now.version, sheet.version, "folding changes nothing that anybody sees");
        let ann = RecordQuery { search_value: Some("Ann".to_string()), ..RecordQuery::default() };
        assert_eq!(app.service.record_counts(&actor, &sheet.id, &ann).await.unwrap().total, 2_500);
    })
    .await;
}
