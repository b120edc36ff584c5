//! Connections: taken, served, let go of. Unlike axum's own loop, this one does not wait for ever for the
//! head of a request, so that nobody holds connections by sending nothing.

use std::{io, net::IpAddr, time::Duration};

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::api::Peer;

/// How long the head of a request may take, counted from the opening of the connection or from the end of the
/// request before.
pub const HEAD: Duration = Duration::from_secs(30);
/// How long to wait when the system has no connection to give, as when it is out of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves every connection until `stopping`, then waits for the requests that are under way.
pub async fn serve(listener: TcpListener, router: Router, head: Duration, stopping: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head);
    loop {
        let stream = tokio::select! {
            stream = next(&listener) => stream,
            () = stopping.cancelled() => break,
        };
        let Taken { stream, peer } = stream;
        let named = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let service = TowerToHyperService::new(named);
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A peer that goes away, or never speaks, is no trouble of ours.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// A connection and who opened it.
struct Taken {
    stream: TcpStream,
    peer: IpAddr,
}

/// The next connection; what goes wrong with one is no reason to stop taking others.
async fn next(listener: &TcpListener) -> Taken {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small, and the next one must not wait for an acknowledgement of this one.
                let _ = stream.set_nodelay(true);
                return Taken { stream, peer: peer.ip() };
            }
            Err(error) if is_of_one_peer(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken; trying again in a second");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_one_peer(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionRefused | Kind::ConnectionAborted | Kind::ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_peer_that_does_not_finish_its_request_is_let_go_and_others_are_served() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = CancellationToken::new();
        let router = Router::new().route("/", get(|| async { "here" }));
        let serving = tokio::spawn(serve(listener, router, Duration::from_millis(100), stopping.clone()));

        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").await.unwrap();
        let mut whole = TcpStream::connect(address).await.unwrap();
        whole.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        whole.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
        // Without the time-out this would never end.
        let closed = tokio::time::timeout(Duration::from_secs(10), slow.read_to_end(&mut Vec::new())).await;
        assert!(closed.is_ok());

        stopping.cancel();
        tokio::time::timeout(Duration::from_secs(10), serving).await.unwrap().unwrap();
    }
}
