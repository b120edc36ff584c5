//! Durable commits of one row, one after the other.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;

use super::Outcome;

/// What a page of the journal holds, and what the row's own table adds to the row: its leaf and the first page.
const PAGE: usize = 4096;
const PAGES_BESIDE: usize = 2;

/// Each commit appends about `bytes` to the journal and is on the disk before the next.
pub fn run(folder: &Path, bytes: usize) -> Outcome<()> {
    let connection = Connection::open(folder.join("commits.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS r (id INTEGER PRIMARY KEY, data BLOB)",
    )?;
    let row = vec![7_u8; bytes.saturating_sub(PAGES_BESIDE * PAGE).max(64)];
    let mut insert = connection.prepare("INSERT INTO r (data) VALUES (?1)")?;
    for line in std::io::stdin().lock().lines() {
        let commits: usize = line?.trim().parse()?;
        let mut seconds = Vec::with_capacity(commits);
        for _ in 0..commits {
            let clock = Instant::now();
            insert.execute([&row])?;
            seconds.push(clock.elapsed().as_secs_f64().to_string());
        }
        println!("{}", seconds.join(" "));
    }
    Ok(())
}
