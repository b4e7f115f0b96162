//! An inspector behind HTTP: what `provscan serve` runs.
//!
//! ```text
//! connections -> guard (host, token, room) -> routes -> work (bounded threads) -> answered (log, metrics)
//! ```
//!
//! Every answer passes [`answered`](answered::answered). Inspections run on threads of their own, as many as there are
//! workers; the threads that speak HTTP wait for nothing else than the network. Lists, trust and policy are one [`Loaded`],
//! which is swapped as a whole: a request keeps the one that it began with.

mod answered;
mod auth;
mod body;
mod check;
mod connections;
mod fetched;
mod guard;
mod health;
mod hma;
mod hosts;
mod logs;
mod matching;
mod metrics;
mod multipart;
mod page;
mod pict_rs;
mod query;
mod refusal;
mod reload;
mod routes;
mod service;
mod together;
mod work;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

pub use auth::{TokenError, Tokens};
pub use connections::Ended;
pub use routes::{ROUTES, Route};
pub use service::{Listed, Load, Loaded, Options};

use service::Service;

/// The OpenAPI document of the service.
pub const OPENAPI: &str = include_str!("openapi.json");

/// A service that has its address, and waits to be run.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
}

/// What a running service is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Finish what is in hand, take nothing new, and end.
    Stop,
    /// Load lists, trust, policy and tokens again now.
    Reload,
}

impl Server {
    /// Takes the address. Nothing is answered yet.
    ///
    /// # Errors
    /// The address is not to be had, or it can be reached from elsewhere and there are no tokens.
    pub fn bind(listen: SocketAddr, options: Options, load: Load) -> io::Result<Self> {
        if options.tokens.is_none() && !listen.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!(
                    "{listen} can be reached from elsewhere, and nobody has to show a token there; name a file of them with --tokens, or listen on 127.0.0.1"
                ),
            ));
        }
        let listener = TcpListener::bind(listen).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("{listen}: {error}; --listen names another"),
            )
        })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::new(address, options, load)?);
        Ok(Self {
            listener,
            address,
            service,
        })
    }

    /// The address that it has; the port is one that was free, where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `wishes` says to stop, or its other end is gone, and then finishes what is in hand.
    ///
    /// # Errors
    /// No thread is to be had, or lists, trust, policy or tokens cannot be loaded for the first time.
    pub fn run(self, wishes: tokio::sync::mpsc::UnboundedReceiver<Wish>) -> io::Result<Ended> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(self.service.options.async_threads())
            .max_blocking_threads(self.service.options.blocking_threads())
            .enable_all()
            .build()?;
        let ended = runtime.block_on(connections::run(self.listener, self.service, wishes));
        // What was given up goes on for as long as it likes, and nobody waits for it.
        runtime.shutdown_background();
        ended
    }
}
