//! What the groups share: the options, the file, and a server that has it imported.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::http::Outcome;
use super::import;
use super::measure::{Line, Verdict};
use super::peers::{self, Limits, Peer};
use super::people::{self, Expected};
use super::server::{BINARY, CACHE_MIB, Place, Server};

const ROWS: u64 = 1_000_000;
const FEWEST_RUNS: usize = 5;

/// What was asked for on the command line.
#[derive(Debug, Clone)]
pub struct Options {
    pub rows: u64,
    pub runs: usize,
    pub only: Vec<String>,
    pub ten: bool,
    pub postgres: bool,
    pub strict: bool,
    pub cache_mib: u64,
    pub server: PathBuf,
}

/// Records that are kept in memory where two sizes of sheets are compared.
const SMALL_CACHE_MIB: u64 = 32;

impl Options {
    /// Reads them; says what is wrong with the first that cannot be read.
    pub fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Outcome<Self> {
        let mut options = Self {
            rows: ROWS,
            runs: FEWEST_RUNS,
            only: Vec::new(),
            ten: false,
            postgres: false,
            strict: false,
            cache_mib: CACHE_MIB,
            server: PathBuf::from(BINARY),
        };
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{option} needs a value"));
            match option.as_str() {
                "--rows" => options.rows = value()?.parse()?,
                "--runs" => options.runs = value()?.parse::<usize>()?.max(FEWEST_RUNS),
                "--only" => options.only.extend(value()?.split(',').map(str::to_string)),
                "--cache-mib" => options.cache_mib = value()?.parse()?,
                "--server" => options.server = PathBuf::from(value()?),
                "--ten" => options.ten = true,
                "--postgres" => options.postgres = true,
                "--strict" => options.strict = true,
                // Cargo says so of itself.
                "--bench" => {}
                _ => return Err(format!("{option} is not an option; see benches/million/main.rs").into()),
            }
        }
        Ok(options)
    }

    /// Whether a group is to run.
    pub fn wants(&self, group: &str) -> bool {
        let asked = match group {
            "ten" => self.ten,
            "postgres" => self.postgres,
            _ => true,
        };
        asked && (self.only.is_empty() || self.only.iter().any(|only| only == group))
    }
}

/// A server with the file in a sheet.
pub struct Loaded {
    pub server: Server,
    pub place: Place,
}

impl Loaded {
    /// Runs it; what the server used of the processors meanwhile.
    pub fn used_by<T>(&self, run: impl FnOnce() -> Outcome<T>) -> Outcome<(T, f64)> {
        let before = self.server.cpu();
        let done = run()?;
        Ok((done, self.server.cpu() - before))
    }
}

/// Everything that a group needs. Its folder goes away with it.
pub struct Bench {
    pub options: Options,
    pub root: PathBuf,
    pub folder: PathBuf,
    pub limits: Limits,
    /// The file of people.
    pub file: PathBuf,
    /// What is to be found in it.
    pub expected: Expected,
    /// Records a second of the import of the file.
    pub imported: Option<f64>,
    loaded: Option<Loaded>,
}

impl Bench {
    /// Makes the folder and the file, and builds the limits.
    pub fn new(options: Options) -> Outcome<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let limits = Limits::build(&root)?;
        let folder = std::env::temp_dir().join(format!("inlet-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("people.csv");
        let expected = write_people(&file, options.rows)?;
        Ok(Self { options, root, folder, limits, file, expected, imported: None, loaded: None })
    }

    /// Keeps a server that has the file, for the groups to come.
    pub fn keep(&mut self, loaded: Loaded) {
        self.loaded = Some(loaded);
    }

    /// Lets go of the server.
    pub fn forget(&mut self) {
        self.loaded = None;
    }

    /// The server that has the file; it is imported now when no group did it before.
    pub fn loaded(&mut self) -> Outcome<&mut Loaded> {
        if self.loaded.is_none() {
            let server = self.fresh("ours", None)?;
            let (loaded, _) = import::imported(server, &self.file, &self.expected)?;
            self.loaded = Some(loaded);
        }
        self.loaded.as_mut().ok_or_else(|| "no server".into())
    }

    /// A server on new data in a folder of that name.
    pub fn fresh(&self, name: &str, database: Option<&str>) -> Outcome<Server> {
        Server::fresh(&self.options.server, &self.folder.join(name), database, self.options.cache_mib)
    }

    /// A server on new data that keeps so little in memory that every import fills it.
    pub fn fresh_with_small_cache(&self, name: &str) -> Outcome<Server> {
        Server::fresh(&self.options.server, &self.folder.join(name), None, SMALL_CACHE_MIB)
    }

    /// The bare table with the file in it.
    pub fn bare_database(&self) -> Outcome<PathBuf> {
        let database = self.folder.join("bare.db");
        if !database.exists() {
            self.limits.bare(&self.file, &self.folder)?;
        }
        Ok(database)
    }

    /// Statements on the bare table.
    pub fn sqlite(&self) -> Outcome<Peer> {
        self.limits.sql(&self.bare_database()?)
    }

    /// DuckDB with the file in it, where there is one.
    pub fn duckdb(&self) -> Outcome<Option<Peer>> {
        peers::duckdb(&self.root, &self.file, &self.folder)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.loaded = None;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Writes a file of people.
pub fn write_people(file: &Path, rows: u64) -> Outcome<Expected> {
    let mut writer = BufWriter::with_capacity(1 << 20, File::create(file)?);
    let expected = people::write(&mut writer, rows)?;
    writer.into_inner()?.sync_all()?;
    Ok(expected)
}

/// The line of a figure beside DuckDB on a machine without it.
pub fn without_duckdb(name: String) -> Line {
    Line::missing(name, Verdict::NotMeasured, "pip install duckdb")
}

/// Whether a program is on the path.
pub fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
