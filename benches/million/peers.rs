//! The programs beside which Inlet is measured, each a process that answers lines.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::http::Outcome;
use super::measure::processor;

/// What a run took, and what it found.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub rows: u64,
    pub seconds: f64,
    pub cpu: f64,
    /// The first cell of the last row, when that is a number.
    pub value: u64,
}

impl Took {
    fn read(line: &str) -> Outcome<Self> {
        let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers.as_slice() {
            [rows, seconds, cpu, value] => {
                Ok(Self { rows: *rows as u64, seconds: *seconds, cpu: *cpu, value: *value as u64 })
            }
            _ => Err(format!("not the line of an answer: \"{}\"", line.trim()).into()),
        }
    }
}

/// A program that answers each line with a line.
pub struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self { child, input, output })
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err("the program beside ended; its own words stand above".into());
        }
        Ok(line)
    }

    fn say(&mut self, line: &str) -> Outcome<String> {
        writeln!(self.input, "{line}")?;
        self.line()
    }

    /// Runs a statement.
    pub fn ask(&mut self, statement: &str) -> Outcome<Took> {
        Took::read(&self.say(statement)?)
    }

    /// Makes so many durable commits one after the other; the seconds of each.
    pub fn commit(&mut self, commits: usize) -> Outcome<Vec<f64>> {
        let line = self.say(&commits.to_string())?;
        Ok(line.split_whitespace().filter_map(|word| word.parse().ok()).collect())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `benches/limits`, built.
pub struct Limits(PathBuf);

impl Limits {
    /// Builds it.
    pub fn build(root: &Path) -> Outcome<Self> {
        let target = std::env::var_os("INLET_LIMITS_TARGET")
            .map_or_else(|| root.join("benches/limits/target"), PathBuf::from);
        let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--release", "--quiet", "--manifest-path"])
            .arg(root.join("benches/limits/Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target)
            .status()?;
        if !built.success() {
            return Err("benches/limits could not be built: see what cargo says above".into());
        }
        Ok(Self(target.join("release/limits")))
    }

    fn once(&self, arguments: &[&Path]) -> Outcome<Took> {
        let output = Command::new(&self.0).args(arguments).stderr(Stdio::inherit()).output()?;
        Took::read(&String::from_utf8_lossy(&output.stdout))
    }

    /// Inserts the file into `folder/bare.db`.
    pub fn bare(&self, file: &Path, folder: &Path) -> Outcome<Took> {
        self.once(&[Path::new("bare"), file, folder])
    }

    /// Splits the file into cells.
    pub fn parse(&self, file: &Path) -> Outcome<Took> {
        self.once(&[Path::new("parse"), file])
    }

    /// Runs statements on a database of [`Self::bare`].
    pub fn sql(&self, database: &Path) -> Outcome<Peer> {
        Peer::start(Command::new(&self.0).arg("sql").arg(database))
    }

    /// Commits rows of so many bytes.
    pub fn commits(&self, folder: &Path, bytes: u64) -> Outcome<Peer> {
        Peer::start(Command::new(&self.0).arg("commits").arg(folder).arg(bytes.to_string()))
    }

    /// Serves pages of a database of [`Self::bare`]; the program and its address.
    pub fn serve(&self, database: &Path) -> Outcome<(Peer, String)> {
        let mut peer = Peer::start(Command::new(&self.0).arg("serve").arg(database))?;
        let address = peer.line()?.trim().to_string();
        Ok((peer, address))
    }
}

/// DuckDB with the file in the table `r`; nothing on a machine that has no DuckDB.
pub fn duckdb(root: &Path, file: &Path, folder: &Path) -> Outcome<Option<Peer>> {
    let probe = Command::new("python3").args(["-c", "import duckdb"]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let database = folder.join("duck.db");
    if database.exists() {
        std::fs::remove_file(&database)?;
    }
    let script = root.join("benches/ask_duckdb.py");
    let mut peer = Peer::start(Command::new("python3").arg(script).arg(database))?;
    let file = file.display();
    peer.ask(&format!(
        "CREATE TABLE r AS SELECT row_number() OVER () AS id, * FROM read_csv('{file}', all_varchar = true)"
    ))?;
    Ok(Some(peer))
}

/// Runs a program to its end with its output thrown away; the processor's seconds that it used.
pub fn run_to_end(command: &mut Command) -> Outcome<f64> {
    let before = processor("self").children;
    let status = command.stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(processor("self").children - before)
}
