//! What a page reads before it is shown: on the server once, in the browser when the question changes.

use std::marker::PhantomData;
use std::pin::Pin;

use leptos::prelude::Resource;
use serde::{Serialize, de::DeserializeOwned};

use super::in_page::InPage;
use super::{ErrorKind, RpcError};

/// An answer that is under way or here. Whatever it is, it is kept packed: the browser half then carries
/// the code of resources once and not once for each kind of answer.
pub struct Reading<T> {
    packed: Resource<Vec<u8>, InPage>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reading<T> {}

type Asking = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

/// Asks `fetcher` for what belongs to `question`, and again when that changes.
pub fn read<T, Fut>(
    question: impl Fn() -> String + Send + Sync + 'static,
    fetcher: impl Fn(String) -> Fut + Send + Sync + 'static,
) -> Reading<T>
where
    T: Serialize + DeserializeOwned + 'static,
    Fut: Future<Output = Result<T, RpcError>> + Send + 'static,
{
    let ask = move |question| {
        let answer = fetcher(question);
        // What cannot be packed is nothing, and nothing cannot be read: the person is told.
        Box::pin(async move { postcard::to_allocvec(&answer.await).unwrap_or_default() }) as Asking
    };
    Reading { packed: resource(Box::new(question), Box::new(ask)), answer: PhantomData }
}

fn resource(
    question: Box<dyn Fn() -> String + Send + Sync>,
    ask: Box<dyn Fn(String) -> Asking + Send + Sync>,
) -> Resource<Vec<u8>, InPage> {
    Resource::new_with_options(question, ask, true)
}

impl<T: DeserializeOwned> Reading<T> {
    /// The answer, when it is here.
    ///
    /// # Errors
    /// Those of the server function.
    pub async fn answer(self) -> Result<T, RpcError> {
        let packed = self.packed.await;
        postcard::from_bytes(&packed).unwrap_or_else(|_| {
            let message = "The answer does not fit this page. Load the page again";
            Err(RpcError::new(ErrorKind::Internal, message))
        })
    }
}
