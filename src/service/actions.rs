//! Which actions stand where: those that are written in the lists of spaces, workbooks, sheets, fields, files and
//! documents, and those that stand on their own. Pages, presses and schedules all ask here.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::spaces::find_space;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::blueprint::SheetConfig;
use crate::domain::document::Document;
use crate::domain::file::File;
use crate::domain::ids::{ActionId, DocumentId, FileId, Id, SheetId, SpaceId, WorkbookId, base62};
use crate::domain::mount::{Mount, MountKind, Origin, PlacedAction, Spot, Target};
use crate::domain::space::Space;
use crate::domain::time::Timestamp;
use crate::domain::workbook::{Sheet, Workbook};
use crate::store::{Tx, actions, documents, files, sheets, spaces, workbooks};

/// The last characters of the id of an action that is written in a list: as many base62 digits as 64 bits need.
const HASH_LENGTH: usize = 11;

/// What is around a place: whatever may carry an action that stands there.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The space.
    pub space: &'a Space,
    /// The workbook.
    pub workbook: Option<&'a Workbook>,
    /// The sheet.
    pub sheet: Option<&'a Sheet>,
    /// The file.
    pub file: Option<&'a File>,
    /// The document.
    pub document: Option<&'a Document>,
    /// The actions of the space that stand on their own.
    pub alone: &'a [PlacedAction],
}

impl Around<'_> {
    /// The actions that stand at a place, in the order in which they are shown: those in the list of the place, of what
    /// is around it, and those that stand on their own. Of several of one operation the first one counts.
    pub fn at(&self, spot: &Spot<'_>) -> Vec<PlacedAction> {
        let those = self.all().into_iter().filter(|placed| placed.stands(spot));
        distinct(those, |one, other| one.action.operation() == other.action.operation())
    }

    /// The actions that stand in the menus of a sheet's columns; their mounts say of which.
    pub fn at_columns(&self, sheet: &Sheet) -> Vec<PlacedAction> {
        let stands = |placed: &PlacedAction| {
            let mount = placed.mount();
            let stands = |key: &str| placed.stands(&Spot::Field(sheet, key));
            mount.kind == MountKind::Field
                && sheet.config.fields.iter().any(|field| stands(field.key.as_str()))
        };
        distinct(self.all().into_iter().filter(stands), |one, other| {
            one.action.operation() == other.action.operation() && one.mount().overlaps(&other.mount())
        })
    }

    fn all(&self) -> Vec<PlacedAction> {
        let mut all: Vec<PlacedAction> = self.file.into_iter().flat_map(of_file).collect();
        all.extend(self.document.into_iter().flat_map(of_document));
        all.extend(self.sheet.into_iter().flat_map(of_sheet));
        all.extend(self.workbook.into_iter().flat_map(of_workbook));
        all.extend(of_space(self.space));
        all.extend_from_slice(self.alone);
        all
    }
}

/// Those that are not the same as one before them.
fn distinct<T>(all: impl Iterator<Item = T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    for one in all {
        if !found.iter().any(|other| same(other, &one)) {
            found.push(one);
        }
    }
    found
}

impl<'a> Around<'a> {
    /// A space with nothing else.
    pub fn space(space: &'a Space, alone: &'a [PlacedAction]) -> Self {
        Self { space, workbook: None, sheet: None, file: None, document: None, alone }
    }
}

/// The actions in the list of a space.
pub fn of_space(space: &Space) -> Vec<PlacedAction> {
    let owner = (&Target::Space(space.id.clone()), &space.id, (space.created_at, space.updated_at));
    space.actions.iter().filter_map(|action| inline(owner, None, action)).collect()
}

/// The actions in the list of a workbook.
pub fn of_workbook(workbook: &Workbook) -> Vec<PlacedAction> {
    let target = Target::Workbook(workbook.id.clone());
    let owner = (&target, &workbook.space_id, (workbook.created_at, workbook.updated_at));
    workbook.actions.iter().filter_map(|action| inline(owner, None, action)).collect()
}

/// The actions in the lists of a sheet and of its fields.
pub fn of_sheet(sheet: &Sheet) -> Vec<PlacedAction> {
    let target = Target::Sheet(sheet.id.clone());
    let owner = (&target, &sheet.space_id, (sheet.created_at, sheet.updated_at));
    let own = sheet.config.actions.iter().filter_map(|action| inline(owner, None, action));
    let of_fields = sheet.config.fields.iter().flat_map(|field| {
        let key = field.key.as_str();
        field.actions.iter().filter_map(move |action| inline(owner, Some(key), action))
    });
    own.chain(of_fields).collect()
}

/// The actions in the list of a file.
pub fn of_file(file: &File) -> Vec<PlacedAction> {
    let target = Target::File(file.id.clone());
    let owner = (&target, &file.space_id, (file.created_at, file.updated_at));
    file.actions.iter().filter_map(|action| inline(owner, None, action)).collect()
}

/// The actions in the list of a document.
pub fn of_document(document: &Document) -> Vec<PlacedAction> {
    let target = Target::Document(document.id.clone());
    let owner = (&target, &document.space_id, (document.created_at, document.updated_at));
    document.actions.iter().filter_map(|action| inline(owner, None, action)).collect()
}

/// A sheet's configuration without actions, to see whether only they are others.
pub(super) fn without(config: &SheetConfig) -> SheetConfig {
    let mut config = config.clone();
    config.actions.clear();
    config.fields.iter_mut().for_each(|field| field.actions.clear());
    config
}

type Owner<'a> = (&'a Target, &'a SpaceId, (Timestamp, Timestamp));

/// An action of a list; nothing for one without an operation, which cannot be pressed.
fn inline(owner: Owner<'_>, field: Option<&str>, action: &Action) -> Option<PlacedAction> {
    let (target, space, (created_at, updated_at)) = owner;
    let mut action = action.clone();
    if let Some(key) = field {
        action.mount = Some(Mount { kind: MountKind::Field, only: vec![key.to_string()] });
    }
    Some(PlacedAction {
        id: inline_id(target, field, action.operation().ok()?)?,
        space_id: space.clone(),
        target: target.clone(),
        action,
        origin: field.map_or(Origin::List, |key| Origin::Field(key.to_string())),
        created_at,
        updated_at,
    })
}

/// The id of an action in a list: its owner is written in it, so that it is found again, and which of the owner's
/// actions it is.
fn inline_id(target: &Target, field: Option<&str>, operation: &str) -> Option<ActionId> {
    let (letter, prefix) = kind_of(target)?;
    let tail = target.as_str().strip_prefix(prefix)?;
    let digest = Sha256::digest([field.unwrap_or_default(), operation].join("\0"));
    let hash = digest.iter().take(8).fold(0u128, |hash, byte| (hash << 8) | u128::from(*byte));
    ActionId::parse(&format!("{}{letter}{tail}{}", ActionId::PREFIX, base62(hash, HASH_LENGTH))).ok()
}

/// The letter that stands for a kind of owner in the id of an action, and how the ids of that kind begin.
const OWNERS: [(char, MountKind, &str); 5] = [
    ('s', MountKind::Space, SpaceId::PREFIX),
    ('w', MountKind::Workbook, WorkbookId::PREFIX),
    ('h', MountKind::Sheet, SheetId::PREFIX),
    ('f', MountKind::File, FileId::PREFIX),
    ('d', MountKind::Document, DocumentId::PREFIX),
];

fn kind_of(target: &Target) -> Option<(char, &'static str)> {
    let found = OWNERS.iter().find(|(_, kind, _)| *kind == target.kind());
    found.map(|(letter, _, prefix)| (*letter, *prefix))
}

/// In whose list an action of that id would be.
fn owner_of(id: &ActionId) -> Option<Target> {
    let rest = id.as_str().strip_prefix(ActionId::PREFIX)?;
    let letter = rest.chars().next()?;
    let tail = rest.get(1..rest.len().checked_sub(HASH_LENGTH)?)?;
    let (.., prefix) = OWNERS.iter().find(|(known, ..)| *known == letter)?;
    Target::parse(&format!("{prefix}{tail}")).ok()
}

/// The actions in the lists of a target, and its space; nothing when it is not there for this actor.
pub(super) async fn lists(
    tx: &mut Tx,
    actor: &Actor,
    target: &Target,
) -> Result<Option<(SpaceId, Vec<PlacedAction>)>> {
    let scope = &actor.scope;
    Ok(match target {
        Target::Space(id) => {
            spaces::find(tx, scope, id).await?.map(|space| (space.id.clone(), of_space(&space)))
        }
        Target::Workbook(id) => {
            let found = workbooks::find(tx, scope, id).await?;
            found.map(|workbook| (workbook.space_id.clone(), of_workbook(&workbook)))
        }
        Target::Sheet(id) => {
            let found = sheets::find(tx, scope, id).await?;
            found.map(|sheet| (sheet.space_id.clone(), of_sheet(&sheet)))
        }
        Target::File(id) => {
            files::find(tx, scope, id).await?.map(|file| (file.space_id.clone(), of_file(&file)))
        }
        Target::Document(id) => {
            let found = documents::find(tx, scope, id).await?;
            found.map(|document| (document.space_id.clone(), of_document(&document)))
        }
    })
}

/// The action of that id, wherever it is written.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: &ActionId) -> Result<PlacedAction> {
    if let Some(alone) = actions::find(tx, &actor.scope, id).await?
        && spaces::find(tx, &actor.scope, &alone.space_id).await?.is_some()
    {
        return Ok(alone);
    }
    let lists = match owner_of(id) {
        Some(owner) => lists(tx, actor, &owner).await?,
        None => None,
    };
    let found = lists.and_then(|(_, list)| list.into_iter().find(|placed| placed.id == *id));
    found.ok_or_else(|| ServiceError::not_found("action", id))
}

impl Service {
    /// Every action of a space, those of its lists first.
    pub async fn actions(&self, actor: &Actor, space: &SpaceId) -> Result<Vec<PlacedAction>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let scope = &actor.scope;
        let mut all = of_space(&find_space(&mut tx, actor, space).await?);
        let mut there = HashSet::from([space.to_string()]);
        for workbook in workbooks::list(&mut tx, scope, space).await? {
            all.extend(of_workbook(&workbook));
            let sheets = sheets::list(&mut tx, scope, &workbook.id).await?;
            all.extend(sheets.iter().flat_map(of_sheet));
            there.extend(sheets.iter().map(|sheet| sheet.id.to_string()));
            there.insert(workbook.id.to_string());
        }
        for file in files::with_actions(&mut tx, scope, space).await? {
            all.extend(of_file(&file));
        }
        for document in documents::list_titles(&mut tx, scope, space).await? {
            all.extend(of_document(&document));
        }
        for alone in actions::list(&mut tx, scope, space).await? {
            // What it belonged to may be gone.
            let is_there = match &alone.target {
                Target::File(id) => files::find(&mut tx, scope, id).await?.is_some(),
                Target::Document(id) => documents::find(&mut tx, scope, id).await?.is_some(),
                other => there.contains(other.as_str()),
            };
            all.extend(is_there.then_some(alone));
        }
        Ok(all)
    }

    /// The actions of a space that stand on their own.
    pub async fn actions_alone(&self, actor: &Actor, space: &SpaceId) -> Result<Vec<PlacedAction>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        Ok(actions::list(&mut tx, &actor.scope, space).await?)
    }

    /// One action.
    pub async fn action(&self, actor: &Actor, id: &ActionId) -> Result<PlacedAction> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_in_whose_list_the_action_is() {
        let sheet = Target::parse("us_sh_0123456789abcdefghijKL").unwrap();
        let id = inline_id(&sheet, None, "submit").unwrap();
        assert_eq!(owner_of(&id), Some(sheet.clone()));
        assert_eq!(inline_id(&sheet, None, "submit"), Some(id.clone()));
        assert_ne!(inline_id(&sheet, Some("email"), "submit"), Some(id.clone()));
        assert_ne!(inline_id(&sheet, None, "submit2"), Some(id));
        assert_eq!(owner_of(&ActionId::parse("us_act_0000000000").unwrap()), None);
    }
}
