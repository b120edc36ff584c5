//! Statements on the bare table, with every row of their results read as text.

use std::io::BufRead;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::Outcome;
use super::cost::Cost;

/// Answers each line; the value is the last row's first cell, when that is a number.
pub fn run(database: &Path) -> Outcome<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824",
    )?;
    for line in std::io::stdin().lock().lines() {
        let statement = line?;
        let cost = Cost::start();
        let (rows, value) = ask(&connection, &statement)?;
        cost.print(rows, value);
    }
    Ok(())
}

fn ask(connection: &Connection, text: &str) -> Outcome<(u64, i64)> {
    let mut statement = connection.prepare_cached(text)?;
    if statement.column_count() == 0 {
        return Ok((statement.execute([])? as u64, 0));
    }
    let mut rows = statement.query([])?;
    let (mut count, mut value, mut page) = (0, 0, String::new());
    while let Some(row) = rows.next()? {
        if let ValueRef::Integer(number) = row.get_ref(0)? {
            value = number;
        }
        write_row(row, &mut page)?;
        count += 1;
    }
    std::hint::black_box(page);
    Ok((count, value))
}

/// Appends the row as a JSON list.
pub fn write_row(row: &rusqlite::Row<'_>, text: &mut String) -> Outcome<()> {
    let columns = row.as_ref().column_count();
    for place in 0..columns {
        text.push(if place == 0 { '[' } else { ',' });
        match row.get_ref(place)? {
            ValueRef::Integer(number) => text.push_str(&number.to_string()),
            ValueRef::Real(number) => text.push_str(&number.to_string()),
            ValueRef::Text(bytes) => text.push_str(&serde_json::to_string(std::str::from_utf8(bytes)?)?),
            ValueRef::Null | ValueRef::Blob(_) => text.push_str("null"),
        }
    }
    text.push(']');
    Ok(())
}
