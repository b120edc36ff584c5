//! `cargo bench --bench million [-- OPTIONS]`: what a million records cost, each figure beside its
//! denominator and both from this run.
//!
//!     --rows N        records, 1,000,000 unless said otherwise
//!     --runs N        runs of each, 5 at least
//!     --only NAME     one group of the table below, or several with commas
//!     --ten           also an import of ten times as many records
//!     --postgres      also an import into the PostgreSQL of INLET_TEST_POSTGRES_URL
//!     --strict        a figure beside a program that this machine lacks counts as short
//!     --cache-mib N   what the server keeps of decoded chunks
//!     --server FILE   the program to measure, instead of the one that Cargo has built
//!
//! Both sides run in turn, so that a busy machine is busy for both; what is judged is the ratio of the
//! medians. One line a figure: `name · value · denominator · ratio · must · ok|SHORT`. It fails when one
//! is short. A time counts only when every bad cell of the generated file was found.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod bench;
mod edits;
mod export;
mod find;
mod http;
mod import;
mod json;
mod measure;
mod page_bytes;
mod pages;
mod peers;
#[path = "../people/mod.rs"]
mod people;
mod postgres;
mod replace;
mod revalidate;
mod server;
mod sorts;

use std::process::ExitCode;
use std::time::Instant;

use bench::{Bench, Options};
use http::{Outcome, Refused};
use measure::{Line, Verdict, load_average};

/// Measures some lines of the table.
type Group = fn(&mut Bench) -> Outcome<Vec<Line>>;

/// The table, in an order in which no group spoils the data of the next.
const GROUPS: [(&str, Group); 13] = [
    ("import", import::million),
    ("early", import::first_records),
    ("ten", import::ten_million),
    ("pages", pages::pages),
    ("sort", sorts::sorts),
    ("find", find::find),
    ("json", json::json),
    ("export", export::export),
    ("revalidate", revalidate::revalidate),
    ("replace", replace::replace),
    ("edit", edits::edits),
    ("postgres", postgres::postgres),
    ("page-bytes", page_bytes::page_bytes),
];

fn main() -> Outcome<ExitCode> {
    let options = Options::from_arguments(std::env::args().skip(1))?;
    if let Some(unknown) = options.only.iter().find(|only| !GROUPS.iter().any(|(name, _)| name == only)) {
        let names = GROUPS.map(|(name, _)| name).join(", ");
        return Err(format!("there is no group {unknown}; there are {names}").into());
    }
    let strict = options.strict;
    let mut bench = Bench::new(options)?;
    println!(
        "{} records × 10, {} bytes, {} bad cells; {} runs; load {}",
        bench.expected.rows,
        bench.expected.bytes,
        bench.expected.bad_rows(),
        bench.options.runs,
        load_average()
    );
    let mut short = 0;
    for (name, group) in GROUPS {
        if !bench.options.wants(name) {
            continue;
        }
        let begun = Instant::now();
        for line in group(&mut bench).unwrap_or_else(|error| vec![without_figures(name, error.as_ref())]) {
            println!("{line}");
            short += usize::from(match line.verdict() {
                Verdict::Good => false,
                Verdict::Short => true,
                Verdict::NotMeasured => strict,
            });
        }
        println!("    ({name}: {:.0} s, load {})", begun.elapsed().as_secs_f64(), load_average());
    }
    println!("{}", if short == 0 { "all musts are met".to_string() } else { format!("{short} SHORT") });
    Ok(if short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn without_figures(name: &str, error: &(dyn std::error::Error + 'static)) -> Line {
    let is_missing = error.downcast_ref::<Refused>().is_some_and(Refused::is_not_there);
    let why = if is_missing { "not there" } else { "failed" };
    Line::missing(name, Verdict::Short, format!("{why}: {error}"))
}
