//! What is told of requests.

use tracing::{error, info, warn};

use super::answered::{Exchange, Judged};
use super::refusal::Refused;
use crate::logs::millis;
use crate::sources::{Id, Name};

/// Tells of a request and its answer.
pub(super) fn answered(exchange: &Exchange<'_>) {
    macro_rules! tell {
        ($at:ident) => {
            $at!(
                method = exchange.method.as_str(),
                path = exchange.path(),
                status = exchange.response.status().as_u16(),
                ms = millis(exchange.took),
                client = exchange.peer.map(|peer| display(peer.ip())),
                token = exchange.token,
                bytes = one(exchange).and_then(|one| one.bytes),
                verdict = one(exchange).map(|one| one.finding.as_str()),
                action = one(exchange).map(|one| one.action.as_str()),
                hashes = several(exchange),
                why = why(exchange),
                name = name(exchange).map(Name::to_text),
                id = name(exchange).and_then(Name::id).map(Id::to_string),
                "request"
            )
        };
    }
    match exchange.response.status().as_u16() {
        // Being busy, loading or about to end is no failure.
        503 => tell!(warn),
        500.. => tell!(error),
        400.. => tell!(warn),
        _ => tell!(info),
    }
}

/// What was judged, where it is one thing.
fn one<'a>(exchange: &'a Exchange<'_>) -> Option<&'a Judged> {
    match exchange.judged() {
        [one] => Some(one),
        _ => None,
    }
}

fn several(exchange: &Exchange<'_>) -> Option<usize> {
    Some(exchange.judged().len()).filter(|count| *count > 1)
}

fn name<'a>(exchange: &'a Exchange<'_>) -> Option<&'a Name> {
    one(exchange)?.name.as_ref()
}

fn why<'a>(exchange: &'a Exchange<'_>) -> Option<&'a str> {
    let refused = exchange.response.extensions().get::<Refused>();
    refused.map(|refused| refused.0.as_str())
}
