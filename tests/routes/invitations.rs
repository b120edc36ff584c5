//! Invitations: by mail or by link, on the page where a password is chosen, or exchanged by a program.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use inlet::service::settings::MailServer;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::fixtures::text;
use crate::sign_in::{sent_form, shown};
use crate::users::{As, PASSWORD, account, as_admin, invited, token_of};
use crate::{TestApp, on_each_database, on_each_database_with_mail};

#[tokio::test]
async fn an_invitation_is_exchanged_once() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let made = invited(&admin, "ann@example.com", "Member", &account).await;
        let body = json!({ "token": token_of(&text(&made, "link")), "email": "ann@example.com" });
        let exchange = async || app.call_as("", "POST", "/v1/invitations/exchange", &body).await.data();
        let good = exchange().await;
        assert_eq!(good["valid"], json!(true));
        As(&app, text(&good, "token")).get("/v1/spaces").await.data();
        assert_eq!(exchange().await, json!({ "valid": false }), "nothing is sent where there are no mails");
        // They have no password yet, so they can be invited again.
        admin.post(&format!("/v1/users/{}/resend-invite", text(&made, "id")), Value::Null).await.data();
    })
    .await;
}

#[tokio::test]
async fn the_page_of_an_invitation_signs_in() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let link = text(&invited(&admin, "ann@example.com", "Member", &account).await, "link");
        let (status, headers, html) =
            shown(&app, Request::get("/invitation").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let nonce = policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0;
        assert!(
            html.contains(&format!("<script nonce=\"{nonce}\">")) && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(html.contains("minlength=\"10\"") && html.contains("open it again"), "{html}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        // Without a referrer, browsers would not say of the form either whose page it is on.
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");

        let token = token_of(&link);
        let form = |name: &str, password: &str| format!("token={token}&name={name}&password={password}");
        let (status, _, html) = sent_form(&app, "/invitation", &form("%3Cb%3E", "short"), None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(
            html.contains("Choose one of 10 characters")
                && html.contains("value=\"&lt;b&gt;\"")
                && html.contains(&token),
            "{html}"
        );
        let (status, headers, _) =
            sent_form(&app, "/invitation", &form("Ann", "a+fine+password"), None).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(headers[header::LOCATION], "/");
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        let session = cookie.strip_prefix("inlet_session=").unwrap().split_once(';').unwrap().0;
        let (_, user) = app.service.actor_of_session(session).await.unwrap().unwrap();
        assert_eq!(user.name, "Ann");
        assert!(app.service.sign_in("ann@example.com", "a fine password", None).await.is_ok());
        let (status, _, html) = sent_form(&app, "/invitation", &form("Ann", "a+fine+password"), None).await;
        assert!(status == StatusCode::NOT_FOUND && html.contains("was used already"), "{html}");
        // A page of another site sends nothing.
        let foreign = Request::post("/invitation").header("sec-fetch-site", "cross-site").body(Body::empty());
        assert_eq!(shown(&app, foreign.unwrap()).await.0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn who_asks_for_another_invitation_hears_the_same_before_it_is_looked_for() {
    on_each_database_with_mail(async |app: TestApp| {
        use inlet::domain::ids::{Id, UserId};
        use inlet::store::{now, user_invitations};
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let made = invited(&admin, "ann@example.com", "Member", &account).await;
        crate::guest_links::mail(&app).await.unwrap();
        // Her invitation is so old that she may have another.
        let mut tx = app.service.db.write().await.unwrap();
        let id = UserId::parse(&text(&made, "id")).unwrap();
        let then = now().plus(-3_600_000);
        user_invitations::put(&mut tx, &id, b"another", then, now().plus(3_600_000)).await.unwrap();
        tx.commit().await.unwrap();
        let ask = async |email: &str| {
            let body = json!({ "token": "in_used", "email": email });
            app.call_as("", "POST", "/v1/invitations/exchange", &body).await
        };
        // Nobody else writes to SQLite meanwhile.
        let writing = app.service.db.write().await.unwrap();
        for email in ["ann@example.com", "nobody@example.com"] {
            let answer = tokio::time::timeout(Duration::from_secs(2), ask(email)).await.unwrap();
            assert_eq!(answer.data(), json!({ "valid": false, "sentTo": email }));
        }
        drop(writing);
        let sent = crate::guest_links::mail(&app).await.unwrap();
        assert!(sent.to == "ann@example.com" && sent.text.contains("/invitation#"), "{sent:?}");
        for email in ["ann@example.com", "nobody@example.com"] {
            let mut tries = 1;
            while ask(email).await.status != StatusCode::TOO_MANY_REQUESTS {
                tries += 1;
                assert!(tries < 50);
            }
            assert!(tries >= 10, "{tries}");
            assert!(ask(email).await.refused(429).starts_with("too many tries; try again"));
        }
        assert_eq!(app.service.take_mail(1).await.unwrap(), None, "one an hour ago, and one just now");
    })
    .await;
}

/// A mail server that says no to the first mail and notes the others.
async fn mail_server(refusals: usize) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let mails = taken.clone();
    tokio::spawn(async move {
        let mut refusals = refusals;
        while let Ok((stream, _)) = listener.accept().await {
            let (reading, mut writing) = stream.into_split();
            let mut lines = BufReader::new(reading).lines();
            let mut mail = String::new();
            let mut in_mail = false;
            writing.write_all(b"220 here\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match (in_mail, line.as_str()) {
                    (true, ".") => {
                        in_mail = false;
                        mails.lock().await.push(std::mem::take(&mut mail));
                        "250 taken"
                    }
                    (true, _) => {
                        mail.push_str(&line);
                        mail.push('\n');
                        continue;
                    }
                    (false, "DATA") if refusals > 0 => {
                        refusals -= 1;
                        "451 not now"
                    }
                    (false, "DATA") => {
                        in_mail = true;
                        "354 go on"
                    }
                    (false, "QUIT") => "221 bye",
                    _ => "250 ok",
                };
                if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() || line == "QUIT" {
                    break;
                }
            }
        }
    });
    (port, taken)
}

#[tokio::test]
async fn invitations_go_by_mail_though_the_server_was_restarted_and_the_mail_server_refused() {
    let (port, taken) = mail_server(2).await;
    let mail = MailServer {
        url: format!("smtp://127.0.0.1:{port}"),
        from: "Inlet <inlet@example.com>".to_string(),
        first_wait: 50,
    };
    let [app, restarted] = TestApp::on_sqlite_with_mail(mail).await;
    let admin = as_admin(&app).await;
    let account = account(&admin).await;
    let made = invited(&admin, "ann@example.com", "Member", &account).await;
    assert_eq!(made.get("link"), None, "the link is the mail's");
    assert_eq!(taken.lock().await.len(), 0, "the request sends nothing");

    // The first server sends nothing, as if it had died; another one finds the mail.
    let stopping = CancellationToken::new();
    let sending = inlet::jobs::start(&restarted.service, &stopping);
    let stop = stopping.drop_guard();
    for _ in 0..400 {
        if !taken.lock().await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let mails = taken.lock().await.clone();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(
        mail.contains("To: Somebody <ann@example.com>")
            || mail.contains("To: \"Somebody\" <ann@example.com>"),
        "{mail}"
    );
    let body = mail.replace("=\n", "");
    let token = body.split_once("/invitation#").unwrap().1.split_whitespace().next().unwrap().to_string();

    // What is not good any more is sent anew to who is invited, not more often than now and then, and to nobody else.
    for (email, token) in [("ann@example.com", "x"), ("nobody@example.com", "y")] {
        let body = json!({ "token": token, "email": email, "spaceId": "us_sp_00000000" });
        let answer = app.call_as("", "POST", "/v1/invitations/exchange", &body).await.data();
        assert_eq!(answer, json!({ "valid": false, "sentTo": email }));
    }
    app.service.accept_invitation(&token, "Ann", PASSWORD).await.unwrap();
    drop(stop);
    sending.wait().await;
    assert_eq!(taken.lock().await.len(), 1);
    assert_eq!(app.service.take_mail(50).await.unwrap(), None, "what was sent is forgotten");
}
