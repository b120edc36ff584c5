//! What an endpoint hears of: topics, the name of a job, namespaces. A `*` stands for any characters.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::event::{Event, Topic};
use crate::domain::parse::ParseError;

/// Most patterns of a list, and most characters of one.
const MOST_PATTERNS: usize = 100;
const LONGEST: usize = 200;

/// Which events an endpoint hears of. Everything that is said must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChoice {
    /// Names of topics such as `job:ready`, or patterns such as `job:*`; one of them must fit.
    pub topics: Vec<String>,
    /// The name of a job such as `workbook:submitAction`, or a pattern; it leaves out other jobs, and nothing else.
    pub job: Option<String>,
    /// Namespaces such as `space:red`, or patterns; the event must have one that fits. All when empty.
    pub namespaces: Vec<String>,
}

impl EventChoice {
    /// Refuses a choice that can never fit an event, and one without an end.
    pub fn check(&self) -> Result<(), ParseError> {
        if self.topics.is_empty() {
            return Err(ParseError::at("topics", "name at least one topic, such as `job:ready` or `job:*`"));
        }
        for (key, patterns) in [("topics", &self.topics), ("namespaces", &self.namespaces)] {
            let fits = |pattern: &String| (1..=LONGEST).contains(&pattern.chars().count());
            if patterns.len() > MOST_PATTERNS || !patterns.iter().all(fits) {
                let message =
                    format!("at most {MOST_PATTERNS} patterns of 1 to {LONGEST} characters are taken");
                return Err(ParseError::at(key, message));
            }
        }
        if self.job.as_ref().is_some_and(|job| job.is_empty() || job.chars().count() > LONGEST) {
            let message = format!("the name of a job has 1 to {LONGEST} characters");
            return Err(ParseError::at("job", message));
        }
        let known = |pattern: &str| Topic::ALL.iter().any(|topic| fits(pattern, topic.as_str()));
        match self.topics.iter().find(|pattern| !known(pattern)) {
            None => Ok(()),
            Some(pattern) => {
                let message = format!("`{pattern}` fits no event; try `job:ready`, `records:*` or `*`");
                Err(ParseError::at("topics", message))
            }
        }
    }

    /// Whether an event is one of them.
    pub fn takes(&self, event: &Event) -> bool {
        let topic = self.topics.iter().any(|pattern| fits(pattern, &event.topic));
        let job = match (&self.job, event.payload.get("job").and_then(Value::as_str)) {
            (Some(pattern), Some(name)) if event.domain == "job" => fits(pattern, name),
            _ => true,
        };
        let named = |name: &String| self.namespaces.iter().any(|pattern| fits(pattern, name));
        topic && job && (self.namespaces.is_empty() || event.namespaces.iter().any(named))
    }
}

/// Whether a text is as a pattern says; a `*` stands for any characters, also none.
pub(in crate::domain) fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let Some(place) = left.find(part) else { return false };
        left = &left[place + part.len()..];
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::domain::ids::{EnvironmentId, EventId, Id};
    use crate::domain::time::Timestamp;

    fn event(topic: &str, job: Option<&str>, namespaces: &[&str]) -> Event {
        let payload = job.map(|job| json!({ "job": job })).unwrap_or(json!({}));
        Event {
            id: EventId::parse("us_evt_00000000").unwrap(),
            environment_sequence: 1,
            space_sequence: None,
            created_at: Timestamp(0),
            acknowledged_at: None,
            acknowledged_by: None,
            topic: topic.to_string(),
            domain: topic.split(':').next().unwrap().to_string(),
            environment_id: EnvironmentId::parse("us_env_00000000").unwrap(),
            space_id: None,
            context: Map::new(),
            payload: payload.as_object().unwrap().clone(),
            data_url: None,
            namespaces: namespaces.iter().map(ToString::to_string).collect(),
            extra: Map::new(),
        }
    }

    fn choice(topics: &[&str], job: Option<&str>, namespaces: &[&str]) -> EventChoice {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        EventChoice { topics: texts(topics), job: job.map(str::to_string), namespaces: texts(namespaces) }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, same) in [
            ("job:ready", "job:ready", true),
            ("job:ready", "job:read", false),
            ("job:*", "job:ready", true),
            ("job:*", "file:created", false),
            ("*", "", true),
            ("**", "x", true),
            ("*:created", "file:created", true),
            ("*:created", "file:created:x", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("*ab*ab", "ab", false),
        ] {
            assert_eq!(fits(pattern, text), same, "{pattern} {text}");
        }
    }

    #[test]
    fn everything_that_is_said_must_fit() {
        let ready = event("job:ready", Some("workbook:submitAction"), &["space:red", "workbook:x"]);
        let records = event("records:created", None, &["space:blue"]);
        for (choice, of_job, of_records) in [
            (choice(&["*"], None, &[]), true, true),
            (choice(&["job:*"], None, &[]), true, false),
            (choice(&["job:*", "records:created"], Some("workbook:submitAction"), &[]), true, true),
            (choice(&["*"], Some("sheet:*"), &[]), false, true),
            (choice(&["*"], Some("*:submitAction"), &["space:red"]), true, false),
            (choice(&["*"], None, &["space:blue"]), false, true),
            (choice(&["*"], None, &["space:*"]), true, true),
        ] {
            assert_eq!((choice.takes(&ready), choice.takes(&records)), (of_job, of_records), "{choice:?}");
        }
    }

    #[test]
    fn a_choice_that_never_fits_is_refused() {
        let long = "x".repeat(201);
        for (choice, words) in [
            (choice(&[], None, &[]), "at least one topic"),
            (choice(&["jobs:ready"], None, &[]), "`jobs:ready` fits no event"),
            (choice(&["*"], Some(""), &[]), "the name of a job"),
            (choice(&["*"], None, &[""]), "patterns of 1 to 200"),
            (choice(&["*"], None, &[&long]), "patterns of 1 to 200"),
        ] {
            let error = choice.check().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(choice(&["job:*", "*:created"], Some("*"), &["space:red"]).check().is_ok());
    }
}
