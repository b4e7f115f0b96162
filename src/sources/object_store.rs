//! Object stores: `s3://bucket/prefix`, `gs://…`, `az://…`. Only a build with the feature `object-store` reaches them.

#[cfg(feature = "object-store")]
mod builders;
#[cfg(feature = "object-store")]
mod connector;
#[cfg(feature = "object-store")]
mod faults;
#[cfg(feature = "object-store")]
mod listing;
#[cfg(feature = "object-store")]
mod objects;
#[cfg(feature = "object-store")]
mod pages;
#[cfg(feature = "object-store")]
mod single;
#[cfg(feature = "object-store")]
mod store;

use std::fmt;
use std::path::Path;

use super::{Input, Inputs, SourceKind, SourceOptions};
use crate::error::Fault;
#[cfg(feature = "object-store")]
pub(super) use single::fetch;

pub(super) const KIND: SourceKind = SourceKind {
    name: "object-store",
    is_named: is_address,
    is_found: |_| false,
    open,
    of_bytes: None,
};

/// What an address begins with.
const SCHEMES: &[&str] = &["s3://", "gs://", "az://"];

/// How to reach stores. Credentials are among it, so it is not shown.
#[derive(Clone, Default)]
pub struct StoreSettings(Vec<(String, String)>);

impl StoreSettings {
    /// Settings by names such as `aws_access_key_id`; those that a store does not know are passed over, and of two with one
    /// name the later counts.
    pub fn new(settings: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(settings.into_iter().collect())
    }
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreSettings({})", self.0.len())
    }
}

/// Whether a path is the address of something in an object store.
pub fn is_address(path: &Path) -> bool {
    let starts = |text: &str| SCHEMES.iter().any(|scheme| text.starts_with(scheme));
    path.to_str().is_some_and(starts)
}

/// Whether this is the address of a server that can be asked in place of a store's own. Credentials have no place in it.
pub fn is_server(endpoint: &str) -> bool {
    let rest = endpoint.strip_prefix("http://");
    let rest = rest.or_else(|| endpoint.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['@', '?', '#']))
}

/// The objects below an address.
#[cfg(feature = "object-store")]
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    let address = path.to_string_lossy().into_owned();
    match listing::Listing::new(&address, options) {
        Ok(listing) => Box::new(listing),
        Err(fault) => lost(path, fault),
    }
}

/// There is no way to reach them.
#[cfg(not(feature = "object-store"))]
fn open(path: &Path, _: &SourceOptions) -> Inputs {
    let fault = Fault::new(
        crate::error::FaultKind::Unsupported,
        "this program was built without object stores; from a checkout, `cargo install --path . --ignore-rust-version --features object-store` builds one that can reach them",
    );
    lost(path, fault)
}

fn lost(path: &Path, fault: Fault) -> Inputs {
    Box::new(std::iter::once(Input::lost(path, fault)))
}
