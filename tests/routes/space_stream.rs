//! What happens in a space, as its pages hear it: every event once and in order, however many pages there are and
//! whenever each began.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;
use inlet::domain::ids::{Id, SpaceId};
use inlet::store::events::{self, Sequence};
use serde_json::json;

use crate::fixtures::{Contacts, contacts};
use crate::presence::{Browser, own_account, page_router, person};
use crate::{TestApp, on_each_database};

/// The places of what comes until `last` has come.
async fn heard(mut stream: BodyDataStream, last: i64) -> Vec<i64> {
    let mut places = Vec::new();
    let all = async {
        while places.last() != Some(&last) {
            let bytes = stream.next().await.unwrap().unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            places.extend(text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse::<i64>().ok()));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
    places
}

async fn newest(app: &TestApp, made: &Contacts) -> i64 {
    let mut tx = app.service.db.read().await.unwrap();
    events::last_sequence(&mut tx, &Sequence::Space(SpaceId::parse(&made.space).unwrap())).await.unwrap()
}

async fn change(app: &TestApp, made: &Contacts, times: usize) {
    for _ in 0..times {
        let row = json!([{ "name": { "value": "Ann" } }]);
        app.post(&format!("/v1/sheets/{}/records", made.sheet), row).await.data();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_hears_every_event_once_and_in_order() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ada = person(&app, &page_router(&app), &own_account(&app).await, "Ada").await;
        let open = async |ada: &Browser, after: &str| ada.stream(&format!("{}{after}", made.space)).await.1;
        let first = newest(&app, &made).await;
        let early = [open(&ada, "").await, open(&ada, "&after=0").await];
        change(&app, &made, 5).await;
        let middle = newest(&app, &made).await;
        // While events are being told.
        let after_first = format!("&after={first}");
        let (late, ()) = tokio::join!(open(&ada, &after_first), change(&app, &made, 5));
        let newcomer = open(&ada, "").await;
        let before_last = newest(&app, &made).await;
        change(&app, &made, 2).await;
        let last = newest(&app, &made).await;
        assert!(first < middle && middle < before_last && before_last < last);
        let [plain, whole] = early;
        assert_eq!(heard(plain, last).await, (first + 1..=last).collect::<Vec<_>>());
        assert_eq!(heard(whole, last).await, (1..=last).collect::<Vec<_>>());
        assert_eq!(heard(late, last).await, (first + 1..=last).collect::<Vec<_>>());
        assert_eq!(heard(newcomer, last).await, (before_last + 1..=last).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_falls_far_behind_reads_on_where_it_was() {
    let app = TestApp::on_sqlite().await;
    let made = contacts(&app).await;
    let ada = person(&app, &page_router(&app), &own_account(&app).await, "Ada").await;
    let first = newest(&app, &made).await;
    let (_, slow) = ada.stream(&made.space).await;
    // More events than are kept for a stream that does not take them.
    change(&app, &made, 120).await;
    let last = newest(&app, &made).await;
    assert!(last - first > 256, "{last} - {first}");
    assert_eq!(heard(slow, last).await, (first + 1..=last).collect::<Vec<_>>());
}
