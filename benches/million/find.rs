//! Filters and searches with an exact count, beside the same on the bare table. Each turn asks for
//! something else, because the server keeps what it has found.

use std::time::Instant;

use super::bench::{Bench, Loaded, without_duckdb};
use super::http::{Connection, Outcome, encoded};
use super::measure::{Line, Must, Unit, mean, median};
use super::pages::warm;

const STATUS: [&str; 4] = ["active", "pending", "closed", "archived"];
const COUNTRY: [&str; 5] = ["DE", "KE", "US", "PL", "JP"];
const WORDS: [&str; 5] = ["lima", "mike", "papa", "golf", "kilo"];
const TEXTS: [&str; 4] = ["first_name", "last_name", "email", "company"];

/// The same question in three languages.
struct Question {
    ours: String,
    sqlite: String,
    duckdb: String,
}

/// A kind of question, and how much of the time of SQLite and DuckDB an answer may take.
struct Kind {
    name: &'static str,
    question: fn(usize) -> Question,
    of_sqlite: f64,
    of_duckdb: f64,
}

const KINDS: [Kind; 2] = [
    Kind { name: "two enum filters with count", question: filters, of_sqlite: 0.1, of_duckdb: 4.0 },
    Kind {
        name: "substring over four columns with count",
        question: substring,
        of_sqlite: 0.1,
        of_duckdb: 0.3,
    },
];

fn filters(turn: usize) -> Question {
    let (status, country) = (STATUS[turn % STATUS.len()], COUNTRY[turn % COUNTRY.len()]);
    let sql = format!("SELECT count(*) FROM r WHERE status = '{status}' AND country = '{country}'");
    let ours = format!("status eq {status} and country eq {country}");
    Question { ours, sqlite: sql.clone(), duckdb: sql }
}

fn substring(turn: usize) -> Question {
    let text = format!("{}.{}", WORDS[turn % WORDS.len()], 2 + turn / WORDS.len());
    let any = |like: &str, quote: char, or: &str| {
        TEXTS.map(|column| format!("{column} {like} {quote}%{text}%{quote}")).join(or)
    };
    Question {
        ours: any("ilike", '"', " or "),
        sqlite: format!("SELECT count(*) FROM r WHERE {}", any("LIKE", '\'', " OR ")),
        duckdb: format!("SELECT count(*) FROM r WHERE {}", any("ILIKE", '\'', " OR ")),
    }
}

/// Both kinds beside both databases.
pub fn find(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let (mut sqlite, mut duckdb) = (bench.sqlite()?, bench.duckdb()?);
    let (rows, runs) = (bench.expected.rows, bench.options.runs);
    let loaded = bench.loaded()?;
    warm(loaded, rows)?;
    let mut api = loaded.server.api()?;
    let mut lines = Vec::new();
    for Kind { name, question, of_sqlite, of_duckdb } in KINDS {
        let [mut ours, mut cpu, mut theirs, mut ducks] = [const { Vec::new() }; 4];
        for turn in 0..=runs {
            let question = question(turn);
            let ((seconds, found), used) = loaded.used_by(|| ask(&mut api, loaded, &question.ours))?;
            let beside = sqlite.ask(&question.sqlite)?;
            if found != beside.value {
                let asked = question.ours;
                return Err(
                    format!("{asked}: {found} instead of {}: the time does not count", beside.value).into()
                );
            }
            ours.push(seconds);
            cpu.push(used);
            theirs.push(beside.seconds);
            if let Some(duckdb) = &mut duckdb {
                ducks.push(duckdb.ask(&question.duckdb)?.seconds);
            }
            if turn == 0 {
                [&mut ours, &mut cpu, &mut theirs, &mut ducks].into_iter().for_each(Vec::clear);
            }
        }
        let beside = |peer: &str| format!("{name}, beside {peer}");
        let (ours, milliseconds) = (median(&ours), Unit::Milliseconds);
        lines.push(Line::new(beside("SQLite"), milliseconds, ours, median(&theirs), Must::AtMost(of_sqlite)));
        lines.push(match duckdb {
            Some(_) => {
                Line::new(beside("DuckDB"), milliseconds, ours, median(&ducks), Must::AtMost(of_duckdb))
            }
            None => without_duckdb(beside("DuckDB")),
        });
        lines.push(Line::only(format!("{name}, processor"), Unit::ProcessorSeconds, mean(&cpu)));
    }
    Ok(lines)
}

/// The seconds until the number of records that a query finds is there, and that number.
fn ask(api: &mut Connection, loaded: &Loaded, query: &str) -> Outcome<(f64, u64)> {
    let sheet = &loaded.place.sheet;
    let path = format!("/v1/sheets/{sheet}/records?pageSize=1&includeLength=true&q={}", encoded(query));
    let clock = Instant::now();
    let found = api.get(&path)?;
    let seconds = clock.elapsed().as_secs_f64();
    Ok((seconds, found["counts"]["total"].as_u64().ok_or("no count came")?))
}
