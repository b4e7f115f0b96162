//! One store: what an address leads to, and reading from it within limits.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt as _};

use super::builders::{self, SERVICES};
use super::connector::Patience;
use super::faults::{broke, fault, too_large};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// A bucket or container.
pub(super) struct Store {
    objects: Arc<dyn ObjectStore>,
    names: Arc<dyn PaginatedListStore>,
    most: u64,
}

/// An address in its parts.
pub(super) struct Address<'a> {
    pub(super) scheme: &'a str,
    pub(super) bucket: &'a str,
    /// What comes behind the bucket.
    pub(super) prefix: &'a str,
}

impl<'a> Address<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            scheme,
            bucket,
            prefix,
        }
    }

    /// What every name of an object below it begins with.
    pub(super) fn start(&self) -> String {
        format!("{}://{}/", self.scheme, self.bucket)
    }
}

impl Store {
    /// A store that was made ready.
    pub(super) fn new<S: ObjectStore + PaginatedListStore>(store: S, limits: &Limits) -> Self {
        let store = Arc::new(store);
        Self {
            objects: Arc::clone(&store) as Arc<dyn ObjectStore>,
            names: store,
            most: limits.max_bytes,
        }
    }

    /// The store of an address.
    pub(super) fn of(
        address: &Address<'_>,
        settings: &[(String, String)],
        limits: &Limits,
        patience: Patience,
    ) -> Result<Self, Fault> {
        if address.bucket.is_empty() {
            let start = address.start();
            let message = format!("the address names no bucket: {start}bucket/prefix");
            return Err(Fault::new(FaultKind::Unreadable, message));
        }
        let mut services = SERVICES.iter();
        let service = services.find(|service| service.scheme == address.scheme);
        let service = service.ok_or_else(broke)?;
        builders::build(service, address.bucket, settings, limits, patience)
    }

    /// What is known of an object; `None` if there is none.
    pub(super) fn head(&self, place: &Path) -> Result<Option<ObjectMeta>, Fault> {
        match wait(self.objects.head(place))? {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    /// A part of the listing.
    pub(super) fn page(
        &self,
        prefix: Option<&str>,
        options: PaginatedListOptions,
    ) -> Result<Result<PaginatedListResult, Error>, Fault> {
        wait(self.names.list_paginated(prefix, options))
    }

    /// Reads an object, as it was listed. What it was listed with is no promise of how long it is.
    pub(super) fn read(&self, listed: &ObjectMeta) -> Result<Vec<u8>, Fault> {
        if listed.size == 0 {
            return Ok(Vec::new());
        }
        let read = wait(async {
            let found = self.objects.get(&listed.location).await?;
            let tag = found.meta.e_tag.clone();
            Ok((tag, found.bytes().await?))
        })?;
        let (tag, bytes) = read.map_err(|error| match error {
            Error::NotFound { .. } => unreadable("it was gone from the store when its turn came"),
            error => fault(&error),
        })?;
        if bytes.len() as u64 > self.most {
            return Err(too_large(self.most));
        }
        // The library takes a slash from the beginning of a name, where another object may lie.
        match (bare(listed.e_tag.as_deref()), bare(tag.as_deref())) {
            (Some(listed), Some(read)) if listed != read => Err(unreadable(
                "it was changed between listing and reading, or has a name that begins with a slash, which cannot be asked for; scan again",
            )),
            _ => Ok(bytes.into()),
        }
    }
}

fn unreadable(message: &str) -> Fault {
    Fault::new(FaultKind::Unreadable, message)
}

/// A tag without what only some answers put around it.
fn bare(tag: Option<&str>) -> Option<&str> {
    let tag = tag?;
    Some(tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"'))
}

/// Waits for an answer, on this thread.
fn wait<F: Future>(work: F) -> Result<F::Output, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.map_err(|error| Fault::new(FaultKind::Internal, error.to_string()))?;
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(work))).map_err(|_| broke())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_library_is_a_fault() {
        assert_eq!(wait(async { 7 }), Ok(7));
        let fault = wait(async { panic!("oops") }).map(|()| 7).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Internal);
    }

    #[test]
    fn addresses_have_a_bucket() {
        let limits = Limits::default();
        let store = Store::of(&Address::of("s3:///a"), &[], &limits, Patience::default());
        let fault = store.err().unwrap();
        assert!(fault.to_string().contains("no bucket"), "{fault}");
    }

    #[test]
    fn tags_are_compared_without_their_dress() {
        assert_eq!(bare(Some("W/\"a\"")), Some("a"));
        assert_eq!(bare(Some("a")), bare(Some("\"a\"")));
        assert_eq!(bare(None), None);
    }
}
