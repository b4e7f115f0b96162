//! Connecting, and the streams and the consumer that a worker needs.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::Context;
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::rustls::Error as TlsError;
use async_nats::{ConnectError, ConnectErrorKind, ConnectOptions, Event, ServerAddr};

use super::ANSWER;
use crate::queue::BrokerOptions;

/// Longest file of credentials.
const MAX_CREDENTIALS: u64 = 64 << 10;

/// Longest file of authorities.
const MAX_AUTHORITIES: u64 = 16 << 20;

/// How long a stream that is made drops repeats of what it has.
const REPEATS: Duration = Duration::from_secs(10 * 60);

/// How long a stream that is made keeps what it has.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Most messages that may be in the hands of all workers together.
const MAX_ACK_PENDING: i64 = 10_000;

/// Connects to the broker.
pub(super) async fn context(options: &BrokerOptions) -> Result<Context, String> {
    let address: ServerAddr = options
        .server
        .parse()
        .map_err(|error| format!("it is no address of a NATS server: {error}"))?;
    if address.has_user_pass() {
        return Err(
            "credentials do not belong into an address, which others can see; --creds names a file"
                .to_owned(),
        );
    }
    let mut connect = ConnectOptions::new()
        .name(concat!("provscan ", env!("CARGO_PKG_VERSION")))
        .connection_timeout(ANSWER)
        .request_timeout(Some(ANSWER))
        .max_reconnects(None)
        .event_callback(|_: Event| async {});
    // Also to the servers that this one names: they have no scheme in their addresses.
    connect = connect.require_tls(address.tls_required() || options.authorities.is_some());
    if let Some(path) = &options.authorities {
        has_certificates(path)?;
        connect = connect.add_root_certificates(path.clone());
    }
    if let Some(path) = &options.credentials {
        connect = with_credentials(connect, path)?;
    }
    let client = connect.connect(address).await;
    let client = client.map_err(|error| not_connected(&error, options))?;
    Ok(async_nats::jetstream::new(client))
}

/// Why nobody is connected, and what helps.
fn not_connected(error: &ConnectError, options: &BrokerOptions) -> String {
    let refused = match error.kind() {
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => true,
        // Of credentials that have expired it is told with these words.
        _ => error
            .to_string()
            .to_ascii_lowercase()
            .contains("authentication"),
    };
    match &options.credentials {
        Some(path) if refused => format!(
            "the NATS server does not take the credentials of {}: {error}; --creds names others",
            path.display()
        ),
        None if refused => {
            format!("the NATS server asks for credentials: {error}; --creds names a file with some")
        }
        _ if matches!(tls_error(error), Some(TlsError::InvalidMessage(_))) => format!(
            "what answers there has no TLS: {error}; nats:// in --server asks without, where no --tls-authorities are named"
        ),
        _ if tls_error(error).is_some() || error.kind() == ConnectErrorKind::Tls => format!(
            "the NATS server cannot be trusted with TLS: {error}; --tls-authorities names those who vouch for it, and --server has to have the name in its certificate"
        ),
        _ => format!("no NATS server could be reached there: {error}; --server names another"),
    }
}

/// What TLS has to say, which comes as an error of the connection.
fn tls_error(error: &ConnectError) -> Option<&TlsError> {
    let source = error.source()?.downcast_ref::<io::Error>()?;
    source.get_ref()?.downcast_ref()
}

/// Makes sure that a file has certificates: without any, no server would be trusted, and it would not be told why.
fn has_certificates(path: &Path) -> Result<(), String> {
    let text = text(path, MAX_AUTHORITIES)?;
    match text.contains("BEGIN CERTIFICATE") {
        true => Ok(()),
        false => Err(format!("{}: no certificate is in it (PEM)", path.display())),
    }
}

/// What a file says, up to so many bytes.
fn text(path: &Path, most: u64) -> Result<String, String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Adds what a file says: of a user with a key, as `nsc` writes it; `user:password`; or a token.
fn with_credentials(connect: ConnectOptions, path: &Path) -> Result<ConnectOptions, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = text(path, MAX_CREDENTIALS)?;
    if text.contains("BEGIN NATS USER JWT") {
        return connect.credentials(&text).map_err(|error| named(&error));
    }
    let line = text.trim();
    match line.split_once(':') {
        _ if line.is_empty() || line.contains('\n') => Err(named(
            &"no credentials: a file of nsc, or one line that is user:password or a token",
        )),
        Some((user, password)) => {
            Ok(connect.user_and_password(user.to_owned(), password.to_owned()))
        }
        None => Ok(connect.token(line.to_owned())),
    }
}

/// Finds the streams and the consumer, or makes them.
pub(super) async fn consumer(
    context: &Context,
    options: &BrokerOptions,
) -> Result<PullConsumer, String> {
    let stream = requests(context, options).await?;
    for subject in [&options.results, &options.dead_letters] {
        keeps(context, options, subject).await?;
    }
    let config = pull::Config {
        durable_name: Some(options.durable.clone()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: options.ack_wait,
        // Workers count by themselves, so that no message is passed over without a dead letter.
        max_deliver: -1,
        max_ack_pending: MAX_ACK_PENDING,
        filter_subject: options.subject.clone(),
        ..pull::Config::default()
    };
    if let Ok(consumer) = stream.get_consumer(&options.durable).await {
        return Ok(consumer);
    }
    let made = stream.create_consumer(config).await;
    made.map_err(|error| {
        format!(
            "the consumer {} could not be made: {error}",
            options.durable
        )
    })
}

/// The stream with the requests.
async fn requests(context: &Context, options: &BrokerOptions) -> Result<Stream, String> {
    let name = &options.stream;
    if options.create {
        make(context, name, vec![options.subject.clone()]).await?;
    }
    let stream = context.get_stream(name).await.map_err(|error| {
        format!(
            "there is no stream {name} ({error}); --create makes it, and --stream names another"
        )
    })?;
    let subject = &options.subject;
    match context.stream_by_subject(subject).await {
        Ok(own) if own == *name => Ok(stream),
        _ => Err(format!(
            "the stream {name} does not take what is published under {subject}; --subject and --stream name others"
        )),
    }
}

/// Makes sure that a stream keeps what is published under a subject.
async fn keeps(context: &Context, options: &BrokerOptions, subject: &str) -> Result<(), String> {
    if context.stream_by_subject(subject).await.is_ok() {
        return Ok(());
    }
    if !options.create {
        return Err(format!(
            "no stream keeps what is published under {subject}; --create makes one"
        ));
    }
    let name = format!("{}-RESULTS", options.stream);
    let subjects = vec![options.results.clone(), options.dead_letters.clone()];
    make(context, &name, subjects).await
}

/// Makes a stream, unless there is one of this name.
async fn make(context: &Context, name: &str, subjects: Vec<String>) -> Result<(), String> {
    let config = Config {
        name: name.to_owned(),
        subjects,
        duplicate_window: REPEATS,
        max_age: KEPT,
        num_replicas: 1,
        ..Config::default()
    };
    let made = context.get_or_create_stream(config).await;
    made.map(|_| ()).map_err(|error| {
        format!(
            "the stream {name} could not be made: {error}; the server has to have JetStream (nats-server -js)"
        )
    })
}
