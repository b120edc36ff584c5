//! Changes of many records: a rule over a query does what the same edits would do record by record.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::json;

use super::model::{Model, Row, set};
use super::stories::{cells, records, same, texts};
use super::{BY, FIELDS, SMALL, again, people, sheet_of, write};
use crate::domain::blueprint::FieldType;
use crate::domain::cell_edit::{CellEdit, Edited, Find};
use crate::domain::place::InsertAt;
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::{FieldNumber, Message, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{CellInput, Classes, Committed, FieldEdit, NewRecord, RecordUpdate, Sheets};
use crate::store::testing::databases;
use crate::store::testing::samples::{self, Tenant};
use crate::store::{Db, new_id};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<NewRecord>),
    /// Above or below a record.
    InsertBeside(Vec<NewRecord>, usize, bool),
    Edit(Vec<(usize, FieldNumber, CellInput)>),
    Delete(Vec<usize>),
    Bulk(RecordQuery, Vec<FieldEdit>),
    /// The version is kept, to be restored later.
    Keep,
    /// What happened since a kept version is taken back, or some classes of it.
    Restore(usize, Classes),
    /// An earlier change is taken back.
    Undo(usize),
    /// Nothing is held in memory any more.
    Forget,
}

fn edits() -> impl Strategy<Value = Vec<FieldEdit>> {
    let find = prop::sample::select(vec!["", "a", "\"A\"", "7", "long"]);
    let most = prop::sample::select(vec![3, 1 << 20]);
    let replace = (find, texts(), most).prop_map(|(find, with, most)| CellEdit::Replace {
        find: Find::parse(&FieldType::String, &json!(find)).unwrap(),
        with,
        most,
    });
    let filled = || prop::option::of(texts().prop_filter("not empty", |text| !text.is_empty()));
    let cycle = prop::collection::vec(filled(), 1..4);
    let edit = prop_oneof![
        3 => replace,
        1 => filled().prop_map(CellEdit::Set),
        1 => texts().prop_map(CellEdit::Fill),
        1 => cycle.prop_map(|texts| CellEdit::Cycle(texts.into())),
    ];
    let rule = (edit, prop::bool::weighted(0.2));
    prop::collection::btree_map(prop::sample::select(FIELDS.to_vec()), rule, 1..3).prop_map(|edits| {
        let edit = |(field, (edit, character_removed))| FieldEdit { field, edit, character_removed };
        edits.into_iter().rev().map(edit).collect()
    })
}

fn queries() -> impl Strategy<Value = RecordQuery> {
    let query = RecordQuery::default;
    prop::sample::select(vec![
        query(),
        RecordQuery { sort_field: Some("age".to_string()), ..query() },
        RecordQuery { filter: Some(Filter::Error), ..query() },
        RecordQuery { search_value: Some("a".to_string()), ..query() },
    ])
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => records(24).prop_map(Step::Insert),
        2 => (records(6), any::<usize>(), any::<bool>())
            .prop_map(|(records, pick, below)| Step::InsertBeside(records, pick, below)),
        3 => prop::collection::vec((any::<usize>(), cells()), 1..6).prop_map(|edits| {
            Step::Edit(edits.into_iter().map(|(pick, (field, input))| (pick, field, input)).collect())
        }),
        1 => prop::collection::vec(any::<usize>(), 1..8).prop_map(Step::Delete),
        6 => (queries(), edits()).prop_map(|(query, edits)| Step::Bulk(query, edits)),
        1 => Just(Step::Keep),
        2 => (any::<usize>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(pick, created, updated, deleted)| Step::Restore(pick, Classes { created, updated, deleted })
        ),
        3 => any::<usize>().prop_map(Step::Undo),
        1 => Just(Step::Forget),
    ]
}

/// A sheet and what it should be.
struct Story<'a> {
    db: &'a Db,
    tenant: &'a Tenant,
    sheets: Sheets,
    sheet: Sheet,
    model: Model,
    /// Versions that are kept, and what they hold.
    kept: Vec<(i64, Model)>,
    /// Records that came back as new ones.
    copied: BTreeSet<u64>,
    /// Each change: the versions before and after it.
    changes: Vec<[(i64, Model); 2]>,
}

impl Story<'_> {
    async fn step(&mut self, step: Step) -> Result<(), TestCaseError> {
        let (sheets, db, sheet) = (self.sheets.clone(), self.db, self.sheet.clone());
        let before = (self.version().await, self.model.clone());
        match step {
            Step::Insert(records) => {
                self.model.insert(&records);
                write!(sheets, db, &sheet, insert(records));
            }
            Step::InsertBeside(records, pick, below) => {
                let Some(beside) = self.pick(pick) else { return Ok(()) };
                let at = if below { InsertAt::After(beside) } else { InsertAt::Before(beside) };
                self.model.insert_at(&records, at);
                write!(sheets, db, &sheet, insert_at(records, at));
            }
            Step::Edit(picks) => {
                let updates: Vec<_> = picks.into_iter().filter_map(|pick| self.update(pick)).collect();
                self.model.update(&updates);
                write!(sheets, db, &sheet, update(updates));
            }
            Step::Delete(picks) => {
                let numbers: Vec<_> = picks.into_iter().filter_map(|pick| self.pick(pick)).collect();
                self.model.delete(&numbers);
                write!(sheets, db, &sheet, delete(numbers));
            }
            Step::Bulk(query, edits) => {
                let before = self.model.clone();
                let mut changed = self.bulk_in_model(&query, &edits);
                changed.sort_unstable();
                let commits = bulk(&sheets, db, &sheet, query, edits).await;
                let numbers: Vec<_> = commits.iter().flat_map(|commit| commit.numbers.clone()).collect();
                prop_assert_eq!(numbers, changed);
                prop_assert_eq!(commits.is_empty(), before.rows == self.model.rows);
                for commit in commits {
                    prop_assert!(commit.commit.is_some() && commit.numbers.len() <= SMALL.commit_records);
                }
            }
            Step::Keep => self.kept.push(before.clone()),
            Step::Restore(pick, classes) => {
                let Some((version, kept)) = pick_of(&self.kept, pick).cloned() else { return Ok(()) };
                self.restore((version, kept), before.clone(), classes).await;
            }
            Step::Undo(pick) => {
                let Some([then, left]) = pick_of(&self.changes, pick).cloned() else { return Ok(()) };
                self.restore(then, left, Classes::ALL).await;
            }
            Step::Forget => sheets.forget(),
        }
        let after = (self.version().await, self.model.clone());
        if after.0 > before.0 {
            self.changes.push([before, after]);
        }
        self.check().await
    }

    async fn version(&self) -> i64 {
        again(self.db, self.tenant, &self.sheet).await.version
    }

    /// Takes back what happened between two versions: at once when nothing happened since, else record by record.
    async fn restore(&mut self, then: (i64, Model), left: (i64, Model), classes: Classes) {
        let head = self.version().await;
        if head == left.0 && classes == Classes::ALL {
            let comes_back = |row: &Row| self.model.rows.iter().all(|other| other.number != row.number);
            if then.1.rows.iter().any(|row| comes_back(row) && self.copied.contains(&row.number)) {
                return;
            }
            let Model { next, order, .. } = self.model.clone();
            self.model = Model { next, order, ..then.1 };
            write!(self.sheets, self.db, &self.sheet, roll_back(then.0));
            return;
        }
        let gone = |old: &&Row| !left.1.rows.iter().any(|row| row.number == old.number);
        let gone: Vec<u64> = then.1.rows.iter().filter(gone).map(|row| row.number).collect();
        // In which order the copies of one record stand, and it itself when it is back, is nobody's business.
        let is_back = |number: &u64| self.model.rows.iter().any(|row| row.number == *number);
        if classes.deleted
            && (gone.iter().any(is_back) || gone.iter().any(|number| !self.copied.insert(*number)))
        {
            return;
        }
        let mut writer = self.sheets.writer(&self.sheet).await.unwrap();
        let mut tx = self.db.write().await.unwrap();
        let old = self.sheets.view_at(&mut tx, &self.sheet, then.0).await.unwrap();
        let new = self.sheets.view_at(&mut tx, &self.sheet, left.0).await.unwrap();
        let restored = writer.restore(&mut tx, (BY, &new_id()), (&old, &new), classes, None).await.unwrap();
        tx.commit().await.unwrap();
        writer.publish();
        let skipped = self.restore_in_model(&then.1, &left.1, classes);
        assert_eq!(restored.skipped_total, skipped);
    }

    /// The same in the model; how much of it is skipped.
    fn restore_in_model(&mut self, then: &Model, left: &Model, classes: Classes) -> u64 {
        let find = |model: &Model, number: u64| model.rows.iter().find(|row| row.number == number).cloned();
        let mut skipped = 0;
        for new in &left.rows {
            let place = self.model.rows.iter().position(|row| row.number == new.number);
            match (find(then, new.number), place) {
                (None, Some(place)) if classes.created => match self.model.rows[place].cells == new.cells {
                    true => _ = self.model.rows.remove(place),
                    false => skipped += 1,
                },
                (Some(old), place) if classes.updated && old.cells != new.cells => match place {
                    None => skipped += 1,
                    Some(place) => {
                        for field in FIELDS {
                            let [old, new] = [&old, new].map(|row| row.cells.get(&field));
                            let now = self.model.rows[place].cells.get(&field);
                            if old != new && now == new {
                                let text = old.cloned();
                                let input = CellInput { text, messages: None };
                                set(&mut self.model.rows[place], field, &input);
                            } else if old != new && now != old {
                                skipped += 1;
                            }
                        }
                    }
                },
                _ => {}
            }
        }
        let gone = then.rows.iter().filter(|old| classes.deleted && find(left, old.number).is_none());
        let mut gone: Vec<Row> = gone.cloned().collect();
        gone.sort_by_key(|row| row.number);
        for old in gone {
            let number = self.model.next;
            self.model.next += 1;
            let at = InsertAt::After(RecordNumber(old.number));
            self.model.put(Row { number, custom: BTreeMap::new(), ..old }, at);
        }
        skipped
    }

    fn pick(&self, pick: usize) -> Option<RecordNumber> {
        let rows = &self.model.rows;
        (!rows.is_empty()).then(|| RecordNumber(rows[pick % rows.len()].number))
    }

    fn update(&self, (pick, field, input): (usize, FieldNumber, CellInput)) -> Option<RecordUpdate> {
        let number = self.pick(pick)?;
        Some(RecordUpdate { number, cells: vec![(field, input)], metadata: None, config: None })
    }

    /// The same, record by record; the answer is the records that change.
    fn bulk_in_model(&mut self, query: &RecordQuery, edits: &[FieldEdit]) -> Vec<RecordNumber> {
        let mut meant = self.model.answer(query);
        meant.sort_unstable();
        let mut updates = Vec::new();
        let rows = self.model.rows.iter().filter(|row| meant.contains(&RecordNumber(row.number)));
        for (place, row) in rows.enumerate() {
            let cell = |FieldEdit { field, edit, character_removed }: &FieldEdit| {
                let Edited::To(text) = edit.apply(row.cells.get(field).map(String::as_str), place) else {
                    return None;
                };
                let messages = character_removed.then(|| vec![Message::character_removed()]);
                Some((*field, CellInput { text: text.map(Cow::into_owned), messages }))
            };
            let cells: Vec<_> = edits.iter().filter_map(cell).collect();
            let number = RecordNumber(row.number);
            updates.push(RecordUpdate { number, cells, metadata: None, config: None });
        }
        updates.retain(|update| !update.cells.is_empty());
        self.model.update(&updates);
        updates.into_iter().map(|update| update.number).collect()
    }

    async fn check(&self) -> Result<(), TestCaseError> {
        let sheet = again(self.db, self.tenant, &self.sheet).await;
        let mut tx = self.db.read().await.unwrap();
        let view = self.sheets.view(&mut tx, &sheet).await.unwrap();
        same(&view, &mut tx, &self.model).await?;
        prop_assert_eq!(sheet.counts, view.counts());
        Ok(())
    }
}

fn pick_of<T>(all: &[T], pick: usize) -> Option<&T> {
    all.get(pick.checked_rem(all.len())?)
}

/// One change by a rule, with all of its commits.
pub async fn bulk(
    sheets: &Sheets,
    db: &Db,
    sheet: &Sheet,
    query: RecordQuery,
    edits: Vec<FieldEdit>,
) -> Vec<Committed> {
    let mut writer = sheets.writer(sheet).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let mut bulk = writer.bulk(&mut tx, &query, edits).await.unwrap();
    let (change, mut commits) = (new_id(), Vec::new());
    while let Some(commit) = writer.bulk_step(&mut tx, BY, &change, &mut bulk).await.unwrap() {
        commits.push(commit);
    }
    tx.commit().await.unwrap();
    writer.publish();
    commits
}

#[test]
fn any_sequence_of_changes_is_what_a_plain_list_of_records_would_be() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for database in runtime.block_on(databases()) {
        let cases = if database.name == "SQLite" { 96 } else { 24 };
        let tenant = runtime.block_on(samples::tenant(&database));
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
        let told = TestRunner::new(config).run(&prop::collection::vec(steps(), 1..16), |steps| {
            runtime.block_on(async {
                let sheet = sheet_of(&database, &tenant, people()).await;
                let sheets = Sheets::with_limits(1 << 20, SMALL);
                let model = Model { next: 1, ..Model::default() };
                let mut story = Story {
                    db: &database,
                    tenant: &tenant,
                    sheets,
                    sheet,
                    model,
                    kept: Vec::new(),
                    copied: BTreeSet::new(),
                    changes: Vec::new(),
                };
                for step in steps {
                    story.step(step).await?;
                }
                Ok(())
            })
        });
        if let Err(failure) = told {
            panic!("{}: {failure}", database.name);
        }
    }
}
