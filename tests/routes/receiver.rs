//! The receiver of webhooks: a server that answers as a test says, and keeps what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::AbortOnDropHandle;

use crate::TestApp;
use crate::fixtures::text;

/// What it answers.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    pub retry_after: Option<&'static str>,
    pub delay: Duration,
}

/// A status without a body.
pub fn status(status: u16) -> Reply {
    Reply { status, body: String::new(), retry_after: None, delay: Duration::ZERO }
}

/// 200 with JSON.
pub fn says(body: &Value) -> Reply {
    Reply { body: body.to_string(), ..status(200) }
}

/// What it was sent.
#[derive(Clone)]
pub struct Request {
    pub headers: HeaderMap,
    pub body: Bytes,
    pub at: Instant,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
    }

    /// Whether the library of receivers finds it signed with that secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        Webhook::new(secret).unwrap().verify(&self.body, &self.headers).is_ok()
    }
}

#[derive(Clone, Default)]
struct Shared {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

pub struct Receiver {
    pub url: String,
    shared: Shared,
    _task: AbortOnDropHandle<()>,
}

impl Receiver {
    /// Answers with these, the last one again and again; 200 when there is none.
    pub async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let shared =
            Shared { replies: Arc::new(Mutex::new(replies.into_iter().collect())), ..Shared::default() };
        let router = Router::new().route("/hook", post(answer)).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _task: AbortOnDropHandle::new(task) }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Waits until it was sent so many requests.
    pub async fn wait_for(&self, count: usize) -> Vec<Request> {
        eventually("enough requests", async || {
            let requests = self.requests();
            (requests.len() >= count).then_some(requests)
        })
        .await
    }

    /// What it answers from now on.
    pub fn answer_with(&self, replies: impl IntoIterator<Item = Reply>) {
        *self.shared.replies.lock().unwrap() = replies.into_iter().collect();
    }
}

async fn answer(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let reply = {
        shared.requests.lock().unwrap().push(Request { headers, body, at: Instant::now() });
        let mut replies = shared.replies.lock().unwrap();
        let last = replies.len() == 1;
        let first = if last { replies.front().cloned() } else { replies.pop_front() };
        first.unwrap_or_else(|| status(200))
    };
    tokio::time::sleep(reply.delay).await;
    let mut answer = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    if let Some(value) = reply.retry_after {
        answer.headers_mut().insert("retry-after", value.parse().unwrap());
    }
    answer
}

/// Asks until there is something; fails after twenty seconds.
pub async fn eventually<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Sends the webhooks of a server until this is dropped.
pub fn sending(app: &TestApp) -> DropGuard {
    let stopping = CancellationToken::new();
    tokio::spawn(inlet::jobs::webhooks::run(app.service.clone(), stopping.clone()));
    stopping.drop_guard()
}

/// Makes a webhook of a space; its address in the API, and its secret.
pub async fn hook(app: &TestApp, space: &str, url: &str, topics: &[&str]) -> (String, String) {
    let body = json!({ "spaceId": space, "url": url, "topics": topics });
    let made = app.post("/v1/webhooks", body).await.data();
    (format!("/v1/webhooks/{}", text(&made, "id")), text(&made, "secret"))
}

/// Waits until a webhook has so many deliveries in that state; gives them, the latest first.
pub async fn deliveries(app: &TestApp, hook: &str, state: &str, count: usize) -> Vec<Value> {
    eventually(&format!("{count} {state} deliveries"), async || {
        let found = app.get(&format!("{hook}/deliveries?state={state}")).await.data();
        let found = found.as_array().unwrap().clone();
        (found.len() >= count).then_some(found)
    })
    .await
}
