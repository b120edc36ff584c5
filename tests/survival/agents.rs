//! Agents of a server that is killed while they run: each event is run on, and no process stays behind.

use serde_json::{Value, json};

use super::home::Home;
use super::process::{Folder, Server};
use super::{space_with_sheet, until};

/// Tells its process by an event, then does what the event says.
const SOURCE: &str = "exports.dispatchEvent = async (event) => {
    const body = JSON.stringify({ topic: 'thread:updated', context: {}, payload: { pid: process.pid, of: event.id } });
    const headers = { Authorization: `Bearer ${process.env.FLATFILE_BEARER_TOKEN}` };
    await fetch(`${process.env.AGENT_INTERNAL_URL}/v1/events`, { method: 'POST', headers, body });
    if (event.payload.loop) for (;;);
};";

fn deploy(server: &Server) -> String {
    let body = json!({ "source": SOURCE, "topics": ["thread:created"] });
    server.post("/v1/agents", body)["id"].as_str().unwrap().to_string()
}

fn say(server: &Server, payload: Value) {
    server.post("/v1/events", json!({ "topic": "thread:created", "context": {}, "payload": payload }));
}

fn told(server: &Server) -> Vec<Value> {
    let events = server.get("/v1/events?topic=thread:updated&pageSize=1000");
    events.as_array().unwrap().iter().map(|event| event["payload"].clone()).collect()
}

fn runs(server: &Server, agent: &str) -> Vec<Value> {
    server.get(&format!("/v1/agents/{agent}/logs?pageSize=1000")).as_array().unwrap().clone()
}

fn has_node() -> bool {
    let found = std::process::Command::new("node").arg("--version").output().is_ok();
    if !found {
        eprintln!("agents are not tested: there is no node in PATH");
    }
    found
}

/// One that nobody has waited for is gone, too.
fn is_alive(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

fn killed(home: &Home) {
    let server = home.start();
    let agent = deploy(&server);
    say(&server, json!({ "loop": true }));
    until("the agent", || !told(&server).is_empty());
    let pid = told(&server)[0]["pid"].to_string();
    server.kill();
    until("the end of the process", || !is_alive(&pid));

    // The server dies between the run and the commit that keeps it.
    let server = home.armed("agent-ran:2");
    for _ in 0..5 {
        let body = json!({ "topic": "thread:created", "context": {}, "payload": {} });
        if server.attempt("POST", "/v1/events", &body).is_none() {
            break;
        }
    }
    server.wait_for_death();
    let server = home.start();
    let created = server.get("/v1/events?topic=thread:created&pageSize=1000").as_array().unwrap().len();
    until("every event", || runs(&server, &agent).len() == created);
    let all = runs(&server, &agent);
    let mut events: Vec<&str> = all.iter().map(|run| run["eventId"].as_str().unwrap()).collect();
    events.dedup();
    assert_eq!(events.len(), created, "each event is kept once, in order");
    assert!(told(&server).len() > created, "what was not kept was run again");
    let failed: Vec<&Value> = all.iter().filter(|run| run["success"] == false).collect();
    assert!(failed.len() == 1 && failed[0]["log"].as_str().unwrap().contains("too long"), "{failed:?}");
}

#[test]
fn every_event_is_run_on_though_the_server_is_killed() {
    if has_node() {
        killed(&Home::on_sqlite("killed-agents"));
        Home::on_postgres("killed-agents").into_iter().for_each(|home| killed(&home));
    }
}

#[test]
fn a_server_without_node_keeps_agents_and_serves() {
    let folder = Folder::new("no-node");
    let server = Server::start_with(&folder.0, &[("INLET_NODE", "/nowhere/node")]);
    space_with_sheet(&server);
    let agent = deploy(&server);
    say(&server, json!({}));
    assert_eq!(server.get("/v1/agents")[0]["id"], json!(agent));
    assert!(runs(&server, &agent).is_empty());
}
