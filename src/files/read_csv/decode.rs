//! The bytes of a file become text, in pieces.

use std::io::{self, ErrorKind, Read};

use encoding_rs::{DecoderResult, Encoding};

use super::Places;

const CHUNK: usize = 64 << 10;

/// Reads a source in any encoding, without its byte order mark.
pub(super) struct Decoder<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    terminator: u8,
    bytes_read: u64,
    line: u64,
    invalid: Places,
}

impl<R: Read> Decoder<R> {
    pub fn new(source: R, encoding: &'static Encoding, terminator: u8) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let (raw, invalid) = (vec![0; CHUNK], Places::default());
        Self { source, decoder, raw, terminator, bytes_read: 0, line: 1, invalid }
    }

    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Bytes that are no text in the encoding.
    pub fn invalid(&self) -> &Places {
        &self.invalid
    }

    /// Adds some text to the buffer; false at the end of the source. U+FFFD stands for what is no text.
    pub fn read_into(&mut self, buffer: &mut String) -> io::Result<bool> {
        let length = self.read_raw()?;
        self.bytes_read += length as u64;
        let last = length == 0;
        let mut raw = &self.raw[..length];
        let mut counted = buffer.len();
        let lines = |text: &str| memchr::memchr_iter(self.terminator, text.as_bytes()).count() as u64;
        loop {
            let needed = self.decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(CHUNK);
            buffer.reserve(needed.max(16));
            let (result, read) = self.decoder.decode_to_string_without_replacement(raw, buffer, last);
            raw = &raw[read..];
            self.line += lines(&buffer[counted..]);
            match result {
                DecoderResult::InputEmpty => return Ok(!last),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.invalid.add(self.line);
                    buffer.push(char::REPLACEMENT_CHARACTER);
                }
            }
            counted = buffer.len();
        }
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
}
