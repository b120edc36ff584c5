//! What is kept beside the database in files only their owner can read: the server's own key, and the
//! API keys in plain text, written once.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::service::bootstrap::NewKeys;
use crate::store::random_bytes;

const SECRET_FILE: &str = "secret.key";
/// Where the API keys are.
pub const KEYS_FILE: &str = "keys.env";

/// The server's own key: the configured one, or the one in the data folder, made when it is missing.
pub fn server_key(folder: &Path, configured: Option<&str>) -> io::Result<[u8; 32]> {
    if let Some(text) = configured {
        return Ok(Sha256::digest(text.as_bytes()).into());
    }
    let path = folder.join(SECRET_FILE);
    let mut key = [0; 32];
    match File::open(&path) {
        Ok(mut file) => file.read_exact(&mut key)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            key = random_bytes();
            write_private(&path, &key)?;
        }
        Err(error) => return Err(error),
    }
    Ok(key)
}

/// Writes the keys, for a shell to read.
pub fn write_keys(folder: &Path, base_url: &str, keys: &NewKeys) -> io::Result<()> {
    let text = format!(
        "BASE_URL={base_url}\nAPI_KEY={}\nPUBLISHABLE_KEY={}\nENVIRONMENT_ID={}\n",
        keys.secret, keys.publishable, keys.environment_id
    );
    write_private(&folder.join(KEYS_FILE), text.as_bytes())
}

/// Whole and durable, or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
