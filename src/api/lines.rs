//! The lines of a body, as they arrive.

use axum::body::{Body, BodyDataStream};
use futures::StreamExt;

use super::error::{ApiError, ApiResult};

/// Takes a body apart; it holds one line and what arrived with its end.
pub struct Lines {
    body: BodyDataStream,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins, and up to where there is no line break.
    begin: usize,
    searched: usize,
    ended: bool,
    number: u64,
    /// Most bytes of a line.
    most: usize,
}

impl Lines {
    pub fn new(body: Body, most: usize) -> Self {
        let body = body.into_data_stream();
        Self { body, buffer: Vec::new(), begin: 0, searched: 0, ended: false, number: 0, most }
    }

    /// The next line that is not blank, with its number from 1; nothing at the end.
    ///
    /// # Errors
    /// When the body breaks off, or a line is longer than a body of JSON may be.
    pub async fn next(&mut self) -> ApiResult<Option<(u64, &[u8])>> {
        loop {
            let Some(end) = self.end_of_line().await? else { return Ok(None) };
            let begin = std::mem::replace(&mut self.begin, (end + 1).min(self.buffer.len()));
            self.searched = self.begin;
            self.number += 1;
            if !self.buffer[begin..end].trim_ascii().is_empty() {
                return Ok(Some((self.number, self.buffer[begin..end].trim_ascii())));
            }
        }
    }

    /// Where the current line ends; nothing when there is none.
    async fn end_of_line(&mut self) -> ApiResult<Option<usize>> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer[self.searched..]) {
                return Ok(Some(self.searched + end));
            }
            self.searched = self.buffer.len();
            if self.ended {
                return Ok((self.begin < self.buffer.len()).then_some(self.buffer.len()));
            }
            self.buffer.drain(..self.begin);
            self.searched -= self.begin;
            self.begin = 0;
            if self.buffer.len() > self.most {
                return Err(ApiError::too_large(self.most));
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(_)) => {
                    let message = "the body ended early or is not what Content-Encoding says";
                    return Err(ApiError::bad("general", message));
                }
                None => self.ended = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_whole_however_they_arrive() {
        let text = "one\r\n\n two \n\nthree";
        for size in 1..=text.len() {
            let parts: Vec<Result<Vec<u8>, std::io::Error>> =
                text.as_bytes().chunks(size).map(|part| Ok(part.to_vec())).collect();
            let mut lines = Lines::new(Body::from_stream(futures::stream::iter(parts)), 1 << 20);
            let mut read = Vec::new();
            while let Some((number, line)) = lines.next().await.unwrap() {
                read.push((number, String::from_utf8(line.to_vec()).unwrap()));
            }
            let expected = [(1, "one"), (3, "two"), (5, "three")];
            assert_eq!(read, expected.map(|(number, line)| (number, line.to_string())), "{size}");
        }
    }
}
