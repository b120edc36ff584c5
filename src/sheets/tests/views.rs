//! A view is what a naive filter and sort of all records would give, whatever was asked and edited before.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::{AGE, EMAIL, FIELDS, KEYS, NAME, again, file_row, people, person, sheet_of, text, write};
use crate::domain::blueprint::{FieldType, Level};
use crate::domain::place::InsertAt;
use crate::domain::query::{Comparison, Condition, Filter, Operator, Quality, RecordQuery, SortDirection};
use crate::domain::record::{FieldNumber, Record, RecordNumber};
use crate::domain::value::read_number;
use crate::domain::workbook::Sheet;
use crate::sheets::cell_test::CellTest;
use crate::sheets::import::ImportBuilder;
use crate::sheets::limits::Limits;
use crate::sheets::{RecordUpdate, SheetError, Sheets, ValuesWanted, View};
use crate::store::testing::samples::{self, Tenant};
use crate::store::{Db, Tx};

const LIMITS: Limits = Limits {
    sheet_records: 1 << 20,
    segment_records: 16,
    segment_bytes: 1 << 20,
    patched_records: 5,
    logged_records: 12,
    places: 1_000,
    commit_records: 20,
};

#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<[String; 3]>),
    /// Above or below a record.
    InsertBeside(Vec<[String; 3]>, usize, bool),
    Import(Vec<[String; 3]>),
    Update(Vec<(usize, FieldNumber, String)>),
    Delete(Vec<usize>),
    Fold,
}

fn texts() -> impl Strategy<Value = String> {
    let texts = [
        "",
        "a",
        "A",
        "ab",
        "é",
        "7",
        "7.0",
        "12",
        "-1",
        "x y",
        "longer than sixteen bytes 1",
        "longer than sixteen bytes 2",
    ];
    prop::sample::select(texts.to_vec()).prop_map(str::to_string)
}

fn rows() -> impl Strategy<Value = Vec<[String; 3]>> {
    prop::collection::vec([texts(), texts(), texts()], 1..20)
}

fn steps() -> impl Strategy<Value = Step> {
    let fields = prop::sample::select(FIELDS.to_vec());
    let updates = prop::collection::vec((any::<usize>(), fields, texts()), 1..8);
    prop_oneof![
        2 => rows().prop_map(Step::Insert),
        2 => (rows(), any::<usize>(), any::<bool>())
            .prop_map(|(rows, pick, below)| Step::InsertBeside(rows, pick, below)),
        2 => rows().prop_map(Step::Import),
        4 => updates.prop_map(Step::Update),
        2 => prop::collection::vec(any::<usize>(), 1..8).prop_map(Step::Delete),
        1 => Just(Step::Fold),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    let field = || prop::option::of(prop::sample::select(KEYS.to_vec()).prop_map(str::to_string));
    let value = prop_oneof![
        texts(),
        prop::sample::select(vec!["%a%", "_", "l%1", "er", "not"]).prop_map(str::to_string)
    ];
    let comparison = (field(), 0usize..9, value).prop_map(|(field, operator, value)| Comparison {
        field,
        operator: Operator::ALL[operator].0,
        value,
    });
    let one = prop_oneof![
        4 => comparison.clone().prop_map(Condition::Cell),
        1 => comparison.prop_map(Condition::Message),
        1 => (field(), 0usize..3).prop_map(|(field, at)| Condition::Is { field, quality: Quality::ALL[at].0 }),
    ];
    one.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner, 2..4).prop_map(Condition::Or),
        ]
    })
}

/// A query, and its `q` as a tree.
fn queries() -> impl Strategy<Value = (RecordQuery, Option<Condition>)> {
    let filters = prop::sample::select(vec![
        None,
        Some(Filter::Valid),
        Some(Filter::Error),
        Some(Filter::All),
        Some(Filter::None),
    ]);
    let keys = || prop::option::of(prop::sample::select(KEYS.to_vec()).prop_map(str::to_string));
    let search = prop::option::weighted(0.3, prop::sample::select(vec!["a", "É", "\"\"", "\"7\"", "BYTES"]));
    let down = prop::option::of(prop::sample::select(vec![SortDirection::Asc, SortDirection::Desc]));
    let condition = prop::option::weighted(0.6, conditions());
    (filters, (keys(), keys()), search, keys(), down, condition).prop_map(
        |(filter, (filter_field, search_field), search, sort_field, sort_direction, condition)| {
            let query = RecordQuery {
                filter,
                filter_field,
                search_value: search.map(str::to_string),
                search_field,
                sort_field,
                sort_direction,
                q: condition.as_ref().map(ToString::to_string),
                ids: Vec::new(),
                except: Vec::new(),
            };
            (query, condition)
        },
    )
}

fn place(key: &str) -> usize {
    KEYS.iter().position(|other| *other == key).unwrap()
}

fn cells<'a>(record: &'a Record, field: Option<&str>) -> Vec<(usize, &'a crate::domain::record::Cell)> {
    let concerns = |at: &usize| field.is_none_or(|field| place(field) == *at);
    (0..KEYS.len()).filter(concerns).map(|at| (at, &record.cells[at])).collect()
}

/// Whether a condition holds; nothing when it cannot be asked.
fn holds(condition: &Condition, record: &Record) -> Option<bool> {
    let kind = |at: usize| if at == 2 { FieldType::Number } else { FieldType::String };
    match condition {
        Condition::And(parts) => {
            parts.iter().map(|part| holds(part, record)).try_fold(true, |all, one| Some(all & one?))
        }
        Condition::Or(parts) => {
            parts.iter().map(|part| holds(part, record)).try_fold(false, |any, one| Some(any | one?))
        }
        Condition::Cell(Comparison { field, operator, value }) => {
            let fits = |operator: Operator, at: usize, text: Option<&str>| {
                Some(CellTest::compare(operator, value, &kind(at)).ok()?.fits(text))
            };
            let cells = cells(record, field.as_deref());
            match (field, operator) {
                (Some(_), operator) => fits(*operator, cells[0].0, cells[0].1.text.as_deref()),
                (None, Operator::Ne) => Some(
                    !cells
                        .iter()
                        .any(|(at, cell)| fits(Operator::Eq, *at, cell.text.as_deref()) == Some(true)),
                ),
                _ => Some(
                    cells.iter().any(|(at, cell)| fits(*operator, *at, cell.text.as_deref()) == Some(true)),
                ),
            }
        }
        Condition::Message(Comparison { field, operator, value }) => {
            let (negated, operator) =
                if *operator == Operator::Ne { (true, Operator::Eq) } else { (false, *operator) };
            let test = CellTest::compare(operator, value, &FieldType::String).unwrap();
            let cells = cells(record, field.as_deref());
            let mut messages = cells.iter().flat_map(|(_, cell)| &cell.messages);
            Some(messages.any(|message| test.fits(Some(&message.text))) != negated)
        }
        Condition::Is { field, quality } => {
            let cells = cells(record, field.as_deref());
            let has = |level| {
                cells.iter().any(|(_, cell)| cell.messages.iter().any(|message| message.level == level))
            };
            Some(match quality {
                Quality::Error => has(Level::Error),
                Quality::Valid => !has(Level::Error),
                Quality::Warning => has(Level::Warn),
            })
        }
    }
}

fn compare(query: &RecordQuery, one: &Record, other: &Record) -> Ordering {
    let Some(key) = &query.sort_field else { return Ordering::Equal };
    let rank = |record: &Record| match record.cells[place(key)].text.clone() {
        None => (2, 0.0, String::new()),
        Some(text) => match read_number(&text).filter(|_| key == "age") {
            Some(number) => (0, number, String::new()),
            None => (1, 0.0, text),
        },
    };
    let (one, other) = (rank(one), rank(other));
    let order = one.partial_cmp(&other).unwrap();
    let down = query.sort_direction == Some(SortDirection::Desc) && one.0 < 2 && other.0 < 2;
    if down { order.reverse() } else { order }
}

/// What a query means; nothing when it cannot be asked.
fn naive(
    records: &[Record],
    (query, condition): &(RecordQuery, Option<Condition>),
) -> Option<Vec<RecordNumber>> {
    if let Some(condition) = condition {
        let blank = records.first()?;
        holds(condition, blank)?;
    }
    let mut found: Vec<&Record> = records
        .iter()
        .filter(|record| {
            let cells_of = |field: &Option<String>| cells(record, field.as_deref());
            let wrong = cells_of(&query.filter_field).iter().any(|(_, cell)| !cell.is_valid());
            let standing = match query.filter {
                Some(Filter::Valid) => !wrong,
                Some(Filter::Error) => wrong,
                Some(Filter::None) => false,
                _ => true,
            };
            let sought = query.search_value.as_deref().and_then(CellTest::search);
            let has = |test: CellTest| {
                cells_of(&query.search_field).iter().any(|(_, cell)| test.fits(cell.text.as_deref()))
            };
            let asked = condition.as_ref().is_none_or(|condition| holds(condition, record) == Some(true));
            standing && asked && sought.is_none_or(has)
        })
        .collect();
    found.sort_by(|one, other| compare(query, one, other));
    Some(found.into_iter().map(|record| record.number).collect())
}

struct Story<'a> {
    db: &'a Db,
    tenant: &'a Tenant,
    sheets: Sheets,
    sheet: Sheet,
    queries: Vec<(RecordQuery, Option<Condition>)>,
}

impl Story<'_> {
    /// The records as a server reads them that remembers nothing.
    async fn records(&self, tx: &mut Tx) -> Vec<Record> {
        let sheets = Sheets::with_limits(1 << 20, LIMITS);
        let view = sheets.view(tx, &again(self.db, self.tenant, &self.sheet).await).await.unwrap();
        view.page(tx, &RecordQuery::default(), 0, usize::MAX, None).await.unwrap()
    }

    async fn step(&self, step: Step) {
        let records = self.records(&mut self.db.read().await.unwrap()).await;
        let pick = |pick: usize| (!records.is_empty()).then(|| records[pick % records.len()].number);
        let sheet = again(self.db, self.tenant, &self.sheet).await;
        match step {
            Step::Insert(rows) => {
                let rows = rows.iter().map(|[name, email, age]| person(name, email, age)).collect();
                write!(self.sheets, self.db, &sheet, insert(rows));
            }
            Step::InsertBeside(rows, beside, below) => {
                let Some(beside) = pick(beside) else { return };
                let rows = rows.iter().map(|[name, email, age]| person(name, email, age)).collect();
                let at = if below { InsertAt::After(beside) } else { InsertAt::Before(beside) };
                write!(self.sheets, self.db, &sheet, insert_at(rows, at));
            }
            Step::Import(rows) => {
                let mut builder = ImportBuilder::with_limits(&sheet, &FIELDS.map(Some), LIMITS);
                let mut drafts = Vec::new();
                for row in &rows {
                    drafts.extend(builder.push_row(|column| row.get(column).map(String::as_str)));
                }
                drafts.extend(builder.finish());
                write!(self.sheets, self.db, &sheet, append(drafts));
            }
            Step::Update(changes) => {
                let update = |(at, field, value): (usize, FieldNumber, String)| {
                    let cells = vec![(field, text(value))];
                    Some(RecordUpdate { number: pick(at)?, cells, metadata: None, config: None })
                };
                let updates = changes.into_iter().filter_map(update).collect();
                write!(self.sheets, self.db, &sheet, update(updates));
            }
            Step::Delete(picks) => {
                let numbers = picks.into_iter().filter_map(pick).collect();
                write!(self.sheets, self.db, &sheet, delete(numbers));
            }
            Step::Fold => {
                let mut writer = self.sheets.writer(&sheet).await.unwrap();
                let mut tx = self.db.write().await.unwrap();
                writer.fold(&mut tx).await.unwrap();
                tx.commit().await.unwrap();
                writer.publish();
            }
        }
    }

    async fn check(&self, asked: usize) -> Result<(), TestCaseError> {
        let mut tx = self.db.read().await.unwrap();
        let records = self.records(&mut tx).await;
        let view = self.sheets.view(&mut tx, &again(self.db, self.tenant, &self.sheet).await).await.unwrap();
        // Not every query each time, so that some answers are handed on over several commits.
        for query in self.queries.iter().skip(asked % 2).step_by(1 + asked % 3) {
            let found = match view.numbers(&mut tx, &query.0).await {
                Ok(found) => Some(found),
                Err(SheetError::Query(_)) => None,
                Err(error) => panic!("{error}"),
            };
            let expected = naive(&records, query);
            if records.is_empty() {
                prop_assert!(found.is_none_or(|found| found.is_empty()));
                continue;
            }
            prop_assert_eq!(&found, &expected, "{:?}", query.0);
            if let Some(expected) = expected {
                self.count(&view, &mut tx, &query.0, &records, &expected).await?;
            }
        }
        Ok(())
    }

    /// Counts, facets and places of what a query finds.
    async fn count(
        &self,
        view: &View,
        tx: &mut Tx,
        query: &RecordQuery,
        records: &[Record],
        expected: &[RecordNumber],
    ) -> Result<(), TestCaseError> {
        let chosen: Vec<&Record> =
            records.iter().filter(|record| expected.contains(&record.number)).collect();
        let counts = view.counts_of(tx, query, None).await.unwrap();
        let wrong = chosen.iter().filter(|record| !record.is_valid()).count() as u64;
        prop_assert_eq!((counts.total, counts.error), (chosen.len() as u64, wrong));
        let all: Vec<RecordNumber> = records.iter().map(|record| record.number).collect();
        let mut indices = view.indices(tx, query, &all).await.unwrap();
        indices.sort_by_key(|(_, place)| *place);
        prop_assert!(indices.iter().map(|(number, _)| *number).eq(expected.iter().copied()));
        let mut some: Vec<RecordNumber> = all.iter().step_by(2).copied().collect();
        some.sort_unstable();
        let among = view.among(tx, query, &some).await.unwrap().page(0, usize::MAX);
        let among = view.at(tx, &among, None).await.unwrap();
        let found = among.iter().map(|record| record.number);
        prop_assert!(found.eq(expected.iter().copied().filter(|number| some.contains(number))));
        let counts = view.counts_of(tx, query, Some(&some)).await.unwrap();
        let wrong = among.iter().filter(|record| !record.is_valid()).count() as u64;
        prop_assert_eq!((counts.total, counts.error), (among.len() as u64, wrong));
        let fields = view.field_counts(tx, query, Some(&some)).await.unwrap();
        prop_assert!(fields.values().all(|field| field.total == among.len() as u64));
        let fields = view.field_counts(tx, query, None).await.unwrap();
        let mut messages: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (at, key) in KEYS.iter().enumerate() {
            let mut values: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
            for cell in chosen.iter().map(|record| &record.cells[at]) {
                let value = values.entry(meaning(key, cell.text.clone())).or_default();
                value.0 += 1;
                value.1 += u64::from(!cell.is_valid());
                for message in &cell.messages {
                    *messages.entry((key.to_string(), message.text.clone())).or_default() += 1;
                }
            }
            let error = values.values().map(|(_, errors)| errors).sum::<u64>();
            let empty = values.get(&None).map_or(0, |(count, _)| *count);
            prop_assert_eq!(
                (fields[*key].total, fields[*key].error, fields[*key].empty),
                (chosen.len() as u64, error, empty)
            );
            let wanted = ValuesWanted {
                field: key.to_string(),
                query: query.clone(),
                limit: 100,
                ..ValuesWanted::default()
            };
            let (found, total) = view.values(tx, wanted).await.unwrap();
            prop_assert_eq!(total, values.len() as u64);
            prop_assert!(found.windows(2).all(|pair| pair[0].count >= pair[1].count));
            let found: BTreeMap<_, _> = found
                .into_iter()
                .map(|value| (meaning(key, value.text), (value.count, value.errors)))
                .collect();
            prop_assert_eq!(found, values);
        }
        let found = view.message_counts(tx, query).await.unwrap();
        let found: BTreeMap<_, _> =
            found.into_iter().map(|counted| ((counted.field, counted.message.text), counted.count)).collect();
        prop_assert_eq!(found, messages);
        Ok(())
    }
}

/// One spelling for all texts of a value.
fn meaning(key: &str, text: Option<String>) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    let number = read_number(&text).filter(|_| key == "age");
    Some(number.map_or(text, |number| format!("a number: {number}")))
}

#[test]
fn a_view_is_what_a_naive_filter_and_sort_would_give() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let database = runtime.block_on(crate::store::testing::database::sqlite());
    let tenant = runtime.block_on(samples::tenant(&database));
    let config = Config { cases: 64, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let stories =
        (prop::collection::vec((steps(), any::<usize>()), 1..10), prop::collection::vec(queries(), 6));
    let told = TestRunner::new(config).run(&stories, |(steps, queries)| {
        runtime.block_on(async {
            let sheet = sheet_of(&database, &tenant, people()).await;
            let sheets = Sheets::with_limits(1 << 20, LIMITS);
            let story = Story { db: &database, tenant: &tenant, sheets, sheet, queries };
            for (step, asked) in steps {
                story.step(step).await;
                story.check(asked).await?;
            }
            Ok(())
        })
    });
    if let Err(failure) = told {
        panic!("{failure}");
    }
}

#[tokio::test]
async fn many_records_are_sorted_on_two_threads() {
    let database = crate::store::testing::database::sqlite().await;
    let tenant = samples::tenant(&database).await;
    let sheet = sheet_of(&database, &tenant, people()).await;
    let sheets = Sheets::new(64 << 20);
    let mut builder = ImportBuilder::new(&sheet, &FIELDS.map(Some));
    let mut drafts = Vec::new();
    for row in 0..30_000u64 {
        let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let name = format!("the same beginning of all {}", mixed % 9_000);
        let email = format!("{mixed}@x");
        let age = if mixed.is_multiple_of(50) { "old".to_string() } else { format!("{}", mixed % 20_000) };
        drafts.extend(builder.push_row(file_row(&[&name, &email, &age])));
    }
    drafts.extend(builder.finish());
    write!(sheets, database, &sheet, append(drafts));
    let mut tx = database.read().await.unwrap();
    let view = sheets.view(&mut tx, &again(&database, &tenant, &sheet).await).await.unwrap();
    let records = view.page(&mut tx, &RecordQuery::default(), 0, usize::MAX, None).await.unwrap();
    for (key, direction) in [
        ("name", SortDirection::Asc),
        ("name", SortDirection::Desc),
        ("email", SortDirection::Desc),
        ("age", SortDirection::Asc),
        ("age", SortDirection::Desc),
    ] {
        let query = RecordQuery {
            sort_field: Some(key.to_string()),
            sort_direction: Some(direction),
            ..RecordQuery::default()
        };
        let found = view.numbers(&mut tx, &query).await.unwrap();
        assert!(naive(&records, &(query, None)).unwrap() == found, "{key} {direction:?}");
    }
}

#[tokio::test]
async fn a_sorted_view_follows_an_edit_without_being_made_anew() {
    let database = crate::store::testing::database::sqlite().await;
    let tenant = samples::tenant(&database).await;
    let sheet = sheet_of(&database, &tenant, people()).await;
    let sheets = Sheets::new(1 << 20);
    let people = ["d", "b", "a"].map(|name| person(name, "", ""));
    write!(sheets, database, &sheet, insert(people.to_vec()));
    let query = RecordQuery { sort_field: Some("name".to_string()), ..RecordQuery::default() };
    let ask = async || {
        let mut tx = database.read().await.unwrap();
        let view = sheets.view(&mut tx, &again(&database, &tenant, &sheet).await).await.unwrap();
        let inherited = view.state.orders.inherited(&query, &view.rules).is_some();
        let numbers = view.numbers(&mut tx, &query).await.unwrap();
        (inherited, numbers.into_iter().map(|number| number.0).collect::<Vec<_>>())
    };
    assert_eq!(ask().await, (false, vec![3, 2, 1]));
    let edit = |number: u64, field: FieldNumber, value: &str| RecordUpdate {
        number: RecordNumber(number),
        cells: vec![(field, text(value))],
        metadata: None,
        config: None,
    };
    write!(sheets, database, &sheet, update(vec![edit(3, NAME, "c")]));
    write!(sheets, database, &sheet, update(vec![edit(1, AGE, "7"), edit(2, EMAIL, "x")]));
    assert_eq!(ask().await, (true, vec![2, 3, 1]));
    write!(sheets, database, &sheet, insert(vec![person("bb", "", "")]));
    assert_eq!(ask().await, (true, vec![2, 4, 3, 1]));
    // The records behind a deleted one of the tail move.
    write!(sheets, database, &sheet, delete(vec![RecordNumber(2)]));
    assert_eq!(ask().await, (false, vec![4, 3, 1]));
}
