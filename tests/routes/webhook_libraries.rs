//! The libraries of receivers in Python and JavaScript, where this machine has them (`pip install standardwebhooks`,
//! `npm install standardwebhooks`). Everywhere else the fixed signature in `service/webhooks/signature.rs` counts.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::TestApp;
use crate::fixtures::contacts;
use crate::receiver::{Receiver, hook, sending};

/// A program, how it is told what to do, whether it has the library, and how it checks what it is given.
const LIBRARIES: [[&str; 4]; 2] = [
    [
        "python3",
        "-c",
        "import standardwebhooks",
        "import sys, json; from standardwebhooks import Webhook; given = json.load(sys.stdin); \
         Webhook(given['secret']).verify(given['body'], given['headers'])",
    ],
    [
        "node",
        "-e",
        "require('standardwebhooks')",
        "const { Webhook } = require('standardwebhooks'); \
         const given = JSON.parse(require('fs').readFileSync(0)); \
         new Webhook(given.secret).verify(given.body, given.headers)",
    ],
];

fn run([program, told]: [&str; 2], code: &str, given: &Value) -> bool {
    let mut command = Command::new(program);
    command.args([told, code]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    // A program that does not want it may have ended.
    let _ = child.stdin.take().unwrap().write_all(given.to_string().as_bytes());
    child.wait().unwrap().success()
}

#[tokio::test]
async fn each_library_takes_what_is_sent_and_refuses_what_is_forged() {
    let app = TestApp::on_sqlite().await;
    let (made, receiver) = (contacts(&app).await, Receiver::answering([]).await);
    let _sending = sending(&app);
    let (hook, secret) = hook(&app, &made.space, &receiver.url, &["*"]).await;
    app.post(&format!("{hook}/test"), Value::Null).await.data();
    let request = receiver.wait_for(1).await.remove(0);
    let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        .map(|name| (name.to_string(), json!(request.header(name))));
    let headers = Value::Object(headers.into_iter().collect());
    let body = String::from_utf8(request.body.to_vec()).unwrap();
    let given = json!({ "secret": secret, "headers": headers, "body": body });
    let forged = json!({ "secret": secret, "headers": headers, "body": format!("{body} ") });
    for [program, told, probe, check] in LIBRARIES {
        if !run([program, told], probe, &Value::Null) {
            eprintln!(
                "{program} or its package standardwebhooks is not here: its half of this test is left out"
            );
            continue;
        }
        assert!(run([program, told], check, &given), "{program} refuses what is right");
        assert!(!run([program, told], check, &forged), "{program} takes what is forged");
    }
}
