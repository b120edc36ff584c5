//! Files.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::shape;
use crate::domain::action::Action;
use crate::domain::file::{File, FileMode, FileStatus};

/// A file of a space.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = File)]
pub struct FileBody {
    /// Its id.
    id: String,
    /// Its name with its extension.
    name: String,
    /// What follows the last dot of the name.
    ext: String,
    /// What kind of bytes it says to hold.
    mimetype: String,
    /// The encoding of its text, as far as known.
    encoding: String,
    /// How far it is.
    #[schema(schema_with = shape::words::<FileStatus>)]
    status: FileStatus,
    /// `import` for what came in, `export` for what was made to be taken away.
    #[schema(schema_with = shape::words::<FileMode>)]
    mode: FileMode,
    /// Bytes.
    size: i64,
    /// Bytes; the same as `size`.
    bytes_received: i64,
    /// The space it belongs to.
    space_id: String,
    /// The workbook made of it.
    workbook_id: Option<String>,
    /// The sheet it went into.
    sheet_id: Option<String>,
    /// Items of its menu.
    #[schema(value_type = Vec<Object>)]
    actions: Vec<Action>,
    /// Where it came from, as its sender said.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Value>,
    /// When it was stored.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When it was deleted because its time was up.
    expired_at: Option<String>,
}

impl From<File> for FileBody {
    fn from(mut file: File) -> Self {
        Self {
            ext: file.extension().to_string(),
            id: file.id.into(),
            name: file.name,
            mimetype: file.mimetype,
            encoding: file.encoding,
            status: file.status,
            mode: file.mode,
            size: file.size,
            bytes_received: file.size,
            space_id: file.space_id.into(),
            workbook_id: file.workbook_id.map(String::from),
            sheet_id: file.sheet_id.map(String::from),
            actions: file.actions,
            origin: file.extra.remove("origin"),
            created_at: file.created_at.to_string(),
            updated_at: file.updated_at.to_string(),
            expired_at: file.expired_at.map(|moment| moment.to_string()),
        }
    }
}

/// Changes to a file: absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FileRequest {
    /// Its name with its extension.
    pub name: Option<String>,
    /// How far it is.
    #[schema(schema_with = shape::words_or_null::<FileStatus>)]
    pub status: Option<FileStatus>,
    /// Which way it goes.
    #[schema(schema_with = shape::words_or_null::<FileMode>)]
    pub mode: Option<FileMode>,
    /// The workbook made of it.
    pub workbook_id: Option<String>,
    /// Replaces the stored list.
    #[schema(value_type = Option<Vec<Object>>)]
    pub actions: Option<Vec<Action>>,
}

/// How a copy of a file is called.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = CloneFile)]
pub struct CloneRequest {
    /// What stands before its name; "Copy of" when absent.
    pub prefix: Option<String>,
}

/// The form by which a file is uploaded. Its parts may come in any order.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described in the OpenAPI document; the form is read part by part")]
#[schema(rename_all = "camelCase")]
pub struct UploadForm {
    /// The space it is for.
    space_id: String,
    /// The environment of that space.
    environment_id: Option<String>,
    /// `import` unless said otherwise.
    mode: Option<String>,
    /// The bytes, with a file name.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// An action as JSON; one part each.
    #[schema(value_type = Option<Vec<Object>>)]
    actions: Option<Vec<Action>>,
    /// Where it comes from.
    origin: Option<String>,
}
