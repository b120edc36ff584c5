//! How values travel: JSON, read in one way everywhere.
//!
//! The browser half would carry one reader for each kind of source and type; reading text into a
//! JSON value first leaves one a type, which saves a fifth of its size.

use leptos::prelude::Resource;
use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Error, Value};

/// JSON by way of a value.
pub struct Wire;

/// Arguments and answers of server functions.
pub type Json = Post<Wire>;

impl ContentType for Wire {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Wire {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Wire {
    type Error = Error;

    fn encode(value: &T) -> Result<Bytes, Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = Error;

    fn decode(bytes: Bytes) -> Result<T, Error> {
        T::deserialize(value(&bytes)?)
    }
}

impl<T: Serialize> Encoder<T> for Wire {
    type Error = Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Wire {
    type Error = Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Error> {
        T::deserialize(value(text.as_bytes())?)
    }
}

fn value(bytes: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(bytes)
}

/// What a page reads before it is shown: on the server once, in the browser when `source` changes.
pub fn read<S, T, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Resource<T, Wire>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetcher, true)
}
