//! A page of the grid at any place, over HTTP, beside a server that reads rows by their number.

use std::time::Instant;

use super::bench::{Bench, Loaded};
use super::http::{Connection, Outcome};
use super::measure::{Line, Must, Unit, median, p99};

/// Pages of each kind.
const PAGES: u64 = 600;
const LIMIT: u64 = 100;
/// Records of a segment: a page of each reads every chunk once.
const SEGMENT: usize = 4096;

/// The frame at a place, in some order: `sort=…&direction=…&`, or nothing for the natural one.
pub fn frame(browser: &mut Connection, sheet: &str, order: &str, offset: u64) -> Outcome<f64> {
    let clock = Instant::now();
    browser.bytes("GET", &format!("/frames/{sheet}?{order}offset={offset}&limit={LIMIT}"), b"")?;
    Ok(clock.elapsed().as_secs_f64())
}

/// Reads a page of each segment, after which the server has in memory what it keeps there.
pub fn warm(loaded: &Loaded, rows: u64) -> Outcome<()> {
    let mut browser = loaded.server.browser()?;
    for offset in (0..rows).step_by(SEGMENT) {
        frame(&mut browser, &loaded.place.sheet, "", offset)?;
    }
    Ok(())
}

/// Places that have nothing to do with each other, each at most once in a sheet of usual size.
pub fn scattered(rows: u64) -> impl Iterator<Item = u64> {
    let last = rows.saturating_sub(LIMIT).max(1);
    (1..).map(move |turn: u64| turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) % last)
}

/// Natural order, warm, and an order that nobody has asked for, each page for the first time.
pub fn pages(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let rows = bench.expected.rows;
    let (_serving, address) = bench.limits.serve(&bench.bare_database()?)?;
    let mut bare = Connection::open(&address, "")?;
    let loaded = bench.loaded()?;
    loaded.server.restart()?;
    let sheet = loaded.place.sheet.clone();
    let mut browser = loaded.server.browser()?;
    let order = "sort=phone&direction=asc&";
    // The order itself is another figure.
    frame(&mut browser, &sheet, order, 0)?;
    let [mut natural, mut sorted, mut beside] = [const { Vec::new() }; 3];
    for offset in scattered(rows).take(PAGES as usize) {
        sorted.push(frame(&mut browser, &sheet, order, offset)?);
        beside.push(bare_page(&mut bare, offset)?);
    }
    let beside_sorted = median(&beside);
    warm(loaded, rows)?;
    beside.clear();
    let mut browser = loaded.server.browser()?;
    for offset in scattered(rows).take(PAGES as usize) {
        natural.push(frame(&mut browser, &sheet, "", offset)?);
        beside.push(bare_page(&mut bare, offset)?);
    }
    let line = |name, value, denominator, must| Line::new(name, Unit::Milliseconds, value, denominator, must);
    let mut lines = vec![
        line("page in natural order, p50", median(&natural), median(&beside), Must::AtMost(3.0)),
        line("page in a scattered order, p50", median(&sorted), beside_sorted, Must::AtMost(40.0)),
    ];
    if let (Some(ours), Some(bare)) = (p99(&natural), p99(&beside)) {
        lines.push(line("page in natural order, p99", ours, bare, Must::Nothing));
    }
    Ok(lines)
}

fn bare_page(bare: &mut Connection, offset: u64) -> Outcome<f64> {
    let clock = Instant::now();
    bare.bytes("GET", &format!("/page?offset={offset}"), b"")?;
    Ok(clock.elapsed().as_secs_f64())
}
