//! Records that people add beside others: empty ones above or below some rows, and copies of rows below them.

use super::bulk::writable;
use super::cells::{Rows, texts};
use super::records::{Audience, Written, tell, written};
use super::{ErrorKind, Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::SheetAccess;
use crate::domain::event::Topic;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::place::{InsertAt, MOST_INSERTED};
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{CellInput, NewRecord, View, Writer};
use crate::store::{Tx, new_id};

/// Records that are doubled at once.
const MOST_DOUBLED: usize = 10_000;

impl Service {
    /// Inserts as many empty records as there are rows, below the last of them or above the first, as one change.
    pub async fn insert_beside(
        &self,
        actor: &Actor,
        id: &SheetId,
        rows: &Rows,
        below: bool,
    ) -> Result<Written> {
        let sheet = self.writable(actor, id, SheetAccess::Add).await?;
        if rows.query.sort_field.is_some() {
            let message = "The view is sorted. Clear the sort to insert in place";
            return Err(ServiceError::bad_request(message));
        }
        let (writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let (_, numbers) = self.seen(&mut tx, &sheet, rows).await?;
        let beside = match below {
            true => numbers.last().copied().map(InsertAt::After),
            false => numbers.first().copied().map(InsertAt::Before),
        };
        let Some(at) = beside else {
            let message = "These records are not in this sheet; nothing was inserted";
            return Err(ServiceError::new(ErrorKind::NotFound, message));
        };
        if numbers.len() as u64 > MOST_INSERTED {
            return Err(too_many("inserted", MOST_INSERTED));
        }
        let empty = vec![NewRecord::default(); numbers.len()];
        add(actor, sheet, (writer, tx), empty, at).await
    }

    /// Adds copies of the records of some rows, as one change: below the last of them, or at the end where the rows are
    /// sorted.
    pub async fn duplicate_rows(&self, actor: &Actor, id: &SheetId, rows: &Rows) -> Result<Written> {
        let sheet = self.writable(actor, id, SheetAccess::Add).await?;
        let (writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let (view, numbers) = self.seen(&mut tx, &sheet, rows).await?;
        if numbers.len() > MOST_DOUBLED {
            return Err(too_many("duplicated", MOST_DOUBLED as u64));
        }
        let copies = copies(&mut tx, actor, &sheet, &view, &numbers).await?;
        let last = numbers.last().filter(|_| rows.query.sort_field.is_none());
        let at = last.copied().map_or(InsertAt::End, InsertAt::After);
        add(actor, sheet, (writer, tx), copies, at).await
    }

    /// The row of a record in what a query finds, counted from 0; nothing when it is not among them.
    pub async fn row_of(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        number: RecordNumber,
    ) -> Result<Option<u64>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        let found = view.indices(&mut tx, query, &[number]).await?;
        Ok(found.first().map(|(_, row)| *row as u64))
    }
}

/// Adds records as one change and ends the transaction.
async fn add(
    actor: &Actor,
    sheet: Sheet,
    (mut writer, mut tx): (Writer, Tx),
    records: Vec<NewRecord>,
    at: InsertAt,
) -> Result<Written> {
    let change: ChangeId = new_id();
    let done = writer.insert_at(&mut tx, &actor.id, Some(&change), records, at).await?;
    tell(&mut tx, actor, &sheet, &done, Topic::RecordsCreated, &Audience::Everybody).await?;
    tx.commit().await?;
    writer.publish();
    Ok(written(sheet, change, done))
}

fn too_many(deed: &str, most: u64) -> ServiceError {
    let message = format!("at most {most} records can be {deed} at once: choose fewer");
    ServiceError::new(ErrorKind::TooLarge, message)
}

/// New records with the texts of others, in the fields that the actor may write.
async fn copies(
    tx: &mut Tx,
    actor: &Actor,
    sheet: &Sheet,
    view: &View,
    numbers: &[RecordNumber],
) -> Result<Vec<NewRecord>> {
    let (free, keys): (Vec<FieldNumber>, Vec<String>) = sheet
        .columns()
        .filter(|(_, field)| writable(actor, sheet, field.key.as_str()).is_ok())
        .map(|(number, field)| (number, field.key.to_string()))
        .unzip();
    let copy = |texts: Vec<Option<String>>| {
        let cells = free.iter().zip(texts).filter(|(_, text)| text.is_some());
        let cells = cells.map(|(field, text)| (*field, CellInput { text, messages: None }));
        NewRecord { cells: cells.collect(), ..NewRecord::default() }
    };
    Ok(texts(tx, view, numbers, &keys).await?.into_iter().map(copy).collect())
}
