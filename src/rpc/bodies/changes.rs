//! Changes of many cells by one rule.

use super::records::query;
use super::{Asker, id, jobs, refuse};
use crate::domain::cell_edit::Spelling;
use crate::domain::ids::SheetId;
use crate::rpc::changes::{CellsChange, Changing};
use crate::rpc::records::Choosing;
use crate::rpc::{ErrorKind, RpcError};
use crate::service::bulk::BulkChange;

/// More records than that are changed by a job.
const MOST_AT_ONCE: u64 = 5_000;

pub async fn change_cells(
    sheet_id: String,
    choosing: Choosing,
    field: Option<String>,
    change: CellsChange,
) -> Result<Changing, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let id: SheetId = id(&sheet_id)?;
    let query = query(&choosing);
    let change = rule(field, change)?;
    let records = service.record_counts(actor, &id, &query).await?.total;
    if records > MOST_AT_ONCE {
        let job = service.start_bulk(actor, &id, &query, &change).await?;
        return Ok(Changing::Job(Box::new(jobs::card(&asker, job).await)));
    }
    let done = service.change_in_bulk(actor, &id, &query, &change, false).await?;
    let change = done.change_id.to_string();
    Ok(Changing::Done { change, records: done.records, version: done.version })
}

fn rule(field: Option<String>, change: CellsChange) -> Result<BulkChange, RpcError> {
    match (change, field) {
        (CellsChange::Replace { find, with, match_case, whole_cell }, field) => {
            let spelling = Some(Spelling { match_case, whole_cell });
            Ok(BulkChange::Replace { field, find: find.into(), spelling, with: with.into() })
        }
        (CellsChange::Set(text), Some(field)) => Ok(BulkChange::Update(vec![(field, text.into())])),
        (CellsChange::Set(_), None) => {
            Err(refuse(ErrorKind::BadRequest, "Name the column whose cells get the value"))
        }
    }
}

pub async fn undo_change(sheet_id: String, change_id: String) -> Result<u64, RpcError> {
    let asker = Asker::of_request()?;
    let undone = asker.service.undo_change(&asker.actor, &id(&sheet_id)?, &id(&change_id)?).await?;
    Ok(undone.skipped_total)
}
