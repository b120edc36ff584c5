//! Taking the port, serving, and stopping without cutting anyone off.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, time};
use tokio_util::sync::CancellationToken;

use super::start::{OpenError, Opened, open};
use super::{ServerState, assets::Assets, connections, router};
#[cfg(unix)]
use crate::agents;
use crate::{config::Config, jobs, store::DataLock};

/// How long requests that are under way may go on once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server could not start or go on, each with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error(
        "port {} of {} is taken by another program, perhaps another Inlet. \
         Stop that one, or choose another port: inlet --listen {}:{}",
        .0.port(), .0.ip(), .0.ip(), .0.port().wrapping_add(1)
    )]
    PortTaken(SocketAddr),
    /// The address is not one of this machine, or the port not one we may use.
    #[error(
        "cannot listen on {address}: {reason}. Choose an address of this machine: inlet --listen 127.0.0.1:3000"
    )]
    CannotListen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// A server that has its port and its data.
pub struct Server {
    listener: TcpListener,
    url: String,
    data: PathBuf,
    keys: PathBuf,
    state: ServerState,
    _lock: DataLock,
}

impl Server {
    /// Takes the port that `config` names, and opens the data.
    ///
    /// # Errors
    /// When the port is taken or not ours to use, or the data cannot be opened.
    pub async fn bind(config: &Config, assets: Arc<dyn Assets>) -> Result<Self, StartError> {
        let refuse = |reason: io::Error| match reason.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(config.listen),
            _ => StartError::CannotListen { address: config.listen, reason },
        };
        let listener = TcpListener::bind(config.listen).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        let url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let Opened { service, trust, keys, lock } = open(config, &url).await?;
        let state = ServerState::new(service, assets, trust);
        Ok(Self { listener, url, data: config.data.clone(), keys, state, _lock: lock })
    }

    /// Where people find it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file with the API keys.
    pub fn keys(&self) -> &Path {
        &self.keys
    }

    /// Serves until the process is told to stop.
    pub async fn run(self) {
        let stopping = self.state.stopping.clone();
        tokio::spawn(cancel_on_signal(stopping.clone()));
        let jobs = jobs::start(&self.state.service, &stopping);
        #[cfg(unix)]
        let agents = {
            let url = self.listener.local_addr().map_or(self.url, url_from_here);
            agents::start(&self.state.service, &self.data, url, &stopping)
        };
        let serving =
            connections::serve(self.listener, router(self.state), connections::HEAD, stopping.clone());
        let out_of_patience = async {
            stopping.cancelled().await;
            time::sleep(GRACE).await;
        };
        let served = async {
            serving.await;
            jobs.wait().await;
            #[cfg(unix)]
            agents.wait().await;
        };
        tokio::select! {
            () = served => {}
            () = out_of_patience => {
                tracing::warn!(grace = GRACE.as_secs(), "stopping with work still under way");
            }
        }
    }
}

/// How programs on this machine reach a server that listens there.
#[cfg(unix)]
fn url_from_here(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        let here: IpAddr =
            if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(here);
    }
    format!("http://{address}")
}

/// Cancels on Ctrl-C, and on the signal that service managers and containers send.
async fn cancel_on_signal(stopping: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            },
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be heard: stop the server with Ctrl-C");
                let _ = tokio::signal::ctrl_c().await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
    tracing::info!("stopping");
    stopping.cancel();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_reached_on_this_machine() {
        for (listens, reached) in [
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
            ("192.0.2.1:80", "http://192.0.2.1:80"),
        ] {
            assert_eq!(url_from_here(listens.parse().unwrap()), reached);
        }
    }
}
