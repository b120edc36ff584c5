//! A program that works on jobs, and outlives the servers that it talks to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde_json::{Value, json};

use super::scenario::Step;
use crate::process::Server;
use crate::space_with_sheet;

/// How everything stands: what is known of each job, what was told of it, and its log, in texts without ids and times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stand {
    /// The jobs that are there, by their names.
    pub jobs: BTreeMap<String, String>,
    /// What was told of each job that was ever there: topics with statuses.
    pub stories: BTreeMap<String, Vec<String>>,
    /// What is written in the log of each job.
    pub logs: BTreeMap<String, Vec<String>>,
}

impl Stand {
    /// What is other than it should be.
    pub fn differences(&self, wanted: &Self) -> Vec<String> {
        fn of<T: Debug + PartialEq>(
            found: &BTreeMap<String, T>,
            wanted: &BTreeMap<String, T>,
        ) -> Vec<String> {
            let names: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
            let others = names.into_iter().filter(|name| found.get(*name) != wanted.get(*name));
            others.map(|name| format!("{name}: {:?}\nnot {:?}", found.get(name), wanted.get(name))).collect()
        }
        let mut all = of(&self.jobs, &wanted.jobs);
        all.extend(of(&self.stories, &wanted.stories));
        all.extend(of(&self.logs, &wanted.logs));
        all
    }
}

/// The program: where it works, and the names of the jobs that it has seen.
pub struct Client {
    space: String,
    workbook: String,
    names: BTreeMap<String, String>,
}

impl Client {
    /// One with a space of its own.
    pub fn new(server: &Server) -> Self {
        let (_, space, workbook, _) = space_with_sheet(server);
        Self { space, workbook, names: BTreeMap::new() }
    }

    /// The space that it works in.
    pub fn space(&self) -> &str {
        &self.space
    }

    /// Does a step: the status of the answer, or nothing when the server died before it answered.
    pub fn call(&self, server: &Server, step: &Step) -> Option<u16> {
        let mut body = (step.body)();
        let job = |name: &str| {
            let found = self.names.iter().find(|(_, known)| *known == name);
            found.map(|(id, _)| id.clone()).unwrap_or_else(|| panic!("there is no job {name}"))
        };
        let (method, path) = match step.verb {
            "make" => {
                let after = body["after"].as_array().cloned().unwrap_or_default();
                let after: Vec<String> = after.iter().map(|name| job(name.as_str().unwrap())).collect();
                let trigger = body["trigger"].as_str().unwrap_or("immediate");
                body = json!({ "type": "workbook", "operation": "submit", "source": self.workbook,
                    "trigger": trigger, "predecessorIds": after, "metadata": { "name": step.job } });
                ("POST", "/v1/jobs".to_string())
            }
            "delete" => ("DELETE", format!("/v1/jobs/{}", job(step.job))),
            verb => ("POST", format!("/v1/jobs/{}/{verb}", job(step.job))),
        };
        server.attempt(method, &path, &body).map(|(status, _)| status)
    }

    /// Looks at everything; nothing when the server died meanwhile. What the log of events tells last of a job must
    /// be what the job is.
    pub fn look(&mut self, server: &Server) -> Option<Stand> {
        let get = |path: &str| {
            let (status, mut answer) = server.attempt("GET", path, &Value::Null)?;
            assert_eq!(status, 200, "{path}: {answer}");
            Some(answer["data"].take())
        };
        let jobs = get(&format!("/v1/jobs?spaceId={}&pageSize=1000&sortDirection=asc", self.space))?;
        let jobs = jobs.as_array().unwrap();
        self.learn_names(jobs);
        let mut stand = Stand::default();
        for job in jobs {
            let id = job["id"].as_str().unwrap();
            let name = self.names[id].clone();
            let log = get(&format!("/v1/jobs/{id}/log"))?;
            let log = log.as_array().unwrap();
            let numbers = log.iter().map(|entry| entry["number"].as_u64().unwrap());
            assert!(numbers.eq(1..=log.len() as u64), "the log of {name} has a gap");
            // How far a job was is written down once a second at most.
            let entries = log.iter().filter(|entry| entry["kind"] != "progress");
            let entry = |entry: &Value| {
                let members = ["attempt", "kind", "level", "text", "progress"];
                members.map(|member| entry[member].to_string()).join(" ")
            };
            stand.logs.insert(name.clone(), entries.map(entry).collect());
            stand.jobs.insert(name, self.described(job));
        }
        let mut last: BTreeMap<&str, String> = BTreeMap::new();
        let path =
            format!("/v1/events?spaceId={}&domain=job&pageSize=1000&includeAcknowledged=true", self.space);
        let events = get(&path)?;
        for event in events.as_array().unwrap() {
            let id = event["context"]["jobId"].as_str().unwrap();
            let name = self.names.get(id).unwrap_or_else(|| panic!("told of a job that never was: {event}"));
            let topic = event["topic"].as_str().unwrap().trim_start_matches("job:");
            // Of a job that is gone only that it is gone is told.
            let status = event["payload"]["status"].as_str().unwrap_or(topic);
            stand.stories.entry(name.clone()).or_default().push(format!("{topic}:{status}"));
            last.insert(id, format!("{status} {}", event["payload"]["attempt"]));
        }
        for job in jobs {
            let id = job["id"].as_str().unwrap();
            let is = format!("{} {}", job["status"].as_str().unwrap(), job["attempt"]);
            assert_eq!(last.get(id), Some(&is), "{} is not what was told of it last", self.names[id]);
        }
        Some(stand)
    }

    /// The parts of a job count on from run to run.
    fn learn_names(&mut self, jobs: &[Value]) {
        let place = |job: &&Value| (job["createdAt"].to_string(), job["part"].as_u64());
        let mut parts: Vec<&Value> = jobs.iter().filter(|job| job["parentId"].is_string()).collect();
        parts.sort_by_key(place);
        let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
        for job in jobs.iter().filter(|job| job["parentId"].is_null()).chain(parts) {
            let mut name = job["metadata"]["name"].as_str().unwrap().to_string();
            if let Some(parent) = job["parentId"].as_str() {
                let number = counted.entry(parent).or_default();
                name = format!("{name}.{number}");
                *number += 1;
            }
            self.names.insert(job["id"].as_str().unwrap().to_string(), name);
        }
    }

    fn described(&self, job: &Value) -> String {
        let before = job["predecessorIds"].as_array().unwrap().iter();
        let before: Vec<&String> = before.map(|id| &self.names[id.as_str().unwrap()]).collect();
        let members = [
            "status",
            "attempt",
            "progress",
            "info",
            "outcome",
            "result",
            "part",
            "partData",
            "partExecution",
        ];
        let moments = ["startedAt", "finishedAt", "outcomeAcknowledgedAt"];
        let mut words = members.map(|member| format!("{member}={}", job[member])).to_vec();
        words.extend(moments.map(|member| format!("{member}={}", job[member].is_string())));
        words.push(format!("after={before:?}"));
        words.join(" ")
    }
}
