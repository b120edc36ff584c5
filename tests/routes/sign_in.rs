//! Who signs in: how often they may try, and how long a session lasts.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use inlet::api::Peer;
use inlet::service::ErrorKind;
use inlet::service::bearers::Credentials;
use serde_json::json;
use tower::ServiceExt;

use crate::auth::admin;
use crate::presence::page_router;
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn too_many_tries_to_sign_in_must_wait() {
    on_each_database(async |app: TestApp| {
        admin(&app).await;
        let try_it = async |email: &str| {
            let body = json!({ "email": email, "password": "wrong" });
            app.call_as("", "POST", "/v1/auth", &body).await
        };
        let mut words = std::collections::BTreeSet::new();
        for email in ["admin@localhost", "nobody@localhost"] {
            // On a slow machine some come back meanwhile.
            let mut refused = try_it(email).await;
            for _ in 0..50 {
                if refused.status == StatusCode::TOO_MANY_REQUESTS {
                    break;
                }
                words.insert(refused.refused(401));
                refused = try_it(email).await;
            }
            let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
            assert!((1..=30).contains(&wait), "{wait}");
            refused.refused(429);
            // The right password must wait, too, and so must the page.
            let right = json!({ "email": email, "password": "a long password" });
            app.call_as("", "POST", "/v1/auth", &right).await.refused(429);
            let form = format!("email={email}&password=a+long+password").replace('@', "%40");
            let (status, headers, html) = sent_form(&app, "/sign-in", &form, None).await;
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
            assert!(headers.contains_key(header::RETRY_AFTER) && html.contains("Too many tries"), "{html}");
        }
        assert_eq!(words.len(), 1, "{words:?}");
        // An address tries many names in vain, and no more then; another one may.
        let from = "192.0.2.1".parse().ok();
        let client = |n: usize| Credentials::Client { id: format!("{n}"), secret: "x".to_string() };
        let mut tried = 0;
        while app.service.exchange_credentials(client(tried), from).await.unwrap_err().kind
            != ErrorKind::TooMany
        {
            tried += 1;
        }
        assert!((100..200).contains(&tried), "{tried}");
        let form = "email=b%40x&password=x";
        assert_eq!(
            sent_form(&app, "/sign-in", form, Some("192.0.2.1")).await.0,
            StatusCode::TOO_MANY_REQUESTS
        );
        assert_eq!(sent_form(&app, "/sign-in", form, Some("192.0.2.2")).await.0, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn the_page_to_sign_in_is_there_for_whoever_has_no_session() {
    on_each_database(async |app: TestApp| {
        let asked = Request::get("/sign-in?next=/developers/keys").header(header::ACCEPT, "text/html");
        let (status, _, page) = shown(&app, asked.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("name=\"password\"") && page.contains("value=\"/developers/keys\""), "{page}");
        assert!(page.contains("href=\"/password\""), "{page}");
    })
    .await;
}

pub async fn sent_form(
    app: &TestApp,
    path: &str,
    form: &str,
    peer: Option<&str>,
) -> (StatusCode, header::HeaderMap, String) {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form.to_string()))
        .unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    }
    shown(app, request).await
}

pub async fn shown(app: &TestApp, request: Request<Body>) -> (StatusCode, header::HeaderMap, String) {
    let (parts, body) = page_router(app).oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_session_goes_on_while_it_is_used_and_not_for_ever() {
    on_each_database(async |app: TestApp| {
        use inlet::service::secrets::hash_token;
        use inlet::store::{now, sessions};
        const HOUR: i64 = 3_600_000;
        let session = app.service.sign_in_local().await.unwrap();
        let ends_in = async |hash: &[u8]| {
            let mut tx = app.service.db.read().await.unwrap();
            sessions::session(&mut tx, hash).await.unwrap().unwrap().expires_at.since(now())
        };
        // As it is after it was left alone for some time, and after it began a month ago.
        for (age, left, after) in [(5 * HOUR, 7 * HOUR, 12 * HOUR), (719 * HOUR, HOUR / 2, HOUR)] {
            let hash = hash_token(&format!("{age}"));
            let row = sessions::SessionRow {
                user_id: session.user.id.clone(),
                client: None,
                created_at: now().plus(-age),
                expires_at: now().plus(left),
            };
            let mut tx = app.service.db.write().await.unwrap();
            sessions::insert_session(&mut tx, &hash, &row).await.unwrap();
            tx.commit().await.unwrap();
            assert!(app.service.actor_of_session(&format!("{age}")).await.unwrap().is_some());
            assert!(ends_in(&hash).await <= left, "no request writes");
            app.service.write_uses().await.unwrap();
            let ends = ends_in(&hash).await;
            assert!((after - 60_000..=after).contains(&ends), "{age}: {ends}");
        }
    })
    .await;
}
