//! What a server answered: a document, a way onward, or a reason for having neither.

use std::io::{self, Read as _};
use std::time::Duration;

use super::BY_HAND;
use super::follow::{CONNECT_LIMIT, MAX_REDIRECTS, Wanted};
use super::lookup::NotPublic;
use crate::sources::FetchError;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, LOCATION};
use ureq::http::{HeaderName, Response, StatusCode};
use ureq::{Body, Error, Timeout};

/// Room is taken in steps of at least this.
const STEP: u64 = 64 << 10;

/// What one request led to.
pub(super) enum Answer {
    /// The document, whole.
    Document(Vec<u8>),
    /// It is kept elsewhere, as the server writes that.
    Moved(String),
}

/// Why there is no document.
pub(super) enum Why {
    /// The address may not be asked, or where it leads to, in words that are all there is to say.
    Refused(String),
    NotPublic(NotPublic),
    TooLarge(u64),
    NoRoom(FetchError),
    NoConnection,
    TooSlow(Duration),
    NoServer,
    Unsafe(String),
    Broken(String),
    Status(StatusCode),
    /// A redirect that does not say where to.
    Nowhere,
    TooManyRedirects,
    Compressed,
    Other(String),
}

/// Reads a response to the end, or as far as it says where to go.
///
/// # Errors
/// Why there is no document.
pub(super) fn of(response: Response<Body>, wanted: &mut Wanted<'_>) -> Result<Answer, Why> {
    match response.status() {
        StatusCode::OK => document(response, wanted).map(Answer::Document),
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {
            let location = header(&response, LOCATION).ok_or(Why::Nowhere)?;
            Ok(Answer::Moved(location.to_owned()))
        }
        status => Err(Why::Status(status)),
    }
}

impl Why {
    /// Why there was no answer.
    pub(super) fn of(error: Error, time_limit: Duration) -> Self {
        match error {
            Error::Timeout(Timeout::Connect) => Self::NoConnection,
            Error::Timeout(_) => Self::TooSlow(time_limit),
            Error::HostNotFound => Self::NoServer,
            Error::Other(error) => match error.downcast::<NotPublic>() {
                Ok(error) => Self::NotPublic(*error),
                Err(error) => Self::Other(Error::Other(error).to_string()),
            },
            Error::Io(error) => {
                let inner = error.get_ref();
                match inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
                    true => Self::Unsafe(error.to_string()),
                    false => Self::Broken(error.to_string()),
                }
            }
            Error::Rustls(error) => Self::Unsafe(error.to_string()),
            error => Self::Other(error.to_string()),
        }
    }

    /// In words for whoever wants a document that an image names.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Refused(words) => words,
            Self::NotPublic(error) => format!(
                "{error}, and only public addresses are fetched, so that an image cannot reach into your network; {BY_HAND}"
            ),
            Self::TooLarge(most) => format!("larger than the limit of {most} bytes; {BY_HAND}"),
            Self::NoRoom(error) => error.message,
            Self::NoConnection => format!(
                "no connection within {} s; try again later",
                CONNECT_LIMIT.as_secs()
            ),
            Self::TooSlow(limit) => format!(
                "not finished within {} s; try again later, or {BY_HAND}",
                limit.as_secs_f32()
            ),
            Self::NoServer => "no such server; is the machine online?".to_owned(),
            Self::Unsafe(error) => {
                format!("no safe connection ({error}); do not rely on what is kept there")
            }
            Self::Broken(error) => format!(
                "{error}; is the machine online, without a proxy between? else try again later"
            ),
            Self::Status(status) => {
                format!("the server answers {status}, not with the document; try again later")
            }
            Self::Nowhere => format!("a redirect that does not say where to; {BY_HAND}"),
            Self::TooManyRedirects => format!("more than {MAX_REDIRECTS} redirects; {BY_HAND}"),
            Self::Compressed => format!("the answer is compressed, unasked; {BY_HAND}"),
            Self::Other(error) => format!("{error}; {BY_HAND}"),
        }
    }
}

fn document(response: Response<Body>, wanted: &mut Wanted<'_>) -> Result<Vec<u8>, Why> {
    let most = wanted.max_bytes;
    // None was asked for, and inflating would be one more place for a bomb.
    let encoding = header(&response, CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(Why::Compressed);
    }
    let announced = header(&response, CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(Why::TooLarge(most));
    }
    let mut reader = response.into_body().into_reader();
    let mut bytes = Vec::new();
    // What is announced is believed as far as it saves room, and no further.
    let enough = announced.unwrap_or(most);
    while (bytes.len() as u64) < enough {
        let held = bytes.len() as u64;
        let step = held.max(STEP).min(enough - held);
        (wanted.room)(held + step, enough).map_err(Why::NoRoom)?;
        let more = usize::try_from(step).unwrap_or(usize::MAX);
        let reserved = bytes.try_reserve_exact(more);
        reserved.map_err(|_| Why::Other("not enough memory to read it".to_owned()))?;
        let read = reader.by_ref().take(step).read_to_end(&mut bytes);
        if read.map_err(|error| wanted.broke(error))? < more {
            return Ok(bytes);
        }
    }
    // One byte more tells a document that ends here from one that goes on.
    match reader.read(&mut [0]) {
        Ok(0) => Ok(bytes),
        Ok(_) if announced.is_some() => Err(Why::Other("longer than it was announced".to_owned())),
        Ok(_) => Err(Why::TooLarge(most)),
        Err(error) => Err(wanted.broke(error)),
    }
}

impl Wanted<'_> {
    /// Reading broke off.
    fn broke(&self, error: io::Error) -> Why {
        Why::of(Error::from(error), self.time_limit)
    }
}

/// A header's value, if it is text.
fn header(response: &Response<Body>, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}
