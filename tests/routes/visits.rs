//! Pages of visitors: what their browser is shown and may ask for, and what it may not.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use inlet::server::assets::NoAssets;
use inlet::server::{ServerState, Trust, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::fixtures::{Contacts, contacts, text};
use crate::{TestApp, on_each_database};

/// A browser that is nobody's until it opens a link.
pub struct Browser(Router);

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        Self(router(ServerState::new(app.service.clone(), Arc::new(NoAssets), Trust::Nobody)))
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.0.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap()
    }

    /// Opens a page, in a frame of another site or in a tab.
    pub async fn open(
        &self,
        path: &str,
        target: &str,
        more: &[(&str, &str)],
    ) -> (StatusCode, HeaderMap, String) {
        let mut headers = vec![("accept", "text/html"), ("sec-fetch-dest", target)];
        headers.extend(more);
        let answer = self.ask("GET", path, &headers, "").await;
        read(answer).await
    }

    async fn status(&self, method: &str, path: &str, token: &str) -> StatusCode {
        self.ask(method, path, &[("authorization", &format!("Bearer {token}"))], "").await.status()
    }
}

pub async fn read(answer: Response) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

/// The token of a visit in its first page.
pub fn visit_of(page: &str) -> String {
    let rest = page.split("data-token=\"").nth(1).unwrap_or_else(|| panic!("no visitor's page: {page}"));
    rest.split('"').next().unwrap_or_default().to_string()
}

/// The link to a space, without the server's name, and its token.
pub async fn link(app: &TestApp, made: &Contacts) -> (String, String) {
    let link = text(&app.get(&format!("/v1/spaces/{}", made.space)).await.data(), "guestLink");
    let path = link[link.find("/space/").unwrap()..].to_string();
    let token = path.split("token=").nth(1).unwrap().to_string();
    (path, token)
}

pub fn policy(headers: &HeaderMap) -> &str {
    headers["content-security-policy"].to_str().unwrap()
}

#[tokio::test]
async fn a_link_opens_its_space_in_a_frame_and_leaves_no_token_behind() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (path, token) = link(&app, &made).await;
        let browser = Browser::new(&app);
        for path in [path.clone(), format!("/s{path}"), format!("{path}&replayEvents=false")] {
            let (status, headers, page) = browser.open(&path, "iframe", &[]).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(policy(&headers).contains("frame-ancestors *;"), "{}", policy(&headers));
            assert_eq!(headers["referrer-policy"], "strict-origin");
            assert!(page.contains(&made.sheet), "it shows the first sheet at once");
            assert!(!page.contains(&token), "the token of the link is exchanged");
            let address = format!("/space/{}/workbook/{}/sheet/{}", made.space, made.workbook, made.sheet);
            assert!(page.contains(&format!("data-address=\"{address}\"")), "{path}");
            let events = if path.contains("replayEvents") { "now" } else { "all" };
            assert!(page.contains(&format!("data-events=\"{events}\"")));
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_tells_what_happened_after_the_event_that_its_host_knows() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let (path, _) = link(&app, &made).await;
        let browser = Browser::new(&app);
        let last = async |space: &str| {
            let events = app.get(&format!("/v1/events?spaceId={space}&pageSize=100")).await.data();
            text(events.as_array().unwrap().last().unwrap(), "id")
        };
        let known = last(&made.space).await;
        let forgotten = [last(&other.space).await, "us_evt_0000000000".to_string(), "yesterday".to_string()];
        let all = forgotten.iter().map(|id| (id.as_str(), "all"));
        for (replays, told) in all.chain([(known.as_str(), known.as_str()), ("false", "now")]) {
            let (_, _, page) = browser.open(&format!("{path}&replayEvents={replays}"), "iframe", &[]).await;
            assert!(page.contains(&format!("data-events=\"{told}\"")), "{replays}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_visitor_asks_for_shows_the_visit_and_reaches_one_space() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let (path, _) = link(&app, &made).await;
        let browser = Browser::new(&app);
        let (_, headers, page) = browser.open(&path, "document", &[]).await;
        let visit = visit_of(&page);
        let frame = |sheet: &str| format!("/frames/{sheet}?offset=0&limit=10");
        assert_eq!(browser.status("GET", &frame(&made.sheet), &visit).await, StatusCode::OK);
        assert_eq!(browser.status("GET", &frame(&other.sheet), &visit).await, StatusCode::NOT_FOUND);
        // The cookie opens pages in other tabs of the same space, and nothing that a page asks for.
        let cookie = headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap();
        let own = format!("/space/{}/files", made.space);
        let (status, headers, page) = browser.open(&own, "document", &[("cookie", cookie)]).await;
        assert_eq!((status, visit_of(&page)), (StatusCode::OK, visit.clone()));
        assert!(!headers.contains_key("location"));
        let asked = browser.ask("GET", &frame(&made.sheet), &[("cookie", cookie)], "").await;
        assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
        let (_, _, page) =
            browser.open(&format!("/space/{}/files", other.space), "document", &[("cookie", cookie)]).await;
        assert!(page.contains("data-does=\"resume\""), "the tab may have a visit of that space: {page}");
        // The visit is a guest's in the API, too.
        let space = |id: &str| format!("/v1/spaces/{id}");
        app.call_as(&visit, "GET", &space(&made.space), &Value::Null).await.data();
        app.call_as(&visit, "GET", &space(&other.space), &Value::Null).await.refused(404);
        app.call_as(&visit, "PATCH", &space(&made.space), &json!({ "name": "mine" })).await.refused(403);
    })
    .await;
}

#[tokio::test]
async fn a_frame_that_is_loaded_anew_sends_its_visit_as_a_form() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let (path, _) = link(&app, &made).await;
        let browser = Browser::new(&app);
        let visit = visit_of(&browser.open(&path, "iframe", &[]).await.2);
        let address = format!("/space/{}/files", made.space);
        let (status, headers, page) = browser.open(&address, "iframe", &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("data-does=\"resume\"") && !page.contains("data-token"), "{page}");
        assert!(policy(&headers).contains("script-src 'self'"));
        let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
        let (status, _, page) =
            read(browser.ask("POST", &address, &form, &format!("token={visit}")).await).await;
        assert_eq!((status, visit_of(&page)), (StatusCode::OK, visit.clone()));
        assert!(page.contains("data-events=\"go-on\""));
        for wrong in ["token=forged", "", "token="] {
            let answer = browser.ask("POST", &address, &form, wrong).await;
            assert!(answer.status().is_client_error(), "{wrong}: {}", answer.status());
        }
        let elsewhere = format!("/space/{}/files", other.space);
        let answer = browser.ask("POST", &elsewhere, &form, &format!("token={visit}")).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "a visit opens its own space");
        let foreign = [form[0], form[1], ("sec-fetch-site", "cross-site")];
        let request = Request::builder().method("POST").uri(&address);
        let request = foreign.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = browser
            .0
            .clone()
            .oneshot(request.body(Body::from(format!("token={visit}"))).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "another site's form is refused");
    })
    .await;
}

#[tokio::test]
async fn a_link_that_opens_nothing_says_so() {
    on_each_database(async |app: TestApp| {
        let (made, other) = (contacts(&app).await, contacts(&app).await);
        let (path, token) = link(&app, &made).await;
        let browser = Browser::new(&app);
        let foreign = format!("/space/{}?token={token}", other.space);
        for path in [format!("{path}0"), format!("/space/{}?token=", made.space), foreign] {
            let (status, _, page) = browser.open(&path, "iframe", &[]).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(
                page.contains("This link does not open the space any more") && !page.contains("data-token")
            );
        }
        app.delete(&format!("/v1/spaces/{}", made.space)).await.data();
        assert_eq!(browser.open(&path, "iframe", &[]).await.0, StatusCode::UNAUTHORIZED, "the space is gone");
    })
    .await;
}

#[tokio::test]
async fn who_was_known_a_moment_ago_is_out_at_once_when_the_right_ends() {
    on_each_database(async |app: TestApp| {
        let at_environment = format!("/v1/environments/{}", app.environment_id);
        let visiting = async || {
            let made = contacts(&app).await;
            let (path, _) = link(&app, &made).await;
            let visit = visit_of(&Browser::new(&app).open(&path, "document", &[]).await.2);
            let at_space = format!("/v1/spaces/{}", made.space);
            app.call_as(&visit, "GET", &at_space, &Value::Null).await.data();
            (at_space, visit)
        };
        let by_link = |way: &str| json!({ "guestAuthentication": [way] });
        for end in ["archive", "change", "delete", "expire", "environment"] {
            let (at_space, visit) = visiting().await;
            match end {
                "archive" => _ = app.post(&format!("{at_space}/archive"), Value::Null).await.data(),
                "change" => _ = app.patch(&at_space, by_link("magic_link")).await.data(),
                "delete" => _ = app.delete(&at_space).await.data(),
                "expire" => {
                    let policy = json!({ "type": "sinceCreated", "period": 1 });
                    app.post("/v1/data-retention-policies", policy).await.data();
                    let tomorrow = inlet::store::now().plus(25 * 3_600_000);
                    while app.service.expire(tomorrow).await.unwrap() > 0 {}
                }
                _ => _ = app.patch(&at_environment, by_link("magic_link")).await.json(),
            }
            app.call_as(&visit, "GET", &at_space, &Value::Null).await.refused(401);
        }
        app.patch(&at_environment, by_link("shared_link")).await.json();
        let (at_space, visit) = visiting().await;
        app.delete(&at_environment).await.data();
        for token in [&visit, &app.key] {
            app.call_as(token, "GET", &at_space, &Value::Null).await.refused(401);
        }
    })
    .await;
}

#[tokio::test]
async fn only_pages_of_visitors_can_be_framed() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (path, _) = link(&app, &made).await;
        app.service.set_admin_password("a long password").await.unwrap();
        let session = app.service.sign_in_local().await.unwrap();
        let cookie = format!("inlet_session={}", session.token);
        let browser = Browser::new(&app);
        for path in ["/", &format!("/space/{}/files", made.space), "/sign-in", "/nothing"] {
            let (_, headers, _) = browser.open(path, "document", &[("cookie", &cookie)]).await;
            assert!(policy(&headers).contains("frame-ancestors 'none'"), "{path}: {}", policy(&headers));
        }
        // Whoever may see the space anyway does so as themselves, without the token in the address.
        let (status, headers, _) = browser.open(&path, "document", &[("cookie", &cookie)]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(headers["location"].to_str().unwrap(), path.split('?').next().unwrap());
        // In a frame the cookie counts for nothing, even where the browser sends it.
        let (status, _, page) = browser.open(&path, "iframe", &[("cookie", &cookie)]).await;
        assert_eq!(status, StatusCode::OK);
        let who = visit_of(&page);
        app.call_as(&who, "PATCH", &format!("/v1/spaces/{}", made.space), &json!({})).await.refused(403);
    })
    .await;
}

#[tokio::test]
async fn an_environment_that_names_sites_lets_those_alone_show_its_pages() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (path, _) = link(&app, &made).await;
        let environment = format!("/v1/environments/{}", app.environment_id);
        let named = json!({ "embedOrigins": ["https://app.example.com", "https://*.example.org"] });
        app.patch(&environment, named).await;
        let (_, headers, page) = Browser::new(&app).open(&path, "iframe", &[]).await;
        let expected = "frame-ancestors 'self' https://app.example.com https://*.example.org;";
        assert!(policy(&headers).contains(expected), "{}", policy(&headers));
        assert!(page.contains("data-origins=\"https://app.example.com https://*.example.org\""));
    })
    .await;
}

#[tokio::test]
async fn a_file_is_fetched_with_a_ticket_for_that_file() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (path, _) = link(&app, &made).await;
        let browser = Browser::new(&app);
        let visit = visit_of(&browser.open(&path, "iframe", &[]).await.2);
        let file = |name: &str| {
            let parts = format!(
                "--x\r\ncontent-disposition: form-data; name=\"spaceId\"\r\n\r\n{}\r\n--x\r\ncontent-disposition: \
                 form-data; name=\"file\"; filename=\"{name}\"\r\n\r\na,b\r\n--x--\r\n",
                made.space
            );
            let authorization = format!("Bearer {visit}");
            let browser = &browser;
            async move {
                let headers =
                    [("authorization", authorization.as_str()), ("content-type", "multipart/form-data; boundary=x")];
                let (status, _, body) = read(browser.ask("POST", "/files", &headers, &parts).await).await;
                assert_eq!(status, StatusCode::CREATED, "{body}");
                text(&serde_json::from_str(&body).unwrap(), "id")
            }
        };
        let (one, other) = (file("one.csv").await, file("other.csv").await);
        let authorization = format!("Bearer {visit}");
        let headers = [("authorization", authorization.as_str())];
        let (status, _, body) = read(browser.ask("POST", &format!("/files/{one}/ticket"), &headers, "").await).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let address = text(&serde_json::from_str(&body).unwrap(), "address");
        let (status, _, content) = read(browser.ask("GET", &address, &[], "").await).await;
        assert_eq!((status, content.as_str()), (StatusCode::OK, "a,b"));
        for wrong in [address.replace(&one, &other), format!("/files/{one}/download"), format!("{address}0")] {
            let answer = browser.ask("GET", &wrong, &[], "").await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{wrong}");
        }
        let renewed = browser.ask("POST", "/visit", &headers, "").await;
        let (_, _, body) = read(renewed).await;
        let renewed = text(&serde_json::from_str(&body).unwrap(), "token");
        assert_eq!(browser.status("POST", "/visit", &renewed).await, StatusCode::OK);
        assert_eq!(browser.status("POST", "/visit", "visit.forged").await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_page_may_fetch_the_words_of_its_host_and_nothing_else() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let (link, _) = link(&app, &made).await;
        let browser = Browser::new(&app);
        let space = format!("/v1/spaces/{}", made.space);
        let (_, headers, page) =
            browser.open(&link, "iframe", &[("accept-language", "tlh, fr-CA;q=0.8, en;q=0.5")]).await;
        assert!(page.contains("<html lang=\"fr\"") && page.contains("/languages/fr.js"), "{page}");
        assert!(policy(&headers).contains("connect-src 'self';"));
        for (address, sites) in [
            ("https://shop.example/locales/en/translation.json", "connect-src 'self' https://shop.example;"),
            ("/locales/en/translation.json", "connect-src 'self';"),
            ("https://a.example; script-src *//x.json", "connect-src 'self';"),
            ("javascript://alert(1)", "connect-src 'self';"),
        ] {
            app.patch(&space, json!({ "languageOverride": "de-AT", "translationsPath": address }))
                .await
                .data();
            let (_, headers, page) = browser.open(&link, "iframe", &[("accept-language", "fr")]).await;
            assert!(page.contains("<html lang=\"de\"") && page.contains("data-wanted=\"de-AT\""), "{page}");
            let policy = policy(&headers);
            assert!(
                policy.contains(sites) && policy.matches("script-src").count() == 1,
                "{address}: {policy}"
            );
        }
        app.patch(&space, json!({ "languageOverride": "en", "translationsPath": null })).await.data();
        let (_, _, page) = browser.open(&link, "iframe", &[("accept-language", "fr")]).await;
        assert!(page.contains("<html lang=\"en\"") && !page.contains("/language.js"), "{page}");
    })
    .await;
}
