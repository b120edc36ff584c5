//! One version of a sheet's records as it is held in memory: which chunks, and what lies over them.

use std::sync::Arc;

use super::error::SheetError;
use super::manifest::Manifest;
use super::orders::Orders;
use super::overlay::Overlay;
use super::patch::{self, RecordPatch};
use crate::domain::record::{Counts, RecordNumber};
use crate::store::Tx;
use crate::store::records::{self, At};
use crate::store::retention;

/// One version of the records of a sheet. It never changes.
#[derive(Debug)]
pub(super) struct State {
    /// The number of the sheet.
    pub(super) sheet: i64,
    pub(super) version: i64,
    pub(super) manifest: Manifest,
    pub(super) overlay: Overlay,
    /// Records that are in no segment yet; they stand after all others.
    pub(super) tail: Vec<(RecordNumber, Arc<RecordPatch>)>,
    pub(super) counts: Counts,
    pub(super) orders: Orders,
}

impl State {
    pub(super) fn new(
        sheet: i64,
        version: i64,
        manifest: Manifest,
        overlay: Overlay,
        counts: Counts,
    ) -> Self {
        let tail = overlay.tail();
        Self { sheet, version, manifest, overlay, tail, counts, orders: Orders::default() }
    }

    /// Reads a version from the database; `at` is the head or that version.
    async fn read(tx: &mut Tx, sheet: i64, version: i64, at: At) -> Result<Self, SheetError> {
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
        Ok(Self::new(sheet, version, Manifest::read(&segments, &columns)?, overlay, counts))
    }

    /// Reads the last version.
    pub(super) async fn read_head(tx: &mut Tx, sheet: i64, version: i64) -> Result<Self, SheetError> {
        Self::read(tx, sheet, version, At::Head).await
    }

    /// Reads an older version.
    pub(super) async fn read_version(tx: &mut Tx, sheet: i64, version: i64) -> Result<Self, SheetError> {
        if !retention::is_kept(tx, sheet, version).await? {
            return Err(SheetError::UnknownVersion(version));
        }
        Self::read(tx, sheet, version, At::Version(version)).await
    }

    /// Reads as much of a version as one record needs. Its counts say nothing.
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
        Ok(Self::new(sheet, version, Manifest::read(&segments, &columns)?, overlay, Counts::default()))
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
