//! Changing the cells of many records by one rule, whatever their number: segment by segment, in commits of a bounded
//! size, without a thing in memory for each record that is only looked at.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::bulk_segments;
use super::chunk::Part;
use super::commit::{Author, Edit, moved, told, write_manifest};
use super::error::{SheetError, blocking};
use super::extras::Extra;
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::fold;
use super::manifest::{Manifest, Segment};
use super::orders::Positions;
use super::overlay::Overlay;
use super::references::LinkRule;
use super::segment_change::{Checked, SegmentChange};
use super::slice::Slice;
use super::state::{State, counts};
use super::unique::Partner;
use super::update::RecordUpdate;
use super::view::View;
use super::writer::{CellInput, Committed, Working, Writer};
use crate::domain::cell_edit::{CellEdit, Edited};
use crate::domain::ids::ChangeId;
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, Message, RecordNumber};
use crate::store::{Tx, records};

/// Positions that are looked at together.
const WINDOW: usize = 1 << 17;

/// What becomes of the cells of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldEdit {
    /// The field.
    pub field: FieldNumber,
    /// The rule.
    pub edit: CellEdit,
    /// Its text came with a character that cannot be stored: the cells that get it say so.
    pub character_removed: bool,
}

impl FieldEdit {
    /// A cell that the rule changes to a text.
    fn cell(&self, text: Option<Cow<'_, str>>) -> CellInput {
        let messages = self.character_removed.then(|| vec![Message::character_removed()]);
        CellInput { text: text.map(String::from), messages }
    }
}

/// A change of many records on its way. It is made for one version of the sheet: whoever changes the sheet in between
/// ends it.
pub struct Bulk {
    edits: Arc<Vec<FieldEdit>>,
    /// The records that are meant, in the order of the sheet.
    positions: Positions,
    /// The place of each among all that are meant; nothing when it is that in the order of the sheet.
    places: Option<Vec<u32>>,
    /// How many of them were looked at.
    seen: usize,
    /// Cells that stay as they are because they would be too long.
    too_long: u64,
    /// The version that it is made for, and its layout.
    version: (i64, i64),
    /// Whether read-only records and cells stay as they are.
    spares: bool,
    /// What was found out and is not committed yet.
    waiting: VecDeque<SegmentChange>,
}

impl Bulk {
    fn new(
        edits: Vec<FieldEdit>,
        (positions, places): (Positions, Option<Vec<u32>>),
        state: &State,
        spares: bool,
    ) -> Self {
        let edits = Arc::new(edits);
        let version = (state.version, state.layout);
        Self { edits, positions, places, seen: 0, too_long: 0, version, spares, waiting: VecDeque::new() }
    }

    /// How many records were looked at, and how many are meant.
    pub fn progress(&self) -> (u64, u64) {
        (self.seen as u64, self.positions.len() as u64)
    }

    /// How many cells stay as they are because they would be longer than a cell may be.
    pub fn too_long(&self) -> u64 {
        self.too_long
    }

    fn fields(&self) -> Vec<FieldNumber> {
        self.edits.iter().map(|edit| edit.field).collect()
    }

    fn wanted(&self) -> Wanted {
        let extras = self.spares.then_some(Part::EXTRAS);
        Wanted::Parts(self.edits.iter().map(|edit| Part::field(edit.field)).chain(extras).collect())
    }

    /// The next positions that are looked at, each with its place among all that are meant.
    fn window(&self, most: usize) -> Vec<(u32, u32)> {
        let positions = self.positions.page(self.seen, most).into_iter();
        match &self.places {
            Some(places) => positions.zip(places.iter().skip(self.seen).copied()).collect(),
            None => positions.zip(self.seen as u32..).collect(),
        }
    }

    /// The changes that fit into what is left of a commit.
    fn take(&mut self, mut room: usize) -> Vec<SegmentChange> {
        let mut taken = Vec::new();
        while let Some(next) = self.waiting.pop_front_if(|next| next.rows.len() <= room) {
            room -= next.rows.len();
            taken.push(next);
        }
        taken
    }
}

/// The part of a commit that is written already.
struct Begun {
    edit: Edit,
    /// The records with it. Nothing lies over its chunks.
    state: Arc<State>,
    next_segment: i64,
}

impl Writer {
    /// Begins to change what a query means; [`Self::bulk_step`] does it.
    ///
    /// # Errors
    /// [`SheetError::Query`] when the query cannot be answered.
    pub async fn bulk(
        &mut self,
        tx: &mut Tx,
        query: &RecordQuery,
        edits: Vec<FieldEdit>,
    ) -> Result<Bulk, SheetError> {
        let query = RecordQuery { sort_field: None, sort_direction: None, ..query.clone() };
        let positions = self.view(tx).await?.positions(tx, &query).await?;
        let view = self.ready(tx, positions.len()).await?;
        let positions = view.positions(tx, &query).await?.by_number();
        Ok(Bulk::new(edits, positions, &view.state, self.spares))
    }

    /// Begins to change the records of these numbers, as far as they are there; a rule that goes by rows counts them
    /// in this order.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn bulk_of(
        &mut self,
        tx: &mut Tx,
        numbers: &[RecordNumber],
        edits: Vec<FieldEdit>,
    ) -> Result<Bulk, SheetError> {
        let view = self.ready(tx, numbers.len()).await?;
        let located = view.located(tx, numbers).await?;
        let mut meant = (0_u32..).zip(numbers);
        let place = |(number, position): (RecordNumber, u32)| {
            Some((position, meant.find(|(_, other)| **other == number)?.0))
        };
        let mut found: Vec<(u32, u32)> = located.into_iter().filter_map(place).collect();
        found.sort_unstable();
        found.dedup_by_key(|(position, _)| *position);
        let (positions, places): (Vec<u32>, Vec<u32>) = found.into_iter().unzip();
        Ok(Bulk::new(edits, (Positions::listed(positions), Some(places)), &view.state, self.spares))
    }

    /// The records, with nothing lying over their chunks when so many are to be changed that chunks are written.
    async fn ready(&mut self, tx: &mut Tx, records: usize) -> Result<View, SheetError> {
        let view = self.view(tx).await?;
        if records <= self.limits.patched_records || view.state.overlay.len() == 0 {
            return Ok(view);
        }
        self.fold(tx).await?;
        self.view(tx).await
    }

    /// Makes the next commit of a change; nothing when there is nothing left to change.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::Damaged`], and [`SheetError::Conflict`] when the sheet was changed since
    /// the last step.
    pub async fn bulk_step(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: &ChangeId,
        bulk: &mut Bulk,
    ) -> Result<Option<Committed>, SheetError> {
        let author = Author { by, change: Some(change) };
        if bulk.positions.len() <= self.limits.patched_records {
            return self.bulk_few(tx, author, bulk).await;
        }
        let mut working = self.begin(tx).await?;
        if (working.head.version, working.head.layout) != bulk.version {
            return Err(SheetError::Conflict);
        }
        let (state, next_segment) = (working.state.clone(), working.head.next_segment);
        let mut begun = Begun { edit: Edit::new("update"), state, next_segment };
        loop {
            if bulk.waiting.is_empty() && !self.look(tx, &begun.state, bulk).await? {
                break;
            }
            let run = bulk.take(self.limits.commit_records.saturating_sub(begun.edit.numbers.len()));
            match run.is_empty() {
                true if bulk.waiting.is_empty() => continue,
                true => break,
                false => {}
            }
            self.rewrite(tx, &mut working, &mut begun, (&bulk.edits, run)).await?;
        }
        if begun.edit.numbers.is_empty() {
            self.end(working);
            return Ok(None);
        }
        let committed = self.commit_begun(tx, author, working, begun).await?;
        bulk.version.0 = committed.version;
        Ok(Some(committed))
    }

    /// Few records go into the patch log.
    async fn bulk_few(
        &mut self,
        tx: &mut Tx,
        author: Author<'_>,
        bulk: &mut Bulk,
    ) -> Result<Option<Committed>, SheetError> {
        let window = bulk.window(usize::MAX);
        bulk.seen = bulk.positions.len();
        let view = self.view(tx).await?;
        let segments = window.iter().filter_map(|(position, _)| view.state.manifest.at(*position));
        let mut segments: Vec<usize> = segments.map(|(segment, _)| segment).collect();
        segments.dedup();
        let rows = fetch::rows(&self.cache, tx, &view.state, segments, &bulk.wanted()).await?;
        let mut updates = Vec::new();
        for (position, row) in window {
            let Some(place) = rows.place_at(position) else { continue };
            let mut cells = Vec::new();
            let extra = if bulk.spares { rows.extra(place) } else { Extra::default() };
            for edit in bulk.edits.iter() {
                if self.rules.key_of(edit.field).is_some_and(|key| extra.keeps(key)) {
                    continue;
                }
                match edit.edit.apply(rows.text(place, edit.field), row as usize) {
                    Edited::Same => {}
                    Edited::To(text) => cells.push((edit.field, edit.cell(text))),
                    Edited::TooLong => bulk.too_long += 1,
                }
            }
            if !cells.is_empty() {
                updates.push(RecordUpdate {
                    number: rows.number_at(place),
                    cells,
                    metadata: None,
                    config: None,
                });
            }
        }
        if updates.is_empty() {
            return Ok(None);
        }
        let committed = self.update(tx, author.by, author.change, updates).await?;
        Ok(committed.commit.is_some().then_some(committed))
    }

    /// Finds out what changes in the next segments; whether there were any.
    async fn look(&self, tx: &mut Tx, state: &Arc<State>, bulk: &mut Bulk) -> Result<bool, SheetError> {
        let window = bulk.window(WINDOW);
        let is_cut = window.len() == WINDOW;
        let selected = by_segment(&state.manifest, &window, is_cut);
        if selected.is_empty() {
            return Ok(false);
        }
        bulk.seen += selected.iter().map(|(_, rows)| rows.len()).sum::<usize>();
        let places = selected.iter().map(|(place, _)| *place);
        let rows = fetch::rows(&self.cache, tx, state, places, &bulk.wanted()).await?;
        let (edits, fields) = (bulk.edits.clone(), bulk.fields());
        let (spares, rules) = (bulk.spares, self.rules.clone());
        let (found, too_long) = blocking(move || {
            let mut too_long = 0;
            let change = |(place, selected): &(usize, Vec<(u32, u32)>)| {
                let slice = Slice::new(&rows, *place, &fields)?;
                let change = SegmentChange::of_edits(&slice, *place, selected, &edits, &mut too_long)?;
                match rows.segment_extras(*place).filter(|_| spares) {
                    Some(extras) => change.without(|row, field| {
                        let key = rules.key_of(field);
                        extras.of(row).zip(key).is_some_and(|(extra, key)| extra.keeps(key))
                    }),
                    None => Some(change),
                }
            };
            let found: Vec<_> = selected.iter().filter_map(change).collect();
            Ok((found, too_long))
        })
        .await?;
        bulk.waiting.extend(found);
        bulk.too_long += too_long;
        Ok(true)
    }

    /// Makes the segments anew that change, and marks the partners of their unique values.
    async fn rewrite(
        &self,
        tx: &mut Tx,
        working: &mut Working,
        begun: &mut Begun,
        (edits, run): (&[FieldEdit], Vec<SegmentChange>),
    ) -> Result<(), SheetError> {
        let removed = edits.iter().filter(|edit| edit.character_removed).map(|edit| edit.field).collect();
        let checked = Checked::saying_removed(removed);
        let changed = run.iter().flat_map(SegmentChange::fields);
        let mut fields: Vec<FieldNumber> = changed.collect();
        fields.sort_unstable();
        fields.dedup();
        let mut index = None;
        if self.rules.unique_fields().any(|field| fields.contains(&field)) {
            self.unique(tx, working).await?;
            index = working.take_unique();
            fields.extend(self.rules.unique_fields());
        }
        let links = self.rules.links.iter().filter(|link| link.reads().any(|field| fields.contains(&field)));
        let read: Vec<FieldNumber> = links.flat_map(LinkRule::reads).collect();
        fields.extend(read);
        let places = run.iter().map(|change| change.place);
        let rows = fetch::rows(&self.cache, tx, &begun.state, places, &Wanted::fields(&fields)).await?;
        let (cache, rules) = (self.cache.clone(), self.rules.clone());
        let mut edit = std::mem::take(&mut begun.edit);
        let (done, index) = blocking(move || {
            let mut index = index;
            let made = bulk_segments::run((&rules, checked), &rows, &fields, &run, index.as_mut(), &mut edit);
            let mut chunks = Vec::new();
            let segments: Vec<(usize, Segment)> = made
                .rewritten
                .into_iter()
                .map(|(place, rewritten)| (place, fold::name(&cache, rewritten, &mut chunks)))
                .collect();
            Ok(((edit, segments, chunks, made.partners), index))
        })
        .await?;
        if index.is_some() {
            working.put_unique(index);
        }
        let (edit, segments, chunks, partners) = done;
        begun.edit = edit;
        records::insert_chunks(tx, chunks).await?;
        begun.put(segments);
        self.mark_partners(tx, begun, &partners).await
    }

    /// Puts the marks of records that were not touched themselves into their segments.
    async fn mark_partners(
        &self,
        tx: &mut Tx,
        begun: &mut Begun,
        partners: &[Partner],
    ) -> Result<(), SheetError> {
        for (number, before, since) in self.partners(tx, &begun.state, partners).await? {
            begun.edit.remark(number, &before, since);
        }
        let patches = std::mem::take(&mut begun.edit.patches);
        if patches.is_empty() {
            return Ok(());
        }
        let mut overlay = Overlay::default();
        patches.into_iter().for_each(|(number, patch)| overlay.lay(number, patch));
        let next = &mut begun.next_segment;
        let manifest = fold::fold(&self.cache, tx, (&begun.state, self.limits), &overlay, &[], next).await?;
        begun.state = with_manifest(&begun.state, manifest);
        Ok(())
    }

    async fn commit_begun(
        &mut self,
        tx: &mut Tx,
        author: Author<'_>,
        mut working: Working,
        mut begun: Begun,
    ) -> Result<Committed, SheetError> {
        begun.edit.updated = begun.edit.numbers.len() as u64;
        begun.edit.any_value_changed = true;
        let old = working.state.clone();
        let mut head = moved(working.head, &begun.edit);
        head.next_segment = begun.next_segment;
        let manifest = begun.state.manifest.clone();
        write_manifest(tx, old.sheet, head.version, (old.version, &old.manifest), &manifest).await?;
        let commit = self.record(tx, author, old.sheet, &head, &begun.edit);
        let counts = counts(head.live, head.invalid);
        let state =
            State::new(old.sheet, head.version, manifest, Overlay::default(), counts, old.places.clone());
        let unique = working.take_unique();
        self.end(Working::moved(head, state, unique));
        Ok(Committed { commit: Some(commit), ..told(begun.edit, head.version, counts) })
    }
}

impl Begun {
    /// Puts segments into the places of those that they were made from.
    fn put(&mut self, made: Vec<(usize, Segment)>) {
        let mut segments = self.state.manifest.segments().to_vec();
        for (place, segment) in made {
            if let Some(before) = segments.get_mut(place) {
                *before = Arc::new(segment);
            }
        }
        self.state = with_manifest(&self.state, Manifest::new(segments));
    }
}

fn with_manifest(state: &State, manifest: Manifest) -> Arc<State> {
    let (counts, places) = (state.counts, state.places.clone());
    Arc::new(State::new(state.sheet, state.version, manifest, Overlay::default(), counts, places))
}

/// The rows that positions in the order of the sheet mean in each segment, with what comes beside them. The last
/// segment is left out when the positions are cut off there and others come before.
fn by_segment(manifest: &Manifest, positions: &[(u32, u32)], is_cut: bool) -> Vec<(usize, Vec<(u32, u32)>)> {
    let mut selected = Vec::new();
    let mut rest = positions;
    while let Some((place, _)) = rest.first().and_then(|(first, _)| manifest.at(*first)) {
        let (start, end) = (manifest.start(place), manifest.start(place + 1));
        let (here, others) = rest.split_at(rest.partition_point(|(position, _)| *position < end));
        if others.is_empty() && is_cut && !selected.is_empty() {
            break;
        }
        selected.push((place, here.iter().map(|(position, meant)| (position - start, *meant)).collect()));
        rest = others;
        if selected.len() == SCANNED_TOGETHER {
            break;
        }
    }
    selected
}
