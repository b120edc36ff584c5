//! The sheet as a CSV file, beside `sqlite3 -csv` on the bare table.

use std::process::Command;

use super::bench::{Bench, is_installed};
use super::http::{Outcome, refuse_others};
use super::measure::{Line, Must, Unit, Verdict, median};
use super::peers::run_to_end;

const NAME: &str = "CSV export beside sqlite3 -csv";

/// Downloads it in each run, and counts its lines.
pub fn export(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let database = bench.bare_database()?;
    let (rows, runs) = (bench.expected.rows, bench.options.runs);
    let loaded = bench.loaded()?;
    let path = format!("/v1/sheets/{}/download", loaded.place.sheet);
    let [mut ours, mut theirs, mut first] = [const { Vec::new() }; 3];
    let mut grown = 0.0_f64;
    for turn in 0..=runs {
        let (mut api, before) = (loaded.server.api()?, loaded.server.cpu());
        loaded.server.forget_peak()?;
        let memory = loaded.server.peak_memory()?;
        let (mut lines, mut beginning) = (0, Vec::new());
        let head = api.stream_answer("GET", &path, b"", |bytes| {
            lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            if beginning.is_empty() {
                beginning = bytes.to_vec();
            }
        })?;
        refuse_others(&head, "GET", &path, &beginning)?;
        if lines != rows + 1 {
            return Err(format!("{lines} lines instead of {}: the time does not count", rows + 1).into());
        }
        let cpu = loaded.server.cpu() - before;
        grown = grown.max(loaded.server.peak_memory()?.saturating_sub(memory) as f64);
        if is_installed("sqlite3") {
            let select = ["-header", "-csv"];
            theirs.push(run_to_end(
                Command::new("sqlite3").args(select).arg(&database).arg("SELECT * FROM r"),
            )?);
        }
        ours.push(cpu);
        first.push(head.after.as_secs_f64());
        if turn == 0 {
            [&mut ours, &mut theirs, &mut first].into_iter().for_each(Vec::clear);
            grown = 0.0;
        }
    }
    let line = match theirs.is_empty() {
        false => Line::new(NAME, Unit::ProcessorSeconds, median(&ours), median(&theirs), Must::AtMost(1.0)),
        true => Line::missing(NAME, Verdict::NotMeasured, "sqlite3 is not installed"),
    };
    Ok(vec![
        line,
        Line::only("CSV export, first byte after", Unit::Milliseconds, median(&first)),
        Line::only("CSV export, memory grown by", Unit::Mebibytes, grown),
    ])
}
