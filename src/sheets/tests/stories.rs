//! Random stories of a sheet, told to the record store and to the plain model at once.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::model::{Model, remark};
use super::{BY, FIELDS, again, people, sheet_of, write};
use crate::domain::blueprint::Level;
use crate::domain::place::InsertAt;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::{FieldNumber, Record, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::import::ImportBuilder;
use crate::sheets::limits::Limits;
use crate::sheets::{CellInput, Committed, NewRecord, RecordUpdate, Sheets, View};
use crate::store::records::{self, At};
use crate::store::testing::databases;
use crate::store::testing::samples::{self, Tenant};
use crate::store::{Db, Tx};

/// One thing that happens. Records are picked by their place among those that are there.
#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<NewRecord>),
    /// Above or below a record.
    InsertBeside(Vec<NewRecord>, usize, bool),
    Update(Vec<(usize, FieldNumber, CellInput, Extra)>),
    Delete(Vec<usize>),
    /// Most records at once.
    Sweep(usize),
    Import(Vec<[String; 3]>),
    RollBack(usize),
    Fold,
    /// Nothing is held in memory any more.
    Forget,
    /// From now on another server does the work; it remembers what it saw last.
    Elsewhere,
    /// A transaction that inserts, updates and deletes, and is dropped.
    Abandon(Vec<NewRecord>),
    /// Two commits in one transaction.
    Twice(Vec<NewRecord>, usize),
}

/// Metadata and config, as they are given.
type Extra = (Option<Value>, Option<Value>);

pub(super) fn texts() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "A", "b", "7", "7.0", "12", "x y", "longer than eight"])
        .prop_map(str::to_string)
}

pub(super) fn cells() -> impl Strategy<Value = (FieldNumber, CellInput)> {
    let messages = prop::option::weighted(
        0.2,
        prop::collection::vec(
            (
                prop::sample::select(vec!["odd", "even"]),
                prop::sample::select(vec![Level::Info, Level::Error]),
            ),
            0..2,
        ),
    );
    (prop::sample::select(FIELDS.to_vec()), prop::option::of(texts()), messages).prop_map(
        |(field, text, messages)| {
            let messages = messages
                .map(|messages| messages.into_iter().map(|(text, level)| remark(text, level)).collect());
            (field, CellInput { text, messages })
        },
    )
}

pub(super) fn records(most: usize) -> impl Strategy<Value = Vec<NewRecord>> {
    let record = (prop::collection::btree_map(0..3usize, cells(), 0..4), extras()).prop_map(
        |(cells, (metadata, config))| {
            let mut given: Vec<(FieldNumber, CellInput)> = Vec::new();
            for (field, input) in cells.into_values() {
                given.retain(|(other, _)| *other != field);
                given.push((field, input));
            }
            NewRecord { cells: given, metadata, config }
        },
    );
    prop::collection::vec(record, 1..most)
}

fn extras() -> impl Strategy<Value = Extra> {
    let some = || {
        let value =
            prop::sample::select(vec![json!({}), json!({"k": 1}), json!({"readonly": true, "n": [1, null]})]);
        prop::option::weighted(0.2, value)
    };
    (some(), some())
}

/// Measures so small that every story meets full segments, large commits and full patch logs.
fn measures() -> impl Strategy<Value = Limits> {
    (1..12u32, 1..6usize, 0..14usize, prop::sample::select(vec![8usize, 64, 1 << 20])).prop_map(
        |(segment_records, patched_records, more, segment_bytes)| Limits {
            segment_records,
            segment_bytes,
            patched_records,
            logged_records: patched_records + more,
            ..Limits::default()
        },
    )
}

fn steps() -> impl Strategy<Value = Step> {
    let update = (any::<usize>(), cells(), extras())
        .prop_map(|(pick, (field, input), extra)| (pick, field, input, extra));
    prop_oneof![
        4 => records(4).prop_map(Step::Insert),
        2 => records(20).prop_map(Step::Insert),
        4 => (records(6), any::<usize>(), any::<bool>())
            .prop_map(|(records, pick, below)| Step::InsertBeside(records, pick, below)),
        6 => prop::collection::vec(update, 1..8).prop_map(Step::Update),
        3 => prop::collection::vec(any::<usize>(), 1..4).prop_map(Step::Delete),
        1 => (2..5usize).prop_map(Step::Sweep),
        2 => prop::collection::vec([texts(), texts(), texts()], 1..20).prop_map(Step::Import),
        2 => any::<usize>().prop_map(Step::RollBack),
        2 => Just(Step::Fold),
        2 => Just(Step::Forget),
        2 => Just(Step::Elsewhere),
        1 => records(8).prop_map(Step::Abandon),
        1 => (records(6), any::<usize>()).prop_map(|(records, pick)| Step::Twice(records, pick)),
    ]
}

/// A sheet and everything that it should be, version by version.
struct Story<'a> {
    db: &'a Db,
    tenant: &'a Tenant,
    limits: Limits,
    sheets: Sheets,
    /// Another server on the same database.
    other: Sheets,
    sheet: Sheet,
    model: Model,
    versions: Vec<Model>,
}

impl<'a> Story<'a> {
    async fn new(db: &'a Db, tenant: &'a Tenant, limits: Limits) -> Self {
        let sheet = sheet_of(db, tenant, people()).await;
        let server = || Sheets::with_limits(1 << 20, limits);
        let model = Model { next: 1, ..Model::default() };
        let versions = vec![model.clone()];
        Self { db, tenant, limits, sheets: server(), other: server(), sheet, model, versions }
    }

    fn pick(&self, pick: usize) -> RecordNumber {
        // Now and then one that is not there.
        let rows = &self.model.rows;
        if rows.is_empty() || pick.is_multiple_of(13) {
            return RecordNumber(9_999);
        }
        RecordNumber(rows[pick % rows.len()].number)
    }

    fn commit(&mut self, committed: &Committed, before: &Model) {
        match committed.commit {
            Some(_) => self.versions.push(self.model.clone()),
            None => assert_eq!(before.records(), self.model.records(), "there is no commit but a change"),
        }
        assert_eq!(committed.version as usize, self.versions.len() - 1);
    }

    async fn step(&mut self, step: Step) {
        let before = self.model.clone();
        let (sheets, db, sheet) = (self.sheets.clone(), self.db, self.sheet.clone());
        match step {
            Step::Insert(records) => {
                self.model.insert(&records);
                let committed = write!(sheets, db, &sheet, insert(records));
                let numbers = &self.model.rows[before.rows.len()..];
                assert!(
                    numbers.iter().map(|row| RecordNumber(row.number)).eq(committed.numbers.iter().copied())
                );
                self.commit(&committed, &before);
            }
            Step::InsertBeside(records, pick, below) => {
                let rows = &before.rows;
                let Some(row) = rows.get(pick % rows.len().max(1)) else { return };
                let beside = RecordNumber(row.number);
                let at = if below { InsertAt::After(beside) } else { InsertAt::Before(beside) };
                self.model.insert_at(&records, at);
                let committed = write!(sheets, db, &sheet, insert_at(records, at));
                self.commit(&committed, &before);
            }
            Step::Update(picks) => {
                let updates: Vec<_> = picks.into_iter().map(|pick| self.update(pick)).collect();
                self.model.update(&updates);
                let committed = write!(sheets, db, &sheet, update(updates));
                if committed.commit.is_some() {
                    assert_ne!(before.records(), self.model.records(), "a commit that changes nothing");
                }
                self.commit(&committed, &before);
            }
            Step::Delete(picks) => {
                let numbers: Vec<_> = picks.into_iter().map(|pick| self.pick(pick)).collect();
                self.delete(numbers, &before).await;
            }
            Step::Sweep(every) => {
                let rows = before.rows.iter().enumerate().filter(|(place, _)| place % every > 0);
                let numbers = rows.map(|(_, row)| RecordNumber(row.number)).collect();
                self.delete(numbers, &before).await;
            }
            Step::Import(rows) => {
                let filled = |row: &[String; 3]| NewRecord {
                    cells: FIELDS
                        .into_iter()
                        .zip(row)
                        .filter(|(_, text)| !text.is_empty())
                        .map(|(field, text)| (field, super::text(text.clone())))
                        .collect(),
                    ..NewRecord::default()
                };
                self.model.insert(&rows.iter().map(filled).collect::<Vec<_>>());
                let mut builder = ImportBuilder::with_limits(&sheet, &FIELDS.map(Some), self.limits);
                let mut drafts: Vec<_> = rows
                    .iter()
                    .filter_map(|row| builder.push_row(|column| row.get(column).map(String::as_str)))
                    .collect();
                drafts.extend(builder.finish());
                let committed = write!(sheets, db, &sheet, append(drafts));
                self.commit(&committed, &before);
            }
            Step::RollBack(pick) => {
                let to = pick % self.versions.len();
                let Model { next, order, .. } = self.model.clone();
                self.model = Model { next, order, ..self.versions[to].clone() };
                let committed = write!(sheets, db, &sheet, roll_back(to as i64));
                self.commit(&committed, &before);
            }
            Step::Fold => {
                let mut writer = sheets.writer(&sheet).await.unwrap();
                let mut tx = db.write().await.unwrap();
                writer.fold(&mut tx).await.unwrap();
                let segments = records::segments(&mut tx, sheet.number, At::Head).await.unwrap();
                tx.commit().await.unwrap();
                writer.publish();
                let invalid = self.model.records().iter().filter(|record| !record.is_valid()).count();
                assert_eq!(
                    segments.iter().map(|segment| segment.live).sum::<i64>() as usize,
                    before.rows.len()
                );
                assert_eq!(segments.iter().map(|segment| segment.invalid).sum::<i64>() as usize, invalid);
            }
            Step::Forget => self.sheets.forget(),
            Step::Elsewhere => std::mem::swap(&mut self.sheets, &mut self.other),
            Step::Abandon(records) => {
                let mut writer = sheets.writer(&sheet).await.unwrap();
                let mut tx = db.write().await.unwrap();
                let at = InsertAt::After(RecordNumber(1));
                writer.insert_at(&mut tx, BY, None, records, at).await.unwrap();
                writer.delete(&mut tx, BY, None, vec![self.pick(1)]).await.unwrap();
                writer.fold(&mut tx).await.unwrap();
            }
            Step::Twice(records, pick) => {
                let mut writer = sheets.writer(&sheet).await.unwrap();
                let mut tx = db.write().await.unwrap();
                let first = writer.insert(&mut tx, BY, None, records.clone()).await.unwrap();
                self.model.insert(&records);
                self.commit(&first, &before);
                let number = self.pick(pick);
                let seen = writer
                    .view(&mut tx)
                    .await
                    .unwrap()
                    .numbers(&mut tx, &RecordQuery::default())
                    .await
                    .unwrap();
                assert!(seen.iter().map(|number| number.0).eq(self.model.rows.iter().map(|row| row.number)));
                let second = writer.delete(&mut tx, BY, None, vec![number]).await.unwrap();
                let between = self.model.clone();
                self.model.delete(&[number]);
                self.commit(&second, &between);
                tx.commit().await.unwrap();
                writer.publish();
            }
        }
    }

    async fn delete(&mut self, numbers: Vec<RecordNumber>, before: &Model) {
        self.model.delete(&numbers);
        let committed = write!(self.sheets, self.db, &self.sheet, delete(numbers));
        self.commit(&committed, before);
    }

    fn update(&self, (pick, field, input, extra): (usize, FieldNumber, CellInput, Extra)) -> RecordUpdate {
        let (metadata, config) = extra;
        RecordUpdate { number: self.pick(pick), cells: vec![(field, input)], metadata, config }
    }

    /// What a reader and the log of commits show.
    async fn seen(&self) -> String {
        let sheet = again(self.db, self.tenant, &self.sheet).await;
        let records = super::all(&self.sheets, self.db, &self.sheet).await;
        let mut tx = self.db.read().await.unwrap();
        let commits = records::commits(&mut tx, self.sheet.number, None, 3).await.unwrap();
        let commits: Vec<_> = commits
            .into_iter()
            .map(|row| (row.kind, row.version, row.inserted, row.updated, row.deleted, row.live, row.invalid))
            .collect();
        format!("{:?} {:?} {commits:?} {records:?}", sheet.version, sheet.counts)
    }

    /// Everything that can be asked of the head, and what old versions say.
    async fn check(&self, old: usize) -> Result<(), TestCaseError> {
        let sheet = again(self.db, self.tenant, &self.sheet).await;
        prop_assert_eq!(sheet.version as usize, self.versions.len() - 1);
        let mut tx = self.db.read().await.unwrap();
        let view = self.sheets.view(&mut tx, &sheet).await.unwrap();
        same(&view, &mut tx, &self.model).await?;
        prop_assert_eq!(sheet.counts, view.counts());
        let old = old % self.versions.len();
        let view = self.sheets.view_at(&mut tx, &sheet, old as i64).await.unwrap();
        same(&view, &mut tx, &self.versions[old]).await
    }
}

pub(super) async fn same(view: &View, tx: &mut Tx, model: &Model) -> Result<(), TestCaseError> {
    let expected = model.records();
    let mut records = view.page(tx, &RecordQuery::default(), 0, usize::MAX, None).await.unwrap();
    records.iter_mut().flat_map(|record| &mut record.cells).for_each(|cell| cell.messages.sort());
    prop_assert_eq!(&records, &expected);
    let invalid = expected.iter().filter(|record| !record.is_valid()).count() as u64;
    prop_assert_eq!((view.counts().total, view.counts().error), (expected.len() as u64, invalid));
    for query in queries() {
        let numbers = view.numbers(tx, &query).await.unwrap();
        prop_assert_eq!(numbers, model.answer(&query), "{:?}", query);
    }
    let by_field = view.errors_by_field(tx, &RecordQuery::default(), None).await.unwrap();
    for (place, key) in super::KEYS.iter().enumerate() {
        let count = expected.iter().filter(|record| !record.cells[place].is_valid()).count() as u64;
        prop_assert_eq!(by_field.get(*key).copied().unwrap_or(0), count, "errors of {}", key);
    }
    let some: Vec<RecordNumber> = expected.iter().rev().step_by(2).map(|record| record.number).collect();
    let found = view.records(tx, &some).await.unwrap();
    prop_assert!(found.iter().map(|record: &Record| record.number).eq(some.iter().copied()));
    Ok(())
}

fn queries() -> Vec<RecordQuery> {
    let query = RecordQuery::default;
    vec![
        RecordQuery { filter: Some(Filter::Error), ..query() },
        RecordQuery { filter: Some(Filter::Valid), search_value: Some("a".to_string()), ..query() },
        RecordQuery { sort_field: Some("age".to_string()), ..query() },
        RecordQuery {
            sort_field: Some("age".to_string()),
            sort_direction: Some(SortDirection::Desc),
            filter: Some(Filter::Error),
            ..query()
        },
    ]
}

/// Runs stories: `cases` of them, and as many times more as the environment says for a long run. The seed of
/// a failure is printed; `INLET_TEST_SEED` repeats it.
fn tell(
    runtime: &Runtime,
    cases: u32,
    test: impl AsyncFn(Limits, Vec<(Step, usize)>) -> Result<(), TestCaseError>,
) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("INLET_TEST_SEED").unwrap_or_else(|| u64::from_le_bytes(crate::store::random_bytes()));
    let times = number("INLET_TEST_STORIES").unwrap_or(1) as u32;
    let config = Config {
        cases: cases * times,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let stories = (measures(), prop::collection::vec((steps(), any::<usize>()), 1..24));
    let told = runner.run(&stories, |(limits, steps)| runtime.block_on(test(limits, steps)));
    if let Err(failure) = told {
        panic!("INLET_TEST_SEED={seed}: {failure}");
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_sheet_is_at_every_version_what_a_plain_list_of_records_would_be() {
    let runtime = runtime();
    for database in runtime.block_on(databases()) {
        let tenant = runtime.block_on(samples::tenant(&database));
        let cases = if database.name == "SQLite" { 96 } else { 24 };
        println!("{}", database.name);
        tell(&runtime, cases, async |limits, steps| {
            let mut story = Story::new(&database, &tenant, limits).await;
            for (step, old) in steps {
                story.step(step).await;
                story.check(old).await?;
            }
            Ok(())
        });
    }
}

#[test]
fn both_databases_show_the_same_after_every_step() {
    let runtime = runtime();
    let databases = runtime.block_on(databases());
    let [one, other] = &databases[..] else { return };
    let (first, second) = (runtime.block_on(samples::tenant(one)), runtime.block_on(samples::tenant(other)));
    tell(&runtime, 24, async |limits, steps| {
        let mut stories = [Story::new(one, &first, limits).await, Story::new(other, &second, limits).await];
        for (step, _) in steps {
            for story in &mut stories {
                story.step(step.clone()).await;
            }
            let [one, other] = &stories;
            prop_assert_eq!(one.seen().await, other.seen().await, "{:?}", step);
        }
        Ok(())
    });
}
