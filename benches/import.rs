//! `cargo bench --bench import [-- ROWS [RUNS]]`: what an import costs beside a bare SQLite insert of the
//! same rows, and the bytes of the browser half.
//!
//! Both run in turn, so that a busy machine is busy for both; the first turn warms up and does not
//! count. A figure that falls short is printed as such; the bench itself has not failed. An import that does not find exactly the bad cells of the generated file has no time. One line a
//! figure: `name · value · denominator · ratio · must · ok|SHORT`.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod measure;
mod ours;
mod people;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use inlet::domain::blueprint::SheetConfig;
use inlet::domain::parse::from_slice;
use measure::{Cost, Figure, load_average, timed, typical};
use ours::{Fresh, Outcome};
use people::People;

const ROWS: u64 = 100_000;
const RUNS: usize = 7;
const FEWEST_RUNS: usize = 5;
/// How much of the bare insert's time an import may take.
const MUST: f64 = 0.8;
/// What the browser half may weigh, compressed.
const PAGE_BUDGET: f64 = 350_000.0;

fn main() -> Outcome<()> {
    // Cargo passes `--bench`.
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let rows = numbers.next().unwrap_or(ROWS);
    let runs = numbers.next().and_then(|runs| usize::try_from(runs).ok()).unwrap_or(RUNS).max(FEWEST_RUNS);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let limits = build_limits(root)?;
    let folder = std::env::temp_dir().join(format!("inlet-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measured = imports(&limits, &folder, rows, runs);
    fs::remove_dir_all(&folder)?;
    let mut figures = measured?;
    figures.extend(page_bytes(&root.join("target/site"))?);
    figures.iter().for_each(|figure| println!("{}", figure.line()));
    Ok(())
}

/// The program that inserts without checking, in a build of its own.
fn build_limits(root: &Path) -> Outcome<PathBuf> {
    let target = root.join("benches/limits/target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(root.join("benches/limits/Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .status()?;
    if !built.success() {
        return Err("benches/limits could not be built: see what cargo says above".into());
    }
    Ok(target.join("release/limits"))
}

fn imports(limits: &Path, folder: &Path, rows: u64, runs: usize) -> Outcome<Vec<Figure<'static>>> {
    let people = people::people(rows);
    let file = folder.join("people.csv");
    fs::write(&file, &people.csv)?;
    let config: SheetConfig = from_slice(people::BLUEPRINT.as_bytes())?;
    println!(
        "{rows} rows × 10, {} bytes, {} bad cells; {runs} runs; load {}",
        people.csv.len(),
        people.bad.iter().sum::<u64>(),
        load_average()
    );

    let [mut bare, mut import, mut read, mut check] = [const { Vec::new() }; 4];
    let mut bytes_on_disk = 0;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for turn in 0..=runs {
        let counts = turn > 0;
        let keep = |costs: &mut Vec<Cost>, cost| {
            if counts {
                costs.push(cost)
            }
        };
        keep(&mut bare, bare_insert(limits, &file, folder, rows)?);
        let fresh = runtime.block_on(Fresh::new(folder.join("ours"), config.clone()))?;
        let (done, cost) = timed(|| runtime.block_on(fresh.import(&file)));
        done?;
        runtime.block_on(refuse_wrong_counts(&fresh, &people, rows))?;
        bytes_on_disk = runtime.block_on(fresh.close())?;
        keep(&mut import, cost);
        let (seen, cost) = timed(|| ours::read(&file));
        keep(&mut read, cost);
        let (bad, cost_of_check) = timed(|| ours::check(&file, &config));
        keep(&mut check, cost_of_check);
        if seen?.0 != rows || bad? != people.bad {
            return Err("the checks found other cells than the generator spoiled".into());
        }
    }
    let size = fs::metadata(folder.join("bare.db"))?.len();
    println!("load {} at the end; on disk: ours {bytes_on_disk} bytes, bare {size} bytes", load_average());
    let [bare, import, read, check] = [bare, import, read, check].map(|costs| typical(&costs));
    let seconds =
        |name, value, denominator, must| Figure { name, unit: "s", places: 3, value, denominator, must };
    Ok(vec![
        seconds("import beside the bare insert", import.wall, bare.wall, Some(MUST)),
        seconds("import beside the bare insert, processor", import.cpu, bare.cpu, None),
        seconds("reading alone beside the bare insert, processor", read.cpu, bare.cpu, None),
        seconds("reading and checking beside the bare insert, processor", check.cpu, bare.cpu, None),
    ])
}

fn bare_insert(limits: &Path, file: &Path, folder: &Path, rows: u64) -> Outcome<Cost> {
    let output = Command::new(limits).arg("bare").arg(file).arg(folder).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        [inserted, wall, cpu] if *inserted == rows as f64 => Ok(Cost { wall: *wall, cpu: *cpu }),
        _ => Err(format!("the bare insert failed: {text}{}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

async fn refuse_wrong_counts(fresh: &Fresh, people: &People, rows: u64) -> Outcome<()> {
    let (counts, errors) = fresh.found().await?;
    let found = people::COLUMNS.map(|column| errors.get(column).copied().unwrap_or(0));
    if counts.total != rows || counts.error != people.bad.iter().sum::<u64>() || found != people.bad {
        let expected = &people.bad;
        return Err(format!(
            "{counts:?} with errors {found:?} instead of {expected:?}: the time does not count"
        )
        .into());
    }
    Ok(())
}

/// The compressed bytes of the browser half, when it is built.
fn page_bytes(site: &Path) -> Outcome<Option<Figure<'static>>> {
    let mut bytes = 0;
    let mut folders = vec![site.to_path_buf()];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if [".wasm.br", ".js.br", ".css.br"].iter().any(|ending| name.ends_with(ending)) {
                bytes += entry.metadata()?.len();
            }
        }
    }
    if bytes == 0 {
        println!("the browser half is not built: tools/build.sh makes target/site");
        return Ok(None);
    }
    let name = "WASM, JS and CSS in brotli, of the budget";
    Ok(Some(Figure {
        name,
        unit: "bytes",
        places: 0,
        value: bytes as f64,
        denominator: PAGE_BUDGET,
        must: Some(1.0),
    }))
}
