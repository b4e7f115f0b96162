//! One image: containers, metadata, pixels.

pub(crate) mod build;
mod corpus;
mod formats;
mod forms;
mod hostile;
mod manifests;
mod metadata;

use provscan::asset::{Asset, Limits};

/// An asset of these bytes under the default limits.
fn asset(bytes: &[u8]) -> Asset {
    Asset::new("test", bytes.to_vec(), Limits::default())
}
