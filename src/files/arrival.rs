//! A file that is read while it is still being written: whoever reads it waits for what has not come yet.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How far a file has come. The writer moves it on, readers wait for it.
#[derive(Debug, Default)]
pub(super) struct Arrival {
    state: Mutex<Progress>,
    moved: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct Progress {
    bytes: u64,
    stage: Stage,
}

/// What there is of a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// More may come.
    #[default]
    Coming,
    /// All bytes are written.
    Written,
    /// All bytes are on the disk under the file's name, and the file is known.
    Settled,
    /// The rest will never come.
    BrokenOff,
}

impl Arrival {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.lock());
        self.moved.notify_all();
    }

    /// So many bytes can be read from the beginning.
    pub(super) fn reached(&self, bytes: u64) {
        self.update(|progress| progress.bytes = bytes);
    }

    /// No more bytes will come.
    pub(super) fn written(&self) {
        self.update(|progress| progress.stage = Stage::Written);
    }

    /// The file is in its place.
    pub(super) fn settled(&self) {
        self.update(|progress| progress.stage = Stage::Settled);
    }

    /// The file was given up, unless it is in its place already.
    pub(super) fn broken_off(&self) {
        self.update(|progress| {
            if progress.stage != Stage::Settled {
                progress.stage = Stage::BrokenOff;
            }
        });
    }

    fn wait(&self, until: impl Fn(&Progress) -> bool) -> Progress {
        let waiting = |progress: &mut Progress| !until(progress);
        *self.moved.wait_while(self.lock(), waiting).unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of a file that may still be arriving, for reading on a thread of one's own.
#[derive(Debug)]
pub struct ArrivingFile {
    file: File,
    position: u64,
    /// Nothing when the file is whole.
    arrival: Option<Arc<Arrival>>,
}

impl ArrivingFile {
    pub(super) fn new(file: File, arrival: Option<Arc<Arrival>>) -> Self {
        Self { file, position: 0, arrival }
    }

    /// Waits until the whole file is on the disk and known.
    ///
    /// # Errors
    /// When the rest will never come.
    pub fn wait_until_settled(&self) -> io::Result<()> {
        let Some(arrival) = &self.arrival else { return Ok(()) };
        let progress = arrival.wait(|progress| matches!(progress.stage, Stage::Settled | Stage::BrokenOff));
        if progress.stage == Stage::Settled { Ok(()) } else { Err(broken_off()) }
    }

    /// How many bytes may be read now; nothing at the end. Waits for at least one.
    fn available(&self) -> io::Result<Option<u64>> {
        let Some(arrival) = &self.arrival else { return Ok(Some(u64::MAX)) };
        let position = self.position;
        let progress = arrival.wait(|progress| progress.bytes > position || progress.stage != Stage::Coming);
        match progress {
            Progress { stage: Stage::BrokenOff, .. } => Err(broken_off()),
            Progress { bytes, .. } if bytes > position => Ok(Some(bytes - position)),
            _ => Ok(None),
        }
    }
}

impl Read for ArrivingFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(available) = self.available()? else { return Ok(0) };
        let most = buffer.len().min(usize::try_from(available).unwrap_or(usize::MAX));
        let read = self.file.read(&mut buffer[..most])?;
        self.position += read as u64;
        Ok(read)
    }
}

fn broken_off() -> io::Error {
    io::Error::new(
        ErrorKind::UnexpectedEof,
        "the upload broke off before the file was whole; upload it again",
    )
}
