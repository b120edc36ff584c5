//! Blocks of cells and steps back and forth.

use super::jobs::card;
use super::records::{query, standings};
use super::{Asker, id};
use crate::domain::clipboard::Table;
use crate::domain::fill::Fill;
use crate::domain::query::RecordQuery;
use crate::domain::wording::counted;
use crate::rpc::RpcError;
use crate::rpc::cells::{Added, Adding, Block, Filled, Rows, Stepped};
use crate::rpc::records::{Choosing, Standings};
use crate::service::cells;
use crate::service::records::{Audience, RecordInput};
use crate::service::steps::{StepCounts, Way};
use crate::store::changes::OwnChange;

/// Rows from which on a change is a job, and texts that a job may carry.
const MANY_ROWS: u64 = 50_000;
const FEW_TEXTS: usize = 1_000;

fn rows(rows: &Rows) -> cells::Rows {
    let ranges = rows.ranges.iter().map(|(begin, end)| *begin..*end);
    cells::Rows { query: query(&rows.choosing), version: rows.version, rows: ranges.collect() }
}

fn block(block: Block) -> cells::Block {
    cells::Block { rows: rows(&block.rows), fields: block.fields }
}

pub async fn fill_cells(sheet_id: String, wanted: Block, fill: Fill, added: u32) -> Result<Filled, RpcError> {
    let asker = Asker::of_request()?;
    let (sheet, block) = (id(&sheet_id)?, block(wanted));
    let is_light = match &fill {
        Fill::Table(table) => table.texts().len() <= FEW_TEXTS,
        _ => true,
    };
    if block.rows.count() > MANY_ROWS && added == 0 && is_light {
        let job = asker.service.start_fill(&asker.actor, &sheet, &block, &fill).await?;
        return Ok(Filled::Job(Box::new(card(&asker, job).await)));
    }
    let changed = asker.service.fill_cells(&asker.actor, &sheet, &block, &fill, added as usize).await?;
    Ok(Filled::Done(Standings { version: changed.version, counts: changed.counts, selected_invalid: 0 }))
}

pub async fn copy_cells(sheet_id: String, wanted: Block) -> Result<Table, RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.copy_cells(&asker.actor, &id(&sheet_id)?, &block(wanted)).await?)
}

pub async fn delete_rows(sheet_id: String, wanted: Rows) -> Result<(Standings, String), RpcError> {
    let asker = Asker::of_request()?;
    let deleted = asker.service.delete_rows(&asker.actor, &id(&sheet_id)?, &rows(&wanted)).await?;
    let change = deleted.change_id.to_string();
    Ok((standings(deleted), change))
}

pub async fn add_records(sheet_id: String, adding: Adding) -> Result<Added, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor, sheet) = (&asker.service, &asker.actor, id(&sheet_id)?);
    let (written, shown) = match adding {
        Adding::AtEnd => {
            let records = vec![RecordInput::default()];
            (service.insert_records(actor, &sheet, records, &Audience::Everybody).await?, None)
        }
        Adding::Above(wanted) => {
            (service.insert_beside(actor, &sheet, &rows(&wanted), false).await?, Some(wanted))
        }
        Adding::Below(wanted) => {
            (service.insert_beside(actor, &sheet, &rows(&wanted), true).await?, Some(wanted))
        }
        Adding::Copies(wanted) => {
            (service.duplicate_rows(actor, &sheet, &rows(&wanted)).await?, Some(wanted))
        }
    };
    let records = written.numbers.len() as u64;
    let mut place = (0, false);
    if let Some(first) = written.numbers.first() {
        let row_in = async |query| service.row_of(actor, &sheet, &query, *first).await;
        place = match shown.map(|rows| all_of(rows.choosing)) {
            Some(view) => row_in(query(&view)).await?.map(|row| (row, true)),
            None => None,
        }
        .or(row_in(RecordQuery::default()).await?.map(|row| (row, false)))
        .unwrap_or_default();
    }
    let (row, is_shown) = place;
    Ok(Added { standings: standings(written), records, row, is_shown })
}

/// What the page shows, whatever is selected there.
fn all_of(choosing: Choosing) -> Choosing {
    Choosing { selected: Vec::new(), except: Vec::new(), all_selected: false, ..choosing }
}

pub async fn step(sheet_id: String, again: bool, choosing: Choosing) -> Result<Option<Stepped>, RpcError> {
    let asker = Asker::of_request()?;
    let way = if again { Way::Redo } else { Way::Undo };
    let step = asker.service.step(&asker.actor, &id(&sheet_id)?, way, &query(&choosing)).await?;
    Ok(step.map(|step| Stepped {
        standings: Standings {
            version: step.undone.version,
            counts: step.undone.counts,
            selected_invalid: 0,
        },
        what: what(&step.of),
        place: step.place,
        skipped: step.undone.skipped_total,
        left: both(step.left),
    }))
}

/// What a change did, as a person calls it.
fn what(of: &OwnChange) -> String {
    let parts = [("edit", of.updated), ("addition", of.inserted), ("deletion", of.deleted)];
    let parts = parts.into_iter().filter(|(_, records)| *records > 0);
    let words: Vec<String> =
        parts.map(|(deed, records)| format!("{deed} of {}", counted(records, "record"))).collect();
    if words.is_empty() { "the last change".to_string() } else { words.join(", ") }
}

pub async fn steps_left(sheet_id: String) -> Result<(u64, u64), RpcError> {
    let asker = Asker::of_request()?;
    Ok(both(asker.service.step_counts(&asker.actor, &id(&sheet_id)?).await?))
}

fn both(counts: StepCounts) -> (u64, u64) {
    (counts.undo, counts.redo)
}

pub async fn referable(
    sheet_id: String,
    (record, field): (String, String),
    search: String,
) -> Result<Vec<String>, RpcError> {
    let asker = Asker::of_request()?;
    let cell = (record.as_str(), field.as_str());
    Ok(asker.service.referable(&asker.actor, &id(&sheet_id)?, cell, &search).await?)
}
