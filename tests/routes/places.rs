//! Records that a person inserted above or below others, as everybody else reads them.

use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::query::RecordQuery;
use inlet::service::ErrorKind;
use inlet::service::cells::Rows;
use inlet::service::steps::Way;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, ended, insert, text, write_cell};
use crate::{TestApp, on_each_database};

struct Desk<'a> {
    app: &'a TestApp,
    made: Contacts,
    sheet: SheetId,
    actor: Actor,
}

impl<'a> Desk<'a> {
    async fn with(app: &'a TestApp, names: &[&str]) -> Self {
        let made = contacts(app).await;
        let people: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        insert(app, &made.sheet, &people).await;
        let sheet = SheetId::parse(&made.sheet).unwrap();
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        Self { app, made, sheet, actor }
    }

    /// Rows as they stand now, of all records or of what a query finds.
    async fn rows(&self, query: RecordQuery, begin: u64, end: u64) -> Rows {
        let version = self.app.service.sheet(&self.actor, &self.sheet).await.unwrap().version;
        Rows { query, version, rows: std::iter::once(begin..end).collect() }
    }

    /// Inserts as many records as there are rows and gives them a name.
    async fn insert(&self, (begin, end): (u64, u64), below: bool, name: &str) {
        let rows = self.rows(RecordQuery::default(), begin, end).await;
        let written = self.app.service.insert_beside(&self.actor, &self.sheet, &rows, below).await.unwrap();
        for number in written.numbers {
            let id = written.sheet.record_key.id(number);
            write_cell(self.app, &self.sheet, &id, "name", name).await;
        }
    }

    /// The names as the API gives them.
    async fn names(&self, query: &str) -> String {
        let records = self.app.get(&format!("/v1/sheets/{}/records?{query}", self.made.sheet)).await.data();
        let records = records["records"].as_array().unwrap().clone();
        records.iter().filter_map(|record| record["values"]["name"]["value"].as_str()).collect()
    }
}

#[tokio::test]
async fn programs_read_the_records_where_people_put_them() {
    on_each_database(async |app: TestApp| {
        let desk = Desk::with(&app, &["a", "b", "c", "d"]).await;
        desk.insert((1, 2), false, "x").await;
        desk.insert((2, 4), true, "y").await;
        assert_eq!(desk.names("").await, "axbcyyd");
        assert_eq!(desk.names("pageSize=3&pageNumber=2").await, "cyy");
        assert_eq!(desk.names("filter=valid").await, "axbcyyd");
        assert_eq!(desk.names("searchValue=y&pageSize=1&pageNumber=2").await, "y");
        let since =
            text(&app.get(&format!("/v1/sheets/{}/records", desk.made.sheet)).await.data(), "commitId");
        insert(&app, &desk.made.sheet, &[json!({ "name": "e" })]).await;
        desk.insert((0, 1), false, "v").await;
        assert_eq!(desk.names("").await, "vaxbcyyde", "what programs insert comes at the end");
        assert_eq!(desk.names(&format!("sinceCommitId={since}")).await, "ve");

        let path = format!("/v1/sheets/{}/download?format=csv-raw", desk.made.sheet);
        let csv = String::from_utf8(app.get(&path).await.bytes).unwrap();
        assert_eq!(csv.replace(",,\n", ""), "Name,Age,Email\nvaxbcyyde");
        let job = json!({ "type": "sheet", "operation": "export", "source": desk.made.sheet,
            "trigger": "immediate", "config": { "format": "csv-raw" } });
        let job = text(&app.post("/v1/jobs", job).await.data(), "id");
        let outcome = ended(&app, &job).await["outcome"].clone();
        let file = outcome["next"]["files"][0]["fileId"].as_str().unwrap_or_else(|| panic!("{outcome}"));
        let csv = String::from_utf8(app.get(&format!("/v1/files/{file}/download")).await.bytes).unwrap();
        let names: String = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(names, "vaxbcyyde");
        let lines =
            app.get(&format!("/v2-alpha/records.jsonl?sheetId={}&noContext=true", desk.made.sheet)).await;
        let lines = String::from_utf8(lines.bytes).unwrap();
        let read = |line: &str| text(&serde_json::from_str(line).unwrap(), "name");
        assert_eq!(lines.lines().map(read).collect::<String>(), "vaxbcyyde");
    })
    .await;
}

#[tokio::test]
async fn steps_and_copies_keep_their_places() {
    on_each_database(async |app: TestApp| {
        let desk = Desk::with(&app, &["a", "b", "c"]).await;
        desk.insert((0, 1), true, "x").await;
        let (service, query) = (&app.service, RecordQuery::default());
        let copied = desk.rows(query.clone(), 0, 2).await;
        service.duplicate_rows(&desk.actor, &desk.sheet, &copied).await.unwrap();
        assert_eq!(desk.names("").await, "axaxbc");
        for wanted in ["axbc", "abc", "abc"] {
            let step = service.step(&desk.actor, &desk.sheet, Way::Undo, &query).await.unwrap().unwrap();
            assert_eq!((desk.names("").await.as_str(), step.undone.skipped_total), (wanted, 0));
        }
        for _ in 0..2 {
            service.step(&desk.actor, &desk.sheet, Way::Redo, &query).await.unwrap().unwrap();
        }
        assert_eq!(desk.names("").await, "axbc");
        let mut sorted = desk.rows(query, 0, 1).await;
        sorted.query.sort_field = Some("name".to_string());
        service.duplicate_rows(&desk.actor, &desk.sheet, &sorted).await.unwrap();
        assert_eq!(desk.names("").await, "axbca", "copies of sorted rows come at the end");
    })
    .await;
}

#[tokio::test]
async fn redo_after_others_wrote_brings_records_back_where_they_were() {
    on_each_database(async |app: TestApp| {
        let desk = Desk::with(&app, &["a", "b", "c"]).await;
        let service = &app.service;
        let rows = desk.rows(RecordQuery::default(), 1, 2).await;
        service.delete_rows(&desk.actor, &desk.sheet, &rows).await.unwrap();
        let other = Actor { id: "us_usr_neighbour".to_string(), ..desk.actor.clone() };
        let last = desk.rows(RecordQuery::default(), 1, 2).await;
        service.insert_beside(&other, &desk.sheet, &last, true).await.unwrap();
        let query = RecordQuery::default();
        service.step(&desk.actor, &desk.sheet, Way::Undo, &query).await.unwrap().unwrap();
        assert_eq!(desk.names("").await, "abc");
        service.step(&desk.actor, &desk.sheet, Way::Redo, &query).await.unwrap().unwrap();
        service.step(&desk.actor, &desk.sheet, Way::Undo, &query).await.unwrap().unwrap();
        assert_eq!(desk.names("").await, "abc");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_inserted_is_refused() {
    on_each_database(async |app: TestApp| {
        let desk = Desk::with(&app, &["a", "b"]).await;
        let other = Desk::with(&app, &["z"]).await;
        let service = &app.service;
        let refused = async |actor: &Actor, query: RecordQuery| {
            let rows = desk.rows(query, 0, 9).await;
            let refused = service.insert_beside(actor, &desk.sheet, &rows, true).await.unwrap_err();
            assert_eq!(desk.names("").await, "ab");
            refused
        };
        // A record of another sheet, and the sheet of somebody else.
        let records = app.get(&format!("/v1/sheets/{}/records", other.made.sheet)).await.data();
        let foreign = RecordQuery { ids: vec![text(&records["records"][0], "id")], ..RecordQuery::default() };
        let told = refused(&desk.actor, foreign).await;
        assert_eq!(told.kind, ErrorKind::NotFound, "{told:?}");
        let neighbour = service.actor_of_bearer(&app.neighbours_key().await).await.unwrap();
        assert_eq!(refused(&neighbour, RecordQuery::default()).await.kind, ErrorKind::NotFound);
        let sorted = RecordQuery { sort_field: Some("name".to_string()), ..RecordQuery::default() };
        let told = refused(&desk.actor, sorted).await;
        assert_eq!((told.kind, told.message.contains("Clear the sort")), (ErrorKind::BadRequest, true));

        let many: Vec<Value> = (0..1_000).map(|_| json!({})).collect();
        insert(&app, &desk.made.sheet, &many).await;
        let rows = desk.rows(RecordQuery::default(), 0, 1_001).await;
        let told = service.insert_beside(&desk.actor, &desk.sheet, &rows, true).await.unwrap_err();
        assert_eq!(told.kind, ErrorKind::TooLarge, "{told:?}");
        let rows = desk.rows(RecordQuery::default(), 0, 1_000).await;
        let written = service.insert_beside(&desk.actor, &desk.sheet, &rows, true).await.unwrap();
        assert_eq!(written.counts.total, 2_002);
    })
    .await;
}
