//! Commits: one write to a sheet each.

use super::records::commit_event;
use super::{Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{CommitId, SheetId};
use crate::store::records::{self, CommitRow};
use crate::store::{Tx, new_id, now};

/// Commits that a list shows at most.
const MOST_LISTED: u64 = 1000;

impl Service {
    /// One commit with the id of its sheet.
    pub async fn commit(&self, actor: &Actor, id: &CommitId) -> Result<(SheetId, CommitRow)> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// The commits of a sheet, newest first.
    pub async fn sheet_commits(&self, actor: &Actor, id: &SheetId) -> Result<Vec<CommitRow>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        Ok(records::commits(&mut tx, sheet.number, MOST_LISTED).await?)
    }

    /// A listener has answered a commit.
    pub async fn complete_commit(&self, actor: &Actor, id: &CommitId) -> Result<()> {
        allow(actor, Operation::WorkJobs)?;
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, id).await?;
        records::complete_commit(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
    }

    /// Tells listeners once more of a commit.
    pub async fn replay_commit(&self, actor: &Actor, id: &CommitId) -> Result<()> {
        allow(actor, Operation::WorkJobs)?;
        let mut tx = self.db.write().await?;
        let (sheet, commit) = find(&mut tx, actor, id).await?;
        let sheet = sheets::find(&mut tx, actor, &sheet).await?;
        tx.emit(commit_event(&actor.id, &sheet, &commit.id));
        Ok(tx.commit().await?)
    }

    /// An id for a version that a client means to make; of no consequence, since each write makes its own.
    pub async fn create_version(&self, actor: &Actor, sheet: Option<&SheetId>) -> Result<CommitId> {
        allow(actor, Operation::WriteRecords)?;
        if let Some(sheet) = sheet {
            let mut tx = self.db.read().await?;
            sheets::find(&mut tx, actor, sheet).await?;
        }
        Ok(new_id())
    }
}

/// The commit, when the actor sees its sheet.
async fn find(tx: &mut Tx, actor: &Actor, id: &CommitId) -> Result<(SheetId, CommitRow)> {
    let missing = || ServiceError::not_found("commit", id);
    let sheet = records::sheet_of_commit(tx, id).await?.ok_or_else(missing)?;
    let sheet = crate::store::sheets::find(tx, &actor.scope, &sheet).await?.ok_or_else(missing)?;
    let commit = records::commit(tx, sheet.number, id).await?.ok_or_else(missing)?;
    Ok((sheet.id, commit))
}
