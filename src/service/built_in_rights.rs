//! Who may start the server's own work: a job does its work as the server, so people are asked before it is made
//! whether they might do by hand what it does.

use serde_json::Value;

use super::locks::refuse_locked;
use super::new_job::NewJob;
use super::records::{permitted, writable_field};
use super::{Result, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::SheetAccess;
use crate::domain::ids::{Id, SheetId};
use crate::domain::job::Job;
use crate::domain::workbook::Sheet;
use crate::store::Tx;

/// What somebody does by a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Something with the records of the sheet that the job is about.
    Records(SheetAccess),
    /// Something with the records of the sheet that its configuration names there.
    RecordsOf(&'static str, SheetAccess),
    /// It reads the sheet that its configuration names there.
    Reading(&'static str),
    /// The fields of the sheet become others.
    Fields,
    /// A file is brought in.
    File,
}

/// What people do by each operation; nothing but looking by those that are not here.
const DEEDS: &[(&str, &[Deed])] = &[
    ("import", &[Deed::Records(SheetAccess::Import)]),
    ("find-replace", &[Deed::Records(SheetAccess::Edit)]),
    ("bulk-update", &[Deed::Records(SheetAccess::Edit)]),
    ("fill", &[Deed::Records(SheetAccess::Edit)]),
    ("fill-cells", &[Deed::Records(SheetAccess::Edit)]),
    ("fill-column", &[Deed::Records(SheetAccess::Edit)]),
    ("clear-column", &[Deed::Records(SheetAccess::Edit)]),
    ("delete-records", &[Deed::RecordsOf("sheet", SheetAccess::Delete)]),
    ("remove-duplicates", &[Deed::Records(SheetAccess::Delete)]),
    ("copy-records", &[Deed::RecordsOf("destination", SheetAccess::Add)]),
    ("move-records", &[Deed::Records(SheetAccess::Delete), Deed::RecordsOf("destination", SheetAccess::Add)]),
    ("map", &[Deed::Reading("sourceSheetId"), Deed::RecordsOf("destinationSheetId", SheetAccess::Import)]),
    ("add-field", &[Deed::Fields]),
    ("rename-field", &[Deed::Fields]),
    ("remove-field", &[Deed::Fields]),
    ("extract", &[Deed::File]),
];

/// Refuses a job of the server's own by which somebody would do what they may not.
pub(super) async fn check(tx: &mut Tx, actor: &Actor, new: &NewJob, sheet: Option<&Sheet>) -> Result<()> {
    check_deeds(tx, actor, (&new.operation, new.config.as_ref()), sheet).await
}

/// The same where somebody has one run that is there, whoever made it.
pub(super) async fn check_again(tx: &mut Tx, actor: &Actor, job: &Job) -> Result<()> {
    if !job.is_built_in() {
        return Ok(());
    }
    let sheet = match &job.sheet_id {
        Some(id) => Some(sheets::find(tx, actor, id).await?),
        None => None,
    };
    check_deeds(tx, actor, (&job.operation, job.config.as_ref()), sheet.as_ref()).await
}

async fn check_deeds(
    tx: &mut Tx,
    actor: &Actor,
    (operation, config): (&str, Option<&Value>),
    sheet: Option<&Sheet>,
) -> Result<()> {
    let deeds = DEEDS.iter().find(|(known, _)| *known == operation);
    for deed in deeds.map_or(&[][..], |(_, deeds)| deeds) {
        match (deed, sheet) {
            (Deed::Fields, sheet) => {
                allow(actor, Operation::ManageWorkbook)?;
                sheet.map_or(Ok(()), |sheet| refuse_locked(actor, sheet))?;
            }
            (Deed::File, _) => allow(actor, Operation::WriteFiles)?,
            (Deed::Records(access), Some(sheet)) => {
                records(actor, sheet, *access)?;
                fields(actor, sheet, config)?;
            }
            (Deed::RecordsOf(member, access), _) => {
                if let Some(sheet) = named(tx, actor, config, member).await? {
                    records(actor, &sheet, *access)?;
                }
            }
            (Deed::Reading(member), _) => named(tx, actor, config, member).await.map(drop)?,
            (Deed::Records(_), None) => {}
        }
    }
    Ok(())
}

/// The sheet that the configuration names there. Without a name the job fails, and says so.
async fn named(tx: &mut Tx, actor: &Actor, config: Option<&Value>, member: &str) -> Result<Option<Sheet>> {
    let named = config.and_then(|config| config.get(member)).and_then(Value::as_str);
    match named {
        Some(id) => sheets::find(tx, actor, &SheetId::parse(id)?).await.map(Some),
        None => Ok(None),
    }
}

fn records(actor: &Actor, sheet: &Sheet, access: SheetAccess) -> Result<()> {
    allow(actor, Operation::WriteRecords)?;
    if actor.is_person() { permitted(actor, sheet, access) } else { Ok(()) }
}

/// The fields that the configuration names may be written by hand.
fn fields(actor: &Actor, sheet: &Sheet, config: Option<&Value>) -> Result<()> {
    let Some(config) = config else { return Ok(()) };
    let one = config.get("fieldKey").and_then(Value::as_str);
    let many = config.get("fieldUpdates").and_then(Value::as_object);
    let many = many.into_iter().flat_map(|updates| updates.keys().map(String::as_str));
    for field in one.into_iter().chain(many).filter_map(|key| sheet.config.field(key)) {
        writable_field(actor, field)?;
    }
    Ok(())
}
