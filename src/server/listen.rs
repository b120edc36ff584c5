//! Taking the port, serving, and stopping without cutting anyone off.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, time};
use tokio_util::sync::CancellationToken;

use super::{ServerState, assets::Assets, router};
use crate::config::Config;

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
    /// The listening socket failed while serving.
    #[error("the server had to stop: {0}. Start it again; if it happens again, look at the log lines above")]
    Stopped(io::Error),
}

/// A server that has its port.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    public_url: Option<String>,
    state: ServerState,
}

impl Server {
    /// Takes the port that `config` names.
    ///
    /// # Errors
    /// When the port is taken or not ours to use.
    pub async fn bind(config: &Config, assets: Arc<dyn Assets>) -> Result<Self, StartError> {
        let refuse = |reason: io::Error| match reason.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(config.listen),
            _ => StartError::CannotListen { address: config.listen, reason },
        };
        let listener = TcpListener::bind(config.listen).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        let state = ServerState::new(assets);
        Ok(Self { listener, address, public_url: config.public_url.clone(), state })
    }

    /// Where people find it.
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// Serves until the process is told to stop.
    ///
    /// # Errors
    /// When the listening socket fails.
    pub async fn run(self) -> Result<(), StartError> {
        let stopping = self.state.stopping.clone();
        tokio::spawn(cancel_on_signal(stopping.clone()));
        let serving = axum::serve(self.listener, router(self.state))
            .with_graceful_shutdown(stopping.clone().cancelled_owned());
        let out_of_patience = async {
            stopping.cancelled().await;
            time::sleep(GRACE).await;
        };
        tokio::select! {
            ended = serving => ended.map_err(StartError::Stopped),
            () = out_of_patience => {
                tracing::warn!(grace = GRACE.as_secs(), "stopping with requests still under way");
                Ok(())
            }
        }
    }
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
