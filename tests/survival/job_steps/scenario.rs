//! What is done to jobs, one call after the other: each is one commit.

use serde_json::{Value, json};

/// One call.
pub struct Step {
    /// To which job: those that are made have names, their parts numbers behind it.
    pub job: &'static str,
    /// `make`, `delete`, or an operation of jobs.
    pub verb: &'static str,
    /// What is sent.
    pub body: fn() -> Value,
    /// How the same call is answered that comes a second time, because nobody heard the first answer. It changes
    /// nothing then. Nothing for calls that do not come again as they were.
    pub again: Option<u16>,
}

const fn step(job: &'static str, verb: &'static str, body: fn() -> Value, again: Option<u16>) -> Step {
    Step { job, verb, body, again }
}

fn nothing() -> Value {
    json!({})
}

/// `all` goes on in parallel parts, `row` in parts one after the other; `after` waits for both of them and fails at
/// first, `last` waits for it and fails with it; both are run again.
#[rustfmt::skip]
pub const STEPS: &[Step] = &[
    step("all",     "make",     || json!({}), None),
    step("row",     "make",     || json!({}), None),
    step("after",   "make",     || json!({ "after": ["all", "row"] }), None),
    step("last",    "make",     || json!({ "after": ["after"] }), None),
    step("spare",   "make",     || json!({ "after": ["row"], "trigger": "manual" }), None),
    step("all",     "ack",      || json!({ "progress": 5, "info": "looking" }), None),
    step("all",     "split",    || json!({ "parts": [{ "from": 1 }, { "from": 2 }, { "from": 3 }], "runInParallel": true }), Some(409)),
    step("all.0",   "ack",      || json!({ "progress": 40, "info": "reading" }), None),
    step("all.0",   "log",      || json!({ "lines": [{ "message": "one" }, { "level": "warn", "message": "two" }] }), None),
    step("all.0",   "complete", || json!({ "info": "read", "outcome": { "message": "Read." } }), Some(200)),
    step("all.1",   "fail",     || json!({ "info": "unreadable" }), Some(200)),
    step("spare",   "execute",  nothing, Some(200)),
    step("all.2",   "complete", || json!({ "result": { "rows": 7 } }), Some(200)),
    step("all",     "complete", || json!({ "outcome": { "message": "Most of it." } }), Some(200)),
    step("row",     "split",    || json!({ "parts": 3 }), Some(409)),
    step("row.0",   "complete", nothing, Some(200)),
    step("row.1",   "fail",     nothing, Some(200)),
    step("row.1",   "retry",    nothing, Some(409)),
    step("row.2",   "cancel",   || json!({ "info": "not needed" }), Some(200)),
    step("row.1",   "complete", nothing, Some(200)),
    step("row",     "complete", nothing, Some(200)),
    step("after",   "split",    || json!({ "parts": 2, "runInParallel": true }), Some(409)),
    step("after.0", "ack",      || json!({ "progress": 10 }), None),
    step("after",   "fail",     || json!({ "info": "no connection" }), Some(200)),
    step("after",   "retry",    nothing, Some(409)),
    step("last",    "retry",    nothing, Some(409)),
    step("after",   "split",    || json!({ "parts": 2 }), Some(409)),
    step("after.2", "complete", nothing, Some(200)),
    step("after.3", "complete", nothing, Some(200)),
    step("after",   "complete", nothing, Some(200)),
    step("last",    "complete", nothing, Some(200)),
    step("spare",   "cancel",   nothing, Some(200)),
    step("spare",   "outcome/ack", nothing, Some(200)),
    step("spare",   "delete",   nothing, Some(404)),
];

/// Of each job, what is told in all: the topics, and the status that each tells.
#[rustfmt::skip]
pub const STORIES: &[(&str, &str)] = &[
    ("all",     "created:created ready:ready updated:executing updated:waiting updated:waiting updated:waiting updated:executing parts-completed:executing completed:complete"),
    ("all.0",   "created:created ready:ready updated:executing completed:complete"),
    ("all.1",   "created:created ready:ready failed:failed"),
    ("all.2",   "created:created ready:ready completed:complete"),
    ("row",     "created:created ready:ready updated:waiting updated:waiting updated:waiting updated:waiting updated:executing parts-completed:executing completed:complete"),
    ("row.0",   "created:created ready:ready completed:complete"),
    ("row.1",   "created:created updated:waiting ready:ready failed:failed ready:ready completed:complete"),
    ("row.2",   "created:created updated:waiting ready:ready updated:canceled"),
    ("after",   "created:created updated:waiting ready:ready updated:waiting failed:failed ready:ready updated:waiting updated:waiting updated:executing parts-completed:executing completed:complete"),
    ("after.0", "created:created ready:ready updated:executing updated:canceled"),
    ("after.1", "created:created ready:ready updated:canceled"),
    ("after.2", "created:created ready:ready completed:complete"),
    ("after.3", "created:created updated:waiting ready:ready completed:complete"),
    ("last",    "created:created updated:waiting failed:failed updated:waiting ready:ready completed:complete"),
    ("spare",   "created:created updated:waiting ready:ready updated:canceled outcome-acknowledged:canceled deleted:deleted"),
];
