//! From an address to a document: one request after another, each checked, within limits that they share.

use std::time::{Duration, Instant};

use ureq::{Agent, Body, http};
use url::Url;

use super::answer::{self, Answer, Why};
use crate::sources::Room;

pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(10);
pub(super) const MAX_REDIRECTS: usize = 3;

/// An address, and who asks there.
pub(super) struct Hop<'a> {
    pub(super) url: Url,
    pub(super) agent: &'a Agent,
}

/// What is wanted of a document.
pub(super) struct Wanted<'a> {
    pub(super) max_bytes: u64,
    /// How long it may take, redirects included.
    pub(super) time_limit: Duration,
    pub(super) room: &'a mut Room<'a>,
}

/// Where a fetch ended, and why.
pub(super) struct Failure {
    pub(super) at: Url,
    pub(super) why: Why,
}

/// Follows an address to a document; `onward` checks where a redirect leads.
pub(super) fn follow<'a>(
    start: Hop<'a>,
    onward: impl Fn(&Url, &str) -> Result<Hop<'a>, Why>,
    mut wanted: Wanted<'_>,
) -> Result<Vec<u8>, Failure> {
    let began = Instant::now();
    let mut hop = start;
    for _ in 0..=MAX_REDIRECTS {
        let answer = ask(&hop, began, wanted.time_limit);
        let answer = answer.and_then(|response| answer::of(response, &mut wanted));
        let moved = answer.and_then(|answer| match answer {
            Answer::Document(bytes) => Ok(Err(bytes)),
            Answer::Moved(location) => onward(&hop.url, &location).map(Ok),
        });
        match moved {
            Ok(Ok(next)) => hop = next,
            Ok(Err(bytes)) => return Ok(bytes),
            Err(why) => return Err(Failure { at: hop.url, why }),
        }
    }
    Err(Failure {
        at: hop.url,
        why: Why::TooManyRedirects,
    })
}

fn ask(hop: &Hop<'_>, began: Instant, time_limit: Duration) -> Result<http::Response<Body>, Why> {
    let left = time_limit.saturating_sub(began.elapsed());
    if left.is_zero() {
        return Err(Why::TooSlow(time_limit));
    }
    hop.agent
        .get(hop.url.as_str())
        .config()
        .timeout_global(Some(left))
        .build()
        .call()
        .map_err(|error| Why::of(error, time_limit))
}
