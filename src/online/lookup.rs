//! From a name to addresses that may be connected to.

use std::net::IpAddr;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Looks a name up, once, and passes on only what may be connected to. The connection goes to one of these, so a name
/// that leads elsewhere a moment later gains nothing.
#[derive(Debug)]
pub(super) struct CheckedLookup {
    pub(super) lookup: Box<dyn Resolver>,
    pub(super) check: fn(IpAddr) -> Result<(), &'static str>,
}

impl Resolver for CheckedLookup {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.lookup.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        let mut refused = None;
        for address in found.iter() {
            match (self.check)(address.ip()) {
                Ok(()) => allowed.push(*address),
                Err(kind) => refused = Some(kind),
            }
        }
        match refused {
            _ if !allowed.is_empty() => Ok(allowed),
            Some(kind) => Err(ureq::Error::Other(Box::new(NotPublic(kind)))),
            None => Err(ureq::Error::HostNotFound),
        }
    }
}

/// The name leads to an address of this kind. The address itself is not told: it may be a secret of the network here.
#[derive(Debug, thiserror::Error)]
#[error("the address is not public ({0})")]
pub(super) struct NotPublic(&'static str);
