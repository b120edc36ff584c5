//! Events: what happened, in the words that listeners filter by (section 3 of the wire contract).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ids::{EnvironmentId, EventId, SpaceId};
use super::time::Timestamp;

macro_rules! topics {
    ($($(#[$doc:meta])* $variant:ident = $topic:literal in $domain:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Topic {
            $($(#[$doc])* #[serde(rename = $topic)] $variant),*
        }

        impl Topic {
            /// Every topic that there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $topic),* }
            }

            /// The domain on the wire.
            pub fn domain(self) -> &'static str {
                match self { $(Self::$variant => $domain),* }
            }

            /// Whether events of that domain exist.
            pub fn has_domain(domain: &str) -> bool {
                Self::ALL.iter().any(|topic| topic.domain() == domain)
            }

            /// The topic of that name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|topic| topic.as_str() == text)
            }
        }
    };
}

topics! {
    /// A job was made.
    JobCreated = "job:created" in "job";
    /// A job may be taken.
    JobReady = "job:ready" in "job";
    /// A job went on.
    JobUpdated = "job:updated" in "job";
    /// A job ended well.
    JobCompleted = "job:completed" in "job";
    /// A job ended badly.
    JobFailed = "job:failed" in "job";
    /// Somebody closed the outcome.
    JobOutcomeAcknowledged = "job:outcome-acknowledged" in "job";
    /// A job was deleted.
    JobDeleted = "job:deleted" in "job";
    /// A job was put on schedule.
    JobScheduled = "job:scheduled" in "job";
    /// All parts of a job have ended.
    JobPartsCompleted = "job:parts-completed" in "job";
    /// A file was stored.
    FileCreated = "file:created" in "file";
    /// A file's status or name changed.
    FileUpdated = "file:updated" in "file";
    /// A file was deleted.
    FileDeleted = "file:deleted" in "file";
    /// A space was made.
    SpaceCreated = "space:created" in "space";
    /// A space changed.
    SpaceUpdated = "space:updated" in "space";
    /// A space was put away.
    SpaceArchived = "space:archived" in "space";
    /// A space was taken back.
    SpaceUnarchived = "space:unarchived" in "space";
    /// A space was deleted.
    SpaceDeleted = "space:deleted" in "space";
    /// A document was made.
    DocumentCreated = "document:created" in "document";
    /// A document changed.
    DocumentUpdated = "document:updated" in "document";
    /// A document was deleted.
    DocumentDeleted = "document:deleted" in "document";
    /// A workbook was made.
    WorkbookCreated = "workbook:created" in "workbook";
    /// A workbook's configuration changed.
    WorkbookUpdated = "workbook:updated" in "workbook";
    /// A workbook was deleted.
    WorkbookDeleted = "workbook:deleted" in "workbook";
    /// A sheet was made.
    SheetCreated = "sheet:created" in "sheet";
    /// A sheet's configuration changed.
    SheetUpdated = "sheet:updated" in "sheet";
    /// A sheet was deleted.
    SheetDeleted = "sheet:deleted" in "sheet";
    /// The numbers of records changed.
    SheetCountsUpdated = "sheet:counts-updated" in "sheet";
    /// A version of a sheet was kept.
    SnapshotCreated = "snapshot:created" in "sheet";
    /// Records were inserted.
    RecordsCreated = "records:created" in "sheet";
    /// Cells were changed.
    RecordsUpdated = "records:updated" in "sheet";
    /// Records were deleted.
    RecordsDeleted = "records:deleted" in "sheet";
    /// A write that listeners may answer.
    CommitCreated = "commit:created" in "workbook";
    /// Listeners have answered.
    CommitCompleted = "commit:completed" in "workbook";
    /// A listener answered a commit.
    LayerCreated = "layer:created" in "workbook";
    /// An action was made.
    ActionCreated = "action:created" in "space";
    /// An action changed.
    ActionUpdated = "action:updated" in "space";
    /// An action was deleted.
    ActionDeleted = "action:deleted" in "space";
    /// An environment was made.
    EnvironmentCreated = "environment:created" in "environment";
    /// An environment changed.
    EnvironmentUpdated = "environment:updated" in "environment";
    /// An environment was deleted.
    EnvironmentDeleted = "environment:deleted" in "environment";
    /// A hosted service built a blueprint.
    EnvironmentAutobuildCreated = "environment:autobuild-created" in "environment";
    /// A space was deleted because of its age.
    SpaceExpired = "space:expired" in "space";
    /// A guest may enter a space.
    SpaceGuestAdded = "space:guestAdded" in "space";
    /// A guest may not enter a space any more.
    SpaceGuestRemoved = "space:guestRemoved" in "space";
    /// A file was deleted because of its age.
    FileExpired = "file:expired" in "file";
    /// A workbook was deleted because of its age.
    WorkbookExpired = "workbook:expired" in "workbook";
    /// A workbook was taken back out of an archive.
    WorkbookThawed = "workbook:thawed" in "workbook";
    /// The aggregates of a sheet were computed anew.
    SheetCalculationUpdated = "sheet:calculation-updated" in "sheet";
    /// What is known of a commit changed.
    CommitUpdated = "commit:updated" in "workbook";
    /// An agent was deployed for the first time.
    AgentCreated = "agent:created" in "space";
    /// An agent was deployed again.
    AgentUpdated = "agent:updated" in "space";
    /// An agent was deleted.
    AgentDeleted = "agent:deleted" in "space";
    /// A secret was stored.
    SecretCreated = "secret:created" in "secret";
    /// A secret has another value.
    SecretUpdated = "secret:updated" in "secret";
    /// A secret was deleted.
    SecretDeleted = "secret:deleted" in "secret";
    /// A mapping program was made.
    ProgramCreated = "program:created" in "program";
    /// A mapping program changed.
    ProgramUpdated = "program:updated" in "program";
    /// A mapping program is being computed anew.
    ProgramRecomputing = "program:recomputing" in "program";
    /// A mapping program was computed anew.
    ProgramRecomputed = "program:recomputed" in "program";
    /// Every five minutes, for the agents that ask for it.
    CronFiveMinutes = "cron:5-minutes" in "cron";
    /// Every hour, for the agents that ask for it.
    CronHourly = "cron:hourly" in "cron";
    /// Every day, for the agents that ask for it.
    CronDaily = "cron:daily" in "cron";
    /// Every week, for the agents that ask for it.
    CronWeekly = "cron:weekly" in "cron";
    /// A data clip was made.
    DataClipCreated = "data-clip:created" in "data-clip";
    /// A data clip changed.
    DataClipUpdated = "data-clip:updated" in "data-clip";
    /// A data clip was deleted.
    DataClipDeleted = "data-clip:deleted" in "data-clip";
    /// The people of a data clip changed.
    DataClipCollaboratorUpdated = "data-clip:collaborator-updated" in "data-clip";
    /// Answers to a data clip came.
    DataClipResolutionsCreated = "data-clip:resolutions-created" in "data-clip";
    /// Answers to a data clip changed.
    DataClipResolutionsUpdated = "data-clip:resolutions-updated" in "data-clip";
    /// Answers to a data clip were read anew.
    DataClipResolutionsRefreshed = "data-clip:resolutions-refreshed" in "data-clip";
    /// A canvas was made.
    CanvasCreated = "canvas:created" in "canvas";
    /// A canvas changed.
    CanvasUpdated = "canvas:updated" in "canvas";
    /// A canvas was deleted.
    CanvasDeleted = "canvas:deleted" in "canvas";
    /// A canvas area was made.
    CanvasAreaCreated = "canvas-area:created" in "canvas-area";
    /// A canvas area changed.
    CanvasAreaUpdated = "canvas-area:updated" in "canvas-area";
    /// A canvas area was deleted.
    CanvasAreaDeleted = "canvas-area:deleted" in "canvas-area";
    /// A conversation was made.
    ThreadCreated = "thread:created" in "thread";
    /// A conversation changed.
    ThreadUpdated = "thread:updated" in "thread";
    /// A conversation was deleted.
    ThreadDeleted = "thread:deleted" in "thread";
    /// A flag of a record was made.
    FlagCreated = "flag:created" in "flag";
    /// A flag of a record changed.
    FlagUpdated = "flag:updated" in "flag";
    /// A flag of a record was deleted.
    FlagDeleted = "flag:deleted" in "flag";
}

/// An event before it has its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happened.
    pub topic: Topic,
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// In which space, unless it concerns the whole environment.
    pub space_id: Option<SpaceId>,
    /// Ids of what it is about, under the names of the wire (`workbookId`, `sheetSlug`, `jobId`, …).
    pub context: Map<String, Value>,
    /// What else there is to know; always an object.
    pub payload: Map<String, Value>,
    /// Path of the data, without host and query; the log adds `?for=<event id>`.
    pub data_path: Option<String>,
    /// `space:<namespace>` and the like.
    pub namespaces: Vec<String>,
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its place in the environment: without gaps, rising.
    pub environment_sequence: i64,
    /// Its place in the space, without gaps; nothing for events of the environment.
    pub space_sequence: Option<i64>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When somebody acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// Who did.
    pub acknowledged_by: Option<String>,
    /// The name of the topic; a listener's own events have names of their own.
    pub topic: String,
    /// The domain of the topic.
    pub domain: String,
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// In which space.
    pub space_id: Option<SpaceId>,
    /// Ids of what it is about, with `accountId` and `environmentId`.
    pub context: Map<String, Value>,
    /// What else there is to know.
    pub payload: Map<String, Value>,
    /// Address of the data with its query.
    pub data_url: Option<String>,
    /// `space:<namespace>` and the like.
    pub namespaces: Vec<String>,
    /// Members of the wire that whoever made it gave it, in the place of ours; nothing of the server's own events.
    pub extra: Map<String, Value>,
}

impl Event {
    /// The event as section 3.1 has it. `dataUrl` is left out when there is none: `null` breaks clients.
    pub fn to_wire(&self) -> Value {
        let mut wire = BTreeMap::from([
            ("id", Value::from(self.id.to_string())),
            ("topic", Value::from(self.topic.clone())),
            ("domain", Value::from(self.domain.clone())),
            ("context", Value::Object(self.context.clone())),
            ("payload", Value::Object(self.payload.clone())),
            ("attributes", serde_json::json!({ "targetUpdatedAt": self.created_at })),
            ("callbackUrl", Value::from(format!("/v1/events/{}/ack", self.id))),
            ("target", Value::from("")),
            ("origin", serde_json::json!({})),
            ("namespaces", Value::from(self.namespaces.clone())),
            ("createdAt", Value::from(self.created_at.to_string())),
            ("acknowledgedAt", serde_json::json!(self.acknowledged_at)),
            ("acknowledgedBy", serde_json::json!(self.acknowledged_by)),
            ("deletedAt", Value::Null),
        ]);
        if let Some(url) = &self.data_url {
            wire.insert("dataUrl", Value::from(url.clone()));
        }
        for (name, given) in &self.extra {
            match (wire.get_mut(name.as_str()), given) {
                // `attributes`: what is not said stays ours.
                (Some(Value::Object(ours)), Value::Object(given)) => {
                    let said = given.iter().filter(|(_, value)| !value.is_null());
                    ours.extend(said.map(|(name, value)| (name.clone(), value.clone())));
                }
                _ => drop(wire.insert(name.as_str(), given.clone())),
            }
        }
        serde_json::json!(wire)
    }
}
