//! One Node.js process with one agent: events go in, answers come out, and it never outlives whoever started it.
//!
//! A shell leads the group of the process and waits for the end of its input, which comes when this is dropped and when
//! the server dies; then it kills the group. Node.js gets no environment but four variables.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::node::Node;
use crate::domain::event::Event;
use crate::service::Result as Served;
use crate::service::ServiceError;
use crate::store::random_bytes;

const RUNNER: &str = include_str!("runner.cjs");
const SHELL: &str = "/bin/sh";
/// Kills its group, itself too, when its input ends.
const WATCH: &str = "read line; kill -KILL 0";
/// No core dumps, no file of more than some GiB, and no more memory than the first argument says, in KiB.
const LIMITED: &str = r#"ulimit -c 0 2>/dev/null; ulimit -f 2097152 2>/dev/null; ulimit -d "$1" 2>/dev/null; shift; unset PWD OLDPWD; exec "$@""#;
/// Memory beside the heap: the program itself, its threads, buffers. In MiB.
const BESIDE_HEAP: u64 = 256;
/// What the runner's lines begin with.
const MARK: u8 = 0x1e;
/// Most bytes that are read while an agent runs on one event.
const MOST_OUTPUT: usize = 4 << 20;
/// Most characters that are kept of what an agent writes past its console.
const MOST_STRAY: usize = 16 << 10;
/// Most bytes at the end of what Node.js itself says that are kept.
const LAST_WORDS: usize = 16 << 10;
/// How long an agent may take to load.
const LOADING: Duration = Duration::from_secs(30);
/// How long a process that closed its output may take to be gone.
const DYING: Duration = Duration::from_millis(500);

/// How processes are made.
pub(super) struct Host {
    pub(super) node: Node,
    /// Where their folders are; nothing else is there.
    pub(super) folder: PathBuf,
    /// Where they reach the server.
    pub(super) url: String,
    /// Their heap.
    pub(super) memory_mib: u32,
}

/// A process with an agent that is loaded.
pub(super) struct Process {
    group: Group,
    input: pipe::Sender,
    output: pipe::Receiver,
    read: Vec<u8>,
    errors: Arc<Mutex<Vec<u8>>>,
    hearing: AbortOnDropHandle<()>,
    /// What the agent wrote while it was loaded.
    said: String,
    memory_mib: u32,
    /// When it was started.
    pub(super) begun: Instant,
}

/// What came of an event.
pub(super) struct Outcome {
    pub(super) success: bool,
    pub(super) log: String,
    pub(super) memory: Option<i64>,
    pub(super) end: End,
}

/// What became of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It waits for the next event.
    None,
    /// It ended by itself or was stopped, for a reason that is the agent's.
    Known,
    /// It is gone, and nobody knows why: another try may end otherwise.
    Unknown,
}

/// A line of the runner.
#[derive(Debug, Deserialize)]
struct Line {
    id: Option<String>,
    success: bool,
    last: bool,
    log: String,
    memory: i64,
}

/// Why no answer came.
enum Silence {
    Gone,
    TooMuch,
}

/// Makes the folder of all processes, empty, for nobody else to read; its real path. Blocks.
pub(super) fn prepare(folder: &Path) -> io::Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    private_folder(folder)?;
    folder.canonicalize()
}

fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

impl Process {
    /// Starts a process and loads an agent; what the agent said instead when it cannot be loaded.
    pub(super) async fn start(
        host: &Arc<Host>,
        bundle: String,
        token: String,
    ) -> Served<Result<Self, String>> {
        let (spawning, memory_mib) = (host.clone(), host.memory_mib);
        let spawned = tokio::task::spawn_blocking(move || Group::spawn(&spawning, &bundle, &token)).await;
        let spawned = spawned.map_err(ServiceError::internal)?;
        let mut process =
            spawned.and_then(|group| Self::new(group, memory_mib)).map_err(ServiceError::internal)?;
        Ok(match process.wait_for(None, LOADING).await {
            Outcome { success: true, log, .. } => {
                process.said = log;
                Ok(process)
            }
            Outcome { log, .. } => {
                process.end().await;
                Err(log)
            }
        })
    }

    fn new(mut group: Group, memory_mib: u32) -> io::Result<Self> {
        let gone = || io::Error::other("the process has no pipes");
        let parts = group.0.as_mut().ok_or_else(gone)?;
        let input = parts.node.stdin.take().map(OwnedFd::from).ok_or_else(gone)?;
        let output = parts.node.stdout.take().map(OwnedFd::from).ok_or_else(gone)?;
        let errors = parts.node.stderr.take().map(OwnedFd::from).ok_or_else(gone)?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let hearing = tokio::spawn(hear(pipe::Receiver::from_owned_fd(errors)?, said.clone()));
        Ok(Self {
            group,
            input: pipe::Sender::from_owned_fd(input)?,
            output: pipe::Receiver::from_owned_fd(output)?,
            read: Vec::new(),
            errors: said,
            hearing: AbortOnDropHandle::new(hearing),
            said: String::new(),
            memory_mib,
            begun: Instant::now(),
        })
    }

    /// Runs the agent on an event.
    pub(super) async fn run(&mut self, event: &Event, limit: Duration) -> Outcome {
        let id = event.id.to_string();
        let mut line = json!({ "id": id, "event": event.to_wire() }).to_string();
        line.push('\n');
        // A process that is gone is noticed by its silence.
        let writing = timeout(limit, self.input.write_all(line.as_bytes())).await;
        let left = if writing.is_ok() { limit } else { Duration::ZERO };
        let mut outcome = self.wait_for(Some(&id), left).await;
        outcome.log.insert_str(0, &std::mem::take(&mut self.said));
        outcome
    }

    /// Whether it ended since its last answer.
    pub(super) fn is_gone(&mut self) -> bool {
        self.group.status().is_some()
    }

    /// Kills it, and waits until it is gone.
    pub(super) async fn end(self) {
        self.group.end().await;
    }

    async fn wait_for(&mut self, id: Option<&str>, limit: Duration) -> Outcome {
        let mut stray = String::new();
        let answer = timeout(limit, self.answer(id, &mut stray)).await;
        let stopped = |why: String| Outcome {
            success: false,
            log: format!("{stray}the agent was stopped: {why}\n"),
            memory: None,
            end: End::Known,
        };
        match answer {
            Ok(Ok(line)) => Outcome {
                success: line.success,
                end: if line.last { End::Known } else { End::None },
                memory: Some(line.memory),
                log: stray + &line.log,
            },
            Ok(Err(Silence::TooMuch)) => {
                stopped(format!("it wrote more than {} MiB past its console", MOST_OUTPUT >> 20))
            }
            Ok(Err(Silence::Gone)) => self.death(stray).await,
            Err(_) if id.is_none() => stopped(format!("it took longer than {LOADING:?} to load")),
            Err(_) => stopped("it took too long for the event".to_string()),
        }
    }

    /// The runner's next line of that id. Every other line is text that the agent wrote.
    async fn answer(&mut self, id: Option<&str>, stray: &mut String) -> Result<Line, Silence> {
        let mut budget = MOST_OUTPUT;
        loop {
            while let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                match line.strip_prefix(&[MARK]).and_then(|line| serde_json::from_slice::<Line>(line).ok()) {
                    Some(line) if line.id.as_deref() == id => return Ok(line),
                    Some(_) => {}
                    None if stray.len() < MOST_STRAY => stray.push_str(&String::from_utf8_lossy(&line)),
                    None => {}
                }
            }
            match self.output.read_buf(&mut self.read).await {
                Ok(1..) if self.read.len() > MOST_OUTPUT => return Err(Silence::TooMuch),
                Ok(read @ 1..) => budget = budget.checked_sub(read).ok_or(Silence::TooMuch)?,
                Ok(0) | Err(_) => return Err(Silence::Gone),
            }
        }
    }

    /// Why the process is gone.
    async fn death(&mut self, mut log: String) -> Outcome {
        let begun = Instant::now();
        let status = loop {
            match self.group.status() {
                None if begun.elapsed() < DYING => tokio::time::sleep(Duration::from_millis(20)).await,
                status => break status,
            }
        };
        let _ = timeout(DYING, &mut self.hearing).await;
        let words = std::mem::take(&mut *self.errors.lock().unwrap_or_else(PoisonError::into_inner));
        let words = String::from_utf8_lossy(&words);
        let is_full = words.contains("heap out of memory");
        log.push_str(&words);
        let why = match status {
            _ if is_full => format!("it needed more than {} MiB of heap", self.memory_mib),
            Some(status) => format!("its process is gone ({status})"),
            None => "it closed its output".to_string(),
        };
        log.push_str(&format!("\nthe agent was stopped: {why}\n"));
        let end = if is_full || status.is_none() { End::Known } else { End::Unknown };
        Outcome { success: false, log, memory: None, end }
    }
}

/// Keeps the end of what Node.js itself says, and stops listening to one that says very much.
async fn hear(mut errors: pipe::Receiver, said: Arc<Mutex<Vec<u8>>>) {
    let (mut part, mut heard) = ([0; 4096], 0);
    while let Ok(length @ 1..) = errors.read(&mut part).await {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&part[..length]);
        let much = said.len().saturating_sub(LAST_WORDS);
        said.drain(..much);
        heard += length;
        if heard > MOST_OUTPUT {
            return;
        }
    }
}

/// The process, the shell that leads its group, and their folder; they go together.
struct Group(Option<Parts>);

struct Parts {
    node: Child,
    watch: Child,
    folder: PathBuf,
}

impl Group {
    /// Starts a process with a bundle. Blocks.
    fn spawn(host: &Host, bundle: &str, token: &str) -> io::Result<Self> {
        let folder = host.folder.join(format!("{:032x}", u128::from_le_bytes(random_bytes())));
        private_folder(&folder.join("temporary"))?;
        fs::write(folder.join("agent.js"), bundle)?;
        fs::write(folder.join("runner.cjs"), RUNNER)?;
        fs::write(folder.join("package.json"), r#"{"type":"commonjs"}"#)?;
        let mut watch = Command::new(SHELL)
            .args(["-c", WATCH])
            .env_clear()
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let group = i32::try_from(watch.id()).map_err(io::Error::other)?;
        let spawned = command(host, &folder, token).process_group(group).spawn();
        match spawned {
            Ok(node) => Ok(Self(Some(Parts { node, watch, folder }))),
            Err(error) => {
                drop(watch.stdin.take());
                let _ = watch.wait();
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// How the process ended, if it has.
    fn status(&mut self) -> Option<ExitStatus> {
        self.0.as_mut()?.node.try_wait().ok().flatten()
    }

    async fn end(mut self) {
        if let Some(parts) = self.0.take() {
            let _ = tokio::task::spawn_blocking(|| parts.end()).await;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(parts) = self.0.take() {
            std::thread::spawn(|| parts.end());
        }
    }
}

impl Parts {
    /// Blocks for a moment.
    fn end(mut self) {
        drop(self.watch.stdin.take());
        let _ = self.node.kill();
        let _ = self.node.wait();
        let _ = self.watch.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn command(host: &Host, folder: &Path, token: &str) -> Command {
    let kibibytes = (u64::from(host.memory_mib) + BESIDE_HEAP) << 10;
    let mut command = Command::new(SHELL);
    command.args(["-c", LIMITED, "sh", &kibibytes.to_string()]).arg(&host.node.program);
    command.args(["--no-warnings", "--no-addons", &format!("--max-old-space-size={}", host.memory_mib)]);
    if let Some(flag) = host.node.confinement {
        command.arg(flag);
        command.arg(format!("--allow-fs-read={}/*", folder.display()));
        command.arg(format!("--allow-fs-write={}/*", folder.join("temporary").display()));
    }
    command.arg(folder.join("runner.cjs"));
    command.current_dir(folder).env_clear();
    command.envs([("AGENT_INTERNAL_URL", &host.url), ("FLATFILE_API_URL", &host.url)]);
    command.envs([("FLATFILE_API_KEY", token), ("FLATFILE_BEARER_TOKEN", token)]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
