//! Records for those who write them out: batch by batch, cell by cell, without making an object of each.
//!
//! In the order of the sheet a batch is a segment as it lies in memory. In another order some thousand
//! records are copied together, so that never more than a few segments are held.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::bits::Bits;
use super::chunk::Part;
use super::column::Column;
use super::error::{SheetError, blocking};
use super::extras::{Extra, Extras};
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::gathered::Gathered;
use super::messages::Messages;
use super::orders::Positions;
use super::patch::RecordPatch;
use super::rows::Rows;
use super::slice::Slice;
use super::view::View;
use crate::domain::record::{FieldNumber, Message, RecordNumber};
use crate::store::Tx;

/// Records that are looked at to find the next batch, and copied together at most.
const AHEAD: usize = 16_384;
/// As many records of one segment in a row are worth reading where they lie, and so are fewer when they are
/// a fourth of what is left of their segment: then the order is that of the sheet.
const WORTH_A_BATCH: usize = 1_024;
const DENSE: usize = 4;
/// Copying more records than this would keep other tasks waiting.
const COPIED_AT_ONCE: usize = 512;
/// Bytes of text in a batch that is copied together; beyond it the batch has fewer records.
const MOST_COPIED: usize = 32 << 20;

/// Walks records in an order, some thousand at a time.
pub struct Batches {
    view: View,
    positions: Positions,
    left: Range<usize>,
    fields: Arc<[FieldNumber]>,
    wanted: Wanted,
}

/// Some records with their cells, messages, metadata and config.
pub struct Batch {
    fields: Arc<[FieldNumber]>,
    held: Held,
}

enum Held {
    /// Rows of one segment, where they lie.
    Segment { rows: Rows, segment: usize, chosen: Vec<u32> },
    /// Records that were copied together.
    Copied(Gathered),
}

impl View {
    /// Walks the records at some places of an order, with the cells of `fields` in that order; of all
    /// columns when none are named.
    ///
    /// # Errors
    /// [`SheetError::Query`] when a field is unknown.
    pub fn batches(
        &self,
        positions: Positions,
        places: Range<usize>,
        fields: Option<&[String]>,
    ) -> Result<Batches, SheetError> {
        let parts = |fields: &[FieldNumber]| {
            fields.iter().map(|field| Part::field(*field)).chain([Part::MESSAGES, Part::EXTRAS]).collect()
        };
        let all = fields.is_none();
        let fields = self.rules.fields_of(fields)?;
        let wanted = if all { Wanted::All } else { Wanted::Parts(parts(&fields)) };
        let end = places.end.min(positions.len());
        let left = places.start.min(end)..end;
        Ok(Batches { view: self.clone(), positions, left, fields: fields.into(), wanted })
    }

    /// Those of the numbers that are there; they are asked for in order, and come in that of the sheet.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn positions_of_numbers(
        &self,
        tx: &mut Tx,
        numbers: &[RecordNumber],
    ) -> Result<Positions, SheetError> {
        let positions = self.positions_of(tx, numbers).await?;
        let Some(arrangement) = self.arrangement(tx).await? else { return Ok(Positions::listed(positions)) };
        let mut bits = Bits::zeros(self.state.positions() as usize);
        positions.into_iter().for_each(|position| bits.set(position as usize));
        Ok(Positions::arranged(bits, Some(arrangement)))
    }
}

impl Batches {
    /// The version that is read.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// How many records are still to come.
    pub fn left(&self) -> usize {
        self.left.len()
    }

    /// The next records; nothing after the last. Any transaction will do that sees the version.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<Batch>, SheetError> {
        let ahead = self.positions.page(self.left.start, AHEAD.min(self.left.len()));
        let Some(first) = ahead.first() else { return Ok(None) };
        let manifest = &self.view.state.manifest;
        let (held, taken) = match manifest.at(*first) {
            Some((segment, _)) => {
                let start = manifest.start(segment);
                let end = manifest.start(segment + 1);
                let run = ahead.iter().take_while(|position| (start..end).contains(position)).count();
                let dense = run * DENSE >= (end - first) as usize;
                if run == ahead.len() || run >= WORTH_A_BATCH || dense {
                    let chosen = ahead[..run].iter().map(|position| position - start).collect();
                    (self.segment(tx, segment, chosen).await?, run)
                } else {
                    self.copied(tx, ahead).await?
                }
            }
            None => self.copied(tx, ahead).await?,
        };
        self.left.start += taken;
        Ok(Some(Batch { fields: self.fields.clone(), held }))
    }

    async fn segment(&self, tx: &mut Tx, segment: usize, chosen: Vec<u32>) -> Result<Held, SheetError> {
        let View { cache, state, .. } = &self.view;
        let rows = fetch::rows(cache, tx, state, [segment], &self.wanted).await?;
        Ok(Held::Segment { rows, segment, chosen })
    }

    /// Copies records together, as many of them as are not too long; and how many that were.
    async fn copied(&self, tx: &mut Tx, mut positions: Vec<u32>) -> Result<(Held, usize), SheetError> {
        loop {
            if let Some(gathered) = self.gather(tx, &positions).await? {
                return Ok((Held::Copied(gathered), positions.len()));
            }
            positions.truncate(positions.len().div_ceil(2));
        }
    }

    /// Nothing when they are too long for one batch and can be halved.
    async fn gather(&self, tx: &mut Tx, positions: &[u32]) -> Result<Option<Gathered>, SheetError> {
        let View { cache, state, .. } = &self.view;
        let mut gathered = Gathered::new(positions, self.fields.len());
        let segments = gathered.segments(&state.manifest);
        // Records in no segment come last, with the last group or as the only ones.
        let groups = segments.chunks(SCANNED_TOGETHER).chain(segments.is_empty().then_some(&[][..]));
        for group in groups {
            let rows = fetch::rows(cache, tx, state, group.iter().copied(), &self.wanted).await?;
            let before = match group.last() {
                Some(last) if group.last() != segments.last() => state.manifest.start(last + 1),
                _ => u32::MAX,
            };
            if positions.len() <= COPIED_AT_ONCE {
                gathered.copy(&rows, &self.fields, before);
            } else {
                let fields = self.fields.clone();
                let copy = move || {
                    gathered.copy(&rows, &fields, before);
                    Ok(gathered)
                };
                gathered = blocking(copy).await?;
            }
            if gathered.memory() > MOST_COPIED && positions.len() > 1 {
                return Ok(None);
            }
        }
        gathered.finish();
        Ok(Some(gathered))
    }
}

impl Batch {
    /// How many records it has; never none.
    pub fn records(&self) -> usize {
        match &self.held {
            Held::Segment { chosen, .. } => chosen.len(),
            Held::Copied(gathered) => gathered.order().len(),
        }
    }

    /// The records for reading.
    pub fn open(&self) -> OpenBatch<'_> {
        match &self.held {
            Held::Segment { rows, segment, chosen } => {
                let slice = Slice::new(rows, *segment, &self.fields);
                let column = |place| slice.as_ref().and_then(|slice| slice.column(place));
                OpenBatch {
                    fields: &self.fields,
                    order: chosen,
                    columns: (0..self.fields.len()).map(column).collect(),
                    messages: rows.segment_messages(*segment),
                    extras: rows.segment_extras(*segment),
                    sorted: self.fields.is_sorted(),
                    numbers: None,
                    slice,
                }
            }
            Held::Copied(gathered) => OpenBatch {
                fields: &self.fields,
                order: gathered.order(),
                columns: gathered.columns().iter().map(Some).collect(),
                messages: Some(gathered.messages()),
                extras: Some(gathered.extras()),
                sorted: self.fields.is_sorted(),
                numbers: Some(gathered.numbers()),
                slice: None,
            },
        }
    }
}

/// A batch with its columns at hand.
pub struct OpenBatch<'a> {
    fields: &'a [FieldNumber],
    order: &'a [u32],
    columns: Vec<Option<&'a Column>>,
    messages: Option<&'a Messages>,
    extras: Option<&'a Extras>,
    /// Whether the numbers of the fields go up, so that one is quickly found.
    sorted: bool,
    /// Absent where the segment knows them.
    numbers: Option<&'a [RecordNumber]>,
    slice: Option<Slice<'a>>,
}

/// One record of a batch.
pub struct BatchRecord<'a> {
    row: u32,
    number: RecordNumber,
    batch: &'a OpenBatch<'a>,
    patch: Option<&'a RecordPatch>,
}

impl OpenBatch<'_> {
    /// The place of a field among the wanted ones.
    fn place(&self, field: FieldNumber) -> Option<usize> {
        match self.sorted {
            true => self.fields.binary_search(&field).ok(),
            false => self.fields.iter().position(|other| *other == field),
        }
    }

    /// The records in their order.
    pub fn records(&self) -> impl Iterator<Item = BatchRecord<'_>> {
        self.order.iter().map(|row| {
            let known = self.numbers.and_then(|numbers| numbers.get(*row as usize).copied());
            let slice = self.slice.as_ref();
            let number = known.or_else(|| slice.map(|slice| slice.number(*row))).unwrap_or(RecordNumber(0));
            let patch = slice.and_then(|slice| slice.patch(*row));
            BatchRecord { row: *row, number, batch: self, patch }
        })
    }
}

impl<'a> BatchRecord<'a> {
    /// Its number.
    pub fn number(&self) -> RecordNumber {
        self.number
    }

    /// The texts of its cells, in the order of the wanted fields.
    pub fn cells(&self) -> impl Iterator<Item = Option<&'a str>> {
        let (row, patch) = (self.row as usize, self.patch.filter(|patch| !patch.cells.is_empty()));
        self.batch.columns.iter().zip(self.batch.fields).map(move |(column, field)| {
            match patch.and_then(|patch| patch.cells.get(field)) {
                Some(changed) => changed.as_deref(),
                None => column.and_then(|column| column.get(row)),
            }
        })
    }

    /// Its messages on the wanted fields, with the places of these; errors of a cell come first.
    pub fn messages(&self) -> impl Iterator<Item = (usize, &'a Message)> + use<'a> {
        let changed = self.patch.and_then(|patch| patch.messages.as_deref());
        let stored = self.batch.messages.filter(|_| changed.is_none());
        let (batch, row) = (self.batch, self.row);
        let stored = stored.into_iter().flat_map(move |messages| messages.of(row));
        let all = changed.into_iter().flatten().map(|(field, message)| (*field, message)).chain(stored);
        all.filter_map(move |(field, message)| Some((batch.place(field)?, message)))
    }

    /// The customer's own data; nothing means `{}`.
    pub fn metadata(&self) -> Option<&'a Value> {
        match self.patch.and_then(|patch| patch.metadata.as_ref()) {
            Some(changed) => changed.as_ref(),
            None => self.stored()?.metadata.as_ref(),
        }
    }

    /// `{readonly, fields, markedForDeletion}`; nothing means `{}`.
    pub fn config(&self) -> Option<&'a Value> {
        match self.patch.and_then(|patch| patch.config.as_ref()) {
            Some(changed) => changed.as_ref(),
            None => self.stored()?.config.as_ref(),
        }
    }

    fn stored(&self) -> Option<&'a Extra> {
        self.batch.extras?.of(self.row)
    }
}
