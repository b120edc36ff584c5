//! Bytes without a row: what a server leaves that is killed between the two, when a file comes or goes.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::{Result, Service};
use crate::domain::ids::FileId;
use crate::store::files;

/// Bytes that are younger may still get their row.
const LEFT_ALONE: Duration = Duration::from_secs(3_600);

impl Service {
    /// Throws bytes away that no file has and that are older than an hour; how many files that were.
    pub async fn sweep_orphaned_files(&self) -> Result<usize> {
        self.sweep_files_before(SystemTime::now() - LEFT_ALONE).await
    }

    /// The same of bytes that were last written before a moment.
    ///
    /// When the database knows none of the files, it is another one than they belong to, and they stay.
    pub async fn sweep_files_before(&self, moment: SystemTime) -> Result<usize> {
        let written = self.files.written_before(moment).await?;
        let mut tx = self.db.read().await?;
        let known: BTreeMap<FileId, bool> = files::known(&mut tx, &written).await?.into_iter().collect();
        drop(tx);
        let orphans: Vec<&FileId> = written.iter().filter(|id| known.get(*id) != Some(&true)).collect();
        if known.is_empty() {
            if !orphans.is_empty() {
                tracing::warn!(
                    files = orphans.len(),
                    "the database knows none of the files; they are left alone"
                );
            }
            return Ok(0);
        }
        for id in &orphans {
            self.files.delete(id).await?;
        }
        Ok(orphans.len())
    }
}
