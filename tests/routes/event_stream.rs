//! Listeners without an SDK that ask: by polling, and with one request that stays open.

use axum::body::Body;
use axum::http::Request;
use futures::StreamExt;
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn who_polls_with_the_last_event_misses_none_and_hears_none_twice() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let all = app.get("/v1/events?pageSize=100&includeAcknowledged=true").await.data();
        let all: Vec<String> = all.as_array().unwrap().iter().map(|event| text(event, "id")).collect();
        assert!(all.len() > 4);
        for space in [String::new(), format!("&spaceId={}", made.space)] {
            let (mut heard, mut last) = (vec![all[0].clone()], all[0].clone());
            loop {
                let page = app.get(&format!("/v1/events?since={last}&pageSize=2{space}")).await.data();
                let page: Vec<String> =
                    page.as_array().unwrap().iter().map(|event| text(event, "id")).collect();
                let Some(newest) = page.last() else { break };
                last = newest.clone();
                heard.extend(page);
            }
            assert_eq!(heard, all, "{space}");
        }
        app.get("/v1/events?since=us_evt_0000000000").await.refused(404);
        app.get("/v1/events?since=yesterday").await.refused(400);
    })
    .await;
}

#[tokio::test]
async fn a_stream_goes_on_behind_the_last_event() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let all = app.get("/v1/events?pageSize=100").await.data();
        let all: Vec<String> = all.as_array().unwrap().iter().map(|event| text(event, "id")).collect();
        let since = &all[all.len() - 3];
        for (query, header) in [
            (format!("?since={since}"), None),
            (format!("?spaceId={}", made.space), Some(since.as_str())),
            (format!("?since={}", all[0]), Some(since.as_str())),
        ] {
            let mut stream = open(&app, &query, header).await;
            assert_eq!(stream.next_ids(2).await, all[all.len() - 2..], "{query}");
            let mut last = all[all.len() - 1].clone();
            while last != newest(&app).await {
                last = stream.next_ids(1).await.remove(0);
            }
            let name = json!({ "name": format!("Now {query}") });
            app.patch(&format!("/v1/spaces/{}", made.space), name.clone()).await.data();
            let heard = stream.next().await;
            assert_eq!(heard["payload"]["changes"][0]["newValue"], name["name"], "{heard}");
        }
        app.get("/v1/events/stream?since=us_evt_0000000000").await.refused(404);
        app.get("/v1/events/stream?spaceId=us_sp_0000000000").await.refused(404);
    })
    .await;
}

async fn newest(app: &TestApp) -> String {
    let all = app.get("/v1/events?pageSize=100").await.data();
    text(all.as_array().unwrap().last().unwrap(), "id")
}

struct Stream {
    body: axum::body::BodyDataStream,
    text: String,
}

async fn open(app: &TestApp, query: &str, last: Option<&str>) -> Stream {
    let mut request = Request::get(format!("/v1/events/stream{query}"))
        .header("authorization", format!("Bearer {}", app.key));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = app.begin(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    Stream { body: response.into_body().into_data_stream(), text: String::new() }
}

impl Stream {
    /// The next event.
    async fn next(&mut self) -> Value {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
                let found = field("id: ").zip(field("data: ")).map(|(id, data)| {
                    let event: Value = serde_json::from_str(data).unwrap();
                    assert_eq!(event["id"], id);
                    event
                });
                self.text = rest.to_string();
                if let Some(event) = found {
                    return event;
                }
                continue;
            }
            let part = tokio::time::timeout(std::time::Duration::from_secs(10), self.body.next()).await;
            self.text.push_str(&String::from_utf8_lossy(&part.unwrap().unwrap().unwrap()));
        }
    }

    async fn next_ids(&mut self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(text(&self.next().await, "id"));
        }
        ids
    }
}
