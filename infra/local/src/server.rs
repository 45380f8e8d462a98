//! HTTP servers of the simulation.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server on a free port of the loopback address, until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Serves the router that is returned for the server's URL. AWS's limits of requests
    /// are not simulated.
    ///
    /// # Errors
    /// No port can be bound.
    pub(crate) async fn start(router: impl FnOnce(&str) -> Router) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let router = router(&url(address)).layer(DefaultBodyLimit::disable());
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, task })
    }

    /// `http://<address>`.
    pub(crate) fn url(&self) -> String {
        url(self.address)
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
