//! How values travel: [postcard](https://postcard.jamesmunns.com), which names nothing.
//!
//! Both halves are built together, so fields need no names on the way; a reader that knows no names is a
//! fraction of one that does, and every visitor loads it. Of serde's attributes those that leave fields out
//! (`skip_serializing_if`, `flatten`, `untagged`) do not go with it.

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use postcard::Error;
use serde::{Serialize, de::DeserializeOwned};

/// The form in which values travel.
pub struct Wire;

/// Arguments and answers of server functions.
pub type Packed = Post<Wire>;

impl ContentType for Wire {
    const CONTENT_TYPE: &'static str = "application/octet-stream";
}

impl FormatType for Wire {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl<T: Serialize> Encodes<T> for Wire {
    type Error = Error;

    fn encode(value: &T) -> Result<Bytes, Error> {
        postcard::to_allocvec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = Error;

    fn decode(bytes: Bytes) -> Result<T, Error> {
        postcard::from_bytes(&bytes)
    }
}
