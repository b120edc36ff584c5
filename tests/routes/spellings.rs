//! A cell keeps the text that it was given; whoever asks for values is answered by what the texts mean.

use serde_json::{Value, json};

use crate::fixtures::{insert, text};
use crate::{TestApp, on_each_database};

/// The id of a sheet with six records, each of whose values is spelled in two ways.
async fn spelled(app: &TestApp) -> (String, String, Vec<String>) {
    let space = text(&app.post("/v1/spaces", json!({ "name": "Spellings" })).await.data(), "id");
    let options = json!([{ "value": "us", "label": "Austria" }, { "value": "de", "label": "Zambia" }]);
    let workbook = json!({ "name": "Spellings", "spaceId": space, "sheets": [{ "name": "Spellings", "fields": [
        { "key": "price", "type": "number" },
        { "key": "paid", "type": "boolean" },
        { "key": "land", "type": "enum", "config": { "options": options } },
        { "key": "tags", "type": "string-list" },
    ] }] });
    let sheet = text(&app.post("/v1/workbooks", workbook).await.data()["sheets"][0], "id");
    let of = |price: &str, paid: &str, land: &str, tags: Value| json!({ "price": price, "paid": paid, "land": land, "tags": tags });
    let rows = [
        of("1,000", "yes", "de", json!(["a", "b"])),
        of("1000", "true", "Zambia", json!("a;b")),
        of("9", "no", "US", json!(["a, b"])),
        of("1000.0", "Y", "austria", json!(null)),
    ];
    let ids = insert(app, &sheet, &rows).await;
    (space, sheet, ids)
}

#[tokio::test]
async fn values_are_listed_and_sorted_by_what_they_mean() {
    on_each_database(async |app: TestApp| {
        let (_, sheet, ids) = spelled(&app).await;
        let values = async |field: &str, query: &str| {
            let path =
                format!("/v1/sheets/{sheet}/cells?fieldKey={field}&distinct=true&includeCounts=true{query}");
            let cells = app.get(&path).await.data()[field].as_array().unwrap().clone();
            let one = |cell: &Value| json!([cell["value"], cell["counts"]["total"]]);
            Value::Array(cells.iter().map(one).collect())
        };
        assert_eq!(values("price", "").await, json!([[1000, 3], [9, 1]]));
        assert_eq!(values("price", "&sortField=price").await, json!([[9, 1], [1000, 3]]));
        assert_eq!(values("paid", "").await, json!([[true, 3], [false, 1]]));
        assert_eq!(values("land", "&sortField=land&sortDirection=desc").await, json!([["de", 2], ["us", 2]]));
        for (direction, order) in [("asc", [2, 3, 0, 1]), ("desc", [0, 1, 2, 3])] {
            let path = format!("/v1/sheets/{sheet}/records?sortField=land&sortDirection={direction}");
            let records = app.get(&path).await.data()["records"].as_array().unwrap().clone();
            let found: Vec<&Value> = records.iter().map(|record| &record["id"]).collect();
            assert_eq!(json!(found), json!(order.map(|place: usize| &ids[place])), "by label, {direction}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_downloaded_file_holds_values() {
    on_each_database(async |app: TestApp| {
        let (_, sheet, _) = spelled(&app).await;
        let file = app.get(&format!("/v1/sheets/{sheet}/download?format=csv-raw")).await;
        let expected = "price,paid,land,tags\n1000,true,de,\"a, b\"\n1000,true,de,a;b\n9,false,us,\"[\"\"a, b\"\"]\"\n1000.0,true,us,\n";
        assert_eq!(String::from_utf8(file.bytes).unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn what_is_replaced_is_found_by_what_it_means_and_told_as_values() {
    on_each_database(async |app: TestApp| {
        let (space, sheet, ids) = spelled(&app).await;
        for (field, find, replace, changed) in [
            ("price", json!(1000), json!(5), 3),
            ("paid", json!(false), json!(true), 1),
            ("land", json!("Austria"), json!("de"), 2),
        ] {
            let body = json!({ "find": find, "replace": replace, "fieldKey": field });
            app.put(&format!("/v1/sheets/{sheet}/find-replace"), body).await.data();
            let events = app
                .get(&format!("/v1/events?spaceId={space}&topic=records:updated&pageSize=1000"))
                .await
                .data();
            let told =
                events.as_array().unwrap().iter().max_by_key(|event| event["createdAt"].to_string()).unwrap();
            let changes = told["payload"]["changes"].as_array().unwrap();
            assert_eq!((changes.len(), &changes[0]["newValue"]), (changed, &replace), "{told}");
            if field == "price" {
                let first =
                    json!({ "recordId": ids[0], "fieldKey": "price", "previousValue": 1000, "newValue": 5 });
                assert_eq!(changes[0], first);
            }
        }
    })
    .await;
}
