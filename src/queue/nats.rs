//! NATS JetStream as the broker: a durable pull consumer that all workers of a name share.
//!
//! The connection lives on threads of its own, and mends itself. Whoever calls waits for an answer, or for as long as one may
//! take.

mod convey;
mod due;
mod pull;
mod setup;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::context::{Context, PublishErrorKind};
use async_nats::jetstream::{self, AckKind};
use futures_util::StreamExt as _;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::timeout;

use super::broker::{Broker, BrokerError, BrokerOptions, Delivery, Letter, Place, Ticket};
use super::lines;
use crate::error::SetupError;
use due::Due;
use pull::{LATE, pull};

/// The header in which an image that comes without JSON has its id.
const ID: &str = "Provscan-Id";

/// How long the broker has for an answer.
const ANSWER: Duration = Duration::from_secs(5);

/// A connection to the broker.
pub struct Nats {
    runtime: Runtime,
    context: Context,
    consumer: PullConsumer,
    due: Arc<Due>,
    options: BrokerOptions,
}

/// What became of a message is said through this.
struct Acker {
    handle: Handle,
    message: jetstream::Message,
    due: Arc<Due>,
}

impl Nats {
    /// Connects, and finds the streams and the consumer, or makes them.
    ///
    /// # Errors
    /// No broker answers, it refuses, or a stream is not there.
    pub fn connect(options: BrokerOptions) -> Result<Self, SetupError> {
        let failed = |message: String| SetupError::File {
            name: options.server.clone(),
            message,
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let connected = runtime.block_on(async {
            let context = setup::context(&options).await?;
            let consumer = setup::consumer(&context, &options).await?;
            Ok((context, consumer))
        });
        let (context, consumer) = connected.map_err(failed)?;
        Ok(Self {
            runtime,
            context,
            consumer,
            due: Arc::default(),
            options,
        })
    }

    fn subject(&self, place: Place) -> String {
        match place {
            Place::Results => self.options.results.clone(),
            Place::DeadLetters => self.options.dead_letters.clone(),
        }
    }

    /// Waits for an answer, but not for ever.
    fn ask<T>(
        &self,
        wait: Duration,
        answer: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        let answered = self.runtime.block_on(async { timeout(wait, answer).await });
        answered.unwrap_or_else(|_| Err(later("the broker does not answer")))
    }

    /// Adds what waits to what came, or else the next that comes.
    async fn batch(
        &self,
        most: usize,
        wait: Duration,
        came: &mut Vec<Delivery>,
    ) -> Result<(), BrokerError> {
        let waiting = self.consumer.fetch().max_messages(most);
        let mut waiting = waiting.messages().await.map_err(later)?;
        loop {
            let next = waiting.next();
            // Nothing that came waits for the others to come.
            let next = match came.is_empty() {
                true => Ok(next.await),
                false => timeout(LATE, next).await,
            };
            let Ok(Some(message)) = next else { break };
            came.push(self.delivery(message.map_err(later)?)?);
        }
        if came.is_empty() && !wait.is_zero() {
            let take = |message| {
                came.push(self.delivery(message)?);
                Ok(())
            };
            let wait = self.due.apart(Instant::now(), wait);
            pull(&self.consumer, 1, wait, take).await?;
        }
        Ok(())
    }

    fn delivery(&self, mut message: jetstream::Message) -> Result<Delivery, BrokerError> {
        let info = message.info().map_err(later)?;
        let (sequence, deliveries) = (info.stream_sequence, info.delivered);
        let published = lines::moment(info.published.unix_timestamp().unsigned_abs());
        let body = std::mem::take(&mut message.message.payload);
        let (id, raw) = kind(message.message.headers.as_ref());
        Ok(Delivery {
            sequence,
            deliveries: u64::try_from(deliveries).unwrap_or(1),
            published,
            id,
            raw,
            body: body.into(),
            ticket: Box::new(Acker {
                handle: self.runtime.handle().clone(),
                message,
                due: Arc::clone(&self.due),
            }),
        })
    }
}

/// The id of a message, and whether it is an image and no JSON: its headers say so.
fn kind(headers: Option<&HeaderMap>) -> (Option<String>, bool) {
    let header = |name: &str| headers?.get(name).map(|value| value.as_str().to_owned());
    let (id, content) = (header(ID), header("Content-Type"));
    let raw = match content.as_deref() {
        Some(content) => !content.trim_start().starts_with("application/json"),
        None => id.is_some(),
    };
    (id, raw)
}

fn later(error: impl ToString) -> BrokerError {
    BrokerError::Later(error.to_string())
}

impl Broker for Nats {
    fn fetch(&self, most: usize, wait: Duration) -> Result<Vec<Delivery>, BrokerError> {
        let mut came = Vec::new();
        let longest = wait + due::LONGER + ANSWER;
        let all = self.ask(longest, self.batch(most, wait, &mut came));
        // What came is here, whatever happened then; that is for the next time.
        match all {
            Err(error) if came.is_empty() => Err(error),
            _ => Ok(came),
        }
    }

    fn publish(&self, letter: &Letter) -> Result<(), BrokerError> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, letter.key.as_str());
        headers.insert("Content-Type", "application/json");
        let subject = self.subject(letter.place);
        let body = letter.body.clone().into();
        self.ask(ANSWER, async {
            let sent = self.context.publish_with_headers(subject, headers, body);
            let acknowledged = sent.await.map_err(refused)?;
            acknowledged.await.map_err(refused).map(|_| ())
        })
    }

    fn waiting(&self) -> Result<u64, BrokerError> {
        self.ask(ANSWER, async {
            let info = self.consumer.get_info().await.map_err(later)?;
            Ok(info.num_pending.saturating_add(info.num_ack_pending as u64))
        })
    }

    fn flush(&self) -> Result<(), BrokerError> {
        let client = self.context.client();
        self.ask(ANSWER, async { client.flush().await.map_err(later) })
    }
}

fn refused(error: jetstream::context::PublishError) -> BrokerError {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => BrokerError::TooLong(
            "longer than the broker takes; its setting max_payload raises that".to_owned(),
        ),
        _ => later(error),
    }
}

impl Acker {
    /// Says it; what does not arrive makes the broker hand the message out again.
    fn say(&self, kind: AckKind) {
        let said = async { timeout(ANSWER, self.message.ack_with(kind)).await };
        let _ = self.handle.block_on(said);
    }
}

impl Ticket for Acker {
    fn progress(&self) {
        self.say(AckKind::Progress);
    }

    fn done(&self) {
        self.say(AckKind::Ack);
    }

    fn again(&self, after: Duration) {
        let after = Some(after).filter(|after| !after.is_zero());
        self.say(AckKind::Nak(after));
        if let Some(after) = after {
            self.due.after(Instant::now(), after);
        }
    }

    fn terminate(&self) {
        self.say(AckKind::Term);
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let client = self.context.client();
        let _ = self.ask(ANSWER, async { client.drain().await.map_err(later) });
    }
}
