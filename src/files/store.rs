//! The bytes of files, in one directory under names that are our ids and nothing else.
//!
//! A file appears under its name only when all of its bytes have reached the disk, so whoever finds
//! it finds it whole, also after a loss of power. What a stopped server left half-written lies in
//! `tmp` and is swept at the next start. Who does not want to wait reads a file while it arrives.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::fs;

use super::arrival::{Arrival, ArrivingFile};

use crate::domain::ids::{FileId, Id};
use crate::domain::limits::Limits;

/// Bytes that are written at once.
const WRITTEN_AT_ONCE: usize = 256 << 10;

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
    /// Files that this process is writing.
    arriving: Arriving,
}

type Arriving = Arc<Mutex<HashMap<FileId, Arc<Arrival>>>>;

impl FileStore {
    /// A store in the directories `files` and `tmp` of `dir`; both are made by [`FileStore::prepare`].
    pub fn new(dir: impl AsRef<Path>) -> Self {
        let dir = dir.as_ref();
        let (files, tmp) = (dir.join("files"), dir.join("tmp"));
        Self { files, tmp, most_bytes: Limits::default().file_bytes, arriving: Arriving::default() }
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

    /// A folder for what does not fit into memory while a file is made.
    pub fn scratch(&self) -> &Path {
        &self.tmp
    }

    /// Where the bytes of a file are, whether or not there are any.
    pub fn path(&self, id: &FileId) -> PathBuf {
        self.files.join(id.as_str())
    }

    /// Begins a file. Its bytes are kept when the writer is finished and thrown away when it is dropped.
    pub async fn writer(&self, id: &FileId) -> Result<FileWriter, FileError> {
        let path = self.tmp.join(id.as_str());
        let file = fs::File::create(&path).await?.into_std().await;
        let arrival = Arc::new(Arrival::default());
        lock(&self.arriving).insert(id.clone(), arrival.clone());
        let unfinished = Unfinished { id: id.clone(), path, arrival, arriving: self.arriving.clone() };
        let destination = self.path(id);
        let most_bytes = self.most_bytes;
        Ok(FileWriter { file: Some(file), waiting: Vec::new(), unfinished, destination, size: 0, most_bytes })
    }

    /// The bytes of a file, for reading on a thread of one's own; of one that this process is still writing, as
    /// they come.
    pub fn open_arriving(&self, id: &FileId) -> Result<ArrivingFile, FileError> {
        let arrival = lock(&self.arriving).get(id).cloned();
        let Some(arrival) = arrival else { return Ok(ArrivingFile::new(self.open_blocking(id)?, None)) };
        match std::fs::File::open(self.tmp.join(id.as_str())) {
            Ok(file) => Ok(ArrivingFile::new(file, Some(arrival))),
            // It has moved to its place meanwhile.
            Err(_) => Ok(ArrivingFile::new(self.open_blocking(id)?, Some(arrival))),
        }
    }

    /// The bytes of a file, for reading.
    pub async fn open(&self, id: &FileId) -> Result<fs::File, FileError> {
        fs::File::open(self.path(id)).await.map_err(|error| missing(id, error))
    }

    /// The bytes of a file, for reading on a thread of one's own.
    pub fn open_blocking(&self, id: &FileId) -> Result<std::fs::File, FileError> {
        std::fs::File::open(self.path(id)).map_err(|error| missing(id, error))
    }

    /// The files whose bytes are in their place and were last written before a moment. Those that are still being
    /// taken are left out.
    pub async fn written_before(&self, moment: SystemTime) -> Result<Vec<FileId>, FileError> {
        let mut found = Vec::new();
        let mut entries = fs::read_dir(&self.files).await?;
        while let Some(entry) = entries.next_entry().await? {
            let Ok(id) = FileId::parse(&entry.file_name().to_string_lossy()) else { continue };
            let is_arriving = lock(&self.arriving).contains_key(&id);
            if !is_arriving && entry.metadata().await?.modified()? < moment {
                found.push(id);
            }
        }
        Ok(found)
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

fn lock(arriving: &Arriving) -> std::sync::MutexGuard<'_, HashMap<FileId, Arc<Arrival>>> {
    arriving.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that is being written.
#[derive(Debug)]
pub struct FileWriter {
    /// Absent only while a thread writes to it.
    file: Option<std::fs::File>,
    /// Bytes that are not written yet.
    waiting: Vec<u8>,
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
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= WRITTEN_AT_ONCE { self.flush(false).await } else { Ok(()) }
    }

    /// How many bytes there are so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes what waits; at the end also makes it durable.
    async fn flush(&mut self, last: bool) -> Result<(), FileError> {
        let Some(mut file) = self.file.take() else {
            return Err(FileError::Io(io::Error::other("an earlier write of the file was broken off")));
        };
        let mut waiting = std::mem::take(&mut self.waiting);
        let (arrival, size) = (self.unfinished.arrival.clone(), self.size);
        let write = move || -> io::Result<_> {
            file.write_all(&waiting)?;
            arrival.reached(size);
            if last {
                arrival.written();
                file.sync_all()?;
            }
            waiting.clear();
            Ok((file, waiting))
        };
        let (file, waiting) = tokio::task::spawn_blocking(write).await.map_err(io::Error::other)??;
        (self.file, self.waiting) = (Some(file), waiting);
        Ok(())
    }

    /// Puts the file in its place. After that it outlives a loss of power. Who reads it while it arrives waits
    /// until it is also known, see [`Finished::settle`].
    pub async fn finish(mut self) -> Result<Finished, FileError> {
        self.flush(true).await?;
        fs::rename(&self.unfinished.path, &self.destination).await?;
        if let Some(directory) = self.destination.parent() {
            fs::File::open(directory).await?.sync_all().await?;
        }
        Ok(Finished { size: self.size, unfinished: self.unfinished })
    }
}

/// A file in its place.
#[derive(Debug)]
pub struct Finished {
    /// Its bytes.
    pub size: u64,
    unfinished: Unfinished,
}

impl Finished {
    /// The file is known: whoever waits for it goes on.
    pub fn settle(self) {
        self.unfinished.arrival.settled();
    }
}

/// The path of a half-written file; dropping it removes the file, unless it has moved to its place.
#[derive(Debug)]
struct Unfinished {
    id: FileId,
    path: PathBuf,
    arrival: Arc<Arrival>,
    arriving: Arriving,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        lock(&self.arriving).remove(&self.id);
        self.arrival.broken_off();
        // Nothing is lost when this fails: the next start sweeps the directory.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
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
        assert_eq!(writer.finish().await.unwrap().size, 7);
        let mut text = String::new();
        AsyncReadExt::read_to_string(&mut store.open(&id(1)).await.unwrap(), &mut text).await.unwrap();
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

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_is_read_while_it_arrives() {
        let store = store("arriving").await;
        let mut writer = store.writer(&id(4)).await.unwrap();
        let mut reader = store.open_arriving(&id(4)).unwrap();
        let reading = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map(|_| (bytes.len(), reader.wait_until_settled().is_ok()))
        });
        for _ in 0..40 {
            writer.write(&[b'x'; 100_000]).await.unwrap();
        }
        writer.finish().await.unwrap().settle();
        assert_eq!(reading.join().unwrap().unwrap(), (4_000_000, true));

        let writer = store.writer(&id(5)).await.unwrap();
        let mut reader = store.open_arriving(&id(5)).unwrap();
        let reading = std::thread::spawn(move || reader.read_to_end(&mut Vec::new()));
        drop(writer);
        let error = reading.join().unwrap().unwrap_err().to_string();
        assert!(error.starts_with("the upload broke off"), "{error}");
        assert!(matches!(store.open_arriving(&id(5)), Err(FileError::Missing(_))));
    }

    #[test]
    fn a_full_disk_is_called_that() {
        assert!(matches!(FileError::from(io::Error::from(ErrorKind::StorageFull)), FileError::Full));
        assert!(matches!(FileError::from(io::Error::from_raw_os_error(28)), FileError::Full));
        assert!(matches!(FileError::from(io::Error::from(ErrorKind::BrokenPipe)), FileError::Io(_)));
    }
}
