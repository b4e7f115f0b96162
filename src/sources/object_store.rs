//! Object stores: `s3://bucket/prefix`, `gs://…`, `az://…`. Only a build with the feature `object-store` reaches them.

#[cfg(feature = "object-store")]
mod connector;
#[cfg(feature = "object-store")]
mod listing;
#[cfg(feature = "object-store")]
mod store;

use std::fmt;
use std::path::Path;

use super::{Inputs, SourceKind, SourceOptions};

pub(super) const KIND: SourceKind = SourceKind {
    name: "object-store",
    is_named: |path| path.to_str().is_some_and(is_address),
    is_found: |_| false,
    open,
};

/// What an address begins with.
const SCHEMES: &[&str] = &["s3://", "gs://", "az://"];

/// How to reach stores. Credentials are among it, so it is not shown.
#[derive(Clone, Default)]
pub struct StoreSettings(Vec<(String, String)>);

impl StoreSettings {
    /// Settings by their names, such as `aws_access_key_id`; those that a store does not know are passed over.
    pub fn new(settings: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(settings.into_iter().collect())
    }
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreSettings({})", self.0.len())
    }
}

/// Whether it is the address of something in an object store.
fn is_address(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.starts_with(scheme))
}

/// The objects below an address.
#[cfg(feature = "object-store")]
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    let address = path.to_string_lossy().into_owned();
    match listing::Listing::new(&address, options) {
        Ok(listing) => Box::new(listing),
        Err(fault) => Box::new(std::iter::once(super::Input::lost(path, fault))),
    }
}

/// There is no way to reach them.
#[cfg(not(feature = "object-store"))]
fn open(path: &Path, _: &SourceOptions) -> Inputs {
    let fault = crate::error::Fault::new(
        crate::error::FaultKind::Unsupported,
        "this program was built without object stores; from a checkout, `cargo install --path . --ignore-rust-version --features object-store` builds one that can reach them",
    );
    Box::new(std::iter::once(super::Input::lost(path, fault)))
}
