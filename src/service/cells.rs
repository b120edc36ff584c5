//! Blocks of cells: rows of what a query finds by fields. They are written, filled, copied and their records deleted,
//! each as one change, whatever the number of rows. A block is what a person saw: its rows are those of
//! the version that they looked at.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::bulk::{BulkRun, Changed, writable};
use super::new_job::NewJob;
use super::records::{Audience, Written, clean, tell, written};
use super::{ErrorKind, Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::SheetAccess;
use crate::domain::cell_edit::{CellEdit, Edited};
use crate::domain::clipboard::Table;
use crate::domain::event::Topic;
use crate::domain::fill::{Area, Fill, MOST_AREAS, Source};
use crate::domain::ids::{ChangeId, Id, SheetId};
use crate::domain::job::{Job, JobTrigger, JobType};
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::series::Series;
use crate::domain::workbook::Sheet;
use crate::sheets::{CellInput, FieldEdit, NewRecord, View};
use crate::store::{Tx, new_id};

/// Cells that are copied at once.
pub const MOST_COPIED: u64 = 1_000_000;

/// Rows of what a query finds, at a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// What is looked at.
    pub query: RecordQuery,
    /// The version that is looked at.
    pub version: i64,
    /// Which rows, counted from 0.
    pub rows: Vec<Range<u64>>,
}

/// A block of cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Its rows.
    #[serde(flatten)]
    pub rows: Rows,
    /// The keys of its fields, in order.
    pub fields: Vec<String>,
}

impl Rows {
    /// How many rows are asked for.
    pub fn count(&self) -> u64 {
        self.rows.iter().map(|rows| rows.end.saturating_sub(rows.start)).sum()
    }
}

impl Service {
    /// Writes into a block of cells, and into so many new records after the last one, as a whole.
    pub async fn fill_cells(
        &self,
        actor: &Actor,
        id: &SheetId,
        block: &Block,
        fill: &Fill,
        added: usize,
    ) -> Result<Changed> {
        let run = self.begin_fill(actor, id, block, fill, added, (new_id(), usize::MAX)).await?;
        Ok(self.end_bulk(run))
    }

    /// Begins to write into a block of cells with so many commits; [`Self::go_on`] makes the others.
    pub async fn begin_fill(
        &self,
        actor: &Actor,
        id: &SheetId,
        block: &Block,
        fill: &Fill,
        added: usize,
        (change_id, commits): (ChangeId, usize),
    ) -> Result<BulkRun> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        if added > 0 {
            super::records::permitted(actor, &sheet, SheetAccess::Add)?;
        }
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let (_, numbers) = self.seen(&mut tx, &sheet, &block.rows).await?;
        // What stands in the cells now: the person may just have written it.
        let view = writer.view(&mut tx).await?;
        let edits = self.fills(&mut tx, actor, &sheet, &view, &numbers, (&block.fields, fill)).await?;
        let added = records_after(&edits, numbers.len(), added);
        let rule = |(field, edit)| FieldEdit { field, edit, character_removed: false };
        let bulk = writer.bulk_of(&mut tx, &numbers, edits.into_iter().map(rule).collect()).await?;
        let mut run = BulkRun::new(&mut tx, writer, sheet, bulk, (change_id, false)).await?;
        run.commits(&mut tx, actor, commits).await?;
        if !added.is_empty() {
            run.add(&mut tx, actor, added).await?;
        }
        tx.commit().await?;
        run.show();
        Ok(run)
    }

    /// Makes the job that writes into a block of cells.
    pub async fn start_fill(&self, actor: &Actor, id: &SheetId, block: &Block, fill: &Fill) -> Result<Job> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        block.fields.iter().try_for_each(|key| writable(actor, &sheet, key).map(drop))?;
        let mut job = NewJob::new(JobType::Sheet, "fill-cells", id.as_str());
        job.trigger = JobTrigger::Immediate;
        job.label = Some("Change cells".to_string());
        job.config = Some(json!({ "block": block, "fill": fill }));
        self.create_job(actor, job).await
    }

    /// The texts of a block of cells.
    pub async fn copy_cells(&self, actor: &Actor, id: &SheetId, block: &Block) -> Result<Table> {
        allow(actor, Operation::ReadSpace)?;
        let cells = block.rows.count().saturating_mul(block.fields.len() as u64);
        if cells > MOST_COPIED {
            let message = format!(
                "{cells} cells are more than the {MOST_COPIED} that fit on a clipboard: download the records instead"
            );
            return Err(ServiceError::new(ErrorKind::TooLarge, message));
        }
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let (view, numbers) = self.seen(&mut tx, &sheet, &block.rows).await?;
        let texts = texts(&mut tx, &view, &numbers, &block.fields).await?;
        let rows = texts.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect());
        Ok(Table::of_rows(rows.collect()))
    }

    /// Deletes the records of some rows, as one change.
    pub async fn delete_rows(&self, actor: &Actor, id: &SheetId, rows: &Rows) -> Result<Written> {
        let sheet = self.writable(actor, id, SheetAccess::Delete).await?;
        let change: ChangeId = new_id();
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let (_, numbers) = self.seen(&mut tx, &sheet, rows).await?;
        let done = writer.delete(&mut tx, &actor.id, Some(&change), numbers).await?;
        tell(&mut tx, actor, &sheet, &done, Topic::RecordsDeleted, &Audience::Everybody).await?;
        tx.commit().await?;
        writer.publish();
        Ok(written(sheet, change, done))
    }

    /// The version that somebody looked at, and the records of the rows there.
    pub(super) async fn seen(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        rows: &Rows,
    ) -> Result<(View, Vec<RecordNumber>)> {
        let view = self.sheets.view_at(tx, sheet, rows.version).await?;
        let numbers = view.numbers_in(tx, &rows.query, &rows.rows).await?;
        Ok((view, numbers))
    }

    /// What becomes of each field of a block.
    async fn fills(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        sheet: &Sheet,
        view: &View,
        numbers: &[RecordNumber],
        (keys, fill): (&[String], &Fill),
    ) -> Result<Vec<(FieldNumber, CellEdit)>> {
        let mut fields = Vec::with_capacity(keys.len());
        for key in keys {
            fields.push(writable(actor, sheet, key)?.0);
        }
        Ok(match fill {
            Fill::Table(table) => {
                for text in table.texts() {
                    self.settings.limits.check_cell(text)?;
                }
                let of_column = |(place, field)| (field, of_table(table, place));
                fields.into_iter().enumerate().map(of_column).collect()
            }
            Fill::Areas(areas, text) => {
                if areas.len() > MOST_AREAS {
                    let message = format!("at most {MOST_AREAS} ranges are changed at once: choose fewer");
                    return Err(ServiceError::bad_request(message));
                }
                text.iter().try_for_each(|text| self.settings.limits.check_cell(text))?;
                let text = text.clone().map(clean).filter(|text| !text.is_empty());
                let of_column = |(place, field)| (field, within(areas, (place, numbers.len()), &text));
                fields.into_iter().enumerate().map(of_column).collect()
            }
            Fill::Down => {
                let first = texts(tx, view, &numbers[..numbers.len().min(1)], keys).await?.pop();
                fields.into_iter().zip(first.into_iter().flatten().map(CellEdit::Set)).collect()
            }
            Fill::Right => {
                let first = texts(tx, view, numbers, &keys[..keys.len().min(1)]).await?;
                let texts: std::sync::Arc<[_]> =
                    first.into_iter().map(|row| row.into_iter().flatten().next()).collect();
                fields.into_iter().skip(1).map(|field| (field, CellEdit::Cycle(texts.clone()))).collect()
            }
            Fill::OnDown(source) => {
                let before = source.before(numbers.len());
                let end = numbers.len().min(before + source.count as usize);
                let given = texts(tx, view, &numbers[before..end], keys).await?;
                let of_column = |(place, field)| {
                    let texts: Vec<Option<String>> =
                        given.iter().map(|row| row.get(place).cloned().flatten()).collect();
                    (field, going_on(&texts, before))
                };
                fields.into_iter().enumerate().map(of_column).collect()
            }
            Fill::OnRight(source) => {
                let given = texts(tx, view, numbers, keys).await?;
                rightwards(&fields, &given, *source)
            }
        })
    }
}

/// What a column of a block gets from a table.
fn of_table(table: &Table, column: usize) -> CellEdit {
    let column = column % table.columns().max(1);
    let text = |row: usize| Some(clean(table.text(row, column).to_string())).filter(|text| !text.is_empty());
    match table.rows() {
        0 | 1 => CellEdit::Set(text(0)),
        rows => CellEdit::Cycle((0..rows).map(text).collect()),
    }
}

/// What a column gets of a text that stands in some areas.
fn within(areas: &[Area], (column, rows): (usize, usize), text: &Option<String>) -> CellEdit {
    let here = areas.iter().filter(|area| area.fields.contains(&(column as u32)));
    let ranges: Vec<Range<u32>> = here.map(|area| area.rows.clone()).collect();
    // A rule that does not go by rows looks at each different text once.
    match ranges.iter().any(|range| range.start == 0 && range.end as usize >= rows) {
        true => CellEdit::Set(text.clone()),
        false => CellEdit::Within(ranges.into(), text.clone()),
    }
}

/// What a column gets that goes on with some texts, of which so many rows come before them.
fn going_on(texts: &[Option<String>], before: usize) -> CellEdit {
    let given: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
    if let Some(series) = Series::of(&given) {
        return CellEdit::Series(series, -(before as i64));
    }
    let count = texts.len().max(1);
    let turned = (0..texts.len()).map(|row| texts[(row + count - before % count) % count].clone());
    CellEdit::Cycle(turned.collect())
}

/// What the columns get that go on with some columns, row by row.
fn rightwards(
    fields: &[FieldNumber],
    rows: &[Vec<Option<String>>],
    source: Source,
) -> Vec<(FieldNumber, CellEdit)> {
    let before = source.before(fields.len());
    let given = before..(before + source.count as usize).min(fields.len());
    let rules: Vec<CellEdit> = rows.iter().map(|row| going_on(&row[given.clone()], before)).collect();
    let of_column = |(place, field): (usize, &FieldNumber)| {
        let text = |(rule, row): (&CellEdit, &Vec<Option<String>>)| {
            let now = row[place].as_deref();
            match rule.apply(now, place) {
                Edited::To(text) => text.map(String::from),
                Edited::Same | Edited::TooLong => row[place].clone(),
            }
        };
        (*field, CellEdit::Cycle(rules.iter().zip(rows).map(text).collect()))
    };
    fields.iter().enumerate().filter(|(place, _)| !given.contains(place)).map(of_column).collect()
}

/// The new records that follow a block of so many rows.
fn records_after(edits: &[(FieldNumber, CellEdit)], rows: usize, added: usize) -> Vec<NewRecord> {
    let record = |row: usize| {
        let cell = |(field, edit): &(FieldNumber, CellEdit)| {
            let Edited::To(Some(text)) = edit.apply(None, row) else { return None };
            Some((*field, CellInput { text: Some(text.into_owned()), messages: None }))
        };
        NewRecord { cells: edits.iter().filter_map(cell).collect(), ..NewRecord::default() }
    };
    (rows..rows + added).map(record).collect()
}

/// The texts of records, by the order of the fields; those of a record that is gone are empty.
pub(super) async fn texts(
    tx: &mut Tx,
    view: &View,
    numbers: &[RecordNumber],
    keys: &[String],
) -> Result<Vec<Vec<Option<String>>>> {
    let mut found = view.records_with(tx, numbers, Some(keys)).await?.into_iter().peekable();
    let of_record = |number: &RecordNumber| match found.next_if(|record| record.number == *number) {
        Some(record) => record.cells.into_iter().map(|cell| cell.text).collect(),
        None => vec![None; keys.len()],
    };
    Ok(numbers.iter().map(of_record).collect())
}
