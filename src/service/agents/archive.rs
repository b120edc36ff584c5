//! What an archive of an agent's code holds.
//!
//! The command line deploys one bundle, and with it a source map that has the project's own files and its manifest. Those
//! are what a developer wants back: they stand where they stood in the project, and the bundle where the command line
//! leaves it. Of a bundle without such a map there is the bundle alone.

use std::collections::{BTreeMap, HashSet};
use std::io;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::time::Timestamp;

/// Most bytes of a path.
const LONGEST_PATH: usize = 1_000;
/// Most bytes of a name in it, as file systems have it.
const LONGEST_NAME: usize = 255;
/// What no name may hold: it would be something else to a shell, a file system or an archiver.
const BARRED: &str = "\\:*?\"<>|";
/// Where packages of others stand.
const PACKAGES: &str = "node_modules";
/// Where the command line leaves a bundle that it deployed.
const BUNDLE: &str = ".flatfile/deploy.js";

/// What is read of a source map.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SourceMap {
    sources: Vec<Option<String>>,
    sources_content: Vec<Option<String>>,
    /// The manifest as a text, which the command line puts in.
    #[serde(rename = "x_package")]
    manifest: Option<String>,
}

/// The folder of an agent's files, made of its slug; nothing where no character of that is good.
pub(super) fn folder(slug: &str) -> Option<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = slug.chars().map(plain).collect();
    // What begins with a dot is hidden, and what begins with a dash is an option.
    Some(name.trim_start_matches(['.', '-']).to_string()).filter(|name| !name.is_empty())
}

/// The files of a version, by their paths in the folder.
pub(super) fn files(
    folder: &str,
    version: i64,
    source: String,
    source_map: Option<String>,
) -> BTreeMap<String, String> {
    let map = source_map.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let SourceMap { sources, sources_content, manifest } = map.unwrap_or_default();
    let mut files = BTreeMap::new();
    for (name, content) in sources.into_iter().zip(sources_content) {
        if let Some((path, content)) = name.as_deref().and_then(own_path).zip(content) {
            files.entry(path).or_insert(content);
        }
    }
    let bundle = if files.is_empty() { "index.js" } else { BUNDLE };
    files.insert(bundle.to_string(), source);
    if let Some(map) = source_map {
        files.insert(format!("{bundle}.map"), map);
    }
    let manifest = manifest.as_deref().and_then(own_manifest);
    let made =
        || json!({ "name": folder, "version": format!("{version}.0.0"), "private": true, "main": bundle });
    let manifest = manifest.unwrap_or_else(made);
    files.insert("package.json".to_string(), format!("{manifest:#}\n"));
    let folders: HashSet<String> = files.keys().flat_map(|path| folders_of(path)).collect();
    files.retain(|path, _| !folders.contains(path));
    files
}

/// Packs files into one archive, all below a folder.
///
/// # Errors
/// When a path is none that an archive may have.
pub(super) fn pack(folder: &str, moment: Timestamp, files: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(u64::try_from(moment.0 / 1_000).unwrap_or_default());
        archive.append_data(&mut header, format!("{folder}/{path}"), text.as_bytes())?;
    }
    archive.into_inner()?.finish()
}

/// Where a source of a map stood in the project; nothing for what the bundler and others brought, and for what may not be
/// written to somebody's disk.
fn own_path(name: &str) -> Option<String> {
    // `webpack://<package>/./<path>`
    let path = match name.split_once("webpack://") {
        Some((_, rest)) => rest.split_once("/./")?.1,
        None => name,
    };
    let parts: Vec<&str> = path.split('/').skip_while(|part| matches!(*part, "." | "..")).collect();
    let is_good = |part: &&str| {
        !part.is_empty()
            && part.len() <= LONGEST_NAME
            && !part.starts_with('.')
            && *part != PACKAGES
            && !part.contains(|c: char| c.is_control() || BARRED.contains(c))
    };
    let path = parts.join("/");
    (!parts.is_empty() && path.len() <= LONGEST_PATH && parts.iter().all(is_good)).then_some(path)
}

/// The manifest without what the command line's reader put in.
fn own_manifest(text: &str) -> Option<Value> {
    let mut manifest: Map<String, Value> = serde_json::from_str(text).ok()?;
    manifest.retain(|key, _| !key.starts_with('_') && !key.starts_with("readme"));
    Some(manifest.into())
}

/// The folders that a path goes through.
fn folders_of(path: &str) -> impl Iterator<Item = String> {
    path.match_indices('/').map(|(end, _)| path[..end].to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_folder_is_a_plain_name() {
        for (slug, name) in [
            ("importer", Some("importer")),
            ("my agent/2.0", Some("my-agent-2.0")),
            ("../../etc", Some("etc")),
            ("--checkpoint-action=x", Some("checkpoint-action-x")),
            ("Ünï", Some("n-")),
            ("..", None),
            ("日本", None),
        ] {
            assert_eq!(folder(slug).as_deref(), name, "{slug}");
        }
    }

    #[test]
    fn only_what_is_the_projects_own_comes_back() {
        for (name, path) in [
            ("../webpack://listener/./index.js", Some("index.js")),
            ("webpack:///./src/lib/rules.ts", Some("src/lib/rules.ts")),
            ("webpack://@acme/listener/./index.js", Some("index.js")),
            ("../src/index.ts", Some("src/index.ts")),
            ("../webpack://listener/./.flatfile/_entry.js", None),
            ("../webpack://listener/./node_modules/a/index.js", None),
            ("../webpack://listener/../../shared/node_modules/a.js", None),
            ("../webpack://listener/external node-commonjs \"fs\"", None),
            ("../webpack://listener/webpack/bootstrap", None),
            ("webpack://listener/./src/../../../x.js", None),
            ("/etc/passwd", None),
            ("C:/x.js", None),
            ("src\\..\\x.js", None),
            ("src//x.js", None),
            (".git/hooks/pre-commit", None),
            ("src/x.ts?1f3a", None),
            ("src/\u{1b}[2J.js", None),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(own_path(name).as_deref(), path, "{name}");
        }
        assert_eq!(own_path(&"x".repeat(256)), None);
        assert_eq!(own_path(&"x/".repeat(600)), None);
    }

    #[test]
    fn a_project_comes_back_as_it_was() {
        let manifest = r#"{"name":"listener","main":"index.js","readme":"ERROR","_id":"listener@1.0.0"}"#;
        let map = json!({
            "sources": ["../webpack://listener/./index.js", "../webpack://listener/./lib/a.js", null, "lib", "package.json"],
            "sourcesContent": ["one", "two", "three", "a file where a folder is", "{}"],
            "x_package": manifest,
        });
        let map = map.to_string();
        let found = files("listener", 3, "bundle".to_string(), Some(map.clone()));
        let manifest = "{\n  \"name\": \"listener\",\n  \"main\": \"index.js\"\n}\n";
        let wanted = [
            (".flatfile/deploy.js", "bundle"),
            (".flatfile/deploy.js.map", &map),
            ("index.js", "one"),
            ("lib/a.js", "two"),
            ("package.json", manifest),
        ];
        assert_eq!(found, wanted.map(|(path, text)| (path.to_string(), text.to_string())).into());
    }

    #[test]
    fn a_bundle_without_its_sources_is_a_project_of_one_file() {
        for map in
            [None, Some("not JSON"), Some("{}"), Some(r#"{"sources":["/x.js"],"sourcesContent":["x"]}"#)]
        {
            let found = files("mine", 2, "bundle".to_string(), map.map(str::to_string));
            assert_eq!(found["index.js"], "bundle");
            assert_eq!(found.get("index.js.map").map(String::as_str), map);
            let manifest: Value = serde_json::from_str(&found["package.json"]).unwrap();
            assert_eq!((&manifest["main"], &manifest["version"]), (&json!("index.js"), &json!("2.0.0")));
        }
    }

    #[test]
    fn an_archive_is_read_by_others() {
        let long = format!("{}/x.js", "folder/".repeat(40).trim_end_matches('/'));
        let files =
            BTreeMap::from([("index.js".to_string(), "ä".repeat(5_000)), (long.clone(), String::new())]);
        let bytes = pack("mine", Timestamp(1_700_000_000_500), &files).unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut seen = BTreeMap::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.mode().unwrap(), header.mtime().unwrap()), (0o644, 1_700_000_000));
            let path = entry.path().unwrap().to_str().unwrap().strip_prefix("mine/").unwrap().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            seen.insert(path, text);
        }
        assert_eq!(seen, files);
        let outside = BTreeMap::from([("../x".to_string(), String::new())]);
        assert!(pack("mine", Timestamp(0), &outside).is_err());
    }
}
