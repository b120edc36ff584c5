//! Agents: listeners that run inside the server (section 2.13 of the wire contract).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::event::Topic;
use super::ids::{
    AccountId, AgentExportId, AgentId, AgentLogId, AgentVersionId, EnvironmentId, EventId, SpaceId,
};
use super::parse::ParseError;
use super::time::Timestamp;
use super::webhook::filter::fits;

/// The slug of an agent that was deployed without one.
pub const DEFAULT_SLUG: &str = "default";
/// Most characters of a slug, a namespace or a topic.
const LONGEST: usize = 200;
/// Most topics of an agent.
const MOST_TOPICS: usize = 200;
/// What the topics of the timer begin with.
const CRON: &str = "cron:";

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// From the beginning of 1970, a Thursday, to the first Monday.
const FIRST_MONDAY: i64 = 4 * DAY;

/// What the timer says, and how often.
const CRONS: &[(Topic, i64, i64)] = &[
    (Topic::CronFiveMinutes, 5 * MINUTE, 0),
    (Topic::CronHourly, 60 * MINUTE, 0),
    (Topic::CronDaily, DAY, 0),
    (Topic::CronWeekly, 7 * DAY, FIRST_MONDAY),
];

/// What is deployed beside the source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentConfig {
    /// The events that it hears of; of all but those of the timer when empty.
    pub topics: Vec<String>,
    /// `js`.
    pub compiler: Option<String>,
    /// For people: the filter stands in the agent's code.
    pub namespace: Option<String>,
    /// The deployer's own data.
    pub options: Option<Map<String, Value>>,
    /// The packages that it was made of.
    pub package_versions: Option<Map<String, Value>>,
    /// The commit that it was made of.
    pub commit_info: Option<Map<String, Value>>,
}

/// An agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Of which environment it hears.
    pub environment_id: EnvironmentId,
    /// By which it is deployed again.
    pub slug: String,
    /// Whether it belongs to the system; for those who list agents.
    pub is_system: bool,
    /// The number of the version that runs.
    pub version: i64,
    /// What that version was deployed with.
    pub config: AgentConfig,
    /// The place in the log of its environment up to which it has run.
    pub position: i64,
    /// How often it died of the event after that place.
    pub tries: i64,
    /// When it was first deployed.
    pub created_at: Timestamp,
    /// When it was deployed last.
    pub updated_at: Timestamp,
}

/// One deployment of an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentVersion {
    /// Its id.
    pub id: AgentVersionId,
    /// Of which agent.
    pub agent_id: AgentId,
    /// Counted from 1.
    pub version: i64,
    /// The version whose content it has: itself, unless it was brought back.
    pub origin: i64,
    /// What it was deployed with.
    pub config: AgentConfig,
    /// Who deployed it.
    pub deployed_by: Deployer,
    /// When it was deployed.
    pub created_at: Timestamp,
}

/// Who deployed a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployer {
    /// The id of the actor; empty when nobody knows any more.
    pub id: String,
    /// What a person is called.
    pub name: Option<String>,
}

/// An agent, and how it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentStanding {
    /// The agent.
    pub agent: Agent,
    /// Who deployed the version that runs.
    pub deployed_by: Deployer,
    /// Runs that are kept.
    pub runs: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// When the last one began, and whether it ended without an error.
    pub last: Option<(Timestamp, bool)>,
}

/// For what the code of an agent is taken away (section 2.13 of the wire contract). This server brings no code of its own
/// that would be put in, so what comes is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgentExportType {
    /// What was deployed.
    #[default]
    Source,
    /// The same with what the system adds.
    SystemCombined,
    /// The same with what was built for it.
    AutobuildInlined,
}

/// The code of an agent, packed to be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentExport {
    /// Its id.
    pub id: AgentExportId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where the agent is.
    pub environment_id: EnvironmentId,
    /// Of which agent.
    pub agent_id: AgentId,
    /// For what.
    pub kind: AgentExportType,
    /// How the file is called.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One run of an agent on one event.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentRun {
    /// Its id.
    pub id: AgentLogId,
    /// Which agent.
    pub agent_id: AgentId,
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// In which space the event happened.
    pub space_id: Option<SpaceId>,
    /// Which event.
    pub event_id: EventId,
    /// What happened.
    pub topic: String,
    /// Ids of what the event is about.
    pub context: Map<String, Value>,
    /// `space:<namespace>` and the like.
    pub namespaces: Vec<String>,
    /// Whether it ended without an error.
    pub success: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ended.
    pub completed_at: Timestamp,
    /// How long the event had waited, in milliseconds.
    pub queue_lag: i64,
    /// The memory of the process at its end, in bytes.
    pub memory: Option<i64>,
    /// What the agent wrote to its console.
    pub log: String,
}

impl AgentRun {
    /// How long it took, in milliseconds.
    pub fn duration(&self) -> i64 {
        self.completed_at.since(self.created_at).max(0)
    }
}

impl AgentConfig {
    /// Refuses what can never run.
    pub fn check(&self) -> Result<(), ParseError> {
        if let Some(other) = self.compiler.as_deref().filter(|compiler| *compiler != "js") {
            return Err(ParseError::at("compiler", format!("`{other}` is not known; agents are `js`")));
        }
        let fits = |text: &String| (1..=LONGEST).contains(&text.chars().count());
        if self.topics.len() > MOST_TOPICS || !self.topics.iter().all(fits) {
            let message = format!("at most {MOST_TOPICS} topics of 1 to {LONGEST} characters are taken");
            return Err(ParseError::at("topics", message));
        }
        match &self.namespace {
            Some(name) if !name.is_empty() && !fits(name) => {
                Err(ParseError::at("namespace", format!("a namespace has at most {LONGEST} characters")))
            }
            _ => Ok(()),
        }
    }

    /// Whether the agent is to run on events of that topic. Those of the timer must be asked for.
    pub fn takes(&self, topic: &str) -> bool {
        match topic.starts_with(CRON) {
            true => self.topics.iter().any(|pattern| pattern.starts_with(CRON) && fits(pattern, topic)),
            false => self.topics.is_empty() || self.topics.iter().any(|pattern| fits(pattern, topic)),
        }
    }

    /// The topics of the timer that the agent asks for.
    pub fn crons(&self) -> impl Iterator<Item = Topic> {
        CRONS.iter().map(|(topic, _, _)| *topic).filter(|topic| self.takes(topic.as_str()))
    }
}

/// The slug that was given, or the one of agents without.
pub fn slug(given: Option<String>) -> Result<String, ParseError> {
    let slug = given.map(|slug| slug.trim().to_string()).filter(|slug| !slug.is_empty());
    let slug = slug.unwrap_or_else(|| DEFAULT_SLUG.to_string());
    if slug.chars().count() > LONGEST || slug.chars().any(char::is_control) {
        let message = format!("a slug has at most {LONGEST} characters and no control characters");
        return Err(ParseError::at("slug", message));
    }
    Ok(slug)
}

/// The first moment after `moment` at which the timer says that topic: in UTC, weeks begin on Monday.
pub fn next_cron(topic: Topic, moment: Timestamp) -> Option<Timestamp> {
    let (_, period, first) = CRONS.iter().find(|(cron, _, _)| *cron == topic)?;
    Some(Timestamp(((moment.0 - first).div_euclid(*period) + 1) * period + first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(topics: &[&str]) -> AgentConfig {
        let topics = topics.iter().map(ToString::to_string).collect();
        AgentConfig { topics, ..AgentConfig::default() }
    }

    #[test]
    fn the_timer_is_heard_by_those_who_ask_for_it() {
        for (topics, ready, hourly) in [
            (&[][..], true, false),
            (&["**"], true, false),
            (&["*"], true, false),
            (&["job:*"], true, false),
            (&["job:ready", "cron:hourly"], true, true),
            (&["cron:*"], false, true),
            (&["cron:daily", "*:hourly"], false, false),
        ] {
            let config = config(topics);
            assert_eq!(
                (config.takes("job:ready"), config.takes("cron:hourly")),
                (ready, hourly),
                "{topics:?}"
            );
        }
        let asked: Vec<Topic> = config(&["cron:weekly", "cron:5-minutes", "job:*"]).crons().collect();
        assert_eq!(asked, [Topic::CronFiveMinutes, Topic::CronWeekly]);
    }

    #[test]
    fn the_timer_keeps_to_the_clock() {
        // Friday, 31 January 2025, 12:34:56.789.
        let moment = Timestamp::parse("2025-01-31T12:34:56.789Z").unwrap();
        for (topic, next) in [
            (Topic::CronFiveMinutes, "2025-01-31T12:35:00.000Z"),
            (Topic::CronHourly, "2025-01-31T13:00:00.000Z"),
            (Topic::CronDaily, "2025-02-01T00:00:00.000Z"),
            (Topic::CronWeekly, "2025-02-03T00:00:00.000Z"),
        ] {
            assert_eq!(next_cron(topic, moment).unwrap().to_string(), next);
        }
        let sharp = Timestamp::parse("2025-01-31T13:00:00.000Z").unwrap();
        assert_eq!(next_cron(Topic::CronHourly, sharp).unwrap().to_string(), "2025-01-31T14:00:00.000Z");
        assert_eq!(next_cron(Topic::JobReady, moment), None);
    }

    #[test]
    fn what_can_never_run_is_refused() {
        let place = |config: AgentConfig| config.check().unwrap_err().path;
        assert_eq!(place(AgentConfig { compiler: Some("py".into()), ..AgentConfig::default() }), "compiler");
        assert_eq!(place(config(&[""])), "topics");
        assert_eq!(
            place(AgentConfig { namespace: Some("x".repeat(201)), ..AgentConfig::default() }),
            "namespace"
        );
        assert!(config(&["job:ready", "of:tomorrow"]).check().is_ok());
        assert_eq!(slug(None).unwrap(), "default");
        assert_eq!(slug(Some(" mine ".into())).unwrap(), "mine");
        assert!(slug(Some("a\nb".into())).is_err() && slug(Some("x".repeat(201))).is_err());
    }
}
