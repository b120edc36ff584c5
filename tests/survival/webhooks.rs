//! Webhooks of a server that is killed between an event and its delivery: every event arrives, under one id.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::home::Home;
use super::{events, space_with_sheet, until};

/// A receiver that outlives the servers: the ids that it was sent, and how often.
struct Receiver {
    url: String,
    heard: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Receiver {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(BTreeMap::new()));
        let shared = heard.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut stream), shared) = (stream, shared.clone()) else { continue };
                std::thread::spawn(move || {
                    let mut bytes = Vec::new();
                    let mut part = [0; 4096];
                    while let Ok(length @ 1..) = stream.read(&mut part) {
                        bytes.extend_from_slice(&part[..length]);
                        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
                        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
                        let length: usize = header("content-length: ").unwrap().parse().unwrap();
                        if body.len() < length {
                            continue;
                        }
                        let id = header("webhook-id: ").unwrap().to_string();
                        *shared.lock().unwrap().entry(id).or_default() += 1;
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                        bytes.clear();
                    }
                });
            }
        });
        Self { url, heard }
    }

    fn count(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

/// Before the commit that queues events, and before and after commits that queue them or keep what was sent.
const PLACES: [&str; 4] = ["webhook-queue:2", "webhook-sent:3", "commit-before:40", "commit-after:55"];

fn killed(home: &Home, places: &[&str]) {
    let receiver = Receiver::new();
    let server = home.start();
    let (_, space, _, sheet) = space_with_sheet(&server);
    let hook = json!({ "url": receiver.url, "spaceId": space, "topics": ["records:created"] });
    server.post("/v1/webhooks", hook);
    server.kill();
    let path = format!("/v1/sheets/{sheet}/records");
    for (turn, place) in (1..).zip(places) {
        let server = home.armed(place);
        for key in 0..60 {
            let row = json!([{ "id": { "value": turn * 1_000 + key }, "name": { "value": "Ada" } }]);
            if server.attempt("POST", &path, &row).is_none() {
                break;
            }
        }
        server.wait_for_death();
    }
    let server = home.start();
    let all = events(&server, &space, "records:created");
    assert!(all > 2 * places.len(), "{all} events");
    until("every event", || receiver.count() == all);
    let ids = server.get(&format!("/v1/events?spaceId={space}&topic=records:created&pageSize=1000"));
    let ids: Vec<String> = ids
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["id"].as_str().unwrap().to_ascii_lowercase())
        .collect();
    let heard = receiver.heard.lock().unwrap();
    assert!(ids.iter().all(|id| heard.contains_key(id)), "{heard:?}");
    let again = heard.values().filter(|times| **times > 1).count();
    assert!(again <= places.len(), "{again} of {all} events came more than once");
}

#[test]
fn every_event_arrives_though_the_server_is_killed() {
    killed(&Home::on_sqlite("killed-webhooks"), &PLACES);
    Home::on_postgres("killed-webhooks").into_iter().for_each(|home| killed(&home, &PLACES[..2]));
}
