//! The way to a network, in builds that have one.

use std::sync::Arc;

use provscan::remote::Remote;

/// What fetches documents for the flag or verb that asks for it.
///
/// # Errors
/// The program was built without network code.
#[cfg(feature = "online")]
pub(crate) fn remote(_asked_by: &str) -> anyhow::Result<Arc<dyn Remote>> {
    Ok(Arc::new(provscan::online::Https::new()))
}

/// What fetches documents for the flag or verb that asks for it.
///
/// # Errors
/// The program was built without network code.
#[cfg(not(feature = "online"))]
pub(crate) fn remote(asked_by: &str) -> anyhow::Result<Arc<dyn Remote>> {
    anyhow::bail!(
        "{asked_by}: this program was built without network code; from a checkout, `cargo install --path . --ignore-rust-version --features online` builds one that can fetch"
    )
}
