//! The map and its interface: REST, one WebSocket, metrics. Readers get views; changes become journalled commands.
//!
//! Only loopback is served without TLS and a token. Every request's `Host` must be a name that the server was told to serve, and so
//! must the `Origin` of changes and of the WebSocket. Nothing is loaded from elsewhere: the content security policy names no host.

mod airspaces;
mod app;
mod assets;
mod claims;
mod commands;
mod counts;
pub mod dto;
mod fault;
pub mod frame;
mod gnss;
mod guard;
mod health;
pub mod history;
pub mod ledger;
mod live;
mod metrics;
mod openapi;
mod query;
pub mod render;
mod reports;
mod routes;
mod serve;
mod shown;
mod texts;
mod tls;

pub use openapi::openapi;

use crate::feeds::FeedStates;
use crate::plan::Plan;
use crate::player::Playback;
use crate::system::System;
use anyhow::Context;
use app::App;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A running server; it has a thread and a runtime of its own.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts serving a system. `folder` is that of the site file, for certificates; `playback` where a recording can be paced;
    /// `feeds` where transports run.
    ///
    /// # Errors
    /// When the address is taken, or certificate, key or token cannot be read.
    pub fn start(
        plan: &Plan,
        folder: &Path,
        system: &System,
        playback: Option<Playback>,
        feeds: Option<FeedStates>,
    ) -> anyhow::Result<Self> {
        let http = &plan.config.http;
        let listener = TcpListener::bind(http.listen).with_context(|| {
            format!(
                "cannot listen on {}: is another Skypicket running? --listen 127.0.0.1:0 takes a free port",
                http.listen
            )
        })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let tls = tls::acceptor(http, folder)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let token = match &http.token_file {
            Some(path) => Some(read_token(&folder.join(path))?),
            None => None,
        };
        let app = Arc::new(App::new(plan, system, playback, feeds, token, address));
        let (stop, stopped) = oneshot::channel();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("http").build()?;
        let thread = std::thread::Builder::new().name("http".into()).spawn(move || {
            runtime.block_on(serve::serve(app, listener, tls, stopped));
            runtime.shutdown_timeout(std::time::Duration::from_millis(500));
        })?;
        Ok(Self { address, scheme, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Its address and port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it.
    pub fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read_token(path: &Path) -> anyhow::Result<String> {
    let token = std::fs::read_to_string(path).with_context(|| format!("http.token_file {}", path.display()))?;
    let token = token.trim().to_owned();
    anyhow::ensure!(
        token.len() >= 16,
        "http.token_file {}: the token has {} characters, must have 16 or more",
        path.display(),
        token.len()
    );
    Ok(token)
}
