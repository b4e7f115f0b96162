//! One store: what an address leads to, and reading from it within limits.

use std::error::Error as _;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{
    BackoffConfig, Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, RetryConfig,
};

use super::connector::{Connector, TooLarge};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// How often a request is tried again that failed for a reason that may pass.
const RETRIES: usize = 4;

/// How long all tries of a request may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Longest message of a store that is passed on.
const MAX_MESSAGE: usize = 300;

/// A setting with one of these names means that the owner wants to be, or not to be, somebody.
const CREDENTIALS: &[(&str, &[&str], &str)] = &[
    (
        "s3",
        &["aws_access_key_id", "aws_skip_signature"],
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a bucket that anybody may read",
    ),
    (
        "gs",
        &["google_application_credentials", "google_skip_signature"],
        "GOOGLE_APPLICATION_CREDENTIALS, or GOOGLE_SKIP_SIGNATURE=true for a bucket that anybody may read",
    ),
    (
        "az",
        &[
            "azure_storage_account_key",
            "azure_storage_sas_token",
            "azure_skip_signature",
        ],
        "AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_SKIP_SIGNATURE=true for a container that anybody may read",
    ),
];

/// A bucket or container.
pub(super) struct Store {
    store: Box<dyn ObjectStore>,
    most: u64,
}

/// An address in its parts.
pub(super) struct Address<'a> {
    scheme: &'a str,
    bucket: &'a str,
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
    /// The store of an address.
    pub(super) fn of(
        address: &Address<'_>,
        settings: &[(String, String)],
        limits: &Limits,
    ) -> Result<Self, Fault> {
        check(address, settings)?;
        Ok(Self {
            store: build(address, settings, limits).map_err(|error| fault(&error))?,
            most: limits.max_bytes,
        })
    }

    /// What is known of an object; `None` if there is none.
    pub(super) fn head(&self, place: &Path) -> Result<Option<ObjectMeta>, Fault> {
        match wait(self.store.head(place))? {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    /// Everything below a folder, as it is asked for.
    pub(super) fn list(&self, folder: Option<&Path>) -> super::listing::Objects {
        self.store.list(folder)
    }

    /// Reads an object. What it was listed with is no promise of how long it is.
    pub(super) fn read(&self, place: &Path) -> Result<Vec<u8>, Fault> {
        let bytes = wait(async { self.store.get(place).await?.bytes().await })?;
        let bytes = bytes.map_err(|error| match error {
            Error::NotFound { .. } => Fault::new(
                FaultKind::Unreadable,
                "it was gone from the store when its turn came",
            ),
            error => fault(&error),
        })?;
        match bytes.len() as u64 <= self.most {
            true => Ok(bytes.to_vec()),
            false => Err(too_large(self.most)),
        }
    }
}

/// Whether there is somebody to ask as: a store would look for that on a network of its own.
fn check(address: &Address<'_>, settings: &[(String, String)]) -> Result<(), Fault> {
    let refused = |message: String| Err(Fault::new(FaultKind::Unreadable, message));
    if address.bucket.is_empty() {
        return refused(format!(
            "the address names no bucket: {}bucket/prefix",
            address.start()
        ));
    }
    let is_set = |names: &[&str]| {
        settings
            .iter()
            .any(|(name, _)| names.contains(&name.as_str()))
    };
    let needed = CREDENTIALS
        .iter()
        .find(|(scheme, ..)| *scheme == address.scheme);
    match needed {
        Some((_, names, how)) if !is_set(names) => refused(format!(
            "there are no credentials for this store; set {how}"
        )),
        _ => Ok(()),
    }
}

fn build(
    address: &Address<'_>,
    settings: &[(String, String)],
    limits: &Limits,
) -> Result<Box<dyn ObjectStore>, Error> {
    let retry = RetryConfig {
        max_retries: RETRIES,
        retry_timeout: PATIENCE,
        backoff: BackoffConfig::default(),
    };
    let connector = Connector::new(limits.max_bytes);
    Ok(match address.scheme {
        "s3" => {
            let builder = known(settings).fold(AmazonS3Builder::new(), |builder, (key, value)| {
                builder.with_config(key, value)
            });
            let builder = builder.with_bucket_name(address.bucket).with_retry(retry);
            Box::new(builder.with_http_connector(connector).build()?)
        }
        "gs" => {
            let builder = GoogleCloudStorageBuilder::new();
            let builder = known(settings).fold(builder, |builder, (key, value)| {
                builder.with_config(key, value)
            });
            let builder = builder.with_bucket_name(address.bucket).with_retry(retry);
            Box::new(builder.with_http_connector(connector).build()?)
        }
        _ => {
            let builder = MicrosoftAzureBuilder::new();
            let builder = known(settings).fold(builder, |builder, (key, value)| {
                builder.with_config(key, value)
            });
            let builder = builder
                .with_container_name(address.bucket)
                .with_retry(retry);
            Box::new(builder.with_http_connector(connector).build()?)
        }
    })
}

/// The settings that a store knows.
fn known<K: FromStr>(settings: &[(String, String)]) -> impl Iterator<Item = (K, &str)> {
    settings
        .iter()
        .filter_map(|(key, value)| Some((key.parse().ok()?, value.as_str())))
}

/// The fault of a request that failed.
pub(super) fn fault(error: &Error) -> Fault {
    if let Some(TooLarge(most)) = cause(error) {
        return too_large(*most);
    }
    let message = match error {
        Error::NotFound { .. } => "there is no such bucket or object".to_owned(),
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "the store refuses to show it to who asks; are the credentials right, and may they list and read it?".to_owned()
        }
        error => format!("the store could not be asked: {}", shown(error)),
    };
    Fault::new(FaultKind::Unreadable, message)
}

/// The cause of this type that an error has.
fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The fault of something larger than it may be.
pub(super) fn too_large(most: u64) -> Fault {
    let message = format!("larger than the limit of {most} bytes; --max-bytes raises it");
    Fault::new(FaultKind::Limit, message)
}

/// An error on one line: servers answer with documents. Addresses lose what is behind a question mark, as signatures are.
fn shown(error: &Error) -> String {
    let text = error.to_string();
    let words = text
        .split_whitespace()
        .map(|word| match word.contains("://") {
            true => word.split('?').next().unwrap_or_default(),
            false => word,
        });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_MESSAGE).collect()
}

/// Waits for an answer, on this thread.
pub(super) fn wait<F: Future>(work: F) -> Result<F::Output, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.map_err(|error| Fault::new(FaultKind::Internal, error.to_string()))?;
    Ok(runtime.block_on(work))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_short_and_hold_no_signatures() {
        let error = Error::Generic {
            store: "S3",
            source: format!("GET https://h/b?sig=secret\n failed {}", "x".repeat(1000)).into(),
        };
        let text = fault(&error).to_string();
        assert!(
            text.contains("GET https://h/b failed") && text.len() < 400,
            "{text}"
        );
        let settings = super::super::StoreSettings::new([("a".into(), "secret".into())]);
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn addresses_have_a_bucket_and_stores_need_somebody_to_ask_as() {
        let refused = |text: &str, settings: &[(String, String)]| {
            let store = Store::of(&Address::of(text), settings, &Limits::default());
            store
                .err()
                .map(|fault| fault.to_string())
                .unwrap_or_default()
        };
        assert!(refused("s3:///a", &[]).contains("no bucket"));
        for (address, variable) in [
            ("s3://b/a", "AWS_ACCESS_KEY_ID"),
            ("gs://b", "GOOGLE_APPLICATION_CREDENTIALS"),
            ("az://b", "AZURE_STORAGE_ACCOUNT_KEY"),
        ] {
            assert!(refused(address, &[]).contains(variable), "{address}");
        }
    }
}
