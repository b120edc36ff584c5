//! Where actions stand: the mount that an action names, what it belongs to, and the places of a space.

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::blueprint::slug_of;
use super::file::File;
use super::ids::{ActionId, DocumentId, FileId, Id, SheetId, SpaceId, WorkbookId};
use super::parse::ParseError;
use super::time::Timestamp;
use super::workbook::{Sheet, Workbook};

/// A kind of place where actions stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    /// The menu of a space.
    Space,
    /// The top right of a workbook.
    Workbook,
    /// The toolbar of a sheet.
    Sheet,
    /// The menu of a column.
    Field,
    /// The top right of a document.
    Document,
    /// The menu of a file.
    File,
}

impl MountKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Space => "space",
            Self::Workbook => "workbook",
            Self::Sheet => "sheet",
            Self::Field => "field",
            Self::Document => "document",
            Self::File => "file",
        }
    }

    /// Whether an action that belongs to a thing of this kind can stand at a place of that kind.
    pub fn holds(self, place: Self) -> bool {
        match self {
            Self::Space => true,
            Self::Workbook => matches!(place, Self::Workbook | Self::Sheet | Self::Field),
            Self::Sheet => matches!(place, Self::Sheet | Self::Field),
            Self::Field | Self::Document | Self::File => place == self,
        }
    }
}

/// Where an action wants to stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MountWire", into = "MountWire")]
pub struct Mount {
    /// The kind of place.
    pub kind: MountKind,
    /// Only at those of these slugs (of sheets, workbooks) or keys (of fields); at all when empty.
    pub only: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct MountWire {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slugs: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<String>>,
}

impl TryFrom<MountWire> for Mount {
    type Error = String;

    fn try_from(MountWire { kind: word, slugs, keys }: MountWire) -> Result<Self, String> {
        use MountKind::{Document, Field, File, Sheet, Workbook};
        let kind = [Sheet, Workbook, Field, Document, File].into_iter().find(|kind| kind.as_str() == word);
        let Some(kind) = kind else {
            return Err(format!(
                "`{word}` is not a mount: it is `sheet`, `workbook`, `field`, `document` or `file`"
            ));
        };
        let (taken, (name, other)) = match kind {
            Sheet | Workbook => (slugs, ("keys", keys)),
            Field => (keys, ("slugs", slugs)),
            _ => (None, ("slugs or keys", slugs.or(keys))),
        };
        if other.is_some_and(|list| !list.is_empty()) {
            return Err(format!("a `{word}` mount takes no {name}"));
        }
        Ok(Self { kind, only: taken.unwrap_or_default() })
    }
}

impl From<Mount> for MountWire {
    fn from(mount: Mount) -> Self {
        let only = Some(mount.only).filter(|only| !only.is_empty());
        let (slugs, keys) = if mount.kind == MountKind::Field { (None, only) } else { (only, None) };
        Self { kind: mount.kind.as_str().to_string(), slugs, keys }
    }
}

impl Mount {
    /// Every place of that kind.
    pub fn all(kind: MountKind) -> Self {
        Self { kind, only: Vec::new() }
    }

    /// Whether it means a thing that goes by one of these names.
    pub fn means(&self, names: &[&str]) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| names.contains(&name.as_str()))
    }

    /// Whether some place may be meant by both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let names: Vec<&str> = other.only.iter().map(String::as_str).collect();
        self.kind == other.kind && (names.is_empty() || self.means(&names))
    }
}

/// What an action belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A space.
    Space(SpaceId),
    /// A workbook.
    Workbook(WorkbookId),
    /// A sheet.
    Sheet(SheetId),
    /// A document.
    Document(DocumentId),
    /// A file.
    File(FileId),
}

impl Target {
    /// Reads the id of a thing that may have actions.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let target = SpaceId::parse(text).map(Self::Space).or_else(|_| {
            let workbook = WorkbookId::parse(text).map(Self::Workbook);
            let sheet = workbook.or_else(|_| SheetId::parse(text).map(Self::Sheet));
            let document = sheet.or_else(|_| DocumentId::parse(text).map(Self::Document));
            document.or_else(|_| FileId::parse(text).map(Self::File))
        });
        target.map_err(|_| {
            let text: String = text.chars().take(80).collect();
            let message = format!("`{text}` is not the id of a space, workbook, sheet, document or file");
            ParseError::at("targetId", message)
        })
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Space(id) => id.as_str(),
            Self::Workbook(id) => id.as_str(),
            Self::Sheet(id) => id.as_str(),
            Self::Document(id) => id.as_str(),
            Self::File(id) => id.as_str(),
        }
    }

    /// Where an action stands that belongs to it and names no mount.
    pub fn kind(&self) -> MountKind {
        match self {
            Self::Space(_) => MountKind::Space,
            Self::Workbook(_) => MountKind::Workbook,
            Self::Sheet(_) => MountKind::Sheet,
            Self::Document(_) => MountKind::Document,
            Self::File(_) => MountKind::File,
        }
    }
}

/// One place of a space where actions may stand.
#[derive(Debug, Clone, Copy)]
pub enum Spot<'a> {
    /// The menu of the space.
    Space,
    /// The top right of a workbook.
    Workbook(&'a Workbook),
    /// The toolbar of a sheet.
    Sheet(&'a Sheet),
    /// The menu of the column of that key.
    Field(&'a Sheet, &'a str),
    /// The top right of the document of that id.
    Document(&'a str),
    /// The menu of a file.
    File(&'a File),
}

/// Where an action is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It stands on its own.
    Alone,
    /// In the list of its target.
    List,
    /// In the list of a field of its target, by the key of the field.
    Field(String),
}

/// An action with what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedAction {
    /// Its id.
    pub id: ActionId,
    /// Its space.
    pub space_id: SpaceId,
    /// What it belongs to.
    pub target: Target,
    /// The action.
    pub action: Action,
    /// Where it is written.
    pub origin: Origin,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl PlacedAction {
    /// Where it wants to stand.
    pub fn mount(&self) -> Mount {
        self.action.mount.clone().unwrap_or_else(|| Mount::all(self.target.kind()))
    }

    /// Whether it stands at a place of its space.
    pub fn stands(&self, spot: &Spot<'_>) -> bool {
        let mount = self.mount();
        let of_sheet = |sheet: &Sheet| match &self.target {
            Target::Space(_) => true,
            Target::Workbook(id) => *id == sheet.workbook_id,
            Target::Sheet(id) => *id == sheet.id,
            Target::Document(_) | Target::File(_) => false,
        };
        let is_in_space = matches!(self.target, Target::Space(_));
        match (mount.kind, spot) {
            (MountKind::Space, Spot::Space) => is_in_space,
            (MountKind::Workbook, Spot::Workbook(workbook)) => {
                let slug = slug_of(&workbook.name);
                let names = [slug.as_str(), workbook.namespace.as_deref().unwrap_or(&slug)];
                (is_in_space || self.target.as_str() == workbook.id.as_str()) && mount.means(&names)
            }
            (MountKind::Sheet, Spot::Sheet(sheet)) => of_sheet(sheet) && mount.means(&[&sheet.slug]),
            (MountKind::Field, Spot::Field(sheet, key)) => of_sheet(sheet) && mount.means(&[key]),
            (MountKind::Document, Spot::Document(id)) => is_in_space || self.target.as_str() == *id,
            (MountKind::File, Spot::File(file)) => is_in_space || self.target.as_str() == file.id.as_str(),
            _ => false,
        }
    }
}

/// Checks the actions of a thing of that kind: each has an operation, and a mount that the thing has.
pub fn check(kind: MountKind, actions: &[Action]) -> Result<(), ParseError> {
    for (position, action) in actions.iter().enumerate() {
        check_one(kind, action).map_err(|error| error.within(&format!("actions[{position}]")))?;
    }
    Ok(())
}

/// Checks an action of a thing of that kind.
pub fn check_one(kind: MountKind, action: &Action) -> Result<(), ParseError> {
    action.operation()?;
    match &action.mount {
        Some(mount) if !kind.holds(mount.kind) => {
            let (place, owner) = (mount.kind.as_str(), kind.as_str());
            let message = format!(
                "an action of a {owner} cannot stand at a {place}; leave the mount out, or name another target"
            );
            Err(ParseError::at("mount", message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    #[test]
    fn a_mount_is_written_as_it_was_read() {
        for given in [
            json!({"type": "sheet", "slugs": ["contacts"]}),
            json!({"type": "field", "keys": ["email", "name"]}),
            json!({"type": "workbook"}),
            json!({"type": "document"}),
            json!({"type": "file"}),
        ] {
            let mount: Mount = from_value(given.clone()).unwrap();
            assert_eq!(serde_json::to_value(mount).unwrap(), given);
        }
    }

    #[test]
    fn a_mount_that_is_none_is_refused_in_words() {
        for (given, words) in [
            (json!({"type": "toolbar"}), "`toolbar` is not a mount"),
            (json!({"type": "space"}), "`space` is not a mount"),
            (json!({"type": "field", "slugs": ["a"]}), "a `field` mount takes no slugs"),
            (json!({"type": "sheet", "keys": ["a"]}), "a `sheet` mount takes no keys"),
            (json!({"type": "file", "slugs": ["a"]}), "a `file` mount takes no slugs or keys"),
            (json!({"slugs": []}), "missing field `type`"),
        ] {
            let error = from_value::<Action>(json!({"label": "Go", "mount": given})).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert!(error.path.starts_with("mount"), "{error:?}");
        }
    }

    #[test]
    fn a_mount_must_be_within_the_target() {
        use MountKind::{Document, Field, File, Sheet, Space, Workbook};
        for (owner, fits, misfits) in [
            (Space, &[Workbook, Sheet, Field, Document, File][..], &[][..]),
            (Workbook, &[Workbook, Sheet, Field], &[Document, File]),
            (Sheet, &[Sheet, Field], &[Workbook, Document, File]),
            (Field, &[Field], &[Sheet]),
            (File, &[File], &[Sheet, Document]),
        ] {
            let action = |kind| Action {
                operation: Some("go".into()),
                mount: Some(Mount::all(kind)),
                ..Action::default()
            };
            assert!(fits.iter().all(|kind| check_one(owner, &action(*kind)).is_ok()), "{owner:?}");
            assert!(misfits.iter().all(|kind| check_one(owner, &action(*kind)).is_err()), "{owner:?}");
        }
        assert!(check_one(Space, &Action::default()).is_err());
    }

    #[test]
    fn mounts_overlap_where_a_place_is_meant_by_both() {
        let mount = |only: &[&str]| Mount {
            kind: MountKind::Sheet,
            only: only.iter().map(ToString::to_string).collect(),
        };
        for (one, other, both) in [
            (&[][..], &[][..], true),
            (&["a"], &[], true),
            (&[], &["a"], true),
            (&["a", "b"], &["b"], true),
            (&["a"], &["b"], false),
        ] {
            assert_eq!(mount(one).overlaps(&mount(other)), both, "{one:?} {other:?}");
        }
        assert!(!mount(&[]).overlaps(&Mount::all(MountKind::Field)));
    }

    #[test]
    fn a_target_is_known_by_its_id() {
        assert_eq!(Target::parse("us_fl_0123456789").unwrap().kind(), MountKind::File);
        assert_eq!(Target::parse("us_sp_0123456789").unwrap().kind(), MountKind::Space);
        assert_eq!(Target::parse("us_jb_0123456789").unwrap_err().path, "targetId");
    }
}
