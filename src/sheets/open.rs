//! The open sheets of this server: their heads, their locks, their unique indexes, and the cache.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::cache::ChunkCache;
use super::error::SheetError;
use super::import::ImportBuilder;
use super::limits::Limits;
use super::link_columns::LinkColumns;
use super::moved::Moved;
use super::places::Places;
use super::references::{LinkRule, LinkValues};
use super::rules::Rules;
use super::state::State;
use super::unique::UniqueIndex;
use super::view::View;
use super::writer::Writer;
use crate::domain::blueprint::SheetConfig;
use crate::domain::record::FieldNumber;
use crate::domain::workbook::Sheet;
use crate::store::records::{self, SheetHead};
use crate::store::{Tx, retention};

/// Sheets beyond this number are forgotten when nobody uses them, and read again when somebody does.
const OPEN_SHEETS: usize = 256;
/// Older versions of a sheet that stay in memory beside its head.
const OLD_VERSIONS: usize = 3;

/// The records of all sheets. Clones share everything.
#[derive(Clone)]
pub struct Sheets {
    inner: Arc<Inner>,
}

struct Inner {
    cache: Arc<ChunkCache>,
    limits: Limits,
    open: Mutex<HashMap<i64, Arc<OpenSheet>>>,
    moved: Moved,
}

/// One sheet that was used recently.
#[derive(Default)]
pub(super) struct OpenSheet {
    /// Held by whoever writes.
    pub(super) writing: Arc<tokio::sync::Mutex<Kept>>,
    states: Mutex<Vec<Arc<State>>>,
    rules: Mutex<Option<(Sheet, Arc<Rules>)>>,
    links: Mutex<HashMap<LinkColumns, Arc<LinkValues>>>,
}

/// The turn to write to a sheet on this server.
pub struct Turn {
    engine: (Sheets, Limits),
    open: Arc<OpenSheet>,
    kept: OwnedMutexGuard<Kept>,
    number: i64,
}

impl Turn {
    /// The writer of the sheet as it is. With `locked`, its head as the caller's transaction read and locked it, the
    /// writer need not ask for it.
    pub fn writer(self, sheet: &Sheet, locked: Option<SheetHead>) -> Writer {
        let rules = self.open.rules(sheet);
        Writer::new(self.engine, self.open, self.kept, self.number, rules, locked)
    }
}

/// What writers hand to one another.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) unique: Option<UniqueIndex>,
}

impl Sheets {
    /// Opens the records; decoded chunks take at most `cache_bytes` of memory.
    pub fn new(cache_bytes: usize) -> Self {
        Self::with_limits(cache_bytes, Limits::default())
    }

    /// The same; a sheet has at most `records`.
    pub fn with_most_records(cache_bytes: usize, records: u64) -> Self {
        Self::with_limits(cache_bytes, Limits { sheet_records: records, ..Limits::default() })
    }

    pub(super) fn with_limits(cache_bytes: usize, limits: Limits) -> Self {
        let cache = Arc::new(ChunkCache::new(cache_bytes));
        Self { inner: Arc::new(Inner { cache, limits, open: Mutex::default(), moved: Moved::default() }) }
    }

    /// The records of a sheet at `sheet.version`, which is the last one when the sheet was read in
    /// this transaction.
    ///
    /// # Errors
    /// [`SheetError::UnknownVersion`] when the sheet was read before its commit was undone.
    pub async fn view(&self, tx: &mut Tx, sheet: &Sheet) -> Result<View, SheetError> {
        self.view_at(tx, sheet, sheet.version).await
    }

    /// The records of a sheet as they were at a version.
    ///
    /// # Errors
    /// [`SheetError::UnknownVersion`] when no commit made that version.
    pub async fn view_at(&self, tx: &mut Tx, sheet: &Sheet, version: i64) -> Result<View, SheetError> {
        let state = self.state_at(tx, sheet, version).await?;
        let rules = self.open(sheet.number).rules(sheet);
        Ok(View::new(self.inner.cache.clone(), state, rules))
    }

    /// A version of a sheet.
    pub(super) async fn state_at(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        version: i64,
    ) -> Result<Arc<State>, SheetError> {
        let open = self.open(sheet.number);
        let known = match open.state(version, sheet.layout) {
            Some(_) if version < sheet.version && !retention::is_kept(tx, sheet.number, version).await? => {
                None
            }
            known => known,
        };
        Ok(match known {
            Some(state) => state,
            None => {
                let head =
                    records::head(tx, sheet.number).await?.ok_or(SheetError::UnknownVersion(version))?;
                // Where others may commit between two statements, a version is safer than the head.
                let known = open.places();
                let state = match head.version {
                    head if head == version && tx.is_read_only() => {
                        State::read_head(tx, sheet.number, version, &known).await?
                    }
                    _ => State::read_version(tx, sheet.number, version, &known).await?,
                };
                let state = Arc::new(state.laid_out(head.layout));
                // What another transaction may still undo is nobody else's business.
                if tx.is_read_only() {
                    open.keep(state.clone());
                }
                state
            }
        })
    }

    /// Makes segments of the rows of a file, which are checked by the rules and against the sheets that
    /// this one refers to, as they are now.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn import_builder(
        &self,
        tx: &mut Tx,
        sheet: &Sheet,
        mapping: &[Option<FieldNumber>],
    ) -> Result<ImportBuilder, SheetError> {
        let rules = self.linked_rules(tx, sheet).await?;
        Ok(ImportBuilder::with_rules(rules, mapping, self.inner.limits))
    }

    /// For each reference of a sheet a number; another one when what it leads to has changed.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn link_stamps(&self, tx: &mut Tx, sheet: &Sheet) -> Result<Vec<u64>, SheetError> {
        Ok(self.linked_rules(tx, sheet).await?.links.iter().map(LinkRule::stamp).collect())
    }

    async fn linked_rules(&self, tx: &mut Tx, sheet: &Sheet) -> Result<Arc<Rules>, SheetError> {
        let rules = self.open(sheet.number).rules(sheet);
        for link in &rules.links {
            link.refresh(self, tx).await?;
        }
        Ok(rules)
    }

    /// What stands in a column of a sheet, for those that refer to it.
    pub(super) fn link_values(&self, sheet: i64, columns: LinkColumns) -> Arc<LinkValues> {
        let open = self.open(sheet);
        let mut links = open.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.entry(columns).or_default().clone()
    }

    pub(super) fn cache(&self) -> Arc<ChunkCache> {
        self.inner.cache.clone()
    }

    /// The sheets that were written to on this server; whoever refers to them looks at them again.
    pub fn moved(&self) -> &Moved {
        &self.inner.moved
    }

    /// Takes the sheet for writing; waits for whoever writes to it on this server.
    pub async fn writer(&self, sheet: &Sheet) -> Result<Writer, SheetError> {
        Ok(self.turn(sheet.number).await.writer(sheet, None))
    }

    /// Waits until nobody on this server writes to the sheet of that number, and takes the turn.
    pub async fn turn(&self, number: i64) -> Turn {
        let open = self.open(number);
        let kept = open.writing.clone().lock_owned().await;
        Turn { engine: (self.clone(), self.inner.limits), open, kept, number }
    }

    /// The last version of a sheet, when its patch log has become so long that it is better folded while nobody
    /// writes than in somebody's edit.
    pub fn wants_folding(&self, number: i64) -> Option<i64> {
        let newest = self.open(number).newest()?;
        (newest.overlay.len() > self.inner.limits.logged_records / 4).then_some(newest.version)
    }

    fn open(&self, number: i64) -> Arc<OpenSheet> {
        let mut open = self.inner.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= OPEN_SHEETS && !open.contains_key(&number) {
            open.retain(|_, sheet| Arc::strong_count(sheet) > 1);
        }
        open.entry(number).or_default().clone()
    }

    /// The head of a sheet, when it is held in memory as it is stored.
    #[cfg(test)]
    pub(super) fn open_state(&self, sheet: &Sheet) -> Option<Arc<State>> {
        self.open(sheet.number).state(sheet.version, sheet.layout)
    }

    /// Forgets everything that is held in memory.
    #[cfg(test)]
    pub(super) fn forget(&self) {
        self.inner.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.cache.clear();
    }
}

impl OpenSheet {
    /// A version that is in memory, as the head of the sheet says that it is stored: a fold by another server takes
    /// away chunks that a version had.
    pub(super) fn state(&self, version: i64, layout: i64) -> Option<Arc<State>> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.iter().find(|state| (state.version, state.layout) == (version, layout)).cloned()
    }

    fn newest(&self) -> Option<Arc<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }

    /// The places as far as they are in memory.
    pub(super) fn places(&self) -> Arc<Places> {
        self.newest().map(|state| state.places.clone()).unwrap_or_default()
    }

    /// Keeps a committed version in memory.
    pub(super) fn keep(&self, state: Arc<State>) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.retain(|other| other.version != state.version);
        states.push(state);
        states.sort_by_key(|state| state.version);
        // What the versions before were asked is handed on already.
        states.iter().rev().skip(1).for_each(|state| state.orders.forget());
        if states.len() > OLD_VERSIONS + 1 {
            states.remove(0);
        }
    }

    /// The rules of the sheet's blueprint; made anew when that has changed.
    pub(super) fn rules(&self, sheet: &Sheet) -> Arc<Rules> {
        let mut held = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some((of, rules))
                if is_same(&of.config, &sheet.config) && of.field_numbers == sheet.field_numbers =>
            {
                rules.clone()
            }
            _ => {
                let rules = Arc::new(Rules::of(sheet));
                *held = Some((sheet.clone(), rules.clone()));
                rules
            }
        }
    }
}

/// Whether two blueprints say the same; most often they are one.
fn is_same(one: &Arc<SheetConfig>, other: &Arc<SheetConfig>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}
