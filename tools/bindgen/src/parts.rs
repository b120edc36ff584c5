//! The parts of the page that come later: which files they are, and the script that loads them.
//!
//! What several parts share is cut into a chunk for each set of parts: over a hundred, most of a few hundred bytes.
//! The chunks of a part come together as its *pack*, so that a part is two files, however much it shares. A chunk is
//! in the pack of each part that needs it, and made once.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, anyhow};

/// The script that loads the parts, as the module names it. It becomes a piece of the one script.
pub const LOADER: &str = "./later.js";
/// Which chunks go into which packs: a line for each pack, its name first.
const PACKS: &str = "packs";
/// How a part is loaded; `PREFIX` stands for the beginning of the files' names.
const LOAD: &str = include_str!("later.js");

/// Takes the parts out of the module; the text of the script that loads them. The names of their files carry the
/// hash of the whole module: a page that is still open never takes a part of another build.
pub fn split(input: &str, folder: &Path, first: &Path) -> anyhow::Result<String> {
    let module = fs::read(input)?;
    let mut hasher = DefaultHasher::new();
    module.hash(&mut hasher);
    let prefix = format!("later_{:016x}_", hasher.finish());
    let mut options = wasm_split_cli_support::Options::new(&module);
    options.output_dir = folder;
    options.main_out_path = first;
    options.link_name = LOADER;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:?}"))?;
    let parts: BTreeMap<_, _> = split.prefetch_map.iter().collect();
    let mut lists = String::new();
    let mut exports = String::new();
    for (part, files) in parts {
        let (chunks, own): (Vec<&str>, Vec<&str>) =
            files.iter().map(String::as_str).partition(|file| file.starts_with("chunk_"));
        let own = own.first().with_context(|| format!("the part {part} has no code of its own"))?;
        fs::rename(folder.join(format!("{own}.wasm")), folder.join(format!("{prefix}{part}.wasm")))?;
        _ = writeln!(lists, "{prefix}{part} {}", chunks.join(" "));
        _ = writeln!(exports, "export const __wasm_split_load_{part} = part(\"{part}\");");
    }
    fs::write(folder.join(PACKS), lists)?;
    let loader = folder.join(LOADER);
    let text = fs::read_to_string(&loader)?;
    fs::remove_file(&loader)?;
    // What hands the first module's memory and table on is theirs; how files are fetched is ours.
    let (shared, _) = text.split_once("function makeLoad").context("the loader has no makeLoad")?;
    Ok(format!("{shared}{}{exports}", LOAD.replace("PREFIX", &prefix)))
}
