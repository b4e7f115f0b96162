//! The other end, for trying it out and for scripts: sending requests, and reading what came of them.

use std::io::{self, BufRead, Read as _};
use std::time::{Duration, UNIX_EPOCH};

use async_nats::jetstream::consumer::{AckPolicy, pull};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::{ANSWER, Nats, later, refused};
use crate::queue::{BrokerError, Place};
use crate::trust::date::Moment;

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 64 << 20;

/// Requests that are on their way at the same time.
const AHEAD: usize = 256;

/// How long the broker may stay behind the time that a batch has: less than the five seconds after which the client takes a
/// batch for complete, whatever is missing.
const SILENCE: Duration = Duration::from_secs(4);

/// Messages that are read at a time.
const BATCH: usize = 256;

impl Nats {
    /// Publishes each line as a request, and gives their number once the broker has all of them.
    ///
    /// # Errors
    /// The lines cannot be read, or the broker does not take one; those before it may have been taken.
    pub fn send(&self, mut lines: impl BufRead) -> io::Result<u64> {
        let mut sent = 0;
        loop {
            let mut acknowledgements = Vec::new();
            while acknowledgements.len() < AHEAD {
                let Some(line) = line(&mut lines)? else { break };
                let subject = self.options.subject.clone();
                let publish = self.context.publish(subject, line.into());
                let published = self.ask(ANSWER, async { publish.await.map_err(refused) });
                acknowledgements.push(published.map_err(io::Error::other)?);
            }
            if acknowledgements.is_empty() {
                return Ok(sent);
            }
            for acknowledgement in acknowledgements {
                let known = self.ask(ANSWER, async { acknowledgement.await.map_err(refused) });
                known.map_err(io::Error::other)?;
                sent += 1;
            }
        }
    }

    /// Hands over everything that was published and is kept, oldest first, until nothing more came for so long.
    ///
    /// # Errors
    /// The broker does not answer, or `take` failed.
    pub fn receive(
        &self,
        place: Place,
        wait: Duration,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let consumer = self
            .ask(ANSWER, self.reader(place))
            .map_err(io::Error::other)?;
        let mut received = 0;
        loop {
            // The broker may let a batch go on for as long as something comes.
            let whole = wait.saturating_add(ANSWER).saturating_add(ANSWER);
            let batch = self.ask(whole, async {
                let batch = consumer.batch().max_messages(BATCH).expires(wait);
                let mut batch = batch.messages().await.map_err(later)?;
                let mut bodies = Vec::new();
                while let Some(message) = timeout(wait.saturating_add(SILENCE), batch.next())
                    .await
                    .map_err(|_| later("the broker does not answer"))?
                {
                    bodies.push(message.map_err(later)?.message.payload);
                }
                Ok(bodies)
            });
            let batch = batch.map_err(io::Error::other)?;
            if batch.is_empty() {
                return Ok(received);
            }
            for body in batch {
                take(&body)?;
                received += 1;
            }
        }
    }

    /// A consumer of its own, which goes away by itself.
    async fn reader(
        &self,
        place: Place,
    ) -> Result<async_nats::jetstream::consumer::PullConsumer, BrokerError> {
        let subject = self.subject(place);
        let stream = self
            .context
            .stream_by_subject(&subject)
            .await
            .map_err(later)?;
        let stream = self.context.get_stream(stream).await.map_err(later)?;
        let config = pull::Config {
            ack_policy: AckPolicy::None,
            filter_subject: subject,
            ..pull::Config::default()
        };
        stream.create_consumer(config).await.map_err(later)
    }
}

/// The next line that is not blank.
fn line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    loop {
        let mut line = Vec::new();
        let read = lines
            .by_ref()
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line)?;
        if read as u64 > MAX_LINE {
            let message = format!("a line is longer than {MAX_LINE} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        if read == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if !line.is_empty() {
            return Ok(Some(line.to_vec()));
        }
    }
}

/// A moment in words, given in seconds since 1970.
pub(super) fn moment(seconds: i64) -> String {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    Moment::from(UNIX_EPOCH + since).to_string()
}
