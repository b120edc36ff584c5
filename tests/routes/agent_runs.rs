//! Agents that run: each test starts what runs them, with the real Node.js.

use std::path::Path;

use inlet::service::agents::AgentRuntime;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use crate::agents::deploy;
use crate::fixtures::{contacts, text};
use crate::receiver::eventually;
use crate::{TestApp, on_each_database};

/// What runs agents, with a server on a port for them.
struct Runner {
    stopping: CancellationToken,
    tasks: TaskTracker,
    _server: AbortOnDropHandle<()>,
}

impl Runner {
    /// Nothing where there is no Node.js.
    async fn start(app: &TestApp) -> Option<Self> {
        Self::start_in(app, app.folder()).await
    }

    async fn start_in(app: &TestApp, data: &Path) -> Option<Self> {
        let (url, server) = app.listen().await;
        let stopping = app.stopping.child_token();
        let tasks = inlet::agents::start(&app.service, data, url, &stopping);
        let runtime = eventually("a runtime", async || match app.service.agent_runtime() {
            AgentRuntime::Unknown => None,
            known => Some(known),
        });
        if let AgentRuntime::Missing(reason) = runtime.await {
            eprintln!("agents are not tested: {reason}");
            return None;
        }
        Some(Self { stopping, tasks, _server: server })
    }

    async fn stop(self) {
        self.stopping.cancel();
        self.tasks.wait().await;
    }
}

/// An event of the environment that agents are told of.
async fn say(app: &TestApp, payload: Value) -> String {
    let body = json!({ "topic": "thread:created", "context": {}, "payload": payload });
    text(&app.post("/v1/events", body).await.data(), "id")
}

/// An agent that runs this on each such event; `tell` leaves a payload in the log.
async fn agent(app: &TestApp, slug: &str, code: &str) -> String {
    let source = format!(
        "const call = (method, path, body) => fetch(process.env.AGENT_INTERNAL_URL + path, {{ method,
            headers: {{ Authorization: `Bearer ${{process.env.FLATFILE_BEARER_TOKEN}}` }},
            body: body && JSON.stringify(body) }});
        const tell = (payload) => call('POST', '/v1/events', {{ topic: 'thread:updated', context: {{}}, payload }});
        module.exports.dispatchEvent = async (event) => {{ {code} }};"
    );
    let body = json!({ "slug": slug, "source": source, "topics": ["thread:created", "job:ready"] });
    text(&deploy(app, body).await, "id")
}

/// Waits until an agent ran so often; its runs, the first one first.
async fn runs(app: &TestApp, agent: &str, count: usize) -> Vec<Value> {
    let path = format!("/v1/agents/{agent}/logs?pageSize=100");
    eventually("enough runs", async || {
        let mut found = app.get(&path).await.json()["data"].as_array().unwrap().clone();
        found.reverse();
        (found.len() >= count).then_some(found)
    })
    .await
}

/// Waits until agents told so much; what they told.
async fn told(app: &TestApp, count: usize) -> Vec<Value> {
    eventually("enough events", async || {
        let log = app.get("/v1/events?topic=thread:updated&pageSize=1000").await.json();
        let found = log["data"].as_array().unwrap();
        (found.len() >= count).then(|| found.iter().map(|event| event["payload"].clone()).collect())
    })
    .await
}

/// Waits until the folders of all processes are gone.
async fn no_process_is_left(app: &TestApp) {
    eventually("the end of every process", async || {
        let left = std::fs::read_dir(app.folder().join("agents")).unwrap().count();
        (left == 0).then_some(())
    })
    .await;
}

fn is_alive(pid: &Value) -> bool {
    // One that was not waited for is gone, too.
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

#[tokio::test]
async fn an_agent_answers_jobs() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let Some(runner) = Runner::start(&app).await else { return };
        let code = "console.log('doing', event.payload.job);
            const job = `/v1/jobs/${event.context.jobId}`;
            await call('POST', `${job}/ack`, { info: 'Working', progress: 10 });
            const done = await call('POST', `${job}/complete`, { outcome: { message: 'Done by an agent' } });
            console.log('status', done.status);";
        let agent = agent(&app, "worker", code).await;
        let body =
            json!({ "type": "workbook", "operation": "go", "source": made.workbook, "trigger": "immediate" });
        let job = text(&app.post("/v1/jobs", body).await.data(), "id");
        let done = eventually("the end of the job", async || {
            let job = app.get(&format!("/v1/jobs/{job}")).await.data();
            (job["status"] == "complete").then_some(job)
        })
        .await;
        assert_eq!(done["outcome"]["message"], "Done by an agent");
        let run = runs(&app, &agent, 1).await.remove(0);
        assert_eq!((&run["success"], &run["topic"]), (&json!(true), &json!("job:ready")), "{run}");
        assert_eq!(run["log"], "doing workbook:go\nstatus 200\n");
        assert_eq!((&run["spaceId"], &run["context"]["jobId"]), (&json!(made.space), &json!(job)));
        assert!(run["memoryUsage"].as_i64().unwrap() > 1 << 20 && run["duration"].is_number(), "{run}");
        let log = app.get("/v1/events?topic=job:completed").await.json();
        assert_eq!(log["data"][0]["context"]["actorId"], json!(agent));

        let event = text(&run, "eventId");
        assert_eq!(app.get(&format!("/v1/agents/log/{event}")).await.data(), run);
        let executions = format!("/v1/agents/executions?success=true&spaceId={}&agentId={agent}", made.space);
        let executions = app.get(&executions).await.json();
        assert_eq!(executions["pagination"]["totalCount"], 1);
        assert!(
            executions["data"][0]["eventId"] == event.as_str() && executions["data"][0].get("log").is_none()
        );
        assert_eq!(app.get("/v1/agents/logs?success=false").await.json()["data"], json!([]));
        no_process_is_left(&app).await;
        runner.stop().await;
    })
    .await;
}

#[tokio::test]
async fn whatever_an_agent_does_the_next_event_is_run() {
    let code = "switch (event.payload.do) {
        case 'throw': throw new Error('thrown');
        case 'report': console.error('Error in event listener:', new Error('reported')); break;
        case 'late': setTimeout(() => { throw new Error('too late'); }); await new Promise(() => {});
        case 'exit': console.log('leaving'); process.exit(3);
        case 'loop': for (;;);
        case 'wait': await new Promise(() => {});
        case 'heap': for (const all = [];;) all.push(new Array(10000).fill(Math.random()));
        case 'buffers': for (const all = [];;) all.push(Buffer.alloc(1 << 25, 1));
        case 'flood': for (;;) require('fs').writeSync(1, 'x'.repeat(4096) + '\\n');
        case 'errors': try { for (;;) require('fs').writeSync(2, 'x'.repeat(4096)); } catch (e) { throw new Error(e.code); }
        case 'forge': require('fs').writeSync(1, '\\x1e{\"id\":\"x\",\"success\":true}\\n'); throw new Error('forged');
        case 'long': console.log('y'.repeat(70000)); break;
        case 'close': require('fs').closeSync(1); await new Promise(() => {});
        default: console.log('calm');
    }";
    on_each_database(async |app: TestApp| {
        let Some(runner) = Runner::start(&app).await else { return };
        let agent = agent(&app, "wild", code).await;
        let cases = [
            ("throw", false, "Error: thrown"),
            ("report", false, "Error in event listener: Error: reported"),
            ("late", false, "Error: too late"),
            ("exit", false, "leaving\nthe agent ended its process (exit code 3)"),
            ("calm", true, "calm"),
            ("loop", false, "it took too long for the event"),
            ("wait", false, "it took too long for the event"),
            ("heap", false, "it needed more than 64 MiB of heap"),
            ("buffers", false, "allocation failed"),
            ("flood", false, "it wrote more than 4 MiB past its console"),
            ("errors", false, "EPIPE"),
            ("forge", false, "Error: forged"),
            ("long", true, "… and 4465 more characters"),
            ("close", false, "it closed its output"),
            ("calm", true, "calm"),
        ];
        let mut ids = Vec::new();
        for (what, _, _) in &cases {
            ids.push(say(&app, json!({ "do": what })).await);
        }
        let runs = runs(&app, &agent, cases.len()).await;
        for ((run, id), (what, success, words)) in runs.iter().zip(&ids).zip(&cases) {
            let log = text(run, "log");
            assert_eq!((&run["eventId"], &run["success"]), (&json!(id), &json!(success)), "{what}: {log}");
            assert!(log.contains(words), "{what}: {log}");
            assert!(log.len() < 100_000, "{what}: {} characters", log.len());
        }
        runner.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_agent_sees_nothing_of_the_server() {
    let code = "const fs = require('fs'), tried = {};
        const attempt = (name, what) => { try { what(); tried[name] = 'done'; } catch (e) { tried[name] = e.code ?? e.message; } };
        attempt('passwd', () => fs.readFileSync('/etc/passwd'));
        attempt('database', () => fs.readdirSync(__dirname + '/../..'));
        attempt('write', () => fs.writeFileSync(__dirname + '/agent.js', ''));
        attempt('program', () => require('child_process').execFileSync('/bin/ls'));
        attempt('thread', () => new (require('worker_threads').Worker)('1', { eval: true }));
        attempt('signal', () => process.kill(process.ppid, 0));
        attempt('temporary', () => fs.writeFileSync(require('os').tmpdir() + '/x', 'y'));
        await tell({ tried, env: process.env });";
    on_each_database(async |app: TestApp| {
        let Some(runner) = Runner::start(&app).await else { return };
        agent(&app, "spy", code).await;
        say(&app, json!({})).await;
        let found = told(&app, 1).await.remove(0);
        let env = found["env"].as_object().unwrap();
        let mut names: Vec<&str> = env.keys().map(String::as_str).collect();
        names.sort_unstable();
        let four = ["AGENT_INTERNAL_URL", "FLATFILE_API_KEY", "FLATFILE_API_URL", "FLATFILE_BEARER_TOKEN"];
        assert_eq!(names, four);
        assert!(env["AGENT_INTERNAL_URL"].as_str().unwrap().starts_with("http://127.0.0.1:"));
        let token = text(&found["env"], "FLATFILE_API_KEY");
        assert!(token != app.key && token == text(&found["env"], "FLATFILE_BEARER_TOKEN"));
        let tried = &found["tried"];
        assert_eq!(tried["signal"], "an agent may not send signals to processes", "{tried}");
        if let AgentRuntime::Ready { confined: true, .. } = app.service.agent_runtime() {
            for name in ["passwd", "database", "write", "program", "thread"] {
                assert_eq!(tried[name], "ERR_ACCESS_DENIED", "{name}: {tried}");
            }
        }
        assert_eq!(tried["temporary"], "done", "{tried}");

        // Its token opens its environment until it is deleted.
        app.call_as(&token, "GET", "/v1/agents", &Value::Null).await.data();
        let own = app.call_as(&token, "GET", "/v1/environments", &Value::Null).await.json();
        assert_eq!(
            (&own["data"][0]["id"], own["data"].as_array().unwrap().len()),
            (&json!(app.environment_id), 1)
        );
        app.call_as(&format!("{token}0"), "GET", "/v1/agents", &Value::Null).await.refused(401);
        let id = text(&app.get("/v1/agents").await.json()["data"][0], "id");
        app.delete(&format!("/v1/agents/{id}")).await.data();
        app.call_as(&token, "GET", "/v1/agents", &Value::Null).await.refused(401);
        runner.stop().await;
    })
    .await;
}

#[tokio::test]
async fn each_agent_runs_on_its_events_in_their_order_whoever_runs_it() {
    on_each_database(async |app: TestApp| {
        let Some(one) = Runner::start(&app).await else { return };
        let other = app.folder().join("another server");
        std::fs::create_dir_all(&other).unwrap();
        let two = Runner::start_in(&app, &other).await.unwrap();
        let code = "await tell({ by: event.payload.agents, n: event.payload.n });";
        let (left, right) = (agent(&app, "left", code).await, agent(&app, "right", code).await);
        let deaf =
            json!({ "slug": "deaf", "source": "exports.dispatchEvent = () => {}", "topics": ["job:ready"] });
        let deaf = text(&deploy(&app, deaf).await, "id");
        let mut ids = Vec::new();
        for n in 0..20 {
            ids.push(say(&app, json!({ "n": n })).await);
        }
        for agent in [&left, &right] {
            let runs = runs(&app, agent, 20).await;
            let order: Vec<String> = runs.iter().map(|run| text(run, "eventId")).collect();
            assert_eq!(order, ids);
            assert!(runs.iter().all(|run| run["success"] == true), "{runs:?}");
        }
        assert_eq!(told(&app, 40).await.len(), 40, "each runs once");
        assert_eq!(runs(&app, &deaf, 0).await, Vec::<Value>::new());
        one.stop().await;
        two.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_deployment_takes_over_and_a_deletion_stops_what_runs() {
    on_each_database(async |app: TestApp| {
        let Some(runner) = Runner::start(&app).await else { return };
        let id = agent(&app, "mine", "console.log('first');").await;
        say(&app, json!({})).await;
        runs(&app, &id, 1).await;
        agent(&app, "mine", "throw new Error('second');").await;
        say(&app, json!({})).await;
        let second = runs(&app, &id, 2).await.remove(1);
        assert!(text(&second, "log").contains("Error: second"));
        let broken = json!({ "slug": "mine", "source": "throw new Error('broken')" });
        deploy(&app, broken).await;
        let unheard = json!({ "slug": "mine", "source": "exports.x = 1", "topics": ["thread:created"] });
        let third = runs(&app, &id, 3).await;
        assert!(third[2..].iter().all(|run| text(run, "log").contains("Error: broken")), "{third:?}");
        deploy(&app, unheard).await;
        let event = say(&app, json!({})).await;
        let log = eventually("the run", async || {
            let answer = app.get(&format!("/v1/agents/log/{event}")).await;
            answer.status.is_success().then(|| text(&answer.data(), "log"))
        });
        assert!(log.await.contains("exports no listener"));

        agent(&app, "mine", "await tell({ pid: process.pid }); for (;;);").await;
        say(&app, json!({})).await;
        let pid = told(&app, 1).await.remove(0)["pid"].take();
        assert!(is_alive(&pid));
        app.delete(&format!("/v1/agents/{id}")).await.data();
        eventually("the end of the process", async || (!is_alive(&pid)).then_some(())).await;
        no_process_is_left(&app).await;
        runner.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_not_done_when_the_server_stopped_is_done_by_the_next() {
    on_each_database(async |app: TestApp| {
        let Some(runner) = Runner::start(&app).await else { return };
        let code = "await tell({ pid: process.pid }); if (event.payload.wait) await new Promise(() => setTimeout(() => {}, 1e6));";
        let id = agent(&app, "slow", code).await;
        let event = say(&app, json!({ "wait": true })).await;
        let pid = told(&app, 1).await.remove(0)["pid"].take();
        runner.stop().await;
        assert!(!is_alive(&pid), "the process is gone with the server");
        assert_eq!(runs(&app, &id, 0).await, Vec::<Value>::new());

        agent(&app, "slow", "await tell({ again: event.id });").await;
        let runner = Runner::start(&app).await.unwrap();
        let run = runs(&app, &id, 1).await.remove(0);
        assert_eq!((&run["eventId"], &run["success"]), (&json!(event), &json!(true)));
        assert_eq!(told(&app, 2).await[1], json!({ "again": event }));
        runner.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_process_that_is_killed_is_tried_again_and_given_up_in_the_end() {
    on_each_database(async |app: TestApp| {
        let Some(runner) = Runner::start(&app).await else { return };
        let code = "await tell({ pid: process.pid }); if (event.payload.wait) await new Promise(() => setTimeout(() => {}, 1e6));";
        let id = agent(&app, "victim", code).await;
        let event = say(&app, json!({ "wait": true })).await;
        let next = say(&app, json!({})).await;
        for tries in 1..=3 {
            let pid = told(&app, tries).await[tries - 1]["pid"].to_string();
            std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap();
        }
        let runs = runs(&app, &id, 2).await;
        assert_eq!((&runs[0]["eventId"], &runs[0]["success"]), (&json!(event), &json!(false)));
        assert!(text(&runs[0], "log").contains("its process is gone (signal: 9 (SIGKILL))"), "{runs:?}");
        assert_eq!((&runs[1]["eventId"], &runs[1]["success"]), (&json!(next), &json!(true)));
        assert_eq!(told(&app, 4).await.len(), 4);
        runner.stop().await;
    })
    .await;
}
