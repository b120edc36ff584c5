//! The bytes of files, in one directory under names that are our ids and nothing else.
//!
//! A file appears under its name only when all of its bytes have reached the disk, so whoever finds
//! it finds it whole, also after a loss of power. What a stopped server left half-written lies in
//! `tmp` and is swept at the next start.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::domain::ids::{FileId, Id};

/// Most bytes of a file unless the configuration says otherwise.
pub const MOST_FILE_BYTES: u64 = 2 << 30;

/// Why the bytes of a file cannot be kept or given.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There are no bytes under that id.
    #[error("the bytes of {0} are gone: upload the file again")]
    Missing(FileId),
    /// It is larger than a file may be.
    #[error("the file is larger than {0} bytes, the most that a file may have: split it")]
    TooLarge(u64),
    /// The disk or the quota is full.
    #[error("the server has no space left for files: free some or ask its operator")]
    Full,
    /// The disk failed.
    #[error("the file could not be read or written: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}

/// Where the bytes of all files are.
#[derive(Debug, Clone)]
pub struct FileStore {
    files: PathBuf,
    tmp: PathBuf,
    most_bytes: u64,
}

impl FileStore {
    /// A store in the directories `files` and `tmp` of `dir`; both are made by [`FileStore::prepare`].
    pub fn new(dir: impl AsRef<Path>) -> Self {
        let dir = dir.as_ref();
        Self { files: dir.join("files"), tmp: dir.join("tmp"), most_bytes: MOST_FILE_BYTES }
    }

    /// The same store, with another limit on the size of a file.
    pub fn with_most_bytes(self, most_bytes: u64) -> Self {
        Self { most_bytes, ..self }
    }

    /// Makes the directories and sweeps what was left half-written. Call it once, before the first file.
    pub async fn prepare(&self) -> Result<(), FileError> {
        fs::create_dir_all(&self.files).await?;
        fs::create_dir_all(&self.tmp).await?;
        let mut entries = fs::read_dir(&self.tmp).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_name().to_string_lossy().starts_with(FileId::PREFIX) {
                fs::remove_file(entry.path()).await?;
            }
        }
        Ok(())
    }

    /// Where the bytes of a file are, whether or not there are any.
    pub fn path(&self, id: &FileId) -> PathBuf {
        self.files.join(id.as_str())
    }

    /// Begins a file. Its bytes are kept when the writer is finished and thrown away when it is dropped.
    pub async fn writer(&self, id: &FileId) -> Result<FileWriter, FileError> {
        let unfinished = Unfinished(self.tmp.join(id.as_str()));
        let file = fs::File::create(&unfinished.0).await?;
        let destination = self.path(id);
        Ok(FileWriter { file, unfinished, destination, size: 0, most_bytes: self.most_bytes })
    }

    /// The bytes of a file, for reading.
    pub async fn open(&self, id: &FileId) -> Result<fs::File, FileError> {
        fs::File::open(self.path(id)).await.map_err(|error| missing(id, error))
    }

    /// The bytes of a file, for reading on a thread of one's own.
    pub fn open_blocking(&self, id: &FileId) -> Result<std::fs::File, FileError> {
        std::fs::File::open(self.path(id)).map_err(|error| missing(id, error))
    }

    /// Throws the bytes of a file away. It is no error when they are gone already.
    pub async fn delete(&self, id: &FileId) -> Result<(), FileError> {
        match fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn missing(id: &FileId, error: io::Error) -> FileError {
    if error.kind() == ErrorKind::NotFound { FileError::Missing(id.clone()) } else { error.into() }
}

/// A file that is being written.
#[derive(Debug)]
pub struct FileWriter {
    file: fs::File,
    unfinished: Unfinished,
    destination: PathBuf,
    size: u64,
    most_bytes: u64,
}

impl FileWriter {
    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.most_bytes {
            return Err(FileError::TooLarge(self.most_bytes));
        }
        Ok(self.file.write_all(bytes).await?)
    }

    /// How many bytes there are so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts the file in its place and gives its size. After that it outlives a loss of power.
    pub async fn finish(mut self) -> Result<u64, FileError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        fs::rename(&self.unfinished.0, &self.destination).await?;
        if let Some(directory) = self.destination.parent() {
            fs::File::open(directory).await?.sync_all().await?;
        }
        Ok(self.size)
    }
}

/// The path of a half-written file; dropping it removes the file, unless it has moved to its place.
#[derive(Debug)]
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Nothing is lost when this fails: the next start sweeps the directory.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn id(number: u128) -> FileId {
        FileId::from_random(number).unwrap()
    }

    async fn store(name: &str) -> FileStore {
        let dir = std::env::temp_dir().join(format!("inlet-files-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let store = FileStore::new(&dir);
        store.prepare().await.unwrap();
        store
    }

    fn left_in(dir: &Path) -> usize {
        std::fs::read_dir(dir).unwrap().count()
    }

    #[tokio::test]
    async fn a_finished_file_is_there_and_can_be_deleted() {
        let store = store("finished").await;
        let mut writer = store.writer(&id(1)).await.unwrap();
        writer.write(b"one ").await.unwrap();
        writer.write(b"two").await.unwrap();
        assert!(matches!(store.open(&id(1)).await, Err(FileError::Missing(_))), "seen before it is whole");
        assert_eq!(writer.finish().await.unwrap(), 7);
        let mut text = String::new();
        store.open(&id(1)).await.unwrap().read_to_string(&mut text).await.unwrap();
        assert_eq!((text.as_str(), left_in(&store.tmp)), ("one two", 0));
        store.delete(&id(1)).await.unwrap();
        store.delete(&id(1)).await.unwrap();
        assert!(matches!(store.open_blocking(&id(1)), Err(FileError::Missing(_))));
    }

    #[tokio::test]
    async fn what_is_not_finished_leaves_nothing() {
        let store = store("unfinished").await.with_most_bytes(5);
        let mut writer = store.writer(&id(2)).await.unwrap();
        writer.write(b"12345").await.unwrap();
        assert!(matches!(writer.write(b"6").await, Err(FileError::TooLarge(5))));
        drop(writer);
        assert_eq!((left_in(&store.tmp), left_in(&store.files)), (0, 0));
        std::fs::write(store.tmp.join(id(3).as_str()), "half").unwrap();
        store.prepare().await.unwrap();
        assert_eq!(left_in(&store.tmp), 0, "a stopped server's remains are swept");
    }

    #[test]
    fn a_full_disk_is_called_that() {
        assert!(matches!(FileError::from(io::Error::from(ErrorKind::StorageFull)), FileError::Full));
        assert!(matches!(FileError::from(io::Error::from_raw_os_error(28)), FileError::Full));
        assert!(matches!(FileError::from(io::Error::from(ErrorKind::BrokenPipe)), FileError::Io(_)));
    }
}
