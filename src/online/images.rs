//! Images over HTTP: from places that an operator named, wherever those are, and from public addresses if any of them will do.

use std::time::Duration;

use ureq::Agent;
use url::Url;

use super::Parts;
use super::answer::Why;
use super::follow::{CONNECT_LIMIT, Failure, Hop, MAX_REDIRECTS, Wanted, follow};
use crate::sources::{Allowed, FetchError, FetchErrorKind, Room, Target, shown};

/// Fetches images over HTTP.
#[derive(Debug)]
pub(crate) struct Web {
    /// Asks where an operator said: there, this machine's own network is as good as any.
    named: Agent,
    /// Asks anybody who is public.
    public: Agent,
    time_limit: Duration,
}

impl Web {
    pub(crate) fn new(time_limit: Duration) -> Self {
        let anywhere = Parts {
            check: |_| Ok(()),
            ..Parts::default()
        };
        Self::with(anywhere, Parts::default(), time_limit)
    }

    pub(super) fn with(named: Parts, public: Parts, time_limit: Duration) -> Self {
        Self {
            named: named.agent(false),
            public: public.agent(true),
            time_limit,
        }
    }

    /// Fetches an image. Every redirect has to be allowed as the address was.
    pub(crate) fn fetch(
        &self,
        allowed: &Allowed,
        (start, named): (Url, bool),
        max_bytes: u64,
        room: &mut Room<'_>,
    ) -> Result<Vec<u8>, FetchError> {
        let onward = |from: &Url, location: &str| match allowed.redirect(from, location) {
            Ok(Target::Web { url, named }) => Ok(self.hop(url, named)),
            Ok(Target::Store(_)) => Err(Why::Refused("it leads to a store".to_owned())),
            Err(error) => Err(Why::Refused(error.message)),
        };
        let wanted = Wanted {
            max_bytes,
            time_limit: self.time_limit,
            room: &mut |now, most| room(now, most),
        };
        let hop = self.hop(start.clone(), named);
        follow(hop, onward, wanted).map_err(|failure| failed(failure, &start))
    }

    fn hop(&self, url: Url, named: bool) -> Hop<'_> {
        let agent = if named { &self.named } else { &self.public };
        Hop { url, agent }
    }
}

/// In words, for somebody who asked for `start`.
fn failed(failure: Failure, start: &Url) -> FetchError {
    use FetchErrorKind as Kind;
    let (kind, what) = match failure.why {
        // It names both ends.
        Why::Refused(words) => return FetchError::new(Kind::NotAllowed, words),
        Why::NoRoom(error) => return error,
        Why::NotPublic(error) => (
            Kind::NotAllowed,
            format!("{error}, and only places that --fetch-from names may be in this network"),
        ),
        Why::TooLarge(most) => (
            Kind::TooLarge,
            format!("larger than the limit of {most} bytes; --max-bytes raises it"),
        ),
        Why::NoConnection => (
            Kind::TooSlow,
            format!("no connection within {} s", CONNECT_LIMIT.as_secs()),
        ),
        Why::TooSlow(limit) => (
            Kind::TooSlow,
            format!(
                "not finished within {} s; --fetch-time raises that",
                limit.as_secs_f32()
            ),
        ),
        Why::NoServer => (Kind::Unanswered, "there is no such server".to_owned()),
        Why::Unsafe(error) => (Kind::Unanswered, format!("no safe connection ({error})")),
        Why::Broken(error) | Why::Other(error) => (Kind::Unanswered, error),
        Why::Status(status) => (
            Kind::Unanswered,
            format!("the server answers {status}, not with the image"),
        ),
        Why::Nowhere => (
            Kind::Unanswered,
            "a redirect that does not say where to".to_owned(),
        ),
        Why::TooManyRedirects => (
            Kind::Unanswered,
            format!("more than {MAX_REDIRECTS} redirects"),
        ),
        Why::Compressed => (
            Kind::Unanswered,
            "the answer is compressed, unasked".to_owned(),
        ),
    };
    let asked = shown(start.as_str());
    let message = match failure.at == *start {
        true => format!("{asked}: {what}"),
        false => format!(
            "{asked}, which leads to {}: {what}",
            shown(failure.at.as_str())
        ),
    };
    FetchError::new(kind, message)
}
