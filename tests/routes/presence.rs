//! Who is on a sheet, as browsers hear of it: through the page's own router, by session, of one's own spaces only.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{Request, StatusCode, header};
use futures::StreamExt;
use inlet::domain::ids::{AccountId, UserId};
use inlet::domain::tenant::{Account, User, UserRole};
use inlet::server::assets::NoAssets;
use inlet::server::{ServerState, Trust, router};
use inlet::service::secrets::hash_token;
use inlet::store::sessions::SessionRow;
use inlet::store::{accounts, new_id, now, sessions};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::fixtures::{Contacts, contacts, insert};
use crate::{TestApp, on_each_database};

/// A browser of somebody who is signed in.
pub(crate) struct Browser {
    router: Router,
    pub(crate) session: String,
}

impl Browser {
    async fn ask(&self, method: &str, path: &str) -> axum::response::Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("inlet_session={}", self.session))
            .header("sec-fetch-site", "same-origin");
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// Says where it is; the status, and everybody as the answer tells it.
    async fn say(&self, made: &Contacts, rest: &str) -> (StatusCode, Value) {
        let path = format!("/presence?space={}&sheet={}{rest}", made.space, made.sheet);
        let answer = self.ask("POST", &path).await;
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub(crate) async fn stream(&self, space: &str) -> (StatusCode, BodyDataStream) {
        let answer = self.ask("GET", &format!("/stream?space={space}")).await;
        (answer.status(), answer.into_body().into_data_stream())
    }
}

/// The next news of people on a stream.
async fn news(stream: &mut BodyDataStream) -> Value {
    let next = async {
        loop {
            let bytes = stream.next().await.unwrap().unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(
                !text.contains("id:") || !text.contains("presence"),
                "news have no place in the log: {text}"
            );
            let data = text.lines().find_map(|line| line.strip_prefix("data: "));
            let said: Value = data.and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
            if said["topic"] == "presence" {
                return said;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(15), next).await.unwrap()
}

pub(crate) fn page_router(app: &TestApp) -> Router {
    router(ServerState::new(app.service.clone(), Arc::new(NoAssets), Trust::Nobody))
}

/// A person of that account who is signed in.
pub(crate) async fn person(app: &TestApp, router: &Router, account_id: &AccountId, name: &str) -> Browser {
    let session = format!("session of {name}").replace(' ', "-");
    let user = User {
        id: new_id::<UserId>(),
        account_id: account_id.clone(),
        email: format!("{}@x.example", name.to_lowercase()),
        name: name.to_string(),
        role: UserRole::Member,
        environment_id: None,
        space_id: None,
        created_at: now(),
    };
    let mut tx = app.service.db.write().await.unwrap();
    accounts::insert_user(&mut tx, &user, None).await.unwrap();
    let row = SessionRow {
        user_id: user.id.clone(),
        client: None,
        created_at: now(),
        expires_at: now().plus(3_600_000),
    };
    sessions::insert_session(&mut tx, &hash_token(&session), &row).await.unwrap();
    tx.commit().await.unwrap();
    Browser { router: router.clone(), session }
}

pub(crate) async fn own_account(app: &TestApp) -> AccountId {
    let mut tx = app.service.db.read().await.unwrap();
    accounts::first_account(&mut tx).await.unwrap().unwrap().id
}

pub(crate) async fn other_account(app: &TestApp) -> AccountId {
    let account = Account {
        id: new_id(),
        name: "Others".to_string(),
        default_app_id: None,
        created_at: now(),
        updated_at: now(),
    };
    let mut tx = app.service.db.write().await.unwrap();
    accounts::insert_account(&mut tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    account.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_hear_who_is_on_a_sheet_and_strangers_do_not() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ann" })]).await;
        let router = page_router(&app);
        let own = own_account(&app).await;
        let (ada, bob) = (person(&app, &router, &own, "Ada").await, person(&app, &router, &own, "Bob").await);
        let eve = person(&app, &router, &other_account(&app).await, "Eve").await;

        let (status, mut heard) = bob.stream(&made.space).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(eve.stream(&made.space).await.0, StatusCode::NOT_FOUND);
        assert_eq!(eve.say(&made, "&page=1").await.0, StatusCode::NOT_FOUND);

        let (status, all) = ada.say(&made, "&page=a1").await;
        assert_eq!((status, all["here"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)));
        let said = news(&mut heard).await;
        let told = &said["here"][0];
        assert_eq!(
            (&told["name"], &told["page"], &told["record"]),
            (&json!("Ada"), &json!("a1"), &json!(""))
        );
        assert_eq!(told["person"], all["you"]);
        assert!(!said.to_string().contains("us_usr_"), "nobody learns the ids of others: {said}");

        let (_, all) = bob.say(&made, "&page=b1").await;
        let names = |all: &Value| {
            let mut names: Vec<String> =
                all["here"].as_array().unwrap().iter().map(|one| one["name"].to_string()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&all), ["\"Ada\"", "\"Bob\""]);
        news(&mut heard).await;
        ada.say(&made, &format!("&page=a1&record={}&field=name", ids[0])).await;
        let said = news(&mut heard).await;
        assert_eq!((&said["here"][0]["record"], &said["here"][0]["field"]), (&json!(ids[0]), &json!("name")));
        // Who knows all is told nothing.
        let known = format!("&page=b1&known={}", said["turn"]);
        assert_eq!(bob.say(&made, &known).await, (StatusCode::NO_CONTENT, Value::Null));

        assert_eq!(eve.say(&made, "&page=a1&leaving=true").await.0, StatusCode::NO_CONTENT);
        assert_eq!(
            names(&bob.say(&made, "&page=b1").await.1),
            ["\"Ada\"", "\"Bob\""],
            "a page of another stays"
        );
        ada.say(&made, "&page=a1&leaving=true").await;
        assert_eq!(news(&mut heard).await["gone"], json!(["a1"]));
        assert_eq!(names(&bob.say(&made, "&page=b1").await.1), ["\"Bob\""]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_falls_silent_is_gone_within_ten_seconds() {
    let app = TestApp::on_sqlite().await;
    let made = contacts(&app).await;
    let router = page_router(&app);
    let ada = person(&app, &router, &own_account(&app).await, "Ada").await;
    let (_, mut heard) = ada.stream(&made.space).await;
    let begun = std::time::Instant::now();
    ada.say(&made, "&page=a1").await;
    news(&mut heard).await;
    assert_eq!(news(&mut heard).await["gone"], json!(["a1"]));
    let silent = begun.elapsed();
    assert!((8.0..10.5).contains(&silent.as_secs_f64()), "{silent:?}");
}

#[tokio::test]
async fn what_is_no_place_is_refused() {
    let app = TestApp::on_sqlite().await;
    let made = contacts(&app).await;
    let ada = person(&app, &page_router(&app), &own_account(&app).await, "Ada").await;
    let long = format!("&page=a&field={}", "x".repeat(201));
    for rest in ["&page=", "&page=a%3Cb", "&page=a&record=<b>", long.as_str()] {
        let rest = rest.replace('<', "%3C").replace('>', "%3E");
        assert_eq!(ada.say(&made, &rest).await.0, StatusCode::BAD_REQUEST, "{rest}");
    }
    let other = Contacts { sheet: "us_sh_0000000000".to_string(), ..made };
    assert_eq!(ada.say(&other, "&page=a").await.0, StatusCode::NOT_FOUND);
    let foreign = Request::builder()
        .method("POST")
        .uri("/presence")
        .header(header::COOKIE, format!("inlet_session={}", ada.session))
        .header("sec-fetch-site", "cross-site");
    let answer = ada.router.clone().oneshot(foreign.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}
