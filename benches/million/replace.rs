//! Find and replace in a column, beside UPDATE on the bare table, both durable.

use std::time::Instant;

use serde_json::json;

use super::bench::Bench;
use super::http::Outcome;
use super::measure::{Line, Must, Unit, median};

/// A sixteenth of the companies have it; the other one has none.
const WORDS: [&str; 2] = ["Umbrella", "Parasol"];

/// There and back again in each run.
pub fn replace(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let mut sqlite = bench.sqlite()?;
    let runs = bench.options.runs;
    let loaded = bench.loaded()?;
    let sheet = loaded.place.sheet.clone();
    let [mut ours, mut cpu, mut theirs] = [const { Vec::new() }; 3];
    let mut hits = 0;
    for turn in 0..=runs {
        for (find, replace) in [(WORDS[0], WORDS[1]), (WORDS[1], WORDS[0])] {
            let mut api = loaded.server.api()?;
            let body = json!({ "fieldKey": "company", "find": find, "replace": replace });
            let clock = Instant::now();
            let request = || api.json("PUT", &format!("/v1/sheets/{sheet}/find-replace"), &body);
            let (_, used) = loaded.used_by(request)?;
            let seconds = clock.elapsed().as_secs_f64();
            let search = format!("searchField=company&searchValue={replace}&includeLength=true&pageSize=1");
            let found = api.get(&format!("/v1/sheets/{sheet}/records?{search}"))?;
            let beside = sqlite.ask(&format!(
                "UPDATE r SET company = replace(company, '{find}', '{replace}') WHERE company LIKE '%{find}%'"
            ))?;
            hits = beside.rows;
            if found["counts"]["total"].as_u64() != Some(hits) {
                let counts = &found["counts"];
                return Err(format!("{counts} instead of {hits} replaced: the time does not count").into());
            }
            if turn > 0 {
                ours.push(seconds);
                cpu.push(used);
                theirs.push(beside.seconds);
            }
        }
    }
    let name = format!("find and replace with {hits} hits beside UPDATE");
    Ok(vec![
        Line::new(name, Unit::Seconds, median(&ours), median(&theirs), Must::AtMost(1.0)),
        Line::only("find and replace, processor", Unit::ProcessorSeconds, median(&cpu)),
    ])
}
