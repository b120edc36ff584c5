//! Edits of cells, from the request to the disk, beside bare durable commits of as many bytes.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bench::{Bench, Loaded};
use super::http::{Connection, Outcome};
use super::measure::{Line, Must, Unit, median, p99};
use super::server::text;

/// Edits one by one.
const EDITS: usize = 800;
/// Edits before them, and edits by which their bytes are measured.
const WARM: usize = 50;
const WRITERS: usize = 32;
/// How long all writers write in a run, and how many bare commits go before.
const WRITING: Duration = Duration::from_secs(2);
const COMMITS: usize = 200;
/// The parts of SQLite's journal: its head, and the head of each page in it.
const JOURNAL_HEAD: usize = 32;
const PAGE_HEAD: usize = 24;
const PAGE: usize = 4096;

/// One by one, and from many writers at once.
pub fn edits(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let (rows, runs, folder) = (bench.expected.rows, bench.options.runs, bench.folder.clone());
    let loaded = bench.loaded()?;
    loaded.server.restart()?;
    let editor = Editor::new(loaded, rows)?;
    let bytes = editor.bytes_of_an_edit(loaded)?;
    let mut bare = bench.limits.commits(&folder, bytes)?;
    bare.commit(WARM)?;
    let loaded = bench.loaded()?;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut api = loaded.server.api()?;
    let cpu = loaded.server.cpu();
    for _ in 0..EDITS {
        ours.push(editor.edit(&mut api)?);
        theirs.extend(bare.commit(1)?);
    }
    let cpu = (loaded.server.cpu() - cpu) / EDITS as f64;
    let (mut edits, mut commits) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        commits.push(COMMITS as f64 / bare.commit(COMMITS)?.iter().sum::<f64>());
        edits.push(editor.edits_at_once(loaded)?);
    }
    let milliseconds = Unit::Milliseconds;
    let (ours_p99, theirs_p99) = p99(&ours).zip(p99(&theirs)).ok_or("too few edits for a p99")?;
    let beside = format!("beside a bare commit of {bytes} bytes");
    let at_once = format!("edits of {WRITERS} writers beside bare commits one by one");
    Ok(vec![
        Line::new(
            format!("cell edit, p50, {beside}"),
            milliseconds,
            median(&ours),
            median(&theirs),
            Must::AtMost(1.5),
        ),
        Line::new(format!("cell edit, p99, {beside}"), milliseconds, ours_p99, theirs_p99, Must::AtMost(2.0)),
        Line::only("cell edit, milliseconds of the processor", milliseconds, cpu),
        Line::new(at_once, Unit::EditsPerSecond, median(&edits), median(&commits), Must::AtLeast(8.0)),
    ])
}

/// Writes something new into a cell each time: into plain ones, required ones and unique ones.
struct Editor {
    sheet: String,
    records: Vec<String>,
    edits: AtomicU64,
}

impl Editor {
    fn new(loaded: &Loaded, rows: u64) -> Outcome<Self> {
        let sheet = loaded.place.sheet.clone();
        let mut api = loaded.server.api()?;
        let mut records = Vec::new();
        let pages = rows / 100;
        for page in (1..=pages).step_by((pages as usize / 32).max(1)) {
            let path = format!("/v1/sheets/{sheet}/records?pageSize=100&pageNumber={page}&fields=company");
            let found = api.get(&path)?;
            for record in found["records"].as_array().ok_or("no records came")? {
                records.push(text(&record["id"])?);
            }
        }
        Ok(Self { sheet, records, edits: AtomicU64::new(0) })
    }

    /// One edit; its seconds.
    fn edit(&self, api: &mut Connection) -> Outcome<f64> {
        let number = self.edits.fetch_add(1, Ordering::SeqCst);
        let record = self.records.get(number as usize * 31 % self.records.len()).ok_or("no records")?;
        let (field, value): (&str, Value) = match number % 4 {
            0 => ("company", json!(format!("Edited {number}"))),
            1 => ("last_name", json!(format!("Edited {number}"))),
            2 => ("email", json!(format!("edited.{number}@example.com"))),
            _ => ("amount", json!(format!("{number}.25"))),
        };
        let body = json!([{ "id": record, "values": { field: { "value": value } } }]).to_string();
        let path = format!("/v1/sheets/{}/records", self.sheet);
        let clock = Instant::now();
        api.bytes("PUT", &path, body.as_bytes())?;
        Ok(clock.elapsed().as_secs_f64())
    }

    /// What an edit adds to the journal, in bytes.
    fn bytes_of_an_edit(&self, loaded: &Loaded) -> Outcome<u64> {
        let mut api = loaded.server.api()?;
        let journal = loaded.server.folder().join("inlet.db-wal");
        loop {
            let (generation, before) = pages_in(&journal)?;
            for _ in 0..WARM {
                self.edit(&mut api)?;
            }
            let (same, after) = pages_in(&journal)?;
            // A journal that was emptied between says nothing.
            if same == generation && after > before {
                return Ok(((after - before) * PAGE / WARM) as u64);
            }
        }
    }

    /// Edits of all writers together, a second.
    fn edits_at_once(&self, loaded: &Loaded) -> Outcome<f64> {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let write = || -> Outcome<u64> {
                let (mut api, mut edits) = (loaded.server.api()?, 0);
                while !is_over.load(Ordering::SeqCst) {
                    self.edit(&mut api)?;
                    edits += 1;
                }
                Ok(edits)
            };
            let clock = Instant::now();
            let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(write)).collect();
            std::thread::sleep(WRITING);
            is_over.store(true, Ordering::SeqCst);
            let mut edits = 0;
            for writer in writers {
                edits += writer.join().map_err(|_| "a writer failed")??;
            }
            Ok(edits as f64 / clock.elapsed().as_secs_f64())
        })
    }
}

/// The generation of a journal, by its two salts, and how many pages of that generation are in it.
fn pages_in(journal: &Path) -> Outcome<(Vec<u8>, usize)> {
    let bytes = std::fs::read(journal)?;
    let salts = bytes.get(16..24).unwrap_or_default().to_vec();
    let pages = bytes.get(JOURNAL_HEAD..).unwrap_or_default().chunks_exact(PAGE_HEAD + PAGE);
    let pages = pages.take_while(|page| page.get(8..16) == Some(salts.as_slice())).count();
    Ok((salts, pages))
}
