//! Actions that run by themselves, while the server dies at any commit of its start, which is when it finds that
//! their time has come: each time has its jobs once, all of them, in the commit that moves the schedule on.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::home::Home;
use super::process::Server;
use super::space_with_sheet;

const HOUR: i64 = 3_600_000;
/// The demo has a weekly one.
const HOURLY: &str = "FROM action_schedules WHERE period = 'hourly'";
/// Sheets at which the action stands: each gets a job each time.
const SHEETS: i64 = 2;
/// Times that come at most.
const MOST_RUNS: i64 = 40;

#[test]
fn a_server_that_dies_when_the_time_comes_runs_an_action_once() {
    killed(&Home::on_sqlite("schedules"));
}

#[test]
fn so_it_does_on_postgresql() {
    Home::on_postgres("schedules").into_iter().for_each(|home| killed(&home));
}

/// How often the action ran, and when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stand {
    jobs: i64,
    due: i64,
}

impl Stand {
    fn of(home: &Home) -> Self {
        let jobs = "SELECT COUNT(*), COUNT(DISTINCT unique_key) FROM jobs WHERE operation = 'tidy'";
        let (jobs, keys) = home.numbers(jobs)[0];
        assert_eq!(jobs, keys, "two jobs for one time and place");
        let (due, rows) = home.numbers(&format!("SELECT MAX(due_at), COUNT(*) {HOURLY}"))[0];
        assert_eq!(rows, 1);
        Self { jobs, due }
    }
}

fn killed(home: &Home) {
    let server = home.patient();
    let space = space_with_two_sheets(&server);
    let action = json!({ "targetId": space, "mount": { "type": "sheet" }, "operation": "tidy", "label": "Tidy",
        "schedule": "hourly" });
    server.post(&format!("/v1/actions?spaceId={space}"), action);
    server.kill();
    let mut ran = 0;
    for place in ["commit-before", "commit-after"] {
        // The commits of a start come in any order: until the one that runs the action was met.
        let (mut nth, mut met) = (1, false);
        while !met {
            let [survived, was_durable] = dies(home, &space, &format!("{place}:{nth}"), &mut ran);
            met = if place == "commit-after" { !survived && was_durable } else { survived };
            nth = if survived { 1 } else { nth + 1 };
            assert!(ran < MOST_RUNS, "the commit that runs the action was not met");
        }
    }
    check_events(home, &space, ran);
}

/// The time comes, and a server starts that dies at the failpoint; then others that do not. Says whether that one
/// lived on, and whether it ran the action.
fn dies(home: &Home, space: &str, failpoint: &str, ran: &mut i64) -> [bool; 2] {
    let due = now() - HOUR / 2;
    home.numbers(&format!("UPDATE action_schedules SET due_at = {due} WHERE period = 'hourly'"));
    let before = Stand { jobs: *ran * SHEETS, due };
    let after = Stand { jobs: before.jobs + SHEETS, due: due + HOUR };
    assert_eq!(Stand::of(home), before);
    let survived = home.armed_and_patient(failpoint).is_some_and(|server| lives(server, space, after.jobs));
    let stand = Stand::of(home);
    assert!(stand == before || stand == after, "{failpoint}: {stand:?} is neither {before:?} nor {after:?}");
    assert!(lives(home.patient(), space, after.jobs));
    assert_eq!(Stand::of(home), after, "{failpoint}: the next start");
    let server = home.patient();
    std::thread::sleep(Duration::from_millis(150));
    server.kill();
    assert_eq!(Stand::of(home), after, "{failpoint}: one more start");
    *ran += 1;
    [survived, stand == after]
}

/// Waits until there are so many jobs of the action, which is soon: a server looks at the schedules when it starts.
/// Then kills the server. Says whether it was alive until then.
fn lives(mut server: Server, space: &str, jobs: i64) -> bool {
    let path = format!("/v1/jobs?spaceId={space}&pageSize=1000");
    let begun = Instant::now();
    loop {
        let found = server.attempt("GET", &path, &Value::Null);
        let found = found.map_or(0, |(_, answer)| answer["data"].as_array().map_or(0, Vec::len));
        if server.is_dead() {
            return false;
        }
        if found as i64 >= jobs {
            server.kill();
            return true;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the action did not run");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn space_with_two_sheets(server: &Server) -> String {
    let (environment, space, _, _) = space_with_sheet(server);
    let fields = json!([{ "key": "name", "type": "string" }]);
    server.post(
        "/v1/workbooks",
        json!({ "name": "Places", "spaceId": space, "environmentId": environment,
            "sheets": [{ "name": "Places", "fields": fields }] }),
    );
    space
}

/// Each job was made, had its time and became ready, once.
fn check_events(home: &Home, space: &str, ran: i64) {
    let server = home.patient();
    for topic in ["job:created", "job:scheduled", "job:ready"] {
        assert_eq!(super::events(&server, space, topic) as i64, ran * SHEETS, "{topic}");
    }
}

fn now() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64
}
