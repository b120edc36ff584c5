//! Links of guests' own: mailed, opened once, and the page that asks for an address.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use inlet::domain::ids::{GuestId, Id, SpaceId};
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, embed_token, invited, text};
use crate::visits::{Browser, link, policy, read, visit_of};
use crate::{TestApp, on_each_database, on_each_database_with_mail};

const FORM: [(&str, &str); 2] =
    [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];

/// A space whose guests come in by links of their own alone.
async fn closed(app: &TestApp) -> Contacts {
    let made = contacts(app).await;
    let change = json!({ "guestAuthentication": ["magic_link"] });
    app.patch(&format!("/v1/spaces/{}", made.space), change).await.data();
    made
}

async fn sent(browser: &Browser, path: &str, form: &str) -> (StatusCode, HeaderMap, String) {
    read(browser.ask("POST", path, &FORM, form).await).await
}

/// Where an answer sends the browser.
fn way(headers: &HeaderMap) -> &str {
    headers["location"].to_str().unwrap()
}

/// The mail that is to be sent next; waits for it a moment, for it is written after the answer.
pub async fn mail(app: &TestApp) -> Option<inlet::service::mail::Mail> {
    for _ in 0..40 {
        if let Some(taken) = app.service.take_mail(60_000).await.unwrap() {
            app.service.forget_mail(&taken.id).await.unwrap();
            return Some(taken.mail);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    None
}

/// The token of the link in a mail.
async fn mailed(app: &TestApp, made: &Contacts) -> String {
    let mail = mail(app).await.unwrap();
    let start = format!("http://inlet.test/space/{}/enter#", made.space);
    let rest = mail.text.split_once(&start).unwrap_or_else(|| panic!("no link: {}", mail.text)).1;
    rest.split_whitespace().next().unwrap().to_string()
}

async fn grow_old(app: &TestApp) {
    use inlet::store::{now, one_time_links};
    let mut tx = app.service.db.write().await.unwrap();
    one_time_links::delete_ended(&mut tx, now().plus(25 * 3_600_000)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn where_guests_have_links_of_their_own_the_shared_one_opens_nothing() {
    on_each_database_with_mail(async |app: TestApp| {
        let made = contacts(&app).await;
        let browser = Browser::new(&app);
        let (shared, token) = link(&app, &made).await;
        let before = visit_of(&browser.open(&shared, "document", &[]).await.2);
        let at_space = format!("/v1/spaces/{}", made.space);
        app.call_as(&before, "GET", &at_space, &Value::Null).await.data();
        let space = app.patch(&at_space, json!({ "guestAuthentication": ["magic_link"] })).await.data();
        assert_eq!(text(&space, "guestLink"), format!("http://inlet.test/space/{}", made.space));

        let ask = format!("/space/{}/enter", made.space);
        for (path, target) in [(shared.as_str(), "document"), (shared.as_str(), "iframe")] {
            let (status, headers, _) = browser.open(path, target, &[]).await;
            assert_eq!((status, way(&headers)), (StatusCode::SEE_OTHER, format!("{ask}?over").as_str()));
        }
        // A visit that began before is over, and so is one that its page would go on with.
        let (status, headers, _) =
            sent(&browser, &format!("/space/{}", made.space), &format!("token={before}")).await;
        assert_eq!((status, way(&headers)), (StatusCode::SEE_OTHER, format!("{ask}?over").as_str()));
        app.call_as(&before, "GET", &at_space, &Value::Null).await.refused(401);
        // Whoever comes without anything is asked for an address, in a tab and in a frame.
        let (status, headers, _) = browser.open(&format!("/space/{}", made.space), "document", &[]).await;
        assert_eq!((status, way(&headers)), (StatusCode::SEE_OTHER, ask.as_str()));
        let (_, _, page) = browser.open(&format!("/space/{}/files", made.space), "iframe", &[]).await;
        assert!(page.contains(&format!("data-otherwise=\"{ask}\" data-does=\"resume\"")), "{page}");
        let (status, headers, page) = browser.open(&ask, "iframe", &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(policy(&headers).contains("frame-ancestors *") && !policy(&headers).contains("unsafe"));
        assert!(page.contains("Send me a link") && !page.contains("opens the space any more"), "{page}");
        assert!(browser.open(&format!("{ask}?over"), "document", &[]).await.2.contains("any more"));
        // The page that embeds the space still sets it up by its token, and a space with both ways stays open.
        app.call_as(&token, "PATCH", &at_space, &json!({ "name": "mine" })).await.data();
        app.patch(&at_space, json!({ "guestAuthentication": ["magic_link", "shared_link"] })).await.data();
        visit_of(&browser.open(&shared, "document", &[]).await.2);
        // Other spaces ask nobody for an address.
        let other = contacts(&app).await;
        let (_, headers, _) = browser.open(&format!("/space/{}", other.space), "document", &[]).await;
        assert!(way(&headers).starts_with("/sign-in?next="));
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_is_let_in_is_mailed_a_link_that_opens_once() {
    on_each_database_with_mail(async |app: TestApp| {
        let (made, other) = (closed(&app).await, closed(&app).await);
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let token = mailed(&app, &made).await;
        let browser = Browser::new(&app);
        let (at, form) = (format!("/space/{}", made.space), format!("link={token}"));
        // To look at the link uses nothing up, and no address opens anything by it.
        let (status, _, page) = browser.open(&format!("{at}/enter"), "document", &[]).await;
        assert!(status == StatusCode::OK && page.contains(&format!("action=\"{at}\"")), "{page}");
        for query in ["token", "link"] {
            let (status, _, _) = browser.open(&format!("{at}?{query}={token}"), "document", &[]).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
        }
        let (status, _, _) = sent(&browser, &format!("/space/{}", other.space), &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "it opens no other space");

        let (status, headers, page) = sent(&browser, &at, &form).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!page.contains(&token), "it is exchanged");
        assert!(headers["set-cookie"].to_str().unwrap().contains("HttpOnly"));
        let visit = visit_of(&page);
        let seen =
            app.call_as(&visit, "GET", &format!("/v1/spaces/{}", made.space), &Value::Null).await.data();
        assert_eq!(seen["id"], json!(made.space));
        assert_eq!(seen["guestLink"], json!(format!("http://inlet.test{at}")), "they have no link for others");
        let (status, headers, _) = sent(&browser, &at, &form).await;
        assert_eq!((status, way(&headers)), (StatusCode::SEE_OTHER, format!("{at}/enter?over").as_str()));

        // Who is let in already hears nothing; who is let into one more space hears of that.
        let path = format!("/v1/guests/{guest}");
        let both = json!({ "spaces": [{ "id": made.space }, { "id": other.space }] });
        app.patch(&path, both.clone()).await.data();
        mailed(&app, &other).await;
        app.patch(&path, both).await.data();
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
        // Nobody is mailed by a space that has a shared link alone, until somebody asks for it.
        let open = contacts(&app).await;
        app.patch(&path, json!({ "spaces": [{ "id": open.space }, { "id": made.space }] })).await.data();
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
        let invite = |space: &str| json!([{ "guestId": guest, "spaceId": space, "fromName": "Bob", "message": "Come!" }]);
        app.post("/v1/invitations", invite(&open.space)).await.data();
        let words = mail(&app).await.unwrap();
        assert!(words.text.contains("Bob invites you into \"Contacts\"") && words.text.contains("Come!"));
        assert!(words.text.contains(&format!("http://inlet.test/space/{}?token=", open.space)));
        app.post("/v1/invitations", invite(&made.space)).await.data();
        mailed(&app, &made).await;
    })
    .await;
}

#[tokio::test]
async fn the_answer_is_the_same_whether_or_not_an_address_is_invited() {
    on_each_database_with_mail(async |app: TestApp| {
        let made = closed(&app).await;
        invited(&app, "ann@example.com", &[&made.space]).await;
        let first = mailed(&app, &made).await;
        let browser = Browser::new(&app);
        let ask = format!("/space/{}/enter", made.space);
        let mut answers = Vec::new();
        for email in ["ann%40example.com", "eve%40example.com", "no-address"] {
            let (status, headers, page) = sent(&browser, &ask, &format!("email={email}")).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            answers.push((way(&headers).to_string(), page));
        }
        assert!(answers[0] == answers[1] && answers[1] == answers[2], "{answers:?}");
        let (_, headers, page) = browser.open(&answers[0].0, "iframe", &[]).await;
        assert!(policy(&headers).contains("frame-ancestors *") && page.contains("Look into your mailbox"));
        // The first link was made just now; once it is gone there is another, to her alone.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
        grow_old(&app).await;
        let at = format!("/space/{}", made.space);
        assert_eq!(sent(&browser, &at, &format!("link={first}")).await.0, StatusCode::SEE_OTHER, "too old");
        for email in ["eve%40example.com", "ANN%40example.com"] {
            sent(&browser, &ask, &format!("email={email}")).await;
        }
        let second = mailed(&app, &made).await;
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
        visit_of(&sent(&browser, &at, &format!("link={second}")).await.2);

        let foreign = [FORM[0], FORM[1], ("sec-fetch-site", "cross-site")];
        let request = axum::http::Request::post(&ask);
        let request = foreign.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let (status, ..) =
            crate::sign_in::shown(&app, request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let mut tries = 0;
        while sent(&browser, &ask, "email=bob%40example.com").await.0 != StatusCode::TOO_MANY_REQUESTS {
            tries += 1;
            assert!(tries < 50);
        }
        assert!(tries >= 10, "{tries}");
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_with_what_it_was_for() {
    on_each_database_with_mail(async |app: TestApp| {
        let made = closed(&app).await;
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let browser = Browser::new(&app);
        let (path, at) = (format!("/v1/guests/{guest}"), format!("/space/{}", made.space));
        let refused = async |token: &str| {
            let status = sent(&browser, &at, &format!("link={token}")).await.0;
            assert_eq!(status, StatusCode::SEE_OTHER);
        };
        let old = mailed(&app, &made).await;
        app.patch(&path, json!({ "email": "anna@example.com" })).await.data();
        refused(&old).await;
        let invite = json!([{ "guestId": guest, "spaceId": made.space }]);
        app.post("/v1/invitations", invite.clone()).await.data();
        let old = mailed(&app, &made).await;
        app.delete(&format!("{path}?spaceId={}", made.space)).await.data();
        app.patch(&path, json!({ "spaces": [{ "id": made.space }] })).await.data();
        refused(&old).await;
        // Of several the first that is used ends the others.
        let first = mailed(&app, &made).await;
        app.post("/v1/invitations", invite).await.data();
        let second = mailed(&app, &made).await;
        visit_of(&sent(&browser, &at, &format!("link={first}")).await.2);
        refused(&second).await;
        // What is not sent yet goes with the guest.
        app.post("/v1/invitations", json!([{ "guestId": guest, "spaceId": made.space }])).await.data();
        app.delete(&path).await.data();
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_exchanged_by_a_program_and_sent_anew() {
    on_each_database_with_mail(async |app: TestApp| {
        let made = closed(&app).await;
        invited(&app, "ann@example.com", &[&made.space]).await;
        let token = mailed(&app, &made).await;
        let exchange =
            async |body: Value| app.call_as("", "POST", "/v1/invitations/exchange", &body).await.data();
        let good = exchange(json!({ "token": token })).await;
        assert_eq!(good["valid"], json!(true));
        let as_guest = text(&good, "token");
        app.call_as(&as_guest, "GET", &format!("/v1/spaces/{}", made.space), &Value::Null).await.data();
        assert_eq!(exchange(json!({ "token": token })).await, json!({ "valid": false }));
        for email in ["eve@example.com", "ann@example.com"] {
            let body = json!({ "token": token, "email": email, "spaceId": made.space });
            assert_eq!(exchange(body).await, json!({ "valid": false, "sentTo": email }));
        }
        mailed(&app, &made).await;
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn without_mails_whoever_invites_has_the_link() {
    on_each_database(async |app: TestApp| {
        let made = closed(&app).await;
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);
        let browser = Browser::new(&app);
        let ask = format!("/space/{}/enter", made.space);
        let (_, _, page) = browser.open(&ask, "document", &[]).await;
        assert!(page.contains("Ask whoever invited you") && !page.contains("Send me a link"), "{page}");
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let (guest, space) = (GuestId::parse(&guest).unwrap(), SpaceId::parse(&made.space).unwrap());
        let link = app.service.guest_link(&actor, &guest, &space).await.unwrap();
        assert!(link.once);
        let token = link.address.strip_prefix(&format!("http://inlet.test{ask}#")).unwrap().to_string();
        let at = format!("/space/{}", made.space);
        visit_of(&sent(&browser, &at, &format!("link={token}")).await.2);
        assert_eq!(sent(&browser, &at, &format!("link={token}")).await.0, StatusCode::SEE_OTHER);
        // What a program made for a guest opens the space as before; the page that embeds it names nobody.
        let minted = format!("/v1/guests/{guest}/token");
        let minted = text(&app.get(&minted).await.data(), "token");
        visit_of(&browser.open(&format!("{at}?token={minted}"), "document", &[]).await.2);
        let embeds = embed_token(&app, &made.space).await;
        let status = browser.open(&format!("{at}?token={embeds}"), "document", &[]).await.0;
        assert_eq!(status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_mail_into_a_space_has_the_looks_of_the_space() {
    on_each_database_with_mail(async |app: TestApp| {
        let made = contacts(&app).await;
        let theme =
            json!({ "theme": { "email": { "backgroundColor": "#102030", "buttonBgColor": "#ffcc00" } } });
        let themed = json!({ "guestAuthentication": ["magic_link"], "metadata": theme });
        app.patch(&format!("/v1/spaces/{}", made.space), themed).await.data();
        let ann = json!([{
            "environmentId": app.environment_id, "email": "ann@example.com", "name": "Ann <b>",
            "spaces": [{ "id": made.space }],
        }]);
        app.post("/v1/guests", ann).await.data();
        let mail = mail(&app).await.unwrap();
        let html = mail.html.unwrap();
        for part in ["background:#102030", "background:#ffcc00", "Hello Ann &lt;b&gt;,", "/enter#gl_"] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(mail.text.contains("Hello Ann <b>,") && mail.text.contains("/enter#gl_"), "{}", mail.text);
    })
    .await;
}
