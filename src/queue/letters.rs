//! What is published: records, and dead letters for messages that got none.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::broker::{Delivery, Letter, Place};
use crate::fingerprints::to_hex;
use crate::inspect::Inspection;
use crate::reports;
use crate::sources::{Id, Name};

/// The form of published records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelope {
    /// As they are.
    #[default]
    Plain,
    /// As the data of an action, in the form that Osprey takes in.
    Osprey,
}

/// Says why a message got no record. The message itself is not repeated: it may be an image.
#[derive(Serialize)]
struct DeadLetter<'a> {
    schema: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Id>,
    sequence: u64,
    deliveries: u64,
    bytes: u64,
    sha256: String,
    reason: &'a str,
}

/// The record of an answer.
pub(super) fn record(
    envelope: Envelope,
    delivery: &Delivery,
    name: &Name,
    inspection: &Inspection,
    key: &str,
) -> Letter {
    let mut line = reports::record_line(name, inspection);
    line.pop();
    if envelope == Envelope::Osprey {
        line = osprey(delivery, &line);
    }
    Letter {
        place: Place::Results,
        key: key.to_owned(),
        body: line,
    }
}

/// A record as the data of an action. Its number and time are those of the message, so that each repeat is the same.
fn osprey(delivery: &Delivery, record: &[u8]) -> Vec<u8> {
    let mut body = format!(
        r#"{{"send_time":"{}","data":{{"action_id":{},"action_name":"image_scanned","data":"#,
        delivery.published, delivery.sequence
    )
    .into_bytes();
    body.extend_from_slice(record);
    body.extend_from_slice(b"}}");
    body
}

/// The letter for a message that gets no record.
pub(super) fn dead(delivery: &Delivery, id: Option<&Id>, reason: &str) -> Letter {
    let sha256 = digest(&delivery.body);
    let letter = DeadLetter {
        schema: reports::VERSION,
        r#type: "dead-letter",
        id,
        sequence: delivery.sequence,
        deliveries: delivery.deliveries,
        bytes: delivery.body.len() as u64,
        reason,
        sha256,
    };
    Letter {
        place: Place::DeadLetters,
        key: format!("dead-{}-{}", delivery.sequence, letter.sha256),
        body: reports::to_json(&letter),
    }
}

/// SHA-256 in hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    to_hex(&digest)
}
