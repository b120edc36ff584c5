//! What pages of other sites cannot do in the name of a person, who may show our pages, and where tokens do not go.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use server_fn::axum::server_fn_paths;
use tower::ServiceExt;

use crate::fixtures::{Contacts, contacts, embed_token, insert, invited, text};
use crate::presence::{own_account, page_router, person};
use crate::{TestApp, on_each_database};

/// A browser of a person who is signed in.
struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    async fn signed_in(app: &TestApp) -> Self {
        let router = page_router(app);
        let session = person(app, &router, &own_account(app).await, "Ada").await.session;
        Self { router, cookie: format!("inlet_session={session}") }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookie);
        request = request.header(header::HOST, "inlet.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        (answer.status(), answer.headers().clone())
    }

    async fn is_signed_in(&self) -> bool {
        self.ask("GET", "/", &[("accept", "text/html")]).await.0 == StatusCode::OK
    }
}

/// Everything that a browser may ask for that changes something: the functions of the pages, and all else.
fn changes(file: &str) -> Vec<(String, String)> {
    let functions = server_fn_paths().map(|(path, method)| (method.to_string(), path.to_string()));
    let others = ["/files", "/visit", "/presence", "/sign-in", "/sign-out", "/invitation"];
    let others = others.iter().map(ToString::to_string).chain([format!("/files/{file}/ticket")]);
    functions.chain(others.map(|path| ("POST".to_string(), path))).collect()
}

/// What a browser says of a request that a page of another site makes it send, or an old one that says nothing.
const FOREIGN: [&[(&str, &str)]; 7] = [
    &[],
    &[("origin", "null")],
    &[("origin", "https://evil.example")],
    &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
    &[("origin", "https://inlet.example"), ("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "none")],
];

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let browser = Browser::signed_in(&app).await;
        let changes = changes("us_fl_0000000000");
        assert!(changes.len() > 40, "the functions of the pages are among them: {changes:?}");
        for (method, path) in &changes {
            for headers in FOREIGN {
                let (status, _) = browser.ask(method, path, headers).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} {headers:?}");
            }
            for own in [("sec-fetch-site", "same-origin"), ("origin", "http://inlet.example")] {
                if path != "/sign-out" {
                    let (status, _) = browser.ask(method, path, &[own]).await;
                    assert_ne!(status, StatusCode::FORBIDDEN, "{method} {path} {own:?}");
                }
            }
        }
        // The API does not look at cookies, wherever the request comes from.
        for headers in FOREIGN.into_iter().chain([&[("sec-fetch-site", "same-origin")][..]]) {
            for (method, path) in [
                ("POST", "/v1/spaces".to_string()),
                ("DELETE", format!("/v1/spaces/{}", made.space)),
                ("POST", format!("/v1/sheets/{}/records", made.sheet)),
                ("POST", "/v1/files".to_string()),
                ("PATCH", "/v1/accounts/current".to_string()),
            ] {
                let (status, _) = browser.ask(method, &path, headers).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} {headers:?}");
            }
        }
        assert!(browser.is_signed_in().await, "nobody was signed out");
        let (status, _) = browser.ask("POST", "/sign-out", &[("sec-fetch-site", "same-origin")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(!browser.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn a_link_changes_nothing() {
    on_each_database(async |app: TestApp| {
        assert!(server_fn_paths().all(|(_, method)| method == Method::POST), "they are called by POST alone");
        let browser = Browser::signed_in(&app).await;
        for (_, path) in changes("us_fl_0000000000") {
            let (status, headers) = browser.ask("GET", &path, &[]).await;
            let is_form = ["/sign-in", "/invitation"].contains(&path.as_str());
            assert!(is_form || !status.is_success(), "GET {path}: {status}");
            assert!(!headers.contains_key(header::SET_COOKIE), "GET {path}: {headers:?}");
        }
        assert!(browser.is_signed_in().await);

        // Nor does a question to the API, but the one that the contract has so.
        let made = contacts(&app).await;
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let job = json!({ "type": "workbook", "operation": "go", "source": made.workbook });
        let job = text(&app.post("/v1/jobs", job).await.data(), "id");
        let before = events(&app).await;
        let document = app.get("/v1/openapi.json").await.json();
        let mut asked = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            if methods["get"].is_null() || path.ends_with("/revert") || path.ends_with("/stream") {
                continue;
            }
            let address = [
                ("{spaceId}", &made.space),
                ("{workbookId}", &made.workbook),
                ("{sheetId}", &made.sheet),
                ("{environmentId}", &app.environment_id),
                ("{guestId}", &guest),
                ("{jobId}", &job),
            ]
            .iter()
            .fold(path.clone(), |path, (name, id)| path.replace(name, id));
            let query =
                format!("?spaceId={}&workbookId={}&sheetId={}", made.space, made.workbook, made.sheet);
            let answer = app.get(&format!("{address}{query}&environmentId={}", app.environment_id)).await;
            asked += usize::from(answer.status.is_success());
        }
        assert!(asked > 40, "{asked} questions were answered");
        assert_eq!(events(&app).await, before);
    })
    .await;
}

async fn events(app: &TestApp) -> Value {
    app.get("/v1/events?pageSize=1").await.json()["pagination"]["totalCount"].clone()
}

/// One of each kind of answer, and who may show it in a frame.
async fn answers(app: &TestApp, made: &Contacts) -> Vec<(&'static str, String, &'static str)> {
    let upload = crate::files::upload(app, &[("spaceId", &made.space), ("file", "a,b")]).await.data();
    let file = text(&upload, "id");
    vec![
        ("GET", "/".to_string(), "'none'"),
        ("GET", format!("/space/{}/workbook/{}/sheet/{}", made.space, made.workbook, made.sheet), "'none'"),
        ("GET", "/nothing".to_string(), "'none'"),
        ("GET", "/sign-in".to_string(), "'none'"),
        ("GET", "/invitation".to_string(), "'none'"),
        ("POST", "/rpc/nothing".to_string(), "'none'"),
        ("GET", format!("/stream?space={}", made.space), "'none'"),
        ("GET", format!("/frames/{}?offset=0&limit=10", made.sheet), "'none'"),
        ("GET", format!("/files/{file}/download"), "'none'"),
        ("POST", "/files".to_string(), "'none'"),
        ("GET", "/favicon.svg".to_string(), "'none'"),
        ("GET", "/pkg/nothing.js".to_string(), "'none'"),
        ("GET", "/healthz".to_string(), "'none'"),
        ("GET", "/readyz".to_string(), "'none'"),
        ("GET", "/v1/spaces".to_string(), "'none'"),
        ("OPTIONS", "/v1/spaces".to_string(), "'none'"),
        ("PUT", "/v1/spaces".to_string(), "'none'"),
        ("GET", "/v1/prompts".to_string(), "'none'"),
        ("GET", "/v1/openapi.json".to_string(), "'none'"),
        ("GET", "/v2/subscribe/a/b/0".to_string(), "'none'"),
        ("GET", "/time/0".to_string(), "'none'"),
        ("GET", "/embed".to_string(), "*"),
        ("GET", "/space-init".to_string(), "*"),
        ("GET", "/s/space-init".to_string(), "*"),
        // The last, for nobody is signed in after it.
        ("POST", "/sign-out".to_string(), "'none'"),
    ]
}

#[tokio::test]
async fn every_kind_of_answer_says_who_may_show_it_and_what_it_tells_others() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let browser = Browser::signed_in(&app).await;
        for (method, path, ancestors) in answers(&app, &made).await {
            for accept in ["text/html", "*/*"] {
                let said = [("accept", accept), ("sec-fetch-site", "same-origin")];
                let (status, headers) = browser.ask(method, &path, &said).await;
                let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or("");
                let policy = value("content-security-policy");
                let directive =
                    policy.split(';').find_map(|part| part.trim().strip_prefix("frame-ancestors "));
                assert_eq!(directive, Some(ancestors), "{method} {path} {status}: {policy}");
                assert!(
                    !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
                    "{path}: {policy}"
                );
                assert_eq!(value("x-content-type-options"), "nosniff", "{method} {path}");
                let referrer = value("referrer-policy");
                let kept = ["no-referrer", "same-origin", "strict-origin"].contains(&referrer);
                assert!(kept, "{method} {path}: `{referrer}`");
                assert_eq!(value("x-frame-options"), "", "it knows no lists of sites");
                if policy.contains("'strict-dynamic'") && ancestors == "'none'" {
                    assert_eq!(value("cross-origin-opener-policy"), "same-origin", "{method} {path}");
                }
            }
        }
    })
    .await;
}

/// Texts that are written to the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// On one thread, so that all that is said is heard.
#[tokio::test(flavor = "current_thread")]
async fn tokens_go_into_no_address_no_answer_and_no_log() {
    let app = TestApp::on_sqlite().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let hearing = tracing::subscriber::set_default(subscriber);
    tracing::info!("somebody listens");

    let made = contacts(&app).await;
    let router = page_router(&app);
    let link = text(&app.get(&format!("/v1/spaces/{}", made.space)).await.data(), "guestLink");
    let (_, token) = link.split_once("?token=").unwrap();
    let old = format!("{token}0");
    let space = format!("/space/{}", made.space);
    for path in [
        format!("{space}?token={token}"),
        format!("/s{space}?token={token}"),
        format!("{space}?token={old}"),
        format!("{space}/nothing?a=b&token={old}"),
        format!("/?token={old}"),
        format!("/nothing?token={old}"),
        format!("/stream?space={}&token={token}", made.space),
        format!("/frames/{}?offset=0&limit=1&token={token}", made.sheet),
        format!("/v1/spaces?token={token}"),
        format!("/v1/nothing?token={token}"),
    ] {
        for target in ["document", "iframe", "empty"] {
            let request = Request::get(&path).header("accept", "text/html").header("sec-fetch-dest", target);
            let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (parts, body) = answer.into_parts();
            for name in [header::LOCATION, header::CONTENT_LOCATION, header::LINK, header::REFRESH] {
                let value = parts.headers.get(&name).map(|value| value.to_str().unwrap()).unwrap_or("");
                assert!(!value.contains(token), "{path}: {name}: {value}");
            }
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            let page = String::from_utf8_lossy(&bytes);
            assert!(!page.contains(token), "{path}: {page}");
        }
    }
    let secrets = [app.key.clone(), app.publishable.clone(), embed_token(&app, &made.space).await];
    for secret in &secrets {
        app.call_as(secret, "GET", "/v1/spaces", &Value::Null).await;
        app.call_as(&format!("{secret}0"), "GET", "/v1/spaces", &Value::Null).await.refused(401);
        app.call_as(secret, "POST", "/v1/spaces", &json!({ "name": 1 })).await.refused(400);
    }
    drop(hearing);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("somebody listens"));
    for secret in secrets.iter().map(String::as_str).chain([token]) {
        assert!(!said.contains(secret), "the log has {secret}");
    }
}

#[tokio::test]
async fn a_token_in_an_address_opens_nothing_but_what_the_sdks_send_so() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for name in ["token", "access_token", "accessToken", "api_key", "apiKey"] {
            let path = format!("/v1/spaces?{name}={}", app.key);
            let answer = app.send(Request::get(&path).body(Body::empty()).unwrap()).await;
            assert!(answer.refused(400).contains("`Authorization`"), "{name}");
            assert_eq!(answer.json()["errors"][0]["key"], name);
        }
        let router = page_router(&app);
        let token = embed_token(&app, &made.space).await;
        for path in [
            format!("/stream?space={}&token={token}", made.space),
            format!("/frames/{}?offset=0&limit=1&token={token}", made.sheet),
            format!("/rpc/nothing?token={token}"),
        ] {
            let request = Request::get(&path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
    })
    .await;
}
