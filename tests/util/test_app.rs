//! The API as clients meet it: its real router over a database of the test's own, with two
//! environments so that a test can be the neighbour who must see nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use inlet::api;
use inlet::domain::limits::Limits;
use inlet::domain::webhook::reach::Reach;
use inlet::domain::webhook::schedule::Schedule;
use inlet::files::FileStore;
use inlet::service::settings::MailServer;
use inlet::service::{Agents, Retention, Secrets, Service, Settings, Timeouts, Webhooks};
use inlet::sheets::Sheets;
use inlet::store::{DatabaseUrl, Db};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt;

use super::postgres;

/// A server without a port.
pub struct TestApp {
    pub service: Arc<Service>,
    /// A secret key of the environment of the tests.
    pub key: String,
    /// A publishable key of it.
    pub publishable: String,
    pub environment_id: String,
    /// Cancel it to end long polls, as a stopping server does.
    pub stopping: CancellationToken,
    router: Router,
    folder: PathBuf,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

/// Runs a test on SQLite, and on PostgreSQL when there is one.
pub async fn on_each_database(test: impl AsyncFn(TestApp)) {
    on_each_database_within(small_files(), test).await;
}

/// The same, of a server with limits of its own.
pub async fn on_each_database_within(limits: Limits, test: impl AsyncFn(TestApp)) {
    test(TestApp::on_sqlite_within(limits).await).await;
    if let Some(address) = postgres::cluster() {
        test(TestApp::on_postgres(&address, limits).await).await;
    }
}

/// The same, of a server that sends mails: what it would send is asked of [`Service::take_mail`].
pub async fn on_each_database_with_mail(test: impl AsyncFn(TestApp)) {
    let mail = || {
        let (url, from) = ("smtp://127.0.0.1:9".to_string(), "Inlet <inlet@example.com>".to_string());
        Some(MailServer { url, from, first_wait: 60_000 })
    };
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir_all(&folder).unwrap();
    let url = DatabaseUrl::Sqlite(folder.join("inlet.db"));
    test(TestApp::open_with(folder, &url, small_files(), mail()).await).await;
    if let Some(address) = postgres::cluster() {
        let name = unique();
        let url = DatabaseUrl::Postgres(postgres::new_database(&address, &name).await);
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        test(TestApp::open_with(folder, &url, small_files(), mail()).await).await;
    }
}

fn small_files() -> Limits {
    Limits { file_bytes: 4 << 20, ..Limits::default() }
}

fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("inlet_routes_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

impl TestApp {
    /// With an SQLite database in a folder of its own.
    pub async fn on_sqlite() -> Self {
        Self::on_sqlite_within(small_files()).await
    }

    /// The same of a server that sends mails; and another on the same database, for what survives the first.
    pub async fn on_sqlite_with_mail(mail: MailServer) -> [Self; 2] {
        let folder = std::env::temp_dir().join(unique());
        std::fs::create_dir_all(&folder).unwrap();
        let url = DatabaseUrl::Sqlite(folder.join("inlet.db"));
        let one = Self::open_with(folder.clone(), &url, small_files(), Some(mail.clone())).await;
        let other = Self::open_with(folder, &url, small_files(), Some(mail)).await;
        [one, other]
    }

    async fn on_sqlite_within(limits: Limits) -> Self {
        let folder = std::env::temp_dir().join(unique());
        std::fs::create_dir_all(&folder).unwrap();
        let url = DatabaseUrl::Sqlite(folder.join("inlet.db"));
        Self::open(folder, &url, limits).await
    }

    /// With a PostgreSQL database of its own, made through the one at `address`.
    async fn on_postgres(address: &str, limits: Limits) -> Self {
        let name = unique();
        let url = DatabaseUrl::Postgres(postgres::new_database(address, &name).await);
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        Self::open(folder, &url, limits).await
    }

    async fn open(folder: PathBuf, url: &DatabaseUrl, limits: Limits) -> Self {
        Self::open_with(folder, url, limits, None).await
    }

    async fn open_with(folder: PathBuf, url: &DatabaseUrl, limits: Limits, mail: Option<MailServer>) -> Self {
        let db = Db::open(url).await.unwrap();
        let settings = Settings {
            public_url: "http://inlet.test".to_string(),
            timeouts: Timeouts::FAST,
            limits,
            retention: Retention { event_days: Some(90), ..Retention::default() },
            webhooks: Webhooks { schedule: Schedule::FAST, reach: Reach::Anywhere },
            agents: Agents::FAST,
            mail,
        };
        let files = FileStore::new(&folder).with_most_bytes(limits.file_bytes);
        files.prepare().await.unwrap();
        let service = Arc::new(Service::new(
            db,
            Sheets::with_most_records(16 << 20, limits.rows),
            files,
            settings,
            Secrets::new([7; 32]),
        ));
        let environment = service.ensure_account().await.unwrap();
        let keys = service.create_keys(&environment.id).await.unwrap();
        let stopping = CancellationToken::new();
        let router = api::tidy_addresses(api::router(service.clone(), stopping.clone()));
        Self {
            key: keys.secret,
            publishable: keys.publishable,
            environment_id: environment.id.to_string(),
            service,
            stopping,
            router,
            folder,
        }
    }

    /// A secret key of the account's other environment.
    pub async fn neighbours_key(&self) -> String {
        let mut tx = self.service.db.read().await.unwrap();
        let account = inlet::store::accounts::first_account(&mut tx).await.unwrap().unwrap();
        let (environments, _) =
            inlet::store::accounts::environments(&mut tx, &account.id, 0, 10).await.unwrap();
        drop(tx);
        let other = environments.into_iter().find(|one| one.id.to_string() != self.environment_id).unwrap();
        self.service.create_keys(&other.id).await.unwrap().secret
    }

    /// Where the server keeps its files.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Puts it on a port of this machine; where that is.
    pub async fn listen(&self) -> (String, AbortOnDropHandle<()>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = self.router.clone();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (url, AbortOnDropHandle::new(task))
    }

    /// All bytes of the files that the server keeps, its database among them when that is SQLite.
    pub fn bytes_on_disk(&self) -> Vec<u8> {
        let mut waiting = vec![self.folder.clone()];
        let mut all = Vec::new();
        while let Some(path) = waiting.pop() {
            match path.is_dir() {
                true => waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path())),
                false => all.extend(std::fs::read(path).unwrap_or_default()),
            }
        }
        all
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Sends a request as it is; the answer as it comes.
    pub async fn begin(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends JSON, or nothing for `null`, with `key`.
    pub async fn call_as(&self, key: &str, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.call_as(&self.key, method, path, &body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, Value::Null).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stopping.cancel();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Answer {
    /// The whole body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| {
            panic!("{} {error}: {}", self.status, String::from_utf8_lossy(&self.bytes))
        })
    }

    /// The member `data` of an answer that must be a success.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()["data"].take()
    }

    /// The message of an answer that must be that failure, in the envelope.
    #[track_caller]
    pub fn refused(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        let body = self.json();
        assert!(body["errors"][0]["key"].is_string(), "{body}");
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{body}");
        body["errors"][0]["message"].as_str().unwrap().to_string()
    }
}
