//! Making the derived messages of a sheet anew, when its rules have changed or somebody wants to be
//! sure. Only the messages of segments where something changes are written; values stay where they are.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::chunk::Part;
use super::chunk_id;
use super::commit::{Author, Edit, write_manifest};
use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::manifest::{Manifest, Segment};
use super::patch::{self, RecordPatch};
use super::recheck::{self, Found, Recheck};
use super::rows::{Place, Rows};
use super::stale::Stale;
use super::state::{State, counts};
use super::writer::{Committed, Working, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::RecordNumber;
use crate::domain::workbook::Sheet;
use crate::store::Tx;
use crate::store::records::{self, SheetHead};

/// Segments of one commit; more records are checked in several.
const COMMITTED_TOGETHER: usize = 256;
/// Columns that are held at a time, roughly.
const COLUMNS_TOGETHER: usize = 512;

/// A part of the work, done.
#[derive(Debug)]
pub struct Revalidated {
    /// What was written; no commit when every message is what it was.
    pub committed: Committed,
    /// Where to go on; nothing when the sheet is done.
    pub rest: Option<RecordNumber>,
    /// How many records were looked at.
    pub records: u64,
}

impl Writer {
    /// Makes the stale messages of the records from `from` on anew, by the rules of `sheet`; as many
    /// records as one commit may be about. Call it again with what is left.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::Conflict`] and [`SheetError::Damaged`].
    pub async fn revalidate(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        (sheet, stale): (&Sheet, &Stale),
        from: RecordNumber,
    ) -> Result<Revalidated, SheetError> {
        self.follow(sheet);
        let mut working = self.begin(tx).await?;
        let state = working.state.clone();
        let segments = state.manifest.segments();
        let begin = segments.partition_point(|segment| segment.last < from);
        let end = segments.len().min(begin + COMMITTED_TOGETHER);
        let mut records: u64 = segments[begin..end].iter().map(|segment| u64::from(segment.records)).sum();

        let recheck = Arc::new(self.recheck(tx, &mut working, stale).await?);
        let mut changes = Changes::default();
        self.scan(tx, &state, &recheck, begin..end, &mut changes).await?;
        if end == segments.len() {
            let rows = Rows::new(state.clone(), HashMap::new());
            let mut found = Found::default();
            for (place, (number, _)) in state.tail.iter().enumerate() {
                recheck.record(&rows, Place::Tail(place), *number, &mut found);
            }
            records += state.tail.len() as u64;
            changes.take(found);
        }
        let rest = segments.get(end).map(|segment| segment.first);
        let committed = if changes.numbers.is_empty() {
            self.nothing(working, Edit::new("validate"))
        } else {
            self.write(tx, Author { by, change }, working, changes).await?
        };
        Ok(Revalidated { committed, rest, records })
    }

    async fn recheck(
        &self,
        tx: &mut Tx,
        working: &mut Working,
        stale: &Stale,
    ) -> Result<Recheck, SheetError> {
        let mut doubles = Vec::new();
        if !stale.unique.is_empty() && !self.rules.unique.is_empty() {
            let index = self.unique(tx, working).await?;
            doubles = (0..self.rules.unique.len()).map(|rule| index.doubles(rule)).collect();
        }
        Ok(Recheck { rules: self.rules.clone(), stale: stale.clone(), doubles })
    }

    /// Checks segments on another thread while the next ones are fetched.
    async fn scan(
        &self,
        tx: &mut Tx,
        state: &Arc<State>,
        recheck: &Arc<Recheck>,
        places: std::ops::Range<usize>,
        changes: &mut Changes,
    ) -> Result<(), SheetError> {
        let fields = recheck.fields();
        let wanted = Wanted::Parts(recheck::parts(&fields));
        let together = (COLUMNS_TOGETHER / (fields.len() + 1)).clamp(1, SCANNED_TOGETHER);
        let places: Vec<usize> = places.collect();
        let mut running: Option<JoinHandle<Result<Checked, SheetError>>> = None;
        for group in places.chunks(together) {
            let rows = fetch::rows(&self.cache, tx, state, group.iter().copied(), &wanted).await?;
            let (recheck, group) = (recheck.clone(), group.to_vec());
            let next = tokio::spawn(blocking(move || Ok(check(&recheck, &rows, &group))));
            if let Some(before) = running.replace(next) {
                self.keep(tx, state, before, changes).await?;
            }
        }
        match running {
            Some(last) => self.keep(tx, state, last, changes).await,
            None => Ok(()),
        }
    }

    /// Writes the chunks of a group that was checked.
    async fn keep(
        &self,
        tx: &mut Tx,
        state: &Arc<State>,
        group: JoinHandle<Result<Checked, SheetError>>,
        changes: &mut Changes,
    ) -> Result<(), SheetError> {
        let Checked { found, chunks } = group.await.map_err(|_| SheetError::BrokenOff)??;
        let mut ids = chunk_id::reserve(chunks.len())..;
        let mut stored = Vec::with_capacity(chunks.len());
        for ((place, _, invalid), bytes) in found.segments.iter().zip(chunks) {
            let Some(segment) = state.manifest.segments().get(*place) else { continue };
            let mut segment = Segment { invalid: *invalid, ..Segment::clone(segment) };
            match bytes {
                None => _ = segment.chunks.remove(&Part::MESSAGES),
                Some(bytes) => {
                    let id = ids.next().ok_or(SheetError::BrokenOff)?;
                    segment.chunks.insert(Part::MESSAGES, id);
                    stored.push((id, bytes));
                }
            }
            changes.segments.push((*place, segment));
        }
        records::insert_chunks(tx, stored).await?;
        changes.take(found);
        Ok(())
    }

    async fn write(
        &mut self,
        tx: &mut Tx,
        author: Author<'_>,
        mut working: Working,
        changes: Changes,
    ) -> Result<Committed, SheetError> {
        let old = working.state.clone();
        let head = SheetHead {
            version: working.head.version + 1,
            invalid: working.head.invalid.saturating_add_signed(changes.invalid),
            ..working.head
        };
        let mut segments = old.manifest.segments().to_vec();
        for (place, segment) in changes.segments {
            segments[place] = Arc::new(segment);
        }
        let manifest = Manifest::new(segments);
        let mut overlay = old.overlay.clone();
        if !changes.patches.is_empty() {
            let data = patch::encode(changes.patches.iter().map(|(number, patch)| (*number, patch)));
            records::insert_patch(tx, old.sheet, head.version, data);
        }
        for (number, patch) in changes.patches {
            overlay.lay(number, patch);
        }
        write_manifest(tx, old.sheet, head.version, (old.version, &old.manifest), &manifest).await?;
        let mut edit = Edit::new("validate");
        edit.updated = changes.numbers.len() as u64;
        edit.numbers = changes.numbers;
        edit.numbers.sort_unstable();
        let commit = self.record(tx, author, old.sheet, &head, &edit);
        let counts = counts(head.live, head.invalid);
        let state = State::new(old.sheet, head.version, manifest, overlay, counts, old.places.clone());
        let unique = working.take_unique();
        self.end(Working::moved(head, state, unique));
        Ok(Committed {
            commit: Some(commit),
            version: head.version,
            numbers: edit.numbers,
            missing: Vec::new(),
            unseen: None,
            kept: None,
            changed_values: Vec::new(),
            any_value_changed: false,
            counts,
        })
    }
}

/// What one commit changes.
#[derive(Default)]
struct Changes {
    segments: Vec<(usize, Segment)>,
    patches: Vec<(RecordNumber, RecordPatch)>,
    numbers: Vec<RecordNumber>,
    invalid: i64,
}

impl Changes {
    fn take(&mut self, found: Found) {
        let patch = |messages| RecordPatch { messages: Some(messages), ..RecordPatch::default() };
        self.patches.extend(found.records.into_iter().map(|(number, messages)| (number, patch(messages))));
        self.numbers.extend(found.numbers);
        self.invalid += found.invalid;
    }
}

/// A group of segments after the check, its messages encoded; nothing where none are left.
struct Checked {
    found: Found,
    chunks: Vec<Option<Vec<u8>>>,
}

fn check(recheck: &Recheck, rows: &Rows, places: &[usize]) -> Checked {
    let mut found = Found::default();
    for place in places {
        recheck.segment(rows, *place, &mut found);
    }
    let encode =
        |(_, chunk, _): &(usize, super::chunk::Chunk, u32)| (!chunk.is_empty()).then(|| chunk.encode());
    let chunks = found.segments.iter().map(encode).collect();
    Checked { found, chunks }
}
