//! Undo and redo as a person knows them: their own last change of a sheet, wherever they made it.

use super::undo::{Undone, key_of};
use super::{ErrorKind, Result, Service, ServiceError, sheets};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::RecordNumber;
use crate::domain::undo::{self, Steps};
use crate::domain::workbook::Sheet;
use crate::sheets::{Comparison, Difference};
use crate::store::changes::{self, OwnChange};
use crate::store::{Tx, retention};

/// Changes that can be undone one after the other.
const MOST: u64 = 500;

/// Which way a person goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Takes the last change back.
    Undo,
    /// Makes what was taken back last again.
    Redo,
}

/// How many steps there are each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepCounts {
    /// To undo.
    pub undo: u64,
    /// To redo.
    pub redo: u64,
}

/// A step that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was taken back.
    pub undone: Undone,
    /// What had been done to the records, or what was done to them again.
    pub of: OwnChange,
    /// The first record and field that it is about, as far as they are there now: the row in what the query finds, and
    /// the key of the field.
    pub place: Option<(u64, String)>,
    /// How many are left.
    pub left: StepCounts,
}

impl Service {
    /// How many of their changes a person can undo and redo.
    pub async fn step_counts(&self, actor: &Actor, id: &SheetId) -> Result<StepCounts> {
        let Ok(sheet) = self.writable(actor, id, SheetAccess::Edit).await else {
            return Ok(StepCounts { undo: 0, redo: 0 });
        };
        let mut tx = self.db.read().await?;
        Ok(counts(&steps(&own(&mut tx, actor, &sheet).await?)))
    }

    /// Undoes or redoes the last change of a person; nothing when there is none. `query` is what they look at.
    pub async fn step(
        &self,
        actor: &Actor,
        id: &SheetId,
        way: Way,
        query: &RecordQuery,
    ) -> Result<Option<Step>> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        let mut tx = self.db.read().await?;
        let before = own(&mut tx, actor, &sheet).await?;
        let steps = steps(&before);
        let next = match way {
            Way::Undo => steps.undo.last(),
            Way::Redo => steps.redo.last(),
        };
        let Some(undo::Step { change, of }) = next else { return Ok(None) };
        let span = changes::change_span(&mut tx, sheet.number, change).await?;
        let (first, last) = span.ok_or_else(|| ServiceError::not_found("change", change))?;
        if !retention::is_kept(&mut tx, sheet.number, first - 1).await? {
            let message = "this is too long ago: how the sheet was before is not kept any more";
            return Err(ServiceError::new(ErrorKind::Conflict, message));
        }
        let about = self.first_difference(&mut tx, &sheet, (first, last)).await?;
        drop(tx);
        let undone = self.undo_change(actor, id, change).await?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let of = before.iter().find(|own| own.made.change == *of).cloned();
        let of = of.ok_or_else(|| ServiceError::not_found("change", change))?;
        let place = match about {
            Some(about) => self.place_of(&mut tx, &sheet, query, about).await?,
            None => None,
        };
        let left = counts(&self::steps(&own(&mut tx, actor, &sheet).await?));
        Ok(Some(Step { undone, of, place, left }))
    }

    /// The first record that a change made different, and the first field of it.
    async fn first_difference(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        (first, last): (i64, i64),
    ) -> Result<Option<(RecordNumber, String)>> {
        let left = self.sheets.view_at(tx, sheet, last).await?;
        let then = self.sheets.view_at(tx, sheet, first - 1).await?;
        let mut comparison = Comparison::new(&then, &left);
        while let Some(found) = comparison.next(tx).await? {
            let Some((number, difference)) = found.first() else { continue };
            let field = match difference {
                Difference::Updated(fields) => fields.first().copied(),
                Difference::Created | Difference::Deleted => sheet.columns().map(|(field, _)| field).next(),
            };
            return Ok(field.and_then(|field| key_of(sheet, field)).map(|key| (*number, key)));
        }
        Ok(None)
    }

    async fn place_of(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        query: &RecordQuery,
        (number, field): (RecordNumber, String),
    ) -> Result<Option<(u64, String)>> {
        let view = self.sheets.view(tx, sheet).await?;
        let found = view.indices(tx, query, &[number]).await?;
        Ok(found.first().map(|(_, row)| (*row as u64, field)))
    }
}

async fn own(tx: &mut Tx, actor: &Actor, sheet: &Sheet) -> Result<Vec<OwnChange>> {
    Ok(changes::own(tx, sheet.number, &actor.id, MOST).await?)
}

fn steps(own: &[OwnChange]) -> Steps<ChangeId> {
    Steps::after(own.iter().map(|own| own.made.clone()))
}

fn counts(steps: &Steps<ChangeId>) -> StepCounts {
    StepCounts { undo: steps.undo.len() as u64, redo: steps.redo.len() as u64 }
}
