//! The records that a write touches, and the part of it that all writes share: unique values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::commit::Edit;
use super::error::SheetError;
use super::messages::{self, CellMessage};
use super::patch::RecordPatch;
use super::state::State;
use super::writer::{Working, Writer};
use crate::domain::record::RecordNumber;
use crate::store::Tx;

/// A record on its way through a write.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) patch: RecordPatch,
    /// Messages before the write.
    pub(super) before: Vec<CellMessage>,
    /// Messages since, first without and at last with those of unique rules.
    pub(super) since: Vec<CellMessage>,
    /// For each unique rule what the record was compared by.
    pub(super) old_keys: Vec<Option<u64>>,
    /// For each unique rule what it is compared by since.
    pub(super) new_keys: Vec<Option<u64>>,
    /// Whether it is to be looked at again for doubles, because a value changed that a unique rule looks at.
    pub(super) is_checked: bool,
}

impl Writer {
    /// Moves the unique index on, marks doubles among the touched records and their partners, and puts
    /// everything into the edit.
    pub(super) async fn settle(
        &self,
        tx: &mut Tx,
        working: &mut Working,
        touched: BTreeMap<RecordNumber, Touched>,
        edit: &mut Edit,
    ) -> Result<(), SheetError> {
        let state: Arc<State> = working.state.clone();
        let moves = |touched: &Touched| touched.is_checked || touched.old_keys != touched.new_keys;
        let mut partners = Vec::new();
        let mut touched = touched;
        if !self.rules.unique.is_empty() && touched.values().any(moves) {
            let rules = self.rules.clone();
            let index = self.unique(tx, working).await?;
            for (number, touched) in &touched {
                for (rule, (old, new)) in touched.old_keys.iter().zip(&touched.new_keys).enumerate() {
                    if old != new {
                        old.iter().for_each(|key| index.remove(rule, *key, *number));
                        new.iter().for_each(|key| _ = index.add(rule, *key, *number));
                    }
                }
            }
            for touched in touched.values_mut() {
                for (place, (rule, key)) in rules.unique.iter().zip(&touched.new_keys).enumerate() {
                    rule.mark(&mut touched.since, key.is_some_and(|key| index.is_doubled(place, key)));
                }
            }
            partners = index.settle(|number| touched.contains_key(&number));
        }
        for (number, mut touched) in touched {
            if !touched.patch.deleted {
                messages::arrange(&mut touched.since);
                if touched.since != touched.before {
                    touched.patch.messages = Some(touched.since.clone());
                }
            }
            edit.recount(&touched.before, &touched.since);
            if !touched.patch.is_empty() {
                edit.patches.insert(number, touched.patch);
            }
        }
        for (number, before, since) in self.partners(tx, &state, &partners).await? {
            edit.remark(number, &before, since);
        }
        Ok(())
    }
}
