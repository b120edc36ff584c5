//! `bindgen INPUT.wasm OUTPUT_DIR NAME`: writes `NAME.js` and `NAME_bg.wasm` for the browser.
//!
//! The same lock file holds the `wasm-bindgen` crate and this library, so their versions cannot
//! drift apart, as an installed `wasm-bindgen` command could.

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().with_context(|| format!("missing argument {name}"));
    let (input, output, name) = (next("INPUT.wasm")?, next("OUTPUT_DIR")?, next("NAME")?);
    Bindgen::new()
        .input_path(&input)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .generate(&output)
        .with_context(|| format!("cannot bind {input}"))
}
