//! Fetching what the rule allows.

use std::time::Duration;

use super::rule::{Allowed, Target};
use super::{Fetch, FetchError, Room};
#[cfg(feature = "online")]
use crate::online::Web;
use crate::sources::StoreSettings;
#[cfg(feature = "object-store")]
use crate::sources::object_store;

/// Fetches images from the places that it was given.
#[derive(Debug)]
pub struct Fetcher {
    allowed: Allowed,
    #[cfg(feature = "online")]
    web: Web,
    #[cfg(feature = "object-store")]
    stores: (StoreSettings, Duration),
}

/// A place that this build cannot reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this program was built without the feature {0}; from a checkout, `cargo install --path . --ignore-rust-version --features {0}` and the features that you use builds one that can fetch from there"
)]
pub struct FetcherError(&'static str);

impl Fetcher {
    /// Fetches from these places, each image within this time, and stores by these settings.
    ///
    /// # Errors
    /// This build cannot reach one of them.
    #[cfg_attr(
        not(feature = "object-store"),
        expect(unused_variables, reason = "only stores have settings")
    )]
    pub fn new(
        allowed: Allowed,
        stores: StoreSettings,
        time_limit: Duration,
    ) -> Result<Self, FetcherError> {
        if allowed.has_web() && cfg!(not(feature = "online")) {
            return Err(FetcherError("online"));
        }
        if allowed.has_stores() && cfg!(not(feature = "object-store")) {
            return Err(FetcherError("object-store"));
        }
        Ok(Self {
            allowed,
            #[cfg(feature = "online")]
            web: Web::new(time_limit),
            #[cfg(feature = "object-store")]
            stores: (stores, time_limit),
        })
    }
}

impl Fetch for Fetcher {
    fn check(&self, address: &str) -> Result<(), FetchError> {
        self.allowed.target(address).map(drop)
    }

    fn fetch(
        &self,
        address: &str,
        max_bytes: u64,
        room: &mut Room<'_>,
    ) -> Result<Vec<u8>, FetchError> {
        match self.allowed.target(address)? {
            #[cfg(feature = "online")]
            Target::Web { url, named } => {
                self.web.fetch(&self.allowed, (url, named), max_bytes, room)
            }
            #[cfg(feature = "object-store")]
            Target::Store(address) => {
                let (settings, time_limit) = &self.stores;
                object_store::fetch(&address, settings, (max_bytes, *time_limit), room)
            }
            // Such a place is refused at the start.
            #[cfg(not(all(feature = "object-store", feature = "online")))]
            _ => Err(FetchError::new(
                super::FetchErrorKind::NotAllowed,
                "this build cannot fetch from there",
            )),
        }
    }
}
