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

/// How long a store is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How long one try may take, whatever its size.
    one_try: Duration,
    /// How long all tries of a request may take.
    pub(super) all: Duration,
    /// How often a request is tried again that failed for a reason that may pass.
    pub(super) retries: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            one_try: Duration::from_secs(60),
            all: Duration::from_secs(120),
            retries: 4,
        }
    }
}

impl Patience {
    /// Nothing is tried again, and the one try takes so long at most.
    pub(super) fn once(time: Duration) -> Self {
        Self {
            one_try: time,
            all: time,
            retries: 0,
        }
    }
}

const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Most bytes of an answer that is no object, such as a page of a listing.
const MAX_ANSWER: u64 = 32 << 20;

/// An answer is longer than it may be.
#[derive(Debug, thiserror::Error)]
#[error("larger than the limit of {0} bytes")]
pub(super) struct TooLarge(pub(super) u64);

/// A request would have gone to another server than the store's.
#[derive(Debug, thiserror::Error)]
#[error("a request to another server")]
pub(super) struct Elsewhere;

/// What should be a page of a listing is none.
#[derive(Debug, thiserror::Error)]
#[error("no page of a listing")]
struct NoListing;

/// What requests for pages of a listing have in their query.
const LISTS: [&str; 2] = ["list-type=2", "comp=list"];

/// Enough of an answer to see what it is.
const LISTING_HEAD: usize = 1024;

/// Makes clients.
#[derive(Debug)]
pub(super) struct Connector {
    most: u64,
    time_limit: Duration,
    servers: Servers,
}

/// The servers that may be asked.
#[derive(Debug, Clone)]
enum Servers {
    /// This one, with its port.
    One(String),
    /// Those whose names begin and end so.
    Named(&'static str, &'static str),
}

impl Servers {
    fn have(&self, uri: &ureq::http::Uri) -> bool {
        match self {
            Self::One(server) => uri.authority().is_some_and(|it| it.as_str() == server),
            Self::Named(start, end) => {
                let host = uri.host().unwrap_or_default();
                host.starts_with(start) && host.ends_with(end)
            }
        }
    }
}

impl Connector {
    /// For objects that are no larger. Only one server is asked, or else those whose names begin and end so.
    pub(super) fn new(
        max_bytes: u64,
        server: Option<String>,
        (start, end): (&'static str, &'static str),
        patience: Patience,
    ) -> Self {
        Self {
            most: max_bytes.max(MAX_ANSWER),
            time_limit: patience.one_try,
            servers: server.map_or(Servers::Named(start, end), Servers::One),
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
            .timeout_global(Some(self.time_limit))
            .tls_config(tls)
            .build();
        Ok(HttpClient::new(Service {
            agent: Agent::new_with_config(config),
            most: self.most,
            servers: self.servers.clone(),
        }))
    }
}

#[derive(Debug)]
struct Service {
    agent: Agent,
    most: u64,
    servers: Servers,
}

impl Service {
    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !self.servers.have(request.uri()) {
            return Err(HttpError::new(HttpErrorKind::Unknown, Elsewhere));
        }
        let query = request.uri().query().unwrap_or_default();
        let lists = LISTS
            .iter()
            .any(|word| query.split('&').any(|part| part == *word));
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
        if !parts.status.is_success() {
            // What a server says of its refusal quotes the request, and nobody needs it: the status tells enough.
            let nothing = HttpResponseBody::from(Vec::new());
            return Ok(HttpResponse::from_parts(parts, nothing));
        }
        let bytes = body.into_with_config().limit(self.most).read_to_vec();
        let bytes = bytes.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(most) => {
                HttpError::new(HttpErrorKind::Unknown, TooLarge(most))
            }
            error => failed(error),
        })?;
        if lists && !is_listing(&bytes) {
            return Err(HttpError::new(HttpErrorKind::Unknown, NoListing));
        }
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

/// Whether an answer is a page of a listing, and tells where to go on if there is more: the library takes anything else for an
/// empty page, and the last one. Names cannot look like marks, since those are escaped in names.
fn is_listing(answer: &[u8]) -> bool {
    let has = |bytes: &[u8], mark: &str| memchr::memmem::find(bytes, mark.as_bytes()).is_some();
    let head = answer.get(..LISTING_HEAD).unwrap_or(answer);
    let is_one = has(head, "<ListBucketResult") || has(head, "<EnumerationResults");
    let goes_on = has(answer, "<IsTruncated>true<");
    is_one && (!goes_on || has(answer, "<NextContinuationToken>"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_are_none_or_lead_nowhere_are_no_end() {
        assert!(is_listing(
            b"<ListBucketResult><IsTruncated>false</IsTruncated>"
        ));
        assert!(is_listing(b"<?xml version='1.0'?><EnumerationResults/>"));
        assert!(!is_listing(b"<Error><Code>InternalError</Code></Error>"));
        assert!(!is_listing(b""));
        let cut = "<ListBucketResult><IsTruncated>true</IsTruncated>";
        assert!(!is_listing(cut.as_bytes()));
        let whole = format!("{cut}<NextContinuationToken>a</NextContinuationToken>");
        assert!(is_listing(whole.as_bytes()));
    }

    #[test]
    fn no_other_server_is_asked() {
        let have = |servers: &Servers, uri: &str| servers.have(&uri.parse().unwrap());
        let own = Servers::Named("s3.", ".amazonaws.com");
        assert!(have(&own, "https://s3.eu-west-1.amazonaws.com/set/a"));
        for other in [
            "http://169.254.169.254/latest/meta-data",
            "https://sts.us-east-1.amazonaws.com/",
            "https://s3.example.org/",
            "https://s3.amazonaws.com.example.org/",
        ] {
            assert!(!have(&own, other), "{other}");
        }
        let one = Servers::One("127.0.0.1:9000".into());
        assert!(have(&one, "http://127.0.0.1:9000/set"));
        assert!(!have(&one, "http://127.0.0.1:9001/set"));
        let service = Connector::new(0, Some("127.0.0.1:1".into()), ("", ""), Patience::default());
        let client = service.connect(&ClientOptions::new().with_allow_http(true));
        let request = ureq::http::Request::get("http://127.0.0.1:2/");
        let request = request.body(Vec::new().into()).unwrap();
        let client = client.unwrap();
        let asked = client.execute(request);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let error = runtime.unwrap().block_on(asked).unwrap_err();
        assert!(format!("{error:?}").contains("Elsewhere"), "{error:?}");
    }
}
