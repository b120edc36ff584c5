//! What is forgotten: versions of the records that are older than the settings say, but for snapshots; and jobs that
//! ended long ago.

use super::{Result, Service};
use crate::domain::time::Timestamp;
use crate::store::{jobs, now, retention, snapshots};

/// A chunk without a name stays so long, in milliseconds: somebody may still be reading a version that had it.
const GRACE: i64 = 600_000;
const DAY: i64 = 86_400_000;
/// Jobs that one transaction forgets.
const JOBS_AT_ONCE: i64 = 500;

impl Service {
    /// Forgets old versions of all sheets and takes away what served only them, in small transactions. A sheet in
    /// trouble does not keep the others from it.
    pub async fn collect(&self) -> Result<()> {
        self.collect_at(now(), GRACE).await
    }

    /// The same as if it were `moment`.
    pub async fn collect_at(&self, moment: Timestamp, grace: i64) -> Result<()> {
        let mut after = 0;
        loop {
            let mut tx = self.db.read().await?;
            let sheets = retention::sheets(&mut tx, after).await?;
            drop(tx);
            let Some(last) = sheets.last() else { break };
            after = *last;
            for sheet in sheets {
                if let Err(error) = self.forget_versions(sheet, moment).await {
                    tracing::warn!(%error, sheet, "the old versions of a sheet could not be forgotten");
                }
            }
        }
        loop {
            let mut tx = self.db.write().await?;
            let seen = retention::sweep_chunks(&mut tx, moment.plus(-grace)).await?;
            tx.commit().await?;
            if seen < retention::SLICE as u64 {
                return Ok(());
            }
        }
    }

    /// Forgets the jobs that ended longer ago than the settings say.
    pub async fn forget_jobs(&self) -> Result<u64> {
        let before = now().plus(-i64::from(self.settings.retention.job_days) * DAY);
        let mut forgotten = 0;
        loop {
            let mut tx = self.db.write().await?;
            let gone = jobs::forget(&mut tx, before, JOBS_AT_ONCE).await?;
            tx.commit().await?;
            forgotten += gone;
            if gone == 0 {
                return Ok(forgotten);
            }
        }
    }

    /// Forgets all records of a sheet that expired, in all versions.
    async fn forget_all(&self, sheet: i64, moment: Timestamp) -> Result<()> {
        loop {
            let mut tx = self.db.write().await?;
            let gone = retention::forget_all(&mut tx, sheet, moment).await?;
            if gone == 0 {
                return Ok(());
            }
            tx.commit().await?;
        }
    }

    async fn forget_versions(&self, sheet: i64, moment: Timestamp) -> Result<()> {
        let mut tx = self.db.read().await?;
        let has_expired = retention::has_expired(&mut tx, sheet).await?;
        drop(tx);
        if has_expired {
            return self.forget_all(sheet, moment).await;
        }
        let kept = self.settings.retention;
        let horizon = moment.plus(-i64::from(kept.days) * DAY);
        let mut tx = self.db.read().await?;
        let of_jobs = snapshots::of_jobs(&mut tx, sheet, horizon).await?;
        drop(tx);
        for snapshot in of_jobs {
            let mut tx = self.db.write().await?;
            snapshots::delete(&mut tx, &snapshot).await?;
            tx.commit().await?;
        }
        let mut tx = self.db.read().await?;
        let version = retention::oldest_kept(&mut tx, sheet, kept.changes, horizon).await?;
        if !retention::has_old(&mut tx, sheet, version).await? {
            return Ok(());
        }
        drop(tx);
        loop {
            let mut tx = self.db.write().await?;
            retention::keep_from(&mut tx, sheet, version).await?;
            let gone = retention::forget(&mut tx, sheet, version, moment).await?;
            tx.commit().await?;
            if gone == 0 {
                return Ok(());
            }
        }
    }
}
