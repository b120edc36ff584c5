//! Which segments a version of a sheet has, and which chunk serves each of their parts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunk::Part;
use super::error::Damage;
use crate::domain::record::RecordNumber;
use crate::store::records::{ColumnRow, SegmentRow};

/// One segment. Its records stand in the order of their numbers, and so do the segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) number: i64,
    /// Records in its chunks, the deleted ones included.
    pub(super) records: u32,
    pub(super) live: u32,
    pub(super) invalid: u32,
    pub(super) first: RecordNumber,
    pub(super) last: RecordNumber,
    /// The chunks; a part that is absent is empty.
    pub(super) chunks: BTreeMap<Part, i64>,
}

impl Segment {
    /// Whether its records' numbers follow one another, so that they need no chunk.
    pub(super) fn is_gapless(&self) -> bool {
        self.last.0 - self.first.0 + 1 == u64::from(self.records)
    }

    pub(super) fn row(&self) -> SegmentRow {
        SegmentRow {
            number: self.number,
            records: self.records.into(),
            live: self.live.into(),
            invalid: self.invalid.into(),
            first_record: self.first.0.cast_signed(),
            last_record: self.last.0.cast_signed(),
        }
    }

    fn read(row: &SegmentRow) -> Result<Self, Damage> {
        let small = |number: i64| u32::try_from(number).map_err(|_| Damage("a segment counts wrongly"));
        let large = |number: i64| u64::try_from(number).map_err(|_| Damage("a segment counts wrongly"));
        let (first, last) = (large(row.first_record)?, large(row.last_record)?);
        if last < first || row.records == 0 {
            return Err(Damage("a segment has no records"));
        }
        Ok(Self {
            number: row.number,
            records: small(row.records)?,
            live: small(row.live)?,
            invalid: small(row.invalid)?,
            first: RecordNumber(first),
            last: RecordNumber(last),
            chunks: BTreeMap::new(),
        })
    }
}

/// The segments of one version, in order. Clones share everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Manifest {
    segments: Arc<[Arc<Segment>]>,
    /// How many records stand before each segment; one entry more, for what comes after the last.
    starts: Arc<[u32]>,
}

impl Manifest {
    pub(super) fn new(segments: Vec<Arc<Segment>>) -> Self {
        let mut starts = Vec::with_capacity(segments.len() + 1);
        let mut start = 0;
        for segment in &segments {
            starts.push(start);
            start += segment.records;
        }
        starts.push(start);
        Self { segments: segments.into(), starts: starts.into() }
    }

    /// Whether this is a clone of the other, so that nothing can differ.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.segments, &other.segments)
    }

    pub(super) fn read(rows: &[SegmentRow], columns: &[ColumnRow]) -> Result<Self, Damage> {
        let mut segments = rows.iter().map(Segment::read).collect::<Result<Vec<_>, _>>()?;
        for column in columns {
            let place = segments.binary_search_by_key(&column.segment, |segment| segment.number);
            let place = place.map_err(|_| Damage("a chunk is of no segment"))?;
            segments[place].chunks.insert(Part(column.part), column.chunk);
        }
        if segments.windows(2).any(|pair| pair[0].last >= pair[1].first) {
            return Err(Damage("the segments of a sheet are not in order"));
        }
        Ok(Self::new(segments.into_iter().map(Arc::new).collect()))
    }

    pub(super) fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// Records in all segments, the deleted ones included.
    pub(super) fn rows(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The position of the first record of a segment.
    pub(super) fn start(&self, segment: usize) -> u32 {
        self.starts.get(segment).copied().unwrap_or(0)
    }

    /// The segment and the row at a position; nothing beyond the segments.
    pub(super) fn at(&self, position: u32) -> Option<(usize, u32)> {
        if position >= self.rows() {
            return None;
        }
        let segment = self.starts.partition_point(|start| *start <= position) - 1;
        Some((segment, position - self.starts[segment]))
    }

    /// The first segment with this number or a larger one.
    pub(super) fn reaching(&self, number: u64) -> Option<usize> {
        let place = self.segments.partition_point(|segment| segment.last.0 < number);
        (place < self.segments.len()).then_some(place)
    }

    /// The segment that a record would be in.
    pub(super) fn holding(&self, number: RecordNumber) -> Option<usize> {
        let place = self.segments.partition_point(|segment| segment.last < number);
        self.segments.get(place).is_some_and(|segment| segment.first <= number).then_some(place)
    }
}
