//! The compressed bytes of the browser half, when it is built.

use super::bench::Bench;
use super::http::Outcome;
use super::measure::{Line, Must, Unit, Verdict};

/// What it may weigh.
const BUDGET: f64 = 350_000.0;
const NAME: &str = "WASM, JS and CSS in brotli, of the budget";
const COUNTED: [&str; 3] = [".wasm.br", ".js.br", ".css.br"];

/// Adds up what `tools/build.sh` made.
pub fn page_bytes(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let mut bytes = 0;
    let mut folders = vec![bench.root.join("target/site")];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if COUNTED.iter().any(|ending| name.ends_with(ending)) {
                bytes += entry.metadata()?.len();
            }
        }
    }
    Ok(vec![match bytes {
        0 => Line::missing(NAME, Verdict::NotMeasured, "not built: tools/build.sh makes target/site"),
        bytes => Line::new(NAME, Unit::Bytes, bytes as f64, BUDGET, Must::AtMost(1.0)),
    }])
}
