//! Spaces: one import project each.

use serde_json::{Map, Value};

use super::access::Scope;
use super::action::Action;
use super::ids::{AccountId, AppId, EnvironmentId, SpaceId, WorkbookId};
use super::parse::{ParseError, from_value};
use super::tenant::{Environment, MAGIC_LINK, SHARED_LINK, check_guest_authentication};
use super::time::Timestamp;
use super::whereabouts::Whereabouts;

/// The label of spaces that stand in the page of somebody else.
pub const EMBEDDED: &str = "embedded";

/// One import project: workbooks, files, jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// What people read.
    pub name: String,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<String>,
    /// The app that it belongs to.
    pub app_id: Option<AppId>,
    /// Whether listeners make others of its app like it.
    pub is_app_template: bool,
    /// The workbook that opens first.
    pub primary_workbook_id: Option<WorkbookId>,
    /// The customer's own data; also `theme`, `sidebarConfig`, `userInfo`, `spaceInfo`.
    pub metadata: Option<Value>,
    /// `omitActions`, `filesMappedAfterJob` and others.
    pub settings: Option<Value>,
    /// Buttons of the space.
    pub actions: Vec<Action>,
    /// Marks, such as `embedded`.
    pub labels: Vec<String>,
    /// Members of the wire that are kept as they came: `guestAuthentication`, `translationsPath` and `languageOverride`,
    /// which are read here, and those that Inlet only hands back (`access`, …).
    pub extra: Map<String, Value>,
    /// Who made it.
    pub created_by: String,
    /// How they are called, when it was a person who signs in.
    pub created_by_name: Option<String>,
    /// What its environment gives it where it says nothing itself.
    pub inherited: Inherited,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When something in it last changed.
    pub last_activity_at: Timestamp,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
    /// When it was deleted because its time was up.
    pub expired_at: Option<Timestamp>,
}

/// What an environment gives to those of its spaces that say nothing themselves (section 2.1 of the wire contract).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inherited {
    /// Namespaces of its events.
    pub namespaces: Vec<String>,
    /// `shared_link`, `magic_link`.
    pub guest_authentication: Vec<String>,
    /// Where its words are.
    pub translations_path: Option<String>,
    /// Its language.
    pub language_override: Option<String>,
    /// Defaults of what changes the page, among other things.
    pub metadata: Value,
}

impl From<&Environment> for Inherited {
    fn from(environment: &Environment) -> Self {
        Self {
            namespaces: environment.namespaces.clone(),
            guest_authentication: environment.guest_authentication.clone(),
            translations_path: environment.translations_path.clone(),
            language_override: environment.language_override.clone(),
            metadata: environment.metadata.clone(),
        }
    }
}

/// Members of the metadata that a space takes from its environment.
const INHERITED_METADATA: [&str; 3] = ["theme", "sidebarConfig", "showSpaceInfo"];

/// Refuses members that are kept as they came where Inlet reads them and they are not what it can read.
pub fn check_extra(extra: &Map<String, Value>) -> Result<(), ParseError> {
    let Some(ways) = extra.get("guestAuthentication").filter(|ways| !ways.is_null()) else { return Ok(()) };
    let ways: Vec<String> = from_value(ways.clone()).map_err(|error| error.within("guestAuthentication"))?;
    check_guest_authentication(&ways)
}

impl Space {
    /// The namespaces of its events, without what they are of.
    pub fn namespaces(&self) -> Vec<String> {
        namespaces(self.namespace.clone(), &self.inherited.namespaces)
    }

    /// How guests come in: `shared_link`, `magic_link`.
    pub fn guest_authentication(&self) -> Vec<String> {
        let own = self.extra.get("guestAuthentication").and_then(Value::as_array);
        let own: Vec<String> =
            own.into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect();
        if own.is_empty() { self.inherited.guest_authentication.clone() } else { own }
    }

    /// Whether whoever has its link comes in. Where guests come in by links of their own alone, nobody does.
    pub fn has_shared_link(&self) -> bool {
        self.guest_authentication().iter().any(|way| way == SHARED_LINK)
    }

    /// Whether guests come in by links of their own, which are mailed to them and open once.
    pub fn mails_links(&self) -> bool {
        self.guest_authentication().iter().any(|way| way == MAGIC_LINK)
    }

    /// Where its words are.
    pub fn translations_path(&self) -> Option<String> {
        self.own_text("translationsPath").or_else(|| self.inherited.translations_path.clone())
    }

    /// Its language.
    pub fn language_override(&self) -> Option<String> {
        self.own_text("languageOverride").or_else(|| self.inherited.language_override.clone())
    }

    fn own_text(&self, member: &str) -> Option<String> {
        let own = self.extra.get(member).and_then(Value::as_str);
        own.filter(|text| !text.is_empty()).map(str::to_string)
    }

    /// Its metadata, with what its environment says of the page where it says nothing itself.
    pub fn whole_metadata(&self) -> Option<Value> {
        let members = INHERITED_METADATA
            .iter()
            .filter_map(|name| Some((name.to_string(), self.inherited.metadata.get(name)?.clone())));
        let mut whole: Map<String, Value> = members.collect();
        match &self.metadata {
            _ if whole.is_empty() => self.metadata.clone(),
            None => Some(whole.into()),
            Some(Value::Object(own)) => {
                whole.extend(own.clone());
                Some(whole.into())
            }
            Some(other) => Some(other.clone()),
        }
    }

    /// Whether the space goes without a built-in action, by its name in `settings.omitActions`.
    pub fn omits(&self, name: &str) -> bool {
        let omitted = self.settings.as_ref().and_then(|settings| settings.get("omitActions")?.as_array());
        omitted.is_some_and(|names| names.iter().any(|other| other.as_str() == Some(name)))
    }

    /// What an actor sees who sees just this space.
    pub fn scope(&self) -> Scope {
        Scope::space(self.account_id.clone(), self.environment_id.clone(), self.id.clone())
    }

    /// Whether people work in it together, and not in the page of somebody else.
    pub fn is_collaborative(&self) -> bool {
        !self.labels.iter().any(|label| label == EMBEDDED)
    }

    /// What events tell of the space.
    pub fn whereabouts(&self) -> Whereabouts {
        Whereabouts::in_space(&self.name, &self.namespaces()).of_app(self.app_id.clone())
    }
}

/// The namespaces of a space: its own one, or those of its environment.
pub fn namespaces(own: Option<String>, inherited: &[String]) -> Vec<String> {
    match own.filter(|namespace| !namespace.is_empty()) {
        Some(own) => vec![own],
        None => inherited.to_vec(),
    }
}

/// A space with what Home tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceSummary {
    /// The space.
    pub space: Space,
    /// How many workbooks it has.
    pub workbooks: u64,
    /// How many files it has.
    pub files: u64,
    /// How many records its sheets have.
    pub records: u64,
    /// How many of them are invalid.
    pub invalid: u64,
}
