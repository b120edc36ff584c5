//! The subscription as the SDK's driver uses it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fixtures::{contacts, embed_token, insert, invited, text};
use crate::users::{as_admin, joined};
use crate::{Answer, TestApp, on_each_database};

/// A listener: its channel, its token and how far it has read.
struct Listener<'a> {
    app: &'a TestApp,
    channel: String,
    token: String,
    timetoken: String,
}

impl<'a> Listener<'a> {
    async fn of(app: &'a TestApp, scope: &str) -> Self {
        Self::of_caller(app, &app.key, scope).await
    }

    /// The listener of whoever has that key or token.
    async fn of_caller(app: &'a TestApp, caller: &str, scope: &str) -> Self {
        let path = format!("/v1/subscription?scope={scope}");
        let data = app.call_as(caller, "GET", &path, &Value::Null).await.data();
        let kind = if scope.contains("env") { "environment" } else { "space" };
        let channel = format!("{kind}.{scope}");
        let mut listener = Self { app, channel, token: text(&data, "token"), timetoken: "0".to_string() };
        assert_eq!(
            listener.poll().await,
            Vec::<Value>::new(),
            "the first call only tells where the log stands"
        );
        listener
    }

    async fn ask(&self) -> Answer {
        let path = format!(
            "/v2/subscribe/sub-c-inlet/{}/0?heartbeat=300&uuid=me&requestid=1&pnsdk=x&tr=1&tt={}&auth={}",
            self.channel, self.timetoken, self.token
        );
        self.app.call_as("", "GET", &path, &Value::Null).await
    }

    /// The events since the last call, in their order.
    async fn poll(&mut self) -> Vec<Value> {
        let answer = self.ask().await;
        assert_eq!(answer.status, 200);
        let answer = answer.json();
        let timetoken = text(&answer["t"], "t");
        assert_eq!((timetoken.len(), &answer["t"]["r"]), (17, &json!(1)));
        let messages = answer["m"].as_array().unwrap().clone();
        for message in &messages {
            assert_eq!(message["c"], json!(self.channel));
            let place = text(&message["p"], "t");
            assert!(place > self.timetoken && place <= timetoken, "{place} is not after {}", self.timetoken);
        }
        self.timetoken = timetoken;
        messages.iter().map(|message| message["d"].clone()).collect()
    }
}

fn topics(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(event, "topic")).collect()
}

#[tokio::test]
async fn a_listener_hears_what_happens_in_order_and_once() {
    on_each_database(async |app: TestApp| {
        let scope = app.environment_id.clone();
        let mut listener = Listener::of(&app, &scope).await;
        let made = contacts(&app).await;
        let first = listener.poll().await;
        assert_eq!(topics(&first)[..2], ["space:created", "workbook:created"], "{first:?}");
        insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let second = topics(&listener.poll().await);
        assert!(second.contains(&"commit:created".to_string()), "{second:?}");
        assert!(!second.contains(&"workbook:created".to_string()), "{second:?}");
    })
    .await;
}

#[tokio::test]
async fn a_waiting_listener_is_woken() {
    on_each_database(async |app: TestApp| {
        let mut listener = Listener::of(&app, &app.environment_id).await;
        let began = Instant::now();
        let later = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            app.post("/v1/spaces", json!({ "name": "Later" })).await.data();
        };
        let (heard, ()) = tokio::join!(listener.poll(), later);
        assert_eq!(topics(&heard), ["space:created"]);
        let waited = began.elapsed();
        assert!(waited >= Duration::from_millis(200) && waited < Duration::from_secs(3), "{waited:?}");
    })
    .await;
}

#[tokio::test]
async fn a_listener_of_a_space_hears_only_that_space() {
    on_each_database(async |app: TestApp| {
        let (mine, other) = (contacts(&app).await, contacts(&app).await);
        let mut listener = Listener::of(&app, &mine.space).await;
        insert(&app, &other.sheet, &[json!({ "name": "Bob" })]).await;
        insert(&app, &mine.sheet, &[json!({ "name": "Ada" })]).await;
        let heard = listener.poll().await;
        assert!(!heard.is_empty());
        assert!(heard.iter().all(|event| event["context"]["spaceId"] == json!(mine.space)), "{heard:?}");
    })
    .await;
}

#[tokio::test]
async fn a_token_opens_its_channel_and_no_other() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let good = Listener::of(&app, &made.space).await;
        for (channel, token) in [
            (good.channel.as_str(), ""),
            (&good.channel, "nonsense"),
            (&good.channel, &app.key),
            (&format!("environment.{}", app.environment_id), &good.token),
            (&format!("space.{}", contacts(&app).await.space), &good.token),
            ("everything", &good.token),
        ] {
            let timetoken = "0".to_string();
            let listener =
                Listener { app: &app, channel: channel.to_string(), token: token.to_string(), timetoken };
            let answer = listener.ask().await;
            assert_eq!(answer.status, 403, "{channel}");
            assert_eq!(answer.json()["error"], json!(true));
        }
    })
    .await;
}

#[tokio::test]
async fn a_listener_hears_no_more_than_its_maker_may() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let admin = as_admin(&app).await;
        let (user, person) = joined(&app, &admin, "space@example.com", "Member", &made.space).await;
        let guest = invited(&app, "ann@example.com", &[&made.space]).await;
        let token = text(&app.get(&format!("/v1/guests/{guest}/token")).await.data(), "token");
        let embed = embed_token(&app, &made.space).await;
        let mut of_guest = Listener::of_caller(&app, &token, &made.space).await;
        let mut of_person = Listener::of_caller(&app, &person.1, &made.space).await;
        let mut of_page = Listener::of_caller(&app, &embed, &made.space).await;
        let heard = async |listener: &mut Listener<'_>| {
            insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
            topics(&listener.poll().await).contains(&"records:created".to_string())
        };
        assert!(heard(&mut of_guest).await && heard(&mut of_person).await && heard(&mut of_page).await);
        // Of a sheet that is not theirs any more they hear nothing, by the token of before.
        let other = app.post("/v1/workbooks", json!({ "spaceId": made.space, "name": "Other" })).await.data();
        let narrowed = json!({ "spaces": [{ "id": made.space, "workbooks": [{ "id": other["id"] }] }] });
        app.patch(&format!("/v1/guests/{guest}"), narrowed).await.data();
        of_guest.poll().await;
        let told = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            insert(&app, &made.sheet, &[json!({ "name": "Bob" })]).await;
            let change = json!({ "name": "Another" });
            app.patch(&format!("/v1/workbooks/{}", text(&other, "id")), change).await.data();
        };
        let (narrow, ()) = tokio::join!(of_guest.poll(), told);
        assert_eq!(topics(&narrow), ["workbook:updated"]);
        // Who is gone hears nothing, nor does who waits.
        app.patch(&format!("/v1/guests/{guest}"), json!({ "spaces": [] })).await.data();
        admin.call("DELETE", &format!("/v1/users/{user}"), Value::Null).await.data();
        assert_eq!([of_guest.ask().await.status, of_person.ask().await.status], [403, 403]);
        assert!(heard(&mut of_page).await);
    })
    .await;
}

/// Every other answer would silence the official driver for ever.
#[tokio::test]
async fn whatever_goes_wrong_a_listener_asks_again() {
    on_each_database(async |app: TestApp| {
        let mut listener = Listener::of(&app, &app.environment_id).await;
        for path in [
            format!("/v2/subscribe/k/{}/1?auth={}", listener.channel, listener.token),
            format!("/v2/subscribe/k/{}/0?tt=1&tt=x&auth=%FF&auth", listener.channel),
            "/v2/subscribe/%FF/%FF/0?auth=x".to_string(),
            "/v2/subscribe/k/c/0?tt=abc&%".to_string(),
        ] {
            assert_eq!(app.call_as("", "GET", &path, &Value::Null).await.status, 403, "{path}");
        }
        let path = format!("/v2/subscribe/k/{}/0?auth={}&tt=", listener.channel, listener.token);
        for timetoken in ["now", "-1", "99999999999999999999999"] {
            let answer = app.call_as("", "GET", &format!("{path}{timetoken}"), &Value::Null).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["m"]), (200, &json!([])), "{timetoken}");
        }
        // The database is gone.
        app.service.db.close().await;
        let (before, began) = (listener.timetoken.clone(), Instant::now());
        assert_eq!(listener.poll().await, Vec::<Value>::new());
        assert_eq!(listener.timetoken, before);
        assert!(began.elapsed() > Duration::from_secs(1), "it would ask again and again");
        let answer = app.call_as("", "GET", &path, &Value::Null).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({ "t": { "t": "0", "r": 1 }, "m": [] }))
        );
    })
    .await;
}

#[tokio::test]
async fn a_stopping_server_sends_its_listeners_home() {
    on_each_database(async |app: TestApp| {
        let mut listener = Listener::of(&app, &app.environment_id).await;
        app.stopping.cancel();
        let before = listener.timetoken.clone();
        assert_eq!(listener.poll().await, Vec::<Value>::new());
        assert_eq!(listener.timetoken, before);
    })
    .await;
}

#[tokio::test]
async fn the_other_calls_of_the_driver_are_answered() {
    on_each_database(async |app: TestApp| {
        let time = app.get("/time/0").await.json();
        assert_eq!(time[0].as_u64().unwrap().to_string().len(), 17);
        for (action, path) in [
            ("leave", "/v2/presence/sub-key/k/channel/c/leave?uuid=a"),
            ("leave", "/v2/presence/sub_key/k/channel/c/leave?uuid=a"),
            ("heartbeat", "/v2/presence/sub-key/k/channel/c/heartbeat"),
        ] {
            assert_eq!(app.get(path).await.json()["action"], json!(action));
        }
        assert_eq!(app.get("/v2/nothing").await.status, 404);
    })
    .await;
}
