//! The reference of the API, read off its OpenAPI document.

mod example;

use leptos::prelude::use_context;
use serde_json::Value;

use self::example::{example, resolved};
use super::{Asker, refuse};
use crate::rpc::reference::{AnswerRow, ApiDocument, BodyView, OperationDetail, OperationRow, ParameterRow};
use crate::rpc::{ErrorKind, RpcError};

/// The methods of a path that are listed, in this order.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub async fn operations() -> Result<Vec<OperationRow>, RpcError> {
    Asker::of_request()?;
    let document = document()?;
    let mut rows = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let found = METHODS.iter().filter_map(|method| Some((method, item.get(method)?)));
        rows.extend(found.map(|(method, operation)| OperationRow {
            tag: text(&operation["tags"][0]),
            method: method.to_uppercase(),
            path: path.clone(),
            summary: text(&operation["summary"]),
        }));
    }
    // Within a tag the order of the document stays.
    rows.sort_by(|one, other| one.tag.cmp(&other.tag));
    Ok(rows)
}

pub async fn operation(method: String, path: String) -> Result<OperationDetail, RpcError> {
    let asker = Asker::of_request()?;
    let document = document()?;
    let known = METHODS.iter().find(|known| known.eq_ignore_ascii_case(&method));
    let found = known.and_then(|method| document["paths"].get(&path)?.get(method));
    let found = found.ok_or_else(|| refuse(ErrorKind::NotFound, "The API has no such operation"))?;
    Ok(detail(document, found, &method, &[asker.service.settings.public_url.as_str(), &path].concat()))
}

fn document() -> Result<&'static Value, RpcError> {
    let document = use_context::<ApiDocument>();
    let document = document.ok_or_else(|| refuse(ErrorKind::Internal, "The server is not complete"))?;
    Ok((document.0)())
}

fn detail(document: &Value, operation: &Value, method: &str, url: &str) -> OperationDetail {
    let parameters: Vec<ParameterRow> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| parameter(document, one))
        .collect();
    let body =
        operation.get("requestBody").map(|body| body_of(document, &body["content"])).unwrap_or_default();
    let answer = |(status, answer): (&String, &Value)| {
        let answer = resolved(document, answer);
        AnswerRow {
            status: status.clone(),
            text: text(&answer["description"]),
            body: body_of(document, &answer["content"]),
        }
    };
    OperationDetail {
        text: text(&operation["description"]),
        answers: operation["responses"].as_object().into_iter().flatten().map(answer).collect(),
        curl: curl(method, url, &parameters, body.as_ref()),
        parameters,
        body,
    }
}

fn parameter(document: &Value, parameter: &Value) -> ParameterRow {
    let parameter = resolved(document, parameter);
    ParameterRow {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        required: parameter["required"] == true,
        kind: example::kind(document, &parameter["schema"]),
        text: text(&parameter["description"]),
    }
}

/// What is in a body; of several forms JSON.
fn body_of(document: &Value, content: &Value) -> Option<BodyView> {
    let forms = content.as_object()?;
    let (form, media) = forms.get_key_value("application/json").or_else(|| forms.iter().next())?;
    let example = match (form.ends_with("json"), media.get("example")) {
        (true, Some(example)) => Some(example.clone()),
        (true, None) => media.get("schema").map(|schema| example(document, schema)),
        (false, _) => None,
    };
    let example = example.and_then(|example| serde_json::to_string_pretty(&example).ok());
    Some(BodyView { form: form.clone(), example: example.unwrap_or_default() })
}

/// The line that calls an operation: what stands in capitals is to be put in.
fn curl(method: &str, url: &str, parameters: &[ParameterRow], body: Option<&BodyView>) -> String {
    let mut url = url.to_string();
    let mut mark = '?';
    for parameter in parameters {
        let put = capitals(&parameter.name);
        if parameter.place == "path" {
            url = url.replace(&format!("{{{}}}", parameter.name), &put);
        } else if parameter.place == "query" && parameter.required {
            url = format!("{url}{mark}{}={put}", parameter.name);
            mark = '&';
        }
    }
    let mut line =
        format!("curl -X {} \"{url}\" \\\n  -H \"Authorization: Bearer $API_KEY\"", method.to_uppercase());
    if let Some(body) = body {
        line += &match body.example.is_empty() {
            false => {
                let example = body.example.replace('\'', "'\\''");
                format!(" \\\n  -H \"Content-Type: {}\" \\\n  -d '{example}'", body.form)
            }
            true if body.form == "multipart/form-data" => " \\\n  -F file=@FILE".to_string(),
            true => format!(" \\\n  -H \"Content-Type: {}\" \\\n  --data-binary @FILE", body.form),
        };
    }
    line
}

/// `spaceId` as `SPACE_ID`.
fn capitals(name: &str) -> String {
    let mut all = String::with_capacity(name.len() + 2);
    for character in name.chars() {
        if character.is_uppercase() && !all.is_empty() {
            all.push('_');
        }
        all.extend(character.to_uppercase());
    }
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_names_what_is_to_be_put_in() {
        let operation = json!({
            "parameters": [
                { "name": "spaceId", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "q", "in": "query", "schema": { "type": "string" } },
                { "name": "sheetId", "in": "query", "required": true, "schema": { "type": "string" } },
            ],
            "requestBody": { "content": { "application/json": { "schema": {
                "type": "object", "properties": { "name": { "type": "string", "example": "Ann's" } } } } } },
            "responses": { "200": { "description": " Done. " } },
        });
        let found = detail(&json!({}), &operation, "post", "http://inlet.test/v1/spaces/{spaceId}");
        let expected = "curl -X POST \"http://inlet.test/v1/spaces/SPACE_ID?sheetId=SHEET_ID\" \\\n  \
            -H \"Authorization: Bearer $API_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n  \
            -d '{\n  \"name\": \"Ann'\\''s\"\n}'";
        assert_eq!(found.curl, expected);
        assert_eq!((found.answers[0].text.as_str(), &found.answers[0].body), ("Done.", &None));
    }
}
