//! Going back: a new version whose content is that of an old one.

use std::collections::BTreeSet;

use super::commit::{Author, Edit, write_manifest};
use super::error::SheetError;
use super::number_set;
use super::patch;
use super::state::State;
use super::writer::{Committed, Working, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::RecordNumber;
use crate::store::records::{self, SheetHead};
use crate::store::{Tx, changes};

impl Writer {
    /// Makes a version whose content is that of `to_version`; 0 is the empty sheet. Its chunks are used
    /// again, and what lay over them is laid over them again. `numbers` are those of all commits that
    /// were undone by it.
    ///
    /// # Errors
    /// [`SheetError::UnknownVersion`] when there is no such version, [`SheetError::Conflict`],
    /// [`SheetError::Damaged`], and those of the database.
    pub async fn roll_back(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        to_version: i64,
    ) -> Result<Committed, SheetError> {
        let working = self.begin(tx).await?;
        let (sheet, last) = (working.state.sheet, working.head.version);
        let mut edit = Edit::new("rollback");
        if to_version == last {
            return Ok(self.nothing(working, edit));
        }
        if !(0..last).contains(&to_version) {
            return Err(SheetError::UnknownVersion(to_version));
        }
        let then = State::read_version(tx, sheet, to_version, &working.state.places).await?;
        let head = SheetHead {
            version: last + 1,
            live: then.counts.total,
            invalid: then.counts.error,
            ..working.head
        };
        let mut numbers: BTreeSet<RecordNumber> = BTreeSet::new();
        for commit in records::commits_between(tx, sheet, to_version, last).await? {
            numbers.extend(number_set::decode(&commit.numbers)?);
        }
        edit.numbers = numbers.into_iter().collect();
        edit.updated = edit.numbers.len() as u64;
        edit.any_value_changed = true;
        edit.restores = Some(changes::content_of(tx, sheet, to_version).await?);

        let old = &working.state.manifest;
        write_manifest(tx, sheet, head.version, (last, old), &then.manifest).await?;
        records::fold_patches(tx, sheet, head.version).await?;
        if then.overlay.len() > 0 {
            let patches: Vec<_> = then.overlay.iter().collect();
            records::insert_patch(tx, sheet, head.version, patch::encode(patches.into_iter()));
        }
        let commit = self.record(tx, Author { by, change }, sheet, &head, &edit);
        let counts = then.counts;
        let state = State::new(sheet, head.version, then.manifest, then.overlay, counts, then.places);
        // The unique index is of what was undone.
        self.end(Working::moved(head, state, None));
        Ok(Committed {
            commit: Some(commit),
            version: head.version,
            numbers: edit.numbers,
            missing: Vec::new(),
            unseen: None,
            kept: None,
            changed_values: Vec::new(),
            any_value_changed: true,
            counts,
        })
    }
}
