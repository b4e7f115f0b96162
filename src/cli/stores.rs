//! How object stores are reached: what flags and the environment say, in builds that can.

use provscan::sources::{StoreSettings, is_server};

/// What the environment may say, under the names that the stores' own programs use.
const VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_SKIP_SIGNATURE",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SKIP_SIGNATURE",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_SKIP_SIGNATURE",
];

/// The setting that leads to another server.
const ENDPOINT: &str = "endpoint";

/// What stores are reached with; a server without encryption only if the flag or its variable names it.
pub(crate) fn settings(endpoint: Option<&str>) -> anyhow::Result<StoreSettings> {
    anyhow::ensure!(
        endpoint.is_none() || cfg!(feature = "object-store"),
        "--endpoint: this program was built without object stores; from a checkout, `cargo install --path . --ignore-rust-version --features object-store` builds one that can reach them"
    );
    if cfg!(not(feature = "object-store")) {
        return Ok(StoreSettings::default());
    }
    let mut settings: Vec<(String, String)> = VARIABLES.iter().filter_map(variable).collect();
    if let Some(endpoint) = endpoint {
        anyhow::ensure!(
            is_server(endpoint),
            "--endpoint: expected the address of a server, such as https://minio.example.org:9000, without credentials in it"
        );
        settings.push((ENDPOINT.to_owned(), endpoint.to_owned()));
    }
    Ok(StoreSettings::new(settings))
}

/// A variable that is set, under its name in small letters.
fn variable(name: &&str) -> Option<(String, String)> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
    Some((name.to_ascii_lowercase(), value))
}
