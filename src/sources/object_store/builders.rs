//! How each kind of store is made ready: who asks, and which server.

use std::str::FromStr;
use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ClientConfigKey, Error, RetryConfig, StaticCredentialProvider};

use super::connector::{Connector, Patience};
use super::faults::unusable;
use super::is_server;
use super::store::Store;
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// The setting that leads to another server, whatever the kind of store.
const ENDPOINT: &str = "endpoint";

/// One kind of store.
pub(super) struct Service {
    pub(super) scheme: &'static str,
    /// Somebody to ask as, if any of these is set.
    credentials: &'static [&'static str],
    /// Nobody to ask as, if this is `true`.
    nobody: &'static str,
    /// What the environment should say.
    variables: &'static str,
    /// The setting that leads to another server.
    endpoint: &'static str,
    /// How the names of its own servers begin and end.
    servers: (&'static str, &'static str),
    open: fn(Setup<'_>) -> Result<Store, Error>,
}

pub(super) const SERVICES: &[Service] = &[
    Service {
        scheme: "s3",
        credentials: &["aws_access_key_id"],
        nobody: "aws_skip_signature",
        variables: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a bucket that anybody may read",
        endpoint: "aws_endpoint_url",
        servers: ("s3.", ".amazonaws.com"),
        open: s3,
    },
    Service {
        scheme: "gs",
        credentials: &["google_application_credentials"],
        nobody: "google_skip_signature",
        variables: "GOOGLE_APPLICATION_CREDENTIALS, or GOOGLE_SKIP_SIGNATURE=true for a bucket that anybody may read",
        endpoint: "google_base_url",
        servers: ("storage.googleapis.com", ""),
        open: google,
    },
    Service {
        scheme: "az",
        credentials: &["azure_storage_account_key", "azure_storage_sas_token"],
        nobody: "azure_skip_signature",
        variables: "AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_SKIP_SIGNATURE=true for a container that anybody may read",
        endpoint: "azure_storage_endpoint",
        servers: ("", ".blob.core.windows.net"),
        open: azure,
    },
];

/// What a store is made ready with.
struct Setup<'a> {
    bucket: &'a str,
    settings: &'a [(String, String)],
    /// Another server than the store's own.
    endpoint: Option<&'a str>,
    /// Requests are not signed.
    as_nobody: bool,
    retry: RetryConfig,
    connector: Connector,
    limits: &'a Limits,
}

/// Makes a store ready. Nothing is asked yet.
pub(super) fn build(
    service: &'static Service,
    bucket: &str,
    settings: &[(String, String)],
    limits: &Limits,
    patience: Patience,
) -> Result<Store, Fault> {
    let last = |wanted: &str| {
        let mut found = settings.iter().rev();
        found.find_map(|(name, value)| (name == wanted).then_some(value.as_str()))
    };
    let as_nobody = last(service.nobody).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    // Without credentials the library would look for them on the network of a cloud.
    if !as_nobody && !service.credentials.iter().any(|name| last(name).is_some()) {
        let variables = service.variables;
        let message = format!("there are no credentials for this store; set {variables}");
        return Err(Fault::new(FaultKind::Unreadable, message));
    }
    let endpoint = last(ENDPOINT).or_else(|| last(service.endpoint));
    if endpoint.is_some_and(|endpoint| !is_server(endpoint)) {
        let message = "the server to ask is named wrongly, by --endpoint or AWS_ENDPOINT_URL; expected an address such as https://minio.example.org:9000";
        return Err(Fault::new(FaultKind::Unreadable, message));
    }
    let server = endpoint.map(authority);
    let setup = Setup {
        bucket,
        settings,
        endpoint,
        as_nobody,
        retry: RetryConfig {
            max_retries: patience.retries,
            retry_timeout: patience.all,
            backoff: BackoffConfig::default(),
        },
        connector: Connector::new(limits.max_bytes, server, service.servers, patience),
        limits,
    };
    (service.open)(setup).map_err(|_| unusable(service.variables))
}

fn s3(setup: Setup<'_>) -> Result<Store, Error> {
    let builder = AmazonS3Builder::new().with_bucket_name(setup.bucket);
    let mut builder = setup
        .known::<AmazonS3ConfigKey>()
        .fold(builder, |builder, (key, value)| {
            builder.with_config(key, value)
        });
    if let Some(endpoint) = setup.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    let builder = builder
        .with_allow_http(setup.is_plain())
        .with_skip_signature(setup.as_nobody)
        .with_retry(setup.retry)
        .with_http_connector(setup.connector);
    Ok(Store::new(builder.build()?, setup.limits))
}

fn google(setup: Setup<'_>) -> Result<Store, Error> {
    let builder = GoogleCloudStorageBuilder::new().with_bucket_name(setup.bucket);
    let mut builder = setup
        .known::<GoogleConfigKey>()
        .fold(builder, |builder, (key, value)| {
            builder.with_config(key, value)
        });
    if let Some(endpoint) = setup.endpoint {
        builder = builder.with_config(GoogleConfigKey::BaseUrl, endpoint);
    }
    if setup.as_nobody {
        // Otherwise the library looks for credentials in the home folder.
        let bearer = String::new();
        let nobody = StaticCredentialProvider::new(GcpCredential { bearer });
        builder = builder.with_credentials(Arc::new(nobody));
    }
    let plain = GoogleConfigKey::Client(ClientConfigKey::AllowHttp);
    let builder = builder
        .with_config(plain, setup.is_plain().to_string())
        .with_skip_signature(setup.as_nobody)
        .with_retry(setup.retry)
        .with_http_connector(setup.connector);
    Ok(Store::new(builder.build()?, setup.limits))
}

fn azure(setup: Setup<'_>) -> Result<Store, Error> {
    let builder = MicrosoftAzureBuilder::new().with_container_name(setup.bucket);
    let mut builder = setup
        .known::<AzureConfigKey>()
        .fold(builder, |builder, (key, value)| {
            builder.with_config(key, value)
        });
    if let Some(endpoint) = setup.endpoint {
        builder = builder.with_endpoint(endpoint.to_owned());
    }
    let builder = builder
        .with_allow_http(setup.is_plain())
        .with_skip_signature(setup.as_nobody)
        .with_retry(setup.retry)
        .with_http_connector(setup.connector);
    Ok(Store::new(builder.build()?, setup.limits))
}

impl<'a> Setup<'a> {
    /// The settings that a store knows.
    fn known<K: FromStr>(&self) -> impl Iterator<Item = (K, &'a str)> + use<'a, K> {
        let settings = self.settings.iter();
        settings.filter_map(|(key, value)| Some((key.parse().ok()?, value.as_str())))
    }

    /// The connection is not encrypted, as somebody asked for.
    fn is_plain(&self) -> bool {
        self.endpoint
            .is_some_and(|endpoint| endpoint.starts_with("http://"))
    }
}

/// The server that an address names, with its port.
fn authority(endpoint: &str) -> String {
    let rest = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(scheme: &str, settings: &[(&str, &str)]) -> String {
        let settings: Vec<(String, String)> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let service = SERVICES.iter().find(|one| one.scheme == scheme).unwrap();
        let limits = Limits::default();
        let built = build(service, "bucket", &settings, &limits, Patience::default());
        built
            .err()
            .map(|fault| fault.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn stores_need_somebody_to_ask_as() {
        for (scheme, variable) in [
            ("s3", "AWS_ACCESS_KEY_ID"),
            ("gs", "GOOGLE_APPLICATION_CREDENTIALS"),
            ("az", "AZURE_STORAGE_ACCOUNT_KEY"),
        ] {
            assert!(refused(scheme, &[]).contains(variable), "{scheme}");
        }
        // Saying that requests are signed is not saying by whom.
        let signed = [("aws_skip_signature", "false")];
        assert!(refused("s3", &signed).contains("no credentials"));
        assert_eq!(refused("s3", &[("aws_skip_signature", "TRUE")]), "");
        assert_eq!(refused("gs", &[("google_skip_signature", "true")]), "");
        let account = ("azure_storage_account_name", "somebody");
        assert_eq!(
            refused("az", &[("azure_skip_signature", "true"), account]),
            ""
        );
    }

    #[test]
    fn settings_that_are_of_no_use_are_named_and_not_quoted() {
        let half = refused("s3", &[("aws_access_key_id", "AKIASECRET")]);
        assert!(
            half.contains("AWS_SECRET_ACCESS_KEY") && !half.contains("AKIA"),
            "{half}"
        );
        let key = ("azure_storage_account_key", "not base64!");
        let key = refused("az", &[key, ("azure_storage_account_name", "a")]);
        assert!(key.contains("whole") && !key.contains("base64"), "{key}");
        let file = refused("gs", &[("google_application_credentials", "/nowhere/key")]);
        assert!(file.contains("whole"), "{file}");
        let nobody = ("aws_skip_signature", "true");
        let server = refused("s3", &[nobody, ("aws_endpoint_url", "minio:9000")]);
        assert!(server.contains("AWS_ENDPOINT_URL"), "{server}");
    }
}
