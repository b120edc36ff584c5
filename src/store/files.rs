//! Files: what is known of them. Their bytes lie elsewhere.

use super::convert::{from_json, from_word, id, json, moment, optional_id, word};
use super::granted::Kind;
use super::rows::Rows;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::file::{File, FileMode, FileStatus};
use crate::domain::ids::{FileId, SpaceId};
use crate::domain::time::Timestamp;

/// Files that one statement looks up.
const LOOKUPS: usize = 500;

const COLUMNS: &str =
    "id, account_id, environment_id, space_id, name, mimetype, encoding, status, mode, size,
    workbook_id, sheet_id, actions, extra, created_by, created_at, updated_at, expired_at";

/// Keeps a new file.
pub async fn insert(tx: &mut Tx, file: &File) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO files (id, account_id, environment_id, space_id, name, mimetype, encoding, status, mode, size,
            workbook_id, sheet_id, actions, extra, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(&file.id)
    .bind(&file.account_id)
    .bind(&file.environment_id)
    .bind(&file.space_id);
    let statement =
        bind_changing(statement, file)?.bind(&file.created_by).bind(file.created_at).bind(file.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of a file that can change.
pub async fn update(tx: &mut Tx, file: &File) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE files SET name = $2, mimetype = $3, encoding = $4, status = $5, mode = $6, size = $7,
            workbook_id = $8, sheet_id = $9, actions = $10, extra = $11, updated_at = $12
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&file.id);
    let statement = bind_changing(statement, file)?.bind(file.updated_at);
    tx.execute(statement).await.map(|_| ())
}

fn bind_changing(statement: Statement, file: &File) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&file.name)
        .bind(&file.mimetype)
        .bind(&file.encoding)
        .bind(word(&file.status)?)
        .bind(word(&file.mode)?)
        .bind(file.size)
        .bind(&file.workbook_id)
        .bind(&file.sheet_id)
        .bind(json(&file.actions)?)
        .bind(json(&file.extra)?))
}

/// The file of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &FileId) -> Result<Option<File>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM files WHERE deleted_at IS NULL AND id = ", id)
        .within_parts(scope, Kind::Files);
    tx.optional::<FileRow>(statement).await?.map(File::try_from).transpose()
}

/// The same, also when it has expired.
pub async fn find_or_expired(tx: &mut Tx, scope: &Scope, id: &FileId) -> Result<Option<File>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM files WHERE (deleted_at IS NULL OR expired_at IS NOT NULL) AND id = ", id)
        .within_parts(scope, Kind::Files);
    tx.optional::<FileRow>(statement).await?.map(File::try_from).transpose()
}

/// One page of the files of a space, or of all of them, the newest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    space_id: Option<&SpaceId>,
    mode: Option<FileMode>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<File>, u64), StoreError> {
    let rest = Statement::new("FROM files WHERE deleted_at IS NULL")
        .in_spaces(scope, space_id)
        .filter(" AND mode = ", mode.map(|mode| word(&mode)).transpose()?)
        .within_parts(scope, Kind::Files);
    let order = " ORDER BY created_at DESC, id";
    let (rows, total) = tx.page::<FileRow>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(File::try_from).collect::<Result<_, _>>()?, total))
}

/// All files of a space, the oldest first.
pub async fn all(tx: &mut Tx, scope: &Scope, space_id: &SpaceId) -> Result<Vec<File>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM files WHERE deleted_at IS NULL AND space_id = ", space_id)
        .within_parts(scope, Kind::Files)
        .push(" ORDER BY created_at, id");
    tx.all::<FileRow>(statement).await?.into_iter().map(File::try_from).collect()
}

/// The files of a space that have actions, the oldest first.
pub async fn with_actions(tx: &mut Tx, scope: &Scope, space_id: &SpaceId) -> Result<Vec<File>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM files WHERE deleted_at IS NULL AND actions <> '[]' AND space_id = ", space_id)
        .within_parts(scope, Kind::Files)
        .push(" ORDER BY created_at, id");
    tx.all::<FileRow>(statement).await?.into_iter().map(File::try_from).collect()
}

/// Which of these files a database knows or ever knew, whoever asks, and whether each is there; for the server's own
/// work.
pub async fn known(tx: &mut Tx, ids: &[FileId]) -> Result<Vec<(FileId, bool)>, StoreError> {
    let mut known = Vec::new();
    for ids in ids.chunks(LOOKUPS) {
        let statement = Statement::new("SELECT id, deleted_at IS NULL FROM files WHERE id")
            .push_among(tx, Rows::of_ids(ids)?);
        for (found, is_there) in tx.all::<(String, bool)>(statement).await? {
            known.push((id("files.id", &found)?, is_there));
        }
    }
    Ok(known)
}

/// Deletes what is known of a file.
pub async fn delete(tx: &mut Tx, id: &FileId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE files SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL");
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

/// Deletes what is known of a file because its time is up; its bytes go, too.
pub async fn expire(tx: &mut Tx, id: &FileId, now: Timestamp) -> Result<(), StoreError> {
    let text =
        "UPDATE files SET expired_at = $2, deleted_at = $2, status = $3 WHERE id = $1 AND deleted_at IS NULL";
    let statement = Statement::new(text).bind(id).bind(now).bind(word(&FileStatus::Purged)?);
    tx.execute(statement).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct FileRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: String,
    name: String,
    mimetype: String,
    encoding: String,
    status: String,
    mode: String,
    size: i64,
    workbook_id: Option<String>,
    sheet_id: Option<String>,
    actions: String,
    extra: String,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    expired_at: Option<i64>,
}

impl TryFrom<FileRow> for File {
    type Error = StoreError;

    fn try_from(row: FileRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("files.id", &row.id)?,
            account_id: id("files.account_id", &row.account_id)?,
            environment_id: id("files.environment_id", &row.environment_id)?,
            space_id: id("files.space_id", &row.space_id)?,
            name: row.name,
            mimetype: row.mimetype,
            encoding: row.encoding,
            status: from_word("files.status", row.status)?,
            mode: from_word("files.mode", row.mode)?,
            size: row.size,
            workbook_id: optional_id("files.workbook_id", row.workbook_id)?,
            sheet_id: optional_id("files.sheet_id", row.sheet_id)?,
            actions: from_json("files.actions", &row.actions)?,
            extra: from_json("files.extra", &row.extra)?,
            created_by: row.created_by,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            expired_at: moment(row.expired_at),
        })
    }
}
