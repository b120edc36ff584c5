//! What became of one record, commit by commit, as far as the old versions are kept.

use std::sync::Arc;

use super::error::SheetError;
use super::fetch::{self, Wanted};
use super::number_set;
use super::rows::Rows;
use super::state::State;
use super::view::View;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::records::{self, CommitRow};
use crate::store::{Tx, retention};

/// Versions among which the last change of a cell is sought, and how many commits of its record are looked into.
const NEWEST: i64 = 2_000;
const MOST_LOOKED_AT: usize = 20;

/// A record in one version: the texts of its cells, in the order of the columns; nothing when it is not there.
type Texts = Option<Vec<Option<String>>>;

/// What one commit did to a record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordChange {
    /// The commit.
    pub commit: CommitRow,
    /// The texts before it.
    pub before: Texts,
    /// The texts since.
    pub after: Texts,
}

/// Whether a commit may have changed more than the messages that follow from the rules.
fn writes(commit: &CommitRow) -> bool {
    commit.kind != "validate"
}

impl View {
    /// What the commits up to this version did to a record, the last one first: one page, and how many commits touched
    /// the record.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn history(
        &self,
        tx: &mut Tx,
        number: RecordNumber,
        offset: u64,
        limit: u64,
    ) -> Result<(Vec<RecordChange>, u64), SheetError> {
        let kept = retention::kept_from(tx, self.state.sheet).await?;
        let mut touched = Vec::new();
        for commit in records::commits_between(tx, self.state.sheet, kept, self.state.version).await? {
            if writes(&commit) && number_set::contains(&commit.numbers, number)? {
                touched.push(commit);
            }
        }
        let total = touched.len() as u64;
        let page = touched.into_iter().rev().skip(offset as usize).take(limit as usize);
        let mut changes = Vec::new();
        for commit in page {
            let before = self.record_at(tx, commit.version - 1, number).await?;
            let after = self.record_at(tx, commit.version, number).await?;
            changes.push(RecordChange { commit, before, after });
        }
        Ok((changes, total))
    }

    /// The last commit that changed the text of a cell, when it is one of the newest.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn last_change(
        &self,
        tx: &mut Tx,
        number: RecordNumber,
        field: FieldNumber,
    ) -> Result<Option<CommitRow>, SheetError> {
        let (sheet, last) = (self.state.sheet, self.state.version);
        let kept = retention::kept_from(tx, sheet).await?.max(last - NEWEST);
        let place = self.rules.columns.iter().position(|(_, other)| *other == field);
        let text = |texts: &Texts| texts.as_ref().and_then(|texts| texts.get(place?)?.clone());
        let mut looked_at = 0;
        for commit in records::commits_between(tx, sheet, kept, last).await?.into_iter().rev() {
            if !writes(&commit) || !number_set::contains(&commit.numbers, number)? {
                continue;
            }
            let before = self.record_at(tx, commit.version - 1, number).await?;
            let after = self.record_at(tx, commit.version, number).await?;
            if text(&before) != text(&after) {
                return Ok(Some(commit));
            }
            looked_at += 1;
            if looked_at == MOST_LOOKED_AT {
                break;
            }
        }
        Ok(None)
    }

    async fn record_at(&self, tx: &mut Tx, version: i64, number: RecordNumber) -> Result<Texts, SheetError> {
        let state = Arc::new(State::read_around(tx, self.state.sheet, version, number).await?);
        let fields: Vec<FieldNumber> = self.rules.columns.iter().map(|(_, field)| *field).collect();
        let segments = 0..state.manifest.segments().len();
        let rows: Rows = fetch::rows(&self.cache, tx, &state, segments, &Wanted::fields(&fields)).await?;
        let Some(place) = rows.place_of(number) else { return Ok(None) };
        Ok(Some(fields.iter().map(|field| rows.text(place, *field).map(str::to_string)).collect()))
    }
}
