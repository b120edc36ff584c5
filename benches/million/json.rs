//! The whole sheet as the API's JSON, in pages of ten thousand records.

use super::bench::Bench;
use super::http::Outcome;
use super::measure::{Line, Must, Unit, median};

const PAGE: u64 = 10_000;
/// Records that a second of the processor must be good for.
const RATE: f64 = 500_000.0;

/// Reads all of it in each run.
pub fn json(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let (rows, runs) = (bench.expected.rows, bench.options.runs);
    let loaded = bench.loaded()?;
    let mut seconds = Vec::new();
    for turn in 0..=runs {
        let mut api = loaded.server.api()?;
        let before = loaded.server.cpu();
        let mut records = 0;
        for page in 1..=rows.div_ceil(PAGE) {
            let path = format!("/v1/sheets/{}/records?pageSize={PAGE}&pageNumber={page}", loaded.place.sheet);
            records += count(&api.bytes("GET", &path, b"")?);
        }
        if records != rows {
            return Err(format!("{records} records instead of {rows}: the time does not count").into());
        }
        if turn > 0 {
            seconds.push(loaded.server.cpu() - before);
        }
    }
    let rate = rows as f64 / median(&seconds);
    let unit = Unit::RecordsPerProcessorSecond;
    Ok(vec![Line::new("whole sheet as JSON", unit, rate, RATE, Must::AtLeast(1.0))])
}

/// Records of a page, by their ids, without parsing it all.
fn count(page: &[u8]) -> u64 {
    const MARK: &[u8] = b"{\"id\":\"us_rc_";
    page.windows(MARK.len()).filter(|window| *window == MARK).count() as u64
}
