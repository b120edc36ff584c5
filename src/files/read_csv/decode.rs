//! The bytes of a file become UTF-8.

use std::io::{self, ErrorKind, Read};

use encoding_rs::{DecoderResult, Encoding, UTF_8};

use super::Places;

const CHUNK: usize = 64 << 10;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads a source in any encoding. UTF-8 goes through as it is, without its byte order mark: the
/// reader of rows checks it where it knows the row.
pub(super) struct Decoder<R> {
    source: R,
    /// Nothing for UTF-8.
    foreign: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    text: String,
    terminator: u8,
    bytes_read: u64,
    line: u64,
    invalid: Places,
    started: bool,
}

impl<R: Read> Decoder<R> {
    pub fn new(source: R, encoding: &'static Encoding, terminator: u8) -> Self {
        let foreign = (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal());
        Self {
            source,
            foreign,
            raw: vec![0; CHUNK],
            text: String::new(),
            terminator,
            bytes_read: 0,
            line: 1,
            invalid: Places::default(),
            started: false,
        }
    }

    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Bytes that are no text in the encoding; none for UTF-8.
    pub fn invalid(&self) -> &Places {
        &self.invalid
    }

    /// Adds some UTF-8 to the buffer; false at the end of the source.
    pub fn read_into(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        let length = self.read_raw()?;
        self.bytes_read += length as u64;
        if self.foreign.is_some() {
            self.decode(length);
            buffer.extend_from_slice(self.text.as_bytes());
        } else {
            let raw = &self.raw[..length];
            let raw = if self.started { raw } else { raw.strip_prefix(BOM).unwrap_or(raw) };
            buffer.extend_from_slice(raw);
        }
        self.started = true;
        Ok(length > 0)
    }

    /// Fills the raw buffer: fewer bytes than it holds come only at the end of the source.
    fn read_raw(&mut self) -> io::Result<usize> {
        let mut length = 0;
        while length < self.raw.len() {
            match self.source.read(&mut self.raw[length..]) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(length)
    }

    /// Decodes the first `length` raw bytes into `text`; none of them means the end of the source.
    fn decode(&mut self, length: usize) {
        self.text.clear();
        let Some(decoder) = &mut self.foreign else { return };
        let last = length == 0;
        let mut raw = &self.raw[..length];
        loop {
            let needed = decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(CHUNK);
            self.text.reserve(needed.max(16));
            let (result, read) = decoder.decode_to_string_without_replacement(raw, &mut self.text, last);
            raw = &raw[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    let lines = memchr::memchr_iter(self.terminator, self.text.as_bytes()).count() as u64;
                    self.invalid.add(self.line + lines);
                    self.text.push(char::REPLACEMENT_CHARACTER);
                }
            }
        }
        self.line += memchr::memchr_iter(self.terminator, self.text.as_bytes()).count() as u64;
    }
}
