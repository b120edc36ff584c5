//! References: a value must stand in a column of another sheet of the workbook, or of the same sheet.
//!
//! What stands in such a column is kept as hashes beside the open sheet that has it. Edits move it on;
//! only a change of very many records makes it be read anew.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use super::cache::ChunkCache;
use super::column::BuildPlain;
use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER};
use super::link_columns::{LinkColumn, LinkColumns};
use super::number_set;
use super::open::Sheets;
use super::reading::Reading;
use super::rows::{Place, Rows};
use super::slice::Slice;
use super::state::State;
use crate::domain::access::Scope;
use crate::domain::blueprint::{Field, FieldType, Level, ReferenceConfig};
use crate::domain::ids::{CommitId, WorkbookId};
use crate::domain::record::{FieldNumber, Message, MessageSource, RecordNumber};
use crate::domain::value;
use crate::domain::workbook::Sheet;
use crate::store::records;
use crate::store::{Tx, sheets};

/// When more records changed than these, the column is read anew.
const FOLLOWED: usize = 2_000;

/// The references of one field.
pub(super) struct LinkRule {
    pub(super) field: FieldNumber,
    is_list: bool,
    config: ReferenceConfig,
    /// The field of the record that the candidates must agree with.
    record_field: Option<FieldNumber>,
    scope: Scope,
    workbook: WorkbookId,
    target: RwLock<Option<Target>>,
}

/// Where a reference leads, as it was found last.
#[derive(Clone)]
struct Target {
    columns: LinkColumns,
    values: Arc<LinkValues>,
    /// `No record of Departments has this value in Code`, in two parts around the value.
    sheet: String,
    label: String,
}

/// What stands in one column of a sheet; with a filter, together with another column.
#[derive(Default)]
pub(super) struct LinkValues {
    /// The version that the counts are of; held by whoever moves them on.
    at: tokio::sync::Mutex<Option<At>>,
    counts: RwLock<Counts>,
    /// Another number whenever a value comes or vanishes.
    stamp: AtomicU64,
}

/// How many records have a value, by its hash.
type Counts = HashMap<u64, u32, BuildPlain>;

struct At {
    state: Arc<State>,
    /// A version that was undone before it was committed has another commit than the one that came instead.
    commit: Option<CommitId>,
}

impl LinkRule {
    /// The rule of a field; nothing when the field refers to nothing.
    pub(super) fn of(sheet: &Sheet, number: FieldNumber, field: &Field) -> Option<Self> {
        let (is_list, config) = match &field.field_type {
            FieldType::Reference(config) => (false, config.clone()),
            FieldType::ReferenceList(config) => (true, config.clone()),
            _ => return None,
        };
        let record_field = config.filter.as_ref().and_then(|filter| sheet.field_number(&filter.record_field));
        Some(Self {
            field: number,
            is_list,
            config,
            record_field,
            scope: Scope::environment(sheet.account_id.clone(), sheet.environment_id.clone()),
            workbook: sheet.workbook_id.clone(),
            target: RwLock::new(None),
        })
    }

    /// The fields of a record that the rule reads.
    pub(super) fn reads(&self) -> impl Iterator<Item = FieldNumber> {
        std::iter::once(self.field).chain(self.record_field)
    }

    /// What is wrong with the reference of a record. Nothing is known of a sheet that is not there.
    pub(super) fn check<'a>(&self, text: impl Fn(FieldNumber) -> Option<&'a str>) -> Option<Message> {
        let given = text(self.field).map(str::trim).filter(|given| !given.is_empty())?;
        let held = self.target.read().unwrap_or_else(PoisonError::into_inner);
        let target = held.as_ref()?;
        let narrowed = self.record_field.map(|field| text(field).unwrap_or(""));
        let counts = target.values.counts.read().unwrap_or_else(PoisonError::into_inner);
        let is_there = |value: &str| counts.contains_key(&target.columns.key(value, narrowed));
        let (sheet, label) = (&target.sheet, &target.label);
        let which = match narrowed {
            Some(_) => " and agrees with this one",
            None => "",
        };
        if !self.is_list {
            return (!is_there(given))
                .then(|| unlinked(format!("No record of {sheet} has this value in {label}{which}")));
        }
        let missing = value::items(given).find(|item| !is_there(item))?;
        Some(unlinked(format!("No record of {sheet} has “{missing}” in {label}{which}")))
    }

    /// Finds the sheet that is meant and brings what is known of its values up to date.
    pub(super) async fn refresh(&self, sheets: &Sheets, tx: &mut Tx) -> Result<(), SheetError> {
        let found = self.find(tx).await?;
        let Some((sheet, columns, label)) = found else {
            *self.target.write().unwrap_or_else(PoisonError::into_inner) = None;
            return Ok(());
        };
        let values = sheets.link_values(sheet.number, columns);
        values.follow(sheets, tx, &sheet, columns).await?;
        let target = Target { columns, values, sheet: sheet.config.name.clone(), label };
        *self.target.write().unwrap_or_else(PoisonError::into_inner) = Some(target);
        Ok(())
    }

    /// A number that is another one when different references may be good.
    pub(super) fn stamp(&self) -> u64 {
        let held = self.target.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map_or(0, |target| target.values.stamp.load(Relaxed))
    }

    async fn find(&self, tx: &mut Tx) -> Result<Option<(Sheet, LinkColumns, String)>, SheetError> {
        let sheet = sheets::find_by_slug(tx, &self.scope, &self.workbook, &self.config.sheet).await?;
        let Some(sheet) = sheet else { return Ok(None) };
        let column = |key: &str| {
            let (number, field) = (sheet.field_number(key)?, sheet.config.field(key)?);
            Some((LinkColumn::new(number, Reading::of(&field.field_type)), field.label.clone()))
        };
        let Some((value, label)) = column(&self.config.key) else { return Ok(None) };
        let narrows = match (&self.config.filter, self.record_field) {
            (Some(filter), Some(_)) => column(&filter.ref_field).map(|(column, _)| column),
            _ => None,
        };
        // A filter by a field that is not there says nothing of anybody.
        if narrows.is_none() && self.record_field.is_some() {
            return Ok(None);
        }
        Ok(Some((sheet, LinkColumns::new(value, narrows), label)))
    }
}

impl LinkValues {
    /// What is known, in order.
    #[cfg(test)]
    pub(super) fn known(&self) -> std::collections::BTreeMap<u64, u32> {
        self.counts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(key, count)| (*key, *count))
            .collect()
    }

    /// Moves on to the version that the transaction sees.
    pub(super) async fn follow(
        &self,
        home: &Sheets,
        tx: &mut Tx,
        sheet: &Sheet,
        columns: LinkColumns,
    ) -> Result<(), SheetError> {
        let commit = records::commit_of_version(tx, sheet.number, sheet.version).await?.map(|row| row.id);
        let mut at = self.at.lock().await;
        // Whoever reads from an older view finds a newer answer: it is the better one.
        let is_known = |at: &At| match at.state.version.cmp(&sheet.version) {
            Ordering::Less => false,
            Ordering::Equal => at.commit == commit,
            Ordering::Greater => true,
        };
        if at.as_ref().is_some_and(is_known) {
            return Ok(());
        }
        let state = home.state_at(tx, sheet, sheet.version).await?;
        let changed = match &*at {
            Some(at) => changed_since(tx, sheet.number, at, sheet.version).await?,
            None => None,
        };
        let cache = home.cache();
        match (&*at, changed) {
            (Some(before), Some(numbers)) => {
                let old = texts(&cache, tx, &before.state, &numbers, columns).await?;
                let new = texts(&cache, tx, &state, &numbers, columns).await?;
                let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
                if move_on(&mut counts, old, new) {
                    self.stamp.store(next_stamp(), Relaxed);
                }
            }
            _ => {
                let counted = count(&cache, tx, &state, columns).await?;
                *self.counts.write().unwrap_or_else(PoisonError::into_inner) = counted;
                self.stamp.store(next_stamp(), Relaxed);
            }
        }
        *at = Some(At { state, commit });
        Ok(())
    }
}

fn next_stamp() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Relaxed) + 1
}

/// Takes values out and puts others in; whether a value came or vanished by it.
fn move_on(counts: &mut Counts, old: Vec<u64>, new: Vec<u64>) -> bool {
    let mut differs = false;
    for key in new {
        let count = counts.entry(key).or_insert(0);
        differs |= *count == 0;
        *count += 1;
    }
    for key in old {
        let Some(count) = counts.get_mut(&key) else { continue };
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
            differs = true;
        }
    }
    differs
}

/// The records that changed between two versions; nothing when they are many, or one is not before the other.
async fn changed_since(
    tx: &mut Tx,
    sheet: i64,
    at: &At,
    version: i64,
) -> Result<Option<BTreeSet<RecordNumber>>, SheetError> {
    let commit = records::commit_of_version(tx, sheet, at.state.version).await?.map(|row| row.id);
    let (before, most) = (at.state.version, FOLLOWED as i64);
    if commit != at.commit || !(before..=before.saturating_add(most)).contains(&version) {
        return Ok(None);
    }
    let mut numbers = BTreeSet::new();
    for commit in records::commits_between(tx, sheet, at.state.version, version).await? {
        let touched = commit.inserted + commit.updated + commit.deleted;
        if numbers.len() as u64 + touched > FOLLOWED as u64 {
            return Ok(None);
        }
        numbers.extend(number_set::decode(&commit.numbers)?);
    }
    Ok((numbers.len() <= FOLLOWED).then_some(numbers))
}

/// The values of some records of a version.
async fn texts(
    cache: &Arc<ChunkCache>,
    tx: &mut Tx,
    state: &Arc<State>,
    numbers: &BTreeSet<RecordNumber>,
    columns: LinkColumns,
) -> Result<Vec<u64>, SheetError> {
    let segments: BTreeSet<usize> =
        numbers.iter().filter_map(|number| state.manifest.holding(*number)).collect();
    let rows = fetch::rows(cache, tx, state, segments, &columns.wanted()).await?;
    let of = |number: &RecordNumber| {
        let place = rows.place_of(*number)?;
        columns.key_of(|field| rows.text(place, field))
    };
    Ok(numbers.iter().filter_map(of).collect())
}

/// All values of a version.
async fn count(
    cache: &Arc<ChunkCache>,
    tx: &mut Tx,
    state: &Arc<State>,
    columns: LinkColumns,
) -> Result<Counts, SheetError> {
    let mut counts = Counts::default();
    let places: Vec<usize> = (0..state.manifest.segments().len()).collect();
    for group in places.chunks(SCANNED_TOGETHER) {
        let rows = fetch::rows(cache, tx, state, group.iter().copied(), &columns.wanted()).await?;
        let group = group.to_vec();
        counts = blocking(move || {
            group.into_iter().for_each(|place| count_segment(&rows, place, columns, &mut counts));
            Ok(counts)
        })
        .await?;
    }
    let rows = Rows::new(state.clone(), HashMap::new());
    for place in 0..state.tail.len() {
        if let Some(key) = columns.key_of(|field| rows.text(Place::Tail(place), field)) {
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn count_segment(rows: &Rows, place: usize, columns: LinkColumns, counts: &mut Counts) {
    let fields: Vec<FieldNumber> = columns.fields().collect();
    let Some(slice) = Slice::new(rows, place, &fields) else { return };
    for row in (0..slice.records()).filter(|row| slice.is_live(*row)) {
        if let Some(key) = columns.key_of(|field| slice.text(row, columns.place(field))) {
            *counts.entry(key).or_insert(0) += 1;
        }
    }
}

fn unlinked(text: String) -> Message {
    Message { level: Level::Error, source: MessageSource::Unlinked, derived: true, text, path: None }
}
