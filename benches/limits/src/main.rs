//! The denominators of the benchmarks: the same work done by the barest program that does it.
//!
//!     limits bare FILE FOLDER       inserts the rows of a CSV file of people into FOLDER/bare.db
//!     limits parse FILE             splits the file into cells and does nothing with them
//!     limits sql DATABASE           runs the statements of standard input, one a line
//!     limits commits FOLDER BYTES   makes so many durable commits as each line of standard input says
//!     limits pairs FOLDER           adds and takes so many jobs, a durable commit each, as each line says
//!     limits serve DATABASE         pages of a hundred rows as JSON over HTTP; prints its address
//!
//! `bare`, `parse` and `sql` answer with a line `rows seconds cpu_seconds value`; `commits` and `pairs`
//! with the seconds of each commit, or pair of commits, on one line.

mod bare;
mod commits;
mod cost;
mod pairs;
mod parse;
mod serve;
mod sql;

use std::error::Error;
use std::path::Path;

/// Whatever went wrong ends the program with its words.
type Outcome<T> = Result<T, Box<dyn Error>>;

const USAGE: &str =
    "use: limits bare FILE FOLDER | parse FILE | sql DATABASE | commits FOLDER BYTES | pairs FOLDER | serve DATABASE";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["bare", file, folder] => bare::run(file, Path::new(folder)),
        ["parse", file] => parse::run(file),
        ["sql", database] => sql::run(Path::new(database)),
        ["commits", folder, bytes] => commits::run(Path::new(folder), bytes.parse()?),
        ["pairs", folder] => pairs::run(Path::new(folder)),
        ["serve", database] => serve::run(database),
        _ => Err(USAGE.into()),
    }
}
