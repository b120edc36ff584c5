//! One version of a sheet's records as it is held in memory: which chunks, and what lies over them.

use std::sync::{Arc, OnceLock};

use super::arrangement::Arrangement;
use super::error::SheetError;
use super::manifest::Manifest;
use super::orders::Orders;
use super::overlay::Overlay;
use super::patch::{self, RecordPatch};
use super::places::Places;
use crate::domain::record::{Counts, RecordNumber};
use crate::store::Tx;
#[cfg(doc)]
use crate::store::records::SheetHead;
use crate::store::records::{self, At};
use crate::store::{places, retention};

/// One version of the records of a sheet. It never changes.
#[derive(Debug)]
pub(super) struct State {
    /// The number of the sheet.
    pub(super) sheet: i64,
    pub(super) version: i64,
    /// See [`SheetHead::layout`]; as the head had it when this was read or written.
    pub(super) layout: i64,
    pub(super) manifest: Manifest,
    pub(super) overlay: Overlay,
    /// Records that are in no segment yet; they stand after all others.
    pub(super) tail: Vec<(RecordNumber, Arc<RecordPatch>)>,
    pub(super) counts: Counts,
    pub(super) places: Arc<Places>,
    /// What the places mean for the positions, once somebody asked.
    pub(super) arrangement: OnceLock<Arc<Arrangement>>,
    pub(super) orders: Orders,
}

impl State {
    pub(super) fn new(
        sheet: i64,
        version: i64,
        manifest: Manifest,
        overlay: Overlay,
        counts: Counts,
        places: Arc<Places>,
    ) -> Self {
        let (tail, arrangement, orders) = (overlay.tail(), OnceLock::new(), Orders::default());
        Self { sheet, version, layout: 0, manifest, overlay, tail, counts, places, arrangement, orders }
    }

    /// Reads a version from the database; `at` is the head or that version.
    async fn read(
        tx: &mut Tx,
        sheet: i64,
        version: i64,
        at: At,
        known: &Arc<Places>,
    ) -> Result<Self, SheetError> {
        let counts = match version {
            0 => Counts::default(),
            _ => {
                let commit = records::commit_of_version(tx, sheet, version).await?;
                let commit = commit.ok_or(SheetError::UnknownVersion(version))?;
                counts(commit.live, commit.invalid)
            }
        };
        let segments = records::segments(tx, sheet, at).await?;
        let columns = records::columns(tx, sheet, at).await?;
        let mut overlay = Overlay::default();
        for data in records::patches(tx, sheet, at).await? {
            for (number, patch) in patch::decode(&data)? {
                overlay.lay(number, patch);
            }
        }
        // Places of later versions do no harm: they are of records that are not there yet.
        let places = match places::from(tx, sheet, known.end()).await?.as_slice() {
            [] => known.clone(),
            more => Arc::new(known.with(more)),
        };
        Ok(Self::new(sheet, version, Manifest::read(&segments, &columns)?, overlay, counts, places))
    }

    /// Reads the last version. The places that are known need not be read.
    pub(super) async fn read_head(
        tx: &mut Tx,
        sheet: i64,
        version: i64,
        known: &Arc<Places>,
    ) -> Result<Self, SheetError> {
        Self::read(tx, sheet, version, At::Head, known).await
    }

    /// Reads an older version. The places that are known need not be read.
    pub(super) async fn read_version(
        tx: &mut Tx,
        sheet: i64,
        version: i64,
        known: &Arc<Places>,
    ) -> Result<Self, SheetError> {
        if !retention::is_kept(tx, sheet, version).await? {
            return Err(SheetError::UnknownVersion(version));
        }
        Self::read(tx, sheet, version, At::Version(version), known).await
    }

    /// Reads as much of a version as one record needs. Its counts and places say nothing.
    pub(super) async fn read_around(
        tx: &mut Tx,
        sheet: i64,
        version: i64,
        number: RecordNumber,
    ) -> Result<Self, SheetError> {
        let segments = records::segments_around(tx, sheet, version, number.0).await?;
        let mut columns = Vec::new();
        for segment in &segments {
            columns.extend(records::columns_of(tx, sheet, version, segment.number).await?);
        }
        let mut overlay = Overlay::default();
        for data in records::patches(tx, sheet, At::Version(version)).await? {
            let patches = patch::decode(&data)?.into_iter().filter(|(other, _)| *other == number);
            patches.for_each(|(number, patch)| overlay.lay(number, patch));
        }
        let manifest = Manifest::read(&segments, &columns)?;
        Ok(Self::new(sheet, version, manifest, overlay, Counts::default(), Arc::default()))
    }

    /// The same, as the head says that it is stored.
    pub(super) fn laid_out(self, layout: i64) -> Self {
        Self { layout, ..self }
    }

    /// Positions that a record may have: every record in a segment, deleted or not, then the tail.
    pub(super) fn positions(&self) -> u32 {
        self.manifest.rows() + self.tail.len() as u32
    }

    /// Whether every position is of a record that is there.
    pub(super) fn is_whole(&self) -> bool {
        u64::from(self.positions()) == self.counts.total
    }
}

/// Counts from the two that are stored.
pub(super) fn counts(live: u64, invalid: u64) -> Counts {
    Counts { total: live, valid: live.saturating_sub(invalid), error: invalid }
}
