//! Receiving a file as a form. The SDK sends `spaceId`, `environmentId`, `mode`, `file`, then an
//! `actions` part for each action; others send the file first. The bytes go to disk as they come, and
//! the rest is looked at when all parts are there. A part `sheetId` before the file is our own: the file is imported
//! into that sheet while it arrives, when all of its columns match by name. Of other files that the server reads, a workbook is made.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::error::{ApiError, ApiResult};
use super::extract::known;
use crate::domain::access::Actor;
use crate::domain::action::Action;
use crate::domain::file::{File, FileMode};
use crate::domain::ids::{SheetId, SpaceId};
use crate::domain::parse::from_slice;
use crate::service::Service;
use crate::service::arriving_import::Destination;
use crate::service::files::{NewFile, Upload};

/// Most bytes of a part that is not the file.
const MOST_TEXT: usize = 1 << 20;
/// Most parts: more is not a form but an attack.
const MOST_PARTS: usize = 1_000;

/// What the parts said, as far as they came.
#[derive(Default)]
struct Parts {
    space_id: Option<SpaceId>,
    sheet_id: Option<SheetId>,
    mode: Option<FileMode>,
    actions: Vec<Action>,
    extra: Map<String, Value>,
    file: Option<Received>,
}

struct Received {
    upload: Upload,
    name: String,
    mimetype: String,
}

/// Stores the file of a form.
///
/// # Errors
/// When a part is missing, broken or too large, or the space is not there. Nothing is stored then.
pub async fn receive(service: &Service, actor: &Actor, size: u64, mut form: Multipart) -> ApiResult<File> {
    let mut parts = Parts::default();
    let mut number = 0;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        number += 1;
        if number > MOST_PARTS {
            return Err(ApiError::bad("general", format!("the form has more than {MOST_PARTS} parts")));
        }
        let name = part.name().unwrap_or_default().to_string();
        match name.as_str() {
            "file" => {
                let sheet = parts.sheet_id.clone().filter(|_| parts.file.is_none());
                let destination = sheet.map(|sheet| Destination { sheet, size });
                parts.file = Some(store(service, actor, part, destination).await?);
            }
            "sheetId" => parts.sheet_id = Some(known(&text(part, &name).await?)?),
            "spaceId" => parts.space_id = Some(known(&text(part, &name).await?)?),
            "mode" => parts.mode = mode(&text(part, &name).await?)?,
            "actions" => parts.actions.extend(actions(&text(part, &name).await?)?),
            "origin" => {
                let origin = text(part, &name).await?;
                parts.extra.insert(name, Value::String(origin));
            }
            _ => drop(text(part, &name).await?),
        }
    }
    let received = parts.file.ok_or_else(|| ApiError::bad("file", "the form has no part `file`"))?;
    let space_id = parts.space_id.or_else(|| actor.scope.space_id.clone());
    let space_id = space_id.ok_or_else(|| ApiError::bad("spaceId", "the form has no part `spaceId`"))?;
    let new = NewFile {
        space_id,
        name: received.name,
        mimetype: received.mimetype,
        mode: parts.mode.unwrap_or(FileMode::Import),
        actions: parts.actions,
        extra: parts.extra,
        extracted: parts.sheet_id.is_none(),
    };
    Ok(service.finish_upload(actor, received.upload, new).await?)
}

/// Takes the file; with a sheet and about how many bytes will come, it is imported as soon as it can be judged.
async fn store(
    service: &Service,
    actor: &Actor,
    mut part: Field<'_>,
    mut destination: Option<Destination>,
) -> ApiResult<Received> {
    let Some(name) = part.file_name().map(str::to_string).filter(|name| !name.is_empty()) else {
        return Err(ApiError::bad("file", "the part `file` has no file name"));
    };
    let mimetype = part.content_type().unwrap_or("application/octet-stream").to_string();
    let mut upload = service.start_upload(actor).await?;
    loop {
        let more = part.chunk().await.map_err(broken)?;
        if let Some(bytes) = &more {
            upload.write(bytes).await?;
        }
        service.offer_arriving(actor, &upload, &name, &mut destination, more.is_none()).await?;
        if more.is_none() {
            return Ok(Received { upload, name, mimetype });
        }
    }
}

async fn text(mut part: Field<'_>, name: &str) -> ApiResult<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_TEXT {
            return Err(ApiError::bad(name, format!("the part `{name}` is larger than 1 MiB")));
        }
    }
    String::from_utf8(bytes).map_err(|_| ApiError::bad(name, format!("the part `{name}` is not UTF-8")))
}

fn mode(text: &str) -> ApiResult<Option<FileMode>> {
    match text {
        "" => Ok(None),
        "import" => Ok(Some(FileMode::Import)),
        "export" => Ok(Some(FileMode::Export)),
        _ => Err(ApiError::bad("mode", format!("`{text}` is not a mode; use import or export"))),
    }
}

/// One action, as the SDK sends them, or a list of them.
fn actions(text: &str) -> ApiResult<Vec<Action>> {
    if text.trim_start().starts_with('[') {
        return from_slice(text.as_bytes()).map_err(|error| error.within("actions").into());
    }
    from_slice(text.as_bytes()).map(|action| vec![action]).map_err(|error| error.within("actions").into())
}

fn broken(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "the form is larger than the server takes");
    }
    ApiError::bad("general", format!("the form cannot be read: {}", error.body_text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_come_one_by_one_or_as_a_list() {
        assert_eq!(actions(r#"{"label":"A"}"#).unwrap().len(), 1);
        assert_eq!(actions(r#"[{"label":"A"},{"label":"B"}]"#).unwrap().len(), 2);
        assert!(actions("nonsense").is_err());
    }
}
