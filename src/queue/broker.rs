//! What a worker needs of a message broker.

use std::io::{self, BufRead};
use std::path::PathBuf;
use std::time::Duration;

/// Which broker, and what it has for us.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// Its address.
    pub server: String,
    /// A file with credentials: as `nsc` writes it, or one line that is `user:password`, a token or a password.
    pub credentials: Option<PathBuf>,
    /// A file with certificates of authorities to trust, instead of those of the system; it asks for TLS.
    pub authorities: Option<PathBuf>,
    /// The stream with the requests, with NATS.
    pub stream: String,
    /// The subject of the requests; with Redis, the stream, and so below.
    pub subject: String,
    /// The subject where records go.
    pub results: String,
    /// The subject where dead letters go.
    pub dead_letters: String,
    /// The consumer; workers that name the same one share the requests.
    pub durable: String,
    /// How long a message may be in hand without a sign of life, for a consumer that is made.
    pub ack_wait: Duration,
    /// Make the streams if they are not there.
    pub create: bool,
}

/// A broker that hands out messages and keeps them until they are acknowledged. Connections that break are mended by it.
pub trait Broker: Send + Sync {
    /// Messages that wait, as soon as there is one, and none if there is none for so long.
    ///
    /// # Errors
    /// The broker does not answer.
    fn fetch(&self, most: usize, wait: Duration) -> Result<Vec<Delivery>, BrokerError>;

    /// Publishes, and waits until the broker has it.
    ///
    /// # Errors
    /// The broker does not have it, or did not say so.
    fn publish(&self, letter: &Letter) -> Result<(), BrokerError>;

    /// How many messages were not acknowledged yet, those in hand among them.
    ///
    /// # Errors
    /// The broker does not answer.
    fn waiting(&self) -> Result<u64, BrokerError>;

    /// Waits until everything that was said is on its way.
    ///
    /// # Errors
    /// The connection is gone.
    fn flush(&self) -> Result<(), BrokerError>;
}

/// Both ends of a broker: that of a worker, and the other, for trying it out and for scripts.
pub trait Ends: Broker {
    /// How long a message may be in hand without a sign of life.
    fn ack_wait(&self) -> Duration;

    /// Publishes each line as a request, and gives their number once the broker has all of them.
    ///
    /// # Errors
    /// The lines cannot be read, or the broker does not take one; those before it may have been taken.
    fn send(&self, lines: &mut dyn BufRead) -> io::Result<u64>;

    /// Hands over everything that was published and is kept, oldest first, until nothing more came for so long.
    ///
    /// # Errors
    /// The broker does not answer, or `take` failed.
    fn receive(
        &self,
        place: Place,
        wait: Duration,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64>;
}

/// One message, handed out.
pub struct Delivery {
    /// Its number in its stream.
    pub sequence: u64,
    /// How often it was handed out, this time included.
    pub deliveries: u64,
    /// When the broker got it, as in `2026-11-22T10:00:00Z`.
    pub published: String,
    /// The id beside it, where it has one.
    pub id: Option<String>,
    /// It is an image, and no JSON.
    pub raw: bool,
    /// What it says.
    pub body: Vec<u8>,
    /// Where to say what became of it.
    pub ticket: Box<dyn Ticket>,
}

/// Says what became of a message. What does not reach the broker makes it hand the message out again.
pub trait Ticket: Send {
    /// It is being worked on.
    fn progress(&self);
    /// It is done.
    fn done(&self);
    /// It is to be handed out again, after so long.
    fn again(&self, after: Duration);
    /// It is never to be handed out again.
    fn terminate(&self);
}

/// Where something is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where records go.
    Results,
    /// Where it is told which messages got none.
    DeadLetters,
}

/// Something to publish.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where to.
    pub place: Place,
    /// Two letters with the same key are the same.
    pub key: String,
    /// What it says.
    pub body: Vec<u8>,
}

/// What went wrong between a worker and its broker.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// It never will: what was to be published is longer than the broker takes.
    #[error("{0}")]
    TooLong(String),
}
