//! The smallest HTTP client that keeps its connection.

use std::error::Error;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Whatever went wrong.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(600);
/// Answers that say that the server cannot do this, whatever the data.
const NOT_THERE: [u16; 5] = [400, 404, 405, 422, 501];

/// An answer that is not the one that was asked for.
#[derive(Debug)]
pub struct Refused {
    status: u16,
    text: String,
}

impl Refused {
    /// Whether the server cannot do what was asked, rather than having failed at it.
    pub fn is_not_there(&self) -> bool {
        NOT_THERE.contains(&self.status)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text)
    }
}

impl Error for Refused {}

/// The beginning of an answer.
#[derive(Debug, Default)]
pub struct Head {
    /// The three figures.
    pub status: u16,
    /// The first cookie that it sets.
    pub cookie: Option<String>,
    /// From the request to here.
    pub after: Duration,
    length: usize,
    is_chunked: bool,
}

/// A connection to a server on this machine.
pub struct Connection {
    stream: BufReader<TcpStream>,
    /// `Name: value` and a line end, for each.
    headers: String,
}

impl Connection {
    /// Connects; `headers` go with each request, each with its line end.
    pub fn open(address: &str, headers: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let headers = format!("Host: {address}\r\nAccept-Encoding: identity\r\n{headers}");
        Ok(Self { stream: BufReader::with_capacity(256 << 10, stream), headers })
    }

    /// Begins a request whose body of `length` bytes the caller writes to [`Self::body`].
    pub fn begin(&mut self, method: &str, path: &str, content_type: &str, length: u64) -> Outcome<()> {
        let kind = if length > 0 { format!("Content-Type: {content_type}\r\n") } else { String::new() };
        let head =
            format!("{method} {path} HTTP/1.1\r\n{}{kind}Content-Length: {length}\r\n\r\n", self.headers);
        Ok(self.stream.get_mut().write_all(head.as_bytes())?)
    }

    /// Where the body goes.
    pub fn body(&mut self) -> &mut TcpStream {
        self.stream.get_mut()
    }

    /// Sends a request and reads the answer.
    pub fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Outcome<(Head, Vec<u8>)> {
        let mut answer = Vec::new();
        let head = self.stream_answer(method, path, body, |bytes| answer.extend_from_slice(bytes))?;
        Ok((head, answer))
    }

    /// Sends a request and hands on the bytes of the answer as they come.
    pub fn stream_answer(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
        take: impl FnMut(&[u8]),
    ) -> Outcome<Head> {
        let clock = Instant::now();
        self.begin(method, path, "application/json", body.len() as u64)?;
        self.body().write_all(body)?;
        self.answer(clock, take)
    }

    /// Reads the answer to a request that was begun at `clock`.
    pub fn answer(&mut self, clock: Instant, mut take: impl FnMut(&[u8])) -> Outcome<Head> {
        let mut head = self.head()?;
        if head.is_chunked {
            loop {
                let size = usize::from_str_radix(self.line()?.trim(), 16)?;
                if size > 0 && head.after.is_zero() {
                    head.after = clock.elapsed();
                }
                self.hand_on(size, &mut take)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            head.after = clock.elapsed();
            self.hand_on(head.length, &mut take)?;
        }
        Ok(head)
    }

    fn head(&mut self) -> Outcome<Head> {
        let mut head = Head::default();
        let first = self.line()?;
        head.status = first.split(' ').nth(1).ok_or("the server hung up")?.parse()?;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { return Ok(head) };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => head.length = value.parse()?,
                "transfer-encoding" => head.is_chunked = value.eq_ignore_ascii_case("chunked"),
                "set-cookie" => head.cookie = value.split(';').next().map(str::to_string),
                _ => {}
            }
        }
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line)
    }

    fn hand_on(&mut self, mut left: usize, take: &mut impl FnMut(&[u8])) -> Outcome<()> {
        let mut piece = [0; 64 << 10];
        while left > 0 {
            let wanted = left.min(piece.len());
            let read = self.stream.read(&mut piece[..wanted])?;
            if read == 0 {
                return Err("the server hung up in the middle of an answer".into());
            }
            take(&piece[..read]);
            left -= read;
        }
        Ok(())
    }

    /// A request whose answer is as it should be; its bytes.
    pub fn bytes(&mut self, method: &str, path: &str, body: &[u8]) -> Outcome<Vec<u8>> {
        let (head, answer) = self.send(method, path, body)?;
        refuse_others(&head, method, path, &answer)?;
        Ok(answer)
    }

    /// The member `data` of a JSON answer.
    pub fn json(&mut self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.bytes(method, path, body.as_bytes())?;
        let mut answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["data"].take())
    }

    /// `GET` of JSON.
    pub fn get(&mut self, path: &str) -> Outcome<Value> {
        self.json("GET", path, &Value::Null)
    }
}

/// An error for every answer that is not one of success.
pub fn refuse_others(head: &Head, method: &str, path: &str, answer: &[u8]) -> Outcome<()> {
    if (200..300).contains(&head.status) {
        return Ok(());
    }
    let said: String = String::from_utf8_lossy(answer).chars().take(300).collect();
    let text = format!("{method} {path}: {} {said}", head.status);
    Err(Box::new(Refused { status: head.status, text }))
}

/// A text as it stands in a query.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
