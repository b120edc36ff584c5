use std::io::{Read, Write};

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixtures::{contacts, insert};
use crate::{TestApp, on_each_database};

/// `text` as gzip of stored blocks: what `gzip` would make, without a compressor.
pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let blocks: Vec<&[u8]> = text.chunks(65_535).collect();
    for (number, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        packed.push(u8::from(number + 1 == blocks.len()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.write_all(block).unwrap();
    }
    packed.extend(crc32(text).to_le_bytes());
    packed.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
    packed
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.bytes().map(Result::unwrap).fold(!0u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

#[tokio::test]
async fn untidy_addresses_are_understood() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        for path in [
            format!("//v1/sheets/{}", made.sheet),
            format!("/v1//sheets///{}", made.sheet),
            format!("/v1/v1/sheets/{}", made.sheet),
            format!("//v1/v1/sheets/{}?a=//b", made.sheet),
            format!("/v1/sheets/{}/", made.sheet),
            format!("/v1/sheets/{}//?a=/", made.sheet),
        ] {
            assert_eq!(app.get(&path).await.data()["id"], json!(made.sheet), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn bodies_may_be_packed() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let ids = insert(&app, &made.sheet, &[json!({ "name": "Ada" })]).await;
        let path = format!("/v1/sheets/{}/records", made.sheet);
        let put = async |encoding: &str, body: Vec<u8>| {
            let request = Request::put(&path)
                .header("authorization", format!("bearer {}", app.key))
                .header("content-encoding", encoding);
            app.send(request.body(Body::from(body)).unwrap()).await
        };
        let change = json!([{ "id": ids[0], "values": { "name": { "value": "Eve" } } }]).to_string();
        put("gzip", gzip(change.as_bytes())).await.data();
        assert_eq!(app.get(&path).await.data()["records"][0]["values"]["name"]["value"], json!("Eve"));
        put("gzip", b"not gzip at all".to_vec()).await.refused(400);
        put("gzip", gzip(change.as_bytes())[..40].to_vec()).await.refused(400);
        put("br", change.into_bytes()).await.refused(415);
        // A body is measured unpacked.
        put("gzip", gzip(&vec![b' '; (64 << 20) + 1])).await.refused(413);
    })
    .await;
}

#[tokio::test]
async fn answers_are_packed_for_those_who_ask() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let people: Vec<_> = (0..5_000).map(|age| json!({ "name": "Ada", "age": age })).collect();
        insert(&app, &made.sheet, &people).await;
        let get = async |path: &str, encoding: &str| {
            let request = Request::get(format!("/v1/sheets/{}/{path}", made.sheet))
                .header("authorization", format!("Bearer {}", app.key))
                .header("accept-encoding", encoding);
            app.send(request.body(Body::empty()).unwrap()).await
        };
        for path in ["records", "download"] {
            let plain = get(path, "identity").await;
            assert!(!plain.headers.contains_key("content-encoding"));
            let packed = get(path, "gzip, deflate").await;
            assert_eq!(packed.headers["content-encoding"], "gzip");
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&packed.bytes[..]).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == plain.bytes);
            assert!(packed.bytes.len() < plain.bytes.len());
            assert_eq!(get(path, "gzip, br").await.headers["content-encoding"], "br");
        }
        assert!(!get("download?format=xlsx", "gzip, br").await.headers.contains_key("content-encoding"));
    })
    .await;
}

#[tokio::test]
async fn pages_of_other_origins_may_call() {
    on_each_database(async |app: TestApp| {
        let headers = "authorization,x-disable-hooks,x-fern-language,x-fern-sdk-name,x-fern-sdk-version,x-fern-runtime,\
                       x-fern-runtime-version,keep-alive,content-type,content-encoding,x-force-hooks,x-sheet-id";
        for path in ["/v1/spaces", "/v1/sheets/a/records", "/v2/subscribe/k/c/0"] {
            let preflight = Request::options(path)
                .header("origin", "https://shop.example")
                .header("access-control-request-method", "PATCH")
                .header("access-control-request-headers", headers);
            let answer = app.send(preflight.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.headers["access-control-allow-origin"], "*");
            let allowed = answer.headers["access-control-allow-headers"].to_str().unwrap();
            for header in headers.split(',') {
                assert!(allowed.contains(header.trim()), "{header} is not in {allowed}");
            }
            assert!(answer.headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
        }
        let refused = Request::get("/v1/spaces").header("origin", "https://shop.example").body(Body::empty()).unwrap();
        let answer = app.send(refused).await;
        assert_eq!(answer.headers["access-control-allow-origin"], "*", "also on errors, or pages cannot read them");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_needed_in_its_header() {
    on_each_database(async |app: TestApp| {
        for value in ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer sk_unknown", &app.key.clone()] {
            let request =
                Request::get("/v1/spaces").header("authorization", value).body(Body::empty()).unwrap();
            app.send(request).await.refused(401);
        }
        app.send(Request::get("/v1/spaces").body(Body::empty()).unwrap()).await.refused(401);
        assert_eq!(app.call_as(&app.key, "GET", "/v1/spaces", &Value::Null).await.status, 200);
    })
    .await;
}
