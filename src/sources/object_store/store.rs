//! One store: what an address leads to, and reading from it within limits.

use std::future::Future;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{BackoffConfig, Error, ObjectStore, ObjectStoreExt as _, RetryConfig};

use super::connector::Connector;
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// How often a request is tried again that failed for a reason that may pass.
const RETRIES: usize = 5;

/// How long all tries of a request may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A bucket or container.
pub(super) type Store = Box<dyn ObjectStore>;

/// The store of an address, and what comes behind its bucket.
pub(super) fn of(
    address: &str,
    settings: &[(String, String)],
    limits: &Limits,
) -> Result<(Store, String), Fault> {
    let unusable = |error: Error| Fault::new(FaultKind::Unreadable, shown(&error));
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let connector = Connector::new(limits.max_bytes);
    let retry = RetryConfig {
        max_retries: RETRIES,
        retry_timeout: PATIENCE,
        backoff: BackoffConfig::default(),
    };
    let store: Store = match scheme {
        "s3" => {
            let builder = AmazonS3Builder::new().with_bucket_name(bucket);
            let known = settings
                .iter()
                .filter_map(|(key, value)| Some((key.parse().ok()?, value)));
            let builder = known.fold(builder, |builder, (key, value)| {
                builder.with_config(key, value)
            });
            let builder = builder.with_http_connector(connector).with_retry(retry);
            Box::new(builder.build().map_err(unusable)?)
        }
        "gs" => {
            let builder = GoogleCloudStorageBuilder::new().with_bucket_name(bucket);
            let known = settings
                .iter()
                .filter_map(|(key, value)| Some((key.parse().ok()?, value)));
            let builder = known.fold(builder, |builder, (key, value)| {
                builder.with_config(key, value)
            });
            let builder = builder.with_http_connector(connector).with_retry(retry);
            Box::new(builder.build().map_err(unusable)?)
        }
        _ => {
            let builder = MicrosoftAzureBuilder::new().with_container_name(bucket);
            let known = settings
                .iter()
                .filter_map(|(key, value)| Some((key.parse().ok()?, value)));
            let builder = known.fold(builder, |builder, (key, value)| {
                builder.with_config(key, value)
            });
            let builder = builder.with_http_connector(connector).with_retry(retry);
            Box::new(builder.build().map_err(unusable)?)
        }
    };
    Ok((store, prefix.to_owned()))
}

/// Reads an object. What it was listed with is no promise of how long it is: the connector holds to the limit.
pub(super) fn read(store: &Store, place: &Path) -> Result<Vec<u8>, Fault> {
    let bytes = wait(async { store.get(place).await?.bytes().await })?;
    Ok(bytes.map_err(|error| fault(&error))?.to_vec())
}

/// The fault of a request that failed.
pub(super) fn fault(error: &Error) -> Fault {
    let message = match error {
        Error::NotFound { .. } => "there is no such object".to_owned(),
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            format!("no permission to read it: {}", shown(error))
        }
        error => shown(error),
    };
    Fault::new(FaultKind::Unreadable, message)
}

/// An error and what caused it, on one line: servers answer with documents.
fn shown(error: &Error) -> String {
    let text = error.to_string();
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(400).collect()
}

/// Waits for an answer, on this thread.
pub(super) fn wait<F: Future>(work: F) -> Result<F::Output, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.map_err(|error| Fault::new(FaultKind::Internal, error.to_string()))?;
    Ok(runtime.block_on(work))
}
