//! The page's files, inside this program. They stand here and not in the library, so that a new
//! page compiles one small file and not the server.

use inlet::server::assets::{Asset, Assets};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Embedded;

/// What tools/build.sh put together. It names the files to Cargo, which by itself compiles anew when
/// one changes but not when one is added.
const _NAMES: Option<&str> = option_env!("INLET_SITE_FILES");

/// The embedded site, or the one on disk while `cargo leptos watch` rewrites it.
pub struct Site;

impl Assets for Site {
    fn get(&self, path: &str) -> Option<Asset> {
        if let Ok(folder) = std::env::var("LEPTOS_SITE_ROOT") {
            return read(&folder, path);
        }
        Embedded::get(path).map(|file| Asset { hash: file.metadata.sha256_hash(), bytes: file.data })
    }
}

/// Reads a file of the site's folder. `path` was matched against the names of files there are to
/// serve, and never leaves the folder.
fn read(folder: &str, path: &str) -> Option<Asset> {
    use sha2::{Digest, Sha256};
    if path.split('/').any(|part| part == "..") {
        return None;
    }
    let bytes = std::fs::read(std::path::Path::new(folder).join(path)).ok()?;
    Some(Asset { hash: Sha256::digest(&bytes).into(), bytes: bytes.into() })
}
