//! Writing to one sheet: commits that follow one another in a transaction, shown to readers once the
//! transaction is committed.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::cache::ChunkCache;
use super::error::SheetError;
use super::fetch::{self, Wanted};
use super::limits::Limits;
use super::messages::CellMessage;
use super::open::{Kept, OpenSheet, Sheets};
use super::rows::Rows;
use super::rules::Rules;
use super::state::State;
use super::unique::{Partner, UniqueIndex};
use super::view::View;
use crate::domain::ids::CommitId;
use crate::domain::record::{Counts, FieldNumber, Message, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::store::records::{self, SheetHead};
use crate::store::{StoreError, Tx};

/// What a write says of one cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellInput {
    /// The new text; nothing empties the cell.
    pub text: Option<String>,
    /// The cell's messages that are not derived from the blueprint. When none are given they stay as
    /// they are, or go if the text changes.
    pub messages: Option<Vec<Message>>,
}

/// A changed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedCell {
    /// The record.
    pub number: RecordNumber,
    /// The field.
    pub field: FieldNumber,
    /// The text before.
    pub before: Option<String>,
    /// The text since.
    pub after: Option<String>,
}

/// A cell as somebody saw it who is about to change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCell {
    /// The record.
    pub number: RecordNumber,
    /// The field.
    pub field: FieldNumber,
    /// The text that was there.
    pub text: Option<String>,
}

/// What a write did.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The commit; nothing when nothing changed.
    pub commit: Option<CommitId>,
    /// The version of the sheet since.
    pub version: i64,
    /// The records that were inserted, changed or deleted, in order. A record of which only a message
    /// changed because of another record is not among them.
    pub numbers: Vec<RecordNumber>,
    /// Records that were to be changed or deleted and are not there.
    pub missing: Vec<RecordNumber>,
    /// The text of a cell that nobody saw who wanted to change it: nothing was written.
    pub unseen: Option<Option<String>>,
    /// Changed cells of records that were there before, 1,000 at most.
    pub changed_values: Vec<ChangedCell>,
    /// A read-only record that a person wanted to change, and the cell unless it was more than one: nothing was
    /// written.
    pub kept: Option<(RecordNumber, Option<FieldNumber>)>,
    /// Whether any text changed, and not messages, metadata or config alone.
    pub any_value_changed: bool,
    /// Counts of the sheet since.
    pub counts: Counts,
}

/// The right to write to a sheet on this server. Every write is a commit of its own; all belong to
/// one transaction, after whose commit [`Writer::publish`] shows them. Dropped without, readers keep
/// what they had and the sheet is read again.
pub struct Writer {
    pub(super) cache: Arc<ChunkCache>,
    pub(super) rules: Arc<Rules>,
    pub(super) limits: Limits,
    home: Sheets,
    open: Arc<OpenSheet>,
    kept: OwnedMutexGuard<Kept>,
    sheet: i64,
    /// The head as the caller's transaction locked it, before the first write.
    locked: Option<SheetHead>,
    working: Option<Working>,
    /// Whether the sheets that this one refers to were looked at.
    is_linked: bool,
    /// How many records the sheet will have when what is being written is all there.
    pub(super) expected: u64,
    /// Whether read-only records and cells stay as they are.
    pub(super) spares: bool,
}

/// The sheet as the transaction sees it.
pub(super) struct Working {
    pub(super) head: SheetHead,
    pub(super) state: Arc<State>,
    unique: Option<UniqueIndex>,
}

impl Writer {
    pub(super) fn new(
        (home, limits): (Sheets, Limits),
        open: Arc<OpenSheet>,
        kept: OwnedMutexGuard<Kept>,
        sheet: i64,
        rules: Arc<Rules>,
        locked: Option<SheetHead>,
    ) -> Self {
        let cache = home.cache();
        Self {
            cache,
            rules,
            limits,
            home,
            open,
            kept,
            sheet,
            locked,
            working: None,
            is_linked: false,
            expected: 0,
            spares: false,
        }
    }

    /// Says whether records and cells that are read-only by their `config` stay as they are, because a person writes.
    /// Then a change of one is refused, a change of many leaves them out, and none of them is deleted.
    pub fn spare_read_only(&mut self, spares: bool) {
        self.spares = spares;
    }

    /// Shows what was written. Call it after the transaction was committed.
    pub fn publish(mut self) {
        let Some(working) = self.working.take() else { return };
        self.open.keep(working.state);
        self.kept.unique = working.unique;
        self.home.moved().add(self.sheet);
    }

    /// Shows what was written so far and goes on writing. Call it after the transaction was committed.
    pub fn show(&self) {
        if let Some(working) = &self.working {
            self.open.keep(working.state.clone());
            self.home.moved().add(self.sheet);
        }
    }

    /// The records as the transaction sees them.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn view(&mut self, tx: &mut Tx) -> Result<View, SheetError> {
        let working = self.begin(tx).await?;
        let state = working.state.clone();
        self.end(working);
        Ok(View::new(self.cache.clone(), state, self.rules.clone()))
    }

    /// The fields of the sheet, in the order of the columns.
    pub fn fields(&self) -> Vec<FieldNumber> {
        self.rules.columns.iter().map(|(_, field)| *field).collect()
    }

    /// Locks the sheet's row and takes what is known of its head. Who fails afterwards leaves nothing
    /// behind: what was taken is lost with the error.
    pub(super) async fn begin(&mut self, tx: &mut Tx) -> Result<Working, SheetError> {
        let head = match (self.locked, &self.working) {
            (Some(_), Some(working)) => working.head,
            (Some(locked), None) => locked,
            (None, _) => {
                let head = records::lock_head(tx, self.sheet).await?;
                head.ok_or_else(|| StoreError::Damaged("the sheet is not there".to_string()))?
            }
        };
        if !self.is_linked {
            for link in &self.rules.links {
                link.refresh(&self.home, tx).await?;
            }
            self.is_linked = true;
        }
        let is_it =
            |working: &Working| (working.head.version, working.head.layout) == (head.version, head.layout);
        if let Some(working) = self.working.take().filter(is_it) {
            return Ok(working);
        }
        let state = match self.open.state(head.version, head.layout) {
            Some(state) => state,
            None => {
                let state = State::read_head(tx, self.sheet, head.version, &self.open.places()).await?;
                Arc::new(state.laid_out(head.layout))
            }
        };
        let fits =
            |index: &UniqueIndex| index.version == head.version && Arc::ptr_eq(&index.rules, &self.rules);
        let unique = self.kept.unique.take().filter(fits);
        Ok(Working { head, state, unique })
    }

    /// Goes by the rules of the sheet as it is now.
    pub(super) fn follow(&mut self, sheet: &Sheet) {
        let rules = self.open.rules(sheet);
        if !Arc::ptr_eq(&rules, &self.rules) {
            self.rules = rules;
            self.working = None;
            self.is_linked = false;
        }
    }

    /// Ends a write: the next one of this writer goes on from here.
    pub(super) fn end(&mut self, working: Working) {
        self.working = Some(working);
    }

    /// The unique index; scanned together when it is not there.
    pub(super) async fn unique<'a>(
        &self,
        tx: &mut Tx,
        working: &'a mut Working,
    ) -> Result<&'a mut UniqueIndex, SheetError> {
        let index = match working.unique.take() {
            Some(index) => index,
            None if self.rules.unique.is_empty() => {
                UniqueIndex::new(self.rules.clone(), working.head.version)
            }
            None => UniqueIndex::build(&self.cache, tx, &working.state, &self.rules).await?,
        };
        Ok(working.unique.insert(index))
    }

    /// Fetches what is wanted of the segments that hold the records.
    pub(super) async fn rows(
        &self,
        tx: &mut Tx,
        state: &Arc<State>,
        numbers: impl Iterator<Item = RecordNumber>,
        wanted: &Wanted,
    ) -> Result<Rows, SheetError> {
        let mut segments: Vec<usize> = numbers.filter_map(|number| state.manifest.holding(number)).collect();
        segments.sort_unstable();
        segments.dedup();
        fetch::rows(&self.cache, tx, state, segments, wanted).await
    }

    /// The messages of records that a write did not touch but that begin or cease to have a double:
    /// for each its messages before and since.
    pub(super) async fn partners(
        &self,
        tx: &mut Tx,
        state: &Arc<State>,
        partners: &[Partner],
    ) -> Result<Vec<(RecordNumber, Vec<CellMessage>, Vec<CellMessage>)>, SheetError> {
        if partners.is_empty() {
            return Ok(Vec::new());
        }
        let numbers = partners.iter().map(|partner| partner.number);
        let rows = self.rows(tx, state, numbers, &Wanted::fields(&[])).await?;
        let mut changed = Vec::new();
        for group in partners.chunk_by(|one, next| one.number == next.number) {
            let Some(place) = rows.place_of(group[0].number) else { continue };
            let before = rows.messages(place);
            let mut since = before.clone();
            let mut differs = false;
            for partner in group {
                differs |= self.rules.unique[partner.rule].mark(&mut since, partner.doubled);
            }
            if differs {
                changed.push((group[0].number, before, since));
            }
        }
        Ok(changed)
    }
}

impl Working {
    pub(super) fn moved(head: SheetHead, state: State, unique: Option<UniqueIndex>) -> Self {
        let unique = unique.map(|mut index| {
            index.version = head.version;
            index
        });
        Self { head, state: Arc::new(state.laid_out(head.layout)), unique }
    }

    pub(super) fn take_unique(&mut self) -> Option<UniqueIndex> {
        self.unique.take()
    }

    pub(super) fn put_unique(&mut self, index: Option<UniqueIndex>) {
        self.unique = index;
    }
}
