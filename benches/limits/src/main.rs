//! `limits bare FILE DIR`: inserts the rows of a CSV file of people into a bare SQLite table and prints
//! `rows seconds cpu_seconds`.
//!
//! One row a statement and one transaction, with real columns, the journal and the durability that
//! Inlet uses. Nothing is checked. This is what an import is measured against.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Ticks of `/proc/self/stat` in a second; Linux has had this value for all programs since ever.
const TICKS: f64 = 100.0;
const AMOUNT: usize = 5;
const QUANTITY: usize = 6;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, file, directory] = arguments.as_slice() else { return Err(USAGE.into()) };
    if command != "bare" {
        return Err(USAGE.into());
    }
    let connection = fresh(&Path::new(directory).join("bare.db"))?;
    let (clock, cpu) = (Instant::now(), cpu_seconds());
    let rows = bare(&connection, file)?;
    println!("{rows} {} {}", clock.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    Ok(())
}

const USAGE: &str = "use: limits bare FILE DIR";

fn fresh(path: &Path) -> Outcome<Connection> {
    for suffix in ["", "-wal", "-shm"] {
        let mut old = path.as_os_str().to_owned();
        old.push(suffix);
        if Path::new(&old).exists() {
            std::fs::remove_file(old)?;
        }
    }
    let connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536")?;
    Ok(connection)
}

fn bare(connection: &Connection, file: &str) -> Outcome<u64> {
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).from_path(file)?;
    let columns: Vec<String> = reader.headers()?.iter().enumerate().map(column).collect();
    let places = vec!["?"; columns.len() + 1].join(", ");
    connection
        .execute_batch(&format!("CREATE TABLE r (id INTEGER PRIMARY KEY, {}); BEGIN", columns.join(", ")))?;
    let mut statement = connection.prepare(&format!("INSERT INTO r VALUES ({places})"))?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record)? {
        rows += 1;
        statement.raw_bind_parameter(1, rows as i64)?;
        for (place, text) in record.iter().enumerate() {
            statement.raw_bind_parameter(place + 2, typed(place, text))?;
        }
        statement.raw_execute()?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(rows)
}

fn column((place, name): (usize, &str)) -> String {
    let kind = match place {
        AMOUNT => "REAL",
        QUANTITY => "INTEGER",
        _ => "TEXT",
    };
    format!("\"{name}\" {kind}")
}

fn typed(place: usize, text: &str) -> ToSqlOutput<'_> {
    let read = match place {
        AMOUNT => text.parse().ok().map(ValueRef::Real),
        QUANTITY => text.parse().ok().map(ValueRef::Integer),
        _ => None,
    };
    ToSqlOutput::Borrowed(read.unwrap_or(ValueRef::Text(text.as_bytes())))
}

/// CPU time of this process so far; 0 where there is no `/proc`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}
