//! Cells are found by what people read in them, and replaced by what they hold.

use inlet::domain::access::Actor;
use inlet::domain::cell_edit::Spelling;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::query::RecordQuery;
use inlet::service::bulk::BulkChange;
use inlet::service::find::{Found, Sought};
use inlet::sheets::Seek;
use serde_json::json;

use crate::fixtures::{insert, text};
use crate::{TestApp, on_each_database};

/// A sheet of places whose countries are options; one of them is locked.
struct Places<'a> {
    app: &'a TestApp,
    actor: Actor,
    sheet: SheetId,
}

impl<'a> Places<'a> {
    async fn with(app: &'a TestApp) -> Self {
        let options = json!([{ "value": "us", "label": "United States" }, { "value": "gb", "label": "United Kingdom" }]);
        let config = json!({ "options": options });
        let space = text(&app.post("/v1/spaces", json!({ "name": "Places" })).await.data(), "id");
        let fields = json!([
            { "key": "country", "type": "enum", "config": config },
            { "key": "seen", "type": "enum-list", "config": config },
            { "key": "open", "type": "boolean" },
            { "key": "note", "type": "string" },
        ]);
        let sheets = json!([{ "name": "Places", "slug": "places", "fields": fields }]);
        let workbook = app
            .post("/v1/workbooks", json!({ "spaceId": space, "name": "Places", "sheets": sheets }))
            .await
            .data();
        let sheet = text(&workbook["sheets"][0], "id");
        let rows = [
            json!({ "country": "us", "seen": ["gb", "us"], "open": true, "note": "United" }),
            json!({ "country": "gb", "seen": ["us"], "open": false, "note": "us" }),
            json!({ "country": "us", "open": true, "note": "no" }),
        ];
        insert(app, &sheet, &rows).await;
        let actor = app.service.actor_of_bearer(&app.key).await.unwrap();
        Self { app, actor, sheet: SheetId::parse(&sheet).unwrap() }
    }

    async fn find(&self, text: &str, whole_cell: bool, fields: &[&str]) -> Found {
        let fields = fields.iter().map(ToString::to_string).collect();
        let sought =
            Sought { text: text.to_string(), spelling: Spelling { match_case: false, whole_cell }, fields };
        let service = &self.app.service;
        let all = RecordQuery::default();
        service.find_cells(&self.actor, &self.sheet, &all, &sought, Seek::From((0, 0))).await.unwrap()
    }

    async fn replace(&self, find: &str, with: &str) -> u64 {
        let change = BulkChange::Replace {
            field: None,
            find: find.into(),
            spelling: Some(Spelling::default()),
            with: with.into(),
        };
        let all = RecordQuery::default();
        self.app.service.change_in_bulk(&self.actor, &self.sheet, &all, &change, false).await.unwrap().records
    }

    async fn column(&self, key: &str) -> Vec<String> {
        let records = self.app.get(&format!("/v1/sheets/{}/records", self.sheet)).await.data();
        let value = |record: &serde_json::Value| record["values"][key]["value"].to_string();
        records["records"].as_array().unwrap().iter().map(value).collect()
    }
}

const ALL: [&str; 4] = ["country", "seen", "open", "note"];

#[tokio::test]
async fn labels_are_found_in_the_order_of_the_view() {
    on_each_database(async |app: TestApp| {
        let places = Places::with(&app).await;
        let found = places.find("united", false, &ALL).await;
        assert_eq!((found.cells, found.writable, found.partial), (6, 1, 5), "only the note is replaced");
        let next = found.next.unwrap();
        assert_eq!((next.place, next.row, next.field.as_str()), (1, 0, "country"));
        assert_eq!(places.find("us", false, &["country", "note"]).await.cells, 3, "what the cells hold");
        let whole = places.find("united states", true, &ALL).await;
        assert_eq!((whole.cells, whole.writable, whole.writable_fields), (3, 2, 1), "a list stays");
        assert_eq!(places.find("yes", false, &["open"]).await.cells, 2);
        assert_eq!(places.find("no", false, &["open", "note"]).await.cells, 2);
        assert_eq!(places.find("ye", false, &ALL).await.cells, 0);
    })
    .await;
}

#[tokio::test]
async fn as_many_options_are_replaced_as_was_said() {
    on_each_database(async |app: TestApp| {
        let places = Places::with(&app).await;
        assert_eq!(places.replace("united s", "x").await, 0, "a part of a label is in no cell");
        assert_eq!(places.replace("u", "x").await, 2, "notes and lists hold it, of options it is a part");
        assert_eq!(places.column("country").await, [r#""us""#, r#""gb""#, r#""us""#]);
        let said = places.find("United States", false, &ALL).await;
        assert_eq!((said.writable, places.replace("United States", "united kingdom").await), (2, 2));
        assert_eq!(places.column("country").await, [r#""gb""#; 3]);
        assert_eq!(places.replace("yes", "no").await, 2);
        assert_eq!(places.column("open").await, ["false"; 3]);
    })
    .await;
}
