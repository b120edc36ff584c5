//! A bare insert: one row a statement and one transaction, with real columns. Nothing is checked.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::Outcome;
use super::cost::Cost;

const AMOUNT: usize = 5;
const QUANTITY: usize = 6;

/// Makes the table `r` anew in `folder/bare.db`.
pub fn run(file: &str, folder: &Path) -> Outcome<()> {
    let connection = fresh(&folder.join("bare.db"))?;
    let cost = Cost::start();
    let rows = insert(&connection, file)?;
    cost.print(rows, 0);
    Ok(())
}

/// An empty database. It waits for the disk less often than Inlet: that is the faster denominator.
fn fresh(path: &Path) -> Outcome<Connection> {
    for suffix in ["", "-wal", "-shm"] {
        let mut old = path.as_os_str().to_owned();
        old.push(suffix);
        if Path::new(&old).exists() {
            std::fs::remove_file(old)?;
        }
    }
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536",
    )?;
    Ok(connection)
}

fn insert(connection: &Connection, file: &str) -> Outcome<u64> {
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
