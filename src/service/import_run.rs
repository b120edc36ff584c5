//! An import as it runs: begun, written in parts, ended, or taken back. The sheet says that it is
//! importing from the first to the last of these, whatever happens to the process in between.

use serde_json::json;

use super::announce::{object, of_file};
use super::records::{Audience, counts_event, tell};
use super::{ErrorKind, Result, Service, ServiceError, sheets as find_sheets};
use crate::domain::access::Actor;
use crate::domain::event::Topic;
use crate::domain::extraction::OPERATION;
use crate::domain::file::FileStatus;
use crate::domain::ids::{ChangeId, FileId, JobId, SheetId};
use crate::domain::job::Job;
use crate::domain::job::run::{change_of, job_of};
use crate::domain::record::Counts;
use crate::domain::workbook::Sheet;
use crate::sheets::SegmentDraft;
use crate::store::{Tx, changes, failpoint, files, jobs, now, records, sheets};

impl Service {
    /// Marks the sheet as importing. What an earlier attempt of the same job wrote is taken back first.
    pub async fn begin_import(&self, actor: &Actor, job: &Job, id: &SheetId) -> Result<(Sheet, ChangeId)> {
        let change = change_of(job)?;
        self.undo_cut_off(actor, job, id).await?;
        let mut tx = self.db.write().await?;
        let mut sheet = find_sheets::find(&mut tx, actor, id).await?;
        records::lock_head(&mut tx, sheet.number).await?;
        if sheet.importing.is_some() {
            let name = &sheet.config.name;
            return Err(ServiceError::conflict(format!("something else is being imported into {name}")));
        }
        sheets::set_importing(&mut tx, id, Some(&change)).await?;
        sheet.importing = Some(change.clone());
        tx.commit().await?;
        Ok((sheet, change))
    }

    /// Adds checked segments at the end of the sheet, in one transaction; returns how many records they hold.
    /// `expected` is how many the whole file holds, as far as can be told; 0 for unknown. Refused when the job was handed to another attempt: that one has begun anew.
    pub async fn append_segments(
        &self,
        actor: &Actor,
        job: &Job,
        sheet: &Sheet,
        change: &ChangeId,
        drafts: Vec<SegmentDraft>,
        expected: u64,
    ) -> Result<u64> {
        let mut writer = self.sheets.writer(sheet).await?;
        writer.expect(sheet.counts.total + expected);
        let mut tx = self.db.write().await?;
        let mut added = 0;
        for drafts in pairs(drafts) {
            let done = writer.append(&mut tx, &actor.id, Some(change), drafts).await?;
            added += done.numbers.len() as u64;
            failpoint("import-segments");
            tell(&mut tx, actor, sheet, &done, Topic::RecordsCreated, &Audience::Everybody).await?;
        }
        still_ours(&mut tx, actor, job).await?;
        tx.commit().await?;
        failpoint("import-between");
        writer.publish();
        Ok(added)
    }

    /// The file is in the sheet. `words` make of the sheet's counts what the person is told; the job keeps it, so
    /// that an attempt after this one need only repeat it.
    pub async fn end_import(
        &self,
        actor: &Actor,
        job: &Job,
        sheet: &Sheet,
        file: &FileId,
        words: impl FnOnce(Counts) -> String,
    ) -> Result<String> {
        let mut tx = self.db.write().await?;
        records::lock_head(&mut tx, sheet.number).await?;
        let mut job = still_ours(&mut tx, actor, job).await?;
        sheets::set_importing(&mut tx, &sheet.id, None).await?;
        let after = find_sheets::find(&mut tx, actor, &sheet.id).await?;
        if let Some(mut file) = files::find(&mut tx, &actor.scope, file).await? {
            file.status = FileStatus::Complete;
            file.workbook_id = Some(sheet.workbook_id.clone());
            file.sheet_id = Some(sheet.id.clone());
            file.updated_at = now();
            files::update(&mut tx, &file).await?;
            let payload = json!({ "status": file.status, "workbookId": file.workbook_id });
            tx.emit(of_file(Topic::FileUpdated, actor, &file, &after.whereabouts, payload));
        }
        let words = words(after.counts);
        let undo = json!({ "sheetId": sheet.id, "changeId": change_of(&job)? });
        job.note(object(json!({ "undo": undo })));
        job.info = Some(words.clone());
        jobs::update(&mut tx, &job).await?;
        tx.emit(counts_event(&actor.id, &after, after.version, after.counts));
        failpoint("import-end");
        tx.commit().await?;
        failpoint("import-ended");
        Ok(words)
    }

    /// What the person is told when an attempt at this run of the job has ended the import already, and its server
    /// died before it could end the job.
    pub fn ended_import(&self, job: &Job) -> Option<String> {
        job.noted("undo")?;
        job.info.clone()
    }

    /// Takes back what an attempt of a job wrote into a sheet that never ended, in whichever run.
    pub async fn undo_cut_off(&self, actor: &Actor, job: &Job, id: &SheetId) -> Result<()> {
        let sheet = self.sheet(actor, id).await?;
        match sheet.importing.filter(|change| job_of(change).is_ok_and(|found| found == job.id)) {
            Some(change) => self.undo_import(actor, &change, id).await,
            None => Ok(()),
        }
    }

    /// Takes back what a run of a job has written into the sheet so far, and says that nothing is importing. The job
    /// itself may be deleted by now.
    pub async fn undo_import(&self, actor: &Actor, change: &ChangeId, id: &SheetId) -> Result<()> {
        let mut tx = self.db.read().await?;
        let sheet = find_sheets::find(&mut tx, actor, id).await?;
        drop(tx);
        if sheet.importing.as_ref() != Some(change) {
            return Ok(());
        }
        let mut writer = self.sheets.writer(&sheet).await?;
        let mut tx = self.db.write().await?;
        let span = changes::change_span(&mut tx, sheet.number, change).await?;
        // What ends before the newest version is of an earlier attempt, and was taken back then.
        if let Some((first, last)) = span
            && last == sheet.version
        {
            let done = writer.roll_back(&mut tx, &actor.id, None, first - 1).await?;
            failpoint("import-undo");
            tx.emit(counts_event(&actor.id, &sheet, done.version, done.counts));
        }
        sheets::set_importing(&mut tx, id, None).await?;
        tx.commit().await?;
        writer.publish();
        Ok(())
    }

    /// Ends what a process that is gone has left: imports of jobs that have ended meanwhile are taken
    /// back. With `all_leases`, this process is the only one, and every job may be claimed again at once.
    pub async fn recover(&self, actor: &Actor, all_leases: bool) -> Result<()> {
        if all_leases {
            let mut tx = self.db.write().await?;
            jobs::release_leases(&mut tx).await?;
            crate::store::webhooks::release_leases(&mut tx).await?;
            crate::store::agents::release_leases(&mut tx).await?;
            tx.wake_jobs();
            tx.commit().await?;
        }
        let mut tx = self.db.read().await?;
        let importing = sheets::importing(&mut tx, &actor.scope).await?;
        drop(tx);
        for sheet in importing {
            let Some(change) = &sheet.importing else { continue };
            // One sheet in trouble must not keep the server from starting.
            if let Err(error) = self.recover_sheet(actor, change, &sheet.id).await {
                tracing::error!(%error, sheet = %sheet.id, "an import that was cut off could not be taken back");
            }
        }
        Ok(())
    }

    async fn recover_sheet(&self, actor: &Actor, change: &ChangeId, sheet: &SheetId) -> Result<()> {
        let job: JobId = job_of(change)?;
        match self.job(actor, &job).await {
            Ok(job) if !job.status.is_terminal() => Ok(()),
            Ok(Job { operation, file_id: Some(file), .. }) if operation == OPERATION => {
                self.give_up_extraction(actor, &file, FileStatus::Partial).await
            }
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => self.undo_import(actor, change, sheet).await,
        }
    }
}

/// The job as it is now.
///
/// # Errors
/// When it has ended, is deleted, or was handed to another attempt.
pub(super) async fn still_ours(tx: &mut Tx, actor: &Actor, job: &Job) -> Result<Job> {
    let found = jobs::find_for_update(tx, &actor.scope, &job.id).await?;
    found
        .filter(|now| now.attempt == job.attempt && !now.status.is_terminal())
        .ok_or_else(|| ServiceError::conflict("this was stopped, or another attempt goes on with it"))
}

/// A commit holds at most ten thousand records: two segments.
fn pairs(drafts: Vec<SegmentDraft>) -> impl Iterator<Item = Vec<SegmentDraft>> {
    let mut drafts = drafts.into_iter();
    std::iter::from_fn(move || {
        let pair: Vec<_> = drafts.by_ref().take(2).collect();
        (!pair.is_empty()).then_some(pair)
    })
}
