//! A worker on a message broker: requests come in, records go out, and nothing is lost in between.
//!
//! ```text
//! fetch -> read the request -> inspect -> add to the audit log -> publish the record -> acknowledge the message
//!              never readable -> publish a dead letter -> terminate the message
//! ```
//!
//! A message is acknowledged only when the broker has its record. Whoever dies before that leaves it to another worker, whose
//! record has the same key: a broker drops the repeat if it can, and a consumer can in any case. As many messages are in hand
//! as there are threads here, and each thread sees one through to its end, so that none waits in a queue of ours.

mod broker;
mod fetching;
mod hand;
mod judge;
mod judgement;
mod letters;
mod lines;
mod logs;
mod nats;
mod permits;
mod redis;

use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use broker::{Broker, BrokerError, BrokerOptions, Delivery, Ends, Letter, Place, Ticket};
pub use fetching::Fetching;
pub use hand::Tally;
pub use judge::{Judge, JudgeOptions};
pub use judgement::Judgement;
pub use letters::Envelope;
pub use nats::Nats;
pub use redis::Redis;

use crate::audit::AuditError;
use crate::error::SetupError;
use hand::Hand;
use permits::Permits;

/// How long a worker waits for a message before it looks whether it is to stop.
const WAIT: Duration = Duration::from_millis(500);

/// How long it waits after the broker failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Connects to the broker at an address.
///
/// # Errors
/// None answers there, it refuses, or has not what is asked for.
pub fn connect(options: BrokerOptions) -> Result<Box<dyn Ends>, SetupError> {
    Ok(match redis::is_one(&options.server) {
        true => Box::new(Redis::connect(options)?),
        false => Box::new(Nats::connect(options)?),
    })
}

/// How a worker goes about it.
#[derive(Debug, Clone)]
pub struct WorkOptions {
    /// Most messages that are in hand at a time.
    pub max_in_flight: usize,
    /// A message that was handed out so often gets a dead letter.
    pub max_deliveries: u64,
    /// A message is handed out again when nobody said for so long that it is at work on it.
    pub ack_wait: Duration,
    /// End when no message is left.
    pub until_empty: bool,
    /// The form of what is published.
    pub envelope: Envelope,
    /// How long records are held that cannot be published, once the worker is to stop.
    pub patience: Duration,
}

/// Works until it is stopped, and gives what came of it. Messages in hand are then finished first.
///
/// An audit log that cannot be written sets `stop`: what has no line there is not published, and left to another worker.
pub fn work(
    broker: &dyn Broker,
    judge: &Judge,
    options: &WorkOptions,
    stop: &AtomicBool,
) -> (Tally, Result<(), AuditError>) {
    let hand = Hand::new(broker, judge, options, stop);
    let free = Permits::new(options.max_in_flight);
    let (sender, deliveries) = channel::<Delivery>();
    let deliveries = Mutex::new(deliveries);
    thread::scope(|threads| {
        for _ in 0..options.max_in_flight {
            threads.spawn(|| {
                while let Some(delivery) = next(&deliveries) {
                    hand.see_through(delivery);
                    free.give();
                }
            });
        }
        while let Some(room) = free.wait(stop, WAIT) {
            let fetched = fetch(broker, room);
            if fetched.is_empty() && options.until_empty && free.all_free() && is_empty(broker) {
                break;
            }
            for delivery in fetched {
                free.take();
                if sender.send(delivery).is_err() {
                    return;
                }
            }
        }
        drop(sender);
    });
    if let Err(error) = broker.flush() {
        logs::broker(&error);
    }
    hand.ended()
}

fn next(deliveries: &Mutex<Receiver<Delivery>>) -> Option<Delivery> {
    let deliveries = deliveries.lock().unwrap_or_else(PoisonError::into_inner);
    deliveries.recv().ok()
}

/// What waits, or nothing where the broker does not answer: it may be back later.
fn fetch(broker: &dyn Broker, most: usize) -> Vec<Delivery> {
    broker.fetch(most, WAIT).unwrap_or_else(|error| {
        logs::broker(&error);
        thread::sleep(PAUSE);
        Vec::new()
    })
}

fn is_empty(broker: &dyn Broker) -> bool {
    broker.waiting().is_ok_and(|waiting| waiting == 0)
}
