//! Where images may be fetched from that requests name by their addresses.

use std::sync::Arc;

use clap::Args;
use provscan::sources::Fetch;

/// What `serve` and `work` share.
#[derive(Args)]
#[cfg_attr(
    not(any(feature = "queue", feature = "server")),
    allow(dead_code, reason = "a build without them says so")
)]
pub(crate) struct FetchArgs {
    /// Requests may name images at and below this place: https://host/path/, http://…, s3://bucket/path, gs://…, az://…; or at
    /// any public address over HTTPS: `public`. Without it, none are fetched (repeatable)
    #[arg(long = "fetch-from", value_name = "WHERE", help_heading = "Network")]
    fetch_from: Vec<String>,
    /// Longest that fetching one image may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = "Network")]
    fetch_time: u64,
}

#[cfg_attr(
    not(any(feature = "queue", feature = "server")),
    allow(dead_code, reason = "a build without them says so")
)]
impl FetchArgs {
    /// What fetches images, if somebody asked for that.
    #[cfg(any(feature = "object-store", feature = "online"))]
    pub(crate) fn fetcher(&self) -> anyhow::Result<Option<Arc<dyn Fetch>>> {
        use crate::stores;
        use anyhow::Context as _;
        use provscan::sources::{Allowed, Fetcher};
        use std::time::Duration;
        if self.fetch_from.is_empty() {
            return Ok(None);
        }
        let allowed = Allowed::of(&self.fetch_from).context("--fetch-from")?;
        let time = Duration::from_secs(self.fetch_time);
        let fetcher = Fetcher::new(allowed, stores::settings(None)?, time);
        Ok(Some(Arc::new(fetcher.context("--fetch-from")?)))
    }

    /// The program was built without network code.
    #[cfg(not(any(feature = "object-store", feature = "online")))]
    pub(crate) fn fetcher(&self) -> anyhow::Result<Option<Arc<dyn Fetch>>> {
        anyhow::ensure!(
            self.fetch_from.is_empty(),
            "--fetch-from: this program was built without network code; from a checkout, `cargo install --path . --ignore-rust-version --features online` and the features that you use builds one that can fetch, from object stores with the feature object-store"
        );
        Ok(None)
    }
}
