//! One server a data folder: a lock of the operating system, which ends with the process however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Why a data folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error(
        "{} is in use by another Inlet. Stop that one, give this one a folder of its own (--data), \
         or use PostgreSQL (--database-url) to run several", .0.display()
    )]
    InUse(PathBuf),
    /// The lock file cannot be made or locked.
    #[error("{} cannot be locked: {error}. Check that the folder exists and can be written to", .path.display())]
    Failed {
        /// The lock file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
}

/// A data folder that is ours until this is dropped.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the folder, or says who has it. The folder must exist.
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join("inlet.lock");
        let failed = |error| LockError::Failed { path: path.clone(), error };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::InUse(folder.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_once_and_free_again_afterwards() {
        let folder = std::env::temp_dir().join(format!("inlet-lock-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let first = DataLock::acquire(&folder).unwrap();
        let refusal = DataLock::acquire(&folder).unwrap_err();
        assert!(matches!(refusal, LockError::InUse(_)), "{refusal}");
        assert!(refusal.to_string().contains("is in use by another Inlet"), "{refusal}");
        drop(first);
        DataLock::acquire(&folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let refusal = DataLock::acquire(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(refusal.starts_with("/nowhere/at/all/inlet.lock cannot be locked"), "{refusal}");
    }
}
