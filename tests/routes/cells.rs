//! Blocks of cells, and the way back.

use inlet::domain::access::Actor;
use inlet::domain::clipboard::Table;
use inlet::domain::fill::{Area, Fill, MOST_AREAS, Source};
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::query::{Filter, RecordQuery};
use inlet::service::cells::{Block, Rows};
use inlet::service::records::Audience;
use inlet::service::steps::{Step, StepCounts, Way};
use inlet::service::{ErrorKind, Page, Service};
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert};
use crate::{TestApp, on_each_database};

/// A sheet of people with their ages, and who looks at it.
struct Desk<'a> {
    service: &'a Service,
    actor: Actor,
    sheet: SheetId,
    query: RecordQuery,
}

impl<'a> Desk<'a> {
    async fn with(app: &'a TestApp, rows: &[(&str, &str)]) -> Self {
        let made = contacts(app).await;
        let rows: Vec<Value> = rows
            .iter()
            .map(|(name, age)| match *age {
                "" => json!({ "name": name }),
                age => json!({ "name": name, "age": age }),
            })
            .collect();
        insert(app, &made.sheet, &rows).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        let sheet = SheetId::parse(&made.sheet).unwrap();
        Self { service: &app.service, actor, sheet, query: RecordQuery::default() }
    }

    async fn version(&self) -> i64 {
        self.service.sheet(&self.actor, &self.sheet).await.unwrap().version
    }

    async fn rows(&self, ranges: &[(u64, u64)]) -> Rows {
        let rows = ranges.iter().map(|(begin, end)| *begin..*end).collect();
        Rows { query: self.query.clone(), version: self.version().await, rows }
    }

    async fn block(&self, begin: u64, end: u64, fields: &[&str]) -> Block {
        let fields = fields.iter().map(ToString::to_string).collect();
        Block { rows: self.rows(&[(begin, end)]).await, fields }
    }

    async fn fill(&self, block: &Block, fill: Fill, added: usize) {
        self.service.fill_cells(&self.actor, &self.sheet, block, &fill, added).await.unwrap();
    }

    async fn step(&self, way: Way) -> Option<Step> {
        self.service.step(&self.actor, &self.sheet, way, &self.query).await.unwrap()
    }

    /// The texts of a field, in the order that is looked at.
    async fn texts(&self, field: &str) -> Vec<String> {
        let block = self.block(0, 1_000_000, &[field]).await;
        let block =
            Block { rows: Rows { rows: std::iter::once(0..100_000).collect(), ..block.rows }, ..block };
        let table = self.service.copy_cells(&self.actor, &self.sheet, &block).await.unwrap();
        table.texts().to_vec()
    }
}

fn table(rows: &[&[&str]]) -> Fill {
    Fill::Table(Table::of_rows(
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect(),
    ))
}

#[tokio::test]
async fn a_block_is_written_in_the_order_that_is_looked_at() {
    on_each_database(async |app: TestApp| {
        let mut desk = Desk::with(&app, &[("Cleo", "3"), ("Ann", "1"), ("Bob", "2"), ("Dan", "4")]).await;
        desk.query.sort_field = Some("name".to_string());
        let block = desk.block(1, 4, &["name", "age"]).await;
        // Somebody else takes Ann away meanwhile: the rows are still those that were seen.
        let gone = desk.rows(&[(0, 1)]).await;
        desk.service.delete_rows(&desk.actor, &desk.sheet, &gone).await.unwrap();
        desk.fill(&block, table(&[&["x", "10"], &["y", ""]]), 0).await;
        desk.query.sort_field = None;
        assert_eq!(desk.texts("name").await, ["y", "x", "x"], "Cleo, Bob, Dan");
        assert_eq!(desk.texts("age").await, ["", "10", "10"]);
        // What comes after the last row is new.
        let block = desk.block(2, 3, &["age"]).await;
        desk.fill(&block, table(&[&["7"], &["8"], &["9"]]), 2).await;
        assert_eq!(desk.texts("age").await, ["", "10", "7", "8", "9"]);
        desk.step(Way::Undo).await.unwrap();
        assert_eq!(desk.texts("age").await, ["", "10", "10"], "both are one change");
        let refused = Block { fields: vec!["shoe".to_string()], ..desk.block(0, 1, &[]).await };
        let refused = desk.service.fill_cells(&desk.actor, &desk.sheet, &refused, &Fill::clear(), 0).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::BadRequest);
    })
    .await;
}

#[tokio::test]
async fn cells_are_filled_and_go_on() {
    on_each_database(async |app: TestApp| {
        let rows = [("a", "1"), ("b", "3"), ("c", ""), ("d", ""), ("e", "")];
        let desk = Desk::with(&app, &rows).await;
        let all = desk.block(0, 5, &["name", "age"]).await;
        let down = Fill::OnDown(Source { count: 2, at_end: false });
        desk.fill(&all, down, 0).await;
        assert_eq!(desk.texts("age").await, ["1", "3", "5", "7", "9"]);
        assert_eq!(desk.texts("name").await, ["a", "b", "a", "b", "a"]);
        let up = desk.block(0, 4, &["name", "age"]).await;
        desk.fill(&up, Fill::OnDown(Source { count: 1, at_end: true }), 0).await;
        assert_eq!(desk.texts("age").await, ["7", "7", "7", "7", "9"], "one number is copied");
        desk.fill(&all, Fill::Down, 0).await;
        assert_eq!(desk.texts("age").await, ["7"; 5]);
        let pair = desk.block(3, 5, &["age", "name"]).await;
        desk.fill(&pair, Fill::Right, 0).await;
        assert_eq!(desk.texts("name").await, ["b", "b", "b", "7", "7"]);
        desk.fill(&desk.block(1, 2, &["age", "name"]).await, table(&[&["2024-01-31", "x"]]), 0).await;
        let wide = desk.block(0, 2, &["age", "name", "email"]).await;
        desk.fill(&wide, Fill::OnRight(Source { count: 1, at_end: false }), 0).await;
        assert_eq!(desk.texts("email").await[..2], ["7", "2024-02-02"]);
        desk.fill(&all, Fill::clear(), 0).await;
        assert_eq!(desk.texts("age").await, [""; 5]);
    })
    .await;
}

#[tokio::test]
async fn several_areas_are_one_change() {
    on_each_database(async |app: TestApp| {
        let rows = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")];
        let desk = Desk::with(&app, &rows).await;
        let area = |rows, fields| Area { rows, fields };
        // The rows 0, 1, 3 and 4; the ages of the first two, the names of the last three of them.
        let rows = desk.rows(&[(0, 2), (3, 5)]).await;
        let block = Block { rows, fields: vec!["name".to_string(), "age".to_string()] };
        let areas = vec![area(0..2, 1..2), area(1..4, 0..1), area(2..3, 0..1)];
        desk.fill(&block, Fill::Areas(areas.clone(), None), 0).await;
        assert_eq!(desk.texts("name").await, ["a", "", "c", "", ""]);
        assert_eq!(desk.texts("age").await, ["", "", "3", "4", "5"]);
        desk.step(Way::Undo).await.unwrap();
        assert_eq!(desk.texts("name").await, ["a", "b", "c", "d", "e"]);
        assert_eq!(desk.texts("age").await, ["1", "2", "3", "4", "5"]);
        desk.fill(&block, Fill::Areas(areas, Some("x".to_string())), 0).await;
        assert_eq!(desk.texts("name").await, ["a", "x", "c", "x", "x"]);
        let many = Fill::Areas(vec![area(0..1, 0..1); MOST_AREAS + 1], None);
        let refused = desk.service.fill_cells(&desk.actor, &desk.sheet, &block, &many, 0).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::BadRequest);
    })
    .await;
}

#[tokio::test]
async fn many_rows_are_one_change() {
    on_each_database(async |app: TestApp| {
        let rows: Vec<(String, String)> =
            (0..2_000).map(|row| (format!("n{row:04}"), row.to_string())).collect();
        let rows: Vec<(&str, &str)> = rows.iter().map(|(name, age)| (name.as_str(), age.as_str())).collect();
        let mut desk = Desk::with(&app, &rows).await;
        desk.query.sort_field = Some("name".to_string());
        desk.query.sort_direction = Some(inlet::domain::query::SortDirection::Desc);
        let before = desk.version().await;
        let block = desk.block(0, 1_500, &["age"]).await;
        desk.fill(&block, table(&[&["1"], &["2"], &["3"]]), 0).await;
        let texts = desk.texts("age").await;
        assert!((0..1_500).all(|row| texts[row] == ["1", "2", "3"][row % 3]));
        assert_eq!(texts[1_500], "499");
        assert_eq!(desk.version().await, before + 1);
        let step = desk.step(Way::Undo).await.unwrap();
        assert_eq!((step.of.updated, step.left), (1_500, StepCounts { undo: 1, redo: 1 }));
        assert_eq!(desk.texts("age").await[0], "1999");
        // All but these.
        let all = RecordQuery { filter: Some(Filter::All), ..desk.query.clone() };
        let read = inlet::service::read_records::RecordRead {
            query: all,
            page: Some(Page::first(2)),
            ..Default::default()
        };
        let found = desk.service.records(&desk.actor, &desk.sheet, read).await.unwrap();
        let ids = found.records.iter().map(|record| found.sheet.record_key.id(record.number));
        let others = RecordQuery { except: ids.collect(), ..RecordQuery::default() };
        let told = Audience::Everybody;
        desk.service.delete_records(&desk.actor, &desk.sheet, &[others], &told).await.unwrap();
        assert_eq!(desk.texts("name").await, ["n1999", "n1998"]);
    })
    .await;
}

#[tokio::test]
async fn steps_go_back_and_forth_over_edits_additions_and_deletions() {
    on_each_database(async |app: TestApp| {
        let desk = Desk::with(&app, &[("a", "1"), ("b", "2"), ("c", "3")]).await;
        let mut seen = vec![desk.texts("name").await];
        desk.fill(&desk.block(0, 1, &["name"]).await, table(&[&["A"]]), 0).await;
        seen.push(desk.texts("name").await);
        let first = desk.rows(&[(0, 1), (2, 3)]).await;
        desk.service.delete_rows(&desk.actor, &desk.sheet, &first).await.unwrap();
        seen.push(desk.texts("name").await);
        let copied = desk.rows(&[(0, 1)]).await;
        desk.service.duplicate_rows(&desk.actor, &desk.sheet, &copied).await.unwrap();
        seen.push(desk.texts("name").await);
        desk.fill(&desk.block(1, 2, &["age"]).await, Fill::clear(), 0).await;
        assert_eq!(seen[3], ["b", "b"]);
        for _ in 0..3 {
            let edit = desk.step(Way::Undo).await.unwrap();
            assert_eq!((edit.of.updated, edit.place), (1, Some((1, "age".to_string()))));
            for wanted in seen[..3].iter().rev() {
                let step = desk.step(Way::Undo).await.unwrap();
                assert_eq!((&desk.texts("name").await, step.undone.skipped_total), (wanted, 0));
            }
            for wanted in &seen[1..] {
                let step = desk.step(Way::Redo).await.unwrap();
                assert_eq!((&desk.texts("name").await, step.undone.skipped_total), (wanted, 0));
            }
            let last = desk.step(Way::Redo).await.unwrap();
            assert_eq!((last.of.updated, last.left.redo), (1, 0));
            assert_eq!(desk.step(Way::Redo).await, None);
        }
        assert_eq!(
            desk.service.step_counts(&desk.actor, &desk.sheet).await.unwrap().undo,
            5,
            "and the first rows"
        );
    })
    .await;
}

#[tokio::test]
async fn what_others_changed_since_stays_and_is_told() {
    on_each_database(async |app: TestApp| {
        let desk = Desk::with(&app, &[("a", "1"), ("b", "2")]).await;
        desk.fill(&desk.block(0, 2, &["name"]).await, table(&[&["mine"]]), 0).await;
        let neighbour = Actor { id: "us_usr_neighbour".to_string(), ..desk.actor.clone() };
        let cell = desk.block(1, 2, &["name"]).await;
        desk.service.fill_cells(&neighbour, &desk.sheet, &cell, &table(&[&["theirs"]]), 0).await.unwrap();
        let step = desk.step(Way::Undo).await.unwrap();
        assert_eq!(desk.texts("name").await, ["a", "theirs"]);
        assert_eq!((step.undone.skipped_total, step.place), (1, Some((0, "name".to_string()))));
        desk.step(Way::Redo).await.unwrap();
        assert_eq!(desk.texts("name").await, ["mine", "theirs"]);
        assert_eq!(
            desk.service.step_counts(&neighbour, &desk.sheet).await.unwrap(),
            StepCounts { undo: 1, redo: 0 }
        );
    })
    .await;
}

#[tokio::test]
async fn a_job_fills_as_well() {
    on_each_database(async |app: TestApp| {
        let rows: Vec<(&str, &str)> = vec![("a", "1"); 900];
        let desk = Desk::with(&app, &rows).await;
        inlet::jobs::start(&app.service, &app.stopping);
        let block = desk.block(100, 900, &["name"]).await;
        let fill = Fill::with("z".to_string());
        let job = desk.service.start_fill(&desk.actor, &desk.sheet, &block, &fill).await.unwrap();
        for _ in 0..400 {
            let found = desk.service.job(&desk.actor, &job.id).await.unwrap();
            if found.status.is_terminal() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        let texts = desk.texts("name").await;
        assert!(texts[..100].iter().all(|text| text == "a") && texts[100..].iter().all(|text| text == "z"));
        app.stopping.cancel();
    })
    .await;
}
