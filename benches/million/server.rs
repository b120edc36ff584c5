//! The program itself as a process of its own, on data of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{Connection, Outcome};
use super::measure::processor;
use super::people;

/// The program that Cargo has built beside this one.
pub const BINARY: &str = env!("CARGO_BIN_EXE_inlet");
/// How long it may take to end by itself.
const GRACE: Duration = Duration::from_secs(20);
/// Records that the server keeps in memory, unless `--cache-mib` says otherwise; what it does by itself.
pub const CACHE_MIB: u64 = 256;

/// A running server.
pub struct Server {
    child: Child,
    address: String,
    key: String,
    cookie: String,
    binary: PathBuf,
    folder: PathBuf,
    database: Option<String>,
    cache_mib: u64,
}

/// An empty sheet of people, and where it is.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub space: String,
    pub workbook: String,
    pub sheet: String,
}

impl Server {
    /// Starts it on new data, in the place of what the folder held.
    pub fn fresh(binary: &Path, folder: &Path, database: Option<&str>, cache_mib: u64) -> Outcome<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        Self::start(binary, folder, database, cache_mib)
    }

    fn start(binary: &Path, folder: &Path, database: Option<&str>, cache_mib: u64) -> Outcome<Self> {
        let mut command = Command::new(binary);
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(folder).stdout(Stdio::piped());
        command.env("INLET_CACHE_MIB", cache_mib.to_string());
        command.env("INLET_LOG", "warn").env_remove("INLET_DATABASE_URL").env_remove("INLET_ADMIN_PASSWORD");
        if let Some(url) = database {
            command.env("INLET_DATABASE_URL", url);
        }
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the server has no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("Inlet is at http://").ok_or("the server did not start")?;
        let address = address.trim_end_matches('/').to_string();
        let keys = std::fs::read_to_string(folder.join("keys.env"))?;
        let key =
            keys.lines().find_map(|line| line.strip_prefix("API_KEY=")).ok_or("keys.env has no API_KEY")?;
        let (key, cookie) = (key.to_string(), sign_in(&address)?);
        Ok(Self {
            child,
            address,
            key,
            cookie,
            binary: binary.into(),
            folder: folder.into(),
            database: database.map(str::to_string),
            cache_mib,
        })
    }

    /// Ends it and starts it again on the same data: nothing that it had in memory is left.
    pub fn restart(&mut self) -> Outcome<()> {
        self.stop()?;
        let again = Self::start(&self.binary, &self.folder, self.database.as_deref(), self.cache_mib)?;
        // What is dropped here has ended already.
        *self = again;
        Ok(())
    }

    fn stop(&mut self) -> Outcome<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > GRACE {
                self.child.kill()?;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// A connection of a program.
    pub fn api(&self) -> Outcome<Connection> {
        Connection::open(&self.address, &format!("Authorization: Bearer {}\r\n", self.key))
    }

    /// A connection of a browser.
    pub fn browser(&self) -> Outcome<Connection> {
        Connection::open(&self.address, &format!("Cookie: {}\r\n", self.cookie))
    }

    /// Seconds of the processors that it has used.
    pub fn cpu(&self) -> f64 {
        processor(&self.child.id().to_string()).own
    }

    /// The most memory that it had at once, in bytes.
    pub fn peak_memory(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes << 10)
    }

    /// Counts the peak from what it has now.
    pub fn forget_peak(&self) -> Outcome<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// Where its database is on the disk.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new space with an empty sheet of people.
    pub fn place(&self) -> Outcome<Place> {
        let mut api = self.api()?;
        let environment = text(&api.get("/v1/environments")?[0]["id"])?;
        let space = json!({ "environmentId": environment, "name": "Bench" });
        let space = text(&api.json("POST", "/v1/spaces", &space)?["id"])?;
        let sheet: Value = serde_json::from_str(people::BLUEPRINT)?;
        let workbook =
            json!({ "name": "People", "spaceId": space, "environmentId": environment, "sheets": [sheet] });
        let workbook = api.json("POST", "/v1/workbooks", &workbook)?;
        let sheet = text(&workbook["sheets"][0]["id"])?;
        Ok(Place { space, workbook: text(&workbook["id"])?, sheet })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text that must be there.
pub fn text(value: &Value) -> Outcome<String> {
    Ok(value.as_str().ok_or("an answer lacks an id")?.to_string())
}

/// The cookie of a browser on this machine, which is signed in by the first page that it opens.
fn sign_in(address: &str) -> Outcome<String> {
    let (head, _) = Connection::open(address, "Accept: text/html\r\n")?.send("GET", "/", b"")?;
    Ok(head.cookie.ok_or("no cookie came with the first page")?)
}
