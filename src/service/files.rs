//! Files: uploaded, listed, downloaded, deleted. The bytes are durable before the row says so.

use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt;

use super::extraction::{delete_workbooks, extraction_job};
use super::spaces::find_space;
use super::workbooks::find_workbook;
use super::{
    Page, Paged, Result, Service, ServiceError, actions, allow, allow_in_or_own, announce, schedules,
};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::event::Topic;
use crate::domain::extraction::is_native;
use crate::domain::file::{File, FileMode, FileStatus};
use crate::domain::ids::{FileId, Id, SpaceId, WorkbookId};
use crate::domain::mount::{self, MountKind};
use crate::files::{FileError, FileWriter, SAMPLE_BYTES};
use crate::store::{Tx, failpoint, files, new_id, now, spaces};

/// Bytes that are copied at once.
const COPIED_AT_ONCE: usize = 256 << 10;

/// What a new file is given, beside its bytes.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Where it belongs.
    pub space_id: SpaceId,
    /// Its name with its extension.
    pub name: String,
    /// What kind of bytes it says to hold.
    pub mimetype: String,
    /// Which way it goes.
    pub mode: FileMode,
    /// Items of its menu.
    pub actions: Vec<Action>,
    /// Members that are kept and handed back.
    pub extra: Map<String, Value>,
    /// A workbook is made of it, when it is a file that the server reads.
    pub extracted: bool,
}

/// Bytes that are arriving; dropped unfinished, nothing of them stays.
pub struct Upload {
    pub(super) id: FileId,
    writer: FileWriter,
    /// The first bytes, as many as are enough to judge a file.
    pub(super) beginning: Vec<u8>,
}

/// What changes in a file; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct FileChange {
    /// Its name with its extension.
    pub name: Option<String>,
    /// How far it is.
    pub status: Option<FileStatus>,
    /// Which way it goes.
    pub mode: Option<FileMode>,
    /// The workbook made of it.
    pub workbook_id: Option<WorkbookId>,
    /// Replaces the list.
    pub actions: Option<Vec<Action>>,
}

impl Upload {
    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let missing = SAMPLE_BYTES - self.beginning.len();
        self.beginning.extend_from_slice(&bytes[..bytes.len().min(missing)]);
        Ok(self.writer.write(bytes).await?)
    }

    /// Whether enough is here to judge the file by.
    pub(super) fn can_be_judged(&self) -> bool {
        self.beginning.len() == SAMPLE_BYTES
    }

    /// How many bytes are here.
    pub fn size(&self) -> u64 {
        self.writer.size()
    }
}

impl Service {
    /// Begins to take a file whose bytes may come before its particulars.
    pub async fn start_upload(&self, actor: &Actor) -> Result<Upload> {
        allow(actor, Operation::WriteFiles)?;
        let id: FileId = new_id();
        let writer = self.files.writer(&id).await?;
        Ok(Upload { id, writer, beginning: Vec::new() })
    }

    /// Makes the bytes durable, then the file known.
    pub async fn finish_upload(&self, actor: &Actor, upload: Upload, new: NewFile) -> Result<File> {
        allow(actor, Operation::WriteFiles)?;
        let mut tx = self.db.read().await?;
        let space = find_space(&mut tx, actor, &new.space_id).await?;
        drop(tx);
        let name = clean_name(&new.name);
        if name.is_empty() {
            return Err(ServiceError::bad_request("file: it needs a name"));
        }
        mount::check(MountKind::File, &new.actions)?;
        let finished = upload.writer.finish().await?;
        failpoint("file-synced");
        let moment = now();
        let file = File {
            id: upload.id,
            account_id: space.account_id.clone(),
            environment_id: space.environment_id.clone(),
            space_id: space.id.clone(),
            name,
            mimetype: new.mimetype,
            encoding: "utf-8".to_string(),
            status: FileStatus::Partial,
            mode: new.mode,
            size: finished.size as i64,
            workbook_id: None,
            sheet_id: None,
            actions: new.actions,
            extra: new.extra,
            created_by: actor.id.clone(),
            created_at: moment,
            updated_at: moment,
            expired_at: None,
        };
        let mut tx = self.db.write().await?;
        files::insert(&mut tx, &file).await?;
        schedules::follow(&mut tx, actor, file.id.as_str(), &[], &actions::of_file(&file)).await?;
        spaces::touch(&mut tx, &space.id, moment);
        let payload = json!({ "status": file.status });
        tx.emit(announce::of_file(Topic::FileCreated, actor, &file, &space.whereabouts(), payload));
        if new.extracted && is_native(&file) {
            self.insert_job(&mut tx, actor, extraction_job(&file)).await?;
        }
        tx.commit().await?;
        finished.settle();
        Ok(file)
    }

    /// Copies a file under a name that begins otherwise: with `prefix`, or with "Copy of".
    pub async fn clone_file(&self, actor: &Actor, id: &FileId, prefix: Option<&str>) -> Result<File> {
        let (file, mut bytes) = self.open_file(actor, id).await?;
        let mut upload = self.start_upload(actor).await?;
        let mut buffer = vec![0; COPIED_AT_ONCE];
        loop {
            let read = bytes.read(&mut buffer).await.map_err(FileError::from)?;
            if read == 0 {
                break;
            }
            upload.write(&buffer[..read]).await?;
        }
        let prefix = prefix.map(str::trim).filter(|prefix| !prefix.is_empty()).unwrap_or("Copy of");
        let new = NewFile {
            space_id: file.space_id,
            name: format!("{prefix} {}", file.name),
            mimetype: file.mimetype,
            mode: file.mode,
            actions: file.actions,
            extra: file.extra,
            extracted: true,
        };
        self.finish_upload(actor, upload, new).await
    }

    /// The files of a space, or of every space that the actor sees, newest first.
    pub async fn files(
        &self,
        actor: &Actor,
        space: Option<&SpaceId>,
        mode: Option<FileMode>,
        page: Page,
    ) -> Result<Paged<File>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        if let Some(space) = space {
            find_space(&mut tx, actor, space).await?;
        }
        let (items, total) =
            files::list(&mut tx, &actor.scope, space, mode, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// One file.
    pub async fn file(&self, actor: &Actor, id: &FileId) -> Result<File> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find_file(&mut tx, actor, id).await
    }

    /// One file, also when it has expired.
    pub async fn file_or_expired(&self, actor: &Actor, id: &FileId) -> Result<File> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let found = files::find_or_expired(&mut tx, &actor.scope, id).await?;
        found.ok_or_else(|| ServiceError::not_found("file", id))
    }

    /// One file, opened for reading.
    pub async fn open_file(&self, actor: &Actor, id: &FileId) -> Result<(File, tokio::fs::File)> {
        let file = self.file(actor, id).await?;
        let bytes = self.files.open(id).await?;
        Ok((file, bytes))
    }

    /// Changes a file's name, status, mode, workbook or actions.
    pub async fn update_file(&self, actor: &Actor, id: &FileId, change: FileChange) -> Result<File> {
        let mut tx = self.db.write().await?;
        let mut file = find_for_change(&mut tx, actor, id).await?;
        if let Some(workbook) = &change.workbook_id {
            find_workbook(&mut tx, actor, workbook).await?;
        }
        if let Some(name) = change.name {
            file.name = clean_name(&name);
        }
        file.status = change.status.unwrap_or(file.status);
        file.mode = change.mode.unwrap_or(file.mode);
        file.workbook_id = change.workbook_id.or(file.workbook_id);
        let before = actions::of_file(&file);
        if let Some(actions) = change.actions {
            mount::check(MountKind::File, &actions)?;
            file.actions = actions;
        }
        file.updated_at = now();
        files::update(&mut tx, &file).await?;
        schedules::follow(&mut tx, actor, file.id.as_str(), &before, &actions::of_file(&file)).await?;
        let around = super::workbooks::whereabouts(&mut tx, actor, &file.space_id, None).await?;
        let payload = json!({ "status": file.status, "workbookId": file.workbook_id });
        tx.emit(announce::of_file(Topic::FileUpdated, actor, &file, &around, payload));
        tx.commit().await?;
        Ok(file)
    }

    /// Deletes a file, its bytes, and the workbook that was made of it.
    pub async fn delete_file(&self, actor: &Actor, id: &FileId) -> Result<()> {
        let mut tx = self.db.write().await?;
        let file = find_for_change(&mut tx, actor, id).await?;
        files::delete(&mut tx, id, now()).await?;
        let around = super::workbooks::whereabouts(&mut tx, actor, &file.space_id, None).await?;
        tx.emit(announce::of_file(Topic::FileDeleted, actor, &file, &around, json!({})));
        delete_workbooks(&mut tx, actor, &file, &around).await?;
        tx.commit().await?;
        Ok(self.files.delete(id).await?)
    }
}

/// The file of that id.
///
/// # Errors
/// There is none for this actor.
pub(super) async fn find_file(tx: &mut Tx, actor: &Actor, id: &FileId) -> Result<File> {
    files::find(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("file", id))
}

/// A file that the actor may change: by what they may do in the workbook that was made of it.
async fn find_for_change(tx: &mut Tx, actor: &Actor, id: &FileId) -> Result<File> {
    allow(actor, Operation::WriteFiles)?;
    let file = find_file(tx, actor, id).await?;
    allow_in_or_own(actor, Operation::WriteFiles, file.workbook_id.as_ref(), &file.created_by)?;
    Ok(file)
}

/// The last part of a name that may have come with a path, without control characters, 255 characters at most.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    last.chars().filter(|character| !character.is_control()).take(255).collect::<String>().trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\a.csv", "a.csv"),
            ("a\r\nb.csv", "ab.csv"),
            ("..", ".."),
        ] {
            assert_eq!(clean_name(given), kept);
        }
        assert_eq!(clean_name(&"x".repeat(999)).len(), 255);
    }
}
