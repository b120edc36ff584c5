//! Twenty listeners that do it wrong, all at once on one server: each job ends within its bound, in words that say why,
//! and the one listener that is merely slow is never given up.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::postgres;
use super::process::{Folder, Server};
use super::{is_terminal, space_with_sheet};

/// From its last sign of life a job has ended by then, whatever its listener does: four seconds of silence, or three
/// until the acknowledgement, one sweep, and a machine that does twenty things at once.
const BOUND: Duration = Duration::from_secs(12);

/// A listener with one job to do.
struct Listener<'a> {
    server: &'a Server,
    workbook: &'a str,
    job: String,
}

impl Listener<'_> {
    /// Calls an operation of the job; the status and the member `data`.
    fn call(&self, verb: &str, body: Value) -> (u16, Value) {
        let (status, mut answer) = self.send("POST", verb, body.to_string().as_bytes());
        (status, answer["data"].take())
    }

    fn send(&self, method: &str, verb: &str, body: &[u8]) -> (u16, Value) {
        self.server.send(method, &format!("/v1/jobs/{}{verb}", self.job), "application/json", body)
    }

    /// Calls it, which must be answered with that status.
    #[track_caller]
    fn says(&self, verb: &str, body: Value, status: u16) {
        let (found, answer) = self.call(verb, body);
        assert_eq!(found, status, "{verb}: {answer}");
    }

    fn stands(&self) -> Value {
        self.server.get(&format!("/v1/jobs/{}", self.job))
    }

    fn parts(&self) -> Vec<String> {
        let parts = self.server.get(&format!("/v1/jobs?parentId={}", self.job));
        parts.as_array().unwrap().iter().map(|part| part["id"].as_str().unwrap().to_string()).collect()
    }
}

fn none() -> Value {
    json!({})
}

fn seconds(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}

/// What a listener does, how its job must end, and what its outcome or last words must say.
type Case = (&'static str, fn(&Listener), &'static str, &'static str);

const CASES: [Case; 20] = [
    ("never answers", |_| {}, "failed", "Nothing answered"),
    ("acknowledges and falls silent", |it| it.says("/ack", none(), 200), "failed", "has said nothing"),
    (
        "is slow but beats",
        |it| {
            for _ in 0..9 {
                it.says("/ack", json!({ "info": "still at it" }), 200);
                seconds(1.0);
            }
            it.says("/complete", json!({ "info": "there" }), 200);
        },
        "complete",
        "there",
    ),
    ("completes without acknowledging", |it| it.says("/complete", none(), 200), "complete", ""),
    (
        "completes twice with other words",
        |it| {
            it.says("/complete", json!({ "info": "first" }), 200);
            it.says("/complete", json!({ "info": "second" }), 200);
        },
        "complete",
        "first",
    ),
    (
        "fails what is complete",
        |it| {
            it.says("/complete", json!({ "info": "done" }), 200);
            it.says("/fail", json!({ "info": "not done" }), 200);
        },
        "complete",
        "done",
    ),
    (
        "completes after it was given up",
        |it| {
            it.server.wait_for_job(&it.job, is_terminal);
            it.says("/complete", json!({ "info": "too late" }), 200);
        },
        "failed",
        "Nothing answered",
    ),
    (
        "goes on after a person has stopped it",
        |it| {
            it.says("/cancel", json!({ "info": "enough" }), 200);
            it.says("/ack", json!({ "progress": 50 }), 200);
            it.says("/complete", none(), 200);
        },
        "canceled",
        "enough",
    ),
    (
        "says that it is 150 % done",
        |it| {
            it.says("/ack", json!({ "progress": 150 }), 400);
            it.says("/ack", json!({ "progress": -1 }), 400);
            it.says("/complete", none(), 200);
        },
        "complete",
        "",
    ),
    (
        "tells its progress five hundred times, forwards and backwards",
        |it| {
            for tick in 0..500 {
                it.says("/ack", json!({ "progress": tick * 37 % 100 }), 200);
            }
            it.says("/complete", none(), 200);
        },
        "complete",
        "",
    ),
    (
        "offers an address that runs code",
        |it| {
            let next = json!({ "type": "url", "url": "javascript:alert(1)" });
            it.says("/complete", json!({ "outcome": { "next": next } }), 400);
        },
        "failed",
        "Nothing answered",
    ),
    (
        "sends what is no JSON",
        |it| {
            assert_eq!(it.send("POST", "/ack", b"{\"info\":").0, 400);
            assert_eq!(it.send("POST", "/complete", b"\xff\xfe").0, 400);
            it.says("/ack", json!([1, 2]), 400);
        },
        "failed",
        "Nothing answered",
    ),
    (
        "sends more than is taken, and very long last words",
        |it| {
            let much = "x".repeat(3 << 20);
            it.says("/complete", json!({ "result": much }), 413);
            assert_eq!(
                it.send("PATCH", "", json!({ "metadata": { "a": much } }).to_string().as_bytes()).0,
                413
            );
            it.says("/complete", json!({ "info": much }), 200);
            assert!(it.stands()["info"].as_str().unwrap().len() < 5_000);
        },
        "complete",
        "xxx",
    ),
    (
        "writes its whole life into the log",
        |it| {
            it.says("/ack", none(), 200);
            let lines: Vec<_> = (0..100).map(|_| json!({ "message": "x".repeat(5_000) })).collect();
            for _ in 0..99 {
                it.says("/log", json!({ "lines": lines }), 200);
            }
            it.says("/log", json!({ "lines": lines }), 409);
            it.says("/complete", none(), 200);
        },
        "complete",
        "",
    ),
    (
        "splits into nothing, and into too much",
        |it| {
            for parts in [json!(0), json!([]), json!(100_000), json!("two")] {
                it.says("/split", json!({ "parts": parts }), 400);
            }
        },
        "failed",
        "Nothing answered",
    ),
    (
        "splits and forgets the parts",
        |it| {
            it.says("/split", json!({ "parts": 2, "runInParallel": true }), 200);
            for part in it.parts() {
                it.server.wait_for_job(&part, |job| job["status"] == "failed");
            }
        },
        "failed",
        "0 of 2 parts done, 2 failed",
    ),
    (
        "ends before its parts",
        |it| {
            it.says("/split", json!({ "parts": 3 }), 200);
            it.says("/complete", json!({ "info": "never mind" }), 200);
            for part in it.parts() {
                assert_eq!(it.server.get(&format!("/v1/jobs/{part}"))["status"], "canceled");
            }
        },
        "complete",
        "never mind",
    ),
    (
        "retries while it runs",
        |it| {
            it.says("/ack", none(), 200);
            it.says("/retry", none(), 409);
            it.says("/complete", json!({ "info": "once" }), 200);
        },
        "complete",
        "once",
    ),
    (
        "waits for a job that is not there, and for itself",
        |it| {
            let after = |ids: Value| {
                let job = json!({ "type": "workbook", "operation": "submit", "source": it.workbook,
                    "predecessorIds": ids });
                it.server.send("POST", "/v1/jobs", "application/json", job.to_string().as_bytes()).0
            };
            assert_eq!(after(json!(["us_jb_00000000000000000000aa"])), 404);
            assert_eq!(after(json!(["nonsense"])), 404);
            it.says("/complete", none(), 200);
        },
        "complete",
        "",
    ),
    (
        "speaks of another job, and of none",
        |it| {
            let (status, _) = it.server.send(
                "POST",
                "/v1/jobs/us_jb_00000000000000000000aa/complete",
                "application/json",
                b"{}",
            );
            assert_eq!(status, 404);
            assert_eq!(it.send("POST", "/explode", b"{}").0, 404);
        },
        "failed",
        "Nothing answered",
    ),
];

#[test]
fn twenty_listeners_that_do_it_wrong_on_sqlite() {
    let folder = Folder::new("listeners");
    let server = Server::start(&folder.0, None);
    misbehave(&server);
}

#[test]
fn twenty_listeners_that_do_it_wrong_on_postgresql() {
    let Some(address) = postgres::cluster() else { return };
    let folder = Folder::new("listeners-postgres");
    let name = format!("inlet_listeners_{}", std::process::id());
    let url = tokio::runtime::Runtime::new().unwrap().block_on(postgres::new_database(&address, &name));
    let server = Server::start(&folder.0, Some(&url));
    misbehave(&server);
}

fn misbehave(server: &Server) {
    let (_, _, workbook, _) = space_with_sheet(server);
    std::thread::scope(|scope| {
        for case in CASES {
            let workbook = workbook.as_str();
            scope.spawn(move || try_one(server, workbook, case));
        }
    });
    // After all that the server is as it was.
    let job =
        json!({ "type": "workbook", "operation": "submit", "source": workbook, "trigger": "immediate" });
    let job = server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string();
    server.post(&format!("/v1/jobs/{job}/complete"), none());
}

fn try_one(server: &Server, workbook: &str, (name, act, ended, words): Case) {
    let job =
        json!({ "type": "workbook", "operation": "submit", "source": workbook, "trigger": "immediate" });
    let job = server.post("/v1/jobs", job)["id"].as_str().unwrap().to_string();
    let listener = Listener { server, workbook, job };
    act(&listener);
    let acted = Instant::now();
    let job = server.wait_for_job(&listener.job, is_terminal);
    assert!(acted.elapsed() < BOUND, "{name}: it took {:?}", acted.elapsed());
    assert_eq!(job["status"], ended, "{name}: {job}");
    let said = format!("{} {}", job["outcome"]["message"], job["info"]);
    assert!(said.contains(words), "{name}: {said}");
    assert_eq!(listener.stands()["status"], ended, "{name}: an end is an end");
}
