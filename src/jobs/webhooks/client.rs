//! The one client that knocks on doors which tenants name. It follows no redirect, asks no proxy, takes little of an
//! answer, and connects only to addresses that may be reached: the name of a host is looked up here, and the
//! connection goes to what was found.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;

use crate::domain::webhook::reach::Reach;
use crate::service::Webhooks;
use crate::service::webhooks::{Forbidden, literal_of};
use crate::store::now;

/// Most bytes of an answer that are read.
const MOST_ANSWERED: usize = 256 << 10;

/// Sends requests to endpoints.
pub struct Client {
    client: reqwest::Client,
    reach: Reach,
    timeout: Duration,
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// Seconds of `Retry-After`.
    pub retry_after: Option<i64>,
    /// The beginning of the body.
    pub body: Vec<u8>,
    /// There was more of it than is read.
    pub is_cut: bool,
}

impl Client {
    /// A client for endpoints within reach; nothing when this machine cannot make one.
    pub fn new(settings: &Webhooks) -> Option<Self> {
        // Somebody else of this process may have done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let timeout = Duration::from_millis(settings.schedule.timeout.unsigned_abs());
        let reach = settings.reach;
        let builder = || {
            reqwest::Client::builder()
                .dns_resolver(Lookup(reach))
                .redirect(Policy::none())
                .no_proxy()
                .timeout(timeout)
                .user_agent(concat!("Inlet/", env!("CARGO_PKG_VERSION")))
        };
        // Without certificates on this machine nothing with https can be reached, but the rest can.
        let made = builder().build().or_else(|error| {
            tracing::warn!(%error, "this machine has no certificates: webhooks cannot be sent by https");
            builder().tls_certs_only([]).build()
        });
        let client = made.inspect_err(|error| tracing::error!(%error, "webhooks cannot be sent")).ok()?;
        Some(Self { client, reach, timeout })
    }

    /// Sends one request; why there was no answer, in words.
    pub async fn send(&self, url: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Received, String> {
        // A host that is written as a number is never looked up.
        if let Some(address) = literal_of(url).filter(|address| !self.reach.allows(*address)) {
            return Err(Forbidden(address).to_string());
        }
        let sent = self.client.post(url).headers(headers).body(body).send().await;
        let mut answer = sent.map_err(|error| self.words(&error))?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| seconds(value.to_str().ok()?));
        let (mut body, mut is_cut) = (Vec::new(), false);
        while let Some(part) = answer.chunk().await.map_err(|error| self.words(&error))? {
            let room = MOST_ANSWERED - body.len();
            body.extend_from_slice(&part[..part.len().min(room)]);
            if part.len() > room {
                is_cut = true;
                break;
            }
        }
        Ok(Received { status, retry_after, body, is_cut })
    }

    fn words(&self, error: &reqwest::Error) -> String {
        let causes = causes(error);
        if let Some(forbidden) = causes.iter().find_map(|cause| cause.downcast_ref::<Forbidden>()) {
            return forbidden.to_string();
        }
        if error.is_timeout() {
            return format!("no answer within {} seconds", self.timeout.as_secs_f32());
        }
        let cause = causes.last().map_or_else(|| "the connection failed".to_string(), ToString::to_string);
        if error.is_connect() { format!("no connection: {cause}") } else { format!("no answer: {cause}") }
    }
}

fn causes(error: &reqwest::Error) -> Vec<&(dyn Error + 'static)> {
    let (mut causes, mut next) = (Vec::new(), error.source());
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

/// Seconds of `Retry-After`: a number, or until a date.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let until = chrono::DateTime::parse_from_rfc2822(text).ok()?;
        Some(until.timestamp() - now().0 / 1_000)
    })
}

/// Looks up the names of hosts, and finds nothing where something may not be reached.
struct Lookup(Reach);

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(closed) = found.iter().find(|address| !reach.allows(address.ip())) {
                return Err(Forbidden(closed.ip()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::webhook::schedule::Schedule;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn client(reach: Reach) -> Client {
        Client::new(&Webhooks { schedule: Schedule { timeout: 1_000, ..Schedule::NORMAL }, reach }).unwrap()
    }

    /// A server that answers each connection with these bytes; its port.
    async fn answering(bytes: &'static [u8], times: usize) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                for _ in 0..times {
                    let _ = stream.write_all(bytes).await;
                }
            }
        });
        port
    }

    async fn send(reach: Reach, url: String) -> Result<Received, String> {
        client(reach).send(&url, HeaderMap::new(), b"{}".to_vec()).await
    }

    #[tokio::test]
    async fn nothing_is_sent_to_closed_addresses_under_a_name_or_a_number() {
        let port = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 1).await;
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let refused = send(Reach::Public, format!("http://{host}:{port}/")).await.unwrap_err();
            assert!(refused.contains("not on the internet"), "{host}: {refused}");
        }
        for host in ["127.0.0.1", "localhost"] {
            let answer = send(Reach::Loopback, format!("http://{host}:{port}/")).await.unwrap();
            assert_eq!(answer.status, 200, "{host}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let redirect = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n";
        let port = answering(redirect, 1).await;
        let answer = send(Reach::Anywhere, format!("http://127.0.0.1:{port}/")).await.unwrap();
        assert_eq!((answer.status, answer.retry_after), (302, Some(7)));
    }

    #[tokio::test]
    async fn little_of_a_long_answer_is_read() {
        let port = answering(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nxxxxxxxxxxxxxxxx", 40_000).await;
        let answer = send(Reach::Anywhere, format!("http://127.0.0.1:{port}/")).await.unwrap();
        assert_eq!((answer.body.len(), answer.is_cut), (MOST_ANSWERED, true));
    }

    #[tokio::test]
    async fn silence_and_a_closed_door_are_told_apart() {
        let port = answering(b"", 1).await;
        // The answer never begins: the stream stays open for as long as the task holds it.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = listener.local_addr().unwrap().port();
        let held = tokio::spawn(async move {
            let mut streams = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                streams.push(stream);
            }
        });
        let words = send(Reach::Anywhere, format!("http://127.0.0.1:{silent}/")).await.unwrap_err();
        assert_eq!(words, "no answer within 1 seconds");
        held.abort();
        let words = send(Reach::Anywhere, format!("http://127.0.0.1:{port}/")).await.unwrap_err();
        assert!(words.starts_with("no answer: "), "{words}");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = closed.local_addr().unwrap().port();
        drop(closed);
        let words = send(Reach::Anywhere, format!("http://127.0.0.1:{port}/")).await.unwrap_err();
        assert!(words.starts_with("no connection: "), "{words}");
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        assert_eq!(seconds("120"), Some(120));
        let date = chrono::DateTime::from_timestamp_millis(now().0 + 90_000).unwrap();
        let found = seconds(&date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).unwrap();
        assert!((88..=91).contains(&found), "{found}");
        assert_eq!(seconds("soon"), None);
    }
}
