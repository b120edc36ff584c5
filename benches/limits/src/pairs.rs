//! What a queue of jobs on SQLite cannot do without: a durable commit that adds a job, and one that takes it.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

use super::Outcome;

/// Bytes of what a job is about.
const DATA: usize = 300;

/// Each line of standard input says how many jobs; the answer is the seconds of both commits of each.
pub fn run(folder: &Path) -> Outcome<()> {
    let connection = Connection::open(folder.join("pairs.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS j (id INTEGER PRIMARY KEY, status TEXT, data BLOB)",
    )?;
    let mut add = connection.prepare("INSERT INTO j (status, data) VALUES ('ready', ?1)")?;
    let mut take = connection.prepare("UPDATE j SET status = 'executing' WHERE id = ?1")?;
    let data = vec![7_u8; DATA];
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let jobs: usize = line?.trim().parse()?;
        let mut seconds = Vec::with_capacity(jobs);
        for _ in 0..jobs {
            let clock = Instant::now();
            add.execute([&data])?;
            take.execute(params![connection.last_insert_rowid()])?;
            seconds.push(clock.elapsed().as_secs_f64().to_string());
        }
        println!("{}", seconds.join(" "));
    }
    Ok(())
}
