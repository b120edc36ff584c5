//! Changing cells, their messages, metadata and config of records.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::chunk::Part;
use super::commit::{Author, Edit, TOLD_CELLS};
use super::error::SheetError;
use super::extras::tidy;
use super::fetch::Wanted;
use super::references::LinkRule;
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::touched::Touched;
use super::writer::{CellInput, ChangedCell, Committed, SeenCell, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::seen::{Verdict, verdict};
use crate::store::Tx;

/// What becomes of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordUpdate {
    /// The record.
    pub number: RecordNumber,
    /// The cells it is about; of a cell that comes twice the last counts.
    pub cells: Vec<(FieldNumber, CellInput)>,
    /// Replaces the metadata; `{}` takes it away.
    pub metadata: Option<Value>,
    /// Replaces the config; `{}` takes it away.
    pub config: Option<Value>,
}

/// All updates of one record together.
#[derive(Debug, Default)]
struct Wish {
    cells: BTreeMap<FieldNumber, CellInput>,
    metadata: Option<Value>,
    config: Option<Value>,
}

impl Writer {
    /// Changes records. Cells that change are checked again. When nothing changes there is no commit.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::Conflict`] and [`SheetError::Damaged`].
    pub async fn update(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        updates: Vec<RecordUpdate>,
    ) -> Result<Committed, SheetError> {
        self.update_as_seen(tx, by, change, updates, None).await
    }

    /// Changes records as [`Self::update`] does, unless a cell is not as it was seen: then nothing is written.
    ///
    /// # Errors
    /// The same.
    pub async fn update_as_seen(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        updates: Vec<RecordUpdate>,
        seen: Option<&SeenCell>,
    ) -> Result<Committed, SheetError> {
        let mut working = self.begin(tx).await?;
        let wishes = gather(updates);
        let mut fields: BTreeSet<FieldNumber> =
            wishes.values().flat_map(|wish| wish.cells.keys().copied()).collect();
        fields.extend(self.rules.unique_fields());
        fields.extend(self.rules.links.iter().flat_map(LinkRule::reads));
        let mut parts: Vec<Part> = fields.into_iter().map(Part::field).collect();
        parts.extend([Part::MESSAGES, Part::EXTRAS]);
        let rows = self.rows(tx, &working.state, wishes.keys().copied(), &Wanted::Parts(parts)).await?;

        let mut edit = Edit::new("update");
        edit.unseen = seen.and_then(|seen| unseen(&rows, &wishes, seen));
        edit.kept = if self.spares { kept(&self.rules, &rows, &wishes) } else { None };
        if edit.unseen.is_some() || edit.kept.is_some() {
            return Ok(self.nothing(working, edit));
        }
        let mut touched = BTreeMap::new();
        for (number, wish) in wishes {
            let Some(place) = rows.place_of(number) else {
                edit.missing.push(number);
                continue;
            };
            touched.insert(number, touch(&self.rules, &rows, place, number, wish, &mut edit));
        }
        let asked: Vec<RecordNumber> = touched.keys().copied().collect();
        self.settle(tx, &mut working, touched, &mut edit).await?;
        edit.numbers = asked.into_iter().filter(|number| edit.patches.contains_key(number)).collect();
        edit.updated = edit.numbers.len() as u64;
        if edit.patches.is_empty() {
            return Ok(self.nothing(working, edit));
        }
        self.commit(tx, Author { by, change }, working, edit).await
    }
}

/// What the cell holds, when the person who is about to change it never saw that.
fn unseen(rows: &Rows, wishes: &BTreeMap<RecordNumber, Wish>, seen: &SeenCell) -> Option<Option<String>> {
    let now = rows.text(rows.place_of(seen.number)?, seen.field);
    let wanted = wishes.get(&seen.number)?.cells.get(&seen.field)?.text.as_deref();
    (verdict(now, seen.text.as_deref(), wanted) == Verdict::Changed).then(|| now.map(str::to_string))
}

/// A read-only record that would change, and its cell when it is one.
fn kept(
    rules: &Rules,
    rows: &Rows,
    wishes: &BTreeMap<RecordNumber, Wish>,
) -> Option<(RecordNumber, Option<FieldNumber>)> {
    wishes.iter().find_map(|(number, wish)| {
        let place = rows.place_of(*number)?;
        let extra = rows.extra(place);
        let config = extra.config.as_ref()?;
        if wish.config.as_ref().is_some_and(|wanted| wanted != config) {
            return Some((*number, None));
        }
        let changes = |(field, input): &(&FieldNumber, &CellInput)| {
            rows.text(place, **field) != input.text.as_deref()
                && rules.key_of(**field).is_some_and(|key| extra.keeps(key))
        };
        let (field, _) = wish.cells.iter().find(changes)?;
        Some((*number, Some(*field).filter(|_| !extra.is_read_only())))
    })
}

fn gather(updates: Vec<RecordUpdate>) -> BTreeMap<RecordNumber, Wish> {
    let mut wishes: BTreeMap<RecordNumber, Wish> = BTreeMap::new();
    for update in updates {
        let wish = wishes.entry(update.number).or_default();
        wish.cells.extend(update.cells);
        wish.metadata = update.metadata.or(wish.metadata.take());
        wish.config = update.config.or(wish.config.take());
    }
    wishes
}

fn touch(
    rules: &Rules,
    rows: &Rows,
    place: Place,
    number: RecordNumber,
    wish: Wish,
    edit: &mut Edit,
) -> Touched {
    let before = rows.messages(place);
    let mut touched = Touched { since: before.clone(), before, ..Touched::default() };
    for (field, input) in wish.cells {
        let text = rows.text(place, field);
        let changes = text != input.text.as_deref();
        let custom = input.messages.map(|messages| messages.into_iter().filter(|message| !message.derived));
        if changes || custom.is_some() {
            touched.since.retain(|(other, message)| *other != field || (message.derived && !changes));
            touched.since.extend(custom.into_iter().flatten().map(|message| (field, message)));
        }
        if changes {
            rules.check(field, input.text.as_deref(), &mut touched.since);
            touched.is_checked |= rules.unique_fields().any(|other| other == field);
            edit.any_value_changed = true;
            if edit.changed_values.len() < TOLD_CELLS {
                let (before, after) = (text.map(str::to_string), input.text.clone());
                edit.changed_values.push(ChangedCell { number, field, before, after });
            }
            touched.patch.cells.insert(field, input.text.map(String::into_boxed_str));
        }
    }
    if !rules.links.is_empty() {
        let cells = &touched.patch.cells;
        let text = |field: FieldNumber| match cells.get(&field) {
            Some(text) => text.as_deref(),
            None => rows.text(place, field),
        };
        rules.check_links(|field| cells.contains_key(&field), text, &mut touched.since);
    }
    let extra = rows.extra(place);
    touched.patch.metadata = wish.metadata.map(tidy).filter(|metadata| *metadata != extra.metadata);
    touched.patch.config = wish.config.map(tidy).filter(|config| *config != extra.config);
    touched.old_keys = rules.keys(|field| rows.text(place, field));
    let cells = &touched.patch.cells;
    touched.new_keys = rules.keys(|field| match cells.get(&field) {
        Some(text) => text.as_deref(),
        None => rows.text(place, field),
    });
    touched
}
