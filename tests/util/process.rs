//! The real program as a process of its own, and the smallest HTTP client that can talk to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_inlet");
static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A data folder that goes away with its test.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A new one.
    pub fn new(name: &str) -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("inlet-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running server with short time-outs.
pub struct Server {
    child: Child,
    address: String,
    key: String,
}

impl Server {
    /// Starts the program on the data of `folder` and waits until it answers.
    pub fn start(folder: &Path, database: Option<&str>) -> Self {
        match database {
            Some(url) => Self::start_with(folder, &[("INLET_DATABASE_URL", url)]),
            None => Self::start_with(folder, &[]),
        }
    }

    /// The same; it dies at the failpoint.
    pub fn armed(folder: &Path, failpoint: &str) -> Self {
        Self::start_with(folder, &[("INLET_FAILPOINT", failpoint)])
    }

    /// The same, with settings as their environment variables.
    pub fn start_with(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.env_remove("INLET_DATABASE_URL").envs(settings.iter().copied());
        Self::run(command, folder)
    }

    /// The same; `strace` leaves in `traces` what each thread wrote and synced.
    pub fn traced(folder: &Path, traces: &Path) -> Self {
        Self::run(Self::tracing(traces), folder)
    }

    /// The same, with the time-outs of real work.
    pub fn traced_and_patient(folder: &Path, traces: &Path) -> Self {
        Self::spawn(Self::tracing(traces), folder).unwrap()
    }

    fn tracing(traces: &Path) -> Command {
        let mut command = Command::new("strace");
        command.args(["-D", "-ff", "-ttt", "-y", "-xx", "-s", "1000000"]);
        command.args(["-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename"]);
        command.arg("-o").arg(traces.join("thread")).arg(PROGRAM).env_remove("INLET_DATABASE_URL");
        command
    }

    /// Starts the program with the time-outs of real work; nothing when it died before it answered.
    pub fn start_patient(folder: &Path, settings: &[(&str, &str)]) -> Option<Self> {
        let mut command = Command::new(PROGRAM);
        command.env_remove("INLET_DATABASE_URL").envs(settings.iter().copied());
        Self::spawn(command, folder).ok()
    }

    fn run(mut command: Command, folder: &Path) -> Self {
        command.arg("--fast-timeouts");
        match Self::spawn(command, folder) {
            Ok(server) => server,
            Err(line) => panic!("the server did not start: {line}"),
        }
    }

    /// The server once it answers, or what it said in the place of its address.
    fn spawn(mut command: Command, folder: &Path) -> Result<Self, String> {
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(folder);
        command.env("INLET_LOG", "warn").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_string();
        if !line.starts_with("Inlet is at ") {
            let _ = child.kill();
            let _ = child.wait();
            return Err(line);
        }
        let keys = std::fs::read_to_string(folder.join("keys.env")).unwrap();
        let key = keys.lines().find_map(|line| line.strip_prefix("API_KEY=")).unwrap().to_string();
        Ok(Self { child, address, key })
    }

    /// SIGKILL: what a crash and an impatient operator do.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Whether the program is gone by itself.
    pub fn is_dead(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until the program is gone by itself; fails after half a minute.
    pub fn wait_for_death(mut self) {
        let begun = Instant::now();
        while !self.is_dead() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the program came past its failpoint");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGSTOP: nothing of it runs until it is woken.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn wake(&self) {
        self.signal("-CONT");
    }

    /// Sends a signal by its name, such as `-KILL`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The most memory that the program ever had, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// Sends JSON; the status and the answer, or nothing when the server died before it answered whole.
    pub fn attempt(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let (status, bytes) = self.try_raw(method, path, "application/json", body.to_string().as_bytes())?;
        serde_json::from_slice(&bytes).ok().map(|answer| (status, answer))
    }

    /// Sends a request with the secret key; the status and the JSON of the answer.
    pub fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> (u16, Value) {
        let (status, bytes) = self.raw(method, path, content_type, body);
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// The same; the bytes of the answer.
    pub fn raw(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> (u16, Vec<u8>) {
        self.try_raw(method, path, content_type, body).expect("an answer with a head")
    }

    fn try_raw(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
        let mut stream = self.begin(method, path, content_type, body.len())?;
        // A server that refuses a body answers before it has read all of it.
        let _ = stream.write_all(body);
        answer(stream)
    }

    /// Sends the head of a request with so many bytes to come.
    fn begin(&self, method: &str, path: &str, content_type: &str, length: usize) -> Option<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {content_type}\r\n\
             Content-Length: {length}\r\nConnection: close\r\nAccept-Encoding: identity\r\n\r\n",
            self.address, self.key,
        );
        let _ = stream.write_all(head.as_bytes());
        Some(stream)
    }

    /// Begins to upload a file that is to be imported into a sheet while it arrives.
    pub fn begin_upload(&self, space: &str, environment: &str, sheet: &str, bytes: &[u8]) -> ArrivingUpload {
        let fields = [("spaceId", space), ("environmentId", environment), ("sheetId", sheet)];
        let body = form(&fields, "arriving.csv", bytes);
        let stream = self.begin("POST", "/v1/files", "multipart/form-data; boundary=x", body.len()).unwrap();
        ArrivingUpload { stream, body }
    }
    /// `GET`, which must succeed; the member `data` of the answer.
    pub fn get(&self, path: &str) -> Value {
        let (status, mut answer) = self.send("GET", path, "application/json", b"");
        assert_eq!(status, 200, "GET {path}: {answer}");
        answer["data"].take()
    }

    /// `POST` of JSON, which must succeed; the member `data` of the answer.
    pub fn post(&self, path: &str, body: Value) -> Value {
        let (status, mut answer) = self.send("POST", path, "application/json", body.to_string().as_bytes());
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer["data"].take()
    }

    /// Uploads a file into a space; its id.
    pub fn upload(&self, space: &str, environment: &str, name: &str, bytes: &[u8]) -> String {
        let (status, answer) = self.try_upload(space, environment, name, bytes).expect("an answer");
        assert_eq!(status, 200, "{answer}");
        answer["data"]["id"].as_str().unwrap().to_string()
    }

    /// The same; the status and the answer, or nothing when the server died before it answered.
    pub fn try_upload(
        &self,
        space: &str,
        environment: &str,
        name: &str,
        bytes: &[u8],
    ) -> Option<(u16, Value)> {
        let body = form(&[("spaceId", space), ("environmentId", environment)], name, bytes);
        let (status, answer) = self.try_raw("POST", "/v1/files", "multipart/form-data; boundary=x", &body)?;
        Some((status, serde_json::from_slice(&answer).ok()?))
    }

    /// Asks for a job until `fits` says yes; fails after half a minute.
    pub fn wait_for_job(&self, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.get(&format!("/v1/jobs/{id}"));
            if fits(&job) {
                return job;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the job did not come so far: {job}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file on its way.
pub struct ArrivingUpload {
    stream: TcpStream,
    body: Vec<u8>,
}

impl ArrivingUpload {
    /// Sends a part of what is left, in hundredths.
    pub fn send(&mut self, hundredths: usize) {
        let rest = self.body.split_off(self.body.len() * hundredths / 100);
        self.stream.write_all(&self.body).unwrap();
        self.body = rest;
    }

    /// Sends the rest; the id of the file.
    pub fn finish(mut self) -> String {
        self.send(100);
        let (status, answer) = answer(self.stream).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{answer}");
        answer["data"]["id"].as_str().unwrap().to_string()
    }
}

/// A form with these fields and a file after them.
fn form(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        write!(body, "--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").unwrap();
    }
    write!(body, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n").unwrap();
    write!(body, "Content-Type: text/csv\r\n\r\n").unwrap();
    body.extend_from_slice(bytes);
    write!(body, "\r\n--x--\r\n").unwrap();
    body
}

/// The status and the bytes of an answer; nothing when the server died before it answered whole.
fn answer(mut stream: TcpStream) -> Option<(u16, Vec<u8>)> {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = answer[end + 4..].to_vec();
    Some((status, if head.contains("transfer-encoding: chunked") { unchunk(&body) } else { body }))
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap().trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
    whole
}
