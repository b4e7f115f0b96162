//! The other end, for trying it out and for scripts: sending requests, and reading what came of them.

use std::io::{self, BufRead};
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::Stream;

use super::pull::{End, pull};
use super::{ANSWER, Nats, later, refused};
use crate::queue::lines;
use crate::queue::{BrokerError, Ends, Place};

/// Requests that are on their way at the same time.
const AHEAD: usize = 256;

/// Pulls one after the other that may bring nothing, and of which the broker does not say that nothing is there.
const MOST_SILENT: u32 = 10;

/// Messages that are read at a time.
const BATCH: usize = 256;

impl Ends for Nats {
    fn ack_wait(&self) -> Duration {
        self.consumer.cached_info().config.ack_wait
    }

    fn send(&self, lines: &mut dyn BufRead) -> io::Result<u64> {
        let mut sent = 0;
        loop {
            let mut acknowledgements = Vec::new();
            while acknowledgements.len() < AHEAD {
                let Some(line) = lines::next(lines)? else {
                    break;
                };
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

    fn receive(
        &self,
        place: Place,
        wait: Duration,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let (stream, consumer) = self
            .ask(ANSWER, self.reader(place))
            .map_err(io::Error::other)?;
        let received = self.read_all(&consumer, wait, take);
        // It would go away by itself, but later, and many of them keep a server busy.
        let name = &consumer.cached_info().name;
        let _ = self.ask(ANSWER, async {
            stream.delete_consumer(name).await.map_err(later)
        });
        received
    }
}

impl Nats {
    fn read_all(
        &self,
        consumer: &PullConsumer,
        wait: Duration,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let (mut received, mut silent) = (0, 0);
        loop {
            let mut bodies = Vec::new();
            let body = |message: Message| {
                bodies.push(message.message.payload);
                Ok(())
            };
            let end = self.ask(
                wait.saturating_add(ANSWER).saturating_add(ANSWER),
                pull(consumer, BATCH, wait, body),
            );
            let end = end.map_err(io::Error::other)?;
            silent = match (bodies.is_empty(), end) {
                (true, End::Told) => return Ok(received),
                (true, End::Silent) if silent == MOST_SILENT => {
                    return Err(io::Error::other(later(
                        "the broker does not say whether there is more",
                    )));
                }
                (true, End::Silent) => silent + 1,
                (false, _) => 0,
            };
            for body in bodies {
                take(&body)?;
                received += 1;
            }
        }
    }

    /// A consumer of its own, which goes away by itself.
    async fn reader(&self, place: Place) -> Result<(Stream, PullConsumer), BrokerError> {
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
        let consumer = stream.create_consumer(config).await.map_err(later)?;
        Ok((stream, consumer))
    }
}
