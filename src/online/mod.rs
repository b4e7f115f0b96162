//! The only code that reaches a network: documents over HTTPS, from public addresses, within limits.
//!
//! The addresses come from images, so they are chosen by strangers. Somebody who can choose what a machine fetches must
//! not reach what only that machine can reach: `addresses.rs` says which addresses are public, and a connection goes to
//! the very address that was looked at. Nothing is sent but the request: no cookies, no credentials, no referrer.

mod addresses;
mod answer;
mod lookup;
mod target;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::crypto::ring;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::unversioned::transport::{Connector as _, RustlsConnector, TcpConnector};
use ureq::{Agent, Body, http};
use url::Url;

use crate::remote::{Remote, RemoteError};
use answer::Answer;
use lookup::CheckedLookup;

const TIME_LIMIT: Duration = Duration::from_secs(20);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const MAX_REDIRECTS: usize = 3;
/// The part of an answer before the document, in bytes.
const MAX_HEADERS: usize = 16 << 10;

/// Fetches over HTTPS from public addresses.
///
/// Certificates must lead to a root in Mozilla's list, which is built in: the answer does not depend on the machine.
/// Proxies are not used. A fetch, redirects included, takes 20 s at most, and 10 s to reach each server.
///
/// ```
/// use std::sync::Arc;
/// use provscan::{Settings, online::Https};
///
/// let settings = Settings { remote: Some(Arc::new(Https::new())), ..Settings::default() };
/// # assert!(settings.remote.is_some());
/// ```
#[derive(Debug)]
pub struct Https {
    agent: Agent,
    time_limit: Duration,
}

impl Https {
    /// With the limits above.
    pub fn new() -> Self {
        Self::with(Parts::default())
    }

    /// With another limit on the time of one fetch, redirects included.
    #[must_use]
    pub fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    fn with(parts: Parts) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(parts.roots)
            // Named here: without it, any other part of the process could put its own in place.
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .https_only(true)
            .proxy(None)
            // Every redirect is checked here like the first address, and its body is not read.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("provscan/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .max_response_header_size(MAX_HEADERS)
            .timeout_connect(Some(CONNECT_LIMIT))
            // Every fetch looks up and checks its address anew.
            .max_idle_connections(0)
            .tls_config(tls)
            .build();
        let connector = ().chain(TcpConnector::default()).chain(RustlsConnector::default());
        let lookup = CheckedLookup {
            lookup: parts.lookup,
            check: parts.check,
        };
        Self {
            agent: Agent::with_parts(config, connector, lookup),
            time_limit: TIME_LIMIT,
        }
    }

    /// Follows an address to a document.
    fn follow(&self, start: &Url, max_bytes: u64) -> Result<Vec<u8>, Failure> {
        let began = Instant::now();
        let mut target = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let failed = |what: String| Failure::at(&target, what);
            let response = self.ask(&target, began).map_err(failed)?;
            match answer::of(response, &target, max_bytes, self.time_limit).map_err(failed)? {
                Answer::Document(bytes) => return Ok(bytes),
                Answer::Moved(next) => target = next,
            }
        }
        let what = format!("more than {MAX_REDIRECTS} redirects; {BY_HAND}");
        Err(Failure::at(&target, what))
    }

    fn ask(&self, target: &Url, began: Instant) -> Result<http::Response<Body>, String> {
        let left = self.time_limit.saturating_sub(began.elapsed());
        self.agent
            .get(target.as_str())
            .config()
            .timeout_global(Some(left))
            .build()
            .call()
            .map_err(|error| answer::reason(error, self.time_limit))
    }
}

impl Default for Https {
    fn default() -> Self {
        Self::new()
    }
}

impl Remote for Https {
    fn fetch(&self, url: &str, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
        let start = target::parse(url)
            .map_err(|what| RemoteError(format!("{}: {what}", target::shown(url))))?;
        self.follow(&start, max_bytes)
            .map_err(|failure| failure.of(&start))
    }
}

/// What every refusal ends with: the file is still within reach of a person.
const BY_HAND: &str = "if you trust the address, fetch the file yourself and put it beside the image, under the same name with the ending .c2pa";

/// What a test puts something else in place of, and nobody else can.
struct Parts {
    roots: RootCerts,
    lookup: Box<dyn Resolver>,
    check: fn(IpAddr) -> Result<(), &'static str>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            roots: RootCerts::WebPki,
            lookup: Box::new(DefaultResolver::default()),
            check: addresses::public,
        }
    }
}

/// Where a fetch ended, and why.
struct Failure {
    at: Url,
    what: String,
}

impl Failure {
    fn at(at: &Url, what: String) -> Self {
        Self {
            at: at.clone(),
            what,
        }
    }

    /// In words, for somebody who asked for `start`.
    fn of(self, start: &Url) -> RemoteError {
        let asked = target::shown(start.as_str());
        let what = self.what;
        RemoteError(if self.at == *start {
            format!("{asked}: {what}")
        } else {
            let at = target::shown(self.at.as_str());
            format!("{asked}, which leads to {at}: {what}")
        })
    }
}
