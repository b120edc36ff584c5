//! Records follow their blueprint: when its rules change, what the server says of the cells is made anew,
//! at once where there are few records, by a job where there are many.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::new_job::NewJob;
use super::records::{counts_event, not_importing};
use super::{Result, Service, allow, allow_in, open_commits, sheets as find_sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{ChangeId, Id, SheetId};
use crate::domain::job::{JobTrigger, JobType};
use crate::domain::record::RecordNumber;
use crate::domain::workbook::Sheet;
use crate::sheets::{Committed, Stale, Writer};
use crate::store::{Tx, changes, new_id, records};

/// A sheet of more records is validated by a job.
const AT_ONCE: u64 = 100_000;

/// Parameters of the job `sheet:validate`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ValidateConfig {
    /// What is to be checked; everything when absent.
    pub stale: Option<Stale>,
}

/// How far a validation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validated {
    /// Where to go on; nothing when all records were looked at.
    pub rest: Option<RecordNumber>,
    /// Records that were looked at.
    pub records: u64,
}

/// Sheets that are held for writing before the transaction begins, so that nobody waits for the other
/// the other way round.
pub(super) struct Held(BTreeMap<i64, Writer>);

impl Held {
    /// Shows what was written, after the transaction was committed.
    pub(super) fn publish(self) {
        self.0.into_values().for_each(Writer::publish);
    }
}

impl Service {
    /// Checks every record of a sheet again: at once, or by a job when there are many.
    pub async fn validate_sheet(&self, actor: &Actor, id: &SheetId) -> Result<()> {
        allow(actor, Operation::WriteRecords)?;
        let sheet = self.sheet(actor, id).await?;
        allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
        not_importing(&sheet)?;
        if sheet.counts.total > AT_ONCE {
            self.create_job(actor, job(&sheet, None)).await?;
            return Ok(());
        }
        let (change, mut from) = (new_id(), RecordNumber(0));
        while let Some(rest) = self.validate_records(actor, id, &change, None, from).await?.rest {
            from = rest;
        }
        Ok(())
    }

    /// Checks the records from `from` on again, as many as are looked at in one go, as a part of a change. When nothing
    /// in particular is stale, listeners are asked to check each of them as well.
    ///
    /// # Errors
    /// `Conflict` while a file is being imported into the sheet.
    pub async fn validate_records(
        &self,
        actor: &Actor,
        id: &SheetId,
        change: &ChangeId,
        stale: Option<&Stale>,
        from: RecordNumber,
    ) -> Result<Validated> {
        let sheet = self.sheet(actor, id).await?;
        let mut writer = self.sheets.writer(&sheet).await?;
        let mut tx = self.db.write().await?;
        records::lock_head(&mut tx, sheet.number).await?;
        let sheet = find_sheets::find(&mut tx, actor, id).await?;
        not_importing(&sheet)?;
        let validated = match stale {
            Some(stale) => {
                let what = (&sheet, stale);
                let done = writer.revalidate(&mut tx, &actor.id, Some(change), what, from).await?;
                tell(&mut tx, actor, &sheet, &done.committed);
                Validated { rest: done.rest, records: done.records }
            }
            None => {
                let done = writer.revalidate_all(&mut tx, &actor.id, change, &sheet, from).await?;
                ask(&mut tx, actor, &sheet, &done.commits);
                Validated { rest: done.rest, records: done.records }
            }
        };
        tx.commit().await?;
        writer.publish();
        Ok(validated)
    }

    /// Holds sheets for writing; the transaction that changes their blueprints begins after it.
    pub(super) async fn hold(&self, sheets: impl IntoIterator<Item = &Sheet>) -> Result<Held> {
        let in_order: BTreeMap<i64, &Sheet> = sheets.into_iter().map(|sheet| (sheet.number, sheet)).collect();
        let mut held = BTreeMap::new();
        for (number, sheet) in in_order {
            held.insert(number, self.sheets.writer(sheet).await?);
        }
        Ok(Held(held))
    }

    /// Brings the records of a sheet in line with its changed blueprint, within the transaction that
    /// changed it.
    ///
    /// # Errors
    /// `Conflict` while a file is being imported: it is being checked by the old rules.
    pub(super) async fn follow_blueprint(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        held: &mut Held,
        (before, after): (&Sheet, &Sheet),
    ) -> Result<()> {
        let stale = Stale::between(before, after);
        if stale.is_empty() {
            return Ok(());
        }
        records::lock_head(tx, after.number).await?;
        let now = find_sheets::find(tx, actor, &after.id).await?;
        not_importing(&now)?;
        let Some(writer) = held.0.get_mut(&after.number).filter(|_| now.counts.total <= AT_ONCE) else {
            self.insert_job(tx, actor, job(after, Some(stale))).await?;
            return Ok(());
        };
        revalidate(tx, actor, writer, &new_id(), (after, &stale)).await
    }
}

/// What is said of the records of a version may be by rules that have changed since: what that is.
pub(super) async fn stale_since(tx: &mut Tx, sheet: &Sheet, version: i64) -> Result<Stale> {
    let (first, checks) = changes::checks_since(tx, sheet.number, version).await?;
    if checks > 0 || first.is_none_or(|first| sheet.updated_at >= first) {
        return Ok(Stale::all(sheet));
    }
    // What references lead to has versions of its own.
    Ok(Stale::links(sheet))
}

/// Makes the stale messages of all records of a sheet anew, within a transaction and as a part of a change.
pub(super) async fn revalidate(
    tx: &mut Tx,
    actor: &Actor,
    writer: &mut Writer,
    change: &ChangeId,
    (sheet, stale): (&Sheet, &Stale),
) -> Result<()> {
    let mut from = Some(RecordNumber(0)).filter(|_| !stale.is_empty());
    while let Some(begin) = from {
        let done = writer.revalidate(tx, &actor.id, Some(change), (sheet, stale), begin).await?;
        tell(tx, actor, sheet, &done.committed);
        from = done.rest;
    }
    Ok(())
}

fn job(sheet: &Sheet, stale: Option<Stale>) -> NewJob {
    let mut job = NewJob::new(JobType::Sheet, "validate", sheet.id.as_str());
    job.trigger = JobTrigger::Immediate;
    job.label = Some(format!("Check {}", sheet.config.name));
    job.config = Some(json!(ValidateConfig { stale }));
    job
}

/// Asks listeners to check the records of these commits.
fn ask(tx: &mut Tx, actor: &Actor, sheet: &Sheet, commits: &[Committed]) {
    let Some(last) = commits.last() else { return };
    for commit in commits.iter().filter_map(|done| done.commit.as_ref()) {
        open_commits::ask(tx, &actor.id, sheet, commit);
    }
    tx.emit(counts_event(&actor.id, sheet, last.version, last.counts));
}

fn tell(tx: &mut Tx, actor: &Actor, sheet: &Sheet, done: &Committed) {
    if done.commit.is_some() {
        tx.emit(counts_event(&actor.id, sheet, done.version, done.counts));
    }
}
