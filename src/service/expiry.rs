//! Spaces expire by the policies of their environment, with all that is in them (section 2.17 of the wire contract): they
//! are deleted like others, and show when.

use serde_json::json;

use super::announce::{of_file, of_space, of_workbook};
use super::{Result, Service};
use crate::domain::access::{Actor, Role, Scope};
use crate::domain::event::Topic;
use crate::domain::file::File;
use crate::domain::ids::FileId;
use crate::domain::retention_policy::RetentionPolicy;
use crate::domain::space::Space;
use crate::domain::time::Timestamp;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::Workbook;
use crate::store::{Tx, files, retention_policies, spaces, workbooks};

/// Workbooks, and files, that one transaction lets expire.
const LOT: u64 = 100;

/// A transaction that lets things expire at a moment.
struct Expiring {
    tx: Tx,
    actor: Actor,
    moment: Timestamp,
    /// Files whose bytes go after the commit.
    files: Vec<FileId>,
    count: usize,
}

impl Service {
    /// Lets what has expired at `moment` go, in small transactions: one for each policy that has something to do. How
    /// many things that were; none when there is nothing left.
    pub async fn expire(&self, moment: Timestamp) -> Result<usize> {
        let mut tx = self.db.read().await?;
        let policies = retention_policies::all(&mut tx).await?;
        drop(tx);
        let mut expired = 0;
        for policy in &policies {
            expired += self.expire_by(policy, moment).await?;
        }
        Ok(expired)
    }

    async fn expire_by(&self, policy: &RetentionPolicy, moment: Timestamp) -> Result<usize> {
        let scope = Scope::environment(policy.account_id.clone(), policy.environment_id.clone());
        let actor = Actor { id: policy.id.to_string(), role: Role::System, scope };
        let cutoff = policy.cutoff(moment);
        let mut tx = self.db.read().await?;
        if spaces::due(&mut tx, policy, cutoff).await?.is_none() {
            return Ok(0);
        }
        drop(tx);
        let tx = self.db.write().await?;
        let mut expiring = Expiring { tx, actor, moment, files: Vec::new(), count: 0 };
        let due = spaces::due(&mut expiring.tx, policy, cutoff).await?;
        let Some(space) = due else { return Ok(0) };
        expiring.space(space).await?;
        let Expiring { tx, files, count, .. } = expiring;
        tx.commit().await?;
        for file in &files {
            // What stays is thrown away with the bytes that no file has.
            if let Err(error) = self.files.delete(file).await {
                tracing::warn!(%error, %file, "the bytes of a file that expired could not be deleted");
            }
        }
        Ok(count)
    }
}

impl Expiring {
    /// A space, after what is in it; with very many things in it only some of them, and the next time more.
    async fn space(&mut self, space: Space) -> Result<()> {
        let around = space.whereabouts();
        let scope = self.actor.scope.clone();
        let (files, all_files) = files::list(&mut self.tx, &scope, Some(&space.id), None, 0, LOT).await?;
        let workbooks = workbooks::list(&mut self.tx, &scope, &space.id).await?;
        let is_last = all_files <= LOT && workbooks.len() as u64 <= LOT;
        for workbook in workbooks.iter().take(LOT as usize) {
            self.workbook(workbook, &around).await?;
        }
        for file in files {
            self.file(&file, &around).await?;
        }
        if is_last {
            spaces::expire(&mut self.tx, &space.id, self.moment).await?;
            self.tx.emit(of_space(Topic::SpaceExpired, &self.actor, &space, json!({})));
            self.count += 1;
        }
        Ok(())
    }

    async fn workbook(&mut self, workbook: &Workbook, around: &Whereabouts) -> Result<()> {
        workbooks::expire(&mut self.tx, &workbook.id, self.moment).await?;
        self.tx.emit(of_workbook(Topic::WorkbookExpired, &self.actor, workbook, around, json!({})));
        self.count += 1;
        Ok(())
    }

    async fn file(&mut self, file: &File, around: &Whereabouts) -> Result<()> {
        files::expire(&mut self.tx, &file.id, self.moment).await?;
        self.tx.emit(of_file(Topic::FileExpired, &self.actor, file, around, json!({})));
        self.files.push(file.id.clone());
        self.count += 1;
        Ok(())
    }
}
