//! The only code that reaches the web: documents over HTTPS, from public addresses, within limits; and images from where an
//! operator says that they may be fetched.
//!
//! The addresses come from images and requests, so they are chosen by strangers. Somebody who can choose what a machine fetches must
//! not reach what only that machine can reach: `addresses.rs` says which addresses are public, and a connection goes to
//! the very address that was looked at. Nothing is sent but the request: no cookies, no credentials, no referrer.

mod addresses;
mod answer;
mod follow;
mod images;
mod lookup;
mod target;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::unversioned::transport::{Connector as _, RustlsConnector, TcpConnector};
use url::Url;

use crate::remote::{Remote, RemoteError};
use answer::Why;
use follow::{CONNECT_LIMIT, Failure, Hop, Wanted, follow};
pub(crate) use images::Web;
use lookup::CheckedLookup;

const TIME_LIMIT: Duration = Duration::from_secs(20);
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
        Self {
            agent: parts.agent(true),
            time_limit: TIME_LIMIT,
        }
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
        let hop = |url| Hop {
            url,
            agent: &self.agent,
        };
        let onward = |from: &Url, location: &str| {
            let next = target::redirect(from, location).map_err(Why::Refused)?;
            Ok(hop(next))
        };
        let wanted = Wanted {
            max_bytes,
            time_limit: self.time_limit,
            room: &mut |_, _| Ok(()),
        };
        follow(hop(start.clone()), onward, wanted).map_err(|failure| failed(failure, &start))
    }
}

/// In words, for somebody who asked for `start`.
fn failed(failure: Failure, start: &Url) -> RemoteError {
    let asked = target::shown(start.as_str());
    let what = failure.why.in_words();
    RemoteError(if failure.at == *start {
        format!("{asked}: {what}")
    } else {
        let at = target::shown(failure.at.as_str());
        format!("{asked}, which leads to {at}: {what}")
    })
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

impl Parts {
    /// Who asks: without a proxy, without memory of earlier requests, and only where `check` lets it.
    fn agent(self, https_only: bool) -> Agent {
        let tls = TlsConfig::builder()
            .root_certs(self.roots)
            // Named here: without it, any other part of the process could put its own in place.
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .https_only(https_only)
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
            lookup: self.lookup,
            check: self.check,
        };
        Agent::with_parts(config, connector, lookup)
    }
}
