//! Bodies that are made part by part while they are sent, so that memory stays constant.

use std::future::Future;

use axum::body::{Body, Bytes};
use futures::{StreamExt, stream};
use tokio::sync::mpsc;

use super::error::{ApiError, ApiResult};

/// What comes part by part.
pub trait Parts: Send + 'static {
    /// The next part; nothing after the last.
    fn next(&mut self) -> impl Future<Output = ApiResult<Option<Vec<u8>>>> + Send;
}

/// A body of these parts: in one piece when there are no more than `few`, otherwise sent as it is made.
/// The next part is made while one is sent.
///
/// # Errors
/// When one of the first parts cannot be made. Later on the answer breaks off, which clients notice.
pub async fn body(mut parts: impl Parts, few: usize) -> ApiResult<Body> {
    let mut whole = Vec::new();
    for _ in 0..few.max(1) {
        match parts.next().await? {
            Some(part) if whole.is_empty() => whole = part,
            Some(part) => whole.extend_from_slice(&part),
            None => return Ok(Body::from(whole)),
        }
    }
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut part = Ok(Some(whole));
        while let Some(ready) = part.transpose() {
            let sent = ready.map(Bytes::from).map_err(|error: ApiError| {
                tracing::warn!(%error, "an answer broke off");
                std::io::Error::other(error.to_string())
            });
            let is_last = sent.is_err();
            // Nobody listens any more when the client has gone.
            if sender.send(sent).await.is_err() || is_last {
                return;
            }
            part = parts.next().await;
        }
    });
    let next = |mut receiver: mpsc::Receiver<_>| async move { Some((receiver.recv().await?, receiver)) };
    // Packing asks once more after the end.
    Ok(Body::from_stream(stream::unfold(receiver, next).fuse()))
}
