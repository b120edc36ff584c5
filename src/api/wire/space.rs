//! Spaces.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::nullable;
use crate::domain::access::Actor;
use crate::domain::action::Action;
use crate::domain::ids::{AccessTokenId, GuestId, Id, UserId};
use crate::domain::space::{Space, SpaceSummary};
use crate::domain::time::Timestamp;
use crate::service::Service;

/// Members that are kept as they came; see [`Space::extra`].
const KEPT: [&str; 6] = [
    "access",
    "translationsPath",
    "languageOverride",
    "displayOrder",
    "guestAuthentication",
    "spaceConfigId",
];

/// One import project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Space)]
pub struct SpaceBody {
    /// Its id.
    id: String,
    /// The environment it belongs to.
    environment_id: String,
    /// What people read.
    name: String,
    /// Narrows the listeners that hear of it; the first one of the environment unless it has its own.
    namespace: Option<String>,
    /// The app that it belongs to.
    app_id: Option<String>,
    /// Whether listeners make others of its app like it.
    is_app_template: bool,
    /// The workbook that opens first.
    primary_workbook_id: Option<String>,
    /// The customer's own data; `theme`, `sidebarConfig`, `userInfo`, `spaceInfo` change the page. `theme`,
    /// `sidebarConfig` and `showSpaceInfo` are those of the environment unless it has its own.
    metadata: Option<Value>,
    /// `omitActions`, `filesMappedAfterJob` and others.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
    /// Buttons of the space.
    #[schema(value_type = Vec<Object>)]
    actions: Vec<Action>,
    /// Marks, such as `embedded`.
    labels: Vec<String>,
    /// `shared_link`, `magic_link`; those of the environment unless it says it itself.
    guest_authentication: Vec<String>,
    /// Where its words are; that of the environment unless it says it itself.
    translations_path: Option<String>,
    /// Its language; that of the environment unless it says it itself.
    language_override: Option<String>,
    /// How many workbooks it has; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    workbooks_count: Option<u64>,
    /// How many files it has; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    files_count: Option<u64>,
    /// A token that opens just this space; nothing opens one that has expired.
    access_token: Option<String>,
    /// An address that opens just this space.
    guest_link: Option<String>,
    /// The person who made it, or the guest; nobody when it was a program.
    created_by_user_id: Option<String>,
    /// How they are called.
    created_by_user_name: Option<String>,
    /// Whether people work in it together, and not in the page of somebody else.
    is_collaborative: bool,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When something in it last changed.
    last_activity_at: String,
    /// When it was put away.
    archived_at: Option<String>,
    /// When it was deleted because its time was up.
    expired_at: Option<String>,
    /// Other members, as they were given.
    #[serde(flatten)]
    #[schema(ignore)]
    extra: Map<String, Value>,
}

/// Whether an actor is somebody, with an account, a token of their own or as a guest, and no key.
fn is_person(id: &str) -> bool {
    [UserId::PREFIX, AccessTokenId::PREFIX, GuestId::PREFIX].iter().any(|prefix| id.starts_with(prefix))
}

impl SpaceBody {
    /// A space with its numbers.
    pub fn counted(service: &Service, actor: &Actor, summary: SpaceSummary) -> Self {
        let body = Self::new(service, actor, summary.space);
        Self { workbooks_count: Some(summary.workbooks), files_count: Some(summary.files), ..body }
    }

    /// A space, with the token that `service` makes for whoever asks, and the link with it.
    pub fn new(service: &Service, actor: &Actor, space: Space) -> Self {
        let access_token = space.expired_at.is_none().then(|| service.space_token(actor, &space));
        let mut extra = space.extra.clone();
        for said in ["guestAuthentication", "translationsPath", "languageOverride"] {
            extra.remove(said);
        }
        Self {
            is_collaborative: space.is_collaborative(),
            guest_link: access_token.as_ref().map(|token| service.shared_link(&space, token)),
            access_token,
            guest_authentication: space.guest_authentication(),
            translations_path: space.translations_path(),
            language_override: space.language_override(),
            metadata: space.whole_metadata(),
            namespace: space.namespaces().into_iter().next(),
            id: space.id.into(),
            environment_id: space.environment_id.into(),
            name: space.name,
            app_id: space.app_id.map(String::from),
            is_app_template: space.is_app_template,
            primary_workbook_id: space.primary_workbook_id.map(String::from),
            settings: space.settings,
            actions: space.actions,
            labels: space.labels,
            workbooks_count: None,
            files_count: None,
            created_by_user_id: Some(space.created_by).filter(|id| is_person(id)),
            created_by_user_name: space.created_by_name,
            created_at: space.created_at.to_string(),
            updated_at: space.updated_at.to_string(),
            last_activity_at: space.last_activity_at.to_string(),
            archived_at: space.archived_at.map(|moment| moment.to_string()),
            expired_at: space.expired_at.map(|moment| moment.to_string()),
            extra,
        }
    }
}

/// A new space, or changes to one: absent members stay as they are, `null` forgets what can be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SpaceRequest {
    /// Needed when the key opens more than one environment.
    pub environment_id: Option<String>,
    /// What people read; made up when absent.
    pub name: Option<String>,
    /// Narrows the listeners that hear of it.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub namespace: Option<Option<String>>,
    /// The app that it belongs to, which gives a new space its namespace; `""` for none.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub app_id: Option<Option<String>>,
    /// Whether it is a template of its app: listeners look for it with `GET /v1/spaces` and make others like it.
    pub is_app_template: Option<bool>,
    /// The workbook that opens first; `""` for none.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub primary_workbook_id: Option<Option<String>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    pub metadata: Option<Option<Value>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Option<Map<String, Value>>>,
    /// Replaces the stored list.
    #[schema(value_type = Option<Vec<Object>>)]
    pub actions: Option<Vec<Action>>,
    /// Replaces the stored list.
    pub labels: Option<Vec<String>>,
    /// Runs the job `space:configure` at once; only for a new space.
    pub auto_configure: Option<bool>,
    /// A moment puts the space away, `null` takes it back.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub archived_at: Option<Option<Timestamp>>,
    #[serde(flatten)]
    #[schema(ignore)]
    rest: Map<String, Value>,
}

impl SpaceRequest {
    /// The members that are kept without being read; `null` forgets one.
    pub fn kept(&mut self) -> Map<String, Value> {
        let rest = std::mem::take(&mut self.rest);
        rest.into_iter().filter(|(name, _)| KEPT.contains(&name.as_str())).collect()
    }
}
