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

/// Segments that are checked in one go.
const CHECKED_TOGETHER: usize = 256;
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

/// A part of the work on all records, done.
#[derive(Debug)]
pub struct RevalidatedAll {
    /// What was written: every record that is there is of one of the commits, whether its messages changed or not.
    pub commits: Vec<Committed>,
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
        let checking = self.check(tx, (sheet, stale), from, false).await?;
        let Checking { working, parts, rest, records } = checking;
        let mut changes = Changes::default();
        parts.into_iter().for_each(|part| changes.take(part));
        let committed = if changes.numbers.is_empty() {
            self.nothing(working, Edit::new("validate"))
        } else {
            self.write(tx, Author { by, change }, working, changes).await?
        };
        Ok(Revalidated { committed, rest, records })
    }

    /// The same of all messages, with commits about all records, each of as many as listeners read of one.
    ///
    /// # Errors
    /// The same.
    pub async fn revalidate_all(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: &ChangeId,
        sheet: &Sheet,
        from: RecordNumber,
    ) -> Result<RevalidatedAll, SheetError> {
        let checking = self.check(tx, (sheet, &Stale::all(sheet)), from, true).await?;
        let Checking { mut working, parts, rest, records } = checking;
        let mut commits = Vec::new();
        for changes in together(parts, self.limits.commit_records) {
            let author = Author { by, change: Some(change) };
            commits.push(self.write(tx, author, working, changes).await?);
            working = self.begin(tx).await?;
        }
        self.end(working);
        Ok(RevalidatedAll { commits, rest, records })
    }

    /// Looks at the records from `from` on, lists those that are there when that is wanted, and puts down the chunks of
    /// those whose messages change.
    async fn check(
        &mut self,
        tx: &mut Tx,
        (sheet, stale): (&Sheet, &Stale),
        from: RecordNumber,
        lists: bool,
    ) -> Result<Checking, SheetError> {
        self.follow(sheet);
        let mut working = self.begin(tx).await?;
        let state = working.state.clone();
        let segments = state.manifest.segments();
        let begin = segments.partition_point(|segment| segment.last < from);
        let end = segments.len().min(begin + CHECKED_TOGETHER);
        let mut records: u64 = segments[begin..end].iter().map(|segment| u64::from(segment.records)).sum();

        let recheck = Arc::new(self.recheck(tx, &mut working, stale, lists).await?);
        let mut parts = Vec::new();
        self.scan(tx, &state, &recheck, begin..end, &mut parts).await?;
        if end == segments.len() {
            let rows = Rows::new(state.clone(), HashMap::new());
            // Parts as large as a commit at most, of records that lie over no segment.
            for some in state.tail.chunks(self.limits.commit_records.max(1)) {
                let live = some.iter().map(|(number, _)| *number).filter(|_| lists).collect();
                let mut found = Found { live, ..Found::default() };
                let place = state.tail.partition_point(|(number, _)| *number < some[0].0);
                for (place, (number, _)) in (place..).zip(some) {
                    recheck.record(&rows, Place::Tail(place), *number, &mut found);
                }
                parts.push(Changes::of(found, Vec::new()));
            }
            records += state.tail.len() as u64;
        }
        let rest = segments.get(end).map(|segment| segment.first);
        Ok(Checking { working, parts, rest, records })
    }

    async fn recheck(
        &self,
        tx: &mut Tx,
        working: &mut Working,
        stale: &Stale,
        lists: bool,
    ) -> Result<Recheck, SheetError> {
        let mut doubles = Vec::new();
        if !stale.unique.is_empty() && !self.rules.unique.is_empty() {
            let index = self.unique(tx, working).await?;
            doubles = (0..self.rules.unique.len()).map(|rule| index.doubles(rule)).collect();
        }
        Ok(Recheck { rules: self.rules.clone(), stale: stale.clone(), doubles, lists })
    }

    /// Checks segments on another thread while the next ones are fetched.
    async fn scan(
        &self,
        tx: &mut Tx,
        state: &Arc<State>,
        recheck: &Arc<Recheck>,
        places: std::ops::Range<usize>,
        parts: &mut Vec<Changes>,
    ) -> Result<(), SheetError> {
        let fields = recheck.fields();
        let wanted = Wanted::Parts(recheck::parts(&fields));
        let together = (COLUMNS_TOGETHER / (fields.len() + 1)).clamp(1, SCANNED_TOGETHER);
        let places: Vec<usize> = places.collect();
        let mut running: Option<JoinHandle<Result<Vec<Checked>, SheetError>>> = None;
        for group in places.chunks(together) {
            let rows = fetch::rows(&self.cache, tx, state, group.iter().copied(), &wanted).await?;
            let (recheck, group) = (recheck.clone(), group.to_vec());
            let next = tokio::spawn(blocking(move || Ok(check(&recheck, &rows, &group))));
            if let Some(before) = running.replace(next) {
                self.keep(tx, state, before, parts).await?;
            }
        }
        match running {
            Some(last) => self.keep(tx, state, last, parts).await,
            None => Ok(()),
        }
    }

    /// Writes the chunks of a group that was checked.
    async fn keep(
        &self,
        tx: &mut Tx,
        state: &Arc<State>,
        group: JoinHandle<Result<Vec<Checked>, SheetError>>,
        parts: &mut Vec<Changes>,
    ) -> Result<(), SheetError> {
        let group = group.await.map_err(|_| SheetError::BrokenOff)??;
        let mut ids = chunk_id::reserve(group.iter().map(|checked| checked.chunks.len()).sum())..;
        let mut stored = Vec::new();
        for Checked { found, chunks } in group {
            let mut segments = Vec::new();
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
                segments.push((*place, segment));
            }
            parts.push(Changes::of(found, segments));
        }
        records::insert_chunks(tx, stored).await?;
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
        edit.numbers = if changes.live.is_empty() { changes.numbers } else { changes.live };
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

/// Records that were looked at.
struct Checking {
    working: Working,
    /// What was found out, one segment after another and then the records that are in none.
    parts: Vec<Changes>,
    rest: Option<RecordNumber>,
    records: u64,
}

/// What one commit changes.
#[derive(Default)]
struct Changes {
    segments: Vec<(usize, Segment)>,
    patches: Vec<(RecordNumber, RecordPatch)>,
    /// The records whose messages change.
    numbers: Vec<RecordNumber>,
    /// The records that are there.
    live: Vec<RecordNumber>,
    invalid: i64,
}

impl Changes {
    fn of(found: Found, segments: Vec<(usize, Segment)>) -> Self {
        let patch = |messages| RecordPatch { messages: Some(messages), ..RecordPatch::default() };
        let patches = found.records.into_iter().map(|(number, messages)| (number, patch(messages))).collect();
        Self { segments, patches, numbers: found.numbers, live: found.live, invalid: found.invalid }
    }

    fn take(&mut self, other: Self) {
        self.segments.extend(other.segments);
        self.patches.extend(other.patches);
        self.numbers.extend(other.numbers);
        self.live.extend(other.live);
        self.invalid += other.invalid;
    }
}

/// Parts that follow one another as commits of so many records at most; no part has more.
fn together(parts: Vec<Changes>, most: usize) -> Vec<Changes> {
    let mut commits: Vec<Changes> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.live.is_empty()) {
        match commits.last_mut().filter(|last| last.live.len() + part.live.len() <= most) {
            Some(last) => last.take(part),
            None => commits.push(part),
        }
    }
    commits
}

/// A segment after the check, its messages encoded; nothing where none are left.
struct Checked {
    found: Found,
    chunks: Vec<Option<Vec<u8>>>,
}

fn check(recheck: &Recheck, rows: &Rows, places: &[usize]) -> Vec<Checked> {
    let encode =
        |(_, chunk, _): &(usize, super::chunk::Chunk, u32)| (!chunk.is_empty()).then(|| chunk.encode());
    let check = |place: &usize| {
        let mut found = Found::default();
        recheck.segment(rows, *place, &mut found);
        let chunks = found.segments.iter().map(encode).collect();
        Checked { found, chunks }
    };
    places.iter().map(check).collect()
}
