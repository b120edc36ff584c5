//! What clients send by mistake or in bad faith: each is refused with words that name the place,
//! and none is a 500.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert, text};
use crate::{TestApp, on_each_database};

#[tokio::test]
async fn json_of_the_wrong_shape_is_named() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let id = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let records = format!("/v1/sheets/{}/records", made.sheet);
        let space = format!("/v1/spaces/{}", made.space);
        let job = json!({ "type": "workbook", "operation": "go", "source": made.workbook });
        let job = format!("/v1/jobs/{}", text(&app.post("/v1/jobs", job).await.data(), "id"));
        for (method, path, body, place) in [
            ("POST", "/v1/spaces", "{", "not JSON"),
            ("POST", "/v1/spaces", "[]", ""),
            ("POST", "/v1/spaces", r#"{"name":7}"#, "name"),
            ("POST", "/v1/spaces", r#"{"labels":["a",1]}"#, "labels[1]"),
            ("POST", "/v1/spaces", r#"{"actions":[{"label":"A","mode":"odd"}]}"#, "actions[0].mode"),
            ("POST", "/v1/spaces", r#"{"actions":[{"label":"A"}]}"#, "operation"),
            ("PATCH", &space, r#"{"name":"A"} trailing"#, "not JSON"),
            ("PATCH", &space, " \n\t", "not JSON"),
            ("POST", "/v1/workbooks", "", "empty"),
            ("POST", "/v1/workbooks", "7", "object"),
            ("POST", &records, r#"{"name":{"value":1}}"#, ""),
            ("POST", &records, r#"[{"name":"Ada"}]"#, "[0].name"),
            ("POST", &records, r#"[{"name":{"value":{"a":1}}}]"#, "name"),
            ("POST", &records, r#"[{"nobody":{"value":1}}]"#, "nobody"),
            (
                "POST",
                &records,
                r#"[{"name":{"value":"a","messages":[{"type":"fatal","message":"x"}]}}]"#,
                "[0].name.messages[0].type",
            ),
            ("PUT", &records, r#"[{"values":{}}]"#, "[0]"),
            ("PUT", &records, &format!(r#"[{{"id":"{id}","metadata":[]}}]"#), "[0].metadata"),
            ("POST", "/v1/jobs", r#"{"type":"rocket","operation":"a","source":"b"}"#, "type"),
            ("POST", "/v1/jobs", r#"{"type":"workbook","operation":"a"}"#, "source"),
            ("POST", &format!("{job}/ack"), r#"{"progress":101}"#, "progress"),
            ("POST", &format!("{job}/ack"), r#"{"progress":"half"}"#, "progress"),
            ("POST", &format!("{job}/ack"), r#"{"estimatedCompletionAt":"soon"}"#, "estimatedCompletionAt"),
            ("POST", &format!("{job}/complete"), r#"{"outcome":{"next":{"type":"rocket"}}}"#, "outcome.next"),
            (
                "POST",
                &format!("{job}/complete"),
                r#"{"outcome":{"next":{"type":"url","url":"javascript:alert(1)"}}}"#,
                "outcome.next.url",
            ),
            ("PATCH", &job, r#"{"status":"cancelled"}"#, "status"),
            ("POST", "/v1/events", r#"{"topic":"job:ready","context":[]}"#, "context"),
            ("POST", "/v1/environments", r#"{"name":"x"}"#, "isProd"),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {}", app.key));
            let answer = app.send(request.body(Body::from(body.to_string())).unwrap()).await;
            let message = answer.refused(400);
            assert!(message.contains(place), "{method} {path} {body}: {message}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for path in ["/v1/spaces", "/v1/workbooks", records.as_str()] {
            let request = Request::post(path).header("authorization", format!("Bearer {}", app.key));
            app.send(request.body(Body::from(deep.clone())).unwrap()).await.refused(400);
        }
    })
    .await;
}

#[tokio::test]
async fn a_blueprint_that_is_wrong_is_refused_with_its_place() {
    on_each_database(async |app: TestApp| {
        let space = text(&app.post("/v1/spaces", json!({})).await.data(), "id");
        let field = |field: Value| json!([{ "name": "S", "fields": [{ "key": "a", "type": "string" }, field] }]);
        for (sheets, place) in [
            (field(json!({ "key": "b", "type": "strng" })), "sheets[0].fields[1]"),
            (field(json!({ "key": "A", "type": "string" })), "sheets[0].fields[1].key"),
            (field(json!({ "key": "", "type": "string" })), "sheets[0].fields[1]"),
            (field(json!({ "type": "string" })), "key"),
            (field(json!({ "key": "b", "type": "enum" })), "options"),
            (field(json!({ "key": "b", "type": "reference", "config": { "ref": "none", "key": "a" } })), "sheets[0].fields[1].config.ref"),
            (field(json!({ "key": "b", "type": "string", "constraints": [{ "type": "magic" }] })), "constraints"),
            (json!([{ "name": "", "fields": [] }]), "sheets[0].name"),
            (json!([{ "name": "S", "slug": "s", "fields": [] }, { "name": "T", "slug": "s", "fields": [] }]), "sheets[1].slug"),
            (json!([{ "name": "S" }]), "fields"),
            (json!({ "name": "S" }), "sheets"),
        ] {
            let body = json!({ "spaceId": space, "name": "W", "sheets": sheets });
            let message = app.post("/v1/workbooks", body.clone()).await.refused(400);
            assert!(message.contains(place), "{body}: {message}");
        }
        app.post("/v1/workbooks", json!({ "name": "W", "sheets": [] })).await.refused(400);
        assert_eq!(app.get(&format!("/v1/workbooks?spaceId={space}")).await.data(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn ids_and_numbers_that_are_none_are_refused() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let other = contacts(&app).await;
        let foreign = insert(&app, &other.sheet, &[json!({ "name": "Ada" })]).await.remove(0);
        let records = format!("/v1/sheets/{}/records", made.sheet);
        for (path, status) in [
            ("/v1/spaces/nonsense".to_string(), 404),
            (format!("/v1/spaces/{}", made.workbook), 404),
            ("/v1/sheets/us_sh_%27%20or%201=1".to_string(), 404),
            ("/v1/sheets/%FF%FE".to_string(), 404),
            (format!("/v1/spaces/us_sp_{}", "0".repeat(5000)), 404),
            (format!("{records}?pageSize=0"), 400),
            (format!("{records}?pageSize=-5"), 400),
            (format!("{records}?pageSize=ten"), 400),
            (format!("{records}?pageNumber=1e9"), 400),
            (format!("{records}?pageNumber=18446744073709551616"), 400),
            (format!("{records}?filter=wrong"), 400),
            (format!("{records}?sortDirection=up"), 400),
            (format!("{records}?sortField=nobody"), 400),
            (format!("{records}?fields=nobody"), 400),
            (format!("{records}?includeCounts=maybe"), 400),
            (format!("{records}?commitId=us_vr_0000000000000000000000"), 404),
            (format!("{records}?for=us_evt_0000000000000000000000"), 404),
            ("/v1/jobs?pageSize=x".to_string(), 400),
            ("/v1/spaces?archived=perhaps".to_string(), 400),
        ] {
            let message = app.get(&path).await.refused(status);
            assert!(!message.is_empty(), "{path}");
        }
        // Pages far beyond the end are empty, not an overflow.
        let far = app.get(&format!("{records}?pageNumber=18446744073709551615&pageSize=10000")).await.data();
        assert_eq!(far["records"], json!([]));
        for path in ["/v1/jobs", "/v1/spaces", "/v1/events", "/v1/environments"] {
            let far = app.get(&format!("{path}?pageNumber=18446744073709551615&pageSize=1000")).await.json();
            assert_eq!(far["data"], json!([]), "{path}");
        }
        // A record of another sheet is as absent as one that never was.
        for id in [foreign.as_str(), "us_rc_0000000000000000000000"] {
            let change = json!([{ "id": id, "values": { "name": { "value": "x" } } }]);
            app.put(&records, change).await.refused(404);
        }
        app.put(&records, json!([{ "id": "us_sh_00000000", "values": {} }])).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let request = Request::post(format!("/v1/sheets/{}/records", made.sheet))
            .header("authorization", format!("Bearer {}", app.key));
        let answer = app.send(request.body(Body::from(vec![b' '; (64 << 20) + 1])).unwrap()).await;
        assert!(answer.refused(413).contains("64 MiB"));
        let cell = "x".repeat((1 << 20) + 1);
        let long = json!([{ "name": { "value": cell } }]);
        app.post(&format!("/v1/sheets/{}/records", made.sheet), long).await.refused(400);
    })
    .await;
}
