//! Cells that a person typed into: written when nobody changed them meanwhile, else told of, with who did.

use super::edit_queue::{Change, Edit};
use super::records::Written;
use super::{Result, Service, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{Id, SheetId, UserId};
use crate::store::users;

/// A cell that a person typed into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedCell {
    /// The record's id.
    pub record: String,
    /// The field's key.
    pub field: String,
    /// The new text; nothing empties the cell.
    pub text: Option<String>,
    /// What the cell held when the person began.
    pub seen: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// It is written.
    Written(Box<Written>),
    /// Somebody else had changed the cell; nothing was written.
    Changed {
        /// What it holds.
        now: Option<String>,
        /// Who changed it, as far as that is known.
        by: Author,
    },
    /// The record is not there any more.
    Gone,
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The id of the actor; empty when it is not known any more.
    pub id: String,
    /// What a person is called.
    pub name: Option<String>,
}

impl Service {
    /// Writes what a person typed into a cell, unless the cell is not as they saw it. The same edit may come twice.
    pub async fn type_cell(&self, actor: &Actor, id: &SheetId, cell: TypedCell) -> Result<Typed> {
        allow(actor, Operation::WriteRecords)?;
        let (record, field) = (cell.record.clone(), cell.field.clone());
        let what = Change::Cell(cell);
        let mut written = self.edits.submit(id, Edit { actor: actor.clone(), what }).await?;
        if written.is_missing {
            return Ok(Typed::Gone);
        }
        match written.unseen.take() {
            Some(now) => Ok(Typed::Changed { now, by: self.last_author(actor, id, &record, &field).await? }),
            None => Ok(Typed::Written(Box::new(written))),
        }
    }

    /// Who changed the text of a cell last.
    async fn last_author(&self, actor: &Actor, id: &SheetId, record: &str, field: &str) -> Result<Author> {
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let cell = sheet.record_key.number(record)?.zip(sheet.field_number(field));
        let view = self.sheets.view(&mut tx, &sheet).await?;
        let commit = match cell {
            Some((number, field)) => view.last_change(&mut tx, number, field).await?,
            None => None,
        };
        let id = commit.map(|commit| commit.created_by).unwrap_or_default();
        let user = match UserId::parse(&id) {
            Ok(user) => users::find(&mut tx, &actor.scope.account_id, &user).await?,
            Err(_) => None,
        };
        Ok(Author { id, name: user.map(|user| user.name) })
    }
}
