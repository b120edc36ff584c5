//! Passwords: forgotten, chosen anew by a link, changed by who knows theirs.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use inlet::domain::ids::{Id, UserId};
use serde_json::json;

use crate::guest_links::mail;
use crate::sign_in::{sent_form, shown};
use crate::users::{PASSWORD, account, as_admin, joined, token_of};
use crate::{TestApp, on_each_database, on_each_database_with_mail};

const NEW: &str = "a+brand+new+password";
const NEW_TEXT: &str = "a brand new password";

fn session_of(headers: &header::HeaderMap) -> String {
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    cookie.strip_prefix("inlet_session=").unwrap().split_once(';').unwrap().0.to_string()
}

async fn is_signed_in(app: &TestApp, session: &str) -> bool {
    app.service.actor_of_session(session).await.unwrap().is_some()
}

/// The token of the link in the next mail.
async fn mailed(app: &TestApp) -> String {
    let mail = mail(app).await.unwrap();
    let rest = mail.text.split_once("http://inlet.test/password#").unwrap().1;
    rest.split_whitespace().next().unwrap().to_string()
}

#[tokio::test]
async fn who_forgot_a_password_is_mailed_a_link_that_works_once() {
    on_each_database_with_mail(async |app: TestApp| {
        as_admin(&app).await;
        let before = app.service.sign_in("admin@localhost", "a long password", None).await.unwrap();
        let mut answers = Vec::new();
        for email in ["admin%40localhost", "nobody%40localhost"] {
            let (status, headers, page) = sent_form(&app, "/password", &format!("email={email}"), None).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            answers.push((headers[header::LOCATION].clone(), page));
        }
        assert_eq!(answers[0], answers[1]);
        let sent = Request::get(answers[0].0.to_str().unwrap()).body(Body::empty()).unwrap();
        let (status, headers, page) = shown(&app, sent).await;
        assert!(status == StatusCode::OK && page.contains("Look into your mailbox"), "{page}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        let token = mailed(&app).await;
        // Another is not sent within some minutes, and none to nobody.
        sent_form(&app, "/password", "email=admin%40localhost", None).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(app.service.take_mail(1).await.unwrap(), None);

        let (status, _, page) = shown(&app, Request::get("/password").body(Body::empty()).unwrap()).await;
        assert!(status == StatusCode::OK && page.contains("name=\"password\""), "{page}");
        let form = |password: &str| format!("token={token}&password={password}");
        let (status, _, page) = sent_form(&app, "/password", &form("short"), None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("Choose one of 10 characters") && page.contains(&token), "{page}");
        assert!(is_signed_in(&app, &before.token).await);
        let (status, headers, _) = sent_form(&app, "/password", &form(NEW), None).await;
        assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
        assert!(is_signed_in(&app, &session_of(&headers)).await);
        assert!(!is_signed_in(&app, &before.token).await, "the others have ended");
        assert!(app.service.sign_in("admin@localhost", NEW_TEXT, None).await.is_ok());
        assert!(app.service.sign_in("admin@localhost", "a long password", None).await.is_err());
        let (status, _, page) = sent_form(&app, "/password", &form(NEW), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(page.contains("was used already"), "{page}");
        // The settings do not write over it at the next start.
        app.service.set_admin_password("a long password").await.unwrap();
        assert!(app.service.sign_in("admin@localhost", NEW_TEXT, None).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn questions_for_links_are_counted_and_keep_nobody_from_signing_in() {
    on_each_database_with_mail(async |app: TestApp| {
        as_admin(&app).await;
        for email in ["admin%40localhost", "nobody%40localhost"] {
            let mut tries = 0;
            let form = format!("email={email}");
            while sent_form(&app, "/password", &form, None).await.0 != StatusCode::TOO_MANY_REQUESTS {
                tries += 1;
                assert!(tries < 50);
            }
            assert!(tries >= 10, "{tries}");
        }
        assert!(app.service.sign_in("admin@localhost", "a long password", None).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_administrator_makes_a_link_where_no_mail_brings_it() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let (id, _) = joined(&app, &admin, "member@example.com", "Member", &account).await;
        let (_, _, page) = shown(&app, Request::get("/password").body(Body::empty()).unwrap()).await;
        assert!(page.contains("Ask an administrator") && !page.contains("Send me a link"), "{page}");
        let actor = async |email: &str, password: &str| {
            let session = app.service.sign_in(email, password, None).await.unwrap();
            app.service.actor_of_session(&session.token).await.unwrap().unwrap().0
        };
        let id = UserId::parse(&id).unwrap();
        let member = actor("member@example.com", PASSWORD).await;
        assert!(app.service.password_link(&member, &id).await.is_err(), "a member manages nobody");
        let boss = actor("admin@localhost", "a long password").await;
        let link = app.service.password_link(&boss, &id).await.unwrap().unwrap();
        let token = link.strip_prefix("http://inlet.test/password#").unwrap();
        app.service.choose_password(token, NEW_TEXT).await.unwrap();
        assert!(app.service.sign_in("member@example.com", NEW_TEXT, None).await.is_ok());
        // A key of an environment manages no people.
        let key = app.service.actor_of_bearer(&app.key).await.unwrap();
        assert!(app.service.password_link(&key, &id).await.is_err());
        // Who was invited and has not come chooses theirs by the invitation.
        let invited = crate::users::invited(&admin, "late@example.com", "Member", &account).await;
        let late = UserId::parse(&crate::fixtures::text(&invited, "id")).unwrap();
        let refused = app.service.password_link(&boss, &late).await.unwrap_err();
        assert!(refused.message.contains("invited"), "{refused}");
        let token = token_of(&crate::fixtures::text(&invited, "link"));
        assert!(
            app.service.choose_password(&token, NEW_TEXT).await.is_err(),
            "an invitation is no such link"
        );
        // Nobody who was removed comes back by a link.
        let link = app.service.password_link(&boss, &id).await.unwrap().unwrap();
        app.service.delete_user(&boss, &id).await.unwrap();
        let token = link.strip_prefix("http://inlet.test/password#").unwrap();
        assert!(app.service.choose_password(token, NEW_TEXT).await.is_err());
        // Who runs the server makes a link for the first administrator, and for nobody who is not here.
        let (user, link) = app.service.rescue_link(None).await.unwrap();
        assert_eq!(user.email, "admin@localhost");
        let token = link.strip_prefix("http://inlet.test/password#").unwrap();
        app.service.choose_password(token, NEW_TEXT).await.unwrap();
        assert!(app.service.rescue_link(Some("nobody@example.com")).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_person_changes_their_password_and_is_signed_in_here_alone() {
    on_each_database(async |app: TestApp| {
        as_admin(&app).await;
        let sign_in = async || app.service.sign_in("admin@localhost", "a long password", None).await.unwrap();
        let (here, there) = (sign_in().await.token, sign_in().await.token);
        let call = async |form: Option<String>| {
            let request = match &form {
                Some(_) => Request::post("/password/own"),
                None => Request::get("/password/own").header(header::ACCEPT, "text/html"),
            };
            let request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .header(header::COOKIE, format!("inlet_session={here}"));
            shown(&app, request.body(Body::from(form.unwrap_or_default())).unwrap()).await
        };
        let (status, _, page) = call(None).await;
        assert!(status == StatusCode::OK && page.contains("name=\"current\""), "{page}");
        for (current, new, words) in [
            ("wrong", NEW, "not your password of now"),
            ("a+long+password", "short", "Choose one of 10 characters"),
        ] {
            let (status, _, page) = call(Some(format!("current={current}&password={new}"))).await;
            assert!(status == StatusCode::BAD_REQUEST && page.contains(words), "{status} {page}");
        }
        let personal = app.service.actor_of_session(&here).await.unwrap().unwrap().0;
        let kind = inlet::domain::tenant::AccessTokenKind::Personal;
        let (personal, _) = app.service.create_access_token(&personal, kind, "script").await.unwrap();
        let (status, headers, page) = call(Some(format!("current=a+long+password&password={NEW}"))).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(is_signed_in(&app, &session_of(&headers)).await);
        assert!(!is_signed_in(&app, &here).await && !is_signed_in(&app, &there).await);
        assert!(app.service.sign_in("admin@localhost", NEW_TEXT, None).await.is_ok());
        app.call_as(&personal, "GET", "/v1/accounts/current", &json!(null)).await.data();
        // Who is not signed in is asked to sign in first.
        let request = Request::get("/password/own").header(header::ACCEPT, "text/html");
        let (status, headers, _) = shown(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(headers[header::LOCATION].to_str().unwrap().starts_with("/sign-in"));
    })
    .await;
}
