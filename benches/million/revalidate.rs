//! Checking every record again after a change of every field of the blueprint.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bench::{Bench, Loaded};
use super::http::Outcome;
use super::measure::{Line, Must, Unit, median};
use super::people::{BLUEPRINT, NOT_ALLOWED};

const POLL: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(60);

/// The blueprint, or one whose every field says more and whose `status` allows less.
fn blueprint(is_narrower: bool) -> Outcome<Value> {
    let mut sheet: Value = serde_json::from_str(BLUEPRINT)?;
    if !is_narrower {
        return Ok(sheet);
    }
    for field in sheet["fields"].as_array_mut().ok_or("the blueprint has no fields")? {
        let required = json!({ "type": "required", "config": { "message": "This is needed" } });
        let mut constraints = field["constraints"].as_array().cloned().unwrap_or_default();
        constraints.retain(|constraint| constraint["type"] != "required");
        constraints.push(required);
        field["constraints"] = Value::Array(constraints);
        if field["key"] == "status" {
            let options = field["config"]["options"].as_array_mut().ok_or("status has no options")?;
            options.retain(|option| option["value"] != NOT_ALLOWED);
        }
    }
    Ok(sheet)
}

/// To the narrower blueprint and back, beside reading the file into cells.
pub fn revalidate(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let (runs, file): (usize, PathBuf) = (bench.options.runs, bench.file.clone());
    let (usual, narrow) = (bench.expected.bad_rows(), bench.expected.bad_when_narrower);
    bench.loaded()?.server.restart()?;
    let [mut ours, mut clocks, mut parse] = [const { Vec::new() }; 3];
    for turn in 0..=runs {
        for (is_narrower, errors) in [(true, narrow), (false, usual)] {
            let (cpu, seconds) = change(bench.loaded()?, &blueprint(is_narrower)?, errors)?;
            let beside = bench.limits.parse(&file)?.cpu;
            if turn > 0 {
                ours.push(cpu);
                clocks.push(seconds);
                parse.push(beside);
            }
        }
    }
    let name = "re-validation of everything beside the parse";
    Ok(vec![
        Line::new(name, Unit::ProcessorSeconds, median(&ours), median(&parse), Must::AtMost(2.5)),
        Line::only("re-validation of everything, time", Unit::Seconds, median(&clocks)),
    ])
}

/// Changes the blueprint and waits until as many records are wrong as must be; the seconds of the processors and of the clock.
fn change(loaded: &Loaded, sheet: &Value, errors: u64) -> Outcome<(f64, f64)> {
    let place = &loaded.place;
    let mut sheet = sheet.clone();
    sheet["id"] = json!(place.sheet);
    let body = json!({ "sheets": [sheet] });
    let mut api = loaded.server.api()?;
    let (clock, cpu) = (Instant::now(), loaded.server.cpu());
    api.json("PATCH", &format!("/v1/workbooks/{}", place.workbook), &body)?;
    loop {
        let counts = api.get(&format!("/v1/sheets/{}/counts", place.sheet))?["counts"].take();
        if counts["error"].as_u64() == Some(errors) {
            return Ok((loaded.server.cpu() - cpu, clock.elapsed().as_secs_f64()));
        }
        if clock.elapsed() > PATIENCE {
            let why = format!("not there, or wrong: {counts} instead of {errors} records with an error");
            return Err(why.into());
        }
        std::thread::sleep(POLL);
    }
}
