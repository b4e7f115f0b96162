//! One pull that waits for messages.
//!
//! NATS 2.9.10, which is Debian's, says nothing at the end of a pull that has just expired when a message comes: one pull of 20
//! milliseconds in two hundred, with a message every 50. The client by itself would wait five seconds more.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use super::later;
use crate::queue::BrokerError;

/// How late the broker may be with the end of a pull before it is asked.
pub(super) const LATE: Duration = Duration::from_millis(250);

/// How long what was sent before the broker's answer may be under way behind it.
const BEHIND: Duration = Duration::from_millis(100);

/// How a pull came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It was full, or the broker said that nothing more is there.
    Told,
    /// The broker did not say, and something more may be there.
    Silent,
}

/// Waits for messages, as many as wanted or those of so long.
///
/// # Errors
/// The broker does not answer, or what takes a message fails.
pub(super) async fn pull(
    consumer: &PullConsumer,
    most: usize,
    wait: Duration,
    mut take: impl FnMut(Message) -> Result<(), BrokerError>,
) -> Result<End, BrokerError> {
    let batch = consumer.batch().max_messages(most).expires(wait);
    let mut batch = batch.messages().await.map_err(later)?;
    let end = Instant::now() + wait + LATE;
    while let Ok(next) = timeout_at(end, batch.next()).await {
        match next {
            Some(message) => take(message.map_err(later)?)?,
            // Later, it may be the client that ends it by itself, whatever has come.
            None if Instant::now() <= end => return Ok(End::Told),
            None => return Ok(End::Silent),
        }
    }
    // The answer comes behind what was sent before, and to give it the broker ends the pulls that have expired.
    consumer.get_info().await.map_err(later)?;
    while let Ok(Some(message)) = timeout_at(Instant::now() + BEHIND, batch.next()).await {
        take(message.map_err(later)?)?;
    }
    Ok(End::Silent)
}
