//! How requests to stores are made: by the same HTTP client as all others, on the thread that waits for the answer.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use object_store::client::{
    ClientConfigKey, ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind,
    HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long one try may take, whatever its size.
const TIME_LIMIT: Duration = Duration::from_secs(60);

const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Most bytes of an answer that is no object, such as a page of a listing.
const MAX_ANSWER: u64 = 32 << 20;

/// An answer is longer than it may be.
#[derive(Debug, thiserror::Error)]
#[error("larger than the limit of {0} bytes")]
pub(super) struct TooLarge(pub(super) u64);

/// Makes clients.
#[derive(Debug)]
pub(super) struct Connector {
    most: u64,
}

impl Connector {
    /// For objects that are no larger.
    pub(super) fn new(max_bytes: u64) -> Self {
        Self {
            most: max_bytes.max(MAX_ANSWER),
        }
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain = options.get_config_value(&ClientConfigKey::AllowHttp);
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .https_only(plain.as_deref() != Some("true"))
            .proxy(None)
            // An answer elsewhere would take the signature of the request along.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .user_agent(concat!("provscan/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(CONNECT_LIMIT))
            .timeout_global(Some(TIME_LIMIT))
            .tls_config(tls)
            .build();
        Ok(HttpClient::new(Service {
            agent: Agent::new_with_config(config),
            most: self.most,
        }))
    }
}

#[derive(Debug)]
struct Service {
    agent: Agent,
    most: u64,
}

impl Service {
    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body
            .as_bytes()
            .map(|bytes| bytes.to_vec())
            .unwrap_or_default();
        let answer = match body.is_empty() {
            true => self.agent.run(ureq::http::Request::from_parts(parts, ())),
            false => self.agent.run(ureq::http::Request::from_parts(parts, body)),
        };
        let (parts, body) = answer.map_err(failed)?.into_parts();
        let bytes = body.into_with_config().limit(self.most).read_to_vec();
        let bytes = bytes.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(most) => {
                HttpError::new(HttpErrorKind::Unknown, TooLarge(most))
            }
            error => failed(error),
        })?;
        let body = HttpResponseBody::from(bytes);
        Ok(HttpResponse::from_parts(parts, body))
    }
}

impl HttpService for Service {
    fn call<'life0, 'async_trait>(
        &'life0 self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(ready(self.ask(request)))
    }
}

/// Failures that may pass are told from others: those are tried again.
fn failed(error: ureq::Error) -> HttpError {
    let kind = match &error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            HttpErrorKind::Connect
        }
        ureq::Error::Io(_) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
