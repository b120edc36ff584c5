//! Workbooks and files of every space that the asker sees.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fixtures::{blueprint, contacts, embed_token, text};
use crate::presence::other_account;
use crate::{TestApp, on_each_database};

/// Two spaces of an environment and one of its neighbour: the workbook and the file that each has, by their lists.
struct World {
    spaces: [String; 3],
    workbooks: [String; 3],
    files: [String; 3],
    neighbour: String,
}

async fn world(app: &TestApp) -> World {
    let neighbour = app.neighbours_key().await;
    let mut made = Vec::new();
    for key in [&app.key, &app.key, &neighbour] {
        let space = app.call_as(key, "POST", "/v1/spaces", &json!({ "name": "Contacts" })).await.data();
        let mut workbook = blueprint();
        workbook["spaceId"] = space["id"].clone();
        let workbook = app.call_as(key, "POST", "/v1/workbooks", &workbook).await.data();
        let space = text(&space, "id");
        let parts = [("spaceId", space.as_str()), ("file", "a,b")];
        let file = crate::files::upload_as(app, key, "a.csv", &parts).await.data();
        made.push([space, text(&workbook, "id"), text(&file, "id")]);
    }
    let each = |place: usize| std::array::from_fn(|which| made[which][place].clone());
    World { spaces: each(0), workbooks: each(1), files: each(2), neighbour }
}

async fn listed(app: &TestApp, key: &str, path: &str) -> Value {
    let answer = app.call_as(key, "GET", path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

fn ids(list: &Value) -> BTreeSet<&str> {
    list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn set(ids: &[String]) -> BTreeSet<&str> {
    ids.iter().map(String::as_str).collect()
}

#[tokio::test]
async fn without_a_space_everybody_is_shown_what_they_may_see() {
    on_each_database(async |app: TestApp| {
        let world = world(&app).await;
        let whole = crate::auth::admin(&app).await;
        let stranger = crate::auth::signed_in(&app, &other_account(&app).await, "Eve").await;
        let page = embed_token(&app, &world.spaces[0]).await;
        for (path, things) in [("/v1/workbooks", &world.workbooks), ("/v1/files", &world.files)] {
            for (key, seen) in [
                (&app.key, &things[..2]),
                (&world.neighbour, &things[2..]),
                (&whole, &things[..]),
                (&page, &things[..1]),
                (&stranger, &[]),
            ] {
                let list = listed(&app, key, path).await;
                assert_eq!(ids(&list), set(seen), "{path}");
                assert_eq!(list["pagination"]["totalCount"], json!(seen.len()), "{path}");
            }
            app.call_as(&app.publishable, "GET", path, &Value::Null).await.refused(403);
            let other = format!("{path}?spaceId={}", world.spaces[1]);
            assert_eq!(ids(&listed(&app, &app.key, &other).await), set(&things[1..2]));
            for key in [&world.neighbour, &page, &stranger] {
                app.call_as(key, "GET", &other, &Value::Null).await.refused(404);
            }
        }
        app.delete(&format!("/v1/spaces/{}", world.spaces[0])).await.data();
        for (path, things) in [("/v1/workbooks", &world.workbooks), ("/v1/files", &world.files)] {
            assert_eq!(ids(&listed(&app, &app.key, path).await), set(&things[1..2]), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_whole_list_comes_in_pages() {
    on_each_database(async |app: TestApp| {
        let world = world(&app).await;
        for (path, things, oldest_first) in
            [("/v1/workbooks", &world.workbooks, true), ("/v1/files", &world.files, false)]
        {
            let all = listed(&app, &app.key, path).await;
            let one = |number: usize| format!("{path}?pageSize=1&pageNumber={number}");
            let [first, second] =
                [listed(&app, &app.key, &one(1)).await, listed(&app, &app.key, &one(2)).await];
            assert_eq!([&first["data"][0], &second["data"][0]], [&all["data"][0], &all["data"][1]]);
            assert_eq!(
                second["pagination"],
                json!({ "currentPage": 2, "pageCount": 2, "totalCount": 2 }),
                "{path}"
            );
            assert_eq!(listed(&app, &app.key, &one(3)).await["data"], json!([]), "{path}");
            let mut times = [text(&first["data"][0], "createdAt"), text(&second["data"][0], "createdAt")];
            if !oldest_first {
                times.reverse();
            }
            assert!(times.is_sorted(), "{path}: {times:?}");
            assert_eq!(ids(&all), set(&things[..2]));
            app.get(&format!("{path}?pageSize=0")).await.refused(400);
            app.get(&format!("{path}?spaceId=")).await.data();
            app.get(&format!("{path}?spaceId=x")).await.refused(404);
        }
    })
    .await;
}

#[tokio::test]
async fn workbooks_of_all_spaces_are_picked_and_have_their_own_sheets() {
    on_each_database(async |app: TestApp| {
        let world = world(&app).await;
        let [first, second, _] = &world.workbooks;
        let more = json!({ "name": "-dash", "labels": ["a\",\"b\u{0}"], "namespace": "red",
            "treatments": ["SMALL_DATA"], "sheets": [{ "name": "More", "fields": [{ "key": "a", "type": "string" }] }] });
        app.patch(&format!("/v1/workbooks/{second}"), more).await.data();
        let all = listed(&app, &app.key, "/v1/workbooks").await;
        for workbook in all["data"].as_array().unwrap() {
            let sheets = workbook["sheets"].as_array().unwrap();
            assert!(sheets.iter().all(|sheet| sheet["workbookId"] == workbook["id"]), "{workbook}");
            let slugs: Vec<&str> = sheets.iter().map(|sheet| sheet["slug"].as_str().unwrap()).collect();
            let expected: &[&str] = if workbook["id"] == *first { &["contacts"] } else { &["contacts", "more"] };
            assert_eq!(slugs, expected);
            assert_eq!(app.get(&format!("/v1/workbooks/{}", text(workbook, "id"))).await.data(), *workbook);
        }
        let both = [first, second];
        for (query, picked) in [
            ("label=pinned", &both[..1]),
            ("label=-pinned", &both[1..]),
            ("label=a%22%2C%22b%00", &both[1..]),
            ("label=b", &[]),
            ("name=All%20Contacts", &both[..1]),
            ("name=-All%20Contacts", &both[1..]),
            ("namespace=red", &both[1..]),
            ("namespace=-red", &both[..1]),
            ("treatment=SMALL_DATA", &both[1..]),
            ("treatment=SMALL_DATA&label=pinned", &[]),
            ("name=-x&pageSize=1&pageNumber=2", &both[1..]),
            ("name=-x", &both[..]),
        ] {
            let list = listed(&app, &app.key, &format!("/v1/workbooks?includeSheets=false&{query}")).await;
            let expected: BTreeSet<&str> = picked.iter().map(|id| id.as_str()).collect();
            assert_eq!(ids(&list), expected, "{query}");
            assert!(list["data"].as_array().unwrap().iter().all(|one| one.get("sheets").is_none()));
            let total = if query.contains("pageSize") { 2 } else { picked.len() };
            assert_eq!(list["pagination"]["totalCount"], json!(total), "{query}");
        }
        // All of a space, unless a page of it is asked for.
        let space = contacts(&app).await.space;
        for name in ["B", "C"] {
            let more = json!({ "spaceId": space, "name": name, "sheets": [] });
            app.post("/v1/workbooks", more).await.data();
        }
        let path = format!("/v1/workbooks?spaceId={space}");
        let all = listed(&app, &app.key, &path).await;
        assert_eq!(ids(&all).len(), 3);
        assert_eq!(all["pagination"], json!({ "currentPage": 1, "pageCount": 1, "totalCount": 3 }));
        assert_eq!(ids(&listed(&app, &app.key, &format!("{path}&pageSize=2&pageNumber=2")).await).len(), 1);
    })
    .await;
}
