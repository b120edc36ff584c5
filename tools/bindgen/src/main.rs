//! `bindgen INPUT.wasm OUTPUT_DIR NAME`: writes `NAME.js` and `NAME_bg.wasm` for the browser, and beside them
//! the parts of the page that come later, as `later_….wasm` and the chunks that `tools/pack.mjs` packs.
//!
//! The same lock file holds the `wasm-bindgen` crate and this library, so their versions cannot
//! drift apart, as an installed `wasm-bindgen` command could.

mod parts;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use parts::LOADER;
use wasm_bindgen_cli_support::{Bindgen, Output};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().with_context(|| format!("missing argument {name}"));
    let (input, folder, name) = (next("INPUT.wasm")?, next("OUTPUT_DIR")?, next("NAME")?);
    let folder = Path::new(&folder);
    let first = folder.join("first.wasm");
    let loader = parts::split(&input, folder, &first).with_context(|| format!("cannot split {input}"))?;
    let mut output = Bindgen::new()
        .input_path(&first)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        // The parts use what the first module exports.
        .keep_lld_exports(true)
        .omit_default_module_path(false)
        .generate_output()
        .with_context(|| format!("cannot bind {input}"))?;
    fs::remove_file(&first)?;
    let short = shorten(&mut output);
    output.emit(folder)?;
    let script = folder.join(format!("{name}.js"));
    let text = fs::read_to_string(&script)?;
    fs::write(&script, bare(&with_loader(&renamed(&text, &short), &loader)))?;
    Ok(())
}

/// One script out of both: what the loader exports stands in the object that is handed to the module.
fn with_loader(script: &str, loader: &str) -> String {
    let mut names = Vec::new();
    let mut body = String::new();
    for line in loader.lines().filter(|line| !line.starts_with("import ")) {
        let export = line.strip_prefix("export const ");
        names.extend(export.and_then(|rest| rest.split([' ', '=']).next()));
        body.push_str(export.map_or(line.to_string(), |rest| format!("const {rest}")).as_str());
        body.push('\n');
    }
    let handed = format!("        \"{LOADER}\": {{ {} }},\n", names.join(", "));
    let mut text = String::new();
    let mut is_handed = false;
    for line in script.lines() {
        let is_import = line.starts_with("import ") && line.contains(LOADER);
        let is_entry = !is_import && line.contains(&format!("\"{LOADER}\":"));
        if is_entry && !is_handed {
            text.push_str(&handed);
        } else if !is_import && !is_entry {
            text.push_str(line);
            text.push('\n');
        }
        is_handed |= is_entry;
    }
    text + &body
}

/// The script without comments and indentation, which nobody reads where it goes.
fn bare(script: &str) -> String {
    let mut text = String::with_capacity(script.len());
    let mut is_comment = false;
    for line in script.lines().map(str::trim) {
        let begins = line.starts_with("/*");
        if !is_comment && !begins && !line.is_empty() && !line.starts_with("//") {
            text.push_str(line);
            text.push('\n');
        }
        is_comment = (is_comment || begins) && !line.ends_with("*/");
    }
    text
}

/// Gives every function that the module imports a short name, and says which. The names end in hashes,
/// which no compression makes smaller, and every visitor would load them twice: here and in the script.
fn shorten(output: &mut Output) -> HashMap<String, String> {
    let mut short = HashMap::new();
    for import in output.wasm_mut().imports.iter_mut() {
        if ends_in_hash(&import.name) {
            let next = format!("_{}", short.len());
            import.name = short.entry(import.name.clone()).or_insert(next).clone();
        }
    }
    short
}

fn ends_in_hash(name: &str) -> bool {
    let hash = name.strip_prefix("__wbg_").and_then(|name| name.rsplit_once('_')).map(|(_, hash)| hash);
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The script with the new names in place of the old ones.
fn renamed(script: &str, short: &HashMap<String, String>) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_$".contains(character);
    let mut text = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..].find(|character| !is_part(character)).map_or(rest.len(), |end| start + end);
        let word = &rest[start..end];
        text.push_str(&rest[..start]);
        text.push_str(short.get(word).map_or(word, String::as_str));
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}
