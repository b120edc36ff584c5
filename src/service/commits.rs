//! Commits: one write to a sheet each.

use super::records::commit_event;
use super::{Result, Service, ServiceError, allow, allow_in, open_commits, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{CommitId, SheetId, WorkbookId};
use crate::domain::workbook::Sheet;
use crate::store::records::{self, CommitRow};
use crate::store::{self, Tx, new_id, now};

/// Commits that a list shows at most.
const MOST_LISTED: u64 = 1000;

impl Service {
    /// One commit with the id of its sheet.
    pub async fn commit(&self, actor: &Actor, id: &CommitId) -> Result<(SheetId, CommitRow)> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let (sheet, commit) = find(&mut tx, actor, id).await?;
        Ok((sheet.id, commit))
    }

    /// The commits of a sheet, newest first: all, only the complete ones, or only the open ones.
    pub async fn sheet_commits(
        &self,
        actor: &Actor,
        id: &SheetId,
        completed: Option<bool>,
    ) -> Result<Vec<CommitRow>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        Ok(records::commits(&mut tx, sheet.number, completed, MOST_LISTED).await?)
    }

    /// The commits of all sheets of a workbook with the ids of those, newest first.
    pub async fn workbook_commits(
        &self,
        actor: &Actor,
        id: &WorkbookId,
        completed: Option<bool>,
    ) -> Result<Vec<(SheetId, CommitRow)>> {
        let mut all = Vec::new();
        for sheet in self.sheets(actor, id).await? {
            let mut tx = self.db.read().await?;
            let commits = records::commits(&mut tx, sheet.number, completed, MOST_LISTED).await?;
            all.extend(commits.into_iter().map(|commit| (sheet.id.clone(), commit)));
        }
        // Those of one sheet stay in order, however fast they came.
        all.sort_by_key(|(_, commit)| std::cmp::Reverse(commit.created_at));
        all.truncate(MOST_LISTED as usize);
        Ok(all)
    }

    /// A listener has answered a commit, or has nothing to say of it.
    pub async fn complete_commit(&self, actor: &Actor, id: &CommitId) -> Result<()> {
        allow(actor, Operation::WorkJobs)?;
        let mut tx = self.db.write().await?;
        let (sheet, commit) = find(&mut tx, actor, id).await?;
        open_commits::complete(&mut tx, actor, &sheet, &commit.id).await?;
        Ok(tx.commit().await?)
    }

    /// Tells listeners once more of a commit. One that is complete stays so.
    pub async fn replay_commit(&self, actor: &Actor, id: &CommitId) -> Result<()> {
        allow(actor, Operation::WorkJobs)?;
        let mut tx = self.db.write().await?;
        let (sheet, commit) = find(&mut tx, actor, id).await?;
        tx.emit(commit_event(&actor.id, &sheet, &commit.id));
        store::open_commits::hear(&mut tx, &commit.id, now()).await?;
        Ok(tx.commit().await?)
    }

    /// An id for a version that a client means to make; of no consequence, since each write makes its own.
    pub async fn create_version(&self, actor: &Actor, sheet: Option<&SheetId>) -> Result<CommitId> {
        allow(actor, Operation::WriteRecords)?;
        if let Some(sheet) = sheet {
            let mut tx = self.db.read().await?;
            let sheet = sheets::find(&mut tx, actor, sheet).await?;
            allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
        }
        Ok(new_id())
    }
}

/// The commit, when the actor sees its sheet.
async fn find(tx: &mut Tx, actor: &Actor, id: &CommitId) -> Result<(Sheet, CommitRow)> {
    let missing = || ServiceError::not_found("commit", id);
    let sheet = records::sheet_of_commit(tx, id).await?.ok_or_else(missing)?;
    let sheet = crate::store::sheets::find(tx, &actor.scope, &sheet).await?.ok_or_else(missing)?;
    let commit = records::commit(tx, sheet.number, id).await?.ok_or_else(missing)?;
    Ok((sheet, commit))
}
