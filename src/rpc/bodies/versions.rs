//! The history of a sheet.

use super::compare::classes;
use super::{Asker, id};
use crate::domain::ids::{SheetId, SnapshotId};
use crate::domain::wording::{counted, grouped};
use crate::rpc::RpcError;
use crate::rpc::record::Deed;
use crate::rpc::versions::{KeptVersion, SheetChange, SheetHistory};
use crate::service::versions::SheetChange as ServiceChange;
use crate::store::now;

/// Changes that are listed.
const MOST: usize = 50;

/// What people call each kind of commit.
const TITLES: [(&str, &str); 6] = [
    ("insert", "Added"),
    ("update", "Edited"),
    ("delete", "Deleted"),
    ("import", "Imported"),
    ("rollback", "Taken back"),
    ("validate", "Checked again"),
];

pub async fn versions(sheet_id: String) -> Result<SheetHistory, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let id: SheetId = id(&sheet_id)?;
    let current = service.sheet(actor, &id).await?.version;
    let changes = service.sheet_changes(actor, &id, MOST).await?;
    let kept = service.snapshots(actor, &id, None).await?.into_iter().map(|snapshot| KeptVersion {
        id: snapshot.id.to_string(),
        label: snapshot.label,
        who: asker.who(&snapshot.created_by),
        when: snapshot.created_at.0,
        current: snapshot.version == current,
    });
    let kept = kept.collect();
    Ok(SheetHistory {
        changes: changes.into_iter().map(|entry| change(&asker, entry)).collect(),
        kept,
        now: now().0,
    })
}

fn change(asker: &Asker, change: ServiceChange) -> SheetChange {
    let title = TITLES.iter().find(|(kind, _)| *kind == change.kind);
    let parts = [(change.inserted, "added"), (change.updated, "changed"), (change.deleted, "deleted")];
    let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    let scope = match parts.as_slice() {
        [] => "no record".to_string(),
        [(count, _)] => counted(*count, "record"),
        several => {
            let said = several.iter().map(|(count, verb)| format!("{} {verb}", grouped(*count)));
            said.collect::<Vec<_>>().join(", ")
        }
    };
    SheetChange {
        undo: change.id.filter(|_| change.can_undo).map(|id| id.to_string()),
        title: title.map_or(change.kind.as_str(), |(_, title)| title).to_string(),
        scope,
        who: asker.who(&change.created_by),
        when: change.created_at.0,
    }
}

pub async fn keep_version(sheet_id: String, label: Option<String>) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    let label = label.map(|label| label.trim().to_string()).filter(|label| !label.is_empty());
    asker.service.create_snapshot(&asker.actor, &id(&sheet_id)?, label, None).await?;
    Ok(())
}

pub async fn restore_version(version_id: String, only: Option<Deed>) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let id: SnapshotId = id(&version_id)?;
    let snapshot = service.snapshot(actor, &id).await?;
    let label = Some("Before going back".to_string());
    service.create_snapshot(actor, &snapshot.sheet_id, label, None).await?;
    service.restore_snapshot(actor, &id, classes(only)).await?;
    Ok(())
}

pub async fn forget_version(version_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    asker.service.delete_snapshot(&asker.actor, &id(&version_id)?).await?;
    Ok(())
}
