//! From the first byte of an upload to the end of its import: time, memory, and when the first records can be read.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::bench::{Bench, Loaded, write_people};
use super::http::{Outcome, refuse_others};
use super::measure::{Line, Must, Unit, median};
use super::people::{self, Expected};
use super::server::{Place, Server};

/// How often the job is asked for, and the records while a file is on its way.
const POLL: Duration = Duration::from_millis(5);
/// A file that is sent slowly goes in pieces of so many bytes, with a pause after each: 16 MB a second or less.
const PIECE: usize = 64 << 10;
const PAUSE: Duration = Duration::from_millis(4);
/// Memory that an import may take besides the cache, in bytes.
const MEMORY: f64 = (200 << 20) as f64;
/// What a unique field may take of it for each record.
const BYTES_A_RECORD: f64 = 16.0;
const TEN: u64 = 10;

/// What an import took.
#[derive(Debug, Clone, Copy)]
pub struct Import {
    /// From the first byte to the end of the job.
    pub seconds: f64,
    /// What the server used of the processors.
    pub cpu: f64,
    /// The most memory of the server, in bytes.
    pub peak: f64,
}

/// How fast a file is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    AsFastAsItGoes,
    Slow,
}

/// Imports the file into a sheet of its own and makes sure that every bad cell was found.
pub fn imported(server: Server, file: &Path, expected: &Expected) -> Outcome<(Loaded, Import)> {
    let place = server.place()?;
    let (clock, cpu) = (Instant::now(), server.cpu());
    import(&server, &place, file, Pace::AsFastAsItGoes, &AtomicU64::new(0))?;
    let seconds = clock.elapsed().as_secs_f64();
    let import = Import { seconds, cpu: server.cpu() - cpu, peak: server.peak_memory()? as f64 };
    refuse_wrong_counts(&server, &place, expected)?;
    Ok((Loaded { server, place }, import))
}

/// Sends the file and waits until its records are all in the sheet. `sent` says how many bytes are on their way.
fn import(server: &Server, place: &Place, file: &Path, pace: Pace, sent: &AtomicU64) -> Outcome<()> {
    upload(server, place, file, pace, sent)?;
    let mut api = server.api()?;
    let jobs = api.get(&format!("/v1/jobs?source={}&pageSize=1", place.sheet))?;
    let job = jobs[0]["id"].as_str().ok_or("the file was not imported while it arrived")?;
    loop {
        let job = api.get(&format!("/v1/jobs/{job}"))?;
        match job["status"].as_str() {
            Some("complete") => return Ok(()),
            Some("failed" | "canceled") => return Err(format!("the import failed: {job}").into()),
            _ => std::thread::sleep(POLL),
        }
    }
}

/// Sends the file as a form that names the sheet, into which it is imported while it arrives.
fn upload(server: &Server, place: &Place, file: &Path, pace: Pace, sent: &AtomicU64) -> Outcome<()> {
    let mut before = String::new();
    for (name, value) in [("spaceId", &place.space), ("sheetId", &place.sheet)] {
        before
            .push_str(&format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    before.push_str("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n");
    before.push_str("Content-Type: text/csv\r\n\r\n");
    let after = "\r\n--x--\r\n";
    let mut bytes = File::open(file)?;
    let length = bytes.metadata()?.len() + (before.len() + after.len()) as u64;

    let mut api = server.api()?;
    let clock = Instant::now();
    api.begin("POST", "/v1/files", "multipart/form-data; boundary=x", length)?;
    api.body().write_all(before.as_bytes())?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = bytes.read(&mut piece)?;
        if read == 0 {
            break;
        }
        api.body().write_all(&piece[..read])?;
        sent.fetch_add(read as u64, Ordering::SeqCst);
        if pace == Pace::Slow {
            std::thread::sleep(PAUSE);
        }
    }
    api.body().write_all(after.as_bytes())?;
    let mut answer = Vec::new();
    let head = api.answer(clock, |bytes| answer.extend_from_slice(bytes))?;
    refuse_others(&head, "POST", "/v1/files", &answer)
}

/// An error when the sheet does not have exactly the bad cells of the file.
fn refuse_wrong_counts(server: &Server, place: &Place, expected: &Expected) -> Outcome<()> {
    let counts = server.api()?.get(&format!("/v1/sheets/{}/counts", place.sheet))?["counts"].take();
    let errors = &counts["errorsByField"];
    let found = people::COLUMNS.map(|column| errors[column].as_u64().unwrap_or(0));
    let is_right = counts["total"].as_u64() == Some(expected.rows)
        && counts["error"].as_u64() == Some(expected.bad_rows())
        && found == expected.bad;
    if is_right {
        return Ok(());
    }
    Err(format!("{counts} instead of {:?}: the time does not count", expected.bad).into())
}

/// The time of an import beside the bare insert, and its memory.
pub fn million(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for turn in 0..=bench.options.runs {
        bench.forget();
        let took = bench.limits.bare(&bench.file, &bench.folder)?;
        let (loaded, import) = imported(bench.fresh("ours", None)?, &bench.file, &bench.expected)?;
        bench.keep(loaded);
        // The first turn warms the machine up.
        if turn > 0 {
            bare.push(took);
            ours.push(import);
        }
    }
    let seconds = median(&ours.iter().map(|import| import.seconds).collect::<Vec<_>>());
    let bare_seconds = median(&bare.iter().map(|took| took.seconds).collect::<Vec<_>>());
    let cpu = median(&ours.iter().map(|import| import.cpu).collect::<Vec<_>>());
    let bare_cpu = median(&bare.iter().map(|took| took.cpu).collect::<Vec<_>>());
    let peak = ours.iter().map(|import| import.peak).fold(0.0, f64::max);
    bench.imported = Some(bench.expected.rows as f64 / seconds);
    let cache = (bench.options.cache_mib << 20) as f64;
    let memory = format!("memory of an import, of 200 MiB and {} of the cache", bench.options.cache_mib);
    Ok(vec![
        Line::new("import beside the bare insert", Unit::Seconds, seconds, bare_seconds, Must::AtMost(0.8)),
        Line::new("import, processor", Unit::ProcessorSeconds, cpu, bare_cpu, Must::Nothing),
        Line::new(memory, Unit::Mebibytes, peak, MEMORY + cache, Must::AtMost(1.0)),
    ])
}

/// How much of a file has been sent when its first hundred records can be read.
pub fn first_records(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let mut shares = Vec::new();
    for _ in 0..bench.options.runs {
        let server = bench.fresh("early", None)?;
        shares.push(first_share(&server, &bench.file, bench.expected.bytes)?);
    }
    let name = "share of the file that has arrived when 100 records can be read";
    Ok(vec![Line::new(name, Unit::Share, median(&shares), 1.0, Must::AtMost(0.1))])
}

fn first_share(server: &Server, file: &Path, bytes: u64) -> Outcome<f64> {
    let place = server.place()?;
    let path = format!("/v1/sheets/{}/records?pageSize=100", place.sheet);
    let (sent, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| -> Outcome<u64> {
            let mut api = server.api()?;
            loop {
                let was_over = is_over.load(Ordering::SeqCst);
                let found = api.get(&path)?;
                if was_over || found["records"].as_array().is_some_and(|records| records.len() >= 100) {
                    return Ok(sent.load(Ordering::SeqCst));
                }
                std::thread::sleep(POLL);
            }
        });
        let done = import(server, &place, file, Pace::Slow, &sent);
        is_over.store(true, Ordering::SeqCst);
        let seen = reading.join().map_err(|_| "the reader failed")??;
        done?;
        Ok(seen as f64 / bytes as f64)
    })
}

/// Ten times as many records: the same rate, and hardly more memory.
pub fn ten_million(bench: &mut Bench) -> Outcome<Vec<Line>> {
    if bench.imported.is_none() {
        drop(million(bench)?);
    }
    let rate = bench.imported.ok_or("nothing was imported")?;
    bench.forget();
    // What is kept in memory on purpose fills at some size: it is full at both.
    let (one, few) = imported(bench.fresh_with_small_cache("one")?, &bench.file, &bench.expected)?;
    drop(one);
    let file = bench.folder.join("ten.csv");
    let expected = write_people(&file, bench.expected.rows * TEN)?;
    let (mut seconds, mut most) = (Vec::new(), 0.0_f64);
    for _ in 0..bench.options.runs {
        let (_, import) = imported(bench.fresh_with_small_cache("ten")?, &file, &expected)?;
        seconds.push(import.seconds);
        most = most.max(import.peak);
    }
    for leftover in ["ten", "one", "ours"] {
        let _ = std::fs::remove_dir_all(bench.folder.join(leftover));
    }
    std::fs::remove_file(&file)?;
    let rows = expected.rows as f64;
    let (fast, allowed) = (rows / median(&seconds), few.peak * 1.15 + rows * BYTES_A_RECORD);
    Ok(vec![
        Line::new("rate at ten times the records", Unit::RecordsPerSecond, fast, rate, Must::AtLeast(0.85)),
        Line::new("memory at ten times the records", Unit::Mebibytes, most, allowed, Must::AtMost(1.0)),
    ])
}
