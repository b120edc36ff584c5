//! `bindgen INPUT.wasm OUTPUT_DIR NAME`: writes `NAME.js` and `NAME_bg.wasm` for the browser.
//!
//! The same lock file holds the `wasm-bindgen` crate and this library, so their versions cannot
//! drift apart, as an installed `wasm-bindgen` command could.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use wasm_bindgen_cli_support::{Bindgen, Output};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().with_context(|| format!("missing argument {name}"));
    let (input, folder, name) = (next("INPUT.wasm")?, next("OUTPUT_DIR")?, next("NAME")?);
    let mut output = Bindgen::new()
        .input_path(&input)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .generate_output()
        .with_context(|| format!("cannot bind {input}"))?;
    let short = shorten(&mut output);
    output.emit(&folder)?;
    let script = Path::new(&folder).join(format!("{name}.js"));
    let text = std::fs::read_to_string(&script)?;
    std::fs::write(&script, renamed(&text, &short))?;
    Ok(())
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
