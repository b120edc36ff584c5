//! The same import on PostgreSQL, beside COPY of the file into columns of text.

use std::process::Command;
use std::time::Instant;

use super::bench::{Bench, is_installed};
use super::http::Outcome;
use super::import;
use super::measure::{Line, Must, Unit, Verdict, median};
use super::people;

const NAME: &str = "import on PostgreSQL beside COPY";
const URL: &str = "INLET_TEST_POSTGRES_URL";

/// Both into a database of their own in each run. The cluster must wait for the disk: tools/bench.sh starts such a one.
pub fn postgres(bench: &mut Bench) -> Outcome<Vec<Line>> {
    let Ok(url) = std::env::var(URL) else {
        return Ok(vec![Line::missing(NAME, Verdict::NotMeasured, format!("{URL} is not set"))]);
    };
    if !is_installed("psql") {
        return Ok(vec![Line::missing(NAME, Verdict::NotMeasured, "psql is not installed")]);
    }
    bench.forget();
    let columns = people::COLUMNS.map(|column| format!("{column} text")).join(", ");
    let copy = format!("\\copy r FROM '{}' CSV HEADER", bench.file.display());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..=bench.options.runs {
        psql(&url, &format!("DROP TABLE IF EXISTS r; CREATE TABLE r ({columns})"))?;
        let clock = Instant::now();
        psql(&url, &copy)?;
        let copied = clock.elapsed().as_secs_f64();

        let database = format!("bench_{turn}");
        psql(&url, &format!("CREATE DATABASE {database}"))?;
        let server = bench.fresh("postgres", Some(&with_database(&url, &database)?))?;
        let (loaded, import) = import::imported(server, &bench.file, &bench.expected)?;
        drop(loaded);
        psql(&url, &format!("DROP DATABASE {database} WITH (FORCE)"))?;
        if turn > 0 {
            ours.push(import.seconds);
            theirs.push(copied);
        }
    }
    Ok(vec![Line::new(NAME, Unit::Seconds, median(&ours), median(&theirs), Must::AtMost(1.0))])
}

fn psql(url: &str, statement: &str) -> Outcome<()> {
    let options = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--command", statement];
    let done = Command::new("psql").arg(url).args(options).status()?;
    if done.success() { Ok(()) } else { Err(format!("psql failed at: {statement}").into()) }
}

/// The address with another database: what stands between the last slash of its path and the query.
fn with_database(url: &str, database: &str) -> Outcome<String> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').ok_or(format!("{URL} names no database"))?;
    Ok(format!("{server}/{database}?{query}"))
}
