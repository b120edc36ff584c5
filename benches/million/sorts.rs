//! The first page after a new sort, from the middle, beside ORDER BY on the bare table.
//!
//! The server is started again before each run, because it keeps the orders that it has made. A page of
//! each segment is read then, so that the cells are in memory as they are in that of the other databases,
//! which run on. The same without these pages is for information.

use super::bench::{Bench, without_duckdb};
use super::http::Outcome;
use super::measure::{Line, Must, Unit, mean, median};
use super::pages::{frame, warm};

/// A field to sort by, and how much of the time of SQLite and DuckDB that may take.
struct Sort {
    field: &'static str,
    name: &'static str,
    of_sqlite: f64,
    of_duckdb: f64,
}

const SORTS: [Sort; 2] = [
    Sort { field: "last_name", name: "32 values", of_sqlite: 0.05, of_duckdb: 0.25 },
    Sort { field: "email", name: "unique text", of_sqlite: 0.1, of_duckdb: 0.5 },
];

/// Both sorts beside both databases.
pub fn sorts(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let (mut sqlite, mut duckdb) = (bench.sqlite()?, bench.duckdb()?);
    let (rows, runs) = (bench.expected.rows, bench.options.runs);
    let middle = rows / 2;
    let loaded = bench.loaded()?;
    let mut lines = Vec::new();
    for Sort { field, name, of_sqlite, of_duckdb } in SORTS {
        let [mut ours, mut cpu, mut cold, mut theirs, mut ducks] = [const { Vec::new() }; 5];
        let order = format!("sort={field}&direction=asc&");
        let statement = format!("SELECT * FROM r ORDER BY {field}, id LIMIT 100 OFFSET {middle}");
        for turn in 0..=runs {
            loaded.server.restart()?;
            cold.push(frame(&mut loaded.server.browser()?, &loaded.place.sheet, &order, middle)?);
            loaded.server.restart()?;
            warm(loaded, rows)?;
            let mut browser = loaded.server.browser()?;
            let page = || frame(&mut browser, &loaded.place.sheet, &order, middle);
            let (seconds, used) = loaded.used_by(page)?;
            ours.push(seconds);
            cpu.push(used);
            theirs.push(sqlite.ask(&statement)?.seconds);
            if let Some(duckdb) = &mut duckdb {
                ducks.push(duckdb.ask(&statement)?.seconds);
            }
            if turn == 0 {
                [&mut ours, &mut cpu, &mut cold, &mut theirs, &mut ducks].into_iter().for_each(Vec::clear);
            }
        }
        let beside = |peer: &str| format!("first page of a new sort, {name}, beside {peer}");
        let (ours, milliseconds) = (median(&ours), Unit::Milliseconds);
        lines.push(Line::new(beside("SQLite"), milliseconds, ours, median(&theirs), Must::AtMost(of_sqlite)));
        lines.push(match duckdb {
            Some(_) => {
                Line::new(beside("DuckDB"), milliseconds, ours, median(&ducks), Must::AtMost(of_duckdb))
            }
            None => without_duckdb(beside("DuckDB")),
        });
        let page = format!("first page of a new sort, {name}");
        lines.push(Line::only(format!("{page}, processor"), Unit::ProcessorSeconds, mean(&cpu)));
        lines.push(Line::only(format!("{page}, right after a start"), milliseconds, median(&cold)));
    }
    Ok(lines)
}
